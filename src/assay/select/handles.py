"""The numbers in an expression that a person may want to move: thresholds and their sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.errors import UsageError
from assay.search import syntax as s
from assay.select.conditions import conditions, oriented

_SIDES = {">": "min", ">=": "min", "<": "max", "<=": "max"}


@dataclass(frozen=True)
class Handle:
    """One threshold.

    Attributes:
        id: Number of the condition within the expression, from 0.
        subject: What is held against it, in canonical spelling.
        op: `>`, `>=`, `<`, `<=`, `==`, `!=` or `between`.
        value: The number, or [low, high].
        side: min: values above satisfy the condition; max: those below; range: those between;
            point: that one value.
    """

    id: int
    subject: str
    op: str
    value: Any
    side: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "subject": self.subject,
            "op": self.op,
            "value": self.value,
            "side": self.side,
        }


def handles(root: s.Node) -> list[Handle]:
    """The thresholds of an expression in written order."""
    found = []
    for number, condition in enumerate(conditions(root)):
        match oriented(condition):
            case s.Compare(op=op, left=left, right=s.Literal(value=value)) if _number(value):
                side = _SIDES.get(op, "point")
                found.append(Handle(number, s.describe(left), op, value, side))
            case s.Between(operand=operand, low=s.Literal(value=a), high=s.Literal(value=b)) if (
                _number(a) and _number(b)
            ):
                found.append(Handle(number, s.describe(operand), "between", [a, b], "range"))
    return found


def moved(root: s.Node, handle: int, value: float | Sequence[float]) -> s.Node:
    """The expression with one threshold changed.

    Raises:
        UsageError: There is no such threshold, or the value has the wrong form.
    """
    known = {each.id: each for each in handles(root)}
    if handle not in known:
        raise UsageError(
            f"The rule has no threshold {handle}.",
            allowed=", ".join(str(i) for i in known) or "it has none",
        )
    pair = isinstance(value, list | tuple)
    values = list(value) if isinstance(value, list | tuple) else [value]
    ranged = known[handle].side == "range"
    if pair != ranged or len(values) != (2 if ranged else 1) or not all(map(_number, values)):
        raise UsageError(
            f"The threshold cannot be {value!r}.", allowed="[low, high]" if ranged else "a number"
        )
    return _Moving(handle, [s.Literal(v) for v in values if isinstance(v, int | float)]).node(root)


class _Moving:
    """Rebuilds the tree, counting conditions as `conditions` lists them."""

    def __init__(self, wanted: int, literals: list[s.Literal]) -> None:
        self.wanted, self.literals, self.seen = wanted, literals, -1

    def node(self, root: s.Node) -> s.Node:
        match root:
            case s.Logic(op=op, operands=operands, pos=pos):
                return s.Logic(op, tuple([self.node(each) for each in operands]), pos)
            case s.Not(operand=operand, pos=pos):
                return s.Not(self.node(operand), pos)
        self.seen += 1
        return self.changed(root) if self.seen == self.wanted else root

    def changed(self, condition: s.Node) -> s.Node:
        match condition:
            case s.Between(operand=operand, pos=pos):
                return s.Between(operand, self.literals[0], self.literals[1], pos)
            case s.Compare(op=op, left=s.Literal(), right=right, pos=pos):
                return s.Compare(op, self.literals[0], right, pos)
            case s.Compare(op=op, left=left, pos=pos):
                return s.Compare(op, left, self.literals[0], pos)
        raise AssertionError(condition)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
