"""What the operating system or Lance refuses, as one clear error."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_guard(path: Path, action: Callable[[], Any]) -> Any:
    """Run a write; a full disk or a refused permission becomes one clear error.

    Raises:
        StoreError: With the fact `conflict` where another process committed first.
    """
    try:
        return action()
    except OSError as error:
        if _interrupted(error):
            raise KeyboardInterrupt from error
        raise failed_write(path, error) from error
    except BaseException as error:
        # What fails inside Lance as a bug: no subclass of Exception, and of no public type.
        if type(error).__name__ != "PanicException":
            raise
        raise StoreError(
            f"Writing failed inside the table format: {first_line(error)}",
            where=str(path),
            remedy="what was committed is kept; please report this, with the file that did it",
        ) from error


def failed_write(path: Path, error: OSError) -> StoreError:
    """The error to raise where the operating system or Lance refused a write."""
    # Lance gives the system's error number only within its message.
    text = str(error).lower()
    codes = [error.errno, *(c for c in (*_FULL, *_REFUSED) if f"(os error {c})" in text)]
    if any(code in _FULL for code in codes):
        return StoreError(
            "The disk is full, or a limit on file sizes or disk use is reached.",
            where=str(path),
            remedy="free some space and run the same command again; what was committed is kept",
        )
    if any(code in _REFUSED for code in codes):
        return StoreError(
            "The project cannot be written to.",
            where=str(path),
            remedy="check the owner and the permissions of the folder",
            refused=True,
        )
    return StoreError(
        f"Writing failed: {first_line(error)}",
        where=str(path),
        remedy="run the same command again; what was committed is kept",
        conflict="commit conflict" in text,
    )


@contextlib.contextmanager
def read_guard(path: Path) -> Iterator[None]:
    """Turn what a damaged or unreadable file raises while it is read into one clear error.

    Raises:
        StoreError: The files of the table are damaged, missing, or may not be read.
    """
    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        if _interrupted(error):
            raise KeyboardInterrupt from error
        raise StoreError(
            f"The table cannot be read: {first_line(error)}",
            where=str(path),
            remedy="check that the folder is complete and readable, or restore it from a backup",
        ) from error


def _interrupted(error: BaseException) -> bool:
    """Whether Lance hands on, in a wrapping of its own, that a person pressed Ctrl-C."""
    return "KeyboardInterrupt" in str(error)


def first_line(error: BaseException) -> str:
    """The first line of an error's message, cut to a length that people read."""
    return str(error).strip().partition("\n")[0][:300]
