"""Reading columns by the names people use, over all rows or those of a named version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.errors import UsageError
from assay.search.names import Resolved, resolver
from assay.search.neighbors import neighbors_of, stored_neighbors
from assay.store.graphs import graph_folder
from assay.store.table import Table


class StoredRows:
    """The `Rows` that finders and selectors receive.

    Args:
        table: The table at the version to read.
        kept: Row indices (int64, ascending) that make up the version; all rows if None.
        others: What `beside` answers with.
    """

    def __init__(
        self,
        table: Table,
        kept: np.ndarray | None = None,
        others: Callable[[str], StoredRows | None] = lambda name: None,
    ) -> None:
        self._table = table
        self._kept = kept
        self._others = others

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
        data = self._table.read(_stored(wanted))
        if self._kept is not None:
            data = data.take(pa.array(self._kept))
        return _shape(data, wanted)

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        """The named columns of the rows at `indices`, in that order."""
        wanted = {name: self.resolved(name) for name in names}
        rows = np.asarray(indices, np.int64)
        if self._kept is not None:
            rows = self._kept[rows]
        # The store reads each row once, in order; the caller's order is restored after.
        unique, inverse = np.unique(rows, return_inverse=True)
        data = self._table.take(unique, _stored(wanted))
        return _shape(data.take(pa.array(inverse)), wanted)

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

    def beside(self, name: str) -> StoredRows | None:
        """Other rows of the same project."""
        return self._others(name)

    def scan(self, *names: str, batch_rows: int = 4096) -> Iterator[pa.RecordBatch]:
        """Stream the named columns in row order, without holding them all."""
        wanted = {name: self.resolved(name) for name in names}
        first, kept = 0, self._kept
        for batch in self._table.scan(_stored(wanted), batch_rows=batch_rows):
            rows = batch.num_rows
            if kept is not None:
                low, high = np.searchsorted(kept, [first, first + rows])
                batch = batch.take(pa.array(kept[low:high] - first))
            first += rows
            yield from _shape(pa.Table.from_batches([batch]), wanted).to_batches()


def _stored(wanted: Mapping[str, Resolved]) -> list[str]:
    return list(dict.fromkeys(found.column for found in wanted.values()))


def _shape(data: pa.Table, wanted: Mapping[str, Resolved]) -> pa.Table:
    columns = []
    for found in wanted.values():
        column = data.column(found.column)
        columns.append(pc.struct_field(column, list(found.path)) if found.path else column)
    return pa.table(columns, names=list(wanted))
