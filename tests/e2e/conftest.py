"""A real server on a small real project, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_places import Served, Visit, serving
from playwright.sync_api import Browser, Page, sync_playwright

import assay
from assay import demo
from assay.project.mapping import make_map
from assay.project.view.engine import Engine
from assay.server.static_files import FOLDER

# Debian's Chromium draws WebGL2 in software; nothing it does on its own is wanted here.
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
STORY = "The {n}th ship left the harbor before dawn and nobody saw the captain on the bridge again."


@pytest.fixture(scope="session")
def served(built: Callable[[], Path]) -> Iterator[Served]:
    """`assay serve` on 60 rows with repeats, personal data, an empty text and markup."""
    folder = built() / "project"
    rows = [{"text": STORY.format(n=n), "shelf": "sea", "kind": f"k{n % 3}"} for n in range(50)]
    rows += [{"text": "What are my options?", "shelf": "sea", "kind": "k1"}] * 6
    rows += [
        {"text": f"Write to ana{n}@harbor-office.pt, {HOSTILE}", "shelf": "sea", "kind": "k2"}
        for n in range(3)
    ]
    rows += [{"text": " ", "shelf": "sea", "kind": "k0"}]
    data = folder.parent / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    project = assay.open(folder)
    dataset = project.dataset("ships")
    dataset.add(data)
    dataset.compute("text.stats", "text.pii", {"op": "embed.text", "model": "lsa"})
    make_map(dataset, Engine(project).snapshot(dataset), method="pca")
    dataset.check("duplicates.exact", "pii.found", "columns.broken", "text.lengths")
    rules = [{"name": "copies", "select": "dedup.exact"}]
    project.curate({"name": "clean", "input": "ships", "rules": rules})
    with serving(folder) as started:
        yield started


@pytest.fixture(scope="session")
def corpus(built: Callable[[], Path]) -> Iterator[Served]:
    """`assay serve` on the bundled real data, with two rules applied and a version made."""
    folder = built() / "project"
    project = assay.open(folder)
    dataset = project.dataset("demo")
    dataset.add(demo.folder() / "corpus")
    dataset.compute("text.stats", "text.language", "text.pii")
    dataset.check("duplicates.exact", "pii.found", "columns.broken", "language.mix")
    rules = [
        {"name": "language", "keep": 'text.language.code in ("en", "de")'},
        {"name": "too short", "keep": "text.stats.words >= 20"},
    ]
    project.curate({"name": "clean", "input": "demo", "rules": rules})
    with serving(folder) as started:
        yield started


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a new folder for a project to be shown, where there is a web app to show it."""
    if not (FOLDER / "index.html").is_file():
        pytest.skip("the web app is not built: make web")
    return lambda: tmp_path_factory.mktemp("e2e")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium (`make chromium`), or the one that CHROMIUM names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("there is no Chromium here: make chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a server's printed URL as a fresh visitor; the page may log no error but `expected`."""
    contexts, errors = [], []

    def start(place: Served, expected: str = "status of 4", **settings: Any) -> Page:
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **settings}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        # What the server refuses is shown by the page; the console repeats it.
        page.on(
            "console",
            lambda said: (
                errors.append(said.text)
                if said.type == "error" and not re.search(expected, said.text)
                else None
            ),
        )
        page.goto(place.url)
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(visit: Visit, served: Served) -> Page:
    """A fresh visitor to the small project."""
    return visit(served)
