"""A checked expression computed over one record batch, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.search import syntax as s
from assay.search.kinds import LIST, SPANS, TIME, instant, item_path, kind_of

types = pa.types

_EXACT = pa.decimal128(20, 0)  # holds every 64-bit integer, signed or not
_MOMENT = pa.timestamp("us")
_COMPARE: dict[str, Any] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_ARITHMETIC: dict[str, Any] = {"+": pc.add, "-": pc.subtract, "*": pc.multiply}
_MATCH: dict[str, Callable[[pa.Array, str], pa.Array]] = {
    "contains": lambda a, p: pc.match_substring(a, p),
    "icontains": lambda a, p: pc.match_substring(a, p, ignore_case=True),
    "matches": lambda a, p: pc.match_substring_regex(a, p),
    "starts with": lambda a, p: pc.starts_with(a, p),
    "ends with": lambda a, p: pc.ends_with(a, p),
}

Operand = Any
"""pa.Array | pa.Scalar, which carry no type information."""


class Evaluator:
    """Values of the parts of expressions over n rows.

    Args:
        n: Number of rows.
        column: The array (n values) behind a name.
        share: Nodes whose values are kept, because they will be asked for again.
    """

    def __init__(
        self, n: int, column: Callable[[str], pa.Array], *, share: Iterable[s.Node] = ()
    ) -> None:
        self.n = n
        self.column = column
        self.loaded: dict[str, pa.Array] = {}
        self.share = {id(node): node for node in share}
        self.kept: dict[int, pa.Array] = {}

    def values(self, node: s.Node) -> pa.Array:
        """The value of `node` on every row, shape (n,)."""
        if id(node) not in self.share:
            return self._values(node)
        if id(node) not in self.kept:
            self.kept[id(node)] = self._values(node)
        return self.kept[id(node)]

    def _values(self, node: s.Node) -> pa.Array:
        match node:
            case s.Literal(value=value):
                return pa.repeat(_scalar(value), self.n)
            case s.Name(name=name):
                if name not in self.loaded:
                    self.loaded[name] = normal(self.column(name))
                return self.loaded[name]
            case s.RowSet():
                return self.column(str(node))
            case s.Arithmetic(op=op, left=left, right=right):
                return self._arithmetic(op, self.values(left), self.values(right))
            case s.Negative(operand=operand):
                return pc.negate(_float(self.values(operand)))
            case s.Call():
                return self._call(node)
            case _:
                return self._truth(node)

    def _truth(self, node: s.Node) -> pa.Array:
        """A condition on every row: bool, null where it cannot be said."""
        match node:
            case s.Logic(op=op, operands=operands):
                join = pc.and_kleene if op == "and" else pc.or_kleene
                result = self._boolean(operands[0])
                for operand in operands[1:]:
                    result = join(result, self._boolean(operand))
                return result
            case s.Not(operand=operand):
                return pc.invert(self._boolean(operand))
            case s.Compare(op=op, left=left, right=right):
                return self._compare(op, self._operand(left), self._operand(right))
            case s.Between(operand=operand, low=low, high=high):
                values = self._operand(operand)
                return pc.and_kleene(
                    self._compare(">=", values, self._operand(low)),
                    self._compare("<=", values, self._operand(high)),
                )
            case s.In(operand=operand, items=items):
                return self._among(self.values(operand), items)
            case s.Member(item=item, container=container):
                return self._member(self.values(container), item)
            case s.Match(op=op, operand=operand, pattern=pattern):
                values = self.values(operand)
                if kind_of(values.type) == LIST:
                    return self._member(values, s.Literal(pattern))
                if types.is_null(values.type):
                    return self._unknown()
                return _MATCH[op](values, pattern)
            case s.IsNull(operand=operand):
                return pc.is_null(self.values(operand))
            case s.Some(column=column):
                return _masked(self._found(node) > 0, self.values(column))
            case _:
                raise AssertionError(node)

    def _boolean(self, node: s.Node) -> pa.Array:
        return self.values(node).cast(pa.bool_())

    def _unknown(self) -> pa.Array:
        return pa.nulls(self.n, pa.bool_())

    def _operand(self, node: s.Node) -> Operand:
        """Literals as one scalar, all else as an array."""
        return _scalar(node.value) if isinstance(node, s.Literal) else self.values(node)

    def _compare(self, op: str, a: Operand, b: Operand) -> pa.Array:
        if types.is_null(a.type) or types.is_null(b.type):
            return self._unknown()
        a, b = _aligned(a, b)
        result = _COMPARE[op](a, b)
        return pa.repeat(result, self.n) if isinstance(result, pa.Scalar) else result

    def _among(self, values: pa.Array, items: tuple[s.Literal, ...]) -> pa.Array:
        """Kleene `in`: a null among the items makes a miss unknown."""
        if types.is_null(values.type):
            return self._unknown()
        wanted = [item.value for item in items if item.value is not None]
        result = _is_in(values, wanted)
        hidden = pc.is_null(values)
        if len(wanted) < len(items):
            hidden = pc.or_(hidden, pc.invert(result))
        return pc.if_else(hidden, pa.scalar(None, pa.bool_()), result)

    def _member(self, lists: pa.Array, item: s.Literal) -> pa.Array:
        """Whether a list holds the item; its null elements match nothing."""
        if types.is_null(lists.type) or item.value is None:
            return self._unknown()
        counts = _hits(lists, _is_in(normal(lists.flatten()), [item.value]))
        return _masked(counts > 0, lists)

    def _arithmetic(self, op: str, a: pa.Array, b: pa.Array) -> pa.Array:
        """In float64; only the remainder of two integers stays an exact integer."""
        if op == "%" and types.is_integer(a.type) and types.is_integer(b.type):
            kinds = {types.is_unsigned_integer(a.type) and a.type.bit_width == 64}
            kinds.add(types.is_unsigned_integer(b.type) and b.type.bit_width == 64)
            if len(kinds) == 1:
                return _remainder(a, b, pa.uint64() if kinds.pop() else pa.int64())
            if _all_positive(a) and _all_positive(b):
                return _remainder(a, b, pa.uint64()).cast(pa.float64(), safe=False)
        a, b = _float(a), _float(b)
        if op == "%":
            return _remainder(a, b, pa.float64())
        if op == "/":
            zero = pc.equal(b, 0.0)
            return normal(pc.divide(a, pc.if_else(zero, pa.scalar(None, pa.float64()), b)))
        return normal(_ARITHMETIC[op](a, b))

    def _found(self, node: s.Some) -> np.ndarray:
        """How many items of each row's list meet the condition."""
        lists = self.values(node.column)
        items = lists.flatten()
        struct = items.type

        def field(name: str) -> pa.Array:
            path = item_path(struct, name)
            assert path is not None
            return below(items, path)

        true = Evaluator(len(items), field).values(node.condition).cast(pa.bool_())
        return _hits(lists, pc.fill_null(true, False))

    def _call(self, node: s.Call) -> pa.Array:
        if isinstance(node.arguments[0], s.Some):
            some = node.arguments[0]
            return _masked(self._found(some), self.values(some.column))
        first = self.values(node.arguments[0])
        empty = types.is_null(first.type)
        match node.function:
            case "lower" | "upper":
                change = pc.utf8_lower if node.function == "lower" else pc.utf8_upper
                return pa.nulls(self.n, pa.string()) if empty else change(first)
            case "abs":
                return pc.abs(_float(first))
            case "coalesce":
                return self._coalesce(first, self.values(node.arguments[1]))
            case "has":
                if empty:
                    return self._unknown()
                return _masked(self._labelled(first, node) > 0, first)
            case _ if empty:
                return pa.nulls(self.n, pa.int64())
            case "count" if len(node.arguments) > 1:
                return _masked(self._labelled(first, node), first)
            case _ if kind_of(first.type) in (LIST, SPANS):
                return pc.list_value_length(first).cast(pa.int64())
            case _:
                return pc.utf8_length(first).cast(pa.int64())

    def _labelled(self, spans: pa.Array, node: s.Call) -> np.ndarray:
        """How many spans of each row have one of the labels."""
        labels = [a.value for a in node.arguments[1:] if isinstance(a, s.Literal)]
        return _labelled(spans, labels)

    def _coalesce(self, a: pa.Array, b: pa.Array) -> pa.Array:
        if types.is_null(a.type) or types.is_null(b.type):
            return b if types.is_null(a.type) else a
        a, b = _aligned(a, b)
        if types.is_string(a.type) or types.is_large_string(a.type):
            a, b = a.cast(pa.large_string()), b.cast(pa.large_string())
        return pc.coalesce(a, b)


