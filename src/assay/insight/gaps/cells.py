"""Cells of a target that hold what is missing apart from the rest, and how large each gap is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay import stopping
from assay.ops.match.cells import kmeans

CELLS = 200
ROWS_A_CELL, FEWEST = 15, 5
"""Target rows a cell has on average, and has where more cells are asked for: fewer break one topic
into several."""
_BLUR = 10  # rows that a row is averaged with before cells are made: topics, not wordings
_CALM = 3  # rows that its score is averaged with
_SCORE = 0.8  # how much a standard deviation of the score counts beside one of place
_STARTS = 4
_DRAWS = 4000
FALSE_RATE = 0.1
"""Of the cells that are called sure, the share that may be none, as expected."""
LEAST = 3
"""Target rows below which a cell says nothing."""


@dataclass(frozen=True)
class Cells:
    """Parts of a target, those that lack most in the pool first.

    Attributes:
        label: int64, shape (n,): the cell of each target row.
        order: int64: the cells by how sure and how large a gap they are.
        target: int64, shape (cells,): target rows in each.
        own: int64, shape (cells,): rows of the pool whose nearest target row is in it.
        ratio: float64, shape (cells,): target share over own share, both shrunk by half a row.
        low: float64, shape (cells,): lower end of its 95 % interval.
        high: float64, shape (cells,): upper end.
        sure: bool, shape (cells,): whether it is a gap even though so many cells were looked at.
    """

    label: np.ndarray
    order: np.ndarray
    target: np.ndarray
    own: np.ndarray
    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    sure: np.ndarray


def make_cells(
    target: np.ndarray,
    among: np.ndarray,
    score: np.ndarray,
    nearest_target: np.ndarray,
    *,
    cells: int | None = None,
    seed: int = 0,
) -> Cells:
    """K-means over the target in a space that keeps missing rows apart from the others.

    A row stands at the mean of itself and its ten nearest rows, and its score is one more
    coordinate. Cells are ordered by the sum of their rows' scores over the root of their number,
    as evidence of independent rows adds up, and by what counting rows says: the logarithm of the
    lower end of the ratio.

    Args:
        target: float32, shape (n, d), rows of length 1.
        among: int32, shape (n, j): nearest other target rows, -1 where there is none.
        score: float64, shape (n,): from `log_density_ratio`, or any that is high where the pool
            lacks.
        nearest_target: int64, shape (m,): the target row nearest to each row of the pool; -1 where
            none is near.
        cells: At most how many; None: one for 15 rows, at most 200. None is made for fewer than 5.
        seed: Where k-means starts.
    """
    n, m = len(target), len(nearest_target)
    if n == 0:
        nothing = np.empty(0)
        none = np.empty(0, np.int64)
        return Cells(none, none, none, none, nothing, nothing, nothing, none.astype(bool))
    z = score - np.median(score)
    z = z / (z.std() or 1.0)
    place = _mean_of(target, among[:, :_BLUR])
    place /= np.maximum(np.linalg.norm(place, axis=1, keepdims=True), 1e-9)
    spread = float(np.sqrt(np.square(place - place.mean(axis=0)).sum(axis=1).mean())) or 1.0
    calm = _mean_of(z[:, None], among[:, :_CALM])
    points = np.hstack([place / spread, _SCORE * calm / (calm.std() or 1.0)]).astype(np.float32)
    wanted = min(CELLS, n // ROWS_A_CELL) if cells is None else min(cells, n // FEWEST)
    label = _best_kmeans(points, max(1, wanted), seed)
    count = int(label.max()) + 1
    held = np.bincount(label, minlength=count)
    own = np.bincount(label[nearest_target[nearest_target >= 0]], minlength=count)
    ratio = _ratio(held, n, own, m)
    low, high, chance = _interval(held, n, own, m, seed)
    evidence = np.bincount(label, z, count) / np.sqrt(held + 1) + np.log(low)
    evidence[held < min(LEAST, n)] = -np.inf
    order = np.lexsort((np.arange(count), -evidence))
    return Cells(label, order, held, own, ratio, low, high, _discoveries(chance))


def join(cells: Cells, into: np.ndarray, nearest_target: np.ndarray, *, seed: int = 0) -> Cells:
    """Cells that are parts of one thing made one.

    Args:
        cells: From `make_cells`.
        into: int64, shape (cells,): the cell that each becomes part of; itself where it stays one.
        nearest_target: As of `make_cells`.
        seed: Of the intervals.

    Returns:
        Fewer cells, in the order of the first of their parts; sure where one of those is, or all
        together are, and the interval is above 1.
    """
    kept, place = np.unique(into, return_inverse=True)
    count, n, m = len(kept), len(cells.label), len(nearest_target)
    label = place[cells.label]
    held = np.bincount(label, minlength=count)
    own = np.bincount(label[nearest_target[nearest_target >= 0]], minlength=count)
    low, high, chance = _interval(held, n, own, m, seed)
    sure = _discoveries(chance)
    np.logical_or.at(sure, place, cells.sure)
    sure &= low > 1
    order = np.array(list(dict.fromkeys(place[cells.order].tolist())), np.int64)
    return Cells(label, order, held, own, _ratio(held, n, own, m), low, high, sure)


def _ratio(held: np.ndarray, n: int, own: np.ndarray, m: int) -> np.ndarray:
    return np.asarray(((held + 0.5) / (n + 1)) / ((own + 0.5) / (m + 1)))


def _mean_of(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Each row's mean with its neighbors: float64, the shape of `values`."""
    there = among >= 0
    total = values.astype(np.float64)
    for j in range(among.shape[1]):
        total[there[:, j]] += values[among[there[:, j], j]]
    return np.asarray(total / (1 + there.sum(axis=1))[:, None])


def _best_kmeans(points: np.ndarray, cells: int, seed: int) -> np.ndarray:
    """The labels of the tightest of a few starts."""
    best, tightest = np.zeros(len(points), np.int64), np.inf
    for start in range(_STARTS):
        stopping.check()
        label, centers = kmeans(points, cells, seed=seed + start)
        loose = float(np.square(points - centers[label]).sum())
        if loose < tightest:
            best, tightest = label, loose
    return np.unique(best, return_inverse=True)[1].reshape(-1)


def _interval(
    held: np.ndarray, n: int, own: np.ndarray, m: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Central 95 % of target share over own share, both with a Jeffreys prior; and the chance that
    it is not above 1."""
    rng = np.random.default_rng(seed)

    def shares(count: np.ndarray, total: int) -> np.ndarray:
        return rng.beta(count + 0.5, np.maximum(total - count, 0) + 0.5, (_DRAWS, len(count)))

    drawn = np.log(shares(held, n)) - np.log(np.maximum(shares(own, m), 1e-12))
    low, high = np.exp(np.percentile(drawn, [2.5, 97.5], axis=0))
    return low, high, (1 + np.count_nonzero(drawn <= 0, axis=0)) / (1 + _DRAWS)


def _discoveries(chance: np.ndarray) -> np.ndarray:
    """Which of many chances hold together, so that few of those are false: bool, shape (n,).

    Benjamini and Hochberg 1995, section 3.1, at a false discovery rate of 10 %.
    """
    order = np.argsort(chance, kind="stable")
    below = chance[order] <= FALSE_RATE * np.arange(1, len(chance) + 1) / max(1, len(chance))
    found = np.zeros(len(chance), bool)
    found[order[: 1 + int(np.flatnonzero(below)[-1])] if below.any() else order[:0]] = True
    return found
