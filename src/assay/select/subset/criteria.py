"""What makes a row worth choosing beside those chosen already, one class a criterion.

Every gain shrinks as more rows are chosen, so a gain computed earlier bounds the one of now, and a
greedy choice needs few of them anew (Minoux 1978, Accelerated greedy algorithms).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Criterion(Protocol):
    """Gains of n candidates, given the candidates chosen so far.

    Attributes:
        name: As people write it.
        bounds: float64, shape (n,), >= 0: at least the gain of each candidate.
        fresh: bool, shape (n,): where the bound is the gain.
    """

    name: str
    bounds: np.ndarray
    fresh: np.ndarray

    def top(self, taken: np.ndarray) -> float:
        """The largest gain of a candidate that is not taken; 0 where none is left."""
        ...

    def refresh(self, candidate: int) -> None:
        """Make the bound of a candidate its gain."""
        ...

    def add(self, candidate: int) -> None:
        """Choose a candidate."""
        ...


class _Exact:
    """Criteria that keep all gains current, because that is cheap."""

    def __init__(self, name: str, bounds: np.ndarray) -> None:
        self.name = name
        self.bounds = bounds
        self.fresh = np.ones(len(bounds), bool)

    def top(self, taken: np.ndarray) -> float:
        """The largest gain left."""
        return float(np.max(self.bounds, where=~taken, initial=0.0))

    def refresh(self, candidate: int) -> None:
        """Nothing to do."""


class Diversity(_Exact):
    """Distance to the nearest chosen row: greedy k-center.

    No k rows leave a smallest largest distance of less than half of what the greedy ones leave
    (Gonzalez 1985, Clustering to minimize the maximum intercluster distance). The first row is the
    one nearest to the mean.

    Args:
        name: Of the criterion.
        unit: float32, shape (n, d), C order, rows of length 1.
    """

    def __init__(self, name: str, unit: np.ndarray) -> None:
        central = unit @ unit.mean(axis=0) if len(unit) else np.empty(0)
        super().__init__(name, np.clip(central, 0.0, None).astype(np.float64))
        self._unit = unit
        self._near = np.full(len(unit), -1.0, np.float32)
        self.radius = float("inf")
        """Largest cosine distance of a candidate to the nearest chosen one."""

    def add(self, candidate: int) -> None:
        """Measure all candidates' distance to it."""
        np.maximum(self._near, self._unit @ self._unit[candidate], out=self._near)
        np.subtract(1.0, self._near, out=self.bounds)
        np.clip(self.bounds, 0.0, None, out=self.bounds)
        self.bounds[self.bounds < 1e-6] = 0.0  # equal vectors, but for rounding
        self.radius = float(self.bounds.max(initial=0.0))


class Static(_Exact):
    """A worth that does not depend on what else is chosen, such as typicality."""

    def add(self, candidate: int) -> None:
        """Nothing changes."""


class Balance(_Exact):
    """As many rows of each group as of any other: the fewer of its group there are, the better.

    Args:
        name: Of the criterion.
        group: int64, shape (n,), from 0.
    """

    def __init__(self, name: str, group: np.ndarray) -> None:
        super().__init__(name, np.ones(len(group)))
        self._group = group
        self._members = np.argsort(group, kind="stable")
        self._starts = np.searchsorted(group[self._members], np.arange(group.max(initial=0) + 2))
        self._chosen = np.zeros(int(group.max(initial=0)) + 1, np.int64)

    def add(self, candidate: int) -> None:
        """Another row of its group."""
        g = int(self._group[candidate])
        self._chosen[g] += 1
        rows = self._members[self._starts[g] : self._starts[g + 1]]
        self.bounds[rows] = 1.0 / (1.0 + self._chosen[g])


class Facility:
    """How much better the chosen rows stand for all customers: facility location.

    The value of k rows is the mean, over customers, of the cosine similarity (at least 0) to the
    most similar chosen row. The greedy choice reaches 1 - 1/e of the best value (Nemhauser,
    Wolsey and Fisher 1978).

    Args:
        name: Of the criterion.
        unit: float32, shape (n, d), rows of length 1.
        customers: float32, shape (m, d), likewise: the rows to stand for.
    """

    def __init__(self, name: str, unit: np.ndarray, customers: np.ndarray) -> None:
        self.name = name
        # Scaled, so that gains are those of the mean.
        self._similarity = unit @ (customers.T / np.float32(max(1, len(customers))))
        np.maximum(self._similarity, 0.0, out=self._similarity)
        self._best = np.zeros(len(customers), np.float32)
        self.bounds = self._similarity.sum(axis=1, dtype=np.float64)
        self.fresh = np.ones(len(unit), bool)

    @property
    def value(self) -> float:
        """Mean similarity of customers to the most similar chosen row, in [0, 1]."""
        return float(self._best.sum(dtype=np.float64))

    def top(self, taken: np.ndarray) -> float:
        """The largest gain left."""
        from assay.ops.kernels.facility import refresh_best

        at = refresh_best(self._similarity, self._best, self.bounds, self.fresh, taken)
        return float(self.bounds[at]) if at >= 0 else 0.0

    def refresh(self, candidate: int) -> None:
        """The gain of a candidate as it is now."""
        from assay.ops.kernels.facility import gain_of

        self.bounds[candidate] = gain_of(self._similarity[candidate], self._best)
        self.fresh[candidate] = True

    def add(self, candidate: int) -> None:
        """Customers that it stands for better go over to it."""
        np.maximum(self._best, self._similarity[candidate], out=self._best)
        self.fresh[:] = False