def below(column: pa.Array | pa.ChunkedArray, path: tuple[str, ...]) -> Any:
    """What a path below a column leads to: a field of a struct, or the number of spans of a label.

    Null where anything on the way is.
    """
    if not path:
        return column
    if kind_of(column.type) != SPANS:
        return below(pc.struct_field(column, path[0]), path[1:])
    if isinstance(column, pa.ChunkedArray):
        parts = [below(chunk, path) for chunk in column.chunks]
        return pa.chunked_array(parts, pa.int64())
    return _masked(_labelled(column, [path[0]]), column)


def normal(array: pa.Array) -> pa.Array:
    """A column in the form that evaluation works on: plain types, and NaN ("no value") as null."""
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if types.is_string_view(kind):
        return array.cast(pa.large_string())
    if types.is_decimal(kind):
        array = array.cast(pa.float64(), safe=False)
    elif types.is_timestamp(kind) or types.is_date(kind):
        # Beyond the years 1677 to 2262 nanoseconds do not fit, and literals have none.
        return array.cast(_MOMENT, safe=False)
    elif types.is_float16(kind):
        array = array.cast(pa.float32())
    if types.is_floating(array.type) and pc.any(pc.is_nan(array), min_count=0).as_py():
        return pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array


def _scalar(value: s.Value) -> pa.Scalar:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 2**63:
        return pa.scalar(value, pa.uint64())
    return pa.scalar(value)


