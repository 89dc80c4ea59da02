"""Adding files: idempotent, incremental, and nothing silently dropped."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import InputError, UsageError
from assay.store import add as add_module


def lines(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def tmp_file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.fixture
def docs(tmp_path: Path) -> assay.Project:
    return assay.open(tmp_path / "project").dataset("docs")


def counts(result: object) -> tuple[int, int, int, int]:
    return (result.rows_read, result.rows_added, result.rows_known, result.quarantined)


def test_the_same_file_again_adds_nothing(docs, tmp_path) -> None:
    file = lines(tmp_path / "a.jsonl", [{"text": "one"}, {"text": "two"}])
    assert counts(docs.add(file)) == (2, 2, 0, 0)
    again = docs.add(file)
    assert counts(again) == (2, 0, 2, 0)
    assert docs.num_rows == 2


def test_a_grown_file_adds_its_new_rows(docs, tmp_path) -> None:
    file = lines(tmp_path / "a.jsonl", [{"text": "one"}, {"text": "two"}])
    docs.add(file)
    before = docs.to_table(["id"]).column(0).to_pylist()
    lines(file, [{"text": "one"}, {"text": "two"}, {"text": "three"}, {"text": "one"}])
    assert counts(docs.add(file)) == (4, 2, 2, 0)
    assert docs.to_table(["id"]).column(0).to_pylist()[:2] == before


def test_identical_texts_in_rows_and_files_stay_separate_rows(docs, tmp_path) -> None:
    docs.add(lines(tmp_path / "a.jsonl", [{"text": "x"}, {"text": "x"}]))
    docs.add(lines(tmp_path / "b.jsonl", [{"text": "x"}]))
    table = docs.to_table(["id", "content_id", "source", "position"])
    assert len(set(table["id"].to_pylist())) == 3
    assert len(set(table["content_id"].to_pylist())) == 1
    assert table["source"].to_pylist() == ["a.jsonl", "a.jsonl", "b.jsonl"]
    assert table["position"].to_pylist() == [1, 2, 1]


def test_a_broken_line_is_quarantined_with_its_position_and_the_rest_is_kept(
    docs, tmp_path
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\n{"text": \n{"text": "three"}\n')
    assert counts(docs.add(file)) == (3, 2, 0, 1)
    (record,) = docs.project.quarantine("docs")
    assert (record["source"], record["position"], record["op"]) == ("a.jsonl", 2, "add")
    assert record["payload"].startswith('{"text":')
    docs.add(file)
    assert len(docs.project.quarantine("docs")) == 1  # the same damage is recorded once


def test_an_input_id_is_kept_as_source_id_and_other_columns_keep_their_names(
    docs, tmp_path
) -> None:
    docs.add(lines(tmp_path / "a.jsonl", [{"id": "k1", "body": "hello", "tags": ["a", "b"]}]))
    (row,) = docs.to_table().to_pylist()
    assert (row["source_id"], row["text"], row["tags"]) == ("k1", "hello", ["a", "b"])


def test_columns_are_mapped_as_asked(docs, tmp_path) -> None:
    file = lines(tmp_path / "a.jsonl", [{"url": "u", "page": "p", "text": "t"}])
    result = docs.add(file, text="page", source_id="url", source="crawl-7", licence="CC0-1.0")
    (row,) = docs.to_table().to_pylist()
    assert row["text"] == "p"
    assert row["source_text"] == "t"
    assert row["source_id"] == "u"
    assert (row["source"], row["licence"]) == ("crawl-7", "CC0-1.0")
    assert "'page' is stored as 'text'" in result.notes


def test_a_guessed_text_column_is_told(docs, tmp_path) -> None:
    result = docs.add(lines(tmp_path / "a.jsonl", [{"content": "x"}]))
    assert result.notes == ["'content' is stored as 'text' (guessed)"]


def test_a_column_that_is_not_there_is_an_error_with_those_that_are(docs, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"'nope'.*Allowed: a, b"):
        docs.add(lines(tmp_path / "a.jsonl", [{"a": 1, "b": 2}]), text="nope")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_type_for_a_column_that_is_not_there_is_an_error_and_adds_nothing(
    docs, tmp_path, name
) -> None:
    jsonl = lines(tmp_path / "a.jsonl", [{"text": "x", "price": 7}, {"text": "y", "late": "z"}])
    tmp_file(tmp_path / "a.csv", "text,price,late\nx,7,\n")
    with pytest.raises(UsageError, match=r"'prize'.*Allowed: late, price, text"):
        docs.add(tmp_path / name, types={"late": "string", "prize": "string"})
    assert not docs.exists
    docs.add(jsonl, types={"late": "string"})
    lines(tmp_path / "b.jsonl", [{"text": "x"}])
    assert docs.add(tmp_path / "b.jsonl", types={"late": "string"}).rows_added == 1


def test_a_value_that_does_not_fit_its_column_is_quarantined(docs, tmp_path) -> None:
    docs.add(lines(tmp_path / "a.jsonl", [{"text": "a", "n": 1}]))
    docs.add(lines(tmp_path / "b.jsonl", [{"text": "b", "n": 2}]))
    table = pa.table({"text": ["c", "d"], "n": ["x", "y"]})
    pq.write_table(table, tmp_path / "c.parquet")
    with pytest.raises(InputError, match="'n' holds int64 in this dataset; this row has 'x'"):
        docs.add(tmp_path / "c.parquet")
    assert docs.to_table(["n"]).column(0).to_pylist() == [1, 2]
    assert [r["position"] for r in docs.project.quarantine("docs")] == [0, 1]


def grown(docs, file: Path, before: str, after: str) -> object:
    """What adding the grown file did; the rows before it keep their ids."""
    file.write_text(before)
    docs.add(file)
    ids = docs.to_table(["id"]).column(0).to_pylist()
    file.write_text(after)
    result = docs.add(file)
    assert docs.to_table(["id"]).column(0).to_pylist()[: len(ids)] == ids
    return result


def test_a_grown_csv_with_a_cell_of_another_type_loses_that_row_alone(docs, tmp_path) -> None:
    old = "text,x\na,1.50\nb,2\n"
    result = grown(docs, tmp_path / "a.csv", old, old + "c,n/a\nd,4\n")
    assert counts(result) == (4, 1, 2, 1)
    assert docs.to_table(["text", "x"]).to_pylist()[2:] == [{"text": "d", "x": 4.0}]
    (record,) = docs.project.quarantine("docs")
    assert record["position"] == 4 and "'x' should be a number" in record["error"]


def test_a_grown_csv_keeps_strings_that_start_to_look_like_numbers(docs, tmp_path) -> None:
    # An empty column is one of strings; its first numbers must not turn it into another.
    result = grown(docs, tmp_path / "a.csv", "text,note\na,\nb,\n", "text,note\na,\nb,\nc,7\n")
    assert counts(result) == (3, 1, 2, 0)
    assert docs.to_table(["note"]).column(0).to_pylist() == ["", "", "7"]


def test_a_grown_csv_may_get_a_column(docs, tmp_path) -> None:
    result = grown(docs, tmp_path / "a.csv", "text\na\nb\n", "text,n\na,\nb,\nc,7\n")
    assert counts(result) == (3, 1, 2, 0)
    assert docs.to_table(["n"]).column(0).to_pylist() == [None, None, 7]


def test_a_grown_csv_with_an_id_of_letters_loses_that_row_alone(docs, tmp_path) -> None:
    old = "id,text\n1,a\n2,b\n"
    result = grown(docs, tmp_path / "a.csv", old, old + "x3,c\n4,d\n")
    assert counts(result) == (4, 1, 2, 1)
    assert docs.to_table(["source_id"]).column(0).to_pylist() == [1, 2, 4]


def test_a_row_that_is_known_is_known_though_its_type_no_longer_fits(docs, tmp_path) -> None:
    csv = "n,text\n1,a\n"
    docs.add(tmp_file(tmp_path / "other.csv", csv))
    grown_again = "n,text\n2.5,b\n"  # read as numbers, where the dataset has integers
    file = tmp_file(tmp_path / "a.csv", "n,text\n2.0,b\n")
    assert counts(docs.add(file)) == (1, 1, 0, 0)
    file.write_text("n,text\n2.0,b\n" + grown_again.partition("\n")[2])
    assert counts(docs.add(file)) == (2, 0, 1, 1)


def test_a_known_line_of_json_is_known_though_most_new_ones_have_another_type(
    docs, tmp_path
) -> None:
    file = lines(tmp_path / "a.jsonl", [{"text": "a", "n": "one"}])
    docs.add(file)
    lines(file, [{"text": "a", "n": "one"}, {"text": "b", "n": 2}, {"text": "c", "n": 3}])
    assert counts(docs.add(file)) == (3, 0, 1, 2)


def test_a_row_is_known_whether_or_not_its_column_is_kept_as_json(docs, tmp_path) -> None:
    rows = [{"text": "x", "v": "word"}, {"text": "y", "v": {"b": None, "a": 1.0}}, {"v": None}]
    file = lines(tmp_path / "a.jsonl", [*rows, {"text": "z", "v": "last"}])
    assert counts(docs.add(file)) == (4, 3, 0, 1)
    assert counts(docs.add(file, types={"v": "json"})) == (4, 1, 3, 0)
    assert counts(docs.add(file, types={"v": "json"})) == (4, 0, 4, 0)
    assert counts(docs.add(file)) == (4, 0, 4, 0)


def test_fields_that_come_late_inside_structs_of_one_file_are_kept(
    docs, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(add_module, "FRAGMENT_ROWS", 2)
    rows = [
        {"text": str(i), "calls": [{"name": "f"} if i < 6 else {"name": "g", "args": {"x": i}}]}
        for i in range(9)
    ]
    result = docs.add(lines(tmp_path / "a.jsonl", rows), batch_rows=2)
    assert counts(result) == (9, 9, 0, 0)
    calls = docs.to_table(["calls"])["calls"].to_pylist()
    assert calls[5] == [{"name": "f", "args": None}] and calls[8] == [
        {"name": "g", "args": {"x": 8}}
    ]
    assert docs.where("text == '8'").num_rows == 1


def test_a_new_column_is_null_in_the_rows_before_it(docs, tmp_path) -> None:
    docs.add(lines(tmp_path / "a.jsonl", [{"text": "a"}]))
    docs.add(lines(tmp_path / "b.jsonl", [{"text": "b", "extra": {"deep": [1, 2]}}]))
    assert docs.to_table(["extra"]).column(0).to_pylist() == [None, {"deep": [1, 2]}]


def test_fields_that_later_files_have_inside_structs_are_kept(docs, tmp_path) -> None:
    docs.add(lines(tmp_path / "a.jsonl", [{"text": "a", "meta": {"x": 1}, "tools": [{"n": "f"}]}]))
    before = docs.to_table(["id"])
    first = {"text": "b", "meta": {"x": 2, "url": "u"}, "tools": [{"n": "g", "args": {"k": 1}}]}
    file = lines(tmp_path / "b.jsonl", [first, {"text": "c", "meta": {"x": 3}}])
    assert counts(docs.add(file)) == (2, 2, 0, 0)
    more = {"text": ["d", "e"], "meta": [{"x": 4, "when": 2.5}, {"x": 5, "when": None}]}
    pq.write_table(pa.table(more), tmp_path / "c.parquet")
    assert counts(docs.add(tmp_path / "c.parquet")) == (2, 2, 0, 0)
    other = [{"text": "f", "meta": {"url": 5}}, {"text": "g", "meta": {"url": None}}]
    assert counts(docs.add(lines(tmp_path / "d.jsonl", other))) == (2, 1, 0, 1)
    rows = docs.to_table(["meta", "tools"]).to_pylist()
    assert [row["meta"] for row in rows] == [
        {"x": 1, "url": None, "when": None},
        {"x": 2, "url": "u", "when": None},
        {"x": 3, "url": None, "when": None},
        {"x": 4, "url": None, "when": 2.5},
        {"x": 5, "url": None, "when": None},
        {"x": None, "url": None, "when": None},
    ]
    assert [row["tools"] for row in rows][:2] == [
        [{"n": "f", "args": None}],
        [{"n": "g", "args": {"k": 1}}],
    ]
    assert counts(docs.add(file)) == (2, 0, 2, 0)
    assert docs.to_table(["id"])["id"][0] == before["id"][0]


def test_nested_values_and_large_strings_survive_parquet(docs, tmp_path) -> None:
    table = pa.table(
        {
            "text": pa.array(["a", None], pa.large_string()),
            "meta": [{"x": [{"y": 1.5}], "z": None}, None],
            "kind": pa.array(["u", "v"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    docs.add(tmp_path / "a.parquet")
    stored = docs.to_table(["text", "meta", "kind"])
    assert stored["meta"].to_pylist() == table["meta"].to_pylist()
    assert stored["kind"].to_pylist() == ["u", "v"]
    assert stored["text"].to_pylist() == ["a", None]


def test_when_nothing_can_be_read_that_is_one_clear_error(docs, tmp_path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(InputError, match="empty"):
        docs.add(tmp_path / "empty.jsonl")
    assert not docs.exists


def test_small_fragments_and_large_ones_hold_the_same_rows(tmp_path, monkeypatch) -> None:
    file = lines(tmp_path / "a.jsonl", [{"text": str(i % 7)} for i in range(100)])
    whole = assay.open(tmp_path / "p1").dataset("d")
    whole.add(file)
    monkeypatch.setattr(add_module, "FRAGMENT_ROWS", 9)
    pieces = assay.open(tmp_path / "p2").dataset("d")
    pieces.add(file, batch_rows=4)
    assert len(pieces.source.fragments()) > 5
    assert pieces.to_table().equals(whole.to_table())


@pytest.fixture
def named_alike(tmp_path) -> tuple[Path, Path]:
    for folder in "xy":
        (tmp_path / folder).mkdir()
        lines(tmp_path / folder / "a.jsonl", [{"text": "same"}, {"text": folder}])
    return tmp_path / "x" / "a.jsonl", tmp_path / "y" / "a.jsonl"


def sources_of(docs) -> list[str]:
    return docs.to_table(["source"]).column(0).to_pylist()


def test_another_file_of_the_same_name_is_another_source(docs, named_alike) -> None:
    one, other = named_alike
    assert docs.add(one).notes == []
    result = docs.add(other)
    assert counts(result) == (2, 2, 0, 0)
    assert sources_of(docs) == ["a.jsonl", "a.jsonl", "y/a.jsonl", "y/a.jsonl"]
    (note,) = result.notes
    assert "y/a.jsonl" in note and "--source" in note
    for file in (other, one, other.parent, one.parent):
        again = docs.add(file)
        assert (again.rows_added, again.rows_known, again.notes) == (0, 2, [])


def test_files_of_the_same_name_in_one_command_are_two_sources(docs, named_alike) -> None:
    assert counts(docs.add(*named_alike)) == (4, 4, 0, 0)
    assert set(sources_of(docs)) == {"a.jsonl", "y/a.jsonl"}
    assert counts(docs.add(*reversed(named_alike))) == (4, 0, 4, 0)


def test_files_joined_by_a_source_share_their_rows(docs, named_alike) -> None:
    one, other = named_alike
    docs.add(one)
    assert counts(docs.add(other, source="a.jsonl")) == (2, 1, 1, 0)
    assert counts(docs.add(other)) == (2, 0, 2, 0)  # it has that name from now on


def test_a_file_of_an_added_folder_is_known_by_itself(docs, named_alike, tmp_path) -> None:
    docs.add(tmp_path / "x", tmp_path / "y")
    deep = assay.open(docs.project.root).dataset("deep")
    (tmp_path / "data").mkdir()
    named_alike[0].parent.rename(tmp_path / "data" / "sub")
    deep.add(tmp_path / "data")
    assert counts(deep.add(tmp_path / "data" / "sub" / "a.jsonl")) == (2, 0, 2, 0)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert counts(deep.add(tmp_path / "link" / "sub" / "a.jsonl")) == (2, 0, 2, 0)
    assert set(sources_of(deep)) == {"sub/a.jsonl"}


def test_a_file_that_moved_is_the_same_source_and_a_note_says_so(docs, tmp_path) -> None:
    file = lines(tmp_path / "a.jsonl", [{"text": "one"}])
    docs.add(file)
    (tmp_path / "new").mkdir()
    moved = file.rename(tmp_path / "new" / "a.jsonl")
    result = docs.add(moved)
    assert counts(result) == (1, 0, 1, 0)
    (note,) = result.notes
    assert "moved" in note and str(file) in note and str(moved) in note
    assert docs.add(moved).notes == []


def test_a_file_that_was_compressed_is_the_same_source_once_the_plain_one_is_gone(
    docs, tmp_path
) -> None:
    plain = lines(tmp_path / "a.jsonl", [{"text": "x"}, {"text": "y"}])
    docs.add(plain)
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    again = docs.add(packed)
    assert counts(again) == (2, 0, 2, 0)
    assert "taken for the same source" in again.notes[0]
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert counts(docs.add(tmp_path)) == (2, 0, 2, 0)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    other = docs.project.dataset("both")
    assert counts(other.add(plain, packed)) == (4, 4, 0, 0)


def test_an_add_that_was_stopped_goes_on_under_the_same_names(
    docs, named_alike, monkeypatch
) -> None:
    monkeypatch.setattr(add_module, "FRAGMENT_ROWS", 1)

    def stop(source: str, so_far: object) -> None:
        if so_far.rows_added == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        docs.add(*named_alike, progress=stop, batch_rows=1)
    assert counts(docs.add(*reversed(named_alike))) == (4, 1, 3, 0)
    assert sorted(set(sources_of(docs))) == ["a.jsonl", "y/a.jsonl"]


def _add(arguments: tuple[str, str]) -> int:
    project, file = arguments
    return assay.open(project).dataset("docs").add(file).rows_added


def test_processes_that_add_at_once_neither_lose_nor_double_a_row(docs, tmp_path) -> None:
    assay.open(docs.project.root)
    files = [
        lines(tmp_path / f"{n}.jsonl", [{"text": f"{n}-{i}"} for i in range(200)]) for n in "ab"
    ]
    jobs = [(str(docs.project.root), str(file)) for file in (files[0], files[1], files[0])]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        added = sum(pool.map(_add, jobs))
    ids = docs.to_table(["id"]).column(0).to_pylist()
    assert added == len(ids) == len(set(ids)) == 400
