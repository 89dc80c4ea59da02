"""Random expressions over a known table, and what they mean in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from assay.search import syntax as s

SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))
SCHEMA = pa.schema(
    {
        "words": pa.int64(),
        "lines": pa.int32(),
        "ratio": pa.float64(),
        "score": pa.float32(),
        "language": pa.string(),
        "text": pa.large_string(),
        "code": pa.dictionary(pa.int32(), pa.string()),
        "odd name": pa.bool_(),
        "topics": pa.list_(pa.string()),
        "spans": SPANS,
        "objects": pa.list_(pa.struct({"category": pa.string(), "area": pa.float64()})),
        "tag:good": pa.bool_(),
    }
)
NUMBERS = ["words", "lines", "ratio", "score"]
TEXTS = ["language", "text", "code"]

words = st.sampled_from(["", "a", "b", "ab", "é", "Ab", "a'b", 'x"y', "a\\b", "%", "a\nb", "日本"])
ints = st.integers(-5, 5)
floats = st.sampled_from([-1.5, -0.0, 0.0, 0.1, 0.5, 0.7, 1.0, 2.0, 1e300, 1e-300])
_labels = st.sampled_from(["email", "key", "name"])


def _maybe(strategy):
    return st.one_of(st.none(), strategy)


rows = st.fixed_dictionaries(
    {
        "words": _maybe(ints),
        "lines": _maybe(ints),
        "ratio": _maybe(floats | st.just(math.nan)),
        "score": _maybe(st.sampled_from([0.0, 0.1, 0.7, 1.0, math.nan, -2.5])),
        "language": _maybe(words),
        "text": _maybe(words),
        "code": _maybe(words),
        "odd name": _maybe(st.booleans()),
        "topics": _maybe(st.lists(_maybe(words), max_size=3)),
        "spans": _maybe(
            st.lists(
                st.fixed_dictionaries({"start": ints, "end": ints, "label": _labels}), max_size=3
            )
        ),
        "objects": _maybe(
            st.lists(
                _maybe(st.fixed_dictionaries({"category": _maybe(words), "area": _maybe(floats)})),
                max_size=3,
            )
        ),
        "tag:good": st.booleans(),
    }
)


def table(values: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(values, schema=SCHEMA)


def _negative(operand: s.Node) -> s.Node:
    # -2 is one literal, whoever writes the minus.
    if isinstance(operand, s.Literal):
        return s.Literal(-operand.value)
    return s.Negative(operand)


literal_numbers = st.builds(s.Literal, ints | floats)
literal_texts = st.builds(s.Literal, words)
names_of_numbers = st.builds(s.Name, st.sampled_from(NUMBERS))
names_of_texts = st.builds(s.Name, st.sampled_from(TEXTS))
numbers = st.recursive(
    names_of_numbers
    | literal_numbers
    | st.builds(lambda n: s.Call("len", (s.Name(n),)), st.sampled_from(["text", "topics", "code"]))
    | st.builds(
        lambda ls: s.Call("count", (s.Name("spans"), *ls)),
        st.lists(st.builds(s.Literal, _labels), max_size=2),
    ),
    lambda inner: st.one_of(
        st.builds(s.Arithmetic, st.sampled_from(["+", "-", "*", "/", "%"]), inner, inner),
        st.builds(_negative, inner),
        st.builds(lambda a: s.Call("abs", (a,)), inner),
        st.builds(lambda a, b: s.Call("coalesce", (a, b)), inner, inner),
    ),
    max_leaves=5,
)
texts = names_of_texts | literal_texts | st.builds(lambda a: s.Call("lower", (a,)), names_of_texts)
_null = st.just(s.Literal(None))
_orders = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_patterns = st.sampled_from(["contains", "icontains", "starts with", "ends with"])


def _flat(op: str, operands: list[s.Node]) -> s.Node:
    flat: list[s.Node] = []
    for operand in operands:
        same = isinstance(operand, s.Logic) and operand.op == op
        flat.extend(operand.operands if same else (operand,))
    return s.Logic(op, tuple(flat))


_classes = st.sampled_from([s.Name("class"), s.Name("category")])
# Conditions on one object: its fields are the names, `class` is found as `category`.
_on_object = st.recursive(
    st.one_of(
        st.builds(s.Compare, _orders, st.just(s.Name("area")), literal_numbers),
        st.builds(s.Compare, _orders, _classes, literal_texts),
        st.builds(s.IsNull, st.just(s.Name("area"))),
    ),
    lambda inner: st.one_of(
        st.builds(_flat, st.just("and"), st.lists(inner, min_size=2, max_size=3)),
        st.builds(s.Not, inner),
    ),
    max_leaves=3,
)
some = st.builds(s.Some, st.just(s.Name("objects")), _on_object) | st.builds(
    lambda start: s.Some(s.Name("spans"), s.Compare(">", s.Name("start"), s.Literal(start))), ints
)
comparisons = st.one_of(
    some,
    st.builds(lambda o, n: s.Compare(">=", s.Call("count", (o,)), s.Literal(n)), some, ints),
    st.just(s.RowSet("tag", "good")),
    st.builds(s.Compare, _orders, numbers, numbers | _null),
    st.builds(s.Compare, _orders, texts, texts),
    st.builds(s.Between, numbers, numbers, numbers),
    st.builds(s.In, numbers, st.lists(literal_numbers | _null, min_size=1, max_size=3).map(tuple)),
    st.builds(s.In, texts, st.lists(literal_texts | _null, min_size=1, max_size=3).map(tuple)),
    st.builds(s.Match, _patterns, texts, words),
    st.builds(s.Member, literal_texts, st.just(s.Name("topics"))),
    st.builds(s.IsNull, numbers | texts),
    st.builds(lambda a: s.Call("has", (s.Name("spans"), s.Literal(a))), _labels),
    st.just(s.Name("odd name")),
    st.builds(s.Literal, st.booleans()),
)


conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(_flat, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(s.Not, inner),
    ),
    max_leaves=6,
)


def meaning(node: s.Node, row: dict[str, object]):
    """What a condition or value is on one row, one Python value at a time."""
    match node:
        case s.Literal(value=value):
            return value
        case s.Name(name=name):
            return known(row[name])
        case s.RowSet():
            return row[str(node)]
        case s.Some():
            found = met(node, row)
            return None if found is None else found > 0
        case s.Logic(op=op, operands=operands):
            values = [meaning(o, row) for o in operands]
            decisive = op == "or"
            return decisive if decisive in values else None if None in values else not decisive
        case s.Not(operand=operand):
            value = meaning(operand, row)
            return None if value is None else not value
        case s.Compare(op=op, left=left, right=right):
            return compare(op, *sides(left, right, row))
        case s.Between(operand=operand, low=low, high=high):
            above = compare(">=", *sides(operand, low, row))
            below = compare("<=", *sides(operand, high, row))
            return False if False in (above, below) else None if None in (above, below) else True
        case s.In(operand=operand, items=items):
            hits = [compare("==", *sides(operand, item, row)) for item in items]
            return True if True in hits else None if None in hits else False
        case s.Member(item=item, container=container):
            inside = meaning(container, row)
            return None if inside is None else item.value in inside
        case s.Match(op=op, operand=operand, pattern=p):
            text = meaning(operand, row)
            if text is None:
                return None
            return {
                "contains": p in text,
                "icontains": p.lower() in text.lower(),
                "starts with": text.startswith(p),
                "ends with": text.endswith(p),
            }[op]
        case s.IsNull(operand=operand):
            return meaning(operand, row) is None
        case s.Negative(operand=operand):
            value = meaning(operand, row)
            return None if value is None else -float(value)
        case s.Arithmetic(op=op, left=left, right=right):
            return arithmetic(op, meaning(left, row), meaning(right, row))
        case s.Call(function="count", arguments=(s.Some() as node,)):
            return met(node, row)
        case s.Call(function=function, arguments=arguments):
            return call(function, [meaning(a, row) for a in arguments])


def met(node: s.Some, row: dict[str, object]):
    """How many items of the row's list meet the condition."""
    items = row[node.column.name]
    if items is None:
        return None
    absent = {"category": None, "area": None, "start": None}
    full = [{**absent, **(item or {})} for item in items]
    return sum(meaning(node.condition, {**i, "class": i["category"]}) is True for i in full)


