"""One row after another, by the weighted mean of what all criteria say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.select.subset.criteria import Criterion


@dataclass(frozen=True)
class Chosen:
    """The k candidates chosen, in order, and what spoke for each.

    Attributes:
        candidates: int64, shape (k,).
        shares: float64, shape (k, criteria), in [0, 1]: the gain of the candidate at its turn, as a
            share of the largest gain that any candidate had then; 0 where none had one.
        gains: float64, shape (k, criteria), >= 0: those gains themselves.
    """

    candidates: np.ndarray
    shares: np.ndarray
    gains: np.ndarray


def choose(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    k: int,
    n: int,
    *,
    incumbent: np.ndarray | None = None,
    stay: float = 0.0,
) -> Chosen:
    """Choose k of n candidates greedily.

    At every turn each criterion says of each candidate which share of the largest gain it offers,
    and the candidate with the highest weighted mean of shares is taken, the first one of equals.
    With one criterion that is its plain greedy choice.

    Args:
        criteria: At least one, nothing chosen yet.
        weights: > 0, one a criterion.
        k: How many; all n where there are fewer.
        n: Candidates.
        incumbent: bool, shape (n,): candidates that were chosen earlier.
        stay: What being one adds to the mean: a newcomer has to be better by more than that. Where
            all that was chosen is still there and nothing came, the same is chosen again.
    """
    k = min(k, n)
    taken = np.zeros(n, bool)
    part = np.asarray(weights, np.float64) / np.sum(weights)
    bonus = np.zeros(n) if incumbent is None else stay * incumbent
    chosen = np.empty(k, np.int64)
    shares, gains = np.zeros((k, len(criteria))), np.zeros((k, len(criteria)))
    for turn in range(k):
        tops = np.array([criterion.top(taken) for criterion in criteria])
        scale = np.divide(part, tops, out=np.zeros(len(tops)), where=tops > 0)
        score = bonus.copy()
        for criterion, factor in zip(criteria, scale, strict=True):
            score += factor * criterion.bounds
        score[taken] = -np.inf
        at = _best(criteria, scale, bonus, score)
        for place, criterion in enumerate(criteria):
            gains[turn, place] = criterion.bounds[at]
            if tops[place] > 0:
                shares[turn, place] = min(1.0, criterion.bounds[at] / tops[place])
        for criterion in criteria:
            criterion.add(at)
        taken[at] = True
        chosen[turn] = at
    return Chosen(chosen, shares, gains)


def _best(
    criteria: Sequence[Criterion], scale: np.ndarray, bonus: np.ndarray, score: np.ndarray
) -> int:
    """The candidate with the highest score, whose bounds are refreshed until that is certain."""
    while True:
        at = int(score.argmax())
        stale = [criterion for criterion in criteria if not criterion.fresh[at]]
        if not stale:
            return at
        for criterion in stale:
            criterion.refresh(at)
        score[at] = bonus[at]
        for criterion, factor in zip(criteria, scale, strict=True):
            score[at] += factor * criterion.bounds[at]
