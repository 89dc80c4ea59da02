"""Hybrid search: full text and vectors, joined by reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from assay.store import index
from assay.store.table import Table

# Cormack, Clarke and Buettcher 2009, "Reciprocal Rank Fusion outperforms Condorcet", section 3.
RRF_K = 60
# Candidates a ranking contributes to the fusion, and the least that are fetched.
DEPTH = 100


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
    table: Table, column: str, query: str, depth: int, allowed: np.ndarray | None
) -> list[int]:
    """Row indices by BM25, best first; only rows that `allowed` (bool a row) admits."""
    if not query.strip():
        return []
    return _filtered(lambda k: index.match_text(table, column, query, k), depth, allowed)


def rank_by_vector(
    table: Table, column: str, query: np.ndarray, depth: int, allowed: np.ndarray | None
) -> list[int]:
    """Row indices by cosine similarity to `query` (float32, shape (d,)), best first.

    Exact for small tables and for filters that leave few rows; by the index otherwise.
    """
    few = allowed is not None and int(allowed.sum()) < index.VECTOR_INDEX_ROWS
    if few or table.num_rows < index.VECTOR_INDEX_ROWS:
        return _scan(table, column, query, depth, allowed)
    return _filtered(lambda k: index.nearest(table, column, query, k), depth, allowed)


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
    table: Table, column: str, query: np.ndarray, depth: int, allowed: np.ndarray | None
) -> list[int]:
    best_rows = np.empty(0, np.int64)
    best_scores = np.empty(0, np.float32)
    unit = query / max(float(np.linalg.norm(query)), 1e-12)
    first = 0
    for batch in table.scan([column], batch_rows=16_384):
        matrix, valid = as_matrix(batch.column(0))
        scores = matrix @ unit
        usable = valid if allowed is None else valid & allowed[first : first + len(valid)]
        rows = np.flatnonzero(usable)
        best_rows = np.concatenate([best_rows, rows + first])
        best_scores = np.concatenate([best_scores, scores[rows]])
        order = np.lexsort((best_rows, -best_scores))[:depth]
        best_rows, best_scores = best_rows[order], best_scores[order]
        first += len(valid)
    return [int(row) for row in best_rows]


def as_matrix(vectors: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A fixed-size list column as float32 (n, d), nulls as zeros, and which rows are not null."""
    if isinstance(vectors, pa.ChunkedArray):
        vectors = vectors.combine_chunks()
        if isinstance(vectors, pa.ChunkedArray):
            vectors = pa.concat_arrays(vectors.chunks)
    width = vectors.type.list_size
    valid = np.asarray(vectors.is_valid())
    values = vectors.values.slice(vectors.offset * width, len(vectors) * width)
    matrix = np.asarray(values.fill_null(0.0) if values.null_count else values)
    matrix = matrix.reshape(len(vectors), width).astype(np.float32, copy=False)
    if not valid.all():
        matrix = np.where(valid[:, None], matrix, np.float32(0))
    return matrix, valid
