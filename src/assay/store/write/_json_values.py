"""Arrow values as JSON values, one way for every type."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pyarrow as pa

from assay.store.values import rebuilt

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""JSON text of a JSON-ready value, on one line."""


def json_values(column: pa.Array) -> list[Any]:
    """The column as JSON-ready values.

    NaN and infinities become null; timestamps, dates and times ISO 8601 (UTC with a Z where there
    is a time zone); durations the count of their unit; decimals strings; binary base64; a map an
    object, where its keys are strings, else a list of pairs.
    """
    return rebuilt(column, _plain, _object)


def _plain(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_floating(kind):
        return [v if v is None or math.isfinite(v) else None for v in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        utc = column if kind.tz is None else column.cast(pa.timestamp(kind.unit, "UTC"))
        return [v and v.replace(" ", "T", 1) for v in utc.cast(pa.string()).to_pylist()]
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_decimal(kind):
        return list(column.cast(pa.string()).to_pylist())
    if pa.types.is_duration(kind):
        return list(column.cast(pa.int64()).to_pylist())
    values: list[Any] = column.to_pylist()
    if _is_binary(kind):
        return [v if v is None else base64.b64encode(v).decode("ascii") for v in values]
    if pa.types.is_interval(kind):
        return [v if v is None else str(v) for v in values]
    return values


def _object(pairs: list[tuple[Any, Any]]) -> dict[str, Any] | list[Any]:
    if all(isinstance(key, str) for key, _ in pairs):
        return dict(pairs)
    return [list(pair) for pair in pairs]


def _is_binary(kind: pa.DataType) -> bool:
    tests = ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view")
    return any(getattr(pa.types, test)(kind) for test in tests)
