"""Facets of a view: how each column is spread over all rows and over those in view.

A facet leaves out what was chosen on its own column, so that it shows what else can be chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from assay.project.view.columns import Column
from assay.project.view.counting import Binned, Coded
from assay.project.view.engine import View

THREADS = 2
TOP = 20
"""Values listed of a category."""


def facets(view: View, names: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One facet a column that can have one (or of the columns named), in column order."""
    if names:
        chosen = [view.snapshot.column(name) for name in names]
    else:
        chosen = [column for column in view.snapshot.columns if column.facet]
    # Counting codes holds no lock, so two columns are counted at once.
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda column: _facet(view, column), chosen))


def values(view: View, name: str, *, part: str = "", limit: int = 50) -> dict[str, Any]:
    """Categories of a column that contain `part` (case aside), most frequent first."""
    column = view.snapshot.column(name)
    coded = view.snapshot.coded(column.name)
    every, _ = coded.count(view.base)
    shown, _ = coded.count(view.without(column.name).mask)
    needle = part.casefold()
    places = [
        place
        for place, value in enumerate(coded.values)
        if every[place] and (not needle or needle in str(value).casefold())
    ]
    places.sort(key=lambda place: -int(every[place]))
    listed = [_value(coded, place, every, shown) for place in places[: max(1, min(limit, 1000))]]
    return {"column": column.name, "distinct": len(places), "values": listed}


def _facet(view: View, column: Column) -> dict[str, Any]:
    head = {"column": column.name, "label": column.label, "group": column.group}
    if column.kind in ("number", "date"):
        return {**head, "kind": column.kind, **_histogram(view, column)}
    return {**head, "kind": column.kind, **_categories(view, column)}


def _histogram(view: View, column: Column) -> dict[str, Any]:
    binned = view.snapshot.binned(column.name)
    every, missing = _all(view, column)
    around = view.without(column.name)
    shown, shown_missing = (every, missing) if around.whole else binned.count(around.mask)
    hidden = None
    if every.sum() == 0:
        hidden = "empty"
    elif binned.low == binned.high:
        hidden = "constant"
    return {
        "nulls": {"all": missing, "view": shown_missing},
        "relevance": divergence(every, shown),
        "hidden": hidden,
        "min": _finite(binned.low),
        "max": _finite(binned.high),
        "integer": binned.integer,
        "scale": binned.scale,
        "edges": binned.edges.tolist(),
        "all": every.tolist(),
        "view": shown.tolist(),
        "stats": _stats(binned, shown if around is view else binned.count(view.mask)[0]),
    }


def _categories(view: View, column: Column) -> dict[str, Any]:
    coded = view.snapshot.coded(column.name)
    every, missing = _all(view, column)
    around = view.without(column.name)
    shown, shown_missing = (every, missing) if around.whole else coded.count(around.mask)
    present = np.flatnonzero(every)
    order = present[np.argsort(-every[present], kind="stable")]
    top, rest = order[:TOP], order[TOP:]
    known = int(every.sum())
    hidden = None
    if known == 0:
        hidden = "empty"
    elif len(order) == 1 and missing == 0 and column.kind != "spans":
        hidden = "constant"
    elif len(order) > 1000 and len(order) > 0.9 * known:
        hidden = "id-like"
    return {
        "nulls": {"all": missing, "view": shown_missing},
        "relevance": divergence(every, shown),
        "hidden": hidden,
        "distinct": len(order),
        "values": [_value(coded, int(place), every, shown) for place in top],
        "other": {
            "distinct": len(rest),
            "all": int(every[rest].sum()),
            "view": int(shown[rest].sum()),
        },
    }


def _all(view: View, column: Column) -> tuple[np.ndarray, int]:
    """Counts over all rows of the dataset or version: the same for each of its views."""
    version = view.dataset.version
    return view.snapshot.counts(column.name, version.selection if version else "", view.base)


def divergence(every: np.ndarray, shown: np.ndarray) -> float:
    """Jensen-Shannon divergence (base 2) of two counts: 0 alike, 1 without anything in common."""
    if not every.sum() or not shown.sum():
        return 0.0
    p, q = every / every.sum(), shown / shown.sum()
    middle = (p + q) / 2
    total = 0.0
    for side in (p, q):
        some = side > 0
        total += float(np.sum(side[some] * np.log2(side[some] / middle[some]))) / 2
    return round(min(1.0, max(0.0, total)), 4)


def _value(coded: Coded, place: int, every: np.ndarray, shown: np.ndarray) -> dict[str, Any]:
    return {"value": coded.values[place], "all": int(every[place]), "view": int(shown[place])}


def _stats(binned: Binned, shown: np.ndarray) -> dict[str, Any] | None:
    """Of the view, from its bins: exact to the width of a bin."""
    total = int(shown.sum())
    if not total:
        return None
    filled = np.flatnonzero(shown)
    last = binned.edges[1:] - (1 if binned.integer else 0)  # the largest value a bin can hold
    middles = binned.edges[:-1] / 2 + last / 2
    half = int(np.searchsorted(np.cumsum(shown), (total + 1) // 2))
    return {
        "min": max(binned.low, float(binned.edges[filled[0]])),
        "max": min(binned.high, float(last[filled[-1]])),
        "mean": float((middles * (shown / total)).sum()),
        "median": float(middles[half]),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
