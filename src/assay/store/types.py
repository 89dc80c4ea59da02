"""Types of columns: what is stored, how it grows, and how values become it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.store.read._columns import MAX_FIELDS


def storable(kind: pa.DataType) -> pa.DataType:
    """The type a column is stored as: plain strings, no dictionaries, nulls and structs typed."""
    if pa.types.is_dictionary(kind):
        return storable(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_map(kind):
        entry = pa.struct([("key", storable(kind.key_type)), ("value", storable(kind.item_type))])
        return pa.list_(entry)
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(storable(kind.value_type), kind.list_size)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(storable(kind.value_type))
    if pa.types.is_struct(kind):
        if kind.num_fields == 0:
            return pa.string()
        return pa.struct([pa.field(f.name, storable(f.type)) for f in kind])
    return kind


def widened(wanted: pa.DataType, column: pa.Array, *, limit: int = MAX_FIELDS) -> pa.DataType:
    """`wanted` with the fields that values of `column` have inside structs and it lacks.

    Fields that are there keep their type and place; new ones follow them. A field without a value
    adds nothing, and a struct does not grow past `limit` fields.

    Args:
        wanted: The stored type.
        column: Values as read.
    """
    if _is_struct(wanted) and _is_struct(column.type):
        children = _children(column)
        fields = []
        for field in wanted:
            child = children.pop(field.name, None)
            grown = field.type if child is None else widened(field.type, child, limit=limit)
            fields.append(field.with_type(grown))
        fresh = [
            pa.field(name, storable(child.type))
            for name, child in children.items()
            if _holds(child)
        ]
        return pa.struct(fields + fresh[: max(0, limit - len(fields))])
    if pa.types.is_map(column.type):
        column = _entries(column)
    if _is_list(wanted) and _is_list(column.type):
        inner = wanted.value_field
        return pa.list_(inner.with_type(widened(inner.type, column.flatten(), limit=limit)))
    return wanted


def additions(old: pa.DataType, new: pa.DataType) -> pa.DataType | None:
    """What `new`, a type that `widened` made of `old`, has beyond it; None if nothing."""
    if _is_struct(old) and _is_struct(new):
        there = {field.name: field.type for field in old}
        fields = []
        for field in new:
            more = additions(there[field.name], field.type) if field.name in there else field.type
            if more is not None:
                fields.append(field.with_type(more))
        return pa.struct(fields) if fields else None
    if _is_list(old) and _is_list(new):
        more = additions(old.value_type, new.value_type)
        return None if more is None else pa.list_(new.value_field.with_type(more))
    return None


def cast(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """The column as `wanted`, level by level, where no value is changed or left out by it.

    Raises:
        pa.ArrowException: Some value would be.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if kind == wanted:
        return column
    if not _holds(column):
        return pa.nulls(len(column), wanted)
    if pa.types.is_map(kind):
        return cast(_entries(column), wanted)
    if pa.types.is_struct(kind) and not kind.num_fields:
        texts = [None if value is None else "{}" for value in column.to_pylist()]
        return pc.cast(pa.array(texts, pa.string()), wanted)
    if pa.types.is_struct(kind) and pa.types.is_struct(wanted):
        return _cast_struct(column, wanted)
    if _is_list(kind) and _is_list(wanted):
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        values = cast(column.flatten(), wanted.value_type)
        return pa.ListArray.from_arrays(offsets, values, type=wanted, mask=column.is_null())
    if _family(kind) != _family(wanted):
        raise pa.ArrowTypeError(f"{kind} and {wanted} do not mix")
    out = pc.cast(column, wanted)
    if pa.types.is_floating(kind) and pc.sum(pc.is_inf(out)) != pc.sum(pc.is_inf(column)):
        raise pa.ArrowInvalid(f"beyond the range of {wanted}")
    return out


def _cast_struct(column: pa.StructArray, wanted: pa.StructType) -> pa.Array:
    children = _children(column)
    arrays = []
    for field in wanted:
        child = children.pop(field.name, None)
        empty = pa.nulls(len(column), field.type)
        arrays.append(empty if child is None else cast(child, field.type))
    if any(map(_holds, children.values())):
        raise pa.ArrowTypeError(f"the fields {', '.join(children)} have no place")
    return pa.StructArray.from_arrays(arrays, fields=list(wanted), mask=column.is_null())


def _family(kind: pa.DataType) -> str:
    """What must be the same for a cast: no value turns into another kind by itself.

    Numbers that become text, texts that are parsed or truths that are counted would hide a broken
    column.
    """
    if _is_list(kind) or pa.types.is_fixed_size_list(kind):
        return f"list of {_family(kind.value_type)}"
    if _is_struct(kind):
        return f"struct of {sorted(field.name for field in kind)}"
    families = {
        "text": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        "truth": (pa.types.is_boolean,),
        "number": (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
        "time": (pa.types.is_temporal,),
    }
    return next((name for name, tests in families.items() if any(t(kind) for t in tests)), "other")


def _children(column: pa.StructArray) -> dict[str, pa.Array]:
    """Values of the fields, null where the struct is."""
    return dict(zip((field.name for field in column.type), column.flatten(), strict=True))


def _entries(column: pa.MapArray) -> pa.ListArray:
    """A map as the list of its entries."""
    entry = pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])
    return pc.cast(column, pa.list_(entry))


def _holds(column: pa.Array) -> bool:
    return bool(column.null_count < len(column))


def _is_struct(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
