"""How much one column of values says about another: counts of pairs, and Cramér's V."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Pairs:
    """How often values of two columns stand in one row; pairs that never do are not listed.

    Attributes:
        first: int64, shape (p,): value of the first column.
        second: int64, shape (p,): value of the second.
        count: int64, shape (p,): rows with both, >= 0.
        values: How many values the first column has.
        classes: How many the second has.
    """

    first: np.ndarray
    second: np.ndarray
    count: np.ndarray
    values: int
    classes: int

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.count.sum())

    @property
    def of_value(self) -> np.ndarray:
        """Rows of each value of the first column: float64."""
        return np.bincount(self.first, self.count, self.values)

    @property
    def of_class(self) -> np.ndarray:
        """Rows of each value of the second column: float64."""
        return np.bincount(self.second, self.count, self.classes)

    @property
    def expected(self) -> np.ndarray:
        """Rows that each pair would have if the columns were independent: float64, shape (p,)."""
        return np.asarray(self.of_value[self.first] * self.of_class[self.second] / max(1, self.n))

    @property
    def residual(self) -> np.ndarray:
        """Adjusted residuals: standard normal under independence (Haberman 1973)."""
        n = max(1, self.n)
        rest = (1 - self.of_value[self.first] / n) * (1 - self.of_class[self.second] / n)
        spread = np.sqrt(np.maximum(self.expected * rest, 1e-12))
        return np.asarray((self.count - self.expected) / spread)


def pairs(first: np.ndarray, second: np.ndarray, values: int, classes: int) -> Pairs:
    """Count the pairs of two columns of codes (int64, from 0)."""
    key, count = np.unique(first * classes + second, return_counts=True)
    return Pairs(key // classes, key % classes, count, values, classes)


def cramers_v(table: Pairs) -> tuple[float, float, float]:
    """Bias-corrected Cramér's V and its 95 % interval, in [0, 1].

    0 is independence: under it the correction takes away what chance alone adds, which grows with
    the number of values. The interval is that of the squared contingency by the delta method.

    Source: Bergsma 2013 (A bias-correction for Cramér's V and Tschuprow's T), section 3; Bishop,
    Fienberg and Holland 1975 (Discrete multivariate analysis), section 11.3, for the variance.
    """
    held = table.count > 0
    n = table.n
    of_value, of_class = table.of_value, table.of_class
    r, k = int((of_value > 0).sum()), int((of_class > 0).sum())
    if n < 3 or min(r, k) < 2:
        return 0.0, 0.0, 0.0
    p = table.count[held] / n
    row, column = of_value[table.first[held]] / n, of_class[table.second[held]] / n
    part = p * p / (row * column)
    of_row = np.bincount(table.first[held], part, table.values)[table.first[held]] / row
    of_column = np.bincount(table.second[held], part, table.classes)[table.second[held]] / column
    slope = 2 * p / (row * column) - of_row - of_column
    variance = float((p * slope**2).sum() - (p * slope).sum() ** 2) / n
    contingency = float(part.sum()) - 1
    wide = 1.96 * math.sqrt(max(0.0, variance))
    v, low, high = (_corrected(contingency + s, n, r, k) for s in (0.0, -wide, wide))
    return v, low, high


def permutation_p(
    first: np.ndarray, second: np.ndarray, values: int, classes: int, *, times: int
) -> float:
    """How often independent columns with the same counts are as far from independence.

    Args:
        first: Codes, int64, shape (n,).
        second: Likewise.
        values: How many different ones `first` has.
        classes: How many `second` has.
        times: Permutations; the result is at least 1 / (times + 1).
    """
    rng = np.random.default_rng(0)
    dense = values * classes <= 4 * len(first)
    weight = 1 / np.maximum(1, np.bincount(first, minlength=values))
    other = 1 / np.maximum(1, np.bincount(second, minlength=classes))

    def statistic(codes: np.ndarray) -> float:
        key = first * classes + codes
        if dense:
            count = np.bincount(key, minlength=values * classes).reshape(values, classes)
            return float(weight @ np.square(count, dtype=np.float64) @ other)
        at, held = np.unique(key, return_counts=True)
        return float((held.astype(np.float64) ** 2 * weight[at // classes]) @ other[at % classes])

    observed = statistic(second) * (1 - 1e-12)
    return (1 + sum(statistic(rng.permutation(second)) >= observed for _ in range(times))) / (
        times + 1
    )


def explained(table: Pairs) -> float:
    """Share of the variation of classes that goes with the values, in [0, 1].

    Goodman and Kruskal's tau (1954, section 9): how much more often two rows of one value are of
    one class than any two rows, of what there is to gain; each row is held against the others, so
    that values of a single row add nothing. For two classes it is the square of Cramér's V; with
    many classes it is small where only a few of them are given away.
    """
    n, of_value, of_class = table.n, table.of_value, table.of_class
    if n < 2:
        return 0.0
    others = np.maximum(1, of_value[table.first] - 1)
    alike = float((table.count * (table.count - 1) / others).sum()) / n
    usual = float((of_class * (of_class - 1)).sum()) / (n * (n - 1))
    return max(0.0, (alike - usual) / (1 - usual)) if usual < 1 else 0.0


def accuracy(first: np.ndarray, second: np.ndarray, values: int, classes: int) -> tuple[int, int]:
    """Rows whose class the value alone gives, and rows that the most common class gives.

    Each half of the rows, drawn at random, is judged by the most common class of the value in the
    other half; values that are not there get the most common class of all.
    """
    half = np.random.default_rng(0).integers(0, 2, len(first)).astype(bool)
    usual = int(np.argmax(np.bincount(second, minlength=classes)))
    right = 0
    for judged in (half, ~half):
        table = pairs(first[~judged], second[~judged], values, classes)
        order = np.argsort(table.count, kind="stable")
        best = np.full(values, usual, np.int64)
        best[table.first[order]] = table.second[order]  # of several, the last one stays
        right += int((best[first[judged]] == second[judged]).sum())
    return right, int((second == usual).sum())


def without_surplus(table: Pairs, *, most: float, least_kept: float) -> Pairs | None:
    """The counts that are left when each pair loses rows until the columns hardly go together.

    Again and again, pairs lose what they have beyond independence.

    Args:
        table: The counts.
        most: Cramér's V to come down to.
        least_kept: Share of rows that have to stay.

    Returns:
        None where it takes more rows than that: then no choice of rows helps, others are missing.
    """
    now = table
    for _ in range(60):
        if cramers_v(now)[0] <= most:
            return now
        count = np.minimum(now.count, np.floor(now.expected + 0.5).astype(np.int64))
        if count.sum() < least_kept * table.n or (count == now.count).all():
            return None
        now = replace(now, count=count)
    return None


def _corrected(contingency: float, n: int, r: int, k: int) -> float:
    square = max(0.0, contingency - (r - 1) * (k - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    most = min(rows, columns) - 1
    return min(1.0, math.sqrt(square / most)) if most > 0 else 0.0
