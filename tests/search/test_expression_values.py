"""What expressions mean, on rows with missing values, and which mixtures are refused."""

from __future__ import annotations

import math
from datetime import date, datetime

import expressions
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.search import names
from assay.search.expression import Expression, bind, evaluate, parse
from assay.search.syntax import describe


def value(text: str, **columns: object) -> list[object]:
    """The expression over a table of the columns given."""
    table = pa.table(
        {name: v if isinstance(v, pa.Array) else pa.array(v) for name, v in columns.items()}
    )
    return evaluate(parse(text), table, resolve=names.resolver(table.schema, {})).to_pylist()


def test_a_missing_value_makes_a_comparison_unknown():
    assert value("x > 1", x=[0, 2, None]) == [False, True, None]
    assert value("x > 1 or true", x=[0, None]) == [True, True]
    assert value("x > 1 and false", x=[2, None]) == [False, False]
    assert value("not x > 1", x=[0, 2, None]) == [True, False, None]
    assert value("x is null", x=[0, None]) == [False, True]
    assert value("x in (1, null)", x=[1, 2, None]) == [True, None, None]
    assert value("coalesce(x, 0) > 1", x=[2, None]) == [True, False]
    assert value("x == null", x=[1, None]) == [None, None]


def test_nan_is_a_missing_value():
    assert value("x > 1", x=[2.0, math.nan]) == [True, None]
    assert value("x is null", x=[2.0, math.nan]) == [False, True]


def test_division_is_true_division_and_by_zero_is_missing():
    assert value("x / 2", x=[7, None]) == [3.5, None]
    assert value("1 / x", x=[0, 4]) == [None, 0.25]
    assert value("x % 0", x=[5]) == [None]
    assert value("x % 3", x=[7, -7]) == [1, -1]
    assert value("x % 10", x=pa.array([2**64 - 1], pa.uint64())) == [5]


def test_integers_compare_exactly_up_to_64_bits():
    big = 2**63 - 1
    assert value("x == 9223372036854775806", x=[big, big - 1]) == [False, True]
    unsigned = pa.array([2**64 - 1, 0], pa.uint64())
    assert value("x == 18446744073709551615", x=unsigned) == [True, False]
    assert value("x > -1", x=unsigned) == [True, True]
    assert value("x > y", x=unsigned, y=[-1, 1]) == [True, False]
    assert value("x < 1000", x=pa.array([5], pa.int8())) == [True]


def test_a_float32_column_meets_the_number_that_was_written():
    assert value("x >= 0.7 and x == 0.7 and x in (0.7)", x=pa.array([0.7], pa.float32())) == [True]


def test_texts():
    text = ["Lorem ipsum", "über", None, ""]
    assert value('t contains "ipsum"', t=text) == [True, False, None, False]
    assert value('t contains "lorem"', t=text) == [False, False, None, False]
    assert value('t icontains "lorem"', t=text) == [True, False, None, False]
    assert value(r't matches "^\w+ \w+$"', t=text) == [True, False, None, False]
    assert value('t starts with "ü"', t=text) == [False, True, None, False]
    assert value("len(t)", t=text) == [11, 4, None, 0]
    assert value('upper(t) == "ÜBER"', t=text) == [False, True, None, False]
    assert value('t == "a"', t=pa.array(["a", "b", None]).dictionary_encode()) == [
        True,
        False,
        None,
    ]
    assert value('t contains "a"', t=pa.array(["a"], pa.string_view())) == [True]


def test_spans_and_lists():
    spans = pa.array(
        [[{"label": "email"}, {"label": "key"}], [], None],
        pa.list_(pa.struct([("label", pa.string())])),
    )
    assert value('has(s, "key")', s=spans) == [True, False, None]
    assert value('has(s, "name", "email")', s=spans) == [True, False, None]
    assert value('count(s, "key")', s=spans) == [1, 0, None]
    assert value("count(s)", s=spans) == [2, 0, None]
    assert value('has(s, "key")', s=spans[1:]) == [False, None]
    topics = [["a", None], [], None]
    assert value('"a" in t', t=topics) == [True, False, None]
    assert value('t contains "a"', t=topics) == [True, False, None]
    assert value("t contains 2", t=[[1, 2], [3]]) == [True, False]
    assert value("len(t)", t=pa.array([[1, 2], None], pa.list_(pa.int8(), 2))) == [2, None]


