"""How typical each row is: how near the rows around it are, within its cell."""

from __future__ import annotations

import numpy as np

from assay.ops.match.cells import assign, kmeans

NEIGHBORS = 20
CELLS = 500
_ROWS_A_CELL = 40  # fewer are no cell; and so many train each
_BLOCK = 2048


def typicality(unit: np.ndarray, cells: int, *, neighbors: int = NEIGHBORS) -> np.ndarray:
    """Rank of each row by the mean cosine distance to its nearest rows in the same k-means cell.

    Neighbors that a small cell lacks count as unlike (distance 1), so that two rows alone that are
    nearly the same are not the most typical ones.

    Args:
        unit: float32, shape (n, d), rows of length 1, in an order that does not depend on the data:
            the first ones train the cells.
        cells: How many there may be, at least 1; no more than 500, nor than rows for 40 each.
        neighbors: How many are looked at.

    Returns:
        float64, shape (n,), in (0, 1): near 1 for the most typical; equal for equal distances.

    Source: Hacohen, Dekel and Weinshall 2022 (Active learning on a budget, arXiv:2202.02794),
    section 3.2: the inverse of the mean distance, of which we take the rank.
    """
    n = len(unit)
    count = max(1, min(cells, CELLS, n // _ROWS_A_CELL))
    labels = np.zeros(n, np.int64)
    if count > 1:
        _, centers = kmeans(unit[: _ROWS_A_CELL * count], count, passes=10)
        labels = assign(unit, centers)
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels, minlength=count))
    distance = np.ones(n)
    for members in np.split(order, ends[:-1]):
        kept = min(neighbors, len(members) - 1)
        if kept < 1:
            continue
        base = unit[members]
        for first in range(0, len(members), _BLOCK):
            likes = base[first : first + _BLOCK] @ base.T
            rows = np.arange(len(likes))
            likes[rows, first + rows] = -np.inf  # a row is not its own neighbor
            nearest = np.partition(likes, len(members) - kept, axis=1)[:, -kept:]
            known = nearest.sum(axis=1, dtype=np.float64)
            distance[members[first : first + _BLOCK]] = 1.0 - known / neighbors
    return _ranks(-np.round(distance, 6))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mid-ranks as shares, in (0, 1)."""
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(count) - 0.5 * count) / max(1, len(values)))[group])
