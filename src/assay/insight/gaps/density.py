"""How much less a pool has around each row of a target, and whether the two differ at all."""

from __future__ import annotations

import numpy as np

from assay import stopping
from assay.ops.match.neighbors import knn, nearest

SCALES = (10, 20, 40)
"""Neighborhoods that are compared; one size would be that of one kind of gap."""
POOL_ROWS = 200_000
"""Rows of the pool that are compared with; a random sample of more."""
TESTED = 5_000
"""Rows of each side in the test of whether the two differ."""
_COPIES, _SAME = 10, 1e-5
_NEAR = 1e-3  # cosine distance below which texts are the same thing said again


ALPHA = 0.05
"""P-values up to it tell two sides apart."""


def log_density_ratio(among: np.ndarray, to_pool: np.ndarray) -> np.ndarray:
    """How much denser the target is than the pool around each target row, on a log scale.

    The mean over neighborhoods of k = 10, 20 and 40 of log(distance to the k-th row of the pool /
    distance to the k-th other row of the target): the kNN estimate of a density ratio (Wang,
    Kulkarni and Verdú 2009, section II) without the factor of the unknown dimension.

    Args:
        among: float, shape (n, j): cosines of each target row to its nearest other target rows,
            descending; nan where there are no more.
        to_pool: float, shape (n, j'): the same to the rows of the pool.

    Returns:
        float64, shape (n,), its median moved to 0: the pool may be larger or smaller than the
        target all over, which is no gap. All 0 where one side has no rows to compare with.
    """
    usable = [int((~np.isnan(alike)).all(axis=0).sum()) for alike in (among, to_pool)]
    most = min(usable)
    if most == 0 or len(among) == 0:
        return np.zeros(len(among))
    scales = sorted({min(k, most) for k in SCALES})
    ratio = np.mean(
        [_log_distance(to_pool[:, k - 1]) - _log_distance(among[:, k - 1]) for k in scales], axis=0
    )
    return np.asarray(ratio - np.median(ratio))


def nearest_in(pool: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows of the pool nearest to each row of the target; see `nearest`."""
    return nearest(pool, target, max(SCALES))


def two_sample_test(
    pool: np.ndarray,
    target: np.ndarray,
    *,
    k: int = 15,
    permutations: int = 499,
    seed: int = 0,
) -> tuple[float, float]:
    """Whether a nearest-neighbor classifier tells rows of the two sides apart.

    Each row is judged by the sides of its k nearest rows, itself and its copies left out. What is
    tested is how far these judgments lie from the sides' common share, squared and summed (Kim, Lee
    and Lei 2019, arXiv:1812.08927, section 2), which a small part of one side alone moves where the
    AUROC hardly does. The p-value is the share of relabelings at random that reach as much
    (Lopez-Paz and Oquab 2017, section 3, for classifiers as tests), so it is right at any size.

    Args:
        pool: float32, shape (m, d).
        target: float32, shape (n, d).
        k: Neighbors.
        permutations: Relabelings.
        seed: Of the samples (at most 5,000 rows a side) and relabelings.

    Returns:
        `(auroc, p_value)`: 0.5 and below means not told apart; p in (0, 1].
    """
    rng = np.random.default_rng(seed)
    sides = [side[_sample(len(side), TESTED, rng)] for side in (pool, target)]
    if min(map(len, sides)) == 0:
        return 0.5, 1.0
    label = np.repeat([False, True], [len(side) for side in sides])
    near, alike = knn(np.concatenate(sides), min(k + _COPIES, len(label) - 1))
    # Copies go last: a row that both sides have would speak for the other side alone.
    order = np.argsort(alike > 1 - _SAME, axis=1, kind="stable")[:, :k]
    near = np.take_along_axis(near, order, axis=1)
    expected = near.shape[1] * label.mean()
    votes = label[near].sum(axis=1)
    found = float(np.square(votes - expected).sum())
    as_much = 1
    for _ in range(permutations):
        stopping.check()
        moved = rng.permutation(label)[near].sum(axis=1)
        as_much += float(np.square(moved - expected).sum()) >= found
    return _auroc(votes, label), as_much / (permutations + 1)


def told_apart(auroc: float, p_value: float) -> bool:
    """Whether `two_sample_test` tells the sides apart; at 0.5 and below, they lie in each other."""
    return p_value <= ALPHA and auroc > 0.5


def sample(rows: int, most: int, seed: int = 0) -> np.ndarray:
    """At most so many of the rows, at random, in order: int64."""
    return _sample(rows, most, np.random.default_rng(seed))


def _sample(rows: int, most: int, rng: np.random.Generator) -> np.ndarray:
    if rows <= most:
        return np.arange(rows)
    chosen: np.ndarray = np.sort(rng.choice(rows, most, replace=False))
    return chosen


def _log_distance(alike: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(1.0 - alike.astype(np.float64) + _NEAR))


def _auroc(votes: np.ndarray, label: np.ndarray) -> float:
    """Share of pairs of both sides that votes (small integers) put in order, ties half."""
    size = int(votes.max()) + 1
    yes = np.bincount(votes[label], minlength=size)
    no = np.bincount(votes[~label], minlength=size)
    below = np.cumsum(no) - no
    return float((yes * (below + 0.5 * no)).sum() / (yes.sum() * no.sum()))
