"""Findings, recipes, versions, the map and jobs over HTTP."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from server_client import Client, Serving

from assay import demo
from assay.server.jobs import Jobs

D = "/api/datasets/demo"


@pytest.fixture(scope="module")
def own(project_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server on a project of its own, to be written to."""
    folder = tmp_path_factory.mktemp("own") / "project"
    shutil.copytree(project_folder, folder)
    with Serving(folder) as client:
        yield client


def preview(client: Client, rules: list[Any], **options: Any) -> dict[str, Any]:
    recipe = {"name": "p", "input": "demo", "rules": rules}
    found: dict[str, Any] = client.post(f"{D}/curate/preview", {"recipe": recipe, **options})
    return found


def test_findings_open_their_rows_and_say_what_their_fix_removes(own: Client) -> None:
    answer = own.get(f"{D}/findings?state=all")
    assert answer["checked"] and len(answer["findings"]) > 3
    total = own.get(D)["rows"]
    for finding in answer["findings"]:
        view = own.post(f"{D}/view", {"filters": [finding["filter"]]})
        assert view["count"] == finding["rows"] or not finding["row_ids"]
        if finding["fix"] and "keep" in finding["fix"]:
            kept = own.project.dataset("demo").where(finding["fix"]["keep"]).num_rows
            assert finding["effect"]["rows"] == total - kept
            assert 0 <= finding["effect"]["tokens_share"] <= 1
        assert finding["share"] == round(finding["rows"] / total, 6)
    # They are about all rows, so of a version, too, they are that share of them.
    of_version = own.get("/api/datasets/demo@clean/findings?state=all")["findings"]
    told = [
        {f["id"]: (f["rows"], f["share"]) for f in each}
        for each in (of_version, answer["findings"])
    ]
    assert own.get("/api/datasets/demo@clean")["rows"] < total and told[0] == told[1]


def test_triage_is_undone(own: Client) -> None:
    finding = next(f for f in own.get(f"{D}/findings")["findings"] if f["fix"])
    path = f"{D}/findings/{finding['id']}/triage"
    for action, state in (("apply", "applied"), ("undo", "open"), ("wontfix", "wontfix")):
        assert own.post(path, {"action": action, "note": "why"})["state"] == state
    assert own.get(D)["findings"]["wontfix"] == 1
    own.post(path, {"action": "undo"})
    assert own.ask("POST", path, {"action": "explode"}).status == 422
    assert own.ask("POST", f"{D}/findings/nope/triage", {"action": "snooze"}).status == 404


def test_the_effect_of_dropping_a_findings_rows_is_known_at_once(own: Client) -> None:
    name, asked = "sources.imbalance", {"column": "text.language.code", "most": 0.3}
    own.project.dataset("demo").check(name, params={name: asked})
    finding = next(f for f in own.get(f"{D}/findings")["findings"] if f["check"] == name)
    assert finding["fix"]["keep"] == f"not finding:{finding['id']}"
    assert finding["effect"]["rows"] == finding["rows"] > 0


def test_the_effect_of_a_selector_is_tried_in_a_job(own: Client) -> None:
    found = own.get(f"{D}/findings")["findings"]
    finding = next(f for f in found if f["check"] == "duplicates.exact")
    assert finding["effect"] is None
    job = own.finish(own.post(f"{D}/findings/{finding['id']}/effect")["job"])
    assert job["state"] == "done" and job["result"]["rows"] > 0
    again = next(f for f in own.get(f"{D}/findings")["findings"] if f["id"] == finding["id"])
    assert again["effect"] == job["result"]


def test_recipes_go_both_ways(own: Client) -> None:
    start = own.get(f"{D}/recipe")
    assert start["from"] == "newest"
    parsed = own.post("/api/recipes/parse", {"yaml": start["yaml"]})
    assert parsed["recipe"] == start["recipe"]
    rendered = own.post("/api/recipes/render", {"recipe": parsed["recipe"]})
    assert rendered == parsed
    bad = own.ask("POST", "/api/recipes/parse", {"yaml": "name: x\ninput: demo\nrulez: []"})
    assert bad.status == 400 and "rulez" in bad.json()["what"]


