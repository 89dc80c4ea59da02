"""Gaps over HTTP: compared by a job, kept over a restart, stale when rows come, listed to get."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_client import Client, Serving

import assay

P = "/api/datasets/pool/gaps"


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def texts(shape: str, count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"text": shape.format(n)} for n in range(first, first + count)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of tables, a target of tables and alarms, a pool with alarms, and odd datasets."""
    path = tmp_path_factory.mktemp("gap_routes")
    project = assay.open(path / "project")
    data = {
        "pool": texts("book a table for {} people tonight", 60),
        "target": texts("book a table for {} people tonight", 30, 100)
        + texts('set an alarm, "{}" in the morning', 20)
        + texts("=wake up at {}", 1),
        "more": texts("set an alarm for {} in the morning", 25, 50),
        "bare": texts("no vectors here {}", 5),
        "one": texts("book a table {}", 1),
        "equal": texts("the same", 1) * 8,
    }
    for name, rows in data.items():
        project.dataset(name).add(lines(path / f"{name}.jsonl", rows))
    project.dataset("pool").compute({"op": "embed.text", "model": "lsa"})
    return path / "project"


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Client]:
    with Serving(folder) as client:
        yield client


@pytest.fixture(scope="module")
def found(own: Client) -> dict[str, Any]:
    assert own.get(P) == {"target": None, "found": None, "stale": False, "obstacle": None}
    job = own.finish(own.post(P, {"target": "target", "sources": ["more"]})["job"])
    answer = own.get(P)
    assert (job["state"], answer["target"], answer["stale"]) == ("done", "target", False)
    assert job["result"]["gaps"] == sum(gap["sure"] for gap in answer["found"]["gaps"]) >= 1
    return dict(answer["found"])


def count(own: Client, dataset: str, filter: str) -> int:
    return int(own.post(f"/api/datasets/{dataset}/view", {"filters": [filter]})["count"])


def test_every_number_of_a_gap_is_the_count_of_its_view(own: Client, found: dict[str, Any]) -> None:
    for gap in found["gaps"]:
        assert count(own, "target", gap["filter"]) == gap["rows"]
        assert count(own, "pool", gap["own_filter"]) == gap["own_rows"]
        for pool in gap["pools"]:
            assert count(own, "more", pool["filter"]) <= pool["rows"]
            assert (pool["rows"] == 0) == (pool["hits"] == [])
    gap = found["gaps"][0]
    assert "alarm" in gap["name"] and gap["sure"] and gap["own_rows"] == 0
    low, high = gap["target_ci"]
    assert gap["target_share"] == pytest.approx(gap["rows"] / 51, abs=1e-6)
    assert low < gap["target_share"] < high
    assert gap["pools"][0]["rows"] > 0 and "alarm" in gap["pools"][0]["hits"][0]["text"]
    assert all("alarm" in each["text"] for each in gap["examples"])


def test_the_list_adds_up_and_closes_what_is_missing(own: Client, found: dict[str, Any]) -> None:
    whole = own.get(f"{P}/list?target=target")
    assert whole["rows"] == sum(item["rows"] for item in whole["items"]) > 0
    assert whole["closes"] == pytest.approx(1, abs=0.02)
    for item in whole["items"]:
        assert item["share"] == pytest.approx(item["target_share"], abs=0.01)
    first = found["gaps"][0]["id"]
    few = own.get(f"{P}/list?target=target&gap={first}:3")
    assert [item["rows"] for item in few["items"]] == [3] and 0 < few["closes"] < whole["closes"]
    assert few["items"][0]["brief"].startswith("Get 3 more rows about")
    assert own.get(f"{P}/list?target=target&gap=")["items"] == []
    for wrong in (f"{first}:-1", f"{first}:x", "nothing", f"{first}:99999999999"):
        assert own.ask("GET", f"{P}/list?target=target&gap={wrong}").status == 400
    assert own.ask("GET", f"{P}/list?target=more").status == 404


def test_the_list_is_a_file_that_a_spreadsheet_does_not_run(
    own: Client, found: dict[str, Any]
) -> None:
    answer = own.ask("GET", f"{P}/list/file?target=target&form=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="pool-for-target.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [int(row["rows"]) for row in rows] == [
        item["rows"] for item in own.get(f"{P}/list?target=target")["items"]
    ]
    assert not any(value.startswith("=") for row in rows for value in row.values())
    said = own.ask("GET", f"{P}/list/file?target=target&form=md").body.decode()
    assert said.startswith("# What pool needs to be like target")
    assert own.ask("GET", f"{P}/list/file?target=target&form=exe").status == 422


def test_what_was_found_is_there_after_a_restart_and_stale_once_rows_came(
    own: Client, found: dict[str, Any], folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    project = assay.open(copy)
    with Serving(copy) as again:
        answer = again.get(P)
        assert (answer["found"], answer["stale"]) == (
            found | {"code": answer["found"]["code"]},
            False,
        )
        project.dataset("target").compute("text.stats")
        assert again.get(P)["stale"] is False
        project.dataset("target").add(
            lines(tmp_path / "new.jsonl", texts("turn up the music {}", 9))
        )
        assert again.get(P)["stale"] is True
        again.finish(again.post(P, {"target": "target"})["job"])
        assert again.get(P)["stale"] is False


def test_what_cannot_be_compared_says_why_and_an_embedding_can_be_computed(own: Client) -> None:
    blocked = own.get("/api/datasets/bare/gaps?target=more")["obstacle"]
    assert blocked["embeddable"] and "no embedding in common" in blocked["what"]
    assert [line.split()[:4] for line in blocked["remedy"].splitlines()] == [
        ["assay", "compute", name, "embed.text"] for name in ("bare", "more")
    ]
    job = own.finish(own.post("/api/datasets/bare/gaps", {"target": "more"})["job"])
    assert job["state"] == "failed" and "no embedding" in job["error"]["what"]
    job = own.finish(own.post("/api/datasets/bare/gaps", {"target": "more", "embed": True})["job"])
    assert job["state"] == "done"
    assert own.get("/api/datasets/bare/gaps?target=more")["found"]["told_apart"] is True
    assert own.ask("POST", P, {"target": "pool"}).status == 400
    assert own.ask("POST", P, {"target": "gone"}).status == 404
    assert own.ask("GET", f"{P}?target=gone").status == 404


@pytest.mark.parametrize("target", ["one", "equal"])
def test_one_row_and_equal_rows_are_compared_too(own: Client, target: str) -> None:
    job = own.finish(own.post(P, {"target": target})["job"])
    assert job["state"] == "done", job["error"]
    answer = own.get(f"{P}?target={target}")
    assert answer["found"]["target_rows"] == (1 if target == "one" else 8)
    json.dumps(answer, allow_nan=False)
    job = own.finish(
        own.post(f"/api/datasets/{target}/gaps", {"target": "pool", "embed": True})["job"]
    )
    assert job["state"] == "done", job["error"]
