"""Verdicts: every rule on every row, counted, stored and explained."""

from __future__ import annotations

import json
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.select.conditions import column
from assay.select.rules import compile_rules, explain_row, judge
from assay.testing.finders import MemoryRows

SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))
KEY = {"start": 0, "end": 3, "label": "key"}
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "text": pa.string(),
        "language": pa.dictionary(pa.int32(), pa.string()),
        "meta": pa.struct([("url", pa.string())]),
        "toxicity": pa.float32(),
        "text_stats__words": pa.int32(),
        "text_stats__lines": pa.int32(),
        "text_pii__spans": SPANS,
    }
)
ROWS = [
    ("a", "one two", "en", {"url": "x"}, 0.7, 60, 6, []),
    ("b", "three", "de", None, 0.1, 12, 0, [KEY, KEY]),
    ("c", None, None, {"url": None}, math.nan, None, None, None),
    ("d", "x" * 500, "en", {"url": "y"}, 0.9, 500, 10, [KEY]),
]


def rows(values=ROWS) -> MemoryRows:
    return MemoryRows(
        pa.Table.from_pylist([dict(zip(SCHEMA.names, v, strict=True)) for v in values], SCHEMA)
    )


def verdicts(*entries):
    return judge(compile_rules(entries), rows())


def test_every_rule_judges_every_row():
    found = verdicts("stats.words >= 50", {"drop": 'has(pii.spans, "key")', "name": "no keys"})
    assert found.keep.to_pylist() == [True, False, False, False]
    assert found.dropped_by.to_pylist() == [
        None, "stats.words >= 50", "stats.words >= 50", "no keys",
    ]  # fmt: skip
    assert found.table[column("rule", "stats.words >= 50")].to_pylist() == [
        True,
        False,
        False,
        True,
    ]
    assert found.table["rule:no keys"].to_pylist() == [True, False, True, False]
    assert found.dropped() == {"stats.words >= 50": 2, "no keys": 1}
    assert found.failing() == {"stats.words >= 50": 2, "no keys": 2}


def test_a_missing_value_is_not_kept_by_keep_and_not_dropped_by_drop():
    assert verdicts("stats.words > 50").keep.to_pylist()[2] is False
    assert verdicts({"drop": "stats.words > 50"}).keep.to_pylist()[2] is True
    assert verdicts("toxicity < 0.8").keep.to_pylist() == [True, True, False, False]


def test_values_are_stored_once_for_each_column_and_typed():
    table = verdicts(
        "words > 5", "text.stats.words < 1000", 'meta.url == "x"', "words / lines between 3 and 60",
        'text contains "one"', "len(text) > 5", 'language in ("en", "fr")',
    ).table  # fmt: skip
    values = {name: table.schema.field(name).type for name in table.schema.names}
    assert values["value:text_stats__words"] == pa.int32()
    assert sum(name == "value:text_stats__words" for name in table.schema.names) == 1
    assert table["value:meta%2Eurl"].to_pylist() == ["x", None, None, "y"]
    assert table["value:words / lines"].to_pylist() == [10.0, None, None, 50.0]
    assert table['value:text contains "one"'].to_pylist() == [True, False, None, False]
    assert table["value:len(text)"].to_pylist() == [7, 5, None, 500]
    assert [v and len(v) for v in table["value:text"].to_pylist()] == [7, 5, None, 200]
    assert not any("." in name for name in table.schema.names)


def test_a_selector_is_asked_about_the_rows_that_are_left():
    found = verdicts({"select": "sample", "n": 1}, "stats.words >= 50")
    one = verdicts("stats.words >= 50", {"select": "sample", "n": 2})
    assert found.failing()["sample"] == 3
    assert one.table["rule:sample"].to_pylist() == [True, None, None, True]
    assert one.table["value:sample"].null_count == 2
    assert one.thresholds == {"sample": {"n": 2}}


