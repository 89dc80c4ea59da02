"""The report over HTTP: made by a job, followed to its views, taken home as a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_client import Client, Serving

import assay

D = "/api/datasets/demo"


@pytest.fixture(scope="module")
def own(project_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("reports") / "project"
    shutil.copytree(project_folder, folder)
    rows = folder.parent / "bare.jsonl"
    rows.write_text('{"length": 1}\n')
    assay.open(folder).dataset("bare").add(rows)
    with Serving(folder, "--root-path", "/data") as client:
        yield client


@pytest.fixture(scope="module")
def made(own: Client) -> dict[str, Any]:
    assert own.get(f"{D}/report") == {"report": None, "stale": False, "obstacle": None}
    assert own.ask("GET", f"{D}/report/file").status == 404
    job = own.finish(own.post(f"{D}/report")["job"])
    answer = own.get(f"{D}/report")
    assert (job["state"], answer["stale"]) == ("done", False)
    assert job["result"]["recommendations"] == len(answer["report"]["recommendations"]) > 5
    return dict(answer["report"])


def numbers(part: Any) -> Iterator[dict[str, Any]]:
    """Every number in a report, wherever it stands."""
    if isinstance(part, dict):
        if "measure" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from numbers(each)


def test_every_number_is_the_count_of_its_view(own: Client, made: dict[str, Any]) -> None:
    seen = 0
    for number in numbers(made):
        if number["measure"] in ("rows", "tokens"):
            view = own.post(f"{D}/view", {"filters": number["view"]["filters"]})
            shown = view["count"] if number["measure"] == "rows" else view["tokens"]
            assert shown == number["value"], number
            seen += 1
    assert seen > 40


def test_the_report_says_that_something_changed_since(own: Client, made: dict[str, Any]) -> None:
    finding = made["recommendations"][0]["reason"]
    path = f"{D}/findings/{finding}/triage"
    own.post(path, {"action": "snooze"})
    try:
        assert own.get(f"{D}/report")["stale"] is True
        own.finish(own.post(f"{D}/report")["job"])
        answer = own.get(f"{D}/report")
        assert answer["stale"] is False
        assert finding not in [one["reason"] for one in answer["report"]["recommendations"]]
    finally:
        own.post(path, {"action": "undo"})


def test_the_file_links_to_the_address_it_came_from(own: Client, made: dict[str, Any]) -> None:
    answer = own.ask("GET", f"{D}/report/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="demo-report.html"'
    assert f"http://{own.host}:{own.port}/data/explore?data=demo" in answer.body.decode()
    assert own.token not in answer.body.decode()
    plain = own.ask("GET", f"{D}/report/file?form=json")
    assert json.loads(plain.body)["dataset"] == "demo"
    assert own.ask("GET", f"{D}/report/file?form=exe").status == 422


def test_a_version_has_a_report_of_its_own(own: Client, made: dict[str, Any]) -> None:
    path = "/api/datasets/demo@clean/report"
    own.finish(own.post(path)["job"])
    clean = own.get(path)["report"]
    assert clean["dataset"] == "demo@clean"
    assert clean["figures"][0]["value"] < made["figures"][0]["value"]


def test_with_a_target_the_report_tells_what_is_missing(own: Client, made: dict[str, Any]) -> None:
    """Each target has a report of its own; what is in the way is said before any work."""
    path = "/api/datasets/demo@clean/report"
    own.finish(own.post(path)["job"])
    aimed = f"{path}?target=demo"
    assert own.get(aimed) == {"report": None, "stale": False, "obstacle": None}
    own.finish(own.post(aimed)["job"])
    beside = own.get(aimed)
    assert (beside["stale"], beside["obstacle"]) == (False, None)
    ids = [section["id"] for section in beside["report"]["sections"]]
    plain = [section["id"] for section in own.get(path)["report"]["sections"]]
    assert set(ids) - set(plain) == {"gaps"}
    file = own.ask("GET", f"{path}/file?form=json&target=demo")
    assert [section["id"] for section in json.loads(file.body)["sections"]] == ids
    assert own.ask("GET", f"{path}/file?target=nothing").status == 404
    assert own.ask("POST", f"{path}?target=demo@clean").status == 400
    blocked = own.get(f"{path}?target=bare")["obstacle"]
    assert blocked["what"].startswith("bare has no text to embed")
    refused = own.ask("POST", f"{path}?target=bare")
    assert refused.status == 400 and blocked["what"] in refused.body.decode()
