"""How expressions are read: precedence, spelling, errors that point."""

from __future__ import annotations

import contextlib

import pytest
from expressions import conditions, numbers
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.schema import ROW_SETS
from assay.search.expression import parse
from assay.search.syntax import Logic, Not, RowSet, describe


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a or b and not c", "a or (b and (not c))"),
        ("not a == b", "not (a == b)"),
        ("a + b * c - d", "(a + (b * c)) - d"),
        ("a - b - c", "(a - b) - c"),
        ("-a * b", "(-a) * b"),
        ("a - -2", "a - (-2)"),
        ("a = 1 AND b <> 2", "a == 1 and b != 2"),
        ("3 <= x <= 10", "x between 3 and 10"),
        ("10 >= x >= 3", "x between 3 and 10"),
        ("3 < x < 10", "3 < x and x < 10"),
        ("x not in ('a', \"b\",)", 'not (x in ["a", "b"])'),
        ("x is not null", "not (x is null)"),
        ("x not between 1 and 2 or y", "(not (x between 1 and 2)) or y"),
        ("a and (b and c)", "a and b and c"),
        ("1_000 < words", "1000 < words"),
        ("TRUE or Null is NULL", "true or null is null"),
        (
            "text starts with 'a' and text ends with 'b'",
            '(text starts with "a") and text ends with "b"',
        ),
        ("contains contains 'x'", '(contains) contains "x"'),
        ("`words` > 5", "words > 5"),
        ("meta.`url` > 5", "`meta.url` > 5"),
    ],
)
def test_two_spellings_of_one_meaning(written, meant):
    assert parse(written) == parse(meant)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a - (b - c)", "a - b - c"), ("(a == b) == c", "a == (b == c)"), ("x == 1", "x == 1.0"),
     ("x == 1", "x == true"), ("(not a) == b", "not a == b"), ("(a or b) and c", "a or b and c")],
)  # fmt: skip
def test_different_meanings_stay_different(one, other):
    assert parse(one) != parse(other)


def test_names_in_order_each_once():
    text = (
        "text.stats@datatrove.words > 5 and `weird column` and words < text.stats@datatrove.words"
    )
    assert parse(text).names == ("text.stats@datatrove.words", "weird column", "words")


def test_conjuncts_are_the_conditions_that_all_must_hold():
    parts = parse("a > 1 and (b or c) and not d").conjuncts()
    assert [str(p) for p in parts] == ["a > 1", "b or c", "not d"]
    assert [p.names for p in parts] == [("a",), ("b", "c"), ("d",)]
    assert parse("a or b").conjuncts() == (parse("a or b"),)


def test_string_escapes_keep_regular_expressions_readable():
    assert parse(r'''x matches "\d+\.\w"''').root.pattern == r"\d+\.\w"
    assert parse(r'''x == "a\"b\\c\nd\u00e9"''').root.right.value == 'a"b\\c\ndé'
    assert parse(r"x == 'it''s'".replace("''", r"\'")).root.right.value == "it's"


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("words > ", 8, "Expected a value"),
        ("words > 5 lines", 10, "an operator or the end"),
        ("(words > 5", 10, "')' to close"),
        ("words > 5 && x", 10, "write 'and'"),
        ("words in ()", 10, "at least one value"),
        ("words in (a)", 10, "numbers and strings only"),
        ("lenn(x) > 5", 0, "write len(...)"),
        ("len(x, y) > 5", 0, "len() has 2 arguments"),
        ("x matches '('", 10, "missing )"),
        ("x matches '(?=a)'", 10, "RE2"),
        ("x contains y", 11, "a string in quotes"),
        ("x between 1 or 2", 12, "'and' and the upper end"),
        ("a < b in (1)", 6, "'and' or 'or' after a comparison"),
        ("'open", 0, "close the string"),
        ("x == 1e999", 5, "too large"),
        ("a..b", 2, "not complete"),
        ("has(spans, 5)", 11, "labels in quotes"),
        ("has(spans)", 0, "1 arguments"),
        ("language in allowed", 0, "Only a literal"),
    ],
)
def test_errors_point_at_the_place(text, position, says):
    with pytest.raises(UsageError) as caught:
        parse(text)
    error = caught.value
    assert says in str(error)
    assert error.facts["position"] == position
    lines = error.what.splitlines()
    assert lines[1] == f"  {text}"
    assert lines[2] == " " * (2 + position) + "^"


