"""How many distributions an installation has, and how long `import assay` takes.

    python benchmarks/bench_install.py [--skip-install]

Makes fresh virtual environments for the base package and for all that the demo needs, with the
pinned versions, and counts distributions (pip and setuptools left out, this package counted).
`import assay` runs in five fresh interpreters of the environment that runs this; the median, bare
start-up included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, conditions, record, spend

HEAVY = ("numba", "torch", "ray", "sqlalchemy", "fastapi", "duckdb", "lance", "pyarrow", "numpy")


def distributions(folder: Path, what: str) -> list[str]:
    """Names of what `pip install` of this checkout brings into a fresh environment."""
    spend([sys.executable, "-m", "venv", folder])
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    spend([*pip, "install", "--quiet", "--constraint", ROOT / "constraints.txt", what], cwd=ROOT)
    found = json.loads(spend([*pip, "list", "--format", "json"]).said)
    return sorted(d["name"] for d in found if d["name"] not in ("pip", "setuptools"))


def import_time() -> dict[str, object]:
    code = (
        "import time, sys, json; t = time.perf_counter(); import assay; "
        "s = time.perf_counter() - t; "
        f"print(json.dumps([s, [m for m in {HEAVY!r} if m in sys.modules]]))"
    )
    runs = [spend([sys.executable, "-c", code]) for _ in range(5)]
    return {
        "process_seconds": round(statistics.median(r.wall for r in runs), 3),
        "import_seconds": round(statistics.median(r.answer()[0] for r in runs), 3),
        "loaded_of_the_heavy_modules": runs[0].answer()[1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skip-install", action="store_true")
    options = parser.parse_args()
    result: dict[str, object] = {**conditions(), "import_assay": import_time()}
    if not options.skip_install:
        with tempfile.TemporaryDirectory() as folder:
            for name, what in (("base", "."), ("demo", ".[embed,insight,server]")):
                found = distributions(Path(folder) / name, what)
                result[name] = {
                    "distributions": len(found),
                    "torch": "torch" in found,
                    "names": found,
                }
    record("install", result)


if __name__ == "__main__":
    main()
