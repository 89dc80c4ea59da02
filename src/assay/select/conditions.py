"""The single conditions that a rule is made of, and what is kept of each as evidence.

A verdict is explained later from the stored verdicts alone, long after the texts behind it may have
been cut or computed anew. So judging keeps, beside the columns, what was computed from them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from assay.search import syntax as s

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def column(prefix: str, name: str) -> str:
    """Name of a column of verdicts, such as `rule:words > 5`: the store allows no "." in it."""
    return f"{prefix}:{name.replace('%', '%25').replace('.', '%2E')}"


def conditions(root: s.Node) -> Iterator[s.Node]:
    """What `and`, `or` and `not` join, in written order."""
    match root:
        case s.Logic(operands=operands):
            for operand in operands:
                yield from conditions(operand)
        case s.Not(operand=operand):
            yield from conditions(operand)
        case _:
            yield root


def subject(condition: s.Node) -> s.Node | None:
    """What a condition is about: the part whose value is held against a threshold."""
    match oriented(condition):
        case s.Compare(left=left):
            return left
        case (
            s.Between(operand=operand)
            | s.In(operand=operand)
            | s.Match(operand=operand)
            | s.IsNull(operand=operand)
            | s.Member(container=operand)
        ):
            return operand
        case s.Call(function="has", arguments=arguments):
            return s.Call("count", arguments, condition.pos)
        case s.Name():
            return condition
    return None


def oriented(condition: s.Node) -> s.Node:
    """A comparison with the literal on the right: `50 < words` as `words > 50`."""
    if isinstance(condition, s.Compare) and isinstance(condition.left, s.Literal):
        return s.Compare(_SWAPPED[condition.op], condition.right, condition.left, condition.pos)
    return condition


def evidence(root: s.Node) -> list[s.Node]:
    """The computed parts to keep: pattern matches, and subjects that are no plain column."""
    found: list[s.Node] = []
    for condition in conditions(root):
        about = subject(condition)
        if isinstance(condition, s.Match):
            found.append(condition)
        elif about is not None and not isinstance(about, s.Name | s.Literal):
            found.append(about)
    return found


def recalled(node: s.Node, kept: Container[str]) -> s.Node:
    """`node` with every part that was kept as evidence read from its column."""
    stored = column("value", s.describe(node))
    if not isinstance(node, s.Name | s.Literal) and stored in kept:
        return s.Name(stored, node.pos)

    def below(child: s.Node) -> s.Node:
        return recalled(child, kept)

    match node:
        case s.Logic(op=op, operands=operands, pos=pos):
            return s.Logic(op, tuple([below(o) for o in operands]), pos)
        case s.Not(operand=operand, pos=pos):
            return s.Not(below(operand), pos)
        case s.Compare(op=op, left=left, right=right, pos=pos):
            return s.Compare(op, below(left), below(right), pos)
        case s.Between(operand=operand, low=low, high=high, pos=pos):
            return s.Between(below(operand), below(low), below(high), pos)
        case s.In(operand=operand, items=items, pos=pos):
            return s.In(below(operand), items, pos)
        case s.IsNull(operand=operand, pos=pos):
            return s.IsNull(below(operand), pos)
        case s.Call(function="has", pos=pos):
            about = subject(node)
            assert about is not None
            if column("value", s.describe(about)) in kept:
                return s.Compare(">", below(about), s.Literal(0), pos)
    return node
