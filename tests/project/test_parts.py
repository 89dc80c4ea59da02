"""Subsets and splits are parts of a dataset: neither what is kept nor where curating starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import assay
from assay.project import recipes, summary
from assay.project.dataset import Dataset
from assay.project.view.engine import Engine

LONG = {"name": "long", "keep": "n >= 4"}


@pytest.fixture
def docs(tmp_path: Path) -> Dataset:
    file = tmp_path / "a.jsonl"
    rows = [{"text": f"row number {n}", "kind": "ab"[n % 2], "n": n} for n in range(40)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def kept_in(dataset: Dataset) -> str | None:
    """The version that the head of a screen speaks of."""
    head = summary.detail(dataset, Engine(dataset.project).view(dataset, {}))
    return head["dropped"] and head["dropped"]["version"]


def make_parts(dataset: Dataset) -> None:
    dataset.subset(4, by=["balance:kind"], name="few")
    dataset.split({"train": 3, "test": 1}, by="content")


def test_where_only_parts_were_made_curating_starts_anew(docs) -> None:
    make_parts(docs)
    start = recipes.start(docs)
    assert (start["from"], start["recipe"]["rules"]) == ("empty", [])
    assert start["recipe"]["input"] == "docs"
    assert kept_in(docs) is None


def test_a_curated_version_stays_the_base_when_parts_come_after_it(docs) -> None:
    docs.curate(name="clean", rules=[LONG])
    make_parts(docs)
    docs.where("n >= 10").subset(4, by=["balance:kind"], name="late")
    start = recipes.start(docs)
    assert (start["from"], start["recipe"]["name"]) == ("newest", "clean")
    assert start["recipe"]["rules"] == [LONG]
    assert kept_in(docs) == "docs@clean"
    first, last = docs.to_table(["id"])[0].to_pylist()[:: docs.num_rows - 1]
    assert [docs.explain(row)["kept"] for row in (first, last)] == [False, True]
    assert docs.explain(first)["version"] == "docs@clean"


def test_what_a_part_was_curated_to_is_in_the_part_too(docs) -> None:
    docs.curate(name="clean", rules=[LONG])
    make_parts(docs)
    docs.at("train").curate(name="tidy", rules=[{"keep": "n >= 8"}])
    assert kept_in(docs) == "docs@clean"
    assert recipes.start(docs)["recipe"]["name"] == "clean"


def test_a_recipe_that_chooses_rows_among_its_other_rules_curates(docs) -> None:
    few = {"select": "subset", "k": 4, "criteria": ["balance:kind"]}
    docs.curate(name="gold", rules=[LONG, few])
    assert kept_in(docs) == "docs@gold"


def test_a_part_that_is_named_is_curated_itself(docs) -> None:
    make_parts(docs)
    start = recipes.start(docs.at("few"))
    assert (start["recipe"]["input"], start["recipe"]["rules"]) == ("docs@few", [])
    assert kept_in(docs.at("few")) == "docs@few"


def test_explain_answers_for_a_part_where_there_is_nothing_else(docs) -> None:
    made = docs.subset(4, by=["balance:kind"], name="few")
    assert docs.explain(made.rows[0]["id"])["version"] == "docs@few"
