"""The only import of Lance: settings first, then thin functions with our defaults.

Lance is pinned exactly and its API moves, so nothing outside this package may see its objects.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

# Lance warns on operations that are covered by our kill -9 tests; errors still show.
os.environ.setdefault("LANCE_LOG", "error")

import lance
import pyarrow as pa
from lance.file import LanceFileWriter
from lance.fragment import DataFile, write_fragments

from assay.errors import StoreError
from assay.store.failures import read_guard, write_guard

STORAGE_VERSION: Literal["2.2"] = "2.2"
PRIMARY_KEY = {b"lance-schema:unenforced-primary-key": b"true"}
# Lance compresses long texts value by value with zstd level 3, which is over half of the cost of
# adding them. LZ4 over small blocks of values halves both writing and scanning for 1.4 times the
# space; taking single rows costs the same.
TEXT_ENCODING = {
    b"lance-encoding:compression": b"lz4",
    b"lance-encoding:structural-encoding": b"miniblock",
}

LanceDataset = lance.LanceDataset
"""Type of an opened table."""


def exists(path: Path) -> bool:
    """Whether a committed table stands at `path` (an interrupted creation does not count)."""
    versions = path / "_versions"
    return versions.is_dir() and any(p.suffix == ".manifest" for p in versions.iterdir())


def open_table(path: Path, version: int | str | None = None) -> Any:
    """Open a table, at its newest version unless one is given.

    Raises:
        StoreError: It is missing or cannot be read.
    """
    with read_guard(path):
        try:
            table = lance.dataset(str(path), version=version)
            if not len(table.schema):  # what a manifest of zeros reads as
                raise OSError("its manifest is damaged")
        except ValueError as error:
            raise OSError(str(error)) from error
        return table


def create(path: Path, schema: pa.Schema, data: pa.Table | None = None) -> Any:
    """Create a table with stable row ids; `schema` marks the primary key in its field metadata."""
    source = data if data is not None else schema.empty_table()
    return write_guard(
        path,
        lambda: lance.write_dataset(
            source,
            str(path),
            schema=schema,
            mode="create",
            enable_stable_row_ids=True,
            data_storage_version=STORAGE_VERSION,
        ),
    )


def replace(path: Path, data: pa.Table) -> Any:
    """Write a whole table in one commit, over whatever stood there."""
    return write_guard(
        path,
        lambda: lance.write_dataset(
            data, str(path), mode="overwrite", data_storage_version=STORAGE_VERSION
        ),
    )


def append(table: Any, data: pa.Table, message: str) -> Any:
    """Append rows as one fragment, in one commit."""
    path = Path(table.uri)
    fragments = write_guard(
        path,
        lambda: write_fragments(
            data, str(path), schema=data.schema, data_storage_version=STORAGE_VERSION
        ),
    )
    return commit(path, lambda: lance.LanceOperation.Append(fragments), message)


def commit(path: Path, operation: Callable[[], Any], message: str) -> Any:
    """Commit an operation on top of the newest version; returns the table after it."""

    def attempt(newest: Any) -> Any:
        return lance.LanceDataset.commit(
            str(path), operation(), read_version=newest.version, commit_message=message
        )

    return on_newest(path, attempt)


def message(table: Any, version: int) -> str:
    """The message that `commit` gave a version; empty where its transaction is gone."""
    try:
        transaction = table.read_transaction(version)
    except (OSError, ValueError):
        return ""
    said = (transaction.transaction_properties or {}) if transaction is not None else {}
    return str(said.get("__lance_commit_message", ""))


# Another process may commit between our reading the newest version and our own commit. Ids of
# fragments and fields never change, so what was prepared fits the version after that as well.
_ATTEMPTS = 40


def on_newest(path: Path, action: Callable[[Any], Any]) -> Any:
    """Run a write on the table at its newest version, again where another process came first.

    Raises:
        StoreError: The disk is full, the folder cannot be written, or others kept coming first.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return write_guard(path, lambda: action(open_table(path)))
        except StoreError as error:
            if not error.facts.get("conflict") or attempt == _ATTEMPTS - 1:
                raise
            # Uneven waits, so that two processes do not meet again and again.
            time.sleep(random.uniform(0.0, min(0.01 * 2**attempt, 0.5)))  # noqa: S311  # no secret
    raise AssertionError("unreachable")


def encoded(fields: pa.Schema) -> pa.Schema:
    """The fields with the encoding that we choose for texts noted in their metadata."""
    return pa.schema(
        [
            f.with_metadata({**(f.metadata or {}), **TEXT_ENCODING})
            if pa.types.is_string(f.type)
            else f
            for f in fields
        ]
    )


def leaf_ids(table: Any) -> dict[str, list[int]]:
    """Field ids of the leaves under each column, in schema order, as files list them."""

    def walk(field: Any) -> list[int]:
        children = field.children()
        return [leaf for child in children for leaf in walk(child)] if children else [field.id()]

    return {field.name(): walk(field) for field in table.lance_schema.fields()}


def fragment_fields(fragment: Any) -> set[int]:
    """Field ids that a fragment has values for."""
    return {field for file in fragment.metadata.files for field in file.fields if field >= 0}


class ColumnFile:
    """A file with the values of new columns for one fragment, invisible until it is committed."""

    def __init__(self, table: Any, fragment_id: int, schema: pa.Schema, token: str) -> None:
        self.name = f"{token}.lance"
        self.path = Path(table.uri) / "data" / self.name
        self.fragment_id = fragment_id
        leaves = leaf_ids(table)
        self.fields = [leaf for name in schema.names for leaf in leaves[name]]
        self._writer: Any = write_guard(
            self.path.parent,
            lambda: LanceFileWriter(str(self.path), schema=schema, version=STORAGE_VERSION),
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the next rows of the fragment."""
        write_guard(self.path.parent, lambda: self._writer.write_batch(batch))

    def close(self) -> None:
        """Finish the file."""
        write_guard(self.path.parent, self._writer.close)

    def discard(self) -> None:
        """Give the file up, finished or not, and the space it takes."""
        with contextlib.suppress(Exception):  # it may be closed, or the disk full
            self._writer.close()
        self._writer = None
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def group(self) -> Any:
        """What the commit needs to know about the file."""
        major, minor = (int(part) for part in STORAGE_VERSION.split("."))
        file = DataFile(
            self.name,
            self.fields,
            list(range(len(self.fields))),
            major,
            minor,
            self.path.stat().st_size,
        )
        return lance.LanceOperation.DataReplacementGroup(self.fragment_id, file)


def commit_columns(table: Any, files: Sequence[ColumnFile], message: str) -> Any:
    """Make column files part of their fragments in one commit; appends meanwhile do no harm."""
    return commit(
        Path(table.uri),
        lambda: lance.LanceOperation.DataReplacement([file.group() for file in files]),
        message,
    )
