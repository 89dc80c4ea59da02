"""kill -9 at random points: the last version reads, a rerun finishes, the result is the same."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import assay

# Small fragments, so that there is something to lose and something to keep at every point.
DRIVER = """
import functools
import assay.store.add as add, assay.run.compute as compute
add.FRAGMENT_ROWS, compute.COMMIT_SECONDS = 150, 0.05
add.read_source = functools.partial(add.read_source, batch_rows=50)
from assay.cli.main import main
main()
"""
RECIPE = """
name: clean
input: docs
rules:
  - keep: stats.words between 50 and 100000
  - keep: language == "en"
  - select: dedup.near
"""
OPS = ["text.stats", "text.minhash", "text.language"]


@pytest.fixture(scope="module")
def corpus(shared_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kill")
    table = pq.read_table(shared_data("text_corpus/docs.parquet")).slice(0, 1500)
    with (folder / "docs.jsonl").open("w") as file:
        for number, row in enumerate(table.to_pylist()):
            file.write(json.dumps(row) + "\n" if number % 97 else '{"text": \n')
    (folder / "recipe.yaml").write_text(RECIPE)
    return folder


def command(step: str, corpus: Path, project: Path) -> list[str]:
    arguments = {
        "add": ["add", "docs", str(corpus / "docs.jsonl")],
        "compute": ["compute", "docs", *OPS],
        "curate": ["curate", str(corpus / "recipe.yaml")],
    }[step]
    return [sys.executable, "-c", DRIVER, *arguments, "--project", str(project), "--json"]


def finish(step: str, corpus: Path, project: Path) -> dict:
    done = subprocess.run(command(step, corpus, project), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def reference(corpus: Path) -> tuple[Path, dict[str, float]]:
    """An uninterrupted run, a copy of the project before each step, and the time each took."""
    project = corpus / "reference"
    seconds = {}
    for step in ("add", "compute", "curate"):
        if project.exists():
            shutil.copytree(project, corpus / f"before-{step}")
        started = time.monotonic()
        finish(step, corpus, project)
        seconds[step] = time.monotonic() - started
    return project, seconds


def facts(project: Path) -> tuple[list, list, list]:
    """Everything that must not depend on the interruption: rows, quarantine, verdicts."""
    opened = assay.open(project)
    docs = opened.dataset("docs")
    rows = docs.to_table().drop_columns([]).to_pylist() if docs.exists else []
    bad = sorted(
        (r["source"], r["position"], r["op"], r["error"]) for r in opened.quarantine("docs")
    )
    verdicts = [
        [v.full_name, v.rows, opened.versions.verdicts(v).read().to_pylist()]
        for v in opened.versions.list("docs")
    ]
    return rows, bad, verdicts


@pytest.mark.parametrize("step", ["add", "compute", "curate"])
def test_a_killed_step_leaves_the_last_version_and_a_rerun_gives_the_same(
    step: str, corpus: Path, reference: tuple[Path, dict[str, float]]
) -> None:
    whole, seconds = reference
    randomness = random.Random(step)
    before = corpus / f"before-{step}"
    for trial in range(7):
        project = corpus / f"{step}-{trial}"
        if before.exists():
            shutil.copytree(before, project)
        process = subprocess.Popen(
            command(step, corpus, project), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(seconds[step] * randomness.uniform(0.2, 1.0))
        process.kill()
        process.wait()
        if (project / "assay.json").exists():
            facts(project)  # whatever was committed reads
        for rest in ("add", "compute", "curate"):
            finish(rest, corpus, project)
        assert facts(project) == facts(whole), f"trial {trial}"
        shutil.rmtree(project)
