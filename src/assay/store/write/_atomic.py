"""Files appear whole or not at all, compressed as their names say."""

from __future__ import annotations

import gzip
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from assay.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` when the block ends well.

    The name is hidden, so that a reader of the folder passes over it. On any failure it is removed
    and an older file at `path` stays as it was.

    Raises:
        InputError: The folder cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        temporary.touch(exist_ok=False)
    except OSError as error:
        raise InputError(
            f"The file cannot be written: {error.strerror}.",
            where=str(path),
            remedy="name a folder that exists and that you may write to",
        ) from error
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):  # a full disk, or a folder of that name
            raise InputError(
                f"The file cannot be written: {error.strerror or error}.",
                where=str(path),
                remedy="free some space, or choose another name",
            ) from error
        raise


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """A UTF-8 text file that appears whole: plain, or gzip (.gz) or zstd (.zst) by its name."""
    with replacing(path) as temporary, temporary.open("wb", buffering=1 << 20) as file:
        packed: IO[bytes] = file
        # No name and no time inside, so that equal rows give equal bytes.
        if path.name.endswith((".gz", ".gzip")):
            packed = cast(IO[bytes], gzip.GzipFile("", "wb", 6, file, mtime=0))
        elif path.name.endswith((".zst", ".zstd")):
            compressor = zstandard.ZstdCompressor(level=3)
            packed = cast(IO[bytes], compressor.stream_writer(file, closefd=False))
        with io.TextIOWrapper(packed, encoding="utf-8", newline="") as text:
            yield text
