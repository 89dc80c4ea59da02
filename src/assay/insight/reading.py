"""Reading what a check needs from a dataset, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from assay import stopping
from assay.insight.wording import snippet
from assay.schema import Finding, Fix, Rows, has_text
from assay.search.neighbors import neighbors_of

BLOCK = 16_384
"""Rows of text held at once."""


def ids(rows: Rows, indices: np.ndarray) -> list[str]:
    """Ids of the rows at `indices` (int64), in that order."""
    if len(indices) == 0:
        return []
    found: list[str] = rows.take(np.asarray(indices, np.int64), "id").column("id").to_pylist()
    return found


def snippets(rows: Rows, indices: np.ndarray) -> list[str]:
    """The beginnings of the texts at `indices`; empty ones where there is no text column."""
    if len(indices) == 0:
        return []
    if not has_text(rows.schema):
        return [""] * len(indices)
    texts = rows.take(np.asarray(indices, np.int64), "text").column("text").to_pylist()
    return [snippet(text) for text in texts]


def blocks(rows: Rows, *names: str, size: int = BLOCK) -> Iterator[tuple[int, pa.Table]]:
    """The named columns block by block, each with the index of its first row.

    Texts of a large dataset do not fit in memory at once; this holds `size` rows of them.
    """
    for first in range(0, rows.num_rows, size):
        stopping.check()
        yield first, rows.take(np.arange(first, min(first + size, rows.num_rows)), *names)


@dataclass(frozen=True)
class Subset:
    """Some rows of a dataset, as `Rows`.

    Attributes:
        rows: The dataset.
        indices: int64, the rows in it.
    """

    rows: Rows
    indices: np.ndarray

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self.indices)

    @property
    def schema(self) -> pa.Schema:
        """All columns by stored name."""
        return self.rows.schema

    def table(self, *names: str) -> pa.Table:
        """The named columns, all rows of the subset."""
        return self.rows.take(self.indices, *names)

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        """The named columns of the rows at `indices` of the subset."""
        return self.rows.take(self.indices[indices], *names)

    def neighbors(self, name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the subset most similar to each."""
        found = neighbors_of(self.table(name).column(0), k)
        return found.rows, found.similarities

    def added(self) -> np.ndarray:
        """Which addition brought each row."""
        return np.asarray(self.rows.added()[self.indices])

    def beside(self, name: str) -> Rows | None:
        """Other rows of the same project."""
        return self.rows.beside(name)


def dropping(finding: Finding) -> Finding:
    """The finding with the fix that leaves out its rows."""
    name = f"{finding.check}: {finding.subject}" if finding.subject else finding.check
    return replace(finding, fix=Fix(rule=f"not finding:{finding.key}", name=name))


def tagging(finding: Finding, tag: str) -> Finding:
    """The finding with the fix that tags its rows: dropping them unseen would be wrong."""
    return replace(finding, fix=Fix(tag=tag)) if finding.row_ids else finding


def flags(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A column of conditions as a bool array; null counts as false."""
    return np.asarray(column.fill_null(False), bool)
