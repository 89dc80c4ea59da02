"""Parquet and Arrow: types as they are, bounded batches, damage confined."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
