"""Types that Arrow files may have and samples do not: made plain where nothing is lost by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from assay.store.values import python_values


class Unstorable(Exception):
    """A column, or a field in it, is of a type that cannot be stored."""


def check(schema: pa.Schema) -> str | None:
    """Why no row under this schema can be stored, as a sentence; None if rows can."""
    if twice := _twice(schema.names):
        return f"Two columns are called '{twice}'. Rename one and write the file again"
    for field in schema:
        try:
            plain_type(field.type)
        except Unstorable as error:
            return (
                f"Column '{field.name}' cannot be stored: it holds {error}. Leave it out, or cast "
                "it to a struct, a list or a string, and write the file again"
            )
    return None


def plain(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[int, str]]:
    """The batch in plain types, and why some of its rows cannot be, by row.

    Times lie within the years 1 to 9999, which every door can show. A row that needs more is null
    in the column concerned, and told.
    """
    bad: dict[int, str] = {}
    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_run_end_encoded(column.type):
            column = pc.run_end_decode(column)
        if pa.types.is_dictionary(column.type) and _has_time(column.type.value_type):
            column = column.dictionary_decode()
        if isinstance(column.type, pa.UuidType):
            column = pa.array([value and str(value) for value in column.to_pylist()], pa.string())
        wanted = plain_type(column.type)
        if _has(wanted, pa.types.is_decimal):
            # Arrow takes these where they stand in a mapped file; Lance wants them on 16 bytes.
            column = column.take(pa.array(range(len(column))))
        if wanted != column.type or _has_time(wanted):
            column, misfits = _cast(column, wanted)
            for row in misfits:
                bad.setdefault(
                    row,
                    f"Column '{field.name}' holds a time that is not in the years 1 to 9999. Cast "
                    "the column to string or int64, and write the file again",
                )
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names), bad


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type in which a column is handed on.

    Raises:
        Unstorable: There is none; the message says what the column holds.
    """
    if pa.types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if isinstance(kind, pa.UuidType):
        return pa.string()
    if isinstance(kind, pa.Bool8Type):
        return pa.bool_()
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if pa.types.is_timestamp(kind):
        return pa.timestamp(kind.unit, _zone(kind.tz))
    if pa.types.is_struct(kind):
        if twice := _twice([field.name for field in kind]):
            raise Unstorable(f"a struct with two fields called '{twice}'")
        return pa.struct([field.with_type(_inner(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_inner(kind.key_type), _inner(kind.item_type))
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(kind.value_field.with_type(_inner(kind.value_type)), kind.list_size)
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_inner(kind.value_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_inner(kind.value_type)))
    if pa.types.is_union(kind) or pa.types.is_interval(kind) or "list_view" in str(kind):
        raise Unstorable(f"values of the type {kind}"[:200])
    return kind


def _inner(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_run_end_encoded(kind):
        raise Unstorable("run-end encoded values inside others")
    if isinstance(kind, pa.UuidType):
        return kind.storage_type  # Arrow casts it to no text
    return plain_type(kind)


def _cast(column: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, list[int]]:
    try:
        return _shown(column, wanted), []
    except (pa.ArrowException, ValueError, OverflowError):
        pass
    values, misfits = [], []
    for row in range(len(column)):
        try:
            values.append(_shown(column.slice(row, 1), wanted))
        except (pa.ArrowException, ValueError, OverflowError):
            values.append(pa.nulls(1, wanted))
            misfits.append(row)
    return pa.concat_arrays(values), misfits


def _shown(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """The column cast, where each value has a Python form.

    Raises:
        ValueError, OverflowError, pa.ArrowException: Some value does not fit.
    """
    out = column if column.type == wanted else pc.cast(column, wanted)
    if _has_time(wanted):
        python_values(out)
    return out


def _has_time(kind: pa.DataType) -> bool:
    return _has(kind, pa.types.is_temporal)


def _has(kind: pa.DataType, test: Callable[[pa.DataType], bool]) -> bool:
    """Whether the type, or one inside it, passes the test."""
    if pa.types.is_map(kind):
        inner = [kind.key_type, kind.item_type]
    else:
        inner = [kind.field(i).type for i in range(kind.num_fields)]
    return bool(test(kind)) or any(_has(child, test) for child in inner)


@cache
def _zone(name: str | None) -> str | None:
    """The time zone; UTC, which leaves every instant as it is, where it is not known here."""
    if name is None or name[:1] in "+-":
        return name
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return "UTC"


def _twice(names: list[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)