def sides(a: s.Node, b: s.Node, row: dict[str, object]):
    """Both values, literals rounded to float32 next to a value that is one."""
    x, y = meaning(a, row), meaning(b, row)
    for node, other in ((a, b), (b, a)):
        if isinstance(node, s.Literal) and isinstance(other, s.Name) and other.name == "score":
            with np.errstate(over="ignore"):
                x, y = (None if v is None else float(np.float32(v)) for v in (x, y))
    return x, y


def known(value):
    return None if isinstance(value, float) and math.isnan(value) else value


def compare(op, x, y):
    if x is None or y is None:
        return None
    if isinstance(x, str):
        x, y = x.encode(), y.encode()
    return {"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]


def arithmetic(op, x, y):
    if x is None or y is None or (op in "/%" and y == 0):
        return None
    if op == "%":
        if isinstance(x, int) and isinstance(y, int):
            return int(math.fmod(x, y))
        return None if math.isinf(x) else known(math.fmod(x, y))
    with np.errstate(all="ignore"):
        a, b = np.float64(x), np.float64(y)
        return known(float({"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else a}[op]))


def call(function, values):
    first = values[0]
    if function == "coalesce":
        return values[1] if first is None else first
    if first is None:
        return None
    labels = [s["label"] for s in first] if function in ("has", "count") else []
    if function == "has":
        return any(label in values[1:] for label in labels)
    if function == "count" and len(values) > 1:
        return sum(label in values[1:] for label in labels)
    return {"len": len, "count": len, "lower": str.lower, "abs": abs}[function](first)