def test_the_caret_stands_under_wide_characters_too():
    with pytest.raises(UsageError) as caught:
        parse("言語 == 'ja' or")
    assert caught.value.what.splitlines()[2] == " " * (2 + len("言語 == 'ja' or") + 2) + "^"


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_no_expression(text):
    with pytest.raises(UsageError, match="empty"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "not " * 2000 + "x", "-" * 5000 + "x", "1" + "+1" * 4000, "x" + "[" * 3000,
     "len(" * 2000, "(" * 199 + "1" + ("+1" * 150 + ")") * 30, "x in (" * 1000,
     "a between " * 900, "9" * 9000, "a." * 4999 + "a " * 2, "x" * 10_001,
     "x matches '" + "a" * 1001 + "'", "x matches '((a{100}){100}){100}'", "`" * 9999],
)  # fmt: skip
def test_hostile_size_is_refused(text):
    with pytest.raises(UsageError):
        parse(text)


def test_many_conditions_are_not_deep():
    expression = parse(" and ".join(["a > 1"] * 1000))
    assert len(expression.conjuncts()) == 1000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tag:good and not view:seen", "tag:\"good\" and (not view:'seen')"),
        ("tag:to be seen", 'tag:"to be seen"'),
        ("not tag:to be seen", 'not tag:"to be seen"'),
        ("dropped:clean/words > 5 and ok", 'dropped:"clean/words > 5 and ok"'),
        ('dropped:"clean/a" or x', "(dropped:clean/a) or x".replace("clean/a", '"clean/a"')),
        ("(tag:a or tag:b) and finding:0f", '(tag:a or tag:b) and (finding:"0f")'),
        ("obj(a == 1)", "obj(objects, a == 1)"),
        ("OBJ(boxes, a == 1 and b)", "obj(`boxes`, (a == 1) and b)"),
        ("count(obj(a == 1)) >= 3", "count(obj(objects, a == 1)) >= 3"),
    ],
)
def test_two_spellings_of_rows_and_objects(written, meant):
    assert parse(written) == parse(meant)


def test_rows_by_name_are_what_an_expression_reads():
    expression = parse('tag:good and (words > 5 or not tag:"a b") and obj(area > 5)')
    assert expression.names == ("tag:good", "words", 'tag:"a b"', "objects")
    assert [(r.kind, r.name) for r in expression.row_sets] == [("tag", "good"), ("tag", "a b")]


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("tag: and x", 4, "needs a name"),
        ('tag:""', 4, "needs a name"),
        ("tags:a", 4, "Cannot read ':'"),
        ("obj()", 4, "Expected a value"),
        ("obj(a == 1, b == 2)", 6, "stands the column"),
        ("obj(a == 1", 10, "to close obj"),
        ("tag:a tag:b and c", 6, "an operator or the end"),
    ],
)
def test_a_mistake_about_rows_or_objects_is_shown_where_it_is(text, at, says):
    with pytest.raises(UsageError, match=says) as caught:
        parse(text)
    assert caught.value.facts["position"] == at


@given(st.sampled_from(ROW_SETS), st.text(min_size=1, max_size=20))
def test_any_name_of_rows_survives_describing(kind, name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    node = RowSet(kind, name)
    assert parse(describe(node)).root == node
    both = Logic("and", (node, Not(node)))
    assert parse(describe(both)).root == both


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UsageError):
        parse(text)


_WORDS = "and or not in is null between contains x a.b `q r` 1 2.5e3 's' true @ . ' ( ) [ ] , + - *"
_PIECES = [
    *_WORDS.split(" "),
    "starts with",
    "matches",
    '"t"',
    "%",
    "/",
    "==",
    "<=",
    "len(",
    "has(",
    "obj(",
    "count(",
    "tag:good",
    'view:"a b"',
    "dropped:v/a",
    "selection:",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join))
def test_any_tokens_are_read_or_refused_and_what_is_read_survives_describing(text):
    try:
        expression = parse(text)
    except UsageError:
        return
    assert parse(expression.describe()) == expression
    assert parse(expression.describe()).describe() == expression.describe()


@given(conditions | numbers)
def test_describing_and_parsing_gives_the_same_tree(node):
    assert parse(describe(node)).root == node
