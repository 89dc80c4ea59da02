"""A dataset dealt into parts: shares, what stays together, and rows that come later."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import assay
from assay.errors import UsageError
from assay.project.dataset import Dataset

WORDS = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(500)]


def lines(n: int, start: int = 0) -> list[dict]:
    """Pairs of near duplicates, by ten authors, a minute apart."""
    rng = np.random.default_rng(start)
    out = []
    words: list[str] = []
    for i in range(start, start + n):
        words = [str(word) for word in rng.choice(WORDS, 40)] if i % 2 == 0 else words[:-1]
        out.append(
            {
                "text": " ".join(words),
                "author": f"a{(i // 2) % 10}",
                "at": f"2026-03-14T{i // 60:02}:{i % 60:02}:00Z",
            }
        )
    return out


def add(dataset: Dataset, folder: Path, name: str, rows: list[dict]) -> None:
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset.add(file)


@pytest.fixture
def docs(tmp_path: Path) -> Dataset:
    dataset = assay.open(tmp_path / "p").dataset("docs")
    add(dataset, tmp_path, "a", lines(200))
    return dataset


def ids(dataset: Dataset, version: str) -> set[str]:
    return set(dataset.at(version).to_table(["id"])[0].to_pylist())


def test_parts_have_their_shares_and_no_text_is_nearly_in_two(docs) -> None:
    made = docs.split()

    assert made.by == "near"
    assert [(p["version"], p["asked"]) for p in made.parts] == [
        ("docs@train", 0.8), ("docs@val", pytest.approx(0.1)), ("docs@test", pytest.approx(0.1)),
    ]  # fmt: skip
    assert [p["rows"] for p in made.parts] == [160, 20, 20]
    assert (made.left_out, made.kept_cuts) == (0, False)
    told = docs.at("train").diff(docs.at("test"))
    assert (told["overlap"]["near"]["a"], told["overlap"]["near"]["b"]) == (0, 0)
    assert docs.at("train").diff(docs)["overlap"]["near"]["b"] == 0  # whole pairs are there
    json.dumps(made.to_dict(), allow_nan=False)


def test_rows_that_come_later_are_dealt_and_none_moves(docs, tmp_path) -> None:
    first = docs.split({"train": 3, "test": 1}, by="group:author")
    before = {p["name"]: ids(docs, p["name"]) for p in first.parts}
    add(docs, tmp_path, "b", [{**row, "author": f"b{i}"} for i, row in enumerate(lines(100, 200))])

    second = docs.split({"train": 3, "test": 1}, by="group:author")

    assert second.kept_cuts
    assert [p["version"] for p in second.parts] == ["docs@train-2", "docs@test-2"]
    for part in second.parts:
        assert before[part["name"]] <= ids(docs, part["version"].partition("@")[2])
    assert sum(p["rows"] for p in second.parts) == 300
    assert [(p["low"], p["high"]) for p in first.parts] == [
        (p["low"], p["high"]) for p in second.parts
    ]
    assert docs.split({"train": 3, "test": 1}, by="group:author").parts == second.parts
    assert not docs.split({"train": 3, "test": 1}, by="group:author", seed=1).kept_cuts
    assert not docs.split({"train": 1, "test": 1}, by="group:author").kept_cuts


def test_none_moves_either_where_another_split_of_these_names_came_between(docs, tmp_path) -> None:
    asked = {"parts": {"train": 3, "test": 1}, "by": "group:author"}
    first = docs.split(**asked)
    docs.split(**asked, repeats="keep")
    docs.split(**asked, seed=1)
    before = {p["name"]: ids(docs, p["name"]) for p in first.parts}
    add(docs, tmp_path, "b", [{**row, "author": f"b{i}"} for i, row in enumerate(lines(100, 200))])
    again = docs.split(**asked)
    assert again.kept_cuts
    for part in again.parts:
        assert before[part["name"]] <= ids(docs, part["version"].partition("@")[2])


@pytest.mark.parametrize(
    "values", [range(40), [[i, i] for i in range(40)], [{"a": i} for i in range(40)]]
)
def test_a_column_called_text_that_holds_no_texts_is_split_like_any_other(tmp_path, values) -> None:
    docs = assay.open(tmp_path / "p").dataset("docs")
    add(docs, tmp_path, "a", [{"text": value, "n": i} for i, value in enumerate(values)])
    made = docs.split({"a": 1, "b": 1}, by="group:n", repeats="keep")
    assert sum(part["rows"] for part in made.parts) == 40
    assert made.across["near"] == {"rows": 0, "groups": 0}
    assert docs.split({"c": 1, "d": 1}, by="time:n").by == "time:n"


def test_groups_stay_whole(docs) -> None:
    docs.split({"train": 0.7, "test": 0.3}, by="group:author")
    authors = [set(docs.at(v).to_table(["author"])[0].to_pylist()) for v in ("train", "test")]
    assert (len(authors[0]), len(authors[1])) == (7, 3)
    assert not authors[0] & authors[1]


def test_by_time_the_first_part_is_the_earliest_and_later_rows_join_the_last(
    docs, tmp_path
) -> None:
    made = docs.split({"past": 0.75, "future": 0.25}, by="time:at")
    past, future = (docs.at(v).to_table(["at"])[0].to_pylist() for v in ("past", "future"))
    assert (len(past), len(future)) == (150, 50)
    assert max(past) < min(future)
    assert str(made.parts[0]["high"]) in docs.project.versions.get("docs", "past").recipe
    add(docs, tmp_path, "b", lines(20, 200))
    again = docs.split({"past": 0.75, "future": 0.25}, by="time:at")
    assert [p["rows"] for p in again.parts] == [150, 70]


def test_a_view_is_split_by_its_own_shares(docs) -> None:
    some = docs.where('author in ("a0", "a1", "a2", "a3")')
    made = some.split({"a": 1, "b": 1}, by="group:author")
    assert [p["rows"] for p in made.parts] == [40, 40]
    assert made.input["rows"] == 80


def test_by_group_no_content_is_in_two_parts_and_what_is_left_out_is_counted(
    docs, tmp_path
) -> None:
    twice = lines(200)
    add(docs, tmp_path, "b", [{**row, "author": f"other{i % 10}"} for i, row in enumerate(twice)])

    made = docs.split({"a": 1, "b": 1}, by="group:author")

    contents = [set(docs.at(v).to_table(["content_id"])[0].to_pylist()) for v in ("a", "b")]
    assert not contents[0] & contents[1]
    assert len(contents[0] | contents[1]) == 200  # each content is in one part, none is lost
    assert made.left_out == made.why_left_out["repeats"] == 400 - sum(p["rows"] for p in made.parts)
    assert made.left_out > 0
    assert made.across["exact"] == {"rows": 0, "groups": 0}


def test_what_stands_in_several_parts_is_counted_and_what_to_do_is_said(docs, tmp_path) -> None:
    add(docs, tmp_path, "b", [{**row, "at": "2026-04-01T00:00:00Z"} for row in lines(200)[:6]])

    leaking = docs.split({"past": 200, "future": 6}, by="time:at", repeats="keep")
    assert leaking.across["exact"] == {"rows": 12, "groups": 6}
    assert leaking.across["near"] is None
    assert "12 rows of 6 equal contents are in several parts" in leaking.notes[0]
    assert "assay compute docs text.minhash" in leaking.notes[1]

    docs.compute("text.minhash")
    # The bound falls between the texts of a pair of near duplicates.
    told = docs.split({"odd": 105, "rest": 101}, by="time:at")
    assert told.across["exact"] == {"rows": 0, "groups": 0}
    assert told.why_left_out == {"repeats": 6, "linking": 0, "no_time": 0}
    assert told.across["near"] == {"rows": 2, "groups": 1}
    assert told.notes == (
        "2 rows of 1 set of near duplicates are in several parts; with repeats=near, or "
        "--repeats near, each set stays in one",
    )
    apart = docs.split({"odd": 105, "rest": 101}, by="time:at", repeats="near")
    assert apart.across == {"exact": {"rows": 0, "groups": 0}, "near": {"rows": 0, "groups": 0}}
    assert (apart.why_left_out["repeats"], apart.notes) == (7, ())
    assert docs.split({"a": 1, "b": 1}).across["near"] == {"rows": 0, "groups": 0}
    json.dumps(told.to_dict(), allow_nan=False)


def test_near_repeats_are_left_out_and_what_that_needs_is_computed(docs, tmp_path) -> None:
    # The texts of each pair of near duplicates are by two authors.
    mixed = [{**row, "author": f"m{i % 17}"} for i, row in enumerate(lines(100, 1000))]
    add(docs, tmp_path, "b", mixed)
    made = docs.split({"a": 1, "b": 1}, by="group:author", repeats="near")
    assert made.across["near"] == {"rows": 0, "groups": 0}
    assert 0 < made.why_left_out["repeats"] == made.left_out < 50
    assert docs.at("a").diff(docs.at("b"))["overlap"]["near"]["a"] == 0
    before = {p["name"]: ids(docs, p["name"]) for p in made.parts}
    add(docs, tmp_path, "c", [{**row, "author": f"c{i}"} for i, row in enumerate(mixed)])
    again = docs.split({"a": 1, "b": 1}, by="group:author", repeats="near")
    assert again.kept_cuts and again.across["near"] == {"rows": 0, "groups": 0}
    for part in again.parts:
        assert before[part["name"]] <= ids(docs, part["version"].partition("@")[2])


def test_rows_without_signatures_leave_it_unknown_whether_near_duplicates_leak(
    docs, tmp_path
) -> None:
    docs.compute("text.minhash")
    add(docs, tmp_path, "b", lines(20, 200))
    assert docs.split({"a": 1, "b": 1}, by="time:at").across["near"] is None


def test_a_column_without_times_says_what_stands_there_and_what_would_be_read(docs) -> None:
    with pytest.raises(UsageError) as refused:
        docs.split(by="time:author")
    assert "None of the 200 rows has a time in 'author', which has values such as 'a0'" in str(
        refused.value
    )
    assert refused.value.where == "the column 'author' of docs"
    assert "ISO 8601" in (refused.value.allowed or "")
    assert "another column" in (refused.value.remedy or "")
    assert docs.project.versions.list("docs") == []


@pytest.mark.parametrize(
    ("parts", "by", "says"),
    [({"a": 1}, None, "two parts"), ({"a": 1, "b": -1}, None, "cannot have the share -1"),
     ({"a": 1, "b": True}, None, "share True"), (None, "author", "cannot be split by 'author'"),
     (None, "group:", "cannot be split"), (None, "group:nothing", "no column or signal"),
     (dict.fromkeys("abcdefghijkl", 1), "group:author", "12 parts cannot be made of 10 groups"),
     ({"a": 1, "b": 1}, "time:2026", "2 parts cannot be made of 1 time")],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_made(docs, parts, by, says) -> None:
    with pytest.raises(UsageError, match=says):
        docs.split(parts, by=by)
    assert docs.project.versions.list("docs") == []
