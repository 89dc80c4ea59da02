# make demo   install, then watch Assay do its main job on real data
# make test   install, then every check: style, types, architecture, tests
# make bench  install, then measure against peers; results go to benchmarks/results/
# make bench-web  install, then measure the web app in Chromium with 100,000 and 1,000,000 rows
# make web    build the web app where its sources changed (make install does, where there is node)
# make lock   renew constraints.txt from the newest releases that pyproject.toml allows

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEER := build/peers/datatrove
SUBSET_PEER := build/peers/subset
# One kernel cache for all runs and checkouts: compiling is paid once a machine.
export ASSAY_CACHE_DIR ?= $(HOME)/.cache/assay/kernels

STATIC := src/assay/server/static/index.html
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*')

.PHONY: install web chromium demo test bench bench-web lock clean

install: $(VENV)/.installed web

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Assay needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[all]' --group dev
	@touch $@

web:
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(STATIC); \
	else echo "The web app is not built: that needs Node 20 or newer. All else works."; fi

$(STATIC): web/node_modules/.package-lock.json $(WEB_SOURCES)
	@cd web && npm run --silent build -- --logLevel warn

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@cd web && npm ci --silent --no-fund --no-audit
	@touch $@

# For the end-to-end tests alone.
chromium:
	@command -v chromium >/dev/null || \
		{ { test "$$(id -u)" = 0 || sudo=sudo; $$sudo apt-get update -qq && \
		$$sudo apt-get install -y -qq chromium >/dev/null; } || \
		{ echo "The end-to-end tests need Chromium: apt-get install chromium"; exit 1; }; }

demo: install
	@$(BIN)/assay demo

test: install chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && npm run --silent check && npm run --silent size
	$(BIN)/assay warmup
	$(BIN)/pytest

bench: install $(PEER)/.installed $(SUBSET_PEER)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --group bench
	$(BIN)/python benchmarks/run.py --peer-python $(PEER)/bin/python \
		--subset-peer-python $(SUBSET_PEER)/bin/python

bench-web: install chromium
	$(BIN)/python benchmarks/web/bench_web.py $(BENCH_WEB)

# Peers' pins clash with ours and with each other's, so each lives in an environment of its own.
$(PEER)/.installed: benchmarks/peer_datatrove.txt
$(SUBSET_PEER)/.installed: benchmarks/peer_subset.txt
$(PEER)/.installed $(SUBSET_PEER)/.installed:
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	build/lock/bin/python -m pip install --quiet '.[all]' --group dev --group bench
	{ echo '# Exact versions that the tests pass with; renew with: make lock'; \
	  build/lock/bin/python -m pip freeze --exclude assay-engine; } > constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist web/node_modules src/assay/server/static .mypy_cache .ruff_cache .pytest_cache
