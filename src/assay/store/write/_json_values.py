"""Arrow values as JSON values, one way for every type."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""JSON text of a JSON-ready value, on one line."""


def json_values(column: pa.Array) -> list[Any]:
    """The column as JSON-ready values.

    NaN and infinities become null; timestamps, dates and times ISO 8601 (UTC with a Z where there
    is a time zone); durations the count of their unit; decimals strings; binary base64; a map an
    object, where its keys are strings, else a list of pairs.
    """
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return json_values(column.storage)
    if pa.types.is_dictionary(kind):
        return json_values(column.dictionary_decode())
    if pa.types.is_run_end_encoded(kind):
        return json_values(pc.run_end_decode(column))
    if pa.types.is_struct(kind):
        return _structs(column)
    if pa.types.is_map(kind):
        return _maps(column)
    if _is_list(kind):
        return _lists(column)
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


def _lists(column: pa.Array) -> list[Any]:
    inner = json_values(column.flatten())
    result: list[Any] = []
    at = 0
    for length in pc.list_value_length(column).to_pylist():
        if length is None:
            result.append(None)
        else:
            result.append(inner[at : at + length])
            at += length
    return result


def _structs(column: pa.Array) -> list[Any]:
    names = [field.name for field in column.type]
    fields = [json_values(field) for field in column.flatten()]
    # A struct without fields has no columns to zip.
    rows = zip(*fields, strict=True) if fields else (() for _ in range(len(column)))
    valid = column.is_valid().to_pylist()
    return [
        dict(zip(names, row, strict=True)) if ok else None
        for row, ok in zip(rows, valid, strict=True)
    ]


def _maps(column: pa.Array) -> list[Any]:
    entries = pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])
    result: list[Any] = []
    for pairs in _lists(column.cast(pa.list_(entries))):
        plain = pairs and [(pair["key"], pair["value"]) for pair in pairs]
        if plain and all(isinstance(key, str) for key, _ in plain):
            result.append(dict(plain))
        else:
            result.append({} if pairs == [] else plain and [list(pair) for pair in plain])
    return result


def _is_list(kind: pa.DataType) -> bool:
    tests = ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_large_list_view")
    return any(getattr(pa.types, test)(kind) for test in tests)


def _is_binary(kind: pa.DataType) -> bool:
    tests = ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view")
    return any(getattr(pa.types, test)(kind) for test in tests)
