"""Cells of a space of vectors by k-means, and nearest neighbors looked for in few of them."""

from __future__ import annotations

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
    from assay.ops.kernels.topk import keep_largest_of

    n = len(unit)
    wanted = cells or max(1, int(2 * np.sqrt(n)))
    rng = np.random.default_rng(seed)
    size = min(n, _ROWS_A_CELL * wanted)
    sample = np.arange(n) if size == n else np.sort(rng.choice(n, size, replace=False))
    centers = _random_start(unit[sample], wanted, rng)
    probes = min(probes, len(centers))
    near = np.empty((n, probes), np.int32)
    for first in range(0, n, _BLOCK):
        block = slice(first, first + _BLOCK)
        alike = unit[block] @ centers.T
        near[block] = (
            np.argpartition(-alike, probes - 1, axis=1)[:, :probes]
            if probes < len(centers)
            else np.arange(probes)
        )
        # The first probe is the row's own cell.
        own = alike.argmax(axis=1)
        at = (near[block] == own[:, None]).argmax(axis=1)
        rows = np.arange(len(own))
        near[block][rows, at], near[block][rows, 0] = near[block][rows, 0], own
    members = _groups(near[:, 0].astype(np.int64), len(centers))
    asking = _groups(near.ravel().astype(np.int64), len(centers))
    indices, similarities = empty_neighbors(n, k)
    for cell, columns in enumerate(members):
        if len(columns) == 0:
            continue
        stopping.check()
        base = unit[columns].T
        rows = asking[cell] // probes
        for first in range(0, len(rows), _BLOCK):
            some = rows[first : first + _BLOCK]
            keep_largest_of(unit[some] @ base, columns, some, indices, similarities)
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
