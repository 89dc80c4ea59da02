"""A versioned columnar table: the one object through which everything else reads and writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.store import _lance
from assay.store.failures import read_guard, write_guard


@dataclass(frozen=True)
class Fragment:
    """A piece of a table that is written, computed and resumed as one.

    Attributes:
        id: Stable number of the fragment within its table.
        rows: How many rows it holds.
        columns: Names of the columns that have values stored for it; a column of the table that is
            not among them reads as null here and waits to be computed.
    """

    id: int
    rows: int
    columns: frozenset[str]


class Table:
    """One version of a table, open for reading; writing methods return the next version.

    Rows are in insertion order; a row index is a position in that order. `handle` is for this
    package alone.
    """

    def __init__(self, handle: Any, path: Path) -> None:
        self.handle = handle
        self.path = path

    @classmethod
    def open(cls, path: Path, version: int | None = None) -> Table:
        """Open the newest version, or the one given.

        Raises:
            StoreError: There is no such table or version.
        """
        return cls(_lance.open_table(path, version), path)

    @classmethod
    def create(cls, path: Path, schema: pa.Schema, *, key: str | None = None) -> Table:
        """Create an empty table; `key` names the column that identifies a row.

        Raises:
            StoreError: A table stands there already, or the folder cannot be written.
        """
        if key is not None:
            index = schema.get_field_index(key)
            field = schema.field(index).with_nullable(False)
            metadata = {**(field.metadata or {}), **_lance.PRIMARY_KEY}
            schema = schema.set(index, field.with_metadata(metadata))
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(_lance.create(path, schema), path)

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether a table stands at `path`."""
        return _lance.exists(path)

    @property
    def version(self) -> int:
        """Number of this version; each commit adds one."""
        return int(self.handle.version)

    @property
    def edition(self) -> str:
        """What names the values of all columns for good."""
        return str(self.version)

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns with their metadata."""
        return self.handle.schema

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return int(self.handle.count_rows())

    def newest(self) -> Table:
        """The table at its newest version."""
        return Table.open(self.path)

    def at(self, version: int) -> Table:
        """The table as it was at `version`."""
        return Table.open(self.path, version)

    def fragments(self) -> list[Fragment]:
        """The pieces of the table in row order."""
        leaves = {name: set(ids) for name, ids in _lance.leaf_ids(self.handle).items()}
        out = []
        for piece in self.handle.get_fragments():
            present = _lance.fragment_fields(piece)
            columns = frozenset(name for name, ids in leaves.items() if ids <= present)
            out.append(Fragment(piece.fragment_id, piece.count_rows(), columns))
        return out

    def scan(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: str | None = None,
        fragment: int | None = None,
        batch_rows: int = 4096,
        batch_bytes: int | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Stream record batches in row order.

        Args:
            columns: Names to read; all if None.
            where: SQL filter over stored column names.
            fragment: Read this fragment alone.
            batch_rows: At most this many rows a batch.
            batch_bytes: Aim at this many bytes a batch, for wide rows.
        """
        pieces = None if fragment is None else [self.handle.get_fragment(fragment)]
        scanner = self.handle.scanner(
            columns=list(columns) if columns is not None else None,
            filter=where,
            fragments=pieces,
            batch_size=batch_rows,
            batch_size_bytes=batch_bytes,
            scan_in_order=True,
            batch_readahead=4,
            fragment_readahead=1,
        )
        with read_guard(self.path):
            yield from scanner.to_batches()

    def read(self, columns: Sequence[str] | None = None, *, where: str | None = None) -> pa.Table:
        """The named columns of all rows (of those where the SQL filter holds) in row order."""
        scanner = self.handle.scanner(
            columns=list(columns) if columns is not None else None,
            filter=where,
            scan_in_order=True,
        )
        with read_guard(self.path):
            return scanner.to_table()

    def count(self, where: str | None = None) -> int:
        """How many rows there are for which the SQL filter holds."""
        with read_guard(self.path):
            return int(self.handle.count_rows(filter=where))

    def find(self, column: str, value: str) -> int | None:
        """Row index of the first row whose text column equals `value`; None if there is none."""
        quoted = value.replace("'", "''")
        scanner = self.handle.scanner(
            columns=[], with_row_address=True, filter=f"`{column}` = '{quoted}'", limit=1
        )
        with read_guard(self.path):
            found = scanner.to_table()
        rows = self.row_indices(found.column("_rowaddr").to_numpy())
        return int(rows[0]) if len(rows) else None

    def find_all(self, column: str, values: Sequence[str]) -> dict[str, int]:
        """Row index of a row whose text column equals each value; values without one left out."""
        if not values:
            return {}
        quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        scanner = self.handle.scanner(
            columns=[column], with_row_address=True, filter=f"`{column}` IN ({quoted})"
        )
        with read_guard(self.path):
            found = scanner.to_table()
        rows = self.row_indices(found.column("_rowaddr").to_numpy())
        return dict(zip(found.column(column).to_pylist(), rows.tolist(), strict=True))

    def computed(self, row: int) -> frozenset[str]:
        """Names of the columns that have values stored for a row; the others wait for theirs."""
        for piece in self.fragments():
            if row < piece.rows:
                return piece.columns
            row -= piece.rows
        raise IndexError(row)

    def starting(self, column: str, start: str, limit: int) -> list[str]:
        """At most `limit` values of a text column that start with `start` (letters and digits)."""
        scanner = self.handle.scanner(
            columns=[column], filter=f"starts_with(`{column}`, '{start}')", limit=limit
        )
        with read_guard(self.path):
            return list(scanner.to_table().column(0).to_pylist())

    def created_at(self, row: int) -> int:
        """The version of the table in which a row first stood."""
        found = self.handle.scanner(
            columns=["_row_created_at_version"], offset=row, limit=1, scan_in_order=True
        ).to_table()
        return int(found.column(0)[0].as_py())

    def created(self) -> np.ndarray:
        """The version of the table in which each row first stood: int64, in row order."""
        scanner = self.handle.scanner(columns=["_row_created_at_version"], scan_in_order=True)
        with read_guard(self.path):
            return np.asarray(scanner.to_table().column(0), np.int64)

    def message(self, version: int) -> str:
        """What the commit that made `version` says of itself; empty where it is not kept."""
        return _lance.message(self.handle, version)

    def take(self, indices: np.ndarray, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows at `indices` (int64 positions in row order), in the order given."""
        names = list(columns) if columns is not None else None
        with read_guard(self.path):
            return self.handle.take(indices.tolist(), columns=names)

    def append(self, data: pa.Table, message: str) -> Table:
        """Append rows as one fragment in one commit. Columns that `data` lacks stay uncomputed."""
        return Table(_lance.append(self.handle, data, message), self.path)

    def declare(self, fields: pa.Schema) -> Table:
        """Add columns that no fragment has values for yet."""
        _lance.on_newest(self.path, lambda handle: handle.add_columns(_lance.encoded(fields)))
        return self.newest()

    def drop(self, names: Sequence[str]) -> Table:
        """Remove columns from the newest version; older versions keep them."""
        _lance.on_newest(self.path, lambda handle: handle.drop_columns(list(names)))
        return self.newest()

    def column_file(self, fragment: int, schema: pa.Schema) -> _lance.ColumnFile:
        """Start a file with values of declared columns for one fragment."""
        return _lance.ColumnFile(self.handle, fragment, schema, uuid.uuid4().hex)

    def commit_columns(self, files: Sequence[_lance.ColumnFile], message: str) -> Table:
        """Make finished column files visible, all at once."""
        return Table(_lance.commit_columns(self.handle, files, message), self.path)

    def tag(self, name: str) -> None:
        """Protect this version from clean-up under a name of its own."""
        tags = self.handle.tags

        def write() -> None:
            if name in tags.list():
                tags.update(name, self.version)
            else:
                tags.create(name, self.version)

        write_guard(self.path, write)

    def row_indices(self, addresses: np.ndarray) -> np.ndarray:
        """Row indices of row addresses: fragment id in the high half, offset in the low half."""
        firsts, first = {}, 0
        for piece in self.handle.get_fragments():
            firsts[piece.fragment_id] = first
            first += piece.count_rows()
        pieces = (addresses >> np.uint64(32)).tolist()
        offsets = (addresses & np.uint64(0xFFFFFFFF)).astype(np.int64)
        return np.array([firsts[piece] for piece in pieces], np.int64) + offsets
