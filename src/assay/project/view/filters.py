"""The view object: checked, and every filter written as one canonical string."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from assay.errors import UsageError
from assay.project.query import NOTHING, Query, read_query
from assay.project.view.columns import Column
from assay.project.view.dates import form_of
from assay.project.view.snapshot import Snapshot
from assay.search import syntax as s
from assay.search.expression import parse
from assay.search.kinds import instant

MAX_FILTERS, MAX_SORTS, MAX_VALUES = 50, 5, 10_000
_UNARY = ("is null", "is not null")
_COMPARE = ("==", "!=", "<", "<=", ">", ">=")
_MATCH = ("contains", "icontains", "starts with", "ends with", "matches")
OPS = (*_COMPARE, "between", "in", "not in", *_MATCH, *_UNARY, "has")
_UP = {">=": True, "<": True, ">": False, "<=": False}
"""Whether a bound between two dates as they are written means the next one, or the last."""
_KEYS = ("filters", "search", "sort")


@dataclass(frozen=True)
class Filter:
    """One filter of a view.

    Attributes:
        text: Canonical string: an expression or a row set.
        given: As it was given; the text, or a condition as JSON.
        column: Column of a condition; None for a text. Its facet leaves the condition out.
    """

    text: str
    given: str | Mapping[str, Any]
    column: str | None = None


@dataclass(frozen=True)
class ViewSpec:
    """What a view shows.

    Attributes:
        filters: All of which must hold, each once.
        search: What is searched for; false where nothing is.
        sort: Pairs of column name and whether the largest comes first.
    """

    filters: tuple[Filter, ...] = ()
    search: Query = NOTHING
    sort: tuple[tuple[str, bool], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; reading it gives an equal spec."""
        return {
            "filters": [each.given for each in self.filters],
            "search": self.search.to_dict() if self.search else None,
            "sort": [{"column": name, "desc": desc} for name, desc in self.sort],
        }

    def texts(self) -> dict[str, Any]:
        """As `to_dict`, every filter as its canonical string."""
        return {**self.to_dict(), "filters": [each.text for each in self.filters]}


def read_view(fields: Mapping[str, Any], snapshot: Snapshot) -> ViewSpec:
    """Read a view object against the columns there are.

    Raises:
        UsageError: A part has the wrong form, or names no column.
    """
    filters = _list(fields, "filters", MAX_FILTERS)
    sorts = _list(fields, "sort", MAX_SORTS)
    search = fields.get("search")
    if search is not None and not isinstance(search, Mapping):
        raise UsageError(f"A search cannot be {search!r}.", allowed='{"query": TEXT} and examples')
    query = read_query(search or {})
    if query.text is not None and not query.text.strip():
        query = replace(query, text=None)
    return ViewSpec(
        _once([write_filter(each, snapshot) for each in filters]),
        query if query else NOTHING,
        tuple(_sort(each, snapshot) for each in sorts),
    )


def write_filter(each: object, snapshot: Snapshot) -> Filter:
    """One filter, with its canonical string.

    Raises:
        UsageError: It is neither an expression, nor a row set, nor `{column, op, value}`.
    """
    if isinstance(each, str):
        text = parse(each).describe()
        return Filter(text, text)
    if not isinstance(each, Mapping) or not isinstance(each.get("column"), str):
        raise UsageError(
            f"A filter cannot be {each!r}.",
            allowed="an expression, a row set such as tag:NAME, or {column, op, value}",
        )
    column = snapshot.column(each["column"])
    op = each.get("op", "==")
    if op not in OPS:
        raise UsageError(f"There is no filter operator {op!r}.", allowed=", ".join(OPS))
    open_end = each.get("right") == "open"
    node = _node(column, s.Name(column.name), op, each.get("value"), open_end)
    value = None if op in _UNARY else each.get("value")
    given = {"column": column.name, "op": op, "value": value}
    return Filter(s.describe(node), {**given, "right": "open"} if open_end else given, column.name)


