"""From the score of a search to the probability that a row is what was looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Before any thumb, a score says something, but not how much: an even chance at a fused score of
# 0.37, rising; two thumbs move it, ten decide. Platt 1999, "Probabilistic outputs for support
# vector machines", with a normal prior in the place of his smoothed targets.
_PRIOR = np.array([1.5, 0.0])
_SPREAD = np.array([1.5, 2.5])
_DRAWS = 400
_NEWTON = 100


@dataclass(frozen=True)
class Likelihood:
    """Probabilities of rows.

    Attributes:
        value: float64 in (0, 1), shape (n,): expected over what the thumbs leave open.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Calibration:
    """What thumbs say about the scores of one search.

    Attributes:
        mean: Slope and intercept of the log odds over the log score, float64, shape (2,).
        covariance: How sure they are (Laplace approximation), shape (2, 2).
        yes: Rows with a thumb up.
        no: Rows with a thumb down.
    """

    mean: np.ndarray
    covariance: np.ndarray
    yes: int
    no: int

    def likelihood(self, scores: np.ndarray) -> Likelihood:
        """Of rows with these scores in (0, 1]; a higher score is never less likely."""
        chances = self._draws(scores)
        low, high = np.quantile(chances, [0.025, 0.975], axis=0)
        return Likelihood(chances.mean(axis=0), low, high)

    def expected(self, scores: np.ndarray) -> tuple[float, float, float]:
        """How many of the rows with these scores are what was looked for: mean, 95 % interval.

        It errs towards half of them as long as thumbs are few.
        """
        chances = self._draws(scores)
        luck = np.random.default_rng(1).standard_normal(_DRAWS)
        counts = chances.sum(axis=1) + luck * np.sqrt((chances * (1 - chances)).sum(axis=1))
        counts = np.clip(counts, 0, len(scores))
        low, high = np.quantile(counts, [0.025, 0.975])
        return float(counts.mean()), float(low), float(high)

    def _draws(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities under models that fit the thumbs about as well: shape (draws, n)."""
        drawn = np.random.default_rng(0).standard_normal((_DRAWS, 2))
        models = self.mean + drawn @ np.linalg.cholesky(self.covariance).T
        slopes = np.maximum(models[:, 0], 0.0)
        return _sigmoid(np.outer(slopes, _feature(scores)) + models[:, 1:])


def calibrate(scores: np.ndarray, truth: np.ndarray) -> Calibration:
    """What the thumbs given so far say.

    Args:
        scores: Of the rows that got one, in (0, 1], shape (n,).
        truth: bool, shape (n,): up or down.
    """
    y = np.asarray(truth, bool)
    design = np.column_stack([_feature(scores), np.ones(len(y))])
    precision = np.diag(1.0 / np.square(_SPREAD))
    mean = _PRIOR.copy()
    for _ in range(_NEWTON):  # two parameters and a proper prior: it settles in a few steps
        chance = _sigmoid(design @ mean)
        curve = (design.T * (chance * (1 - chance))) @ design + precision
        step = np.linalg.solve(curve, design.T @ (chance - y) + precision @ (mean - _PRIOR))
        mean = mean - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return Calibration(mean, np.linalg.inv(curve), int(y.sum()), int((~y).sum()))


def _feature(scores: np.ndarray) -> np.ndarray:
    return np.log(np.clip(np.asarray(scores, np.float64), 1e-6, 1.0)) + 1.0


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))
