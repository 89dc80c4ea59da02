"""Pairs of rows as a graph: connected components, and blocks of pairs that touch few rows.

Source of the components: Tarjan and van Leeuwen 1984 (doi:10.1145/62.2160), path halving.
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit


@njit
def _root(parent, x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@njit
def _join(parent, left, right):
    for i in range(len(left)):
        a = _root(parent, left[i])
        b = _root(parent, right[i])
        # The smaller row is the root, whatever the order of the pairs.
        if a < b:
            parent[b] = a
        else:
            parent[a] = b
    for x in range(len(parent)):
        parent[x] = _root(parent, x)


def components(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The smallest row that each of n rows is connected with by the pairs (left[i], right[i]).

    Args:
        n: Number of rows.
        left, right: int64, shape (m,): rows in [0, n).

    Returns:
        int64, shape (n,): a row without pairs is its own.
    """
    parent = np.arange(n, dtype=np.int64)
    _join(parent, left, right)
    return parent


@njit
def _cut(left, right, limit, seen, starts):
    blocks = 0
    used = limit + 1
    for i in range(len(left)):
        a = left[i]
        b = right[i]
        new = (seen[a] != blocks) + (seen[b] != blocks and a != b)
        if used + new > limit:
            starts[blocks] = i
            blocks += 1
            used = 2 if a != b else 1
        else:
            used += new
        seen[a] = blocks
        seen[b] = blocks
    return blocks


def block_starts(left: np.ndarray, right: np.ndarray, n: int, limit: int) -> np.ndarray:
    """Where to cut a list of pairs so that each block touches at most `limit` >= 2 of n rows.

    Args:
        left, right: int64, shape (m,): rows in [0, n).

    Returns:
        int64: the first pair of each block, ascending; empty for no pairs.
    """
    starts = np.empty(len(left), np.int64)
    return starts[: _cut(left, right, limit, np.zeros(n, np.int64), starts)].copy()
