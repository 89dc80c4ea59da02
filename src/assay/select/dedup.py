"""Selectors that keep one of several rows with the same or nearly the same text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.registry import selector
from assay.schema import Rows, Selection
from assay.select._ranking import ranks, reasons

_BLOCK_PAIRS = 4096


@selector("dedup.exact", version="1")
def exact(rows: Rows, *, keep: str = "first", by: str | None = None) -> Selection:
    """Keep one row of each set of rows with exactly the same content.

    Args:
        rows: Needs `id` and `content_id`.
        keep: "first" (in row order) or "best" (the highest `by`).
        by: What "best" goes by: a number, as an expression; a tie goes to the first row.

    Returns:
        `value` is the number of rows with that content (int64, from 1), `threshold` is 1.

    Raises:
        UsageError: `keep` is neither, or "best" without `by`.
    """
    rank = _rank(rows, keep, by)
    table = rows.table("id", "content_id")
    coded = table["content_id"].combine_chunks().dictionary_encode()
    # Content that is not known is not a duplicate of anything.
    group = np.asarray(pc.fill_null(coded.indices, -1)).astype(np.int64)
    single = group < 0
    group[single] = len(coded.dictionary) + np.arange(int(single.sum()))
    best, size = _best(group, rank)
    drop = best != np.arange(len(group))
    return Selection(
        keep=pa.array(~drop),
        value=pa.array(size),
        threshold=1,
        reason=reasons(drop, best, table["id"], "same content as"),
    )


@selector("dedup.near", version="1", needs=("text.minhash", "text.stats"))
def near(
    rows: Rows, *, threshold: float = 0.8, keep: str = "best", by: str = "stats.words"
) -> Selection:
    """Keep one row of each set of rows whose texts are nearly the same.

    Pairs are found by MinHash and verified by the exact Jaccard similarity of their sets of word
    5-grams. No row is dropped that is not that similar to a row that stays: where a set is a chain
    of ever less similar texts, more than one of them stays.

    Args:
        rows: Needs `id`, `text` and `text.minhash`.
        threshold: Jaccard similarity in (0, 1] from which a row counts as a duplicate.
        keep: "best" (the highest `by`) or "first" (in row order).
        by: What "best" goes by: a number, as an expression; a tie goes to the first row.

    Returns:
        `value` is the Jaccard similarity with the row that stays, in [threshold, 1] (float64); null
        for rows that stay.

    Raises:
        UsageError: The threshold is out of range, `keep` is neither, or `by` is not a number.
    """
    from assay.ops.match.near import near_duplicates

    rank = _rank(rows, keep, by)
    table = rows.table("id", "text.minhash.signature")

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        return rows.take(indices, "text")["text"]

    found = near_duplicates(table["text.minhash.signature"], texts, threshold=threshold)
    kept_row = np.arange(len(rank))
    similarity = np.full(len(rank), np.nan)
    rest = np.flatnonzero(found.group >= 0)
    while len(rest):
        # The best of each group stays; what is not similar enough to it is a group for the next
        # round, without it.
        _, group = np.unique(found.group[rest], return_inverse=True)
        best, _ = _best(group, rank[rest])
        others = best != np.arange(len(rest))
        pairs = np.stack([rest[best[others]], rest[others]], axis=1)
        alike = _similarity(pairs, texts)
        close = alike >= threshold
        kept_row[pairs[close, 1]] = pairs[close, 0]
        similarity[pairs[close, 1]] = alike[close]
        rest = pairs[~close, 1]
    drop = kept_row != np.arange(len(rank))
    return Selection(
        keep=pa.array(~drop),
        value=pa.array(similarity, mask=~drop),
        threshold=threshold,
        reason=reasons(drop, kept_row, table["id"], "near duplicate of"),
    )


def _similarity(pairs: np.ndarray, texts: Callable[[np.ndarray], pa.ChunkedArray]) -> np.ndarray:
    """Exact Jaccard similarity, float64, shape (m,), of pairs of rows, int64, shape (m, 2)."""
    from assay.ops.kernels.jaccard import jaccard

    similarity = np.empty(len(pairs), np.float64)
    order = np.argsort(pairs[:, 0], kind="stable")
    # Few texts are held at a time; pairs with one kept row stand together.
    for first in range(0, len(pairs), _BLOCK_PAIRS):
        block = order[first : first + _BLOCK_PAIRS]
        rows, places = np.unique(pairs[block], return_inverse=True)
        places = places.reshape(-1, 2)
        left, right = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        similarity[block] = jaccard(texts(rows), left, right)
    return similarity


def _rank(rows: Rows, keep: str, by: str | None) -> np.ndarray:
    if keep == "first":
        return np.arange(rows.num_rows)
    if keep != "best":
        raise UsageError(f"'keep' cannot be '{keep}'.", allowed="first, best")
    if by is None:
        raise UsageError(
            "'keep: best' needs 'by', which says what is better.", remedy="add by: stats.words"
        )
    return ranks(rows, by)


def _best(group: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row the row of its group with the lowest rank, and the size of the group."""
    order = np.lexsort((rank, group))
    _, first, inverse, size = np.unique(
        group[order], return_index=True, return_inverse=True, return_counts=True
    )
    best = np.empty(len(group), np.int64)
    sizes = np.empty(len(group), np.int64)
    best[order] = order[first][inverse]
    sizes[order] = size[inverse]
    return best, sizes
