"""The neighbor graph of an embedding: made once, extended by new rows, read by all who compare."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.errors import StoreError, UsageError
from assay.ops.match.cells import knn_in_cells
from assay.ops.match.neighbors import extend_knn, knn, unit_rows
from assay.search.hybrid import as_matrix
from assay.store.graphs import load_graph, save_graph
from assay.store.locks import exclusive
from assay.store.table import Table

VERSION = "1"
K = 16
"""Neighbors that a stored graph has for each row; whoever needs fewer reads the first ones."""
EXACT_ROWS = 50_000
"""Rows up to which all are compared with all. Above, each is compared with those in the cells
nearest to it."""
PROBES = 40
"""Cells a row is compared with; benchmarks/results/neighbors.json has the recall."""
_ADDED = 0.25  # above this share of new rows, all is made anew: it costs no more


@dataclass(frozen=True)
class Neighbors:
    """For each of n rows the k others that are most similar to it.

    Attributes:
        rows: int32, shape (n, k): row indices, most similar first; -1 where there is none.
        similarities: float32, shape (n, k): cosines in [-1, 1]; nan where there is none.
        known: bool, shape (n,): rows with a vector. The others are nobody's neighbor.
        exact: Whether no nearer row can have been missed.
    """

    rows: np.ndarray
    similarities: np.ndarray
    known: np.ndarray
    exact: bool

    def first(self, k: int) -> Neighbors:
        """The graph of the `k` most similar rows of each."""
        return Neighbors(self.rows[:, :k], self.similarities[:, :k], self.known, self.exact)

    def among_known(self) -> Neighbors:
        """The graph of the known rows alone, numbered anew from 0."""
        if self.known.all():
            return self
        number = np.cumsum(self.known, dtype=np.int32) - 1
        rows = self.rows[self.known]
        rows = np.where(rows >= 0, number[rows], np.int32(-1))
        everyone = np.ones(len(rows), bool)
        return Neighbors(rows, self.similarities[self.known], everyone, self.exact)


def neighbors_of(vectors: pa.Array | pa.ChunkedArray, k: int = K) -> Neighbors:
    """The neighbor graph of a column of vectors.

    Args:
        vectors: Fixed-size lists of float, n values. Rows that are null or have a value that is
            not finite have no neighbors.
        k: At least 1.

    Raises:
        UsageError: The column holds no vectors, or `k` is less than 1.
    """
    matrix, known = _usable(vectors)
    return _made(matrix, known, k)


def neighbors_of_matrix(matrix: np.ndarray, k: int = K) -> Neighbors:
    """The same of an array: float, shape (n, d); rows with a value that is not finite have none."""
    return _made(matrix, np.isfinite(matrix).all(axis=1), k)


def stored_neighbors(table: Table, column: str, folder: Path, k: int = K) -> Neighbors:
    """The graph of all rows of a table, read from `folder`, made or extended where it lacks rows.

    Old rows keep what is stored and are compared with new rows alone, so that m new rows among n
    cost m * n comparisons.

    Args:
        table: At the version to read.
        column: Stored name of a column of vectors.
        folder: Where graphs of this table are kept.
        k: Neighbors wanted, at least 1; `K` are stored, or `k` if more.

    Raises:
        UsageError: The column holds no vectors, or `k` is less than 1.
    """
    field = table.schema.field(column)
    wanted = max(k, K)
    made = _provenance(field, wanted)
    digest = blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=8).hexdigest()
    path = folder / f"{column}-{digest}.lance"
    with exclusive(path.with_suffix(".lock")):
        graph = _brought_up(table, column, load_graph(path), wanted)
        if isinstance(graph, Neighbors):
            try:
                save_graph(path, graph.rows, graph.similarities, graph.known, made)
            except StoreError as error:
                if not error.facts.get("refused"):  # who may only read still gets the graph
                    raise
            return graph.first(k)
    rows, similarities, known = graph
    exact = int(known.sum()) <= EXACT_ROWS
    return Neighbors(rows, similarities, known, exact).first(k)


def _brought_up(
    table: Table,
    column: str,
    old: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
    k: int,
) -> Neighbors | tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The graph with all rows of the table; `old` itself where nothing is to be done."""
    n = table.num_rows
    if old is not None and len(old[2]) > n:  # an older version than the graph is of
        return _made(*_usable(table.read([column]).column(0)), k)
    if old is not None and len(old[2]) == n and old[2].all():
        return old
    matrix, known = _usable(table.read([column]).column(0))
    if old is None:
        return _made(matrix, known, k)
    before = np.zeros(n, bool)
    before[: len(old[2])] = old[2]
    fresh = known & ~before
    if not fresh.any() and len(old[2]) == n:
        return old
    gone = before & ~known
    if gone.any() or fresh.sum() > _ADDED * known.sum():
        return _made(matrix, known, k)
    return _extended(matrix, known, fresh, old, k)


def _made(matrix: np.ndarray, known: np.ndarray, k: int) -> Neighbors:
    at = np.flatnonzero(known)
    unit = unit_rows(matrix if known.all() else matrix[at], "vectors")
    exact = len(at) <= EXACT_ROWS
    found, alike = knn(unit, k) if exact else knn_in_cells(unit, k, probes=PROBES)
    return _spread(found, alike, at, known, exact)


def _extended(
    matrix: np.ndarray,
    known: np.ndarray,
    fresh: np.ndarray,
    old: tuple[np.ndarray, np.ndarray, np.ndarray],
    k: int,
) -> Neighbors:
    """Old rows first, new ones after them; then each back at its place."""
    first, added = np.flatnonzero(known & ~fresh), np.flatnonzero(fresh)
    at = np.concatenate([first, added])
    place = np.full(len(known), -1, np.int32)
    place[at] = np.arange(len(at), dtype=np.int32)
    rows = old[0][first]
    found = np.where(rows >= 0, place[rows], np.int32(-1))
    unit = unit_rows(matrix[at], "vectors")
    found, alike = extend_knn(unit, found, old[1][first], k)
    return _spread(found, alike, at, known, len(at) <= EXACT_ROWS)


def _spread(
    found: np.ndarray, alike: np.ndarray, at: np.ndarray, known: np.ndarray, exact: bool
) -> Neighbors:
    """A graph among the rows `at` as one among all."""
    rows = np.full((len(known), found.shape[1]), -1, np.int32)
    similarities = np.full(rows.shape, np.nan, np.float32)
    if len(at):
        rows[at] = np.where(found >= 0, at[found].astype(np.int32), np.int32(-1))
        similarities[at] = alike
    return Neighbors(rows, similarities, known, exact)


def _usable(vectors: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    kind = vectors.type
    if not (pa.types.is_fixed_size_list(kind) and pa.types.is_floating(kind.value_type)):
        raise UsageError(
            f"A column of {kind} has no neighbors.",
            allowed="fixed-size lists of numbers",
            remedy="name an embedding, such as embed.text",
        )
    return as_matrix(vectors)


def _provenance(field: pa.Field, k: int) -> dict[str, str]:
    """What a graph is made by, and from: a column computed anew gets a graph of its own."""
    metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    source = {key: metadata.get(f"assay.{key}", "") for key in ("op", "version", "hash", "state")}
    params = {"k": k, "exact_rows": EXACT_ROWS, "probes": PROBES}
    return {
        "assay.producer": "search.neighbors",
        "assay.version": VERSION,
        "assay.params": json.dumps(params),
        "assay.column": field.name,
        "assay.source": json.dumps(source),
    }
