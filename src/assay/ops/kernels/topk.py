"""The k largest of a row of similarities, kept while blocks of columns pass by."""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit

_STRIDE = 64  # columns looked at together: once k are found, few strides hold a larger one


@njit
def keep_largest(block, first_column, first_row, without_self, indices, similarities):
    """Merge a block of similarities into the k largest found so far.

    Blocks of one row must come in ascending column order: of equal values the first column stays.

    Args:
        block: float32, shape (rows, columns).
        first_column: Column index of block[:, 0].
        first_row: Column index that means row 0 itself, when `without_self`.
        indices: int32, shape (rows, k), updated; -1 where free.
        similarities: float32, shape (rows, k), updated, descending; -inf where free.
    """
    for i in range(block.shape[0]):
        values = block[i]
        best = similarities[i]
        ids = indices[i]
        own = first_row + i - first_column if without_self else -1
        for start in range(0, len(values), _STRIDE):
            stop = min(start + _STRIDE, len(values))
            if _any_above(values, start, stop, best[-1]):
                for j in range(start, stop):
                    if values[j] > best[-1] and j != own:
                        _insert(values[j], np.int32(first_column + j), best, ids)


@njit
def keep_largest_turned(block, first_row, indices, similarities):
    """As `keep_largest` for the transposed block, which need not be made.

    Args:
        block: float32, shape (rows, columns): what row `first_row + i` is to each column.
        first_row: Index of block[0] among all rows.
        indices: int32, shape (columns, k), updated; -1 where free.
        similarities: float32, shape (columns, k), updated, descending; -inf where free.
    """
    least = similarities[:, -1].copy()
    for i in range(block.shape[0]):
        values = block[i]
        for start in range(0, len(values), _STRIDE):
            stop = min(start + _STRIDE, len(values))
            above = 0
            for j in range(start, stop):
                above += values[j] > least[j]
            if above:
                for j in range(start, stop):
                    if values[j] > least[j]:
                        _insert(values[j], np.int32(first_row + i), similarities[j], indices[j])
                        least[j] = similarities[j, -1]


@njit
def keep_largest_of(block, columns, rows, indices, similarities):
    """Merge similarities of chosen rows with chosen columns into the k largest found so far.

    A row is never its own neighbor. No pair of a row and a column may come twice.

    Args:
        block: float32, shape (chosen rows, chosen columns).
        columns: int64, index of each column of the block.
        rows: int64, index of each row of the block.
        indices: int32, shape (n, k), updated; -1 where free.
        similarities: float32, shape (n, k), updated, descending; -inf where free.
    """
    for i in range(block.shape[0]):
        values = block[i]
        row = rows[i]
        best = similarities[row]
        ids = indices[row]
        for start in range(0, len(values), _STRIDE):
            stop = min(start + _STRIDE, len(values))
            if _any_above(values, start, stop, best[-1]):
                for j in range(start, stop):
                    if values[j] > best[-1] and columns[j] != row:
                        _insert(values[j], np.int32(columns[j]), best, ids)


@njit
def merge_largest(more, of_more, indices, similarities):
    """Merge the k largest of other columns into those found so far; of equal ones the first stays.

    Args:
        more: int32, shape (rows, k), other columns by falling similarity; -1 where free.
        of_more: float32, shape (rows, k), their similarities; -inf where free.
        indices: int32, shape (rows, k), updated; -1 where free.
        similarities: float32, shape (rows, k), updated, descending; -inf where free.
    """
    k = indices.shape[1]
    ids = np.empty(k, np.int32)
    best = np.empty(k, np.float32)
    for i in range(len(indices)):
        a, b = 0, 0
        for at in range(k):
            mine, other = similarities[i, a], of_more[i, b]
            first = mine > other or (mine == other and _before(indices[i, a], more[i, b]))
            if first:
                ids[at], best[at] = indices[i, a], mine
                a += 1
            else:
                ids[at], best[at] = more[i, b], other
                b += 1
        indices[i] = ids
        similarities[i] = best


@njit
def _before(index, other):
    """Whether an index comes first; a free place (-1) comes after all."""
    return index >= 0 and (other < 0 or index < other)


@njit
def _any_above(values, start, stop, bound):
    """Whether any of values[start:stop] is larger; counted, which vectorizes, not looked for."""
    above = 0
    for j in range(start, stop):
        above += values[j] > bound
    return above > 0


@njit
def _insert(value, index, best, ids):
    """Put a value larger than the last of `best` in its place, after equal ones."""
    at = len(best) - 1
    while at > 0 and best[at - 1] < value:
        best[at] = best[at - 1]
        ids[at] = ids[at - 1]
        at -= 1
    best[at] = value
    ids[at] = index
