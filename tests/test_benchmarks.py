"""Every benchmark runs on a small sample and writes a result; how fast is not asked here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assay
from assay.project.project import Project
from assay.server.static_files import FOLDER

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
SCRIPTS = {path.stem.removeprefix("bench_") for path in BENCHMARKS.glob("bench_*.py")}
SMALL = {
    "text_stats": ("--docs", "5", "--rounds", "1"),
    "minhash": ("--docs", "30", "--rounds", "1"),
    "pipeline": ("--docs", "20", "--rounds", "1"),
    "compute": ("--docs", "20", "--rounds", "1", "text.stats"),
    "curate": ("--rows", "200", "--rounds", "1"),
    "memory": ("--small", "1", "--large", "2"),
    "language": ("--docs", "20", "--rounds", "1"),
    "search": ("--docs", "60", "--models", "lsa"),
    "search_rows": ("--rows", "200", "--asked", "5"),
    "subset": ("--rows", "200", "-k", "5", "--rounds", "1"),
    "diff": ("--rows", "60", "--rounds", "1"),
    "gaps": ("--seeds", "1", "--cells", "20", "--models", "lsa", "--intents", "15"),
    "neighbors": ("--rows", "600"),
    "map": ("--rows", "300"),
    "install": ("--skip-install",),
    "demo": (),
}


def run(script: str, results: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *arguments],
        env={**os.environ, "ASSAY_BENCH_RESULTS": str(results)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def measure(tmp_path: Path, shared_data: Callable[[str], Path]) -> Callable[[str], dict[str, Any]]:
    shared_data("text_corpus/docs.parquet")
    shared_data("rag/cranfield_docs.jsonl.zst")
    shared_data("near_duplicates/doc_revisions.jsonl.zst")

    def measured(name: str) -> dict[str, Any]:
        run(f"bench_{name}.py", tmp_path, *SMALL[name])
        return json.loads((tmp_path / f"{name}.json").read_text())

    return measured


def test_every_benchmark_has_a_small_run() -> None:
    assert set(SMALL) >= SCRIPTS


# The demo embeds every row, and tests of its own watch it; rensa is not in every environment.
@pytest.mark.parametrize("name", sorted(SCRIPTS - {"demo", "minhash"}))
def test_it_writes_its_result_with_the_command(
    measure: Callable[[str], dict[str, Any]], name: str
) -> None:
    result = measure(name)

    assert result["command"].startswith(f"python benchmarks/bench_{name}.py")
    assert result["cpus"] >= 1
    assert result["versions"]["python"].startswith("3.")


def test_near_duplicates_beside_rensa(measure: Callable[[str], dict[str, Any]]) -> None:
    pytest.importorskip("rensa", reason="pip install --group bench")

    found = measure("minhash")["doc_revisions"]

    assert found["recall"]["assay"] >= 0.98


def test_the_table_tells_met_from_missed_from_not_measured(tmp_path: Path) -> None:
    (tmp_path / "memory.json").write_text('{"large_over_small": {"whole": 1.2}}')
    (tmp_path / "install.json").write_text('{"base": {"distributions": 39}}')

    lines = run("run.py", tmp_path, "--table").splitlines()

    def line(start: str) -> list[str]:
        return next(line for line in lines if line.startswith(start)).split("  ")[1:]

    assert [cell.strip() for cell in line("peak memory") if cell.strip()] == [
        "<= 1.5 x",
        "1.2 x",
        "met",
    ]
    assert line("distributions, base")[-1].strip() == "MISSED"
    assert line("MinHash")[-1].strip() == "not measured"


def test_made_rows_are_the_same_again_and_fewer_are_the_beginning_of_more(tmp_path: Path) -> None:
    """What the web app is measured on: `benchmarks/web`."""

    def made(name: str, rows: int) -> Project:
        run("web/make_rows.py", tmp_path, "--rows", str(rows), "--project", str(tmp_path / name))
        return assay.open(tmp_path / name)

    project, fewer = made("a", 300), made("b", 20)

    dataset = project.dataset("rows")
    assert (dataset.num_rows, project.dataset("rows@clean").num_rows > 0) == (300, True)
    assert len(dataset.signals) > 20
    assert {"pii.found", "quality.rules"} <= {finding.check for finding in dataset.findings()}
    first = dataset.to_table().slice(0, 20)
    assert fewer.dataset("rows").to_table().column("text").equals(first.column("text"))
    assert fewer.dataset("rows").to_table().column("price").equals(first.column("price"))


def test_the_web_benchmark_finds_all_it_measures(tmp_path: Path) -> None:
    if not (FOLDER / "index.html").is_file():
        pytest.skip("the web app is not built: make web")
    if "CHROMIUM" not in os.environ and shutil.which("chromium") is None:
        pytest.skip("there is no Chromium here: make chromium")

    run("web/bench_web.py", tmp_path, "--small", "--rows-folder", str(tmp_path / "rows"))

    result = json.loads((tmp_path / "web.json").read_text())
    assert result["command"].startswith("python benchmarks/web/bench_web.py --small")
    measured = result["rows"]["1000"]
    assert measured["lasso"]["rows"]["max"] > 900
    assert measured["map_bytes"] == 4000
    assert 0 < measured["first_paint"]["js_gzip_bytes"]["p50"] < 1e6
    assert measured["interactions"]["samples"]["n"] > 10
