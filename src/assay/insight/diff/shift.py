"""Whether counts of the same values on two sides differ by more than chance, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BOOTSTRAPS = 400


@dataclass(frozen=True)
class Shift:
    """How the shares of values moved from one side to the other.

    Attributes:
        distance: Total variation, in [0, 1]: the share of rows that would need another value.
        low: Lower end of its 95 % interval.
        high: Upper end.
        by_chance: What two samples of one source stay below in 19 of 20 cases.
        p_value: Of the permutation test.
        psi: Population stability index, >= 0: below 0.1 is customarily taken as stable, above 0.25
            as a shift.
    """

    distance: float
    low: float
    high: float
    by_chance: float
    p_value: float
    psi: float


def shift(before: np.ndarray, after: np.ndarray, *, times: int = 999) -> Shift:
    """Compare counts of the same values.

    The permutation test draws the counts that a random division of all rows would give (they are
    multivariate hypergeometric), so it costs as much for a million rows as for a hundred. The
    interval is the basic bootstrap's, which takes away what sampling alone adds to a distance.

    Args:
        before: int64, shape (k,): rows of each value on one side, sum > 0.
        after: The same on the other.
        times: Permutations; the p-value is at least 1 / (times + 1).

    Source: Efron and Tibshirani 1993 (An introduction to the bootstrap), chapters 13 and 15.
    """
    n, m = int(before.sum()), int(after.sum())
    rng = np.random.default_rng(0)
    distance = float(_distance(before / n, after / m))
    drawn = rng.multivariate_hypergeometric(before + after, m, size=times, method="marginals")
    by_chance = _distance((before + after - drawn) / n, drawn / m)
    p_value = (1 + int((by_chance >= distance - 1e-12).sum())) / (times + 1)
    again = _distance(
        rng.multinomial(n, before / n, size=_BOOTSTRAPS) / n,
        rng.multinomial(m, after / m, size=_BOOTSTRAPS) / m,
    )
    bottom, top = np.quantile(again, [0.025, 0.975])
    return Shift(
        distance,
        float(np.clip(2 * distance - top, 0, 1)),
        float(np.clip(2 * distance - bottom, 0, 1)),
        float(np.quantile(by_chance, 0.95)),
        p_value,
        float(((after / m - before / n) * log_ratio(before, after)).sum()),
    )


def log_ratio(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Logarithm of how much larger the share of each value became, half a row added to each."""
    k = len(before)
    old = (before + 0.5) / (before.sum() + 0.5 * k)
    new = (after + 0.5) / (after.sum() + 0.5 * k)
    return np.asarray(np.log(new / old))


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * np.abs(a - b).sum(axis=-1))