def test_a_threshold_moves_in_place_and_a_family_unfolds(own: Client) -> None:
    recipe = own.get(f"{D}/recipe")["recipe"]
    body = {"recipe": recipe, "index": 1, "name": "too short", "handle": 0, "place": 1}
    moved = own.post(f"{D}/curate/threshold", {**body, "value": 33})
    assert moved["recipe"]["rules"][1]["keep"] == "text.stats.words >= 33"
    if moved["preview"]["job"]:  # the duplicates of these rows
        own.finish(moved["preview"]["job"])
        moved = own.post(f"{D}/curate/threshold", {**body, "value": 33})
    wish = {"recipe": moved["recipe"], "rule": "too short"}
    assert moved["preview"] == own.post(f"{D}/curate/preview", wish)
    assert moved["preview"]["samples"]["rule"] == "too short"
    assert all(each["value"] >= 33 for each in moved["preview"]["samples"]["kept"])
    held = own.post(f"{D}/curate/threshold", {**body, "value": 77, "held": True})["preview"]
    assert (held["job"], held["exact"]) == (None, False)
    assert {rule["state"] for rule in held["rules"]} == {"exact", "estimate"}
    body = {**body, "index": 2, "name": "gopher_word_count"}
    moved = own.post(f"{D}/curate/threshold", {**body, "value": [10, 999]})
    keeps = {rule["name"]: rule.get("keep", "") for rule in moved["recipe"]["rules"]}
    assert "between 10 and 999" in keeps["gopher_word_count"]
    assert "gopher_hashes" in keeps
    assert own.ask("POST", f"{D}/curate/threshold", {**body, "value": 3}).status == 400


def test_a_preview_agrees_with_the_version_it_makes(own: Client) -> None:
    recipe = {**own.get(f"{D}/recipe")["recipe"], "name": "same"}
    first = own.post(f"{D}/curate/preview", {"recipe": recipe})
    if first["job"]:
        assert {rule["state"] for rule in first["rules"]} & {"pending", "estimate"}
        assert own.finish(first["job"])["state"] == "done"
    exact = own.post(f"{D}/curate/preview", {"recipe": recipe})
    assert exact["exact"] and exact["job"] is None
    assert exact["preview_key"] == first["preview_key"]
    done = own.finish(own.post(f"{D}/curate", {"recipe": recipe})["job"])
    assert done["state"] == "done", done
    result = done["result"]
    assert exact["kept"] == result["output"]["rows"]
    assert {r["name"]: r["dropped"] for r in exact["rules"]} == result["dropped"]
    assert {r["name"]: r["failing"] for r in exact["rules"]} == result["failing"]
    assert exact["rows_in"] == exact["kept"] + sum(r["dropped"] for r in exact["rules"])
    again = own.finish(own.post(f"{D}/curate", {"recipe": recipe})["job"])["result"]
    assert (result["made"], again["made"]) == (True, False)
    assert (again["output"], again["run"]) == (result["output"], result["run"])
    versions = {v["name"]: v["rows"] for v in own.get(f"{D}/versions")["versions"]}
    assert versions[result["output"]["name"].partition("@")[2]] == exact["kept"]
    pair = f"{D}/diff?a=demo&b={result['output']['name'].replace('@', '%40')}"
    diff = own.get(pair)
    assert diff["only_a"]["rows"] == exact["rows_in"] - exact["kept"]
    assert (diff["classifier"], diff["overlap"]["near"]) == (None, None)  # not asked for
    assert own.get(f"{pair}&deep=true")["classifier"]["n_a"] == diff["a"]["rows"]


def test_histograms_hold_every_row_and_samples_lie_at_the_threshold(own: Client) -> None:
    found = preview(own, [{"keep": "text.stats.words >= 40"}, {"drop": "text.pii.count > 0"}])
    first, second = found["rules"]
    histogram = first["histogram"]
    assert sum(histogram["all"]) + histogram["nulls"] == found["rows_in"]
    assert histogram["alive"] == histogram["all"]
    assert histogram["handles"][0]["value"] == 40
    assert sum(second["histogram"]["alive"]) == first["remaining"]
    assert found["samples"]["near"]
    kept = [sample["value"] for sample in found["samples"]["kept"]]
    dropped = [sample["value"] for sample in found["samples"]["dropped"]]
    assert kept == sorted(kept) and kept[0] >= 40
    assert dropped == sorted(dropped, reverse=True) and dropped[0] < 40


def test_samples_of_a_selector_without_a_threshold_are_not_near_one(own: Client) -> None:
    rules = [{"select": "split.group", "high": 0.5}]
    found = preview(own, rules)
    if found["job"]:
        own.finish(found["job"])
        found = preview(own, rules)
    samples = found["samples"]
    assert (len(samples["kept"]), len(samples["dropped"]), samples["near"]) == (6, 6, False)


