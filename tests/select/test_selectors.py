"""Selectors: duplicates, leaked evaluation items, samples."""

from __future__ import annotations

import io
import json

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import registry
from assay.errors import InputError, UsageError
from assay.select.decontaminate import decontaminate
from assay.select.dedup import exact, near
from assay.select.rules import compile_rules, judge
from assay.select.sample import sample
from assay.testing.finders import MemoryRows, with_signals

WORDS = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)]


def texts(*values: str | None) -> MemoryRows:
    table = pa.table(
        {"id": [f"r{i}" for i in range(len(values))], "text": pa.array(values, pa.string())}
    )
    return MemoryRows(with_signals(table, "text.minhash", "text.stats"))


def line(first: int, last: int) -> str:
    return " ".join(WORDS[first:last])


def test_one_of_each_set_of_equal_contents_stays():
    table = pa.table(
        {"id": ["a", "b", "c", "d", "e"], "content_id": ["x", "y", "x", None, None],
         "score": [1.0, 2.0, 3.0, None, None]}
    )  # fmt: skip
    first = exact(MemoryRows(table))
    assert first.keep.to_pylist() == [True, True, False, True, True]
    assert first.value.to_pylist() == [2, 1, 2, 1, 1]
    assert first.reason.to_pylist() == [None, None, "same content as a", None, None]
    best = exact(MemoryRows(table), keep="best", by="score")
    assert best.keep.to_pylist() == [False, True, True, True, True]
    least = exact(MemoryRows(table), keep="best", by="-score")
    assert least.keep.to_pylist() == [True, True, False, True, True]


def test_the_longest_near_duplicate_stays_and_the_others_name_it():
    rows = texts(line(0, 100), line(0, 104), line(150, 250), None, line(0, 102))
    found = near(rows)
    assert found.keep.to_pylist() == [False, True, True, True, False]
    # Of the 100 5-grams of r1, r0 has 96 and r4 has 98.
    assert found.value.to_pylist() == [pytest.approx(0.96), None, None, None, pytest.approx(0.98)]
    assert found.reason.to_pylist()[0] == "near duplicate of r1"
    assert near(rows, keep="first").keep.to_pylist() == [True, False, True, True, False]


def test_a_chain_of_similar_texts_loses_no_text_that_has_no_similar_one_left():
    # Each text has 0.86 of the 5-grams of the next one, and 0.73 of those of the one after that.
    rows = texts(*[line(8 * i, 100 + 8 * i) for i in range(6)])
    found = near(rows, keep="first")
    kept = [i for i, keep in enumerate(found.keep.to_pylist()) if keep]
    assert len(kept) > 1
    assert min(v for v in found.value.to_pylist() if v is not None) >= 0.8


def test_real_near_duplicates_each_name_a_row_that_stays(shared_data):
    packed = shared_data("near_duplicates/doc_revisions.jsonl.zst").read_bytes()
    raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)).read()
    pairs = [json.loads(row) for row in raw.decode().splitlines()[:200]]
    values = [pair[side] for pair in pairs for side in ("text_a", "text_b")]
    rows = texts(*values)
    found = near(rows)
    kept = {f"r{i}" for i, keep in enumerate(found.keep.to_pylist()) if keep}
    dropped = [r for r in found.reason.to_pylist() if r is not None]
    assert len(kept) + len(dropped) == len(values)
    assert len(dropped) > len(pairs) / 10
    assert all(reason.removeprefix("near duplicate of ") in kept for reason in dropped)
    assert all(v >= 0.8 for v in found.value.drop_null().to_pylist())


@pytest.mark.parametrize(
    ("params", "says"),
    [({"keep": "worst"}, "cannot be 'worst'"), ({"keep": "best"}, "needs 'by'"),
     ({"keep": "best", "by": "content_id"}, "cannot be ranked")],
)  # fmt: skip
def test_what_is_best_has_to_be_said(params, says):
    table = pa.table({"id": ["a"], "content_id": ["x"]})
    with pytest.raises(UsageError, match=says):
        exact(MemoryRows(table), **params)


