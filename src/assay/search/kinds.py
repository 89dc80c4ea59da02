"""What kind of value each part of an expression has, checked before anything runs."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa

from assay.errors import UsageError
from assay.search import syntax as s
from assay.search.syntax import mistake

types = pa.types

CLASS_WORDS = ("class", "category", "label", "class_name", "name")
"""What data sets call the class of an object; each finds the first of the others that is there."""

NUMBER, TEXT, TRUTH, TIME, LIST, SPANS, NULL, OTHER = (
    "number", "text", "true/false", "time", "list", "spans", "null", "other",
)  # fmt: skip


def kind_of(type_: pa.DataType) -> str:
    """The kind of values a column of that type has."""
    if types.is_dictionary(type_):
        return kind_of(type_.value_type)
    if types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_):
        return NUMBER
    if types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_):
        return TEXT
    if types.is_boolean(type_):
        return TRUTH
    if types.is_timestamp(type_) or types.is_date(type_):
        return TIME
    if types.is_null(type_):
        return NULL
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        item = type_.value_type
        return SPANS if types.is_struct(item) and item.get_field_index("label") >= 0 else LIST
    return OTHER


def item_type(type_: pa.DataType) -> pa.StructType | None:
    """The struct that a column is a list of; None for other columns."""
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        return type_.value_type if types.is_struct(type_.value_type) else None
    return None


def item_path(struct: pa.StructType, name: str) -> tuple[str, ...] | None:
    """Where in an item a name leads: a field, a field below it, or what goes by another word."""
    first, *rest = name.split(".")
    for way in ((name,), (first, *rest)):
        if struct.get_field_index(way[0]) >= 0 and _leads(struct, way):
            return way
    if name in CLASS_WORDS:
        return next(((w,) for w in CLASS_WORDS if struct.get_field_index(w) >= 0), None)
    return None


def _leads(type_: pa.DataType, path: tuple[str, ...]) -> bool:
    for step in path:
        if not types.is_struct(type_) or type_.get_field_index(step) < 0:
            return False
        type_ = type_.field(step).type
    return True


def type_below(type_: pa.DataType, path: tuple[str, ...]) -> pa.DataType:
    """The type of what a path leads to; below spans stands how many there are of a label."""
    for step in path:
        if kind_of(type_) == SPANS:
            return pa.int64()
        type_ = type_.field(step).type
    return type_


def check(
    root: s.Node, column_type: Callable[[s.Name], pa.DataType], text: str, *, truth: bool = False
) -> str:
    """The kind of the whole expression.

    Args:
        root: The expression.
        column_type: The type of the column behind a name; raises UsageError for unknown names.
        text: What was written, for errors.
        truth: Whether the whole has to be true or false.

    Raises:
        UsageError: Kinds do not fit, named with the columns and types concerned.
    """
    checker = _Checker(text, column_type)
    kind = checker.kind(root)
    if truth and kind not in (TRUTH, NULL):
        raise checker.wrong(root, "A rule has to be true or false", "a comparison, such as x > 5")
    return kind


def instant(text: str) -> datetime | None:
    """An ISO 8601 date or time as naive UTC; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


