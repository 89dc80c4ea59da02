"""Pictures of every screen, in both themes and widths, for looking at and for the documents.

    python scripts/make_pictures.py --out docs/pictures --project 1000=DIR [--project 0=DIR ...]

Each project is served, opened in Chromium and photographed as it comes to rest; the key before the
project's folder names its pictures, e.g. `explore-1000-dark-1440.webp`.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import assay

SCREENS = ("findings", "ask", "explore", "inspect", "curate", "gaps", "versions", "report")
WIDTHS = {1440: 900, 390: 844}
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WAITING = "[aria-busy=true]:visible, .breathe:visible, [role=progressbar]:visible"
SERVE = "from assay.cli.main import main; main()"


@contextlib.contextmanager
def served(project: Path) -> Iterator[str]:
    """The URL, with its token, of a server on the project."""
    command = [sys.executable, "-c", SERVE, "serve", "--project", str(project)]
    process = subprocess.Popen(  # noqa: S603 - the folders are those of the command line
        [*command, "--json", "--no-open", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["url"]
    process.terminate()
    process.wait(10)


def a_row(project: Path) -> str:
    """The query that has Inspect show a row: one of the worst finding, else the first."""
    opened = assay.open(project)
    for name in opened.datasets():
        dataset = opened.dataset(name)
        rows = [row for finding in dataset.findings() for row in finding.row_ids[:1]]
        rows += dataset.to_table(["id"]).column("id").slice(0, 1).to_pylist()
        return f"?row={rows[0]}" if rows else ""
    return ""


def at_rest(page: Page) -> None:
    """Wait until nothing is loading and two looks in a row are the same."""
    page.wait_for_load_state("load")
    before, until = b"", time.monotonic() + 180
    while time.monotonic() < until:
        page.wait_for_timeout(400)
        busy = page.locator(WAITING).count()
        if not busy and (now := page.screenshot()) == before:
            return
        before = b"" if busy else now
    print(f"still moving after three minutes: {page.url}", file=sys.stderr)


def webp(page: Page) -> bytes:
    """The page as it is seen, a third of the size of a PNG."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
    return base64.b64decode(shot["data"])


def photograph(
    browser: Browser, url: str, row: str, key: str, out: Path, screens: list[str]
) -> None:
    """Every screen, in both themes and widths, into `out`."""
    base = url.partition("?")[0]
    for width, height in WIDTHS.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                has_touch=width < 500,
            )
            page = context.new_page()
            page.goto(url)
            for screen in screens:
                page.goto(base + screen + (row if screen == "inspect" else ""))
                at_rest(page)
                (out / f"{screen}-{key}-{theme}-{width}.webp").write_bytes(webp(page))
            context.close()


def main() -> None:
    """Photograph every screen of the projects named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--project", action="append", required=True, metavar="KEY=DIR")
    parser.add_argument("--screens", default=",".join(SCREENS))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for project in options.project:
            key, _, folder = project.partition("=")
            row = a_row(Path(folder))
            with served(Path(folder)) as url:
                photograph(browser, url, row, key, options.out, options.screens.split(","))
        browser.close()


if __name__ == "__main__":
    main()
