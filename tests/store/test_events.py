"""Events are appended once, in order, whatever is in them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.store.events import SCHEMAS, Events


def bad(key: str, **fields: object) -> dict[str, object]:
    return {"key": key, "dataset": "docs", "error": "broken", **fields}


def test_an_event_with_a_known_key_is_not_written_again(tmp_path: Path) -> None:
    events = Events(tmp_path)
    assert events.append("quarantine", [bad("a"), bad("b"), bad("a")]) == 2
    assert events.append("quarantine", [bad("b", error="other"), bad("c")]) == 1
    table = events.read("quarantine")
    assert table.column("key").to_pylist() == ["a", "b", "c"]
    assert table.column("error").to_pylist() == ["broken"] * 3
    assert table.column("time").null_count == 0


def test_reading_before_anything_happened_gives_no_rows(tmp_path: Path) -> None:
    for kind, schema in SCHEMAS.items():
        table = Events(tmp_path).read(kind, dataset="docs")
        assert (table.num_rows, table.schema.names) == (0, schema.names)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["it's", "a\\b", 'a"b', "'; --", "ünï", "a\nb", "%"])
def test_events_are_filtered_by_any_text(tmp_path: Path, name: str) -> None:
    events = Events(tmp_path)
    events.append("quarantine", [bad("1", source=name), bad("2", source="other")])
    assert events.read("quarantine", source=name).column("key").to_pylist() == ["1"]


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec=None), max_size=20))
def test_any_text_is_stored_even_where_it_is_no_unicode(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        events = Events(Path(folder))
        events.append("runs", [{"key": "r", "inputs": {"paths": [text]}, "recipe": text}])
        (row,) = events.read("runs").to_pylist()
    assert row["recipe"] == text.encode("utf-8", "backslashreplace").decode()


def test_a_list_of_ids_may_be_in_arrow_already(tmp_path: Path) -> None:
    events = Events(tmp_path)
    ids = pa.array(["zero", "one", "two", "three"])
    events.append("selections", [{"key": "a", "dataset": "docs", "row_ids": ids[1:3]}])
    events.append("selections", [{"key": "b", "dataset": "docs", "row_ids": ["it's"]}])
    assert events.read("selections").column("row_ids").to_pylist() == [["one", "two"], ["it's"]]
    assert events.read("selections", row="two").column("key").to_pylist() == ["a"]
    assert events.read("selections", row="it's").column("key").to_pylist() == ["b"]
    assert events.read("selections", row="zero").num_rows == 0


def test_writers_at_once_lose_no_event_and_write_none_twice(tmp_path: Path) -> None:
    def write(part: int) -> int:
        # Half of the keys are shared with the next writer.
        return Events(tmp_path).append(
            "quarantine", [bad(str(n)) for n in range(part * 5, part * 5 + 10)]
        )

    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(write, range(6)))
    keys = Events(tmp_path).read("quarantine").column("key").to_pylist()
    assert written == len(keys) == len(set(keys)) == 35