def test_struct_fields_and_odd_names():
    assert value('meta.url == "x"', meta=[{"url": "x"}, None]) == [True, None]
    assert value("`weird column` > 1", **{"weird column": [2]}) == [True]
    assert value("`a.b` > 1", **{"a.b": [2]}) == [True]


def test_dates_compare_with_written_dates():
    moments = pa.array([datetime(2024, 5, 31, 12), None], pa.timestamp("us"))
    assert value('t > "2024-05-31"', t=moments) == [True, None]
    assert value('t == "2024-05-31T14:00:00+02:00"', t=moments) == [True, None]
    zoned = moments.cast(pa.timestamp("ns", "Europe/Berlin"))
    assert value('t == "2024-05-31T12:00:00Z"', t=zoned) == [True, None]
    days = pa.array([date(2024, 5, 31)], pa.date32())
    assert value('t in ("2024-05-31")', t=days) == [True]
    assert value('t between "2024-01-01" and "2024-12-31"', t=days) == [True]


def test_a_literal_fills_the_column():
    assert value("true", x=[1, 2]) == [True, True]
    assert value("1 < 2", x=[1, 2]) == [True, True]


@pytest.mark.parametrize("text", ["x > 1", 'has(s, "a")', "true", "len(t) % 2 == 1", '"a" in l'])
def test_no_rows_give_no_values(text):
    schema = pa.schema(
        {"x": pa.int64(), "s": expressions.SPANS, "t": pa.string(), "l": pa.list_(pa.string())}
    )
    assert evaluate(parse(text), schema.empty_table()).to_pylist() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('words > "5"', "without quotes"),
        ("language == 5", "in quotes"),
        ("language and true", "language (string)"),
        ("words + language > 5", "'+' works on numbers"),
        ("spans == 5", 'has(x, "label")'),
        ("topics > 5", "Only single values"),
        ("`odd name` > true", "no order"),
        ("words contains 'a'", "searches texts"),
        ("topics contains 5", "cannot be an item"),
        ("has(topics, 'a')", "has() takes spans"),
        ("len(words) > 5", "len() takes"),
        ("wrods > 5", "write words"),
        ("odd > 5", "no column or signal"),
        ("language in ('en', 5)", "Cannot compare"),
    ],
)
def test_kinds_that_do_not_fit_are_refused_before_anything_runs(text, says):
    with pytest.raises(UsageError) as caught:
        bind(parse(text), expressions.SCHEMA, resolve=names.resolver(expressions.SCHEMA, {}))
    assert says in str(caught.value)
    assert "^" in caught.value.what


def test_a_written_date_has_to_be_one():
    schema = pa.schema({"t": pa.timestamp("us")})
    with pytest.raises(UsageError, match="is no date"):
        bind(parse("t > 'yesterday'"), schema)


def test_a_rule_has_to_be_a_condition():
    schema = pa.schema({"words": pa.int64()})
    with pytest.raises(UsageError, match="true or false"):
        bind(parse("words + 1"), schema, truth=True)


def test_zero_is_among_the_zeros_whatever_their_sign():
    assert value("score in (-0.0)", score=[0.0, -0.0, 1.0, None]) == [True, True, False, None]
    assert value("score in (0, 2)", score=[-0.0, 2.0]) == [True, True]


def test_checking_deep_calls_is_quick():
    text = "coalesce(" * 60 + "words" + ", 1)" * 60 + " > 1"
    assert value(text, words=[2, None]) == [True, False]


@settings(max_examples=300, deadline=None)
@given(expressions.conditions, st.lists(expressions.rows, min_size=1, max_size=6))
def test_every_condition_means_what_plain_python_says(node, rows):
    table = expressions.table(rows)
    expected = [expressions.meaning(node, row) for row in table.to_pylist()]
    assert evaluate(Expression(describe(node), node), table).to_pylist() == expected


@settings(max_examples=100, deadline=None)
@given(
    expressions.conditions | expressions.numbers,
    st.lists(expressions.rows, min_size=2, max_size=8),
    st.data(),
)
def test_chunks_slices_and_batches_change_nothing(node, rows, data):
    table = expressions.table(rows)
    expression = Expression(describe(node), node)
    whole = evaluate(expression, table)
    cut = data.draw(st.integers(0, len(rows)))
    chunked = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert evaluate(expression, chunked).equals(whole)
    assert evaluate(expression, table.slice(cut)).equals(whole.slice(cut))
    batch = table.combine_chunks().to_batches()[0]
    assert evaluate(expression, batch.slice(cut)).equals(whole.slice(cut))
