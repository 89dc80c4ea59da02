"""Where a file goes: through links, into pipes and devices, to standard output."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from assay.errors import InputError

STDOUT = Path("-")
_OPEN_FILES = Path("/dev")  # links there stand for open files, not for names


@contextmanager
def target(path: Path) -> Iterator[Path]:
    """The path to write to, so that in the end the whole file is where `path` says.

    A link stays, and the file that it leads to is replaced. What is no regular file (a pipe, a
    device) is written into, and `-` is standard output; both get the file when it is complete.

    Raises:
        InputError: It cannot be written there.
    """
    if path == STDOUT or _through(path):
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / ("rows" if path == STDOUT else path.name)
            yield draft
            _pour(draft, path)
    elif path.is_symlink():
        real = Path(os.path.realpath(path))
        # Its ending, which may ask for compression, is that of the link.
        draft = real.with_name(f".{secrets.token_hex(4)}.{path.name}")
        try:
            yield draft
            draft.replace(real)
        except OSError as error:
            raise _refused(path, error) from error
        finally:
            draft.unlink(missing_ok=True)
    else:
        yield path


def _through(path: Path) -> bool:
    try:
        special = path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False
    return special or (path.is_symlink() and path.absolute().is_relative_to(_OPEN_FILES))


def _pour(draft: Path, path: Path) -> None:
    try:
        with draft.open("rb") as source:
            if path == STDOUT:
                out: IO[bytes] = sys.stdout.buffer
                shutil.copyfileobj(source, out, 1 << 20)
                out.flush()
            else:
                with path.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
    except BrokenPipeError:
        raise  # whoever reads has had enough
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> InputError:
    return InputError(
        f"The file cannot be written: {error.strerror or error}.",
        where=str(path),
        remedy="free some space, or choose another name",
    )
