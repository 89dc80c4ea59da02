"""What tells two sets of rows apart: a classifier of the side a row comes from.

Its AUROC is how different the sides are, whatever in: 0.5 where nothing that is known of a row says
on which side it is, 1 where every row can be told (Lopez-Paz and Oquab 2017, Revisiting classifier
two-sample tests, arXiv:1610.06545).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.models.probe import auroc, fit_logistic, ranked_auroc, scores

FOLDS = 5
DRAWS = 200
VALUES = 20
"""Values of a category that become features: the most frequent ones."""
STRONGEST = 12
ALIKE = 0.9
"""Correlation from which a feature says what another one said."""
_RIDGE = 10.0


@dataclass(frozen=True)
class Feature:
    """What is known of the rows of both sides, in one respect.

    Attributes:
        name: As people call it.
        matrix: float32, shape (n, d): one column, or those of an embedding; finite.
        detail: A value of a category, "spread" or "missing"; "" where the name says it all.
    """

    name: str
    matrix: np.ndarray
    detail: str = ""


def number_features(name: str, values: np.ndarray) -> list[Feature]:
    """A number by its rank, and by how far from the middle it is: both in [-1.7, 1.7].

    Ranks make features of any unit and any tail comparable; a linear model alone would not see that
    one side varies more.

    Args:
        name: Of the column.
        values: float64, shape (n,), nan where there is none.
    """
    known = ~np.isnan(values)
    found = []
    if known.any() and np.nanmin(values) < np.nanmax(values):
        rank = np.full(len(values), 0.5)
        rank[known] = _ranks(values[known])
        middle = (rank - 0.5) * np.sqrt(12.0)
        spread = np.where(known, np.abs(middle) - np.sqrt(3.0) / 2, 0.0)
        found.append(Feature(name, _column(middle)))
        found.append(Feature(name, _column(spread * 2), "spread"))
    if 0 < known.sum() < len(known):
        found.append(Feature(name, _column(_scaled(~known)), "missing"))
    return found


def category_features(name: str, values: Sequence[Any]) -> list[Feature]:
    """One indicator for each of the most frequent values, None among them."""
    counts = Counter(values)
    if len(counts) < 2:
        return []
    found = []
    for value, _ in counts.most_common(VALUES):
        true = np.fromiter((v == value for v in values), bool, len(values))
        detail = "missing" if value is None else str(value)[:60]
        found.append(Feature(name, _column(_scaled(true)), detail))
    return found


def vector_feature(name: str, matrix: np.ndarray) -> Feature:
    """An embedding as one feature: its dimensions mean nothing by themselves."""
    scale = float(np.sqrt(np.mean(np.square(matrix - matrix.mean(axis=0))))) or 1.0
    return Feature(name, ((matrix - matrix.mean(axis=0)) / scale).astype(np.float32))


def tell_apart(
    features: Sequence[Feature], in_b: np.ndarray, groups: np.ndarray, *, seed: int = 0
) -> dict[str, Any] | None:
    """Cross-validated logistic regression of the side on the features.

    Rows of one group are in one fold: the same content on both sides, or twice on one, is no help.

    Args:
        features: Of all n rows.
        in_b: bool, shape (n,): the side.
        groups: int64, shape (n,): equal for rows of equal content.
        seed: Of folds and of the bootstrap.

    Returns:
        `{auroc, low, high, n_a, n_b, features[{name, detail, auroc, weight}]}`; None with fewer
        than 20 rows on a side or nothing to tell them by. `low` and `high` are the 95 % interval of
        a bootstrap over groups, given the classifiers. A feature's `auroc` is that of it alone
        (above 0.5: higher, or more often, in b), its `weight` the standard deviation of what it
        adds to the log odds; those that tell most alone come first, each once: one that correlates
        with a better one by 0.9 or more is left out.
    """
    sides = np.bincount(in_b, minlength=2)
    if not features or sides.min() < 20:
        return None
    design = np.concatenate([feature.matrix for feature in features], axis=1)
    ends = np.cumsum([feature.matrix.shape[1] for feature in features])
    rng = np.random.default_rng(seed)
    fold = rng.integers(0, FOLDS, int(groups.max()) + 1)[groups]
    mass = np.where(in_b, 0.5 / sides[1], 0.5 / sides[0]) * len(in_b)
    parts = np.zeros((len(in_b), len(features)), np.float32)  # what each adds to the log odds
    total = np.zeros(len(in_b))
    for number in range(FOLDS):
        held = fold == number
        if not held.any() or np.bincount(in_b[~held], minlength=2).min() == 0:
            continue
        fitted = fit_logistic(design[~held], in_b[~held], weights=mass[~held], ridge=_RIDGE)
        total[held] = scores(design[held], fitted)
        for place, (end, feature) in enumerate(zip(ends, features, strict=True)):
            own = slice(end - feature.matrix.shape[1], end)
            parts[held, place] = design[held, own] @ fitted[:-1][own].astype(np.float32)
    middle, low, high = _interval(total, in_b, fold, groups, rng)
    alone = [
        feature.matrix[:, 0] if feature.matrix.shape[1] == 1 else parts[:, place]
        for place, feature in enumerate(features)
    ]
    told = [
        {
            "name": features[place].name,
            "detail": features[place].detail,
            "auroc": round(value, 4),
            "weight": round(float(parts[:, place].std()), 4),
        }
        for place, value in _telling(alone, in_b)
    ]
    return {
        "auroc": round(middle, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n_a": int(sides[0]),
        "n_b": int(sides[1]),
        "features": told,
    }


def _telling(alone: Sequence[np.ndarray], in_b: np.ndarray) -> list[tuple[int, float]]:
    """Features that tell most, with their AUROC; of those that say nearly the same, the best."""
    ranked = [(place, auroc(values, in_b)) for place, values in enumerate(alone)]
    ranked.sort(key=lambda each: -abs(each[1] - 0.5))
    chosen: list[tuple[int, float]] = []
    shapes: list[np.ndarray] = []
    for place, value in ranked:
        shape = alone[place] - alone[place].mean()
        length = float(np.linalg.norm(shape))
        if length == 0.0:
            continue
        shape = shape / length
        if all(abs(float(shape @ other)) < ALIKE for other in shapes):
            chosen.append((place, value))
            shapes.append(shape)
        if len(chosen) == STRONGEST:
            break
    return chosen


def _interval(
    values: np.ndarray, in_b: np.ndarray, fold: np.ndarray, groups: np.ndarray, rng: Any
) -> tuple[float, float, float]:
    """AUROC within folds (scores of different classifiers are not compared), and its interval."""
    orders = [np.flatnonzero(fold == number) for number in range(FOLDS)]
    orders = [rows[np.argsort(values[rows], kind="stable")] for rows in orders]

    def within(mass: np.ndarray) -> float:
        pairs = found = 0.0
        for rows in orders:
            weight = float(mass[rows][in_b[rows]].sum() * mass[rows][~in_b[rows]].sum())
            if weight > 0:
                pairs += weight
                found += weight * ranked_auroc(values[rows], in_b[rows], mass[rows])
        return found / pairs if pairs else 0.5

    count = int(groups.max()) + 1
    drawn = [within(rng.poisson(1.0, count)[groups].astype(np.float64)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return within(np.ones(len(values))), float(low), float(high)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mid-ranks in (0, 1); equal values have equal ranks."""
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(count) - 0.5 * count) / len(values))[group])


def _scaled(true: np.ndarray) -> np.ndarray:
    """An indicator with mean 0; rare ones are not blown up beyond ten standard deviations."""
    share = true.mean()
    return np.asarray((true - share) / max(np.sqrt(share * (1 - share)), 0.1))


def _column(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, np.float32).reshape(-1, 1)