class _Checker:
    def __init__(self, text: str, column_type: Callable[[s.Name], pa.DataType]) -> None:
        self.text = text
        self.column_type = column_type
        self.known: dict[int, str] = {}  # by identity: each node is looked at once

    def shown(self, node: s.Node) -> str:
        """What a node is, for an error: written form, kind, and the column's Arrow type."""
        written = s.describe(node)
        written = written if len(written) <= 60 else f"{written[:57]}..."
        if isinstance(node, s.Name):
            return f"{written} ({self.column_type(node)})"
        return f"{written} ({self.kind(node)})"

    def wrong(self, node: s.Node, what: str, allowed: str) -> UsageError:
        return mistake(
            self.text, node.pos, f"{what}, but here is {self.shown(node)}.", allowed=allowed
        )

    def need(self, node: s.Node, kinds: tuple[str, ...], what: str) -> str:
        kind = self.kind(node)
        if kind not in (*kinds, NULL):
            raise self.wrong(node, what, f"a value of kind {' or '.join(kinds)}")
        return kind

    def same(self, a: s.Node, b: s.Node, *, ordered: bool) -> None:
        """Whether two sides can be compared."""
        kinds = (self.kind(a), self.kind(b))
        if NULL in kinds:
            return
        for node, kind in zip((a, b), kinds, strict=True):
            if kind in (LIST, SPANS, OTHER):
                raise self.wrong(
                    node,
                    "Only single values can be compared",
                    'len(x), count(x), "item" in x, has(x, "label"), or a field: x.field',
                )
            if ordered and kind == TRUTH:
                raise self.wrong(node, "True and false have no order", "== or !=")
        if kinds[0] != kinds[1] and not self.dates(a, b, kinds):
            raise mistake(
                self.text,
                a.pos,
                f"Cannot compare {self.shown(a)} with {self.shown(b)}.",
                allowed="values of one kind on both sides",
                remedy=_quotes_hint(a, b, kinds),
            )

    def dates(self, a: s.Node, b: s.Node, kinds: tuple[str, str]) -> bool:
        """Whether one side is a time and the other a date written as text."""
        if set(kinds) != {TIME, TEXT}:
            return False
        literal = a if kinds[0] == TEXT else b
        if not isinstance(literal, s.Literal) or not isinstance(literal.value, str):
            return False
        if instant(literal.value) is None:
            raise mistake(
                self.text,
                literal.pos,
                f"{literal.value!r} is no date.",
                allowed="ISO 8601, such as '2024-05-31' or '2024-05-31T12:00:00Z'",
            )
        return True

    def kind(self, node: s.Node) -> str:
        if id(node) not in self.known:
            self.known[id(node)] = self.kind_below(node)
        return self.known[id(node)]

    def kind_below(self, node: s.Node) -> str:
        match node:
            case s.Literal(value=value):
                if value is None:
                    return NULL
                if isinstance(value, bool):
                    return TRUTH
                return TEXT if isinstance(value, str) else NUMBER
            case s.Name():
                return kind_of(self.column_type(node))
            case s.RowSet():
                return kind_of(self.column_type(s.Name(str(node), node.pos)))
            case s.Some():
                return self.some(node)
            case s.Call():
                return self.call(node)
            case s.Arithmetic(op=op, left=left, right=right):
                for side in (left, right):
                    self.need(side, (NUMBER,), f"'{op}' works on numbers")
                return NUMBER
            case s.Negative(operand=operand):
                self.need(operand, (NUMBER,), "'-' works on numbers")
                return NUMBER
            case _:
                self.truth(node)
                return TRUTH

    def truth(self, node: s.Node) -> None:
        """Check a node that is true or false."""
        match node:
            case s.Logic(op=op, operands=operands):
                for operand in operands:
                    self.need(operand, (TRUTH,), f"'{op}' joins conditions")
            case s.Not(operand=operand):
                self.need(operand, (TRUTH,), "'not' turns a condition around")
            case s.Compare(op=op, left=left, right=right):
                self.same(left, right, ordered=op not in ("==", "!="))
            case s.Between(operand=operand, low=low, high=high):
                self.same(operand, low, ordered=True)
                self.same(operand, high, ordered=True)
            case s.In(operand=operand, items=items):
                for item in items:
                    self.same(operand, item, ordered=False)
            case s.Member(item=item, container=container):
                self.member(container, item)
            case s.Match(op=op, operand=operand):
                if op == "contains" and self.kind(operand) == LIST:
                    self.member(operand, s.Literal("", operand.pos))
                else:
                    self.need(operand, (TEXT,), f"'{op}' searches texts")
            case s.IsNull(operand=operand):
                self.kind(operand)

    def member(self, container: s.Node, item: s.Literal) -> None:
        if self.need(container, (LIST,), "Items are looked up in lists") == NULL:
            return
        assert isinstance(container, s.Name)  # no function gives a list
        inside, looked_up = kind_of(self.column_type(container).value_type), self.kind(item)
        if inside not in (looked_up, NULL) and looked_up != NULL:
            raise self.wrong(
                container,
                f"{s.describe(item)} ({looked_up}) cannot be an item of the list",
                f"an item of kind {inside}",
            )

    def some(self, node: s.Some) -> str:
        """Check a condition on the items of a list of structs."""
        inside = item_type(self.column_type(node.column))
        if inside is None:
            raise self.wrong(node.column, "obj() looks into lists of structs", "such a column")

        def field_type(name: s.Name) -> pa.DataType:
            path = item_path(inside, name.name)
            if path is None:
                fields = [inside.field(i).name for i in range(inside.num_fields)]
                also = CLASS_WORDS if item_path(inside, "class") else ()
                close = difflib.get_close_matches(name.name, [*fields, *also], 1)
                raise mistake(
                    self.text,
                    name.pos,
                    f"What is in '{node.column.name}' has no field '{name.name}'.",
                    allowed=", ".join(fields),
                    remedy=f"write {close[0]}" if close else None,
                )
            return type_below(inside, path)

        _Checker(self.text, field_type).need(
            node.condition, (TRUTH,), "obj() takes a condition on one object"
        )
        return TRUTH

    def call(self, node: s.Call) -> str:
        first, name = node.arguments[0], node.function
        if name == "count" and isinstance(first, s.Some):
            if len(node.arguments) > 1:
                raise mistake(self.text, node.pos, "count(obj(...)) takes nothing else.")
            self.kind(first)
            return NUMBER
        if name == "coalesce":
            for argument in node.arguments:
                self.need(argument, (NUMBER, TEXT, TRUTH, TIME), "coalesce() takes values")
            self.same(first, node.arguments[1], ordered=False)
            kinds = [self.kind(argument) for argument in node.arguments]
            return kinds[0] if kinds[0] != NULL else kinds[1]
        if name == "count" and len(node.arguments) == 1:
            takes: tuple[str, ...] = (SPANS, LIST)
        else:
            takes = _TAKES[name]
        self.need(first, takes, f"{name}() takes {' or '.join(takes)}")
        return _GIVES[name]


_TAKES = {
    "lower": (TEXT,),
    "upper": (TEXT,),
    "abs": (NUMBER,),
    "len": (TEXT, LIST, SPANS),
    "has": (SPANS,),
    "count": (SPANS,),
}
_GIVES = {"lower": TEXT, "upper": TEXT, "abs": NUMBER, "len": NUMBER, "has": TRUTH, "count": NUMBER}


def _quotes_hint(a: s.Node, b: s.Node, kinds: tuple[str, str]) -> str | None:
    for literal, kind, other in ((a, kinds[0], kinds[1]), (b, kinds[1], kinds[0])):
        if isinstance(literal, s.Literal) and kind == TEXT and other == NUMBER:
            return "write the number without quotes"
        if isinstance(literal, s.Literal) and kind == NUMBER and other == TEXT:
            return "put the text in quotes"
    return None
