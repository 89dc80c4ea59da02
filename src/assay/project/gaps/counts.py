"""How many rows to get for each gap, so that each has the share that it has in the target.

Rows that come make the pool larger, and so every other share smaller: the counts of gaps that are
filled together are solved together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST = 1_000_000_000
"""Rows that can be asked for in one gap."""

Shares = tuple[float, float]
"""Of a gap: its share of the target and that of the pool, in [0, 1]."""


def needs(pool: int, shares: Sequence[Shares], sure: Sequence[bool]) -> list[int]:
    """Rows to get for each gap when all sure ones are filled.

    Args:
        pool: Rows of the pool.
        shares: Of each gap.
        sure: Which gaps are.

    Returns:
        For a sure gap what the list of all sure ones has; for another what the list would have for
        it if it were put on it.
    """
    listed = [at for at, yes in enumerate(sure) if yes]
    together = counts(pool, [shares[at] for at in listed], [None] * len(listed))
    found = dict(zip(listed, together, strict=True))
    for at, each in enumerate(shares):
        if at not in found:
            joined = [*(shares[other] for other in listed), each]
            found[at] = counts(pool, joined, [None] * len(joined))[-1]
    return [found[at] for at in range(len(shares))]


def counts(pool: int, shares: Sequence[Shares], asked: Sequence[int | None]) -> list[int]:
    """Rows for each gap; those that nobody asked a number for reach their share in the target."""
    free = [at for at, rows in enumerate(asked) if rows is None]
    fixed = sum(rows for rows in asked if rows is not None)
    get = [rows or 0 for rows in asked]
    share = np.array([target for target, _ in shares])
    own = np.array([here * pool for _, here in shares])
    while free:
        left = 1 - share[free].sum()
        if left <= 0:  # the gaps are the whole target: no number of rows makes room for the rest
            left = 1 / max(pool, 1)
        more = (share[free].sum() * pool - own[free].sum() + fixed) / left
        rows = share[free] * (pool + more) - own[free]
        if (rows >= 0).all():
            for at, n in zip(free, rows, strict=True):
                get[at] = min(MOST, int(np.ceil(n - 1e-6)))
            break
        free = [at for at, n in zip(free, rows, strict=True) if n >= 0]
    return get
