"""Parquet and Arrow: types as they are, bounded batches, damage confined."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import InputError, UsageError
from assay.schema import BadRow, ReadBatch
from assay.store.read import read


def load(path, **options):
    items = list(read(path, **options))
    good = [item for item in items if isinstance(item, ReadBatch)]
    return good, [item for item in items if isinstance(item, BadRow)]


def table(good):
    return pa.Table.from_batches([item.batch for item in good])


@pytest.fixture
def nested():
    return pa.table(
        {
            "text": pa.array([f"row {i} " + "x" * 500 for i in range(2000)], pa.large_string()),
            "n": pa.array(range(2000), pa.int16()),
            "deep": [{"a": [1, i], "b": {"c": None if i % 2 else "z"}} for i in range(2000)],
            "kind": pa.array(["p", "q"] * 1000).dictionary_encode(),
        }
    )


def save(kind, data, path):
    if kind == "parquet":
        pq.write_table(data, path, row_group_size=500)
    else:
        new = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with pa.OSFile(str(path), "wb") as sink, new(sink, data.schema) as out:
            out.write_table(data, max_chunksize=500)


KINDS = ("parquet", "file", "stream")


@pytest.mark.parametrize("kind", KINDS)
def test_types_survive_and_batches_are_bounded(kind, nested, tmp_path):
    save(kind, nested, tmp_path / "data")
    good, bad = load(tmp_path / "data", batch_rows=300, batch_bytes=100_000)
    assert bad == []
    assert table(good).equals(nested)
    assert max(item.batch.num_rows for item in good) <= 300
    assert max(item.batch.nbytes for item in good) < 200_000
    assert np.concatenate([item.positions for item in good]).tolist() == list(range(2000))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.0005, 0.3, 0.6, 0.999])
def test_a_file_cut_off_anywhere_is_reported(kind, share, nested, tmp_path):
    save(kind, nested, tmp_path / "data")
    data = (tmp_path / "data").read_bytes()
    (tmp_path / "data").write_bytes(data[: int(len(data) * share)])
    good, bad = load(tmp_path / "data", format="parquet" if kind == "parquet" else "arrow")
    if kind != "parquet" and share > 0.5:
        assert table(good).num_rows >= 500
        assert table(good).equals(nested.slice(0, table(good).num_rows))
    assert len(bad) == 1 or (kind == "file" and table(good).num_rows == 2000)
    assert all("cut off" in b.error or "cannot be read" in b.error for b in bad)


def test_a_damaged_row_group_costs_that_row_group(nested, tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(nested, path, row_group_size=500, compression="zstd")
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(bytes(data))
    good, bad = load(path)
    kept = np.concatenate([item.positions for item in good])
    assert set(kept) == set(range(500)) | set(range(1000, 2000))
    assert [b.position for b in bad] == [500] and "500 to 999" in bad[0].error


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_is_not_utf8_costs_its_row(kind, tmp_path):
    raw = [b"fine"] * 50 + [b"\xff\xfe"] + [b"fine"] * 50
    text = pa.array(raw, pa.binary()).view(pa.string())
    inner = pa.array([{"t": "x"}] * 101)
    save(kind, pa.table({"text": text, "inner": inner}), tmp_path / "data")
    good, bad = load(tmp_path / "data")
    assert table(good).num_rows == 100
    assert sorted(np.concatenate([item.positions for item in good])) == [
        i for i in range(101) if i != 50
    ]
    assert [b.error for b in bad] == ["Row 50 holds text that is not UTF-8: column 'text'."]


def test_offsets_that_point_outside_are_caught_before_they_are_followed(tmp_path):
    offsets = pa.py_buffer(np.array([0, 1 << 30, 5], np.int32))
    array = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"hello")])
    batch = pa.RecordBatch.from_arrays([array], names=["t"])
    with (
        pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, batch.schema) as out,
    ):
        out.write_batch(batch)
    good, bad = load(tmp_path / "x.arrow")
    assert good == []
    assert len(bad) == 1


def test_columns_can_be_chosen(nested, tmp_path):
    pq.write_table(nested, tmp_path / "x.parquet")
    good, _ = load(tmp_path / "x.parquet", columns=["n"])
    assert table(good).column_names == ["n"]
    with pytest.raises(UsageError, match="text, n, deep, kind"):
        load(tmp_path / "x.parquet", columns=["m"])


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    for format in ("parquet", "arrow", "jsonl"):
        with pytest.raises(InputError, match=r"x\.data"):
            load(tmp_path / "x.data", format=format)


def test_real_crowd_labels(shared_data):
    path = shared_data("crowd_labels/dogs_labels.parquet")
    good, bad = load(path)
    assert not bad and table(good).equals(
        pq.read_table(path).replace_schema_metadata(table(good).schema.metadata)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_times_that_no_door_can_show_cost_their_row_alone(kind, tmp_path):
    struct = pa.struct([("at", pa.timestamp("us"))])
    data = pa.table(
        {
            "t": pa.array([1_000, 1_001, None, 3_000], pa.timestamp("ns", "Europe/Berlin")),
            "s": pa.array([{"at": 1}, None, {"at": 2**62}, {"at": None}], struct),
            "far": pa.array([0, 2**61, 0, 2**62], pa.timestamp("us")),
        }
    )
    save(kind, data, tmp_path / "data")
    good, bad = load(tmp_path / "data")
    assert [row.position for row in bad] == [1, 2, 3]
    assert "Column 'far' holds a time that is not in the years 1 to 9999" in bad[0].error
    assert [item.positions.tolist() for item in good] == [[0]]
    (batch,) = [item.batch for item in good]
    assert batch.schema.field("t").type == pa.timestamp("ns", "Europe/Berlin")
    assert str(batch["s"][0]["at"].as_py()) == "1970-01-01 00:00:00.000001"


def test_an_unknown_time_zone_leaves_the_instants(tmp_path):
    save("file", pa.table({"t": pa.array([7], pa.timestamp("s", "No/Where"))}), tmp_path / "data")
    (item,), bad = load(tmp_path / "data")
    assert (item.batch.schema.field("t").type, bad) == (pa.timestamp("s", "UTC"), [])
    assert item.batch["t"][0].value == 7


def test_extensions_and_short_decimals_are_read_as_what_they_hold(tmp_path):
    number = UUID("12345678-1234-5678-1234-567812345678")
    uuids = pa.array([number.bytes, None], pa.uuid())
    pair = pa.list_(pa.float32(), 2)
    data = pa.table(
        {
            "uuid": uuids,
            "in": pa.StructArray.from_arrays([uuids], names=["uuid"]),
            "json": pa.array(['{"a": 1}', None], pa.json_()),
            "flag": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None], pa.int8())),
            "tensor": pa.ExtensionArray.from_storage(
                pa.fixed_shape_tensor(pa.float32(), [2]), pa.array([[1, 2], None], pair)
            ),
            "d32": pa.array([Decimal("1.25"), None], pa.decimal32(5, 2)),
            "d64": pa.array(
                [{"d": Decimal("1.25")}, None], pa.struct([("d", pa.decimal64(12, 2))])
            ),
        }
    )
    save("parquet", data, tmp_path / "data")
    (item,), bad = load(tmp_path / "data")
    assert bad == []
    assert item.batch.slice(0, 1).to_pylist() == [
        {
            "uuid": str(number),
            "in": {"uuid": number.bytes},
            "json": '{"a": 1}',
            "flag": True,
            "tensor": [1.0, 2.0],
            "d32": Decimal("1.25"),
            "d64": {"d": Decimal("1.25")},
        }
    ]
    assert item.batch.schema.field("tensor").type == pair
    assert item.batch.schema.field("flag").type == pa.bool_()
    docs = assay.open(tmp_path / "p").dataset("docs")
    assert docs.add(tmp_path / "data").rows_added == 2
    assert docs.to_table(["d32"])["d32"].to_pylist() == [Decimal("1.25"), None]


UNSTORABLE = {
    "an interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    "a union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    "a list view": pa.array([[{"a": 1}]], pa.list_view(pa.struct([("a", pa.int64())]))),
    "a struct with a field twice": pa.StructArray.from_arrays(
        [pa.array([1]), pa.array([2])], names=["x", "x"]
    ),
}


@pytest.mark.parametrize("values", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_type_that_cannot_be_stored_is_one_clear_reason(values, tmp_path):
    save("file", pa.table({"text": ["a"], "odd": values}), tmp_path / "data")
    good, (bad,) = load(tmp_path / "data")
    assert (good, bad.position) == ([], -1)
    assert "Column 'odd' cannot be stored: it holds" in bad.error


def test_two_columns_of_one_name_are_one_clear_reason(tmp_path):
    data = pa.table([pa.array([1, 2]), pa.array([3, 4])], names=["x", "x"])
    save("file", data, tmp_path / "data")
    good, (bad,) = load(tmp_path / "data", batch_rows=1)
    assert (good, bad.error.partition(".")[0]) == ([], "Two columns are called 'x'")


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_rows_of_wide_and_rare_types_reach_the_store(kind, tmp_path):
    money = [Decimal("1.10"), None, Decimal("-3.25")]
    rare = pa.RunEndEncodedArray.from_arrays(pa.array([3], pa.int32()), pa.array(["a"]))
    data = pa.table(
        {
            "text": ["a", "b", "c"],
            "money": pa.array(money, pa.decimal256(50, 2)),
            "bill": pa.array([{"sum": value} for value in money]),
            "same": rare,
            "empty": pa.array([{}, None, {}], pa.struct([])),
        }
    )
    save(kind, data, tmp_path / "data.arrow")
    docs = assay.open(tmp_path / "project").dataset("docs")
    assert docs.add(tmp_path / "data.arrow").rows_added == 3
    stored = docs.to_table(["money", "bill", "same", "empty"]).to_pydict()
    assert stored["money"] == [row["sum"] for row in stored["bill"]] == money
    assert (stored["same"], stored["empty"]) == (["a"] * 3, ["{}", None, "{}"])
    assert docs.add(tmp_path / "data.arrow").rows_known == 3