def test_no_rules_and_no_rows():
    assert verdicts().keep.to_pylist() == [True] * 4
    empty = judge(compile_rules(["stats.words > 5", {"select": "sample", "n": 1}]), rows([]))
    assert (empty.table.num_rows, empty.dropped()) == (0, {"stats.words > 5": 0, "sample": 0})


EXPLAINED = [
    # rule, row, value, threshold, verdict, reason
    ("stats.words >= 50", 1, 12, 50, "drop", "stats.words is 12, below 50"),
    ("stats.words >= 50", 0, 60, 50, "keep", "stats.words is 60, at least 50"),
    ("50 < stats.words", 1, 12, 50, "drop", "stats.words is 12, not above 50"),
    ("stats.words between 50 and 100", 3, 500, [50, 100], "drop", "stats.words is 500, above 100"),
    ("stats.words between 50 and 100", 1, 12, [50, 100], "drop", "stats.words is 12, below 50"),
    ("words / lines between 3 and 20", 3, 50.0, [3, 20], "drop", "words / lines is 50, above 20"),
    ("words / lines > 3", 1, None, 3, "drop", "no value for words / lines"),
    ("stats.words >= 50", 2, None, 50, "drop", "no value for stats.words"),
    ({"drop": "stats.words >= 50"}, 2, None, 50, "keep", "no value for stats.words"),
    ('language == "en"', 1, "de", "en", "drop", 'language is "de", not "en"'),
    ('language in ("en", "fr")', 1, "de", ["en", "fr"], "drop",
     'language is "de", not one of "en", "fr"'),
    ({"drop": 'has(pii.spans, "key")'}, 1, 2, "key", "drop",
     'pii.spans has 2 spans labelled "key"'),
    ({"drop": 'has(pii.spans, "key")'}, 0, 0, "key", "keep",
     'pii.spans has no span labelled "key"'),
    ('text not contains "one"', 0, "one two", "one", "drop", 'text contains "one"'),
    ("len(text) < 400", 3, 500, 400, "drop", "len(text) is 500, not below 400"),
    ("meta.url is not null", 1, None, None, "drop", "meta.url has no value"),
    ("toxicity >= 0.7", 0, 0.7, 0.7, "keep", "toxicity is 0.7, at least 0.7"),
    ('language == "en" and stats.words > 50', 1, {"language": "de", "stats.words": 12},
     'language == "en" and stats.words > 50', "drop",
     'language is "de", not "en" and stats.words is 12, not above 50'),
    ('language == "en" or stats.words > 50', 0, {"language": "en", "stats.words": 60},
     'language == "en" or stats.words > 50', "keep", 'language is "en"'),
    ("stats.words > lines * 100", 0, 60, "lines * 100", "drop",
     "stats.words is 60, not above lines * 100 (600)"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "row", "value", "threshold", "verdict", "reason"), EXPLAINED)
@pytest.mark.parametrize("stored", [True, False], ids=["from verdicts", "from the row"])
def test_a_row_is_told_why(entry, row, value, threshold, verdict, reason, stored):
    rules = compile_rules([entry])
    source = judge(rules, rows()).table if stored else pa.Table.from_pylist(
        [dict(zip(SCHEMA.names, v, strict=True)) for v in ROWS], SCHEMA
    )  # fmt: skip
    (found,) = explain_row(rules, source.slice(row, 1).to_pylist()[0])
    assert (found.verdict, found.threshold) == (verdict, threshold)
    assert found.value == (pytest.approx(value) if isinstance(value, float) else value)
    assert found.reason == reason
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_selectors_reason_comes_from_the_verdicts():
    rules = compile_rules(["stats.words >= 50", {"select": "sample", "fraction": 0.0}])
    table = judge(rules, rows()).table
    told = [explain_row(rules, row)[1] for row in table.to_pylist()]
    assert (told[0].verdict, told[0].reason) == ("drop", "not drawn into the sample")
    assert told[1].reason == "not asked: an earlier rule drops the row"