def test_texts_with_evaluation_items_are_dropped(tmp_path):
    file = tmp_path / "test.jsonl"
    file.write_text(
        f'{{"question": "{line(0, 30)}", "answer": "4"}}\n{{"question": "{line(40, 70)}"}}\n'
    )
    rows = texts("all clean here", "before " + line(40, 70) + " after", line(0, 20), None)
    found = decontaminate(rows, against=str(file))
    assert found.keep.to_pylist() == [True, False, False, True]
    assert found.value.to_pylist() == [0, 1, pytest.approx(20 / 30), 0]
    assert found.reason.to_pylist()[1] == "has 100 % of test.jsonl, row 2"
    strict = decontaminate(rows, against=[str(file)], field="question", threshold=0.7)
    assert strict.keep.to_pylist() == [True, False, True, True]


def test_an_evaluation_set_is_read_whole_or_refused(tmp_path):
    file = tmp_path / "test.jsonl"
    rows = texts("one")
    with pytest.raises(UsageError, match="needs the files"):
        decontaminate(rows)
    with pytest.raises(UsageError, match="no evaluation file"):
        decontaminate(rows, against=str(file))
    file.write_text('{"a": "x", "b": "y"}\n')
    with pytest.raises(UsageError, match="field: COLUMN"):
        decontaminate(rows, against=str(file))
    file.write_text('{"question": "x"}\n{"question": broken\n')
    with pytest.raises(InputError, match="cannot be read"):
        decontaminate(rows, against=str(file))


def _ids(n: int, **columns: object) -> MemoryRows:
    return MemoryRows(pa.table({"id": [f"row{i}" for i in range(n)], **columns}))


def test_a_sample_is_the_same_each_time_and_in_any_order():
    once = sample(_ids(1000), n=100)
    assert sum(once.keep.to_pylist()) == 100
    turned = MemoryRows(_ids(1000).table("id").take(pa.array(np.arange(1000)[::-1])))
    assert sample(turned, n=100).keep.to_pylist()[::-1] == once.keep.to_pylist()
    assert sample(_ids(1000), n=100, seed=1).keep != once.keep
    # A fair draw: the mean of 1000 uniform numbers is 0.5 within five standard errors.
    assert np.mean(once.value.to_numpy()) == pytest.approx(0.5, abs=5 * 0.289 / 1000**0.5)


def test_a_larger_sample_contains_the_smaller():
    small, large = (np.asarray(sample(_ids(500), n=n).keep) for n in (50, 200))
    assert (small <= large).all()


def test_strata_get_their_share_or_as_many_each():
    kinds = pa.array(["a"] * 60 + ["b"] * 30 + [None] * 10)

    def counts(**params: object) -> list[int]:
        keep = np.asarray(sample(_ids(100, kind=kinds), stratify="kind", **params).keep)
        return [int(part.sum()) for part in (keep[:60], keep[60:90], keep[90:])]

    assert counts(n=50) == [30, 15, 5]
    assert counts(fraction=0.1) == [6, 3, 1]
    assert counts(per_stratum=20) == [20, 20, 10]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(0, 50))
def test_a_sample_has_the_size_asked_for(kinds, n):
    rows = _ids(len(kinds), kind=pa.array(kinds, pa.string()))
    for stratify in (None, "kind"):
        assert sum(sample(rows, n=n, stratify=stratify).keep.to_pylist()) == min(n, len(kinds))


@pytest.mark.parametrize(
    "params",
    [{}, {"n": 5, "fraction": 0.1}, {"fraction": 2}, {"n": -1}, {"n": 1.5}, {"per_stratum": 3}],
)
def test_a_sample_needs_one_size(params):
    with pytest.raises(UsageError):
        sample(_ids(3), **params)


def test_an_earlier_rule_decides_which_duplicate_can_stay():
    rows = texts(line(0, 104), line(0, 100), line(150, 250))
    found = judge(compile_rules(["stats.words <= 100", {"select": "dedup.near"}]), rows)
    assert found.keep.to_pylist() == [False, True, True]


@pytest.mark.parametrize("name", ["dedup.exact", "dedup.near", "decontaminate", "sample"])
def test_selectors_are_registered_with_a_summary(name):
    assert registry.get("selector", name).summary.endswith(".")
