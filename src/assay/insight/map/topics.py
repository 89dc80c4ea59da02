"""Topics of a map and their parts: groups of places, by density."""

from __future__ import annotations

import importlib.util
import itertools

import numpy as np

CLUSTERED = 20_000
"""Places that are clustered; the others join the topic of the nearest one."""
MOST, PARTS = 40, 8
"""Topics, and parts of a topic, at most."""
DIVIDED, DIVIDED_AT_MOST = 60, 2000
"""Places from which a topic can have parts, and those of it that are clustered."""
APART = 0.7
"""Share of the places of a topic in its parts from which it is divided: of one cloud, denser spots
hold less."""


def topics(places: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Topic of each place: int32, shape (n,), from 0, larger topics first; -1 in none.

    HDBSCAN where scikit-learn is installed, else k-means with as many regions as are told apart.
    """
    n = len(places)
    if n < 10 or not np.ptp(places, axis=0).any():
        return np.zeros(n, np.int32) if n else np.empty(0, np.int32)
    rng = np.random.default_rng(seed)
    some = np.arange(n) if n <= CLUSTERED else np.sort(rng.choice(n, CLUSTERED, replace=False))
    if importlib.util.find_spec("sklearn") is not None:
        labels = _density(places[some].astype(np.float64), 60)
    else:
        labels = _regions(places[some].astype(np.float64), rng)
    if len(some) < n:
        labels = _nearest(places, places[some], labels)
    return _by_size(labels)


def subtopics(places: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Parts of the topics: int32, shape (n,), from 0 in the order of their topics, then by size.

    A topic in which several parts stand apart is divided among them; -1 in one that is whole, and
    in none.

    Args:
        places: float, shape (n, 2).
        labels: From `topics`.
        seed: Of the places that are clustered.
    """
    parts = np.full(len(labels), -1, np.int32)
    if importlib.util.find_spec("sklearn") is None:
        return parts
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 2))
    found = 0
    for first, end in itertools.pairwise(starts):
        rows = order[first:end]
        if len(rows) < DIVIDED:
            continue
        own = _parts(places[rows], np.random.default_rng(seed))
        if own is not None:
            parts[rows] = own + found
            found += int(own.max()) + 1
    return parts


def _parts(places: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """The part that each place of a topic is in; None where it is whole."""
    some = places
    if len(places) > DIVIDED_AT_MOST:
        some = places[np.sort(rng.choice(len(places), DIVIDED_AT_MOST, replace=False))]
    labels = _by_size(_density(some.astype(np.float64), 20), PARTS)
    if labels.max() < 1 or (labels >= 0).mean() < APART:
        return None
    low = places.min(axis=0)
    scale = np.maximum(places.max(axis=0) - low, 1e-9) * 1.0001
    inside = labels >= 0
    near = _nearest((places - low) / scale, (some[inside] - low) / scale, labels[inside], 256)
    return _by_size(near, PARTS)


def _density(places: np.ndarray, groups: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    smallest = max(5, len(places) // groups)
    model = HDBSCAN(min_cluster_size=smallest, min_samples=5, copy=True)
    labels: np.ndarray = model.fit_predict(places)
    return labels


def _regions(places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    k = int(np.clip(np.sqrt(len(places) / 20), 2, 12))
    centers = places[rng.choice(len(places), k, replace=False)]
    labels = np.zeros(len(places), np.int64)
    for _ in range(50):
        away = ((places[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)
        labels = away.argmin(axis=1)
        moved = np.array(
            [
                places[labels == i].mean(axis=0) if (labels == i).any() else centers[i]
                for i in range(k)
            ]
        )
        if np.allclose(moved, centers):
            break
        centers = moved
    return labels


def _nearest(
    places: np.ndarray, some: np.ndarray, labels: np.ndarray, reach: int = 8
) -> np.ndarray:
    """The label of the nearest clustered place, found on a grid; -1 farther away than `reach`."""
    cells = 256
    grid = np.full((cells, cells), -2, np.int64)
    at = np.clip((some * cells).astype(int), 0, cells - 1)
    grid[at[:, 0], at[:, 1]] = labels
    # Cells without a label take it from the side until every cell that is near one has it.
    for _ in range(reach):
        if not (grid == -2).any():
            break
        for to, source in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            moved = grid[source].copy()
            grid[to] = np.where(grid[to] == -2, moved, grid[to])
    at = np.clip((places * cells).astype(int), 0, cells - 1)
    found: np.ndarray = np.maximum(grid[at[:, 0], at[:, 1]], -1)
    return found


def _by_size(labels: np.ndarray, most: int = MOST) -> np.ndarray:
    """Labels numbered anew from 0, larger ones first; -1 for those after the first `most`."""
    known, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = known[np.argsort(-counts, kind="stable")][:most]
    place = np.full(int(labels.max(initial=-1)) + 2, -1, np.int32)
    place[order] = np.arange(len(order))
    sized: np.ndarray = place[labels]
    return sized
