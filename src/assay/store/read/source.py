"""From what a person names (files, folders) to files with a format, and to their rows."""

from __future__ import annotations

import inspect
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import registry
from assay.errors import InputError, UsageError
from assay.schema import BadRow, ReadBatch
from assay.store.read._stream import HEAD, Stream, unreadable

# What Assay itself keeps in the folder of a project: never data to add.
OWN = ("assay.json", "datasets", "events", "selections", "assets.lance", "assets.lock")
_ANYWHERE = ("batch_rows", "batch_bytes", "known")
COMPRESSED = (".gz", ".gzip", ".zst", ".zstd")


@dataclass(frozen=True)
class Source:
    """One file to be read.

    Attributes:
        path: Where it is.
        name: What its rows' `source` will say: the path relative to what was added, with /.
        direct: Whether it was named itself, rather than found in a folder.
        problem: Why it cannot be read at all (a folder without permission, a device), if so.
    """

    path: Path
    name: str
    direct: bool = True
    problem: str | None = None


def sources(paths: Sequence[Path], *, base: Path | None = None) -> Iterator[Source]:
    """The files behind the paths: folders are walked, sorted by name, hidden files left out.

    Args:
        paths: Files and folders. Symbolic links are followed, each folder is entered once.
        base: Name all files relative to this folder instead.

    Raises:
        InputError: A path does not exist.
        UsageError: A file is not below `base`.
    """
    for path in paths:  # all of them before the first is read, which may take hours
        _found(path)
    for path in paths:
        if path.is_dir():
            yield from _walk(path, base or path, set())
        else:
            yield Source(path, _name(path, base or path.parent), problem=_special(path))


def _found(path: Path) -> None:
    try:
        path.stat()
    except FileNotFoundError:
        raise InputError(
            "There is no such file or folder.", where=str(path), remedy="check the spelling"
        ) from None
    except OSError as error:
        raise unreadable(path, error) from error


def _walk(folder: Path, base: Path, entered: set[tuple[int, int]]) -> Iterator[Source]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in entered:
            return
        entered.add((status.st_dev, status.st_ino))
        entries = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError as error:
        yield Source(
            folder,
            _name(folder, base),
            False,
            f"The folder cannot be read: {error.strerror}. To fix: check its permissions.",
        )
        return
    own = OWN if any(path.name == OWN[0] for path in entries) else ()
    for path in entries:
        if path.name.startswith(".") or path.name in own:
            continue
        if _is_folder(path):
            yield from _walk(path, base, entered)
        else:
            yield Source(path, _name(path, base), False, _special(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder that may be listed but not entered; `_special` says so
        return False


def _special(path: Path) -> str | None:
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}. To fix: check its permissions."
    return None if regular else "This is no regular file (a pipe, socket or device)."


def _name(path: Path, base: Path) -> str:
    try:
        relative = path.relative_to(base)
    except ValueError:
        raise UsageError(
            "The file is not below the base folder.", where=str(path), allowed=f"{base}/..."
        ) from None
    # File names are bytes; where they are not UTF-8, an escape keeps them apart.
    return os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")


def sniff(path: Path) -> str:
    """The name of the reader for a file: by its first 64 KiB, then its suffix, then its columns.

    Raises:
        InputError: The file cannot be opened.
        UsageError: It is none of the formats.
    """
    with Stream(path) as stream:
        head = stream.peek(HEAD)
    known = registry.readers()
    for reader in known.values():
        if reader.sniff is not None and head and reader.sniff(head):
            return reader.name
    name = path.name.lower()
    while name.endswith(COMPRESSED):
        name = name.rpartition(".")[0]
    by_suffix = {suffix: reader.name for reader in known.values() for suffix in reader.suffixes}
    for suffix in sorted(by_suffix, key=len, reverse=True):
        if name.endswith(suffix):
            return by_suffix[suffix]
    if (delimited := _delimited(head)) is not None:
        return delimited
    raise UsageError(
        f"The format of '{path.name}' is not known, neither by its content nor by its name.",
        where=str(path),
        allowed=", ".join(sorted(known)),
        remedy="name it with --format, or leave the file out",
    )


def _delimited(head: bytes) -> str | None:
    """tsv or csv, where every line of the head has as many delimiters as the first."""
    lines = head.split(b"\n")[:-1] if len(head) >= HEAD else head.splitlines()
    if len(lines) < 2 or b"\0" in head:
        return None
    for delimiter, name in ((b"\t", "tsv"), (b",", "csv"), (b";", "csv")):
        counts = {line.count(delimiter) for line in lines if line.strip()}
        if len(counts) == 1 and counts != {0}:
            return name
    return None


def read(path: Path, *, format: str | None = None, **options: Any) -> Iterator[ReadBatch | BadRow]:
    """The rows of one file, in bounded memory.

    Args:
        path: The file.
        format: Name of the reader; by default `sniff` decides.
        **options: For the reader, e.g. `batch_rows`, `batch_bytes`, `max_line`. The two batch
            options and `known` (types by column, as a dataset has them) may always be given;
            readers that have no use for them are not told.

    Raises:
        InputError: The file cannot be opened.
        UsageError: The format or an option is not known.
    """
    try:
        empty = path.stat().st_size == 0
    except OSError as error:
        raise unreadable(path, error) from error
    if empty:
        return iter([BadRow(-1, "The file is empty (0 bytes), so it gave no rows.")])
    reader = registry.get("reader", format or sniff(path))
    allowed = [
        name
        for name, parameter in inspect.signature(reader.fn).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    given = {k: v for k, v in options.items() if k in allowed or k not in _ANYWHERE}
    for name in given:
        if name not in allowed:
            raise UsageError(
                f"The reader '{reader.name}' has no option '{name}'.", allowed=", ".join(allowed)
            )
    rows: Iterator[ReadBatch | BadRow] = reader.fn(path, **given)
    return rows


def read_source(
    source: Source, *, format: str | None = None, **options: Any
) -> Iterator[ReadBatch | BadRow]:
    """As `read`; a file of a folder that cannot be read is a BadRow, and does not end the run.

    Raises:
        InputError: A file that was named itself cannot be opened.
        UsageError: The format of such a file is not known, or an option is not.
    """
    if source.problem:
        yield BadRow(-1, source.problem)
        return
    try:
        if format is None and not source.direct and source.path.stat().st_size:
            try:
                format = sniff(source.path)
            except UsageError as error:
                yield BadRow(-1, str(error))
                return
        yield from read(source.path, format=format, **options)
    except InputError as error:
        if source.direct:
            raise
        yield BadRow(-1, str(error))
