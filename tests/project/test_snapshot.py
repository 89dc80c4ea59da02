"""Columns in memory: what is kept of them, and what is told from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import assay
from assay.project.view import snapshot as module
from assay.project.view.snapshot import Snapshot

LENGTHS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, None]


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    lines = [json.dumps({"text": f"row {i}", "length": v}) for i, v in enumerate(LENGTHS)]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines))
    dataset = assay.open(tmp_path / "project").dataset("rows")
    dataset.add(tmp_path / "rows.jsonl")
    return Snapshot(dataset.table)


def test_a_value_stands_in_the_middle_of_its_equals(snapshot: Snapshot) -> None:
    # 1 1 2 3 3 4 5 5 5 6 9: below 5 are six, and three are like it.
    assert snapshot.standing("length", 5) == (round(100 * 7.5 / 11, 2), 4.0)
    assert snapshot.standing("length", 0) == (0.0, 4.0)
    assert snapshot.standing("length", 10) == (100.0, 4.0)


def test_few_values_stand_for_many_where_one_is_ranked(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RANKS", 5)
    percentile, median = snapshot.standing("length", 5) or (0.0, 0.0)
    assert abs(percentile - 100 * 7.5 / 11) <= 100 / 5
    assert median == 4.0  # of all, not of those that stand for them


def test_a_set_of_rows_is_looked_for_once(snapshot: Snapshot) -> None:
    asked = []

    def find(_: str) -> np.ndarray:
        asked.append(1)
        return np.arange(len(LENGTHS)) % 3 == 0

    for _ in range(2):
        rows = snapshot.row_set("selection:abc", find)
        assert np.flatnonzero(rows).tolist() == [0, 3, 6, 9]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ('color == "red"', [0, 4, 8]),
        ('color != "red"', [1, 2, 5, 6, 9, 10]),
        ('not color in ["red", "blue"]', [2, 6, 10]),
        ('color in ["blue", "none"]', [1, 5, 9]),
        ("color is null", [3, 7, 11]),
        ('color is null or color contains "e"', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("len(color) > 3", [1, 2, 5, 6, 9, 10]),
        ('color == "purple"', []),
    ],
)
def test_a_condition_on_a_category_holds_for_the_same_rows_by_value_and_by_row(
    tmp_path: Path, condition: str, rows: list[int]
) -> None:
    colors = ["red", "blue", "green", None] * 3
    lines = [json.dumps({"text": f"row {i}", "color": c}) for i, c in enumerate(colors)]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines))
    dataset = assay.open(tmp_path / "project").dataset("rows")
    dataset.add(tmp_path / "rows.jsonl")
    snapshot = Snapshot(dataset.table)
    assert snapshot.column("color").kind == "category"
    assert np.flatnonzero(snapshot.truth(condition)).tolist() == rows
    by_row = dataset.where(condition).to_table(["text"])[0].to_pylist()
    assert sorted(by_row) == sorted(f"row {i}" for i in rows)
