"""Filters pushed to the store select the same rows as evaluation here."""

from __future__ import annotations

import math

import expressions
import lance
import pyarrow as pa
import pytest
from hypothesis import given, settings

from assay.errors import UsageError
from assay.search.expression import Expression, bind, evaluate, parse
from assay.search.sql import to_sql
from assay.search.syntax import describe

ROWS = [
    {"words": w, "lines": n, "ratio": r, "score": c, "language": t, "text": t and t + "b",
     "code": t, "odd name": b, "topics": None, "spans": None}
    for w, n, r, c, t, b in [
        (1, -1, 0.1, 0.7, "a", True), (0, 0, math.nan, math.nan, "", False),
        (None, 2, -1.5, 0.1, "a'b", None), (-5, None, None, None, None, True),
        (5, 5, 1e300, -2.5, "日本", False), (2, 1, 0.5, 1.0, "a\\b", True),
        (3, 3, 0.0, 0.0, "%", False), (-1, 4, 2.0, 0.7, 'x"y', None), (4, -4, -0.0, 0.1, "z", True),
    ]
]  # fmt: skip


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("sql") / "rows.lance"
    table = expressions.table(ROWS)
    return lance.write_dataset(table.append_column("row", pa.array(range(len(ROWS)))), path)


def selected(stored, sql: str) -> list[int]:
    return stored.to_table(columns=["row"], filter=sql)["row"].to_pylist()


@settings(max_examples=150, deadline=None)
@given(node=expressions.conditions)
def test_a_pushed_filter_selects_the_rows_that_evaluation_selects(stored, node):
    table = expressions.table(ROWS)
    expression = bind(Expression(describe(node), node), table.schema)
    sql = to_sql(expression)
    if sql is None:
        return
    expected = [i for i, keep in enumerate(evaluate(expression, table).to_pylist()) if keep]
    assert selected(stored, sql) == expected, sql


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("words > 5", "(`words` > 5)"),
        ('language == "it\'s"', "(`language` = 'it''s')"),
        (
            "ratio > 1",
            "(nanvl(`ratio` + CAST(0.0 AS DOUBLE), CAST(NULL AS DOUBLE)) > CAST(1.0 AS DOUBLE))",
        ),
        (
            "words between 1 and 5 and `odd name`",
            "((`words` >= 1 AND `words` <= 5) AND `odd name`)",
        ),
        ('text contains "a"', "contains(`text`, 'a')"),
    ],
)
def test_what_the_store_is_asked(text, sql):
    assert to_sql(bind(parse(text), expressions.SCHEMA)) == sql


@pytest.mark.parametrize(
    "text", ['text matches "a"', 'has(spans, "a")', "words % 2 == 1", "lines < 99999999999"]
)
def test_what_stays_here(text):
    assert to_sql(bind(parse(text), expressions.SCHEMA)) is None


def test_an_unbound_expression_has_no_sql():
    with pytest.raises(UsageError, match="not bound"):
        to_sql(parse("words > 5"))