def _float(array: Operand) -> Operand:
    return array.cast(pa.float64(), safe=False)


def _aligned(a: Operand, b: Operand) -> tuple[Operand, Operand]:
    """Both sides in one type that compares exactly, or as exactly as floats do."""
    if types.is_timestamp(a.type) or types.is_timestamp(b.type):
        return _moment(a), _moment(b)
    if types.is_integer(a.type) and types.is_integer(b.type):
        wide = [types.is_uint64(a.type), types.is_uint64(b.type)]
        if all(wide) or not any(wide):
            return a, b
        for scalar, other in ((a, b), (b, a)):
            if isinstance(scalar, pa.Scalar) and scalar.as_py() >= 0:
                scalar = scalar.cast(pa.uint64())
                return (other, scalar) if other is a else (scalar, other)
        return a.cast(_EXACT), b.cast(_EXACT)
    if types.is_floating(a.type) or types.is_floating(b.type):
        # A literal next to a float32 column is rounded as the column's values were: 0.7 >= 0.7.
        for literal, other in ((a, b), (b, a)):
            if isinstance(literal, pa.Scalar) and types.is_float32(other.type):
                rounded = _float(literal).cast(pa.float32(), safe=False)
                return (other, rounded) if other is a else (rounded, other)
        return _float(a), _float(b)
    return a, b


def _moment(side: Operand) -> Operand:
    if types.is_timestamp(side.type):
        return side
    if isinstance(side, pa.Scalar):
        return pa.scalar(instant(side.as_py()), _MOMENT)
    moments = [None if text is None else instant(text) for text in side.to_pylist()]
    return pa.array(moments, _MOMENT)


def _is_in(values: pa.Array, wanted: list[Any]) -> pa.Array:
    """Plain `in`, never null, for values in normal form."""
    kind = values.type
    if types.is_null(kind):
        return pa.repeat(False, len(values))
    if kind_of(kind) == TIME:
        wanted = [instant(item) for item in wanted]
    elif types.is_integer(kind):
        low, high = _limits(kind)
        wanted = [int(item) for item in wanted if item == int(item) and low <= item <= high]
    elif types.is_floating(kind):
        # `is_in` tells -0.0 from 0.0, which are equal: adding zero makes both the latter.
        doubles = pa.array([float(item) + 0.0 for item in wanted], pa.float64())
        values = pc.add(values, pa.scalar(0.0, kind))
        return pc.is_in(values, value_set=doubles.cast(kind, safe=False))
    return pc.is_in(values, value_set=pa.array(wanted, kind))


def _limits(kind: pa.DataType) -> tuple[int, int]:
    if types.is_unsigned_integer(kind):
        return 0, 2**kind.bit_width - 1
    return -(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1


def _labelled(spans: pa.Array, labels: list[Any]) -> np.ndarray:
    return _hits(spans, _is_in(normal(pc.struct_field(spans.flatten(), "label")), labels))


def _hits(lists: pa.Array, hits: pa.Array) -> np.ndarray:
    """How many elements of each list are hits."""
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    return np.bincount(parents[hits.to_numpy(zero_copy_only=False)], minlength=len(lists))


def _masked(values: np.ndarray, like: pa.Array) -> pa.Array:
    """An array of `values`, null where `like` is."""
    return pa.array(values, mask=np.asarray(like.is_null()))


def _all_positive(array: pa.Array) -> bool:
    return bool(pc.all(pc.greater_equal(array, pa.scalar(0, array.type)), min_count=0).as_py())


def _remainder(a: pa.Array, b: pa.Array, kind: pa.DataType) -> pa.Array:
    """The remainder with the sign of the dividend, as in SQL; null for a zero divisor."""
    a, b = a.cast(kind, safe=False), b.cast(kind, safe=False)
    hidden = pc.or_kleene(pc.or_(pc.is_null(a), pc.is_null(b)), pc.equal(b, pa.scalar(0, kind)))
    mask = np.asarray(pc.fill_null(hidden, True))
    dividend = np.asarray(pc.fill_null(a, pa.scalar(0, kind)))
    divisor = np.where(mask, 1, np.asarray(pc.fill_null(b, pa.scalar(1, kind))))
    with np.errstate(invalid="ignore"):
        rest = np.fmod(dividend, divisor.astype(dividend.dtype))
    return normal(pa.array(rest, kind, mask=mask))
