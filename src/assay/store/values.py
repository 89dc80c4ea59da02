"""Arrow values as Python values, where Python has none too: times finer than microseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Leaf = Callable[[pa.Array], list[Any]]
Pairs = list[tuple[Any, Any]]


def python_values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """`column.to_pylist()`, with a text in place of each time that needs nanoseconds.

    Such a time reads as ISO 8601 does, with nine digits of a second and UTC where there is a time
    zone; a duration as the count of nanoseconds and `ns`.
    """
    try:
        values: list[Any] = column.to_pylist()
        return values
    except ValueError:
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        return [value for chunk in chunks for value in rebuilt(chunk, _times)]


def python_row(rows: pa.Table | pa.RecordBatch, row: int) -> dict[str, Any]:
    """One row by column name, in values as `python_values` gives them."""
    names = rows.schema.names
    return {name: python_values(rows.column(name).slice(row, 1))[0] for name in names}


def rebuilt(column: pa.Array, leaf: Leaf, pairs: Callable[[Pairs], Any] = list) -> list[Any]:
    """Structs as dicts, lists as lists, maps as `pairs` has them, the rest as `leaf` has it.

    Args:
        column: Of any type; dictionaries, run ends and extensions are resolved.
        leaf: Gives the values of an array that is not nested.
        pairs: Makes one value of the entries of a map.
    """
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return rebuilt(column.storage, leaf, pairs)
    if pa.types.is_dictionary(kind):
        return rebuilt(column.dictionary_decode(), leaf, pairs)
    if pa.types.is_run_end_encoded(kind):
        return rebuilt(pc.run_end_decode(column), leaf, pairs)
    if pa.types.is_struct(kind):
        return _structs(column, leaf, pairs)
    if pa.types.is_map(kind):
        entry = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        rows = _lists(column.cast(pa.list_(entry)), leaf, pairs)
        return [
            row if row is None else pairs([(each["key"], each["value"]) for each in row])
            for row in rows
        ]
    if _is_list(kind):
        return _lists(column, leaf, pairs)
    return leaf(column)


def _lists(column: pa.Array, leaf: Leaf, pairs: Callable[[Pairs], Any]) -> list[Any]:
    inner = rebuilt(column.flatten(), leaf, pairs)
    result: list[Any] = []
    at = 0
    for length in pc.list_value_length(column).to_pylist():
        if length is None:
            result.append(None)
        else:
            result.append(inner[at : at + length])
            at += length
    return result


def _structs(column: pa.Array, leaf: Leaf, pairs: Callable[[Pairs], Any]) -> list[Any]:
    names = [field.name for field in column.type]
    fields = [rebuilt(field, leaf, pairs) for field in column.flatten()]
    # A struct without fields has no columns to zip.
    rows = zip(*fields, strict=True) if fields else (() for _ in range(len(column)))
    valid = column.is_valid().to_pylist()
    return [
        dict(zip(names, row, strict=True)) if ok else None
        for row, ok in zip(rows, valid, strict=True)
    ]


def _times(column: pa.Array) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
        return values
    except ValueError:
        return [_time(scalar) for scalar in column]


def _time(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except ValueError:
        kind = scalar.type
        if getattr(kind, "unit", None) != "ns":
            raise
    if pa.types.is_duration(kind):
        return f"{scalar.value} ns"
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        scalar = scalar.cast(pa.timestamp(kind.unit, "UTC"))
    return scalar.cast(pa.string()).as_py().replace(" ", "T", 1)


def _is_list(kind: pa.DataType) -> bool:
    tests = ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_large_list_view")
    return any(getattr(pa.types, test)(kind) for test in tests)
