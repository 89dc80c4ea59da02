"""Exporters: round trips, safe cells, and files that appear whole or not at all."""

from __future__ import annotations

import csv
import datetime
import decimal
import json
import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError, UsageError
from assay.store.read import read
from assay.store.write import write

SUFFIXES = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "arrow")


def back(path):
    return pa.Table.from_batches([item.batch for item in read(path)])


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "t": text,
            "i": st.none() | st.integers(-(2**63), 2**63 - 1),
            "f": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "b": st.none() | st.booleans(),
            "l": st.none()
            | st.lists(st.none() | st.lists(st.integers(-9, 9), max_size=2), max_size=3),
            "s": st.none()
            | st.fixed_dictionaries({"x": st.none() | text, "y": st.lists(text, max_size=2)}),
            "m": st.lists(st.fixed_dictionaries({"role": text, "n": st.floats(-1, 1)}), max_size=2),
        }
    ),
    min_size=1,
    max_size=6,
)
SCHEMA = pa.schema(
    {
        "t": pa.string(),
        "i": pa.int64(),
        "f": pa.float64(),
        "b": pa.bool_(),
        "l": pa.list_(pa.list_(pa.int64())),
        "s": pa.struct({"x": pa.string(), "y": pa.list_(pa.string())}),
        "m": pa.list_(pa.struct({"role": pa.string(), "n": pa.float64()})),
    }
)
FULL = {
    "t": "",
    "i": 1,
    "f": 1.5,
    "b": True,
    "l": [[1]],
    "s": {"x": "", "y": [""]},
    "m": [{"role": "", "n": 0.5}],
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(rows=rows, cut=st.integers(0, 6))
def test_nested_rows_come_back_as_they_went(tmp_path_factory, suffix, rows, cut):
    path = tmp_path_factory.mktemp("w") / f"x.{suffix}"
    table = pa.Table.from_pylist(
        [FULL, *rows], SCHEMA
    )  # the first row lets JSON Lines see all types
    batches = table.slice(cut).to_batches() if cut else table.to_batches()
    batches = [pa.RecordBatch.from_pylist([FULL], SCHEMA), *batches]
    assert write(batches, SCHEMA, path) == sum(batch.num_rows for batch in batches)
    assert back(path).equals(pa.Table.from_batches(batches))


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_binary_tables_keep_every_type(suffix, tmp_path):
    batch = pa.record_batch(
        {
            "time": pa.array([1_000, None], pa.timestamp("us", "Europe/Berlin")),
            "cat": pa.array(["a", "b"]).dictionary_encode(),
            "vector": pa.array([[1, 2], None], pa.list_(pa.float32(), 2)),
            "large": pa.array(["x", None], pa.large_string()),
            "raw": pa.array([b"\xff", b""]),
            "map": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int8())),
        }
    )
    path = tmp_path / f"x.{suffix}"
    assert write([batch, batch.slice(1)], batch.schema, path) == 3
    expected = pa.Table.from_batches([batch, batch.slice(1)])
    assert back(path).schema.types == batch.schema.types
    assert back(path).cast(batch.schema).equals(expected)


def test_every_arrow_type_has_one_json_form(tmp_path):
    batch = pa.record_batch(
        {
            "f": pa.array([math.nan, math.inf], pa.float64()),
            "nested": pa.array([[1.5, math.nan], None], pa.list_(pa.float64())),
            "raw": pa.array([b"\xff\x00", None]),
            "ns": pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns", "UTC")),
            "zone": pa.array([1_700_000_000, None], pa.timestamp("s", "Europe/Berlin")),
            "naive": pa.array([1_700_000_000, None], pa.timestamp("s")),
            "day": pa.array([datetime.date(2024, 2, 29), None]),
            "dec": pa.array([decimal.Decimal("1.10"), None]),
            "span": pa.array([90, None], pa.duration("s")),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int8())),
            "pairs": pa.array([[(1, "v")], []], pa.map_(pa.int8(), pa.string())),
            "fixed": pa.array([[1, 2], None], pa.list_(pa.int8(), 2)),
            "cat": pa.array(["a", None]).dictionary_encode(),
            "deep": pa.array([{"x": [{"raw": b"a"}]}, None]),
            "none": pa.nulls(2),
        }
    )
    write([batch], batch.schema, tmp_path / "x.jsonl")
    first, second = (json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines())
    assert first == {
        "f": None,
        "nested": [1.5, None],
        "raw": "/wA=",
        "ns": "2023-11-14T22:13:20.123456789Z",
        "zone": "2023-11-14T22:13:20Z",
        "naive": "2023-11-14T22:13:20",
        "day": "2024-02-29",
        "dec": "1.10",
        "span": 90,
        "map": {"k": 1},
        "pairs": [[1, "v"]],
        "fixed": [1, 2],
        "cat": "a",
        "deep": {"x": [{"raw": "YQ=="}]},
        "none": None,
    }
    assert second == {name: {} if name == "pairs" else None for name in batch.schema.names}


