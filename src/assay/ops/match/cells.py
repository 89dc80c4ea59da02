"""Cells of a space of vectors by k-means, and nearest neighbors looked for in few of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay import stopping
from assay.ops.match.neighbors import empty_neighbors, finished

_BLOCK = 8192
_ROWS_A_CELL = 48  # rows that k-means is trained on, for each cell
_PASSES = 10


def kmeans(
    points: np.ndarray,
    cells: int,
    *,
    weights: np.ndarray | None = None,
    seed: int = 0,
    passes: int = 20,
) -> tuple[np.ndarray, np.ndarray]:
    """Cells whose points are near their mean (Lloyd 1982), started far apart.

    The first centers are drawn by k-means++ (Arthur and Vassilvitskii 2007, section 2.2).

    Args:
        points: float32, shape (n, d), finite.
        cells: How many, at least 1; at most as many as there are points that differ are made.
        weights: float, shape (n,), > 0: what each point counts; 1 if None.
        seed: What the random start comes from.
        passes: At most so many moves of the centers.

    Returns:
        `(labels, centers)`: int64, shape (n,), and float32, shape (at most cells, d).
    """
    n = len(points)
    if n == 0:
        return np.empty(0, np.int64), np.empty((0, points.shape[1]), np.float32)
    mass = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    centers = _start(points, min(cells, n), mass, np.random.default_rng(seed))
    labels = np.full(n, -1, np.int64)
    for _ in range(passes):
        found = assign(points, centers)
        if np.array_equal(found, labels):
            break
        labels = found
        centers = _means(points, labels, mass, centers)
    return assign(points, centers), centers


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """The nearest center of each point: int64, shape (n,); the first of equal ones."""
    half = 0.5 * np.einsum("ij,ij->i", centers, centers)
    labels = np.empty(len(points), np.int64)
    for first in range(0, len(points), _BLOCK):
        block = slice(first, first + _BLOCK)
        labels[block] = (points[block] @ centers.T - half).argmax(axis=1)
    return labels


def knn_in_cells(
    unit: np.ndarray, k: int, *, probes: int, cells: int | None = None, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The k other rows most similar to each row, looked for in the cells nearest to the row.

    Sivic and Zisserman 2003 (inverted files). All rows are asked at once, so each cell is one
    matrix product of its rows with the rows that probe it.

    Args:
        unit: float32, shape (n, d), C order, rows of length 1 or 0.
        k: How many, at least 1.
        probes: Cells a row is compared with; more find more and cost in proportion.
        cells: How many there are; 2 sqrt(n) if None.
        seed: Where k-means starts.

    Returns:
        As `neighbors.knn`; with similarities exact, and neighbors that may not be the nearest.
    """
    centers = _centers(unit, cells, seed)
    own, near = _probed(unit, centers, probes)
    return _searched(unit, _groups(own, len(centers)), unit, near, k, 0)


@dataclass(frozen=True)
class Cells:
    """Rows in cells, for others to find their nearest among them; see `knn_in_cells`.

    Attributes:
        base: float32, shape (n, d), C order, rows of length 1 or 0.
        centers: float32, shape (cells, d), of length 1.
        members: Rows of each cell.
    """

    base: np.ndarray
    centers: np.ndarray
    members: list[np.ndarray]

    @classmethod
    def of(cls, base: np.ndarray, *, cells: int | None = None, seed: int = 0) -> Cells:
        """The rows in 2 sqrt(n) cells, or as many as are asked for."""
        centers = _centers(base, cells, seed)
        return cls(base, centers, _groups(_probed(base, centers, 1)[0], len(centers)))

    def nearest(self, asked: np.ndarray, k: int, *, probes: int) -> tuple[np.ndarray, np.ndarray]:
        """The k rows most similar to each row of `asked`, as `neighbors.nearest` gives them.

        Args:
            asked: float32, shape (q, d), C order, rows of length 1 or 0.
            k: How many, at least 1.
            probes: Cells each is compared with; what is nearest may lie in another.
        """
        _, near = _probed(asked, self.centers, probes)
        # Numbered after the asked ones, so that none is taken for the row that asks.
        found, alike = _searched(self.base, self.members, asked, near, k, len(asked))
        return np.where(found >= 0, found - len(asked), np.int32(-1)), alike


