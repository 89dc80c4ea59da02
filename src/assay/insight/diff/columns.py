"""One column of two sets of rows: counts, quantiles, how far apart the two are, by chance or not.

Distances are in [0, 1]: Kolmogorov-Smirnov's for numbers and times, total variation for categories.
0 is equal, 1 has nothing in common. `by_chance` is what two samples of these sizes from one source
stay below in 19 of 20 cases.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
CATEGORIES = 1000
"""A text column with more different values than this on both sides is no category."""
SHOWN_VALUES = 10
SAMPLED = 100_000
"""Values from which quantiles and the distance are taken, where there are more."""
_LONGEST = 100  # characters of a value that is shown
_KS = 1.358  # Kolmogorov's distribution reaches 0.95 here


def compare_columns(a: pa.ChunkedArray, b: pa.ChunkedArray) -> dict[str, Any]:
    """How `b` differs from `a`.

    Args:
        a: Values of one side, with nulls.
        b: Values of the other side; the types may differ in width.

    Returns:
        `{kind, a, b, distance, measure, by_chance, ...}`. `kind` is "number", "time", "category" or
        "other"; each side has `n` (values that are there and finite), `nulls` (all others), `mean`
        and `sum` (None but for numbers); numbers and times also `sd` and `quantiles` (at 0, 5, 25,
        50, 75, 95 and 100 %), and `effect` `{d, low, high}`, the standardized difference of means
        (positive: `b` is higher) with its 95 % interval; categories also `distinct`, and `values`
        `[{value, a, b}]`, the shares that differ most. Without a measure, `distance` is None.
    """
    kind = kind_of(a, b)
    if kind in ("number", "time"):
        return _numbers(kind, as_numbers(a), as_numbers(b))
    if kind == "category":
        return _categories(a, b)
    return counts_only(a, b)


def counts_only(a: pa.ChunkedArray, b: pa.ChunkedArray) -> dict[str, Any]:
    """What `compare_columns` says of columns that have no measure of distance."""
    sides = {side: _head(len(x) - x.null_count, x.null_count) for side, x in (("a", a), ("b", b))}
    return {"kind": "other", **sides, **_apart(None, None, None)}


def kind_of(*sides: pa.ChunkedArray) -> str:
    """What the values of all sides can be compared as."""
    kinds = {_kind(side) for side in sides}
    return kinds.pop() if len(kinds) == 1 else "other"


def as_numbers(values: pa.ChunkedArray) -> np.ndarray:
    """float64, nulls and all that is not finite as nan; times as seconds since 1970."""
    kind = values.type
    if pa.types.is_date(kind):
        values = values.cast(pa.timestamp("s"))
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        found = _floats(values) / 1e6
    else:
        found = _floats(values)
    return np.where(np.isfinite(found), found, np.nan)


def ks_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest gap between two empirical distribution functions; both ascending, not empty."""
    both = np.concatenate([a, b])
    below = np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)
    return float(np.abs(below).max())


