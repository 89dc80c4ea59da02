"""Rows of a view in forms that a browser reads without help: plain Arrow types, texts cut."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project.view.columns import Column
from assay.project.view.engine import View
from assay.project.view.snapshot import Snapshot
from assay.search.evaluation import below
from assay.store.values import python_values

MAX_ROWS = 5000
MAX_CUT = 20_000


def page(view: View, offset: int, limit: int, columns: Sequence[str] | None, cut: int) -> pa.Table:
    """Rows `offset` to `offset + limit` of the view, in view order."""
    if offset < 0 or not 0 < limit <= MAX_ROWS:
        raise UsageError(
            f"Rows {offset} to {offset} + {limit} cannot be read at once.",
            allowed=f"offset from 0, limit from 1 to {MAX_ROWS}",
        )
    rows = view.order[offset : offset + limit]
    facts = {"total": view.total, "count": view.count, "offset": offset}
    return _wire(view.snapshot, rows, columns, cut, facts)


def some_rows(
    snapshot: Snapshot, rows: Sequence[int], columns: Sequence[str] | None, cut: int
) -> pa.Table:
    """The rows with these numbers, in that order."""
    if len(rows) > MAX_ROWS or any(not 0 <= row < snapshot.num_rows for row in rows):
        raise UsageError(
            "Some of these row numbers cannot be read.",
            allowed=f"at most {MAX_ROWS} numbers from 0 to {snapshot.num_rows - 1}",
        )
    return _wire(snapshot, np.array(rows, np.int64), columns, cut, {"count": len(rows)})


def _wire(
    snapshot: Snapshot,
    rows: np.ndarray,
    names: Sequence[str] | None,
    cut: int,
    facts: dict[str, int],
) -> pa.Table:
    if names is None:
        chosen = [column for column in snapshot.columns if column.table]
    else:
        chosen = [snapshot.column(name) for name in dict.fromkeys(names) if name != "id"]
    chosen = [column for column in chosen if column.kind != "vector"]
    stored = list(dict.fromkeys(["id", *(column.stored for column in chosen)]))
    data = snapshot.take(rows, stored) if len(rows) else snapshot.table.schema.empty_table()
    columns: dict[str, Any] = {
        "_row": pa.array(rows.astype(np.uint32)),
        "id": data.column("id").cast(pa.string()),
    }
    for column in chosen:
        found = data.column(column.stored)
        found = below(found, column.path)
        columns[column.name] = plain(found, column, max(1, min(cut, MAX_CUT)))
    table = pa.table(columns)
    metadata = {**facts, "table_version": snapshot.version}
    return table.replace_schema_metadata({key: str(value) for key, value in metadata.items()})


def plain(values: pa.ChunkedArray, column: Column, cut: int) -> pa.ChunkedArray:
    """A column as int32, float, bool or utf8: what every Arrow reader knows."""
    type_ = values.type
    if pa.types.is_dictionary(type_):
        values = values.cast(type_.value_type)
        type_ = values.type
    if column.kind == "boolean" or pa.types.is_float32(type_):
        return values
    if column.kind == "number":
        small = pa.types.is_integer(type_) and type_.bit_width <= 32 and type_ != pa.uint32()
        return values.cast(pa.int32() if small else pa.float64(), safe=False)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return pc.utf8_slice_codeunits(values, 0, cut).cast(pa.string())
    if pa.types.is_string_view(type_):
        return pc.utf8_slice_codeunits(values.cast(pa.large_string()), 0, cut).cast(pa.string())
    if pa.types.is_null(type_):
        return values.cast(pa.string())
    texts = [None if value is None else written(value)[:cut] for value in python_values(values)]
    return pa.chunked_array([pa.array(texts, pa.string())])


def written(value: Any) -> str:
    """A value that is no plain number or text, as text."""
    plain = jsonable(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def jsonable(value: Any) -> Any:
    """A value as JSON knows it: no NaN, no bytes, dates as ISO 8601."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
