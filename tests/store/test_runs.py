"""Runs: each is listed from its start, with what became of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import assay
from assay.errors import InputError, Stopped, UsageError
from assay.project.lineage import lineage
from assay.store import add as add_module
from assay.store import runs
from assay.store.events import Events

KILLED = """
import os, signal, sys
import assay
from assay.store import add
add.FRAGMENT_ROWS = 2
def stop(source, so_far):
    if so_far.rows_added >= 2:
        os.kill(os.getpid(), signal.SIGKILL)
assay.open(sys.argv[1]).dataset("docs").add(sys.argv[2], progress=stop, batch_rows=1)
"""


def states(events: Events) -> list[tuple[str, str]]:
    return [(run["kind"], run["state"]) for run in runs.history(events)]


def test_a_run_is_listed_as_running_until_it_ends(tmp_path: Path) -> None:
    events = Events(tmp_path)
    with runs.record(events, "add", "docs", {"paths": ["a"]}) as run:
        (listed,) = runs.history(events, "docs")
        assert (listed["key"], listed["state"], listed["seconds"]) == (run.key, "running", None)
        assert listed["inputs"] == {"paths": ["a"]}
        run.outputs = {"rows": 3}
    (listed,) = runs.history(events, "docs")
    assert (listed["state"], listed["outputs"], listed["error"]) == ("done", {"rows": 3}, None)
    assert runs.history(events, "other") == []
    assert list((tmp_path / "running").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "state", "told"),
    [
        (InputError("It broke.", remedy="mend it"), "failed", "It broke."),
        (ValueError("why\nwhere"), "failed", "ValueError: why"),
        (KeyboardInterrupt(), "interrupted", None),
        (Stopped(), "interrupted", None),
    ],
)
def test_a_run_that_did_not_end_well_says_so(tmp_path, error, state, told) -> None:
    events = Events(tmp_path)
    with pytest.raises(type(error)), runs.record(events, "check", "docs", {}):
        raise error
    (listed,) = runs.history(events)
    assert (listed["state"], listed["error"], listed["outputs"]) == (state, told, {})
    assert listed["seconds"] >= 0
    assert runs.done(events) == []


def test_rows_and_quarantine_of_a_killed_add_show_their_run(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\nno\n{"text": "two"}\n{"text": "three"}\n')
    process = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "p"), str(file)])
    assert process.returncode == -signal.SIGKILL
    project = assay.open(tmp_path / "p")
    docs = project.dataset("docs")
    (killed,) = project.runs("docs")
    assert (killed["state"], killed["seconds"]) == ("interrupted", None)
    told = docs.explain(docs.to_table(["id"]).column(0)[0].as_py())["lineage"][-1]
    assert (told["run"], told["time"]) == (killed["key"], killed["time"])
    assert [bad["run"] for bad in project.quarantine("docs")] == [killed["key"]]
    label = next(n["label"] for n in lineage(docs)["nodes"] if n["kind"] == "files")
    assert label == "a.jsonl (interrupted)"

    docs.add(file)
    _, again = project.runs("docs")
    ids = docs.to_table(["id"]).column(0).to_pylist()
    assert [docs.explain(i)["lineage"][-1]["run"] for i in ids] == [
        *[killed["key"]] * 2,
        again["key"],
    ]
    labels = [n["label"] for n in lineage(docs)["nodes"] if n["kind"] == "files"]
    assert labels == ["a.jsonl"]  # done as a whole, so the killed one has nothing more to tell


def test_a_failed_add_keeps_its_rows_and_is_listed(tmp_path: Path, monkeypatch) -> None:
    docs = assay.open(tmp_path / "p").dataset("docs")
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n')
    (tmp_path / "b.what").write_text("?")
    monkeypatch.setattr(add_module, "FRAGMENT_ROWS", 1)
    with pytest.raises(UsageError, match="format"):
        docs.add(tmp_path / "a.jsonl", tmp_path / "b.what")
    (run,) = docs.project.runs("docs")
    assert run["state"] == "failed" and "format of 'b.what'" in run["error"]
    assert (
        docs.explain(docs.to_table(["id"]).column(0)[0].as_py())["lineage"][-1]["run"] == run["key"]
    )


def test_a_failed_check_takes_no_findings_away(tmp_path: Path, monkeypatch) -> None:
    docs = assay.open(tmp_path / "p").dataset("docs")
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n' * 3)
    docs.add(tmp_path / "a.jsonl")
    assert docs.check("duplicates.exact")
    before = [finding.id for finding in docs.findings()]
    with (
        pytest.raises(Stopped),
        runs.record(
            docs.project.events,
            "check",
            "docs",
            {"version": "docs", "checks": ["duplicates.exact"]},
        ),
    ):
        raise Stopped
    assert [finding.id for finding in docs.findings()] == before
    assert states(docs.project.events)[-1] == ("check", "interrupted")