def total_variation(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Half the summed differences of shares, and what chance alone stays below in 19 of 20 cases.

    Args:
        a: Counts of each value on one side, sum > 0.
        b: Counts of the same values on the other.

    Returns:
        Both in [0, 1]. The second takes the differences as independent normal, which is close for
        counts of five and more.
    """
    n, m = a.sum(), b.sum()
    pooled = (a + b) / (n + m)
    spread = pooled * (1 - pooled) * (1 / n + 1 / m)
    mean = 0.5 * np.sqrt(spread * 2 / math.pi).sum()
    deviation = 0.5 * math.sqrt(float((spread * (1 - 2 / math.pi)).sum()))
    return float(0.5 * np.abs(a / n - b / m).sum()), min(1.0, float(mean + 1.645 * deviation))


def _kind(values: pa.ChunkedArray) -> str:
    kind = values.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "time"
    if pa.types.is_boolean(kind):
        return "category"
    text = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text):
        # Few enough to count, and repeated: ids and prose are no categories.
        head = values.slice(0, 20 * CATEGORIES)
        filled = len(head) - head.null_count
        distinct = pc.count_distinct(_plain(head)).as_py() if filled else 0
        return "category" if distinct <= max(10, min(CATEGORIES, filled // 2)) else "other"
    return "other"


def _plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    return values.cast(pa.large_string())


def _floats(values: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(values.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy())


def _numbers(kind: str, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    sides = {"a": a[~np.isnan(a)], "b": b[~np.isnan(b)]}
    told: dict[str, Any] = {"kind": kind}
    for side, all_values in (("a", a), ("b", b)):
        values = sides[side]
        told[side] = _head(len(values), len(all_values) - len(values))
        if len(values):
            cuts = np.quantile(_some(values), QUANTILES).tolist()
            cuts[0], cuts[-1] = float(values.min()), float(values.max())
            told[side] |= {"sd": float(values.std()), "quantiles": cuts}
            if kind == "number":
                total = float(values.sum())
                told[side] |= {"mean": total / len(values), "sum": total}
            else:
                told[side]["quantiles"] = [_moment(value) for value in cuts]
    if not (len(sides["a"]) and len(sides["b"])):
        return {**told, **_apart(None, "ks", None), "effect": None}
    left, right = np.sort(_some(sides["a"])), np.sort(_some(sides["b"]))
    chance = _KS * math.sqrt(1 / len(left) + 1 / len(right))
    apart = _apart(ks_distance(left, right), "ks", min(1.0, chance))
    return {**told, **apart, "effect": _effect(sides["a"], sides["b"])}


def _effect(a: np.ndarray, b: np.ndarray) -> dict[str, float] | None:
    """Cohen's d with its large-sample interval (Hedges and Olkin 1985, section 5.E)."""
    n, m = len(a), len(b)
    if n + m < 3:
        return None
    pooled = math.sqrt((n * float(a.var()) + m * float(b.var())) / (n + m - 2))
    if pooled == 0:
        return None  # both are constant: there is nothing to measure the difference by
    d = float(b.mean() - a.mean()) / pooled
    wide = 1.96 * math.sqrt(1 / n + 1 / m + d * d / (2 * (n + m)))
    return {"d": d, "low": d - wide, "high": d + wide}


def _categories(a: pa.ChunkedArray, b: pa.ChunkedArray) -> dict[str, Any]:
    columns = [x if pa.types.is_boolean(x.type) else _plain(x) for x in (a, b)]
    counts = [{e["values"]: e["counts"] for e in pc.value_counts(x).to_pylist()} for x in columns]
    nulls = [each.pop(None, 0) for each in counts]
    told: dict[str, Any] = {"kind": "category"}
    for side, each, missing in zip("ab", counts, nulls, strict=True):
        told[side] = {**_head(sum(each.values()), missing), "distinct": len(each)}
    if not (told["a"]["n"] and told["b"]["n"]):
        return {**told, **_apart(None, "tv", None), "values": []}
    values = list(counts[0] | counts[1])
    left, right = (np.array([each.get(v, 0) for v in values], np.float64) for each in counts)
    share_a, share_b = left / left.sum(), right / right.sum()
    order = np.lexsort((np.arange(len(values)), -np.abs(share_a - share_b)))[:SHOWN_VALUES]
    shown = [
        {"value": _shown(values[i]), "a": float(share_a[i]), "b": float(share_b[i])} for i in order
    ]
    distance, chance = total_variation(left, right)
    return {**told, **_apart(distance, "tv", chance), "values": shown}


def _head(n: int, nulls: int) -> dict[str, Any]:
    return {"n": int(n), "nulls": int(nulls), "mean": None, "sum": None}


def _apart(distance: float | None, measure: str | None, chance: float | None) -> dict[str, Any]:
    return {"distance": distance, "measure": measure, "by_chance": chance}


def _some(values: np.ndarray) -> np.ndarray:
    """A random sample, with replacement, of so many that order statistics are cheap."""
    if len(values) <= SAMPLED:
        return values
    return values[np.random.default_rng(0).integers(0, len(values), SAMPLED)]


def _shown(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= _LONGEST else value[:_LONGEST] + "…"


def _moment(seconds: float) -> str:
    """A time as ISO 8601; the number where no calendar reaches it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f} s"
