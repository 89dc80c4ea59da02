"""From input columns to stored columns: names, types, and rows that do not fit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.schema import RESERVED
from assay.store.samples import SAMPLE_SCHEMA, conform, map_columns
from assay.store.types import storable


def stored(*names: str, **options) -> list[str]:
    schema = pa.schema([(name, pa.string()) for name in names])
    return map_columns(schema, **options).stored(names)


def test_names_are_kept_but_for_those_that_are_ours() -> None:
    assert stored("url", "id", "source", "text") == ["url", "source_id", "source_source", "text"]


def test_the_text_is_guessed_from_telling_names_and_only_where_there_is_none() -> None:
    assert stored("title", "body") == ["title", "text"]
    assert stored("body", "content") == ["body", "text"]
    assert stored("body", "text") == ["body", "text"]
    assert stored("body", "messages") == ["body", "messages"]
    assert map_columns(pa.schema([("content", pa.int64())])).renames == {}


def test_an_explicit_choice_moves_others_out_of_the_way() -> None:
    assert stored("a", "text", text="a") == ["text", "source_text"]
    assert stored("a", "id", source_id="a") == ["source_id", "source_source_id"]
    with pytest.raises(UsageError, match=r"'c'.*Allowed: a, b"):
        stored("a", "b", text="c")


def test_names_that_the_store_cannot_hold_are_made_plain() -> None:
    assert stored("a.b", "x`y", "", "_rowid", "n\0l") == [
        "a_b",
        "x_y",
        "column",
        "source_rowid",
        "n_l",
    ]
    assert stored("a.b", "a_b") == ["source_a_b", "a_b"]


def test_names_that_mean_rows_in_an_expression_are_made_plain() -> None:
    assert stored("tag:highway", "view:a:b", "vintage:x") == [
        "tag_highway",
        "view_a:b",
        "vintage:x",
    ]
    assert stored("tag:x", "tag_x") == ["source_tag_x", "tag_x"]


def test_input_cannot_pass_for_a_computed_column() -> None:
    assert stored("text_stats__words", taken=["text_stats__words"]) == ["source_text_stats__words"]


@given(st.lists(st.text(max_size=8) | st.sampled_from(RESERVED), unique=True, max_size=8))
def test_stored_names_are_always_different_and_never_ours(names: list[str]) -> None:
    found = stored(*names)
    assert len(set(found)) == len(names)
    assert not set(found) & (set(SAMPLE_SCHEMA.names) - {"source_id"})
    assert all(name and "." not in name and "`" not in name for name in found)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (pa.large_string(), pa.string()),
        (pa.dictionary(pa.int8(), pa.large_string()), pa.string()),
        (pa.null(), pa.string()),
        (pa.large_list(pa.string_view()), pa.list_(pa.string())),
        (pa.struct([]), pa.string()),
        (pa.struct([("a", pa.null())]), pa.struct([("a", pa.string())])),
        (
            pa.map_(pa.string(), pa.int64()),
            pa.list_(pa.struct([("key", pa.string()), ("value", pa.int64())])),
        ),
        (pa.list_(pa.float32(), 3), pa.list_(pa.float32(), 3)),
        (pa.int16(), pa.int16()),
    ],
)
def test_types_are_brought_to_those_that_are_stored(given: pa.DataType, kept: pa.DataType) -> None:
    assert storable(given) == kept


def test_a_row_that_does_not_fit_is_set_aside_with_the_value() -> None:
    batch = pa.record_batch({"n": ["1", None, "x"], "t": ["a", "b", "c"]})
    out, positions, bad = conform(
        batch, np.array([7, 8, 9]), pa.schema([("n", pa.int64()), ("t", pa.string())])
    )
    assert out.to_pydict() == {"n": [None], "t": ["b"]}
    assert positions.tolist() == [8]
    assert [row.position for row in bad] == [7, 9]
    assert "this row has 'x'" in bad[1].error


def test_numbers_widen_but_do_not_lose_digits() -> None:
    schema = pa.schema([("n", pa.int64())])
    batch = pa.record_batch({"n": [1.0, 2.5, 3.0]})
    out, _, bad = conform(batch, np.arange(3), schema)
    assert out.column("n").to_pylist() == [1, 3]
    assert [row.position for row in bad] == [1]
    nested = pa.record_batch({"m": pa.array([{"x": 1}, None])})
    wanted = pa.schema([("m", pa.struct([("x", pa.int64()), ("y", pa.string())]))])
    out, _, bad = conform(nested, np.arange(2), wanted)
    assert (out.column("m").to_pylist(), bad) == ([{"x": 1, "y": None}, None], [])


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        (pa.bool_(), 5),
        (pa.int64(), True),
        (pa.int64(), "5"),
        (pa.list_(pa.int64()), ["5"]),
        (pa.list_(pa.string()), [5]),
        (pa.struct([("a", pa.int64())]), {"a": "5"}),
        (pa.struct([("a", pa.bool_())]), {"a": 1}),
        (pa.list_(pa.struct([("a", pa.string())])), [{"a": 5}]),
        (pa.float32(), 1e300),
        (pa.list_(pa.float32(), 2), [True, False]),
    ],
)
def test_no_value_turns_into_another_by_itself(stored: pa.DataType, given: object) -> None:
    batch = pa.record_batch({"c": pa.array([None, given])})
    out, positions, bad = conform(batch, np.arange(2), pa.schema([("c", stored)]))
    assert (out.column("c").to_pylist(), positions.tolist()) == ([None], [0])
    assert [row.position for row in bad] == [1]


def test_fields_inside_structs_are_kept_wherever_they_stand() -> None:
    inner = pa.struct([("p", pa.int64())])
    schema = pa.schema([("m", pa.struct([("x", inner), ("l", pa.list_(inner))]))])
    rows = [
        {"l": [{"q": "new", "p": 1}, None], "x": {"p": 2}, "none": None},
        None,
        {"l": None, "x": {"p": 3, "r": [True]}, "none": None},
    ]
    # A slice, whose children have values that are not its own.
    given = pa.array([{"l": [{"p": 9, "q": "not ours"}], "other": 1}, *rows]).slice(1)
    out, _, bad = conform(pa.record_batch({"m": given}), np.arange(3), schema)
    assert bad == []
    assert str(out.schema.field("m").type) == (
        "struct<x: struct<p: int64, r: list<item: bool>>, "
        "l: list<item: struct<p: int64, q: string>>>"
    )
    assert out.column("m").to_pylist() == [
        {"x": {"p": 2, "r": None}, "l": [{"p": 1, "q": "new"}, None]},
        None,
        {"x": {"p": 3, "r": [True]}, "l": None},
    ]


def test_a_struct_does_not_grow_without_end() -> None:
    full = pa.struct([(f"f{i}", pa.int64()) for i in range(256)])
    batch = pa.record_batch({"m": pa.array([{"f0": 1}, {"one_more": 2}])})
    out, _, bad = conform(batch, np.arange(2), pa.schema([("m", full)]))
    assert out.schema.field("m").type == full
    assert [row.position for row in bad] == [1]
    assert "this row has {'one_more': 2" in bad[0].error.replace("'f0': None, ", "")
