"""Hybrid search: full text and vectors, joined by reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from assay.store import index
from assay.store.table import Table

# Cormack, Clarke and Buettcher 2009, "Reciprocal Rank Fusion outperforms Condorcet", section 3.
RRF_K = 60
# Candidates a ranking contributes to the fusion, and the least that are fetched.
DEPTH = 100
# From so many queries on, one pass over all vectors costs less than asking the index for each.
SCAN_QUERIES = 16
_QUERIES_AT_ONCE = 256
_THREADS = 4


@dataclass(frozen=True)
class Hit:
    """A row found.

    Attributes:
        row: Row index.
        score: Fused score in (0, 1], 1 = first in every ranking; higher is better.
        ranks: Rank (from 1) in each ranking that found the row, by its name.
    """

    row: int
    score: float
    ranks: dict[str, int]


def fuse(rankings: Mapping[str, Sequence[int]], k: int) -> list[Hit]:
    """Join rankings of row indices by reciprocal rank; ties go to the earlier row.

    Args:
        rankings: Row indices, best first, by name of the ranking.
        k: How many hits to return.
    """
    scores: dict[int, float] = {}
    ranks: dict[int, dict[str, int]] = {}
    for name, rows in rankings.items():
        for rank, row in enumerate(rows, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (RRF_K + rank)
            ranks.setdefault(row, {})[name] = rank
    best = max(1, len(rankings)) / (RRF_K + 1)
    order = sorted(scores, key=lambda row: (-scores[row], row))[:k]
    return [Hit(row, scores[row] / best, ranks[row]) for row in order]


def rank_by_text(
    table: Table, column: str, queries: Sequence[str], depth: int, allowed: np.ndarray | None
) -> list[list[int]]:
    """Row indices by BM25, best first, for each query; only rows that `allowed` admits."""

    def rank(query: str) -> list[int]:
        if not query.strip():
            return []
        return _filtered(lambda k: index.match_text(table, column, query, k), depth, allowed)

    if len(queries) == 1:
        return [rank(queries[0])]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(rank, queries))


def rank_by_vector(
    table: Table, column: str, queries: np.ndarray, depth: int, allowed: np.ndarray | None
) -> list[list[int]]:
    """Row indices by cosine similarity, best first, for each query (float32, shape (q, d)).

    Exact for small tables, for filters that leave few rows and for many queries at once, which
    share one pass over the table; by the index otherwise.
    """
    few = allowed is not None and int(allowed.sum()) < index.VECTOR_INDEX_ROWS
    if few or table.num_rows < index.VECTOR_INDEX_ROWS or len(queries) >= SCAN_QUERIES:
        return _scan(table, column, queries, depth, allowed)

    def rank(query: np.ndarray) -> list[int]:
        return _filtered(lambda k: index.nearest(table, column, query, k), depth, allowed)

    return [rank(query) for query in queries]


def _filtered(
    rank: Callable[[int], np.ndarray], depth: int, allowed: np.ndarray | None
) -> list[int]:
    wanted = depth
    while True:
        rows = rank(wanted)
        kept = rows if allowed is None else rows[allowed[rows]]
        # A filter may have taken rows away: fetch deeper until there are enough, or no more.
        if len(kept) >= depth or len(rows) < wanted:
            return [int(row) for row in kept[:depth]]
        wanted *= 8


def _scan(
    table: Table, column: str, queries: np.ndarray, depth: int, allowed: np.ndarray | None
) -> list[list[int]]:
    unit = queries / np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-12)
    tops = [_Top(depth) for _ in queries]
    first = 0
    for batch in table.scan([column], batch_rows=16_384):
        matrix, valid = as_matrix(batch.column(0))
        rows = np.flatnonzero(valid if allowed is None else valid & allowed[first:][: len(valid)])
        lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", matrix, matrix)), 1e-12)
        for start in range(0, len(tops), _QUERIES_AT_ONCE):
            part = slice(start, start + _QUERIES_AT_ONCE)
            scores = unit[part] @ matrix.T / lengths
            for top, of_query in zip(tops[part], scores[:, rows], strict=True):
                top.add(rows + first, of_query)
        first += len(valid)
    return [top.rows.tolist() for top in tops]


class _Top:
    """The best rows seen so far, best first; ties go to the earlier row."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.rows = np.empty(0, np.int64)
        self.scores = np.empty(0, np.float32)

    def add(self, rows: np.ndarray, scores: np.ndarray) -> None:
        if len(self.rows) == self.depth:  # few rows of a later batch are good enough
            better = scores > self.scores[-1]
            rows, scores = rows[better], scores[better]
        elif len(scores) > self.depth:
            least = np.partition(scores, -self.depth)[-self.depth]
            rows, scores = rows[scores >= least], scores[scores >= least]
        if len(rows) == 0:
            return
        rows = np.concatenate([self.rows, rows])
        scores = np.concatenate([self.scores, scores])
        order = np.lexsort((rows, -scores))[: self.depth]
        self.rows, self.scores = rows[order], scores[order]


def as_matrix(vectors: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A fixed-size list column as float32 (n, d), and which rows have a vector.

    Rows without are zeros, and so are those with a value that is not finite or too large to have a
    length.
    """
    if isinstance(vectors, pa.ChunkedArray):
        vectors = vectors.combine_chunks()
        if isinstance(vectors, pa.ChunkedArray):
            vectors = pa.concat_arrays(vectors.chunks)
    width = vectors.type.list_size
    valid = np.asarray(vectors.is_valid())
    values = vectors.values.slice(vectors.offset * width, len(vectors) * width)
    matrix = np.asarray(values.fill_null(0.0) if values.null_count else values)
    matrix = matrix.reshape(len(vectors), width).astype(np.float32, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(np.vdot(matrix, matrix)):  # one pass where all is well
            valid = valid & np.isfinite(np.einsum("ij,ij->i", matrix, matrix))
    if not valid.all():
        matrix = np.where(valid[:, None], matrix, np.float32(0))
    return matrix, valid