def _centers(unit: np.ndarray, cells: int | None, seed: int) -> np.ndarray:
    wanted = cells or max(1, int(2 * np.sqrt(len(unit))))
    rng = np.random.default_rng(seed)
    size = min(len(unit), _ROWS_A_CELL * wanted)
    whole = size == len(unit)
    sample = np.arange(size) if whole else np.sort(rng.choice(len(unit), size, replace=False))
    return _random_start(unit[sample], wanted, rng)


def _probed(unit: np.ndarray, centers: np.ndarray, probes: int) -> tuple[np.ndarray, np.ndarray]:
    """The cell nearest to each row (int64, shape (n,)), and the `probes` nearest (int32)."""
    probes = min(probes, len(centers))
    own = np.empty(len(unit), np.int64)
    near = np.empty((len(unit), probes), np.int32)
    for first in range(0, len(unit), _BLOCK):
        block = slice(first, first + _BLOCK)
        alike = unit[block] @ centers.T
        own[block] = alike.argmax(axis=1)
        near[block] = (
            np.argpartition(-alike, probes - 1, axis=1)[:, :probes]
            if probes < len(centers)
            else np.arange(probes)
        )
    return own, near


def _searched(
    base: np.ndarray,
    members: list[np.ndarray],
    asked: np.ndarray,
    near: np.ndarray,
    k: int,
    first_number: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of each asked row in the cells it probes; rows of the base are numbered from
    `first_number`, and none is found by the asked row of its number."""
    from assay.ops.kernels.topk import keep_largest_of

    probes = near.shape[1]
    asking = _groups(near.ravel().astype(np.int64), len(members))
    indices, similarities = empty_neighbors(len(asked), k)
    for cell, columns in enumerate(members):
        if len(columns) == 0:
            continue
        stopping.check()
        turned = base[columns].T
        rows = asking[cell] // probes
        for first in range(0, len(rows), _BLOCK):
            some = rows[first : first + _BLOCK]
            block = asked[some] @ turned
            keep_largest_of(block, columns + first_number, some, indices, similarities)
    return finished(indices, similarities)


def _random_start(unit: np.ndarray, cells: int, rng: np.random.Generator) -> np.ndarray:
    """Centers of length 1 from a random start: many small cells need no careful one."""
    centers = unit[np.sort(rng.choice(len(unit), min(cells, len(unit)), replace=False))].copy()
    mass = np.ones(len(unit))
    for _ in range(_PASSES):
        centers = _means(unit, assign(unit, centers), mass, centers)
        lengths = np.linalg.norm(centers, axis=1, keepdims=True)
        centers /= np.where(lengths > 0, lengths, 1)
    return centers


def _start(
    points: np.ndarray, cells: int, mass: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    squares = np.einsum("ij,ij->i", points, points, dtype=np.float64)
    chosen = [int(rng.choice(len(points), p=mass / mass.sum()))]
    away = np.full(len(points), np.inf)
    while len(chosen) < cells:
        last = chosen[-1]
        distance = squares + squares[last] - 2 * (points @ points[last])
        away = np.minimum(away, np.where(distance > 1e-6, distance, 0.0))
        chance = away * mass
        if chance.sum() <= 0:  # every point stands on a center already
            break
        chosen.append(int(rng.choice(len(points), p=chance / chance.sum())))
    return points[chosen].astype(np.float32)


def _means(
    points: np.ndarray, labels: np.ndarray, mass: np.ndarray, centers: np.ndarray
) -> np.ndarray:
    """Weighted means of the cells; an empty cell keeps its center."""
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels, minlength=len(centers))
    filled = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[filled]
    weighted = points[order] * mass[order, None].astype(np.float32)
    sums = np.add.reduceat(weighted, starts, axis=0)
    result = centers.copy()
    result[filled] = sums / np.bincount(labels, mass, len(centers))[filled, None]
    return result


def _groups(labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Positions of each label, ascending."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1])
