"""Expressions over the columns of a snapshot: checked, and evaluated for all rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.search.evaluation import below
from assay.search.expression import bind, parse, values
from assay.search.syntax import is_row_set

if TYPE_CHECKING:
    from assay.project.view.snapshot import Snapshot

_HEAVY = ("text", "vector", "other", "spans", "list")
_FEW = 100_000
"""Values of a category for each of which a condition is evaluated once, not once a row."""


def check(snapshot: Snapshot, text: str) -> None:
    """Refuse an expression that is no condition over these columns.

    Raises:
        UsageError: With the place of the mistake.
    """
    bind(parse(text), _named_schema(snapshot, text), truth=True)


def truth(snapshot: Snapshot, text: str, sets: Mapping[str, pa.Array]) -> np.ndarray:
    """Where a condition is true: bool, shape (num_rows,).

    Args:
        snapshot: The rows.
        text: The condition.
        sets: Bool arrays over all rows, by the names of rows in the condition.

    Raises:
        UsageError: It is no condition over these columns.
    """
    check(snapshot, text)
    if not sets and (found := _by_value(snapshot, text)) is not None:
        return found
    return _where(values_of(snapshot, text, sets))


def values_of(snapshot: Snapshot, text: str, sets: Mapping[str, pa.Array]) -> pa.Array:
    """An expression of every row; arguments as of `truth`.

    Light columns come from memory; texts and vectors are streamed and not kept.
    """
    names = names_of(snapshot, text)
    bound = bind(parse(text), _named_schema(snapshot, text))
    columns = {name: snapshot.column(name) for name in names}
    if not names and not sets:
        return values(bound, pa.record_batch([pa.nulls(snapshot.num_rows)], names=[""]))
    if not any(column.kind in _HEAVY for column in columns.values()):
        light = {name: snapshot.values(name) for name in names}
        return values(bound, pa.table(light | dict(sets)))
    stored = list(dict.fromkeys(column.stored for column in columns.values()))
    found: list[pa.Array] = []
    first = 0
    for batch in snapshot.table.scan(stored, batch_rows=8192):
        fields = {n: below(batch.column(c.stored), c.path) for n, c in columns.items()}
        fields |= {n: true.slice(first, batch.num_rows) for n, true in sets.items()}
        first += batch.num_rows
        found.append(values(bound, pa.record_batch(fields)))
    return pa.concat_arrays(found) if found else pa.array([], pa.bool_())


def names_of(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """The columns an expression names, as it writes them.

    Raises:
        UsageError: There is no such column, with the place in the text.
    """
    expression = parse(text)
    names = tuple(name for name in expression.names if not is_row_set(name))
    try:
        for name in names:
            snapshot.column(name)
    except UsageError:
        # Binding to the whole schema raises the same error with the place in the text.
        bind(expression, snapshot.table.schema, resolve=snapshot.resolve)
        raise
    return names


def _by_value(snapshot: Snapshot, text: str) -> np.ndarray | None:
    """A condition on one category, evaluated once for each of its values; None for any other."""
    names = names_of(snapshot, text)
    column = snapshot.column(names[0]) if len(names) == 1 else None
    if column is None or column.kind != "category" or not pa.types.is_string(column.type):
        return None
    coded = snapshot.coded(column.name)
    if len(coded.values) > _FEW:
        return None
    bound = bind(parse(text), _named_schema(snapshot, text))
    each = pa.array([*coded.values, None], column.type)  # -1, the code of no value, is the last
    known: np.ndarray = _where(values(bound, pa.table({names[0]: each})))[coded.codes]
    return known


def _where(true: pa.Array) -> np.ndarray:
    if pa.types.is_null(true.type):
        return np.zeros(len(true), bool)
    return np.asarray(true.fill_null(False)).astype(bool, copy=False)


def _named_schema(snapshot: Snapshot, text: str) -> pa.Schema:
    found = {name: snapshot.column(name) for name in names_of(snapshot, text)}
    stored = snapshot.table.schema
    return pa.schema(
        [
            pa.field(name, each.type, metadata=stored.field(each.stored).metadata)
            for name, each in found.items()
        ]
    )
