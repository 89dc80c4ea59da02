"""Reading columns by the names people use, over all rows or those of a named version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.search.evaluation import below
from assay.search.expression import RENAMED
from assay.search.names import Resolved, resolver
from assay.search.neighbors import neighbors_of, stored_neighbors
from assay.search.syntax import is_row_set
from assay.store.graphs import graph_folder
from assay.store.runs import additions
from assay.store.table import Table


class StoredRows:
    """The `Rows` that finders and selectors receive.

    Args:
        table: The table at the version to read.
        kept: Row indices (int64, ascending) that make up the version; all rows if None.
        others: What `beside` answers with.
        named: From the name of rows (`tag:good`) to which of all rows they are.
    """

    def __init__(
        self,
        table: Table,
        kept: np.ndarray | None = None,
        others: Callable[[str], StoredRows | None] = lambda name: None,
        named: Callable[[str], np.ndarray] | None = None,
    ) -> None:
        self._table = table
        self._kept = kept
        self._others = others
        self._named = named

    @property
    def kept(self) -> np.ndarray | None:
        """Row indices (int64, ascending) of the version; None for all rows."""
        return self._kept

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return self._table.num_rows if self._kept is None else len(self._kept)

    @cached_property
    def schema(self) -> pa.Schema:
        """All columns by stored name."""
        return self._table.schema

    @cached_property
    def _lookup(self) -> Callable[[str], Resolved]:
        return resolver(self.schema, registry.ops())

    def resolved(self, name: str) -> Resolved:
        """The stored column that a name in an expression means.

        Raises:
            UsageError: There is no such column, or it is not computed yet.
        """
        found = self._lookup(name)
        if not found.present:
            raise UsageError(
                f"'{name}' is not computed yet.",
                remedy=f"assay compute {self._table.path.stem} {found.op}",
            )
        return found

    def table(self, *names: str) -> pa.Table:
        """The named columns in row order; each under the name it was asked for by."""
        wanted = {name: self.resolved(name) for name in names}
        if not wanted:
            return pa.table({})
        stored = _stored(wanted)
        data = self._table.read(stored or ["id"])
        if self._kept is not None:
            data = data.take(pa.array(self._kept))
        return _shape(data, wanted, self._sets(wanted, self._kept))

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        """The named columns of the rows at `indices`, in that order."""
        wanted = {name: self.resolved(name) for name in names}
        rows = np.asarray(indices, np.int64)
        if self._kept is not None:
            rows = self._kept[rows]
        # The store reads each row once, in order; the caller's order is restored after.
        unique, inverse = np.unique(rows, return_inverse=True)
        data = self._table.take(unique, _stored(wanted) or ["id"])
        return _shape(data.take(pa.array(inverse)), wanted, self._sets(wanted, rows))

    def neighbors(self, name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows most similar to each row; see `Rows.neighbors`.

        Those of all rows are stored, and extended when rows are added; those among some of the rows
        are found when asked for.
        """
        column = self.resolved(name).column
        if self._kept is None:
            graph = stored_neighbors(self._table, column, graph_folder(self._table), k)
        else:
            graph = neighbors_of(self.table(name).column(0), k)
        return graph.rows, graph.similarities

    def added(self) -> np.ndarray:
        """Which addition brought each row; see `Rows.added`."""
        numbers = additions(self._table)
        return numbers if self._kept is None else numbers[self._kept]

    def beside(self, name: str) -> StoredRows | None:
        """Other rows of the same project."""
        return self._others(name)

    def scan(self, *names: str, batch_rows: int = 4096) -> Iterator[pa.RecordBatch]:
        """Stream the named columns in row order, without holding them all."""
        wanted = {name: self.resolved(name) for name in names}
        first, kept = 0, self._kept
        sets = self._sets(wanted, None)
        for batch in self._table.scan(_stored(wanted) or ["id"], batch_rows=batch_rows):
            rows = batch.num_rows
            at = np.arange(first, first + rows)
            if kept is not None:
                low, high = np.searchsorted(kept, [first, first + rows])
                at = kept[low:high]
                batch = batch.take(pa.array(at - first))
            first += rows
            parts = {name: array.take(pa.array(at)) for name, array in sets.items()}
            yield from _shape(pa.Table.from_batches([batch]), wanted, parts).to_batches()

    def _sets(self, wanted: Mapping[str, Resolved], rows: np.ndarray | None) -> dict[str, pa.Array]:
        """Columns of truth for the rows that are named, at `rows` (all if None)."""
        found = {}
        for column in _named_in(wanted):
            if self._named is None:
                raise UsageError(f"No rows are called '{column}' here.")
            true = self._named(column)
            true = np.pad(true, (0, max(0, self._table.num_rows - len(true))))
            at = slice(0, self._table.num_rows) if rows is None else rows
            found[column] = pa.array(true[at])
        return found


def _named_in(wanted: Mapping[str, Resolved]) -> list[str]:
    return [f.column for f in wanted.values() if f.op is None and is_row_set(f.column)]


def _stored(wanted: Mapping[str, Resolved]) -> list[str]:
    columns = dict.fromkeys(found.column for found in wanted.values())
    return [name for name in columns if name not in _named_in(wanted)]


def _shape(
    data: pa.Table, wanted: Mapping[str, Resolved], sets: Mapping[str, pa.Array]
) -> pa.Table:
    columns = [
        sets[found.column] if found.column in sets else below(data.column(found.column), found.path)
        for found in wanted.values()
    ]
    fields = [
        _field(name, each.type, data, found.column)
        for (name, found), each in zip(wanted.items(), columns, strict=True)
    ]
    return pa.table(columns, schema=pa.schema(fields))


def _field(name: str, kind: pa.DataType, data: pa.Table, stored: str) -> pa.Field:
    """A field that knows the former names of its values."""
    known = data.schema.field(stored).metadata if stored in data.schema.names else None
    former = (known or {}).get(RENAMED)
    return pa.field(name, kind, metadata={RENAMED: former} if former else None)
