"""The nodes of a parsed expression, and how each is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from assay.errors import UsageError
from assay.schema import ROW_SETS

Value = int | float | str | bool | None
"""What a literal can be."""

RESERVED_WORDS = frozenset(
    {"and", "or", "not", "in", "is", "between", "null", "true", "false"},
)
"""Words that are never names, in any case. As a column name they need backquotes."""

FUNCTIONS: dict[str, tuple[int, int, str]] = {
    "len": (1, 1, "characters of a text, or items of a list"),
    "lower": (1, 1, "a text in lower case"),
    "upper": (1, 1, "a text in upper case"),
    "abs": (1, 1, "a number without its sign"),
    "has": (2, 50, "whether any span has one of the labels, has(text.pii.spans, 'email')"),
    "count": (1, 50, "how many spans (of the labels, if given), or items of a list"),
    "coalesce": (2, 2, "the first value, or the second where the first is null"),
}
"""Name of each function: fewest arguments, most arguments, what it gives."""

OBJECTS = "objects"
"""The column that obj(...) means where none is named, or the one list of structs there is."""

_PLAIN_SET = re.compile(r"[\w.@+-]+\Z")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*(?:[.@]\w+)*\Z")


@dataclass(frozen=True)
class Literal:
    """A number, string, truth value or null."""

    value: Value
    pos: int = field(default=0, compare=False)

    # 1 == 1.0 == True in Python; here they are three different literals.
    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Literal)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True)
class Name:
    """A column or signal, as written (without backquotes)."""

    name: str
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """`not x`."""

    operand: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Negative:
    """`-x` for an x that is not a number literal."""

    operand: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Logic:
    """`a and b and c`, `a or b`: flat, so that long chains are not deep."""

    op: str
    operands: tuple[Node, ...]
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Arithmetic:
    """`a op b` for + - * / %."""

    op: str
    left: Node
    right: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Compare:
    """`a op b` for == != < <= > >=."""

    op: str
    left: Node
    right: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Between:
    """`x between low and high`, both ends included; also what `low <= x <= high` becomes."""

    operand: Node
    low: Node
    high: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class In:
    """`x in (1, 2)`: equal to one of the listed literals."""

    operand: Node
    items: tuple[Literal, ...]
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Member:
    """`"a" in topics` and `topics contains "a"`: an element of a list column."""

    item: Literal
    container: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Match:
    """A text against a pattern: op is contains, icontains, matches, starts with or ends with.

    `contains` with a text on the left is a substring; on a list column it is an element.
    """

    op: str
    operand: Node
    pattern: str
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class IsNull:
    """`x is null`."""

    operand: Node
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """`function(arguments)`; for has and count, all but the first are strings."""

    function: str
    arguments: tuple[Node, ...]
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RowSet:
    """Rows by name: `tag:good`, `view:"my view"`, `dropped:"clean/too short"`."""

    kind: str
    name: str
    pos: int = field(default=0, compare=False)

    def __str__(self) -> str:
        plain = _PLAIN_SET.match(self.name)
        return f"{self.kind}:{self.name if plain else quote(self.name)}"


def is_row_set(name: str) -> bool:
    """Whether a name is that of rows: `tag:good`."""
    return name.partition(":")[0] in ROW_SETS and ":" in name


@dataclass(frozen=True)
class Some:
    """`obj(condition)`: whether an item of a list of structs meets it; names are its fields."""

    column: Name
    condition: Node
    pos: int = field(default=0, compare=False)


Node = (
    Literal | Name | RowSet | Some | Not | Negative | Logic | Arithmetic | Compare | Between | In
    | Member | Match | IsNull | Call
)  # fmt: skip


N = TypeVar("N", bound=Node)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, in written order."""
    match node:
        case Literal() | Name() | RowSet():
            return ()
        case Some(column=column):  # what the condition names are fields, not columns
            return (column,)
        case Logic(operands=operands):
            return operands
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Between(operand=operand, low=low, high=high):
            return (operand, low, high)
        case In(operand=operand, items=items):
            return (operand, *items)
        case Member(item=item, container=container):
            return (item, container)
        case Call(arguments=arguments):
            return arguments
        case _:
            return (node.operand,)


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, in written order, without recursion."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def translated(node: Node, values: Mapping[str, Mapping[str, str]]) -> Node:
    """The expression with texts that a column is compared with replaced.

    Args:
        node: The expression.
        values: By name of a column: from a text as it may be written to the one that is meant.
    """

    def meant(column: Node, given: N) -> N:
        if isinstance(column, Name) and isinstance(given, Literal) and isinstance(given.value, str):
            return replace(given, value=values.get(column.name, {}).get(given.value, given.value))
        return given

    match node:
        case Compare(left=left, right=right):
            return replace(node, left=meant(right, left), right=meant(left, right))
        case In(operand=operand, items=items):
            return replace(node, items=tuple(meant(operand, item) for item in items))
        case Logic(operands=operands):
            return replace(node, operands=tuple(translated(each, values) for each in operands))
        case Not(operand=operand):
            return replace(node, operand=translated(operand, values))
        case _:
            return node


