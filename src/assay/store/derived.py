"""A table with columns that are not stored, but made from others as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from assay.store.table import Fragment, Table


@dataclass(frozen=True)
class Derived:
    """A column that is made from others.

    Attributes:
        field: Name, type and metadata.
        reads: The stored columns that it is made from.
        of: From a table with these columns to its values, row by row.
    """

    field: pa.Field
    reads: tuple[str, ...]
    of: Callable[[pa.Table], pa.Array | pa.ChunkedArray]


class Deriving(Table):
    """A table for reading only.

    Args:
        stored: The table as it is stored.
        derived: The columns to add.
        mark: What names their values for good, beside the version of the table.
    """

    def __init__(self, stored: Table, derived: Sequence[Derived], mark: str) -> None:
        super().__init__(stored.handle, stored.path)
        self._stored = stored
        self._derived = {each.field.name: each for each in derived}
        self._mark = mark

    @property
    def edition(self) -> str:
        """What names the values of all columns for good."""
        return f"{self._stored.edition} {self._mark}"

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns with their metadata."""
        schema = self._stored.schema
        fields = [*schema, *(each.field for each in self._derived.values())]
        return pa.schema(fields, metadata=schema.metadata)

    def fragments(self) -> list[Fragment]:
        """The pieces of the table in row order."""
        return [
            Fragment(piece.id, piece.rows, piece.columns | self._derived.keys())
            for piece in self._stored.fragments()
        ]

    def computed(self, row: int) -> frozenset[str]:
        """Names of the columns that have values for a row."""
        return self._stored.computed(row) | self._derived.keys()

    def read(self, columns: Sequence[str] | None = None, *, where: str | None = None) -> pa.Table:
        """As of any table; `where` is over stored columns."""
        names, needed = self._split(columns)
        return self._shape(self._stored.read(needed, where=where), names)

    def take(self, indices: np.ndarray, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows at `indices` (int64 positions in row order), in the order given."""
        names, needed = self._split(columns)
        return self._shape(self._stored.take(indices, needed), names)

    def scan(
        self, columns: Sequence[str] | None = None, *, batch_rows: int = 4096, **options: Any
    ) -> Iterator[pa.RecordBatch]:
        """Stream record batches in row order."""
        names, needed = self._split(columns)
        for batch in self._stored.scan(needed, batch_rows=batch_rows, **options):
            shaped = self._shape(pa.Table.from_batches([batch]), names)
            yield from shaped.combine_chunks().to_batches()

    def _split(self, columns: Sequence[str] | None) -> tuple[list[str], list[str]]:
        """All names asked for, and the stored columns to read for them."""
        names = list(columns) if columns is not None else self.schema.names
        needed: dict[str, None] = {}
        for name in names:
            derived = self._derived.get(name)
            needed.update(dict.fromkeys(derived.reads if derived else [name]))
        return names, list(needed)

    def _shape(self, data: pa.Table, names: Sequence[str]) -> pa.Table:
        made = {name: self._derived[name] for name in names if name in self._derived}
        columns = [made[n].of(data) if n in made else data.column(n) for n in names]
        fields = [made[n].field if n in made else data.schema.field(n) for n in names]
        return pa.table(columns, schema=pa.schema(fields))