def test_a_preview_says_what_is_missing_and_what_is_wrong(own: Client) -> None:
    found = preview(own, [{"select": "dedup.near"}, {"keep": "nothing > 3"}])
    assert [rule["state"] for rule in found["rules"]] == ["needs", "error"]
    assert "text.minhash" in found["rules"][0]["needs"]
    assert "nothing" in found["rules"][1]["error"]["what"]
    job = own.finish(own.post(f"{D}/compute", {"ops": found["rules"][0]["needs"]})["job"])
    assert job["state"] == "done"
    assert preview(own, [{"select": "dedup.near"}])["rules"][0]["state"] == "pending"
    assert own.ask("POST", f"{D}/compute", {"ops": ["no.such"]}).status == 400


def test_a_row_set_is_a_rule(own: Client) -> None:
    ids = own.project.dataset("demo").where("text.stats.words < 9").to_table(["id"])
    rows = ids.column(0).to_pylist()
    own.post(f"{D}/tags", {"tag": "short", "action": "add", "ids": rows})
    checked = own.post(f"{D}/check-expression", {"text": " not  tag:short"})
    assert checked["canonical"] == "not tag:short"
    rule, broken = preview(own, [{"drop": "tag:short"}, {"keep": "tag:none"}])["rules"]
    assert (rule["state"], rule["dropped"], rule["text"]) == ("exact", len(rows), "tag:short")
    assert (broken["state"], broken["failing"]) == ("error", 0)
    recipe = {"name": "long", "input": "demo", "rules": [{"drop": "tag:short"}]}
    done = own.finish(own.post(f"{D}/curate", {"recipe": recipe})["job"])["result"]
    assert done["dropped"] == {"drop tag:short": len(rows)}
    told = own.get(f"/api/datasets/demo%40long/row/{rows[0]}")["verdicts"]["rules"][0]
    assert (told["value"], told["threshold"]) == (True, "tag:short")
    assert told["reason"].startswith('has the tag "short"')
    own.post(f"{D}/tags", {"tag": "short", "action": "remove", "ids": rows[:1]})
    assert preview(own, [{"drop": "tag:short"}])["rules"][0]["dropped"] == len(rows) - 1


def test_the_map_is_made_once_and_is_a_signal(own: Client) -> None:
    assert own.get(f"{D}/map")["state"] == "missing"
    job = own.finish(own.post(f"{D}/map", {"method": "pca"})["job"])
    assert job["state"] == "done", job
    known = own.get(f"{D}/map")
    assert (known["state"], known["method"]) == ("ready", "pca")
    places = np.frombuffer(own.ask("GET", "/" + known["xy"]).body, "<u2").reshape(-1, 2)
    assert len(places) == known["rows"]
    assert (places[:, 0] != 65535).sum() == known["placed"]
    view = own.post(f"{D}/view", {"filters": [{"column": "map.x", "op": "<", "value": 0.5}]})
    inside = (places[:, 0] < 65534 * 0.5).sum()
    assert abs(view["count"] - inside) <= 2
    topic = known["clusters"][0]
    rows = own.project.dataset("demo").where(f'map.topic == "{topic["label"]}"').num_rows
    assert rows == topic["count"]
    done = own.finish(
        own.post(
            f"{D}/curate",
            {"recipe": {"name": "left", "input": "demo", "rules": [{"keep": "map.x < 0.5"}]}},
        )["job"]
    )
    assert done["result"]["output"]["rows"] == view["count"]


def test_a_topic_is_named_and_the_name_taken_back(own: Client) -> None:
    """After the map was made: the places are not sent again, the former name still works."""
    known = own.get(f"{D}/map")
    topic = known["clusters"][0]
    was = topic["label"]
    named = own.finish(own.post(f"{D}/map/names", {"topic": was, "name": "Questions"})["job"])
    assert named["state"] == "done", named
    now = own.get(f"{D}/map")
    found = next(each for each in now["clusters"] if each["label"] == "Questions")
    assert (found["by"], found["count"]) == ("person", topic["count"])
    assert now["xy"] == known["xy"]
    for name in ("Questions", was):
        chosen = {"column": "map.topic", "op": "in", "value": [name]}
        assert own.post(f"{D}/view", {"filters": [chosen]})["count"] == topic["count"]
    facet = own.get(f"{D}/facets?view={own.post(f'{D}/view', {})['view_key']}")["facets"]
    assert "Questions" in str([each for each in facet if each["column"] == "map.topic"])
    back = own.post(f"{D}/map/names/undo", {"event": named["result"]["event"]})["job"]
    assert own.finish(back)["state"] == "done"
    assert own.get(f"{D}/map")["clusters"] == known["clusters"]
    assert own.ask("POST", f"{D}/map/names", {"topic": was, "name": "a\nb"}).status == 400
    failed = own.finish(own.post(f"{D}/map/names", {"topic": "none", "name": "x"})["job"])
    assert failed["state"] == "failed" and was in str(failed["error"]["allowed"])


