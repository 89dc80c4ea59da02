"""Named versions: recorded once for one outcome, never overwritten."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from assay.errors import UsageError
from assay.store.events import Events
from assay.store.table import Table
from assay.store.versions import Version, Versions


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path, Events(tmp_path / "events"))


def save(versions: Versions, tmp_path: Path, keep: list[bool], **other) -> Version:
    path = tmp_path / "docs.lance"
    if not Table.exists(path):
        Table.create(path, pa.schema([("id", pa.string())]), key="id")
    verdicts = pa.table({"id": list("abcdef")[: len(keep)], "keep": keep})
    given = {
        "dataset": "docs",
        "name": "clean",
        "parent": "docs",
        "table": Table.open(path),
        "recipe": "name: clean",
        "verdicts": verdicts,
        "dropped": {"r": keep.count(False)},
        "thresholds": {"r": 5},
        "run": "run1",
    }
    return versions.save(**{**given, **other})


def test_a_version_keeps_its_counts_its_verdicts_and_its_recipe(versions, tmp_path) -> None:
    made = save(versions, tmp_path, [True, False, True])
    assert (made.full_name, made.rows, made.rows_in) == ("docs@clean", 2, 3)
    assert (dict(made.dropped), dict(made.thresholds)) == ({"r": 1}, {"r": 5})
    assert versions.get("docs", "clean") == made
    assert versions.verdicts(made).read().column("keep").to_pylist() == [True, False, True]


def test_the_same_outcome_is_the_same_version_and_another_gets_the_next_name(
    versions, tmp_path
) -> None:
    first = save(versions, tmp_path, [True, False])
    assert save(versions, tmp_path, [True, False], run="run2") == first
    second = save(versions, tmp_path, [False, False])
    assert second.full_name == "docs@clean-2"
    assert save(versions, tmp_path, [False, False]) == second
    assert save(versions, tmp_path, [True, False]) == first
    third = save(versions, tmp_path, [True, False], recipe="name: clean\nseed: 1")
    assert third.full_name == "docs@clean-3"
    assert [v.name for v in versions.list("docs")] == ["clean", "clean-2", "clean-3"]
    assert versions.verdicts(first).read().column("keep").to_pylist() == [True, False]


def test_a_number_in_a_name_does_not_clash_with_ours(versions, tmp_path) -> None:
    save(versions, tmp_path, [True], name="clean-2")
    assert save(versions, tmp_path, [True], recipe="name: clean\nseed: 1").name == "clean"
    assert save(versions, tmp_path, [False]).name == "clean-3"


def test_a_name_that_is_not_there_lists_those_that_are(versions, tmp_path) -> None:
    with pytest.raises(UsageError, match="no named version was made yet"):
        versions.get("docs", "clean")
    save(versions, tmp_path, [True])
    with pytest.raises(UsageError, match=r"'nope'.*Allowed: clean"):
        versions.get("docs", "nope")


def test_versions_belong_to_their_dataset(versions, tmp_path) -> None:
    save(versions, tmp_path, [True])
    save(versions, tmp_path, [True, True], dataset="other", parent="other")
    assert [v.full_name for v in versions.list("other")] == ["other@clean"]
    assert len(versions.list()) == 2
