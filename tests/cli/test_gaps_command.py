"""The command `gaps`: for people, for programs, and the file of scores."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

TABLES = [f"book a table for {n} people" for n in range(60)]
ALARMS = [f"set an alarm for {n} in the morning" for n in range(20)]


@pytest.fixture
def pools(assay, lines):
    """A pool of one subject, a target of two."""
    for name, texts in (("pool", TABLES[:40]), ("target", TABLES[40:] + ALARMS)):
        rows = [{"text": text} for text in texts]
        assert assay("add", name, lines(f"{name}.jsonl", rows)).code == 0
    assert assay("compute", "pool", "embed.text@lsa").code == 0
    return assay


def test_people_see_the_gap_its_shares_and_how_much_to_get(pools) -> None:
    done = pools("gaps", "pool", "--target", "target", "--cells", 2)
    assert done.code == 0
    assert "pool can be told from target: AUROC 0." in done.stdout
    assert "Compared by embed.text@lsa: 40 rows and 40." in done.stdout
    assert "alarm" in done.stdout and "0.0 %" in done.stdout and "nearest own" in done.stdout


def test_programs_get_one_document_and_a_file_of_scores(pools, tmp_path: Path) -> None:
    scores = tmp_path / "scores.parquet"
    done = pools("gaps", "pool", "--target", "target", "--cells", 2, "--scores", scores, "--json")
    assert done.code == 0 and {"auroc", "p_value", "gaps"} <= done.json.keys()
    promised = {"id", "name", "target_share", "own_share", "ratio", "ci", "rules", "examples"}
    assert all(promised | {"next"} <= gap.keys() for gap in done.json["gaps"])
    assert pq.read_table(scores).num_rows == 40


def test_what_may_be_chance_is_marked_and_set_apart_from_sure_gaps(assay, lines) -> None:
    words = ("noon", "six", "monday", "lunch", "friends", "london", "two")
    for name, first, subjects in (("pool", 1, TABLES), ("target", 3, TABLES + 2 * ALARMS)):
        rows = [
            f"{text} {words[(first * i) % 7]} {words[i % 5]}" for i, text in enumerate(subjects)
        ]
        assay("add", name, lines(f"{name}.jsonl", [{"text": text} for text in rows]))
    assay("compute", "pool", "embed.text@lsa")
    call = ("gaps", "pool", "--target", "target", "--cells", 30)
    gaps = assay(*call, "--json").json["gaps"]
    sure = [gap["sure"] for gap in gaps]
    assert sure == sorted(sure, reverse=True) and {*sure} == {True, False}
    listed, _, after = assay(*call).stdout.partition("May be chance:")
    apart = after.partition("nearest own")[0]
    assert all(gap["name"] in (listed if gap["sure"] else apart) for gap in gaps)
    assert not any(gap["name"] in listed for gap in gaps if not gap["sure"])


def test_the_list_of_what_to_get_is_written_for_people_and_programs(pools, tmp_path: Path) -> None:
    for name in ("list.csv", "list.md", "list.json"):
        done = pools("gaps", "pool", "--target", "target", "--cells", 2, "--list", tmp_path / name)
        assert done.code == 0 and "Wrote what to get" in done.stderr
    wanted = json.loads((tmp_path / "list.json").read_text())
    assert wanted["rows"] == sum(item["rows"] for item in wanted["items"]) > 0
    assert f"{wanted['rows']} rows for the sure gaps together" in done.stdout
    assert (tmp_path / "list.csv").read_text().startswith("gap,name,rows,own_share,share,")
    assert (tmp_path / "list.md").read_text().startswith("# What pool needs to be like target")
    done = pools("gaps", "pool", "--target", "target", "--list", tmp_path / "list.xlsx")
    assert done.code == 2 and ".csv, .json, .md" in done.stderr


def test_what_cannot_be_compared_is_wrong_use(pools) -> None:
    done = pools("gaps", "target", "--target", "pool")
    assert done.code == 2 and "no embedding in common" in done.stderr
    assert pools("gaps", "pool").code == 2
    done = pools("gaps", "pool", "--target", "gone")
    assert done.code == 2 and "gone" in done.stderr