# How tightly each form binds; a looser operand of a tighter form gets parentheses.
OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, ATOM = 10, 20, 30, 40, 50, 60, 70, 80


_INFIX_NOT = (Between, In, Member, Match, IsNull)


def _binding(node: Node) -> int:
    match node:
        case Logic(op=op):
            return OR if op == "or" else AND
        case Not(operand=operand):
            return COMPARISON if isinstance(operand, _INFIX_NOT) else NOT
        case Arithmetic(op=op):
            return SUM if op in "+-" else PRODUCT
        case Negative():
            return SIGN
        case Literal(value=value) if isinstance(value, int | float) and value < 0:
            return SIGN
        case Literal() | Name() | RowSet() | Some() | Call():
            return ATOM
        case _:
            return COMPARISON


def describe(node: Node) -> str:
    """The expression in one canonical spelling; parsing it gives an equal node."""

    def part(child: Node, at_least: int) -> str:
        written = describe(child)
        return f"({written})" if _binding(child) < at_least else written

    match node:
        case Literal(value=value):
            return quote(value)
        case Name(name=name):
            return quote_name(name)
        case RowSet():
            return str(node)
        case Some(column=column, condition=condition):
            named = "" if column.name == OBJECTS else f"{quote_name(column.name)}, "
            return f"obj({named}{describe(condition)})"
        case Logic(op=op, operands=operands):
            return f" {op} ".join([part(o, _binding(node) + 1) for o in operands])
        case Not(operand=operand):
            if isinstance(operand, _INFIX_NOT):
                return _comparison(operand, "not ")
            return f"not {part(operand, NOT)}"
        case Negative(operand=operand):
            return f"-{part(operand, ATOM)}"
        case Arithmetic(op=op, left=left, right=right):
            bind = _binding(node)
            return f"{part(left, bind)} {op} {part(right, bind + 1)}"
        case Compare(op=op, left=left, right=right):
            return f"{part(left, SUM)} {op} {part(right, SUM)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join([describe(a) for a in arguments])})"
        case _:
            return _comparison(node, "")


def _comparison(node: Node, negation: str) -> str:
    """A comparison written with words; `negation` is "not " or empty."""

    def part(child: Node) -> str:
        written = describe(child)
        return f"({written})" if _binding(child) < SUM else written

    match node:
        case Between(operand=operand, low=low, high=high):
            return f"{part(operand)} {negation}between {part(low)} and {part(high)}"
        case In(operand=operand, items=items):
            listed = ", ".join([quote(item.value) for item in items])
            return f"{part(operand)} {negation}in ({listed})"
        case Member(item=item, container=container):
            return f"{quote(item.value)} {negation}in {describe(container)}"
        case Match(op=op, operand=operand, pattern=pattern):
            return f"{part(operand)} {negation}{op} {quote(pattern)}"
        case IsNull(operand=operand):
            return f"{part(operand)} is {negation}null"
        case _:
            raise AssertionError(node)


def quote(value: Value) -> str:
    """A literal as it is written in an expression."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        body = value.replace("\\", "\\\\").replace('"', '\\"')
        body = body.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
        return f'"{body}"'
    return repr(value)


def quote_name(name: str) -> str:
    """A name as it is written in an expression: in backquotes unless it is plain."""
    if _PLAIN_NAME.match(name) and name.lower() not in RESERVED_WORDS:
        return name
    return "`" + name.replace("`", "``") + "`"


def mistake(
    text: str,
    pos: int,
    what: str,
    *,
    allowed: str | None = None,
    remedy: str | None = None,
    **facts: Any,
) -> UsageError:
    """An error about one place of an expression, with a caret line under that place."""
    start = max(0, pos - 60)
    shown = "".join([c if c.isprintable() else " " for c in text[start : pos + 60]])
    before, dots = shown[: pos - start], "..." if start else ""
    tail = "..." if pos + 60 < len(text) else ""
    indent = " " * (2 + len(dots) + sum([_columns(c) for c in before]))
    return UsageError(
        f"{what}\n  {dots}{shown}{tail}\n{indent}^" + ("\n" if allowed or remedy else ""),
        allowed=allowed,
        remedy=remedy,
        expression=text,
        position=pos,
        **facts,
    )


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