def _once(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Each text once; what was written out holds everywhere, also if it was chosen as well."""
    found: dict[str, Filter] = {}
    for each in filters:
        if each.text not in found or each.column is None:
            found[each.text] = each
    return tuple(found.values())


def label_of(text: str, snapshot: Snapshot) -> str:
    """Words for the chip of a filter."""
    root = parse(text).root
    named = root.operand if isinstance(root, s.Not) else root
    if isinstance(named, s.RowSet):
        if named.kind == "selection":  # its name is a key
            return f"{'' if named is root else 'not among the '}rows chosen by hand"
        words = {"tag": "tagged", "version": "in", "dropped": "dropped by", "view": "in view"}
        return f"{'' if named is root else 'not '}{words.get(named.kind, named.kind)} {named.name}"
    shown = text
    for name in sorted(parse(text).names, key=len, reverse=True):
        try:
            label = snapshot.column(name).label
        except UsageError:
            continue
        shown = shown.replace(s.quote_name(name), label)
    return shown


def _node(column: Column, name: s.Name, op: str, value: Any, open_end: bool) -> s.Node:
    if op in _UNARY:
        missing = s.IsNull(name)
        return missing if op == "is null" else s.Not(missing)
    if op in _COMPARE:
        return s.Compare(op, name, s.Literal(_scalar(column, value, _UP.get(op))))
    if op == "between":
        pair = _values(value, op)
        if len(pair) != 2:
            raise UsageError(f"'between' needs two values, not {value!r}.", allowed="[low, high]")
        low = s.Literal(_scalar(column, pair[0], True))
        high = s.Literal(_scalar(column, pair[1], open_end))
        if open_end:
            return s.Logic("and", (s.Compare(">=", name, low), s.Compare("<", name, high)))
        return s.Between(name, low, high)
    if op in ("in", "not in"):
        inside = _membership(column, name, _values(value, op))
        return inside if op == "in" else s.Not(inside)
    if op == "has":
        labels = _values(value if isinstance(value, list | tuple) else [value], op)
        if not all(isinstance(label, str) for label in labels):
            raise UsageError(f"'has' needs labels, not {str(value)[:80]!r}.", allowed="texts")
        return s.Call("has", (name, *(s.Literal(str(label)) for label in labels)))
    if not isinstance(value, str):
        raise UsageError(f"'{op}' needs a text, not {value!r}.")
    # The parser checks patterns, so that a bad one is refused here and not while rows are read.
    return parse(f"{s.quote_name(column.name)} {op} {s.quote(value)}").root


def _membership(column: Column, name: s.Name, values: Sequence[Any]) -> s.Node:
    known = [v for v in values if v is not None]
    if column.kind == "list":
        parts: list[s.Node] = [s.Member(s.Literal(str(v)), name) for v in known]
    elif column.kind == "spans":
        parts = [s.Call("has", (name, *(s.Literal(str(v)) for v in known)))] if known else []
    else:
        items = tuple(s.Literal(_scalar(column, v)) for v in known)
        parts = [s.In(name, items)] if items else []
    if len(known) < len(values):
        parts.append(s.IsNull(name))
    if not parts:
        return s.Literal(False)
    return parts[0] if len(parts) == 1 else s.Logic("or", tuple(parts))


def _values(value: Any, op: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) > MAX_VALUES:
        raise UsageError(
            f"'{op}' needs a list of at most {MAX_VALUES:,} values, not {str(value)[:80]!r}."
        )
    return value


def _scalar(column: Column, value: Any, up: bool | None = None) -> s.Value:
    """A value as a literal; a date may be given as milliseconds since 1970.

    Args:
        column: What it is compared with.
        value: As given.
        up: For bounds, as in `_UP`.
    """
    if isinstance(value, str) and column.form is not None and up is not None:
        moment = instant(value)
        if moment is None or form_of(value) == column.form:
            return value
        return column.form.write(moment, up=up)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and math.isfinite(value):
        if column.kind == "date":
            return _date(column, value, up)
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return int(value)
        return value
    raise UsageError(f"A filter value cannot be {value!r}.", allowed="number, text, true, false")


def _date(column: Column, value: float, up: bool | None) -> str:
    try:
        moment = datetime(1970, 1, 1) + timedelta(milliseconds=value)
    except OverflowError:
        raise UsageError(
            f"{value!r} is no date.", allowed="milliseconds since 1970, in the years 1 to 9999"
        ) from None
    exact = moment.isoformat(timespec="milliseconds")
    if column.form is None:
        return exact
    last, next_ = (column.form.write(moment, up=side) for side in (False, True))
    if up is None:
        return last if last == next_ else exact  # which no date of the column is
    return next_ if up else last


def _list(fields: Mapping[str, Any], key: str, most: int) -> Sequence[Any]:
    unknown = [name for name in fields if name not in (*_KEYS, "camera", "selection", "columns")]
    if unknown:
        raise UsageError(f"A view has no part '{unknown[0]}'.", allowed=", ".join(_KEYS))
    value = fields.get(key) or ()
    if not isinstance(value, list | tuple) or len(value) > most:
        raise UsageError(f"'{key}' of a view is a list of at most {most}.")
    return value


def _sort(each: object, snapshot: Snapshot) -> tuple[str, bool]:
    if isinstance(each, str):
        each = {"column": each.lstrip("-"), "desc": each.startswith("-")}
    if not isinstance(each, Mapping) or not isinstance(each.get("column"), str):
        raise UsageError(f"A sort cannot be {each!r}.", allowed="{column, desc}")
    column = snapshot.column(each["column"])
    if column.kind in ("vector", "spans", "list", "other"):
        raise UsageError(f"Rows cannot be sorted by '{column.name}', which is a {column.kind}.")
    return column.name, bool(each.get("desc", False))
