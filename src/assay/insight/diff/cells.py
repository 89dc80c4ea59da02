"""Where in a space of meanings two sets of rows have their mass: shares of k-means cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from assay.insight.diff.columns import total_variation
from assay.insight.map.naming import name_topics, names_of
from assay.insight.wording import snippet
from assay.ops.match.cells import assign, kmeans

MOST = 40
ROWS_A_CELL = 40
SHOWN = 12
_NAMING = 100  # texts of a cell that its name is taken from
_EXAMPLES = 3

Fetch = Callable[[np.ndarray], Sequence[str | None]]
"""Texts, or ids, of rows."""


def cell_shares(
    a: np.ndarray,
    b: np.ndarray,
    *,
    ids: tuple[Fetch, Fetch],
    texts: tuple[Fetch, Fetch] | None = None,
    seed: int = 0,
) -> dict[str, Any] | None:
    """Shares of the rows of both sides in cells that are made of both, each side counting half.

    Args:
        a: float32, shape (n, d), finite: vectors of one side.
        b: float32, shape (m, d): of the other.
        ids: For each side, ids of rows by position.
        texts: Likewise texts, to name cells by; None where there are none.
        seed: Where k-means starts.

    Returns:
        `{cells, distance, by_chance, shares[]}`: total variation of the shares, what chance alone
        stays below in 19 of 20 cases, and the cells whose shares differ most, each `{name, a, b,
        rows_a, rows_b, ratio, low, high, examples_a[], examples_b[]}`: `ratio` is b over a with its
        95 % interval (log normal, half a row added to each count), examples are the ids nearest to
        the middle. None where a side has fewer than 40 rows.

    Source: Katz et al. 1978 (Obtaining confidence intervals for the risk ratio in cohort studies).
    """
    n, m = len(a), len(b)
    if min(n, m) < ROWS_A_CELL:
        return None
    joined = np.concatenate([a, b])
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    joined = joined / np.where(lengths > 0, lengths, 1)
    weights = np.concatenate([np.full(n, 0.5 / n), np.full(m, 0.5 / m)]) * (n + m)
    count = int(np.clip((n + m) // ROWS_A_CELL, 2, MOST))
    _, centers = kmeans(joined, count, weights=weights, seed=seed)
    labels = assign(joined, centers)
    likes = np.einsum("ij,ij->i", joined, centers[labels])
    left = np.bincount(labels[:n], minlength=len(centers)).astype(np.float64)
    right = np.bincount(labels[n:], minlength=len(centers)).astype(np.float64)
    distance, chance = total_variation(left, right)
    apart = left / n - right / m
    order = np.lexsort((np.arange(len(centers)), -np.abs(apart)))[:SHOWN]
    nearest = [_nearest(labels, likes, cell) for cell in range(len(centers))]
    names = [f"cell {cell + 1}" for cell in range(len(centers))]
    if texts is not None:
        names = _names(nearest, n, texts, names)
    shares = []
    for cell in order:
        if left[cell] + right[cell] == 0:
            continue
        ratio, low, high = _ratio(left[cell], n, right[cell], m)
        of_a = nearest[cell][nearest[cell] < n][:_EXAMPLES]
        of_b = nearest[cell][nearest[cell] >= n][:_EXAMPLES] - n
        shares.append(
            {
                "name": names[cell],
                "a": round(float(left[cell]) / n, 6),
                "b": round(float(right[cell]) / m, 6),
                "rows_a": int(left[cell]),
                "rows_b": int(right[cell]),
                "ratio": ratio,
                "low": low,
                "high": high,
                "examples_a": list(ids[0](of_a)),
                "examples_b": list(ids[1](of_b)),
            }
        )
    return {"cells": len(centers), "distance": distance, "by_chance": chance, "shares": shares}


def _nearest(labels: np.ndarray, likes: np.ndarray, cell: int) -> np.ndarray:
    """Rows of a cell, those nearest to its middle first."""
    rows = np.flatnonzero(labels == cell)
    return np.asarray(rows[np.lexsort((rows, -likes[rows]))])


def _names(
    nearest: Sequence[np.ndarray], n: int, texts: tuple[Fetch, Fetch], otherwise: Sequence[str]
) -> list[str]:
    """The words that set each cell apart; where none do, how the text in its middle begins."""
    some = []
    for rows in nearest:
        head = rows[:_NAMING]
        found = [*texts[0](head[head < n]), *texts[1](head[head >= n] - n)]
        place = np.argsort(np.argsort(head >= n, kind="stable"))  # back to nearest first
        some.append([text for at in place if (text := found[at])])
    spare = [
        snippet(own[0] if own else None, limit=32) or name
        for own, name in zip(some, otherwise, strict=True)
    ]
    return names_of(name_topics(some), spare)


def _ratio(x: float, n: int, y: float, m: int) -> tuple[float, float, float]:
    """Share y / m over share x / n, with its interval."""
    x, y = x + 0.5, y + 0.5
    middle = math.log(y / (m + 1)) - math.log(x / (n + 1))
    wide = 1.96 * math.sqrt(max(0.0, 1 / x - 1 / (n + 1) + 1 / y - 1 / (m + 1)))
    low, ratio, high = (math.exp(middle + shift) for shift in (-wide, 0.0, wide))
    return round(ratio, 4), round(low, 4), round(high, 4)
