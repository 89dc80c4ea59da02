"""Projects: made once, found again, one curation after another."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import assay
from assay.errors import StoreError, UsageError
from assay.run import fragments


@pytest.fixture
def docs(tmp_path: Path):
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps({"text": "word " * n, "n": n}) + "\n" for n in range(1, 21)))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def grow(docs, *texts: str) -> None:
    file = docs.project.root.parent / f"more{docs.num_rows}.jsonl"
    file.write_text("".join(json.dumps({"text": text, "n": 100}) + "\n" for text in texts))
    docs.add(file)


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """Names of the ops that were run, batch by batch."""
    seen: list[str] = []
    run_step = fragments.run_step

    def counted(step, batch, first):
        seen.append(step.name)
        return run_step(step, batch, first)

    monkeypatch.setattr(fragments, "run_step", counted)
    return seen


def recipe(threshold: int, name: str = "clean", input: str = "docs") -> dict:
    return {"name": name, "input": input, "rules": [{"keep": f"stats.words >= {threshold}"}]}


def test_processes_that_make_the_same_project_do_not_get_in_each_others_way(tmp_path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: assay.open(tmp_path / "p").root, range(40)))
    assert set(made) == {tmp_path / "p"}
    assert [p.name for p in (tmp_path / "p").iterdir()] == ["assay.json"]


def test_a_project_is_not_made_unless_asked_for(tmp_path) -> None:
    from assay.project.project import open_project

    with pytest.raises(UsageError, match="There is no Assay project here"):
        open_project(tmp_path / "p", create=False)
    assert not (tmp_path / "p").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises((UsageError, StoreError)):
        assay.open(tmp_path / "file")


def test_a_moved_threshold_makes_another_version_and_computes_nothing(docs, calls) -> None:
    first = docs.project.curate(recipe(5))
    assert set(calls) == {"text.stats"}
    calls.clear()
    second = docs.project.curate(recipe(10))
    assert calls == []
    assert (first.output, second.output) == (
        {"name": "docs@clean", "rows": 16},
        {"name": "docs@clean-2", "rows": 11},
    )
    assert [run["kind"] for run in docs.project.runs()] == ["add", "compute", "curate", "curate"]


def test_the_same_recipe_gives_the_same_version_until_rows_come(docs, calls) -> None:
    first = docs.project.curate(recipe(5))
    again = docs.project.curate(recipe(5))
    assert again.output == first.output
    assert again.run == first.run
    assert len(docs.project.versions.list("docs")) == 1
    calls.clear()
    grow(docs, "one two three four five six", "one")
    third = docs.project.curate(recipe(5))
    assert calls == ["text.stats"]
    assert third.output == {"name": "docs@clean-2", "rows": 17}
    assert docs.at("clean").num_rows == 16
    assert docs.at("clean").to_table(["n"])[0].to_pylist() == list(range(5, 21))


def test_a_version_made_from_a_version_reads_explains_differs_and_exports(docs, tmp_path) -> None:
    project = docs.project
    project.curate(recipe(5))
    made = project.curate(recipe(10, "strict", "docs@clean"))
    assert made.input == {"name": "docs@clean", "rows": 16}
    assert made.output == {"name": "docs@strict", "rows": 11}
    strict = project.dataset("docs@strict")
    assert strict.to_table(["n"])[0].to_pylist() == list(range(10, 21))
    assert strict.where("n < 12").to_table(["n"])[0].to_pylist() == [10, 11]
    ids = docs.to_table(["id"])[0].to_pylist()
    kept = strict.explain(ids[14])
    assert (kept["kept"], kept["rules"][0]["value"]) == (True, 15)
    dropped = strict.explain(ids[7])
    assert (dropped["kept"], dropped["rules"][0]["value"]) == (False, 8)
    outside = strict.explain(ids[0])
    assert (outside["kept"], outside["rules"][0]["rule"]) == (False, "input")
    assert "not in docs@clean" in outside["rules"][0]["reason"]
    curated = [step["version"] for step in kept["lineage"] if step["step"] == "curate"]
    assert curated == ["docs@strict", "docs@clean"]
    told = project.dataset("docs@clean").diff("docs@strict")
    assert told["only_a"]["reasons"] == {"stats.words >= 10": 5}
    assert project.dataset("docs").diff("docs@strict")["only_a"]["reasons"] == {
        "not in its input": 4,
        "stats.words >= 10": 5,
    }
    assert strict.export(tmp_path / "out.jsonl") == 11


def test_explain_answers_for_the_newest_version_unless_one_is_named(docs) -> None:
    project = docs.project
    row = docs.to_table(["id"])[0][6].as_py()
    assert docs.explain(row)["version"] is None
    project.curate(recipe(5))
    project.curate(recipe(10))
    assert (docs.explain(row)["version"], docs.explain(row)["kept"]) == ("docs@clean-2", False)
    assert project.dataset("docs@clean").explain(row)["kept"] is True
    grow(docs, "new")
    new = docs.to_table(["id"])[0][-1].as_py()
    told = docs.explain(new)
    assert (told["kept"], told["rules"][0]["rule"]) == (False, "input")
    assert "added to docs after docs@clean-2 was made" in told["rules"][0]["reason"]


def test_lineage_names_the_add_that_brought_the_row(docs) -> None:
    grow(docs, "new")
    ids = docs.to_table(["id"])[0].to_pylist()
    adds = [run["key"] for run in docs.project.runs("docs") if run["kind"] == "add"]
    assert docs.explain(ids[0])["lineage"][-1]["run"] == adds[0]
    last = docs.explain(ids[-1])["lineage"][-1]
    assert (last["run"], last["source"], last["position"]) == (adds[1], "more20.jsonl", 1)


def test_rows_added_while_signals_are_computed_are_left_for_the_next_time(
    docs, monkeypatch
) -> None:
    from assay.project import curate as curate_module

    ensure = curate_module.ensure

    def then_another_adds(*given):
        ready = ensure(*given)
        grow(docs, "late comer", "another late comer")
        return ready

    monkeypatch.setattr(curate_module, "ensure", then_another_adds)
    made = docs.project.curate(recipe(1))
    assert made.input["rows"] == 20
    verdicts = docs.project.versions.verdicts(docs.project.versions.get("docs", "clean")).read()
    assert verdicts.column("value:text_stats__words").null_count == 0
    assert docs.num_rows == 22
    assert docs.at("clean").num_rows == 20


@pytest.mark.parametrize("bad", ["a/b", "..", "", "docs@", "x" * 101, "é"])
def test_a_name_that_could_leave_the_project_is_refused(tmp_path, bad: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        assay.open(tmp_path / "p").dataset(bad)
