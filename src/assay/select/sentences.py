"""Conditions put into plain words: "stats.words is 12, below 50"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.search import syntax as s
from assay.search.expression import Expression
from assay.select.conditions import conditions, oriented, subject

Value = Callable[[s.Node], Any]

_TRUE = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "", "!=": "not"}
_FALSE = {"<": "not below", "<=": "above", ">": "not above", ">=": "below", "==": "not", "!=": ""}
_MATCH = {
    "contains": ("contains", "does not contain"),
    "icontains": ("contains, in any case,", "does not contain, in any case,"),
    "matches": ("matches", "does not match"),
    "starts with": ("starts with", "does not start with"),
    "ends with": ("ends with", "does not end with"),
}


def sentence(node: s.Node, value: Value, truth: bool | None) -> str:
    """Why `node` is true, false or unknown (None) on a row, without a full stop.

    Args:
        node: A condition, of any shape.
        value: What a part of it is on the row.
        truth: What it is on the row.
    """
    match node:
        case s.Not(operand=operand):
            return sentence(operand, value, None if truth is None else not truth)
        case s.Logic(op=op, operands=operands):
            return _joined(op, operands, value, truth)
    if truth is None:
        return _unknown(node, value)
    return _plain(oriented(node), value, truth)


def shown_threshold(expression: Expression) -> Any:
    """What values are held against: a number, [low, high], a list, a string, or the whole text."""
    found = list(conditions(expression.root))
    if len(found) > 1:
        return expression.describe()
    match oriented(found[0]):
        case s.Compare(right=s.Literal(value=literal)):
            return literal
        case s.Compare(right=right):
            return s.describe(right)
        case s.Between(low=s.Literal(value=low), high=s.Literal(value=high)):
            return [low, high]
        case s.In(items=items):
            return [item.value for item in items]
        case s.Member(item=item):
            return item.value
        case s.Match(pattern=pattern):
            return pattern
        case s.Call(function="has", arguments=arguments):
            labels = [a.value for a in arguments[1:] if isinstance(a, s.Literal)]
            return labels[0] if len(labels) == 1 else labels
        case s.IsNull():
            return None
        case s.Name():
            return True
    return expression.describe()


def _joined(op: str, operands: tuple[s.Node, ...], value: Value, truth: bool | None) -> str:
    """The parts of an `and` or `or` that settle it."""
    parts = [(operand, value(operand)) for operand in operands]
    settling = [sentence(part, value, true) for part, true in parts if true is truth]
    if op == "or" and truth is True:
        return settling[0]
    return " and ".join(dict.fromkeys(settling))


def _unknown(node: s.Node, value: Value) -> str:
    """Which values are missing."""
    names = dict.fromkeys(n.name for n in s.walk(node) if isinstance(n, s.Name))
    missing = [name for name in names if value(s.Name(name)) is None]
    if missing:
        return f"no value for {', '.join(missing)}"
    about = subject(node)
    return f"no value for {s.describe(about if about is not None else node)}"


def _plain(node: s.Node, value: Value, truth: bool) -> str:
    """A single condition that is true or false."""
    about = subject(node)
    if about is None:
        return f"{s.describe(node)} is {'true' if truth else 'false'}"
    name = s.describe(about)
    match node:
        case s.Match(op=op, operand=operand, pattern=pattern):
            return f"{s.describe(operand)} {_MATCH[op][not truth]} {shown(pattern)}"
        case s.Member(item=item):
            return f"{name} {'has' if truth else 'does not have'} {shown(item.value)}"
        case s.IsNull():
            return f"{name} has {'no' if truth else 'a'} value"
        case s.Call(function="has", arguments=arguments):
            return _spans(arguments, value(about))
        case s.Name():
            return f"{name} is {'true' if truth else 'false'}"
    is_what = f"{name} is {shown(value(about))}"
    match node:
        case s.Compare(op=op, right=right):
            words = (_TRUE if truth else _FALSE)[op]
            if not words:
                return is_what
            return f"{is_what}, {words} {_side(right, value)}"
        case s.Between(low=low, high=high):
            if truth:
                return f"{is_what}, between {_side(low, value)} and {_side(high, value)}"
            low_value, about_value = value(low), value(about)
            if low_value is not None and value(s.Compare("<", about, low, node.pos)):
                return f"{is_what}, below {_side(low, value)}"
            assert about_value is not None
            return f"{is_what}, above {_side(high, value)}"
        case s.In(items=items):
            listed = ", ".join([shown(item.value) for item in items[:6]])
            more = f" and {len(items) - 6} more" if len(items) > 6 else ""
            if truth:
                return is_what if len(items) == 1 else f"{is_what}, one of {listed}{more}"
            return f"{is_what}, not {'one of ' if len(items) > 1 else ''}{listed}{more}"
    return f"{s.describe(node)} is {'true' if truth else 'false'}"


def _spans(arguments: tuple[s.Node, ...], count: Any) -> str:
    labels = [shown(a.value) for a in arguments[1:] if isinstance(a, s.Literal)]
    number = "no span" if not count else "1 span" if count == 1 else f"{count} spans"
    return f"{s.describe(arguments[0])} has {number} labelled {' or '.join(labels)}"


def _side(node: s.Node, value: Value) -> str:
    """A threshold: a literal as it is, anything else with its value on this row."""
    if isinstance(node, s.Literal):
        return shown(node.value)
    return f"{s.describe(node)} ({shown(value(node))})"


def shown(value: Any) -> str:
    """A value in a sentence: quotes around texts, long ones cut, numbers short."""
    if isinstance(value, str):
        return s.quote(value if len(value) <= 60 else f"{value[:57]}...")
    if isinstance(value, bool) or value is None:
        return s.quote(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
