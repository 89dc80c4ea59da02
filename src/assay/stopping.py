"""Stopping long work: asked for from outside, noticed between small pieces of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from assay.errors import Stopped

_asked: ContextVar[Callable[[], bool]] = ContextVar("asked", default=lambda: False)


@contextlib.contextmanager
def when(asked: Callable[[], bool]) -> Iterator[None]:
    """Stop the work inside when `asked` says so, or whoever could stop it before.

    Threads see it when they run in a copy of this context (`contextvars.copy_context`).
    """
    before = _asked.get()
    token = _asked.set(lambda: before() or asked())
    try:
        yield
    finally:
        _asked.reset(token)


def check() -> None:
    """Stop here if somebody asked for it: to be called about once a second of work or more often.

    Raises:
        Stopped: Somebody did.
    """
    if _asked.get()():
        raise Stopped
