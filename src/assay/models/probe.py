"""Linear heads on given features: ridge logistic regression, and how well its scores rank."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_MEMORY = 10  # steps that L-BFGS remembers
Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""The value and the slope at a point."""


def fit_logistic(
    features: np.ndarray,
    positive: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    ridge: float = 1.0,
    passes: int = 60,
) -> np.ndarray:
    """Coefficients of a logistic regression with an L2 penalty, by L-BFGS from zero.

    Args:
        features: float32 or float64, shape (n, d), finite and on comparable scales.
        positive: bool, shape (n,).
        weights: float, shape (n,), >= 0: what each row counts; scaled to a mean of 1. 1 if None.
        ridge: Penalty on half the squared coefficients, > 0, held against the sum over rows; the
            intercept is free.
        passes: At most so many steps; each reads the features twice or a little more.

    Returns:
        float64, shape (d + 1,): coefficients, then the intercept.

    Source: Nocedal and Wright 2006 (Numerical Optimization), algorithm 7.5.
    """
    n, d = features.shape
    if n == 0:
        return np.zeros(d + 1)
    mass = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    mass = mass / max(mass.mean(), 1e-300)
    sign = np.where(positive, 1.0, -1.0)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (features @ at[:d].astype(features.dtype) + at[d])
        value = float(mass @ np.logaddexp(0.0, -margin) + 0.5 * ridge * at[:d] @ at[:d]) / n
        pull = -(mass * sign) / (1.0 + np.exp(np.minimum(margin, 500.0)))
        slope = np.empty(d + 1)
        slope[:d] = (pull.astype(features.dtype) @ features + ridge * at[:d]) / n
        slope[d] = pull.sum() / n
        return value, slope

    return _minimum(loss, np.zeros(d + 1), passes)


def scores(features: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Log odds of being positive, float64, shape (n,)."""
    linear = features @ coefficients[:-1].astype(features.dtype)
    return np.asarray(linear + coefficients[-1], np.float64)


def auroc(values: np.ndarray, positive: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Chance that a positive row has the higher value; equal values count half.

    Args:
        values: float, shape (n,), finite.
        positive: bool, shape (n,).
        weights: float, shape (n,), >= 0; 1 if None.

    Returns:
        In [0, 1], 0.5 means no difference; nan where a side is missing.

    Source: Hanley and McNeil 1982 (The meaning and use of the area under a ROC curve).
    """
    order = np.argsort(values, kind="stable")
    mass = np.ones(len(values)) if weights is None else weights
    return float(ranked_auroc(values[order], positive[order], mass[order]))


def ranked_auroc(values: np.ndarray, positive: np.ndarray, mass: np.ndarray) -> float:
    """`auroc` of rows in ascending order of value: for many weightings of one order."""
    up, down = np.where(positive, mass, 0.0), np.where(positive, 0.0, mass)
    total = up.sum() * down.sum()
    if total == 0:
        return float("nan")
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    ups, downs = np.add.reduceat(up, starts), np.add.reduceat(down, starts)
    below = np.cumsum(downs) - downs
    return float((ups * (below + 0.5 * downs)).sum() / total)


def _minimum(loss: Loss, at: np.ndarray, passes: int) -> np.ndarray:
    value, slope = loss(at)
    moves: list[np.ndarray] = []
    turns: list[np.ndarray] = []
    for _ in range(passes):
        way = -_inverse_hessian(slope, moves, turns)
        gain = float(slope @ way)
        if gain > -1e-12:
            break
        step, accepted = 1.0, False
        for _ in range(30):
            new_value, new_slope = loss(at + step * way)
            if new_value <= value + 1e-4 * step * gain:
                accepted = True
                break
            step *= 0.5
        if not accepted:
            break
        move, turn = step * way, new_slope - slope
        better = value - new_value
        at, value, slope = at + move, new_value, new_slope
        if move @ turn > 1e-12:
            moves, turns = [*moves, move][-_MEMORY:], [*turns, turn][-_MEMORY:]
        if better <= 1e-5 * max(abs(value), 1e-3):
            break
    return at


def _inverse_hessian(
    slope: np.ndarray, moves: list[np.ndarray], turns: list[np.ndarray]
) -> np.ndarray:
    """The remembered inverse Hessian times a slope (algorithm 7.4)."""
    way = slope.copy()
    shares = []
    for move, turn in zip(reversed(moves), reversed(turns), strict=True):
        share = (move @ way) / (move @ turn)
        way -= share * turn
        shares.append(share)
    if moves:
        way *= (moves[-1] @ turns[-1]) / (turns[-1] @ turns[-1])
    for move, turn, share in zip(moves, turns, reversed(shares), strict=True):
        way += move * (share - (turn @ way) / (move @ turn))
    return way
