"""JSON Lines: good rows are kept, bad ones say where and why, and types hold."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.schema import BadRow, ReadBatch
from assay.store.read import _json_lines, _stream, jsonl
from assay.store.read.jsonl import read_jsonl


def load(path: Path, **options):
    """All rows by position, and all bad rows."""
    rows, bad = {}, []
    for item in read_jsonl(path, **options):
        if isinstance(item, BadRow):
            bad.append(item)
        else:
            rows.update(zip(item.positions.tolist(), item.batch.to_pylist(), strict=True))
    return rows, bad


def write(tmp_path: Path, data: bytes | str, name: str = "x.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_positions_are_line_numbers_and_blank_lines_are_nothing(tmp_path):
    path = write(tmp_path, '{"a": 1}\r\n\n   \n{"a": 2}')
    rows, bad = load(path)
    assert rows == {1: {"a": 1}, 4: {"a": 2}}
    assert bad == []


def test_real_sentences_are_read_whole(shared_data):
    path = shared_data("language_id/sentences.jsonl.zst")
    rows, bad = load(path)
    expected = [
        json.loads(line)
        for line in zstandard.ZstdDecompressor()
        .stream_reader(path.read_bytes())
        .read()
        .split(b"\n")
        if line
    ]
    assert bad == []
    assert list(rows.values()) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "not JSON"),
        (b"[1, 2]", "found a list"),
        (b"17", "a number"),
        (b'{"a": 1, "a": 2}', "'a' is given twice"),
        (b'{"a": 3, "b": {"c": 1, "c": 1}}', "'c' is given twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 99999999999999999999}', "beyond 64 bits"),
        (b'{"a": ' + b"9" * 5000 + b"}", "thousands of digits"),
        (b'{"a": "x"}', "'a' should be an integer"),
        (b'{"a": true}', "'a' should be an integer"),
        (b'{"a": 1, "b": "\xff"}', "byte 15 of the line is 0xff"),
        (b'{"a": 1, "b": "\\ud800"}', "lone surrogate"),
        (b'{"\\ud800": 1}', "lone surrogate"),
        (b'{"a": 1, "b": "\x00"}', "control character"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than 64"),
        (b'{"a": 1, "b": ' + b"[" * 80 + b"]" * 80 + b"}", "deeper than 64"),
        (b"{}", "empty"),
    ],
)
def test_a_bad_line_costs_itself_alone(tmp_path, line, reason):
    good = b'{"a": 1, "b": "x"}\n'
    path = write(tmp_path, good * 3 + line + b"\n" + good * 2)
    rows, bad = load(path)
    assert list(rows) == [1, 2, 3, 5, 6]
    assert [(b.position, reason.removeprefix("found ") in b.error) for b in bad] == [(4, True)], bad
    assert bad[0].error.startswith("Line 4") and bad[0].error.endswith(".")
    assert len(bad[0].payload) <= 4096


def test_int_and_float_make_float_and_null_waits_for_a_type(tmp_path):
    lines = [
        '{"n": 1, "late": null}',
        '{"n": 2.5, "late": null}',
        '{"n": 9007199254740993, "late": 7}',
    ]
    items = list(read_jsonl(write(tmp_path, "\n".join(lines)), batch_rows=2))
    assert items[0].batch.schema == pa.schema([("n", pa.float64())])
    assert items[1].batch.schema == pa.schema([("n", pa.float64()), ("late", pa.int64())])
    assert items[1].batch.to_pylist() == [{"n": 9007199254740992.0, "late": 7}]


def test_a_whole_float_fits_an_integer_column(tmp_path):
    rows, bad = load(write(tmp_path, '{"n": 1}\n{"n": 2}\n{"n": 3.0}\n'), batch_rows=2)
    assert (list(rows.values()), bad) == ([{"n": 1}, {"n": 2}, {"n": 3}], [])


def test_a_fraction_does_not_fit_a_column_decided_as_integer(tmp_path):
    rows, bad = load(write(tmp_path, '{"n": 1}\n{"n": 2}\n{"n": 0.5}\n{"n": 4}\n'), batch_rows=2)
    assert list(rows) == [1, 2, 4]
    assert "'n' should be an integer" in bad[0].error and "(0.5)" in bad[0].error
    rows, bad = load(tmp_path / "x.jsonl", batch_rows=2, types={"n": "float"})
    assert [row["n"] for row in rows.values()] == [1.0, 2.0, 0.5, 4.0]


def test_the_majority_decides_and_the_option_types_overrules_it(tmp_path):
    path = write(tmp_path, '{"x": "a"}\n{"x": {"k": 1}}\n{"x": "b"}\n')
    rows, bad = load(path)
    assert list(rows) == [1, 3]
    assert "'x' should be a string" in bad[0].error and "is an object" in bad[0].error
    rows, bad = load(path, types={"x": "json"})
    assert [json.loads(row["x"]) for row in rows.values()] == ["a", {"k": 1}, "b"]
    with pytest.raises(UsageError, match="int"):
        load(path, types={"x": "integer"})


def test_structs_take_fields_that_come_later_and_null_waits_for_a_type(tmp_path):
    values = [
        {"m": {"a": 1, "n": None}, "l": [{"x": 1}]},
        {"m": {"a": 2, "b": {"c": 3}, "n": None}, "l": [{"x": 2, "y": None}, {"y": "z"}]},
        {"m": {"n": 0.5, "b": {"d": [4]}}, "l": []},
    ]
    path = write(tmp_path, "\n".join(map(json.dumps, values)))
    rows, bad = load(path, batch_rows=1)
    assert bad == []
    assert rows == {
        1: {"m": {"a": 1}, "l": [{"x": 1}]},
        2: {"m": {"a": 2, "b": {"c": 3}}, "l": [{"x": 2, "y": None}, {"x": None, "y": "z"}]},
        3: {"m": {"a": None, "b": {"c": None, "d": [4]}, "n": 0.5}, "l": []},
    }


def test_a_struct_has_at_most_256_fields(tmp_path):
    full = {f"k{i}": i for i in range(256)}
    values = [{"m": full}, {"m": {"more": 1}}, {"m": {"k7": 7}}]
    rows, bad = load(write(tmp_path, "\n".join(map(json.dumps, values))), batch_rows=1)
    assert list(rows) == [1, 3]
    assert "'m' has the field 'more', which is over the limit of 256 fields" in bad[0].error


def test_a_row_set_aside_says_how_to_keep_it(tmp_path):
    path = write(tmp_path, '{"n": 1, "my text": "a"}\n{"n": 0.5}\n{"my text": {"b": [1]}}\n')
    (_, bad) = load(path, batch_rows=1)
    assert bad[0].error.endswith("add the file as a new dataset with --types n=float.")
    assert bad[1].error.endswith("add the file as a new dataset with --types 'my text'=json.")


def test_nested_values_keep_their_shape(tmp_path):
    row = {
        "l": [[1, 2], [], [3]],
        "s": {"t": [{"u": "x", "v": None}, {"v": 1}], "w": True},
        "e": {},
    }
    rows, bad = load(write(tmp_path, json.dumps(row)))
    assert bad == []
    nested = [{"u": "x", "v": None}, {"u": None, "v": 1}]
    assert rows[1] == {**row, "e": "{}", "s": {"t": nested, "w": True}}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_cut_archive_gives_the_lines_before_the_cut(tmp_path, pack):
    lines = [json.dumps({"i": i, "text": f"{i * 7919 % 10007} words"}) for i in range(200_000)]
    whole = pack("\n".join(lines).encode())
    rows, bad = load(write(tmp_path, whole[: len(whole) // 2]))
    assert 20_000 < len(rows) < 180_000
    assert [row["i"] for row in rows.values()] == list(range(len(rows)))
    assert [b.position for b in bad] == [len(rows) + 1]
    assert "cut off" in bad[0].error


def test_a_flipped_byte_in_gzip_keeps_what_came_before(tmp_path):
    lines = [json.dumps({"i": i, "text": f"{i * 7919 % 10007} words"}) for i in range(100_000)]
    data = bytearray(gzip.compress("\n".join(lines).encode()))
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    rows, bad = load(write(tmp_path, bytes(data)))
    assert len(rows) > 30_000
    assert all(row["i"] + 1 == line for line, row in list(rows.items())[:30_000])
    assert any("damaged" in b.error for b in bad)


def test_gzip_members_and_zstd_frames_are_read_in_a_row(tmp_path):
    for pack in (gzip.compress, zstandard.ZstdCompressor().compress):
        rows, bad = load(write(tmp_path, pack(b'{"a": 1}\n{"a"') + pack(b": 2}\n")))
        assert (list(rows.values()), bad) == ([{"a": 1}, {"a": 2}], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(tmp_path, encoding):
    rows, bad = load(write(tmp_path, '{"t": "æøå 中文 🎉"}\n{"t": "b"}\n'.encode(encoding)))
    assert (list(rows.values()), bad) == ([{"t": "æøå 中文 🎉"}, {"t": "b"}], [])


def test_a_line_over_the_limit_is_passed_over_with_its_length(tmp_path):
    long = b'{"t": "' + b"x" * 5_000_000 + b'"}'
    path = write(tmp_path, b'{"t": "a"}\n' + long + b'\n{"t": "b"}\n')
    rows, bad = load(path, max_line=1_000_000)
    assert {k: v["t"] for k, v in rows.items()} == {1: "a", 3: "b"}
    assert bad[0].position == 2 and f"{len(long):,} bytes" in bad[0].error
    rows, bad = load(path)
    assert len(rows) == 3 and not bad


def test_a_huge_line_in_a_tiny_archive_stays_out_of_memory(tmp_path):
    tracemalloc = pytest.importorskip("tracemalloc")
    bomb = zstandard.ZstdCompressor().compress(
        b'{"t": "' + b"x" * (300 << 20) + b'"}\n{"t": "b"}\n'
    )
    path = write(tmp_path, bomb)
    assert len(bomb) < 100_000
    del bomb
    tracemalloc.start()
    rows, bad = load(path, max_line=8 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [b.position for b in bad] == [1] and rows == {2: {"t": "b"}}
    assert peak < 150 << 20


def test_a_json_array_or_a_single_object_is_read_up_to_the_limit(tmp_path):
    path = write(tmp_path, json.dumps([{"a": 1}, 3, {"a": 2}], indent=1), "x.json")
    rows, bad = load(path)
    assert rows == {1: {"a": 1}, 3: {"a": 2}}
    assert [b.position for b in bad] == [2]
    _, bad = load(path, max_line=10)
    assert "jq -c" in bad[0].error and bad[0].position == -1
    rows, bad = load(write(tmp_path, json.dumps({"a": {"b": 1}}, indent=2)))
    assert (rows, bad) == ({1: {"a": {"b": 1}}}, [])


def test_nan_is_read_when_asked_for(tmp_path):
    rows, bad = load(write(tmp_path, '{"a": 1.5}\n{"a": NaN}\n'), nan=True)
    assert rows[1] == {"a": 1.5} and rows[2]["a"] != rows[2]["a"] and not bad


def test_batches_are_bounded_and_share_a_schema(tmp_path):
    path = write(tmp_path, "".join(f'{{"i": {i}, "t": "{"x" * 1000}"}}\n' for i in range(5000)))
    items = list(read_jsonl(path, batch_rows=700, batch_bytes=1 << 20))
    assert all(isinstance(item, ReadBatch) for item in items)
    assert max(item.batch.num_rows for item in items) == 700
    assert len({str(item.batch.schema) for item in items}) == 1
    assert sum(item.batch.num_rows for item in items) == 5000


def test_text_is_never_taken_for_a_date(tmp_path):
    path = write(tmp_path, '{"d": "2024-01-01"}\n' * 10)
    assert {item.batch.schema.field("d").type for item in read_jsonl(path, batch_bytes=40)} == {
        pa.string()
    }


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=5,
)
typed = st.fixed_dictionaries(
    {
        "i": st.integers(-5, 5),
        "f": st.floats(-10, 10),
        "s": st.text(max_size=4),
        "b": st.booleans(),
    },
    optional={
        "l": st.lists(st.integers(0, 9), max_size=3),
        "o": st.fixed_dictionaries({"k": st.text(max_size=2)}),
    },
)
lines = st.one_of(
    typed.map(json.dumps),
    st.dictionaries(st.sampled_from("ifsblo"), values, max_size=4).map(json.dumps),
    st.text('{}[]":,12.eE-N aInfity\\ud8\x00\n\r', max_size=12),
    typed.map(lambda row: json.dumps(row, ensure_ascii=False).replace(", ", '}{"i":', 1)),
)


@settings(deadline=None, max_examples=300)
@given(first=st.lists(typed, min_size=1, max_size=3), rest=st.lists(lines, max_size=6))
def test_the_fast_path_gives_what_the_careful_path_gives(tmp_path_factory, first, rest):
    path = tmp_path_factory.mktemp("fast") / "x.jsonl"
    head = "\n".join(map(json.dumps, first)) + "\n"
    path.write_bytes((head + "\n".join(rest)).encode("utf-8", "surrogatepass"))
    fast = list(read_jsonl(path, batch_bytes=len(head)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "_fast", lambda data, columns: None)
        slow = list(read_jsonl(path, batch_bytes=len(head)))
    assert [flat(item) for item in fast] == [flat(item) for item in slow]


def flat(item):
    if isinstance(item, BadRow):
        return item
    return item.batch.schema, repr(item.batch.to_pylist()), item.positions.tolist()


@settings(deadline=None)
@given(
    data=st.lists(st.binary(max_size=30) | st.just(b"\n"), max_size=30).map(b"".join),
    size=st.integers(1, 40),
    limit=st.integers(1, 40),
    step=st.integers(1, 20),
)
def test_blocks_of_lines_lose_nothing(data, size, limit, step):
    class Pieces:
        damage = None
        at = 0

        def chunk(self):
            self.at += step
            return data[self.at - step : self.at]

        def end(self, position, unit):
            return iter(())

    kept: dict[int, bytes] = {}
    for block in _stream.line_blocks(Pieces(), size=size, max_line=limit):
        if isinstance(block, BadRow):
            length = len(data.split(b"\n")[block.position - 1])
            assert f"has {length} bytes" in block.error
            kept[block.position] = b""
        else:
            kept.update(enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first))
    lines = data.split(b"\n")
    expected = {i: b"" if len(line) > limit else line for i, line in enumerate(lines, 1)}
    if lines[-1] == b"":
        del expected[len(lines)]
    assert kept == expected


@given(st.binary(max_size=200))
def test_no_bytes_raise(data):
    parsed = _json_lines.parse(_stream.Lines(1, data))
    lines = [line for line in data.split(b"\n") if line.strip(b" \t\r")]
    assert len(parsed.rows) + len(parsed.bad) == len(lines)
