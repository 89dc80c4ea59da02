"""The part of the expression language that the store can filter by itself, as its SQL."""

from __future__ import annotations

import pyarrow as pa

from assay.errors import UsageError
from assay.search import syntax as s
from assay.search.expression import Binding, Expression
from assay.search.kinds import NUMBER, TEXT, TRUTH, kind_of

types = pa.types

_FUNCTIONS = {"contains": "contains", "starts with": "starts_with", "ends with": "ends_with"}
_COMPARE = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class _NotPushable(Exception):
    """This part has to be evaluated here."""


def to_sql(expression: Expression) -> str | None:
    """An equivalent filter in the store's dialect (DataFusion), or None where there is none.

    Equivalent means: true, false and null on the same rows as `evaluate`, NaN included. Patterns,
    spans, dates, arithmetic and functions stay here. Where only some of
    `expression.conjuncts()` can be pushed, push those and evaluate the rest.

    Args:
        expression: Bound (see `bind`): column names and types are needed.

    Raises:
        UsageError: The expression is not bound.
    """
    bound = {binding.name: binding for binding in expression.bindings}
    if missing := [name for name in expression.names if name not in bound]:
        raise UsageError(
            f"'{missing[0]}' is not bound to a column.",
            where=expression.describe(),
            remedy="call bind(expression, schema) first",
        )
    try:
        return _Writer(bound).truth(expression.root)
    except _NotPushable:
        return None


class _Writer:
    def __init__(self, bound: dict[str, Binding]) -> None:
        self.bound = bound

    def truth(self, node: s.Node) -> str:
        match node:
            case s.Literal(value=bool() as value):
                return "true" if value else "false"
            case s.Name() if self.kind(node) == TRUTH:
                return self.column(node)
            case s.Not(operand=operand):
                return f"(NOT {self.truth(operand)})"
            case s.Logic(op=op, operands=operands):
                return f"({f' {op.upper()} '.join([self.truth(o) for o in operands])})"
            case s.Compare(op=op, left=left, right=right):
                a, b = self.sides(left, right)
                return f"({a} {_COMPARE[op]} {b})"
            case s.Between(operand=operand, low=low, high=high):
                (a, b), (c, d) = self.sides(operand, low), self.sides(operand, high)
                return f"({a} >= {b} AND {c} <= {d})"
            case s.In(operand=operand, items=items):
                parts = [self.sides(operand, item) for item in items]
                return f"({' OR '.join([f'{a} = {b}' for a, b in parts])})"
            case s.IsNull(operand=s.Name() as name):
                return f"({self.column(name)} IS NULL)"
            case s.Match(op=op, operand=s.Name() as name, pattern=pattern):
                if op in _FUNCTIONS and self.plain_text(name):
                    return f"{_FUNCTIONS[op]}({self.column(name)}, {_quoted(pattern)})"
        raise _NotPushable

    def kind(self, node: s.Node) -> str | None:
        """The kind of a name or literal, None for anything else."""
        match node:
            case s.Name(name=name):
                return kind_of(self.bound[name].type)
            case s.Literal(value=str()):
                return TEXT
            case s.Literal(value=int() | float() as value) if not isinstance(value, bool):
                return NUMBER
            case s.Literal(value=bool()):
                return TRUTH
        return None

    def plain_text(self, name: s.Name) -> bool:
        kind = self.bound[name.name].type
        return bool(types.is_string(kind) or types.is_large_string(kind))

    def column(self, node: s.Name) -> str:
        binding = self.bound[node.name]
        parts = (binding.column, *binding.path)
        if any("`" in part or "." in part or not part for part in parts):
            raise _NotPushable
        written = ".".join([f"`{part}`" for part in parts])
        if types.is_floating(binding.type):
            if types.is_float16(binding.type):
                raise _NotPushable
            # NaN is a missing value here and the greatest number there; -0.0 is less than 0.0
            # there, and adding 0.0 makes it 0.0.
            kind = "FLOAT" if types.is_float32(binding.type) else "DOUBLE"
            return f"nanvl({written} + CAST(0.0 AS {kind}), CAST(NULL AS {kind}))"
        return written

    def sides(self, a: s.Node, b: s.Node) -> tuple[str, str]:
        """Both sides of a comparison, written so that no implicit conversion takes place."""
        kinds = (self.kind(a), self.kind(b))
        if isinstance(a, s.Literal) and not isinstance(b, s.Literal):
            right, left = self.sides(b, a)
            return left, right
        if kinds == (TEXT, TEXT) or kinds == (TRUTH, TRUTH):
            return self.plain(a), self.plain(b)
        if isinstance(a, s.Name) and isinstance(b, s.Literal) and kinds == (NUMBER, NUMBER):
            return self.number(a, b)
        if isinstance(a, s.Name) and isinstance(b, s.Name):
            same = self.bound[a.name].type == self.bound[b.name].type
            if same and NUMBER in kinds and not types.is_decimal(self.bound[a.name].type):
                return self.column(a), self.column(b)
        return self.double(a), self.double(b)

    def plain(self, node: s.Node) -> str:
        match node:
            case s.Literal(value=str() as value):
                return _quoted(value)
            case s.Literal(value=bool() as value):
                return "true" if value else "false"
            case s.Name():
                return self.column(node)
        raise _NotPushable

    def number(self, name: s.Name, literal: s.Literal) -> tuple[str, str]:
        """A number column against a number."""
        kind, value = self.bound[name.name].type, literal.value
        assert isinstance(value, int | float)
        if types.is_integer(kind) and isinstance(value, int):
            low, high = 0, 2**kind.bit_width
            if types.is_signed_integer(kind):
                low, high = -(high // 2), high // 2
            if not low <= value < high:
                raise _NotPushable
            return self.column(name), str(value)
        if types.is_float32(kind):
            return self.column(name), f"CAST({value + 0.0!r} AS FLOAT)"
        if types.is_float64(kind):
            return self.column(name), f"CAST({value + 0.0!r} AS DOUBLE)"
        return self.double(name), self.double(literal)

    def double(self, node: s.Node) -> str:
        """A number as float64."""
        match node:
            case s.Literal(value=int() | float() as value) if not isinstance(value, bool):
                return f"CAST({value + 0.0!r} AS DOUBLE)"
            case s.Name(name=name) if self.kind(node) == NUMBER:
                kind = self.bound[name].type
                if types.is_decimal(kind):
                    raise _NotPushable
                return f"CAST({self.column(node)} AS DOUBLE)"
        raise _NotPushable


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
