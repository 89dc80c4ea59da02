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


@pytest.mark.parametrize(
    ("parts", "by", "says"),
    [({"a": 1}, None, "two parts"), ({"a": 1, "b": -1}, None, "cannot have the share -1"),
     ({"a": 1, "b": True}, None, "share True"), (None, "author", "cannot be split by 'author'"),
     (None, "group:", "cannot be split"), (None, "group:nothing", "no column or signal"),
     (dict.fromkeys("abcdefghijkl", 1), "group:author", "12 parts cannot be made of 10 groups")],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_made(docs, parts, by, says) -> None:
    with pytest.raises(UsageError, match=says):
        docs.split(parts, by=by)
    assert docs.project.versions.list("docs") == []
