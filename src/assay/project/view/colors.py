"""A column as one byte a row, to color a map by."""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.errors import UsageError
from assay.project.view.counting import NO_VALUE
from assay.project.view.snapshot import Snapshot

TOP = 10


def color_codes(snapshot: Snapshot, name: str) -> np.ndarray:
    """uint8, shape (num_rows,). See `color_legend` for what the codes mean."""
    column = snapshot.column(name)
    if column.kind in ("number", "date"):
        return _positions(snapshot, column.name)
    coded = _categories(snapshot, name)
    codes = np.where(coded.codes < 0, NO_VALUE, np.minimum(coded.codes, TOP))
    return codes.astype(np.uint8)


def color_legend(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """What each code stands for: the ten most frequent values and other, or a scale of numbers."""
    column = snapshot.column(name)
    codes = color_codes(snapshot, name)
    counts = np.bincount(codes, minlength=256)
    head = {
        "column": column.name,
        "label": column.label,
        "missing": {"code": NO_VALUE, "rows": int(counts[NO_VALUE])},
    }
    if column.kind in ("number", "date"):
        binned = snapshot.binned(column.name)
        low, high = (None if np.isnan(v) else v for v in (binned.low, binned.high))
        steps = np.linspace(0, 1, 16)
        return {
            **head,
            "kind": column.kind,
            "min": low,
            "max": high,
            "scale": binned.scale,
            "codes": NO_VALUE,
            "edges": []
            if low is None
            else _from_unit(steps, binned.low, binned.high, binned.scale),
        }
    values = _categories(snapshot, name).values
    other = len(values) - TOP
    return {
        **head,
        "kind": "category",
        "entries": [
            {"code": code, "value": value, "rows": int(counts[code])}
            for code, value in enumerate(values[:TOP])
        ],
        "other": {"code": TOP, "distinct": other, "rows": int(counts[TOP])} if other > 0 else None,
    }


def _categories(snapshot: Snapshot, name: str) -> Any:
    column = snapshot.column(name)
    if column.kind not in ("category", "boolean"):
        raise UsageError(
            f"A map cannot be colored by '{column.name}', which is a {column.kind}.",
            allowed="a column of numbers, dates, categories or truth values",
        )
    return snapshot.coded(column.name)


def _positions(snapshot: Snapshot, name: str) -> np.ndarray:
    values = snapshot.numbers(name)
    binned = snapshot.binned(name)
    codes = np.full(len(values), NO_VALUE, np.uint8)
    if np.isnan(binned.low):
        return codes
    known = ~np.isnan(values)
    unit = _to_unit(values[known], binned.low, binned.high, binned.scale)
    codes[known] = np.clip(np.round(unit * 254), 0, 254).astype(np.uint8)
    return codes


def _to_unit(values: np.ndarray, low: float, high: float, scale: str) -> np.ndarray:
    if low == high:
        return np.full(len(values), 0.5)
    clipped: np.ndarray = np.clip(values, low, high).astype(np.float64)
    if scale == "log":
        clipped, low, high = (
            np.log10(1 + clipped),
            float(np.log10(1 + low)),
            float(np.log10(1 + high)),
        )
    unit: np.ndarray = (clipped - low) / (high - low)
    return unit


def _from_unit(steps: np.ndarray, low: float, high: float, scale: str) -> list[float]:
    if scale == "log":
        first, last = np.log10(1 + low), np.log10(1 + high)
        return [float(10 ** (first + step * (last - first)) - 1) for step in steps]
    return [float(low + step * (high - low)) for step in steps]
