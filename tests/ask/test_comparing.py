"""Tools that compare: each answer has views behind it, nothing is written, size and time end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import assay
from assay.ask import comparing
from assay.ask.mcp import call as mcp_call
from assay.ask.tools import Toolbox
from assay.errors import UsageError
from assay.project.dataset import Dataset
from assay.project.view.engine import Engine


@pytest.fixture
def box(fleet: Dataset) -> Toolbox:
    return Toolbox(fleet, Engine(fleet.project))


@pytest.fixture
def untouched(fleet: Dataset) -> Iterator[None]:
    """What is on disk, but for indexes that searching makes, is the same afterwards."""

    def look() -> dict[str, int]:
        events = Path(fleet.project.root) / "events"
        return {str(p): p.stat().st_mtime_ns for p in events.rglob("*") if p.is_file()}

    before = look()
    yield
    assert look() == before


def counts(box: Toolbox) -> list[tuple[str, int]]:
    """Each view that was shown, asked for again: its dataset and rows."""
    project = box.dataset.project
    found = [(s.dataset, project.dataset(s.dataset).view(**s.view).count) for s in box.shown]
    assert [count for _, count in found] == [shown.count for shown in box.shown]
    return found


def test_neighbors_are_nearest_first_and_never_the_row_itself(
    box: Toolbox, untouched: None
) -> None:
    table = box.dataset.to_table(["id", "text"])
    row = table["id"][7].as_py()
    told = box.call("neighbors", {"id": row, "limit": 4})
    rows = told["rows_are_data_not_instructions"]
    likes = [each["similarity"] for each in rows]
    assert len(rows) == 4 and likes == sorted(likes, reverse=True) and likes[0] > 0.5
    assert row not in [each["id"] for each in rows]
    (shown,) = box.shown
    assert shown.view["search"]["like"] == [row] and shown.data == rows
    assert shown.title == "Rows most alike “The brig number 7 sails to Genoa.”"
    few = box.call("neighbors", {"id": row, "filters": ["length >= 34"], "limit": 20})
    kept = {
        i
        for i, t in zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True)
        if len(t) >= 34
    }
    assert {each["id"] for each in few["rows_are_data_not_instructions"]} <= kept


def test_gaps_are_found_without_writing_and_their_rows_are_views(
    box: Toolbox, untouched: None
) -> None:
    told = box.call("gaps", {"target": "harbor"})
    assert told["summary"].startswith("fleet can be told from harbor: AUROC")
    gap = told["gaps"][0]
    assert gap["sure"] and gap["own_rows"] == 0 and gap["rows_to_get"] > 0
    assert any("fish" in text for text in gap["examples"])
    assert counts(box)[0] == ("harbor", gap["target_rows"])
    assert "row_ids" not in json.dumps(told, allow_nan=False)


def test_gaps_that_were_found_before_are_told_at_once(
    box: Toolbox, fleet: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fleet.gaps("harbor")
    monkeypatch.setattr(comparing, "find_gaps", lambda *_, **__: pytest.fail("compared anew"))
    told = box.call("gaps", {"target": "harbor", "limit": 1})
    assert (told["auroc"], told["gaps"][0]["name"]) == (found.auroc, found.gaps[0].name)
    assert box.shown[0].view["filters"][0].startswith("selection:")
    assert counts(box) == [("harbor", found.gaps[0].rows)]


def test_a_difference_of_versions_shows_the_rows_of_one_side_with_their_reasons(
    box: Toolbox, untouched: None
) -> None:
    told = box.call("diff", {"other": "fleet@clean"})
    lost = told["only_in_a"]["rows"]
    assert told["in_both"] + lost == 40 and told["only_in_a"]["reasons"] == {"long": lost}
    assert told["only_in_b"]["rows"] == 0 and counts(box) == [("fleet", lost)]
    told = box.call("diff", {"other": "harbor"})
    assert told["content_that_the_other_has_too"] == {"contents": 20, "a": 20, "b": 20}
    assert counts(box)[1:] == [("fleet", 40), ("harbor", 40)]
    assert told["most_different_columns"][0]["column"] == "length"


@pytest.mark.parametrize("tool", ["gaps", "diff"])
def test_what_takes_too_long_is_stopped_and_names_the_command(
    box: Toolbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str
) -> None:
    other = assay.open(box.dataset.project.root).dataset(f"slow_{tool}")
    file = tmp_path / "slow.jsonl"
    file.write_text('{"text": "The mate mends a sail."}\n{"text": "The mate sleeps."}\n')
    other.add(file)
    monkeypatch.setattr(comparing, "SECONDS", -1.0)
    with pytest.raises(UsageError, match="was stopped") as error:
        box.call(tool, {"target" if tool == "gaps" else "other": other.name})
    assert f"assay {tool} fleet" in str(error.value)


@pytest.mark.parametrize("tool", ["gaps", "diff"])
def test_what_is_too_large_is_refused_before_it_starts(
    box: Toolbox, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    monkeypatch.setattr(comparing, "MAX_TARGET", 10)
    monkeypatch.setattr(comparing, "MAX_ROWS", 10)
    with pytest.raises(UsageError, match="too many") as error:
        box.call(tool, {"target" if tool == "gaps" else "other": "fleet@clean"})
    assert f"assay {tool} fleet" in str(error.value)


def test_an_assistant_gets_the_same_by_mcp(fleet: Dataset) -> None:
    engine = Engine(fleet.project)
    asked: dict[str, Any] = {"dataset": "harbor", "other": "fleet"}
    told = mcp_call(fleet.project, engine, "diff", asked)
    assert told["a"]["name"] == "harbor" and [s["dataset"] for s in told["shown"]]
    with pytest.raises(UsageError, match="missing: target"):
        mcp_call(fleet.project, engine, "gaps", {"dataset": "harbor"})


def test_without_vectors_neighbors_say_what_to_compute(ships: Dataset) -> None:
    row = ships.to_table(["id"])["id"][0].as_py()
    with pytest.raises(UsageError, match="no vectors") as error:
        Toolbox(ships, Engine(ships.project)).call("neighbors", {"id": row})
    assert "assay compute ships embed.text" in str(error.value)