def test_a_slice_is_written_as_a_slice(tmp_path):
    batch = pa.record_batch(
        {
            "l": pa.array([[1], None, [2, 3], []]),
            "s": pa.array([{"a": 1}, {"a": 2}, None, {"a": 4}]),
            "m": pa.array([[("a", 1)], [("b", 2)], None, []], pa.map_(pa.string(), pa.int8())),
        }
    )
    write([batch.slice(1, 2)], batch.schema, tmp_path / "x.jsonl")
    assert [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()] == [
        {"l": None, "s": {"a": 2}, "m": {"b": 2}},
        {"l": [2, 3], "s": None, "m": None},
    ]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+2", "'=1+2"),
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("-2.5e3", "-2.5e3"),
        ("+49", "+49"),
        ("- item", "'- item"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_cells_that_would_run_as_formulas_are_defused(cell, written, suffix, tmp_path):
    batch = pa.record_batch({"=t": [cell], "n": [-3], "x": [-0.5]})
    write([batch], batch.schema, tmp_path / f"x.{suffix}")
    with (tmp_path / f"x.{suffix}").open(newline="") as file:
        header, row = csv.reader(file, delimiter="," if suffix == "csv" else "\t")
    assert header == ["'=t", "n", "x"]
    assert row == [written, "-3", "-0.5"]
    write([batch], batch.schema, tmp_path / "plain.csv", neutralize=False)
    assert next(iter(back(tmp_path / "plain.csv").to_pylist()[0])) == "=t"


def test_csv_holds_nested_values_as_json_and_comes_back(tmp_path):
    batch = pa.record_batch(
        {"t": ['say "hi"\nthere, ü', "b"], "l": [[1, None], None], "b": [True, None]}
    )
    write([batch], batch.schema, tmp_path / "x.csv.gz")
    assert back(tmp_path / "x.csv.gz").to_pylist() == [
        {"t": 'say "hi"\nthere, ü', "l": "[1, null]", "b": True},
        {"t": "b", "l": "", "b": None},
    ]


@pytest.mark.parametrize("suffix", [*SUFFIXES, "csv", "chat.jsonl"])
def test_a_failure_leaves_the_old_file_and_nothing_else(suffix, tmp_path):
    path = tmp_path / f"x.{suffix}"
    path.write_text("old")
    messages = pa.array([[{"role": "user", "content": "x"}]] * 3)
    batch = pa.record_batch({"messages": messages})

    def broken():
        yield batch
        raise RuntimeError("the source went away")

    with pytest.raises(RuntimeError, match="went away"):
        write(broken(), batch.schema, path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_equal_rows_give_equal_bytes(tmp_path):
    batch = pa.record_batch({"t": ["x"] * 100})
    for suffix in SUFFIXES:
        for name in ("a", "b"):
            write([batch], batch.schema, tmp_path / f"{name}.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_no_rows_make_a_valid_file(tmp_path):
    schema = pa.schema({"a": pa.int64()})
    for suffix in ("parquet", "arrow"):
        assert write([], schema, tmp_path / f"x.{suffix}") == 0
        assert list(read(tmp_path / f"x.{suffix}")) == []


def test_what_cannot_be_written_is_said(tmp_path):
    batch = pa.record_batch({"a": [1]})
    with pytest.raises(UsageError, match=r"\.jsonl"):
        write([batch], batch.schema, tmp_path / "x.docx")
    with pytest.raises(UsageError, match="no option 'level'"):
        write([batch], batch.schema, tmp_path / "x.jsonl", level=3)
    with pytest.raises(InputError, match="cannot be written"):
        write([batch], batch.schema, tmp_path / "no" / "x.jsonl")
    with pytest.raises(UsageError, match="messages"):
        write([batch], batch.schema, tmp_path / "x.chat.jsonl")
    twice = pa.record_batch([pa.array([1]), pa.array([2])], names=["a", "a"])
    for suffix in ("jsonl", "csv", "parquet", "arrow"):
        with pytest.raises(UsageError, match="called 'a'"):
            write([twice], twice.schema, tmp_path / f"x.{suffix}")
    empty = pa.record_batch({"e": pa.array([{}], pa.struct([]))})
    with pytest.raises(UsageError, match="as Parquet"):
        write([empty], empty.schema, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []
