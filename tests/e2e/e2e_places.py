"""Where the tests find things."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

# Opens the printed URL of a server as a fresh visitor; further arguments go to the browser context.
Visit = Callable[..., Page]
AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"


@dataclass(frozen=True)
class Served:
    """A running server: `url` holds the token, `base` does not."""

    url: str
    base: str
    folder: Path


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """`assay serve` on the project in `folder`, on a free port unless `options` name one."""
    program = "from assay.cli.main import main; main()"
    port = () if "--port" in options else ("--port", "0")
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", program, "serve", "--project", str(folder)),
            *("--json", "--no-open", *port, *options),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        yield Served(url, url.partition("?")[0], folder)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
