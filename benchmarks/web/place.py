"""A served project and a browser in front of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

PROBE = Path(__file__).with_name("probe.js")
SIZE = {"width": 1440, "height": 900}
# Nothing that Chromium does on its own is wanted here.
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]
# What is drawn by software GL. Without a GPU Chromium takes it for WebGL alone and composes the
# page on the processor, where a frame costs what has changed; as the GPU of the whole page, a frame
# of an empty window costs 13 to 18 ms of processor time, whatever has changed.
GL = {"page": "--use-angle=swiftshader", "webgl": "--use-angle=swiftshader-webgl"}


@dataclass(frozen=True)
class Server:
    """A running `assay serve`: its process, and its URL with the token."""

    pid: int
    url: str

    @property
    def base(self) -> str:
        return self.url.partition("?")[0]

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def peak_mib(self) -> float:
        """The largest resident set so far."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("this system does not tell a process's peak memory (/proc)")


@contextlib.contextmanager
def serve(project: Path) -> Iterator[Server]:
    """`assay serve` in a process of its own, ended at the end."""
    program = "from assay.cli.main import main; main()"
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", program, "serve", "--project", str(project)),
            *("--json", "--no-open", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Server(process.pid, json.loads(process.stdout.readline())["url"])
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


class Client:
    """Asks the server over one connection that stays open, as a browser does."""

    def __init__(self, server: Server) -> None:
        place = urlsplit(server.url)
        assert place.hostname is not None
        self.http = http.client.HTTPConnection(place.hostname, place.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {server.token}"}

    def ask(self, path: str, body: Any = None) -> tuple[bytes, float]:
        """The answer and the seconds it took.

        Raises:
            RuntimeError: The status is none of success.
        """
        headers = dict(self.headers)
        sent = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            sent = json.dumps(body).encode()
        began = time.perf_counter()
        self.http.request("GET" if body is None else "POST", path, sent, headers)
        answer = self.http.getresponse()
        data = answer.read()
        seconds = time.perf_counter() - began
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {data[:300]!r}")
        return data, seconds


@contextlib.contextmanager
def browse(gl: str = "page") -> Iterator[Browser]:
    """Debian's Chromium (`make chromium`), or the one that CHROMIUM names; `gl`: a name in `GL`."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise SystemExit("There is no Chromium here: make chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, GL[gl]])
        yield browser
        browser.close()


@contextlib.contextmanager
def visit(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of a new visitor who is let in, with the probe in every document."""
    context = browser.new_context(viewport=SIZE)
    context.add_init_script(path=PROBE)
    page = context.new_page()
    page.set_default_timeout(30_000)
    context.request.get(server.url)  # the token becomes a cookie; no page is loaded
    yield page
    context.close()
