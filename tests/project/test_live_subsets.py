"""Subsets of a dataset: versions that follow it, with a changelog."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import assay
from assay.errors import UsageError
from assay.project.dataset import Dataset

THEMES = {
    "cook": ["butter", "flour", "sugar", "oven", "dough", "cake", "bread", "salt", "yeast"],
    "law": ["court", "judge", "appeal", "clause", "contract", "statute", "verdict", "plea"],
    "sea": ["wave", "tide", "anchor", "harbor", "sail", "gull", "storm", "reef", "whale"],
}


def texts(theme: str, n: int, seed: int = 0) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [{"text": " ".join(rng.choice(THEMES[theme], 8)), "theme": theme} for _ in range(n)]


def add(dataset: Dataset, folder: Path, name: str, rows: list[dict]) -> None:
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset.add(file)


@pytest.fixture
def docs(tmp_path: Path) -> Dataset:
    dataset = assay.open(tmp_path / "p").dataset("docs")
    add(dataset, tmp_path, "a", texts("cook", 60) + texts("law", 30))
    dataset.compute({"op": "embed.text", "model": "lsa"})
    return dataset


def themes(dataset: Dataset) -> dict[str, int]:
    found = dataset.to_table(["theme"])[0].to_pylist()
    return {theme: found.count(theme) for theme in dict.fromkeys(sorted(found))}


def test_a_subset_is_a_version_that_says_of_each_row_why(docs) -> None:
    made = docs.subset(6, by=["diversity", "balance:theme=2"], name="gold")

    assert (made.input, made.output) == (
        {"name": "docs", "rows": 90},
        {"name": "docs@gold", "rows": 6},
    )
    assert themes(docs.at("gold")) == {"cook": 3, "law": 3}
    assert [row["rank"] for row in made.rows] == [1, 2, 3, 4, 5, 6]
    assert made.entered == made.rows
    assert (made.previous, made.left) == (None, [])
    told = docs.explain(made.rows[1]["id"])
    assert told["kept"]
    assert told["rules"][0]["reason"].startswith("number 2: diversity ")
    json.dumps(made.to_dict(), allow_nan=False)


def test_named_criteria_add_to_those_of_a_purpose_and_replace_their_weights(docs) -> None:
    made = docs.subset(6, purpose="label", by=["balance:theme", "typicality=2"])
    assert made.criteria == ["diversity", "typicality=2", "balance:theme"]
    assert made.output["name"] == "docs@label"
    assert set(made.attained) == {"diversity"}
    with pytest.raises(UsageError, match="given twice"):
        docs.subset(6, purpose="label", by=["balance:theme", "balance:theme=2"])


def test_again_without_new_rows_it_is_the_same_version(docs) -> None:
    first = docs.subset(8, purpose="eval")
    again = docs.subset(8, purpose="eval")
    assert (first.output["name"], again.output["name"]) == ("docs@eval", "docs@eval")
    assert (again.previous, again.entered, again.left) == ("docs@eval", [], [])


def test_after_new_rows_came_it_is_an_edition_with_a_changelog(docs, tmp_path) -> None:
    first = docs.subset(8, by=["diversity"], name="gold")
    add(docs, tmp_path, "b", texts("sea", 30))

    second = docs.subset(8, by=["diversity"], name="gold")

    assert (second.previous, second.output["name"]) == ("docs@gold", "docs@gold-2")
    assert len(second.entered) == len(second.left) > 0
    kept = {row["id"] for row in second.rows}
    assert {row["id"] for row in second.left} == {row["id"] for row in first.rows} - kept
    assert {row["why"] for row in second.left} == {"not among the 8 chosen any more"}
    new = set(docs.where('theme == "sea"').to_table(["id"])[0].to_pylist())
    assert {row["id"] for row in second.entered} & new  # they are unlike all there was
    assert len({row["id"] for row in first.rows} & kept) >= 4
    # Its recipe alone does the same: a subset is a version like any other.
    recipe = docs.project.versions.get("docs", "gold-2").recipe
    assert "follows: gold" in recipe


def test_a_row_that_a_rule_drops_now_leaves_with_that_reason(docs) -> None:
    docs.where('theme == "cook"').subset(5, by=["diversity"], name="gold")
    moved = docs.where('theme == "law"').subset(5, by=["diversity"], name="gold")
    assert {row["rule"] for row in moved.left} == {'theme == "law"'}
    assert len(moved.left) == 5


def test_it_covers_another_dataset_that_was_embedded_alike(docs, tmp_path) -> None:
    evals = docs.project.dataset("evals")
    add(evals, tmp_path, "e", texts("law", 20, seed=5))
    evals.compute({"op": "embed.text", "model": "lsa"})
    with pytest.raises(UsageError, match="no embedding by the model") as caught:
        docs.subset(5, by=["coverage:evals"])
    assert "--like" in caught.value.remedy

    evals.compute("embed.text", like="docs")

    assert "embed.docs.vector" in evals.signals
    assert themes_of(docs, docs.subset(5, by=["coverage:evals"], name="near")) == {"law"}
    add(evals, tmp_path, "f", texts("law", 3, seed=6))
    assert evals.compute("embed.text", like="docs").rows_computed == 3


def themes_of(docs: Dataset, made) -> set[str]:
    return set(docs.at(made.output["name"].partition("@")[2]).to_table(["theme"])[0].to_pylist())


def test_a_model_that_nobody_fitted_cannot_be_used(docs, tmp_path) -> None:
    bare = docs.project.dataset("bare")
    add(bare, tmp_path, "e", texts("law", 3))
    with pytest.raises(UsageError, match=r"'bare' has no 'embed.text'"):
        docs.compute({"op": "embed.text", "model": "lsa"}, like="bare")
    bare.compute({"op": "embed.text", "model": "lsa"})
    with pytest.raises(UsageError, match="fitted on other rows"):
        docs.compute({"op": "embed.text", "model": "lsa", "as": "embed.text"}, like="bare")


@pytest.mark.parametrize(
    ("params", "says"),
    [({}, "What are the rows for"), ({"purpose": "fun"}, "no purpose 'fun'"),
     ({"by": ["variety"]}, "no criterion")],
)  # fmt: skip
def test_what_a_subset_is_for_has_to_be_said(docs, params, says) -> None:
    with pytest.raises(UsageError, match=says):
        docs.subset(3, **params)


@pytest.mark.parametrize(
    ("where", "fits_none", "there"),
    [('theme == "Cok"', None, 'theme is "cook", ...'),
     ('theme in ("see", "coke")', None, 'theme is "cook", ...'),
     ('theme == "law" and stats.words > 500', "stats.words > 500", "stats.words is 8 to 8"),
     ('theme == "zzz" and stats.words > 2', 'theme == "zzz"', 'theme is "cook", "law"'),
     ('text matches "zebra"', None, None)],
)  # fmt: skip
def test_a_filter_that_fits_no_row_says_which_condition_and_what_is_there(
    docs, where, fits_none, there
) -> None:
    with pytest.raises(UsageError) as refused:
        docs.where(where).subset(3, by=["balance:theme"])
    error = refused.value
    assert error.what.startswith(f"None of the 90 rows of docs fits '{where}'")
    assert (f"'{fits_none}' fits none" in error.what) == (fits_none is not None)
    assert error.allowed == there
    assert docs.project.versions.list("docs") == []


def test_conditions_that_fit_rows_alone_but_not_together_are_counted(docs) -> None:
    apart = docs.where('theme == "cook"').where('theme == "law"')
    with pytest.raises(UsageError, match=r"'theme == \"cook\"' 60, 'theme == \"law\"' 30"):
        apart.subset(3, by=["balance:theme"])


def test_filters_that_fit_no_row_are_told_as_they_are_joined_with_values_that_fit_the_line(
    docs, tmp_path
) -> None:
    long = "a theme whose name is too long for the line it is told in"
    add(docs, tmp_path, "b", [{"text": "law", "theme": long, "note": None, "n": 1}])
    asked = docs.where('theme == "cook" or n > 1').where('theme == "theme"')
    with pytest.raises(UsageError) as refused:
        asked.subset(3, by=["balance:theme"])
    error = refused.value
    whole = '(theme == "cook" or n > 1) and theme == "theme"'
    assert f"fits '{whole}': 'theme == \"theme\"' fits none." in error.what
    assert error.allowed == 'theme is "cook", "law", "a theme whose name is too long for the l"…'
    assert error.remedy == "write a value that is there"


def test_of_a_column_without_values_none_is_to_be_written(docs, tmp_path) -> None:
    add(docs, tmp_path, "b", [{"text": "law", "theme": "law", "n": None}, {"text": "x", "n": 1}])
    with pytest.raises(UsageError) as refused:
        docs.at(docs.curate(name="law", rules=['theme == "law"']).output["name"]).where(
            "n > 5"
        ).subset(3, by=["balance:theme"])
    assert refused.value.allowed == "n has no value in any row"
    assert refused.value.remedy == "leave the condition out or widen it"
