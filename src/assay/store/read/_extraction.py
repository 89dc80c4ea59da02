"""HTML to text in a process of its own, with a time limit for each page."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from assay.store.read._html_worker import ANSWER, PAGE

MAX_PAGE = 16 << 20
"""Default limit for a page, in bytes."""
_START = 20.0  # seconds more for the first answer, while the worker starts
_WINDOW = 64  # pages sent ahead, and
_WINDOW_BYTES = 4 << 20  # bytes sent ahead: the two processes work at the same time


T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """A page to be extracted; `charset` as the transport declared it, else empty."""

    html: bytes
    charset: str = ""


@dataclass(frozen=True)
class Extract:
    """What came of a page: `error` is None, or one clause; then title and text are empty."""

    title: str
    text: str
    error: str | None = None


class Extractor:
    """One worker process, started when first needed, and again after a page has killed it.

    Args:
        timeout: Seconds that a page may take.
        max_page: Bytes that a page may have.
        main_content: Leave out navigation, footers and the like.
        memory: MiB of address space the worker may have; 0 for no limit.
    """

    def __init__(
        self,
        *,
        timeout: float = 10.0,
        max_page: int = MAX_PAGE,
        main_content: bool = True,
        memory: int = 2048,
    ) -> None:
        self._timeout = timeout
        self._max_page = max_page
        self._main = main_content
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._outbox: queue.SimpleQueue[bytes | None]
        self._sender: threading.Thread
        self._buffer: bytearray
        self._grace: float

    def extract(self, items: Iterable[tuple[T, Page | None]]) -> Iterator[tuple[T, Extract | None]]:
        """Each tag with what came of its page (None where there is none), in order.

        Items are taken ahead of results, so that this process and the worker run side by side.
        """
        waiting: deque[tuple[T, Page | None]] = deque()
        size = 0
        try:
            for tag, page in items:
                waiting.append((tag, page))
                size += _size(page)
                self._send(page)
                while waiting and (len(waiting) > _WINDOW or size > _WINDOW_BYTES):
                    size -= _size(waiting[0][1])
                    yield self._result(waiting)
            while waiting:
                yield self._result(waiting)
        finally:
            if waiting:  # left early: answers nobody waits for are under way
                self.close()

    def close(self) -> None:
        """End the worker; the next page would start another."""
        process, self._process = self._process, None
        if process is None:
            return
        self._outbox.put(None)
        process.kill()
        process.wait()
        self._sender.join()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):  # what was not sent yet
                    pipe.close()

    def _result(self, waiting: deque[tuple[T, Page | None]]) -> tuple[T, Extract | None]:
        tag, page = waiting[0]
        if page is None or len(page.html) > self._max_page:
            waiting.popleft()
            return tag, Extract("", "", self._too_large(page)) if page else None
        try:
            answer = self._receive()
        except (TimeoutError, EOFError) as error:
            answer = Extract("", "", str(error))
            self.close()
        waiting.popleft()
        if self._process is None:
            for _, later in waiting:
                self._send(later)
        return tag, answer

    def _too_large(self, page: Page) -> str:
        return f"the page has {len(page.html):,} bytes, over the limit of {self._max_page:,}"

    def _send(self, page: Page | None) -> None:
        if page is None or len(page.html) > self._max_page:
            return
        if self._process is None:
            self._start()
        charset = page.charset.encode("ascii", "ignore")[:64]
        self._outbox.put(PAGE.pack(len(page.html), len(charset), self._main) + charset)
        self._outbox.put(page.html)

    def _start(self) -> None:
        script = Path(__file__).with_name("_html_worker.py")
        self._process = subprocess.Popen(  # noqa: S603 - our own script under our own interpreter
            [sys.executable, "-I", str(script), str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._outbox = queue.SimpleQueue()
        self._buffer = bytearray()
        self._grace = _START
        self._sender = threading.Thread(
            target=_pump, args=(self._outbox, self._process.stdin), daemon=True
        )
        self._sender.start()

    def _receive(self) -> Extract:
        deadline = time.monotonic() + self._timeout + self._grace
        header = self._take(ANSWER.size, deadline)
        status, title_size, text_size = ANSWER.unpack(header)
        title = self._take(title_size, deadline).decode()
        text = self._take(text_size, deadline).decode()
        self._grace = 0.0
        return (
            Extract("", "", f"the HTML parser gave up ({text})") if status else Extract(title, text)
        )

    def _take(self, size: int, deadline: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while len(self._buffer) < size:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"extraction took longer than {self._timeout:g} s")
            data = os.read(pipe, 1 << 16)
            if not data:
                raise EOFError("the HTML parser crashed on it, or ran out of memory")
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _pump(outbox: queue.SimpleQueue[bytes | None], pipe: IO[bytes]) -> None:
    """Write what is in the outbox: in a thread, since the worker may be busy writing to us."""
    with contextlib.suppress(OSError, ValueError):  # the worker is gone
        while (data := outbox.get()) is not None:
            pipe.write(data)
            if outbox.empty():
                pipe.flush()


def _size(page: Page | None) -> int:
    return len(page.html) if page else 0


_local = threading.local()


def shared(**limits: Any) -> Extractor:
    """This thread's extractor for these limits: many small files share one worker."""
    known: dict[Any, Extractor] = _local.__dict__.setdefault("extractors", {})
    # A forked child must not talk to its parent's worker.
    key = (os.getpid(), *sorted(limits.items()))
    if key not in known:
        known[key] = Extractor(**limits)
        atexit.register(known[key].close)
    return known[key]