def test_colors_and_legend_agree(own: Client) -> None:
    for column in ("source", "text.language.code", "text.stats.words"):
        codes = np.frombuffer(own.ask("GET", f"{D}/color?column={column}").body, np.uint8)
        legend = own.get(f"{D}/color/legend?column={column}")
        assert (codes == 255).sum() == legend["missing"]["rows"]
        for entry in legend["entries"] or []:
            assert (codes == entry["code"]).sum() == entry["rows"]
    assert own.ask("GET", f"{D}/color?column=text").status == 400


def test_a_running_job_is_stopped_halfway_and_finished_later(own: Client) -> None:
    """`minilm` reads these texts of the corpus as one batch: it is asked within it."""
    own.project.dataset("part").add(demo.folder() / "corpus" / "docs.jsonl.zst")
    path, damaged = "/api/datasets/part", own.project.quarantine("part")
    steps = ["text.stats", {"op": "embed.text", "model": "minilm"}]
    job = own.post(f"{path}/compute", {"ops": steps})["job"]
    while own.get(f"/api/jobs/{job}")["state"] == "waiting":
        time.sleep(0.02)
    time.sleep(0.5)
    own.post(f"/api/jobs/{job}/cancel")
    stopped = own.finish(job)
    assert (stopped["state"], stopped["error"]) == ("cancelled", None)
    assert stopped["progress"]["done"] == 0
    assert own.get(f"{path}/map")["state"] == "none"  # a column that waits is no embedding yet
    assert [run["state"] for run in own.get(f"{path}/runs")["runs"]] == ["interrupted", "done"]
    assert own.project.quarantine("part") == damaged
    done = own.finish(own.post(f"{path}/compute", {"ops": steps})["job"])
    assert (done["state"], done["result"]["rows"]) == ("done", 493), done
    found = own.project.dataset("part").to_table(["text", "embed.text.vector"])
    blank = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(found.column(0), "")), "")
    assert found.column(1).null_count == pc.sum(blank).as_py()


def test_lineage_leads_from_files_to_versions(own: Client) -> None:
    graph = own.get(f"{D}/lineage")
    seen: set[str] = set()
    incoming: dict[str, set[str]] = {}
    for edge in graph["edges"]:
        incoming.setdefault(edge["to"], set()).add(edge["from"])
    for node in graph["nodes"]:
        assert incoming.get(node["id"], set()) <= seen
        seen.add(node["id"])
    assert {"files", "dataset", "signal", "version"} <= {n["kind"] for n in graph["nodes"]}


def test_work_that_waits_says_so_and_is_not_queued_twice() -> None:
    jobs, gate = Jobs(), threading.Event()
    jobs.start("map", "d", "Making the map", lambda _: gate.wait(30))
    tried = [jobs.once("effect", "d", "Trying the fix", f, lambda _: 1) for f in ("a", "b", "a")]
    assert tried[0] is tried[2] is not tried[1]
    assert tried[0].to_dict()["progress"]["label"] == "Waiting for other work on this dataset"
    gate.set()


def test_a_waiting_job_is_cancelled_and_a_reloaded_page_finds_it(own: Client) -> None:
    first = own.post(f"{D}/check", {"checks": ["quality.rules"]})["job"]
    second = own.post(f"{D}/check", {})["job"]
    cancelled = own.post(f"/api/jobs/{second}/cancel")
    assert cancelled["state"] in ("cancelled", "running")
    assert own.finish(first)["state"] == "done"
    assert own.finish(second)["state"] == "cancelled" or cancelled["state"] == "running"
    assert {first, second} <= {job["id"] for job in own.get("/api/jobs")["jobs"]}
    assert own.ask("POST", f"{D}/check", {"checks": ["no.such"]}).status == 400
    assert own.ask("GET", "/api/jobs/none").status == 404


def test_rows_added_while_open_show_in_the_next_view_and_old_keys_still_work(
    own: Client, tmp_path: Path
) -> None:
    before = own.post(f"{D}/view", {"filters": ["text.stats.words > 5"]})
    more = tmp_path / "more.jsonl"
    more.write_text('{"text": "<script>alert(1)</script> \\u202e \\u001b[31m red"}\n')
    own.project.dataset("demo").add(more)
    after = own.post(f"{D}/view", {})
    assert after["total"] == before["total"] + 1
    old = own.get(f"{D}/facets?view={before['view_key']}")
    assert old["total"] == before["total"]
    text = own.ask("GET", f"{D}/rows?view={after['view_key']}&offset={before['total']}").table()
    assert "<script>" in text.column("text")[0].as_py()
    assert own.get(f"{D}/map")["state"] in ("stale", "missing")
