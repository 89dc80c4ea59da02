"""One writer at a time, where that matters, without leaving stale locks behind."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from assay.errors import StoreError
from assay.store.failures import failed_write

WAIT_SECONDS = 600.0


@contextlib.contextmanager
def exclusive(path: Path, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock file at `path`; the operating system drops it if the process dies.

    Args:
        path: The lock file; created, never removed (removing it would let two holders in).
        wait: Seconds to wait for another process before giving up.

    Raises:
        StoreError: Somebody else held it for all of `wait`, or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise failed_write(path.parent, error) from error
    try:
        deadline = time.monotonic() + wait
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"Another process has been writing for over {wait:.0f} s.",
                    where=str(path),
                    remedy="wait for it, or end it; the lock goes with its process",
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # closing releases the lock


def held(path: Path) -> bool:
    """Whether some process, this one included, holds the lock file at `path`."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
