"""A real server on a small real project, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from e2e_places import Served
from playwright.sync_api import Browser, Page, sync_playwright

import assay
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`assay serve` on 60 rows with repeats, personal data, an empty text and markup."""
    if not (FOLDER / "index.html").is_file():
        pytest.skip("the web app is not built: make web")
    folder = tmp_path_factory.mktemp("e2e") / "project"
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
    dataset.compute("text.stats", "text.pii")
    dataset.check("duplicates.exact", "pii.found", "columns.broken", "text.lengths")
    rules = [{"name": "copies", "select": "dedup.exact"}]
    project.curate({"name": "clean", "input": "ships", "rules": rules})
    program = "from assay.cli.main import main; main()"
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", program, "serve", "--project", str(folder)),
            *("--json", "--no-open", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    yield Served(url, url.partition("?")[0], folder)
    process.terminate()
    process.wait(10)
    process.stdout.close()


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
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A fresh visitor who opened the printed URL; the page may log no error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    fresh = context.new_page()
    errors: list[str] = []
    fresh.on("pageerror", lambda error: errors.append(str(error)))
    # What the server refuses is shown by the page; the console repeats it.
    fresh.on(
        "console",
        lambda said: (
            errors.append(said.text)
            if said.type == "error" and "status of 400" not in said.text
            else None
        ),
    )
    fresh.goto(served.url)
    yield fresh
    context.close()
    assert errors == []
