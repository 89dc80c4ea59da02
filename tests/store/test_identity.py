"""Ids: what makes a row the same row again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from assay.store.identity import Encoded, KeySet, Occurrences


def batch(rows: list[dict]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows)


def row_digests(rows: pa.RecordBatch) -> list[bytes]:
    return Encoded.of(rows).row_digests()


def ids(source: str, rows: list[dict]) -> list[bytes]:
    return Occurrences(source).ids(row_digests(batch(rows)))


def test_the_same_rows_of_the_same_source_get_the_same_ids() -> None:
    rows = [{"text": "a", "n": 1}, {"text": "b", "n": 2}]
    assert ids("f.jsonl", rows) == ids("f.jsonl", rows)


def test_the_same_row_in_another_source_is_another_row() -> None:
    assert ids("a.jsonl", [{"text": "x"}]) != ids("b.jsonl", [{"text": "x"}])


def test_identical_rows_of_one_source_stay_apart_by_occurrence() -> None:
    found = ids("f", [{"text": "x"}, {"text": "y"}, {"text": "x"}, {"text": "x"}])
    assert len(set(found)) == 4


def test_a_grown_file_keeps_the_ids_of_its_old_rows() -> None:
    old = [{"text": "x"}, {"text": "x"}]
    assert ids("f", [*old, {"text": "z"}])[:2] == ids("f", old)


def test_occurrences_do_not_depend_on_batch_bounds() -> None:
    rows = [{"text": t} for t in "abcabcaab"]
    digests = row_digests(batch(rows))
    split = Occurrences("f")
    assert split.ids(digests[:4]) + split.ids(digests[4:]) == Occurrences("f").ids(digests)


def test_a_column_that_shows_up_later_changes_no_earlier_id() -> None:
    schema = pa.schema({"a": pa.string(), "b": pa.int8()})
    later = pa.RecordBatch.from_pylist([{"a": "x", "b": None}], schema)
    assert row_digests(batch([{"a": "x"}])) == row_digests(later)


def test_a_column_widened_to_double_changes_no_id() -> None:
    narrow = pa.RecordBatch.from_pydict({"n": pa.array([1, 2], pa.int64())})
    wide = pa.RecordBatch.from_pydict({"n": pa.array([1.0, 2.0], pa.float64())})
    assert row_digests(narrow) == row_digests(wide)


def test_column_names_and_values_do_not_run_into_each_other() -> None:
    one = row_digests(batch([{"a": "1b", "c": "2"}]))
    assert one != row_digests(batch([{"a": "1", "bc": "2"}]))


def test_equal_texts_have_equal_content_ids_and_null_is_not_an_error() -> None:
    texts = ["x", "y" * 1000, "x", None, "y" * 1000]
    encoded = Encoded.of(pa.RecordBatch.from_pydict({"text": texts}))
    first, second, third, empty, fifth = encoded.content_ids("text")
    assert first == third != second == fifth
    assert len(empty) == len(second) == 32


keys = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**64 - 1)), max_size=40)


@given(st.lists(keys, max_size=6))
def test_a_key_set_answers_as_a_set_does(batches: list[list[tuple[int, int]]]) -> None:
    # The low 12 bits of each half are not compared; a hash never relies on them alone.
    expected: set[tuple[int, int]] = set()
    found = KeySet()
    for rows in batches:
        cleared = [(a << 12, b & ~0xFFF) for a, b in rows]
        array = np.array(cleared, np.uint64).reshape(-1, 2)
        assert found.contains(array).tolist() == [row in expected for row in cleared]
        fresh = []
        for row in cleared:
            fresh.append(row not in expected)
            expected.add(row)
        assert found.add(array).tolist() == fresh
    assert len(found) == len(expected)
