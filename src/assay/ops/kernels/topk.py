"""The k largest of a row of similarities, kept while blocks of columns pass by."""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit


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
    k = indices.shape[1]
    for i in range(block.shape[0]):
        values = block[i]
        best = similarities[i]
        ids = indices[i]
        least = best[k - 1]
        own = first_row + i - first_column if without_self else -1
        for j in range(len(values)):
            v = values[j]
            if v > least and j != own:
                at = k - 1
                while at > 0 and best[at - 1] < v:
                    best[at] = best[at - 1]
                    ids[at] = ids[at - 1]
                    at -= 1
                best[at] = v
                ids[at] = np.int32(first_column + j)
                least = best[k - 1]