_words = st.none() | st.integers(0, 5)
_entries = st.lists(
    st.tuples(
        st.sampled_from(["keep", "drop"]),
        st.sampled_from(["stats.words > 2", "lines <= 3", "stats.words > lines", "lines is null"]),
    ).map(lambda pair: {pair[0]: pair[1]})
    | st.integers(0, 4).map(lambda n: {"select": "sample", "n": n}),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_entries, st.lists(st.tuples(_words, _words), max_size=8))
def test_counts_add_up(entries, numbers):
    values = [(str(i), "t", "en", None, 0.5, w, n, []) for i, (w, n) in enumerate(numbers)]
    rules = compile_rules(entries)
    found = judge(rules, rows(values))
    assert found.kept + sum(found.dropped().values()) == len(values)
    for rule in rules:
        assert found.failing()[rule.name] >= found.dropped()[rule.name]
    for row in found.table.to_pylist():
        told = explain_row(rules, row)
        dropping = [verdict.rule for verdict in told if verdict.verdict == "drop"]
        assert row["keep"] == (not dropping)
        assert row["dropped_by"] == (dropping[0] if dropping else None)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"keep": "words >"}, "Expected a value"),
        ({"kep": "words > 5"}, "needs one of keep, drop, use and select"),
        ({"keep": "words > 5", "threshold": 3}, "unknown key 'threshold'"),
        ({"select": "dedup.neer"}, "no selector called 'dedup.neer'"),
        ({"select": "dedup.near", "treshold": 1}, "no parameter 'treshold'"),
        ({"keep": 5}, "An expression is a text"),
        (5, "A rule cannot be 5"),
    ],
)
def test_entries_that_are_no_rules(entry, says):
    with pytest.raises(UsageError, match=says):
        compile_rules([entry])


def test_names_are_unique():
    rules = compile_rules(["a > 1", "a>1", {"drop": "a > 1"}, {"name": "mine", "keep": "b"}])
    assert [rule.name for rule in rules] == ["a > 1", "a > 1 (2)", "drop a > 1", "mine"]
    with pytest.raises(UsageError, match="Two rules are called 'mine'"):
        compile_rules([{"name": "mine", "keep": "a"}, {"name": "mine", "keep": "b"}])


def test_a_rule_that_is_no_condition_is_refused():
    with pytest.raises(UsageError, match="true or false"):
        verdicts("stats.words + 1")


def test_rules_name_what_they_read():
    rules = compile_rules(
        ["words > 5 and lines < 3", {"select": "dedup.exact", "keep": "best", "by": "-toxicity"}]
    )
    assert [rule.names for rule in rules] == [("words", "lines"), ("toxicity",)]
    assert compile_rules([{"select": "dedup.near"}])[0].needs == ("text.minhash", "text.stats")
    assert compile_rules([{"select": "sample", "n": 3}], seed=7)[0].params == {"n": 3, "seed": 7}


def test_more_rows_than_one_batch_give_the_same_verdicts():
    n = 20_000
    numbers = pa.array(np.arange(n) % 97)
    table = pa.table({"id": pa.array(range(n)).cast(pa.string()), "words": numbers})
    rules = compile_rules(["words > 50", {"drop": "words % 2 == 1"}])
    whole = judge(rules, MemoryRows(table))
    parts = pa.concat_tables([table.slice(i, 5000) for i in range(0, n, 5000)])
    assert judge(rules, MemoryRows(parts)).table.equals(whole.table)
    assert whole.kept == sum(w > 50 and w % 2 == 0 for w in numbers.to_pylist())


def test_a_row_set_needs_a_project_to_say_what_it_means() -> None:
    with pytest.raises(UsageError, match="'not tag:good' cannot be read here"):
        judge(compile_rules([{"keep": "not  tag:good"}]), rows())
