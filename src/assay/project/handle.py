"""What every dataset has: its table, its named version, and the rows these and filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.project import rowsets
from assay.project.labelled import labelled
from assay.project.rows import StoredRows
from assay.run.plan import Step, plan
from assay.search.expression import parse
from assay.store.pinned import pinned
from assay.store.table import Table
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.project import Project


class Handle:
    """Rows with their signals. Bare, it means all source rows; with a version, those it keeps."""

    def __init__(
        self,
        project: Project,
        name: str,
        version: Version | None = None,
        where: tuple[str, ...] = (),
    ) -> None:
        self.project = project
        self.name = name
        self.version = version
        self.filters = where

    def __repr__(self) -> str:
        rows = self.num_rows if self.exists else "no"
        return f"{type(self).__name__}({self.full_name!r}, {rows} rows)"

    def __len__(self) -> int:
        return self.num_rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_table().__arrow_c_stream__(requested_schema)

    @property
    def path(self) -> Path:
        """Where the table is stored."""
        return self.project.root / "datasets" / f"{self.name}.lance"

    @property
    def exists(self) -> bool:
        """Whether anything was added yet."""
        return Table.exists(self.path)

    @property
    def full_name(self) -> str:
        """`name`, or `name@version`."""
        return self.version.full_name if self.version else self.name

    @property
    def source(self) -> Table:
        """The table with all rows at its newest version, and the labels in force.

        Raises:
            UsageError: Nothing was added yet; the error lists the datasets there are.
        """
        if not self.exists:
            raise UsageError(
                f"There is no dataset called '{self.name}'.",
                where=str(self.project.root),
                allowed=", ".join(self.project.datasets()) or "the project is empty",
                remedy=f"assay add {self.name} FILE...",
            )
        return labelled(Table.open(self.path), self.project.events, self.name)

    @property
    def table(self) -> Table:
        """The table that is read: a named version keeps the signals that it was made from."""
        return pinned(self.source, self._then) if self._then else self.source

    @cached_property
    def _then(self) -> Table | None:
        return self.source.at(self.version.parent_version) if self.version else None

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return self.rows().num_rows

    @property
    def schema(self) -> pa.Schema:
        """All columns by stored name, computed ones with their provenance as field metadata."""
        return self.table.schema

    @property
    def signals(self) -> list[str]:
        """Names of the computed columns, as written in expressions."""
        names = [(field.metadata or {}).get(b"assay.name") for field in self.schema]
        return [name.decode() for name in names if name]

    def row_index(self, row_id: str) -> int:
        """Position of a row among all source rows.

        Raises:
            UsageError: There is no such row.
        """
        return rowsets.place(self, row_id)

    def rows(self, table: Table | None = None, *, ready: Sequence[Step] = ()) -> StoredRows:
        """Read access by the names used in expressions.

        Args:
            table: The source at the version to read; `table` if None.
            ready: Leave out rows from the first one on that lacks any of these signals: another
                process added them after the signals were computed.
        """
        table = table or self.table
        kept = None if self.version is None else self._kept
        if lacking := plan(table, ready):
            first = lacking[0].first_row
            kept = np.arange(first) if kept is None else kept[kept < first]
        for text in self.filters:
            kept = rowsets.filtered(StoredRows(table, kept, named=self._named), text)
        return StoredRows(table, kept, self._beside, self._named)

    def _named(self, name: str) -> np.ndarray:
        return rowsets.mask(self.project.dataset(self.name), name)

    def _beside(self, name: str) -> StoredRows | None:
        base, _, version = name.partition("@")
        if not base:
            editions = self.project.versions.editions(self.name, version)
            return self.project.dataset(editions[-1].full_name).rows() if editions else None
        if base not in self.project.datasets():
            return None
        if version and version not in {v.name for v in self.project.versions.list(base)}:
            return None
        return self.project.dataset(name).rows()

    def neighbors(
        self, embedding: str = "embed.text", *, k: int = 10
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k other rows nearest to each row by an embedding, most similar first.

        Args:
            embedding: Its name as in expressions.
            k: At least 1.

        Returns:
            `(rows, similarities)`, shape (n, k): int32 positions among these rows, -1 where there
            are fewer than k or no vector; float32 cosines in [-1, 1], nan there.

        Raises:
            UsageError: It is not computed, or is no column of vectors.
        """
        return self.rows().neighbors(embedding, k)

    @cached_property
    def _kept(self) -> np.ndarray:
        assert self.version is not None
        keep = self.project.versions.verdicts(self.version).read(["keep"]).column("keep")
        judged = np.flatnonzero(np.asarray(keep))
        base, _, parent = self.version.parent.partition("@")
        if not parent:
            return judged
        return self.project.dataset(f"{base}@{parent}")._kept[judged]

    def where(self, expression: str) -> Self:
        """The rows for which the expression is true, such as `words > 5 and tag:good`."""
        parse(expression)
        return type(self)(self.project, self.name, self.version, (*self.filters, expression))

    def at(self, version: str | None) -> Self:
        """The dataset in the named version; all source rows for None."""
        found = None if version is None else self.project.versions.get(self.name, version)
        return type(self)(self.project, self.name, found, self.filters)

    def to_table(
        self,
        columns: Sequence[str] | None = None,
        where: str | None = None,
        version: str | None = None,
    ) -> pa.Table:
        """The rows as an Arrow table.

        Args:
            columns: Names as in expressions; all stored columns if None.
            where: Expression; rows for which it is true.
            version: Named version to read instead of this one.
        """
        view = self.at(version) if version else self
        if where:
            view = view.where(where)
        rows = view.rows()
        return rows.table(*(columns if columns is not None else rows.schema.names))
