"""Why filters leave no row: which condition fits none, and what is there instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.insight.wording import count
from assay.search import syntax as s
from assay.search.expression import parse
from assay.select._ranking import column_of
from assay.select.conditions import oriented

if TYPE_CHECKING:
    from assay.project.handle import Handle

_SHOWN = 5  # values that are named
_LONGEST = 40
_EMPTY = "has no value in any row"
_COMPARED = 10_000  # values, the most frequent, that a misspelt one is held against


def unmatched(dataset: Handle) -> UsageError:
    """The error that says why a dataset's filters leave none of its rows.

    Args:
        dataset: One whose filters leave no row, with rows without them and all signals computed.
    """
    whole = type(dataset)(dataset.project, dataset.name, dataset.version)
    roots = tuple(parse(text).root for text in dataset.filters)
    parts = [part for root in roots for part in _joined(root)]
    fits = [(part, whole.where(s.describe(part)).num_rows) for part in parts]
    none = [part for part, rows in fits if rows == 0]
    asked = dataset.filters[0] if len(roots) == 1 else s.describe(s.Logic("and", roots))
    if none:
        why = "" if len(parts) == 1 else f": '{s.describe(none[0])}' fits none"
        told = list(filter(None, (_there(whole, part) for part in none)))
        there = "; ".join(told)
        named = any(not each.endswith(_EMPTY) for each in told)
        remedy = "write a value that is there" if named else "leave the condition out or widen it"
    else:
        each = ", ".join(f"'{s.describe(part)}' {rows:,}" for part, rows in fits)
        why, there = f": each condition fits some ({each}), but no row fits all", ""
        remedy = "leave one of the conditions out"
    return UsageError(
        f"None of the {count(whole.num_rows, 'row')} of {whole.full_name} fits '{asked}'{why}.",
        where=whole.full_name,
        allowed=there or None,
        remedy=remedy,
        rows=whole.num_rows,
        conditions=[{"condition": s.describe(part), "rows": rows} for part, rows in fits],
    )


def _joined(root: s.Node) -> Iterator[s.Node]:
    """What all has to hold."""
    if isinstance(root, s.Logic) and root.op == "and":
        for operand in root.operands:
            yield from _joined(operand)
    else:
        yield root


def _there(whole: Handle, condition: s.Node) -> str | None:
    """The values that the subject of a condition has, those like the one asked for first."""
    match oriented(condition):
        case s.Compare(op="==", left=about, right=s.Literal(value=str(asked))):
            return _values(whole, about, [asked])
        case s.In(operand=about, items=items):
            return _values(whole, about, [i.value for i in items if isinstance(i.value, str)])
        case s.Compare(left=about, right=s.Literal()) | s.Between(operand=about):
            return _range(whole, about)
    return None


def _values(whole: Handle, about: s.Node, asked: list[str]) -> str | None:
    values = column_of(whole.rows(), s.describe(about))
    if not pa.types.is_string(values.type) and not pa.types.is_large_string(values.type):
        return None
    counted = values.drop_null().value_counts()
    order = pc.sort_indices(counted.field("counts"), sort_keys=[("", "descending")])
    known: list[str] = counted.field("values").take(order[:_COMPARED]).to_pylist()
    lower: dict[str, str] = {}
    for value in known:
        lower.setdefault(value.casefold(), value)
    close = [
        lower[each]
        for one in asked
        for each in difflib.get_close_matches(one.casefold(), list(lower), 3)
    ]
    named = list(dict.fromkeys([*close, *([] if close else known)]))[:_SHOWN]
    if not named:
        return f"{s.describe(about)} {_EMPTY}"
    more = ", ..." if len(known) > len(named) else ""
    return f"{s.describe(about)} is {', '.join(map(_short, named))}{more}"


def _short(value: str) -> str:
    cut = s.describe(s.Literal(value[:_LONGEST]))
    return cut if len(value) <= _LONGEST else f"{cut}…"


def _range(whole: Handle, about: s.Node) -> str | None:
    values = column_of(whole.rows(), s.describe(about))
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        return None
    if values.null_count == len(values):
        return f"{s.describe(about)} {_EMPTY}"
    ends = pc.min_max(values).as_py()
    return f"{s.describe(about)} is {ends['min']:.6g} to {ends['max']:.6g}"
