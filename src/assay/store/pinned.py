"""A table in which some columns read as they were: what a named version was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from assay.store.table import Table

_SAME = (b"assay.op", b"assay.version", b"assay.params", b"assay.state")


def pinned(now: Table, then: Table) -> Table:
    """The newest table, with those signals of an earlier one that were computed anew since.

    All other columns never change; they are read from the newest table, where rows that lacked a
    signal then may have it now.
    """
    changed = [
        field.name
        for field in then.schema
        if _facts(field)[0] is not None
        and (
            field.name not in now.schema.names
            or _facts(field) != _facts(now.schema.field(field.name))
        )
    ]
    return Pinned(now, then, changed) if changed else now


def _facts(field: pa.Field) -> list[bytes | None]:
    return [(field.metadata or {}).get(key) for key in _SAME]


class Pinned(Table):
    """A table for reading only.

    Args:
        now: The newest table.
        then: The same table at an earlier version; its rows are the first ones of `now`.
        names: Columns to read from `then`, null in the rows that came later.
    """

    def __init__(self, now: Table, then: Table, names: Sequence[str]) -> None:
        super().__init__(now.handle, now.path)
        self._now, self._then = now, then
        self._old = frozenset(names)

    @property
    def edition(self) -> str:
        """What names the values of all columns for good."""
        return self._now.edition

    @property
    def schema(self) -> pa.Schema:
        """Columns with their metadata."""
        schema = self._now.schema
        for field in self._then.schema:
            if field.name in self._old:
                at = schema.get_field_index(field.name)
                schema = schema.append(field) if at < 0 else schema.set(at, field)
        return schema

    def read(self, columns: Sequence[str] | None = None, *, where: str | None = None) -> pa.Table:
        """As of any table, but for `where`, which it does not take."""
        if where is not None:
            raise NotImplementedError("filter the rows that were read")
        names, new, old = self._split(columns)
        before = self._then.read(old)
        more = self._now.num_rows - before.num_rows
        nulls = pa.table([pa.nulls(more, f.type) for f in before.schema], schema=before.schema)
        return _joined(self._now.read(new), pa.concat_tables([before, nulls]), names)

    def computed(self, row: int) -> frozenset[str]:
        """Names of the columns that have values stored for a row."""
        old = self._then.computed(row) if row < self._then.num_rows else frozenset()
        return (self._now.computed(row) - self._old) | (old & self._old)

    def take(self, indices: np.ndarray, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows at `indices` (int64 positions in row order), in the order given."""
        names, new, old = self._split(columns)
        indices = np.asarray(indices, np.int64)
        there = indices < self._then.num_rows
        before = self._then.take(indices[there], old)
        place = pa.array(np.cumsum(there) - 1, mask=~there)
        return _joined(self._now.take(indices, new), before.take(place), names)

    def scan(
        self, columns: Sequence[str] | None = None, *, batch_rows: int = 4096, **options: Any
    ) -> Iterator[pa.RecordBatch]:
        """Stream record batches in row order."""
        names, new, old = self._split(columns)
        first, held = 0, pa.table([pa.array([], f.type) for f in self._old_fields(old)], names=old)
        before = self._then.scan(old, batch_rows=batch_rows)
        for batch in self._now.scan(new, batch_rows=batch_rows, **options):
            here = max(0, min(batch.num_rows, self._then.num_rows - first))
            while held.num_rows < here:
                held = pa.concat_tables([held, pa.Table.from_batches([next(before)])])
            nulls = pa.table([pa.nulls(batch.num_rows - here, f.type) for f in held.schema], old)
            there = pa.concat_tables([held.slice(0, here), nulls])
            held, first = held.slice(here), first + batch.num_rows
            joined = _joined(pa.Table.from_batches([batch]), there, names)
            yield from joined.combine_chunks().to_batches()

    def _old_fields(self, names: Sequence[str]) -> list[pa.Field]:
        return [self._then.schema.field(name) for name in names]

    def _split(self, columns: Sequence[str] | None) -> tuple[list[str], list[str], list[str]]:
        """All names asked for, and those to read now and then; both sides count the rows."""
        names = list(columns) if columns is not None else self.schema.names
        new = [name for name in names if name not in self._old]
        old = [name for name in names if name in self._old]
        return names, new or ["id"], old or ["id"]


def _joined(now: pa.Table, then: pa.Table, names: Sequence[str]) -> pa.Table:
    side = {**dict.fromkeys(then.schema.names, then), **dict.fromkeys(now.schema.names, now)}
    columns = [side[name].column(name) for name in names]
    fields = [side[name].schema.field(name) for name in names]
    return pa.table(columns, schema=pa.schema(fields))
