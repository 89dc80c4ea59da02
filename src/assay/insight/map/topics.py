"""Topics of a map: groups of places, each named by the words that set its texts apart."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Sequence

import numpy as np

from assay.insight.terms import words

CLUSTERED = 20_000
"""Places that are clustered; the others join the topic of the nearest one."""
TEXTS, TERMS = 200, 3
MOST = 40
COMMON = 0.15
"""A word in a larger share of the texts, and in several topics, is none that tells them apart."""


def topics(places: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Topic of each place: int32, shape (n,), from 0, larger topics first; -1 in none.

    HDBSCAN where scikit-learn is installed, else k-means with as many regions as are told apart.
    """
    n = len(places)
    if n < 10:
        return np.zeros(n, np.int32) if n else np.empty(0, np.int32)
    rng = np.random.default_rng(seed)
    some = np.arange(n) if n <= CLUSTERED else np.sort(rng.choice(n, CLUSTERED, replace=False))
    if importlib.util.find_spec("sklearn") is not None:
        labels = _density(places[some].astype(np.float64))
    else:
        labels = _regions(places[some].astype(np.float64), rng)
    if len(some) < n:
        labels = _nearest(places, places[some], labels)
    return _by_size(labels)


def name_topics(labels: np.ndarray, texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """The words that set each topic apart, by class-based TF-IDF, best first.

    Grootendorst 2022, "BERTopic", section 3.3. A word that most topics share names none of them.

    Args:
        labels: From `topics`.
        texts: Some texts of each topic.
    """
    counts = [Counter(word for text in some[:TEXTS] for word in _names(text)) for some in texts]
    everywhere: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for each in counts:
        everywhere.update(each)
        spread.update(each.keys())
    texts_read = sum(len(some[:TEXTS]) for some in texts)
    average = sum(everywhere.values()) / max(1, len(counts))
    named: list[list[str]] = []
    for each in counts:
        total = max(1, sum(each.values()))
        scored = {
            word: count / total * np.log(1 + average / everywhere[word])
            for word, count in each.items()
            if count > 1
            and (spread[word] == 1 or everywhere[word] <= COMMON * texts_read)
            and (len(counts) < 4 or spread[word] <= 0.5 * len(counts))
        }
        best = sorted(scored, key=lambda word: (-scored[word], word))[:TERMS]
        named.append(best)
    return named


def _names(text: str) -> set[str]:
    """Words of three letters and more, and of two in scripts without spaces."""
    return {word for word in words(text) if len(word) > 2 or not word.isascii()}


def _density(places: np.ndarray) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    smallest = max(5, len(places) // 60)
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


def _nearest(places: np.ndarray, some: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The label of the nearest clustered place, found on a grid of cells."""
    cells = 256
    grid = np.full((cells, cells), -2, np.int64)
    at = np.clip((some * cells).astype(int), 0, cells - 1)
    grid[at[:, 0], at[:, 1]] = labels
    # Cells without a label take it from the side until every cell that is near one has it.
    for _ in range(8):
        empty = grid == -2
        if not empty.any():
            break
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            moved = np.roll(grid, step, axis)
            grid = np.where((grid == -2) & (moved != -2), moved, grid)
    at = np.clip((places * cells).astype(int), 0, cells - 1)
    found: np.ndarray = np.maximum(grid[at[:, 0], at[:, 1]], -1)
    return found


def _by_size(labels: np.ndarray) -> np.ndarray:
    known, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = known[np.argsort(-counts, kind="stable")][:MOST]
    place = np.full(int(labels.max(initial=-1)) + 2, -1, np.int32)
    place[order] = np.arange(len(order))
    sized: np.ndarray = place[labels]
    return sized
