"""Any two datasets or versions, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import assay
from assay.project.dataset import Dataset

THEMES = {
    "cook": [
        "butter",
        "flour",
        "sugar",
        "oven",
        "dough",
        "cake",
        "bake",
        "bread",
        "salt",
        "pan",
        "recipe",
        "knead",
        "yeast",
    ],
    "law": [
        "court",
        "judge",
        "appeal",
        "clause",
        "contract",
        "party",
        "statute",
        "verdict",
        "counsel",
        "plea",
        "bench",
    ],
}


def texts(theme: str, n: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(THEMES[theme], 12)) for _ in range(n)]


def made(project: assay.Project, folder: Path, name: str, rows: list[dict]) -> Dataset:
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = project.dataset(name)
    dataset.add(file)
    return dataset


@pytest.fixture
def project(tmp_path: Path) -> assay.Project:
    return assay.open(tmp_path / "p")


@pytest.fixture
def pair(project: assay.Project, tmp_path: Path) -> tuple[Dataset, Dataset]:
    """Recipes with a rating, and recipes and judgments with another rating; ten texts in both."""
    mixed = texts("cook", 30, 2) + texts("law", 60, 3)
    old = [{"text": t, "rating": i % 5, "old": 1} for i, t in enumerate(texts("cook", 90, 1))]
    new = [{"text": t, "rating": i % 5 + 2, "new": 1} for i, t in enumerate(mixed)]
    new += [{"text": row["text"], "rating": 3, "new": 1} for row in old[:10]]
    return made(project, tmp_path, "old", old), made(project, tmp_path, "new", new)


def test_two_datasets_differ_in_schema_statistics_and_content(pair) -> None:
    old, new = pair
    told = old.diff(new)

    assert (told["a"], told["b"]) == ({"name": "old", "rows": 90}, {"name": "new", "rows": 100})
    assert (told["common"], told["only_a"]["rows"], told["only_b"]["rows"]) == (0, 90, 100)
    assert told["schema"]["missing"] == [{"name": "old", "type": "int64"}]
    assert told["schema"]["added"] == [{"name": "new", "type": "int64"}]
    rating = told["statistics"]["rating"]
    assert (rating["a"]["mean"], rating["b"]["n"]) == (2.0, 100)
    assert rating["distance"] > rating["by_chance"]
    assert told["overlap"]["exact"] == {"a": 10, "b": 10, "contents": 10}
    assert told["classifier"]["features"][0]["name"] == "rating"
    json.dumps(told, allow_nan=False)


def test_what_is_not_computed_is_named_with_the_command_that_does(pair) -> None:
    old, new = pair
    told = old.diff(new)
    assert told["overlap"]["near"] is None
    assert [n.partition("`")[2].rstrip("`") for n in told["notes"] if "Nearly" in n] == [
        "assay compute old text.minhash",
        "assay compute new text.minhash",
    ]
    assert any("assay compute old embed.text" in note for note in told["notes"])
    for dataset in pair:
        dataset.compute("text.minhash", {"op": "embed.text", "model": "lsa"})
    told = old.diff(new)
    assert told["notes"] == []
    assert told["overlap"]["near"]["threshold"] == 0.8


def test_texts_are_told_apart_in_the_space_of_the_first_where_each_has_its_own(pair) -> None:
    old, new = pair
    for dataset in pair:
        dataset.compute({"op": "embed.text", "model": "lsa"})
    features = {f["name"]: f["auroc"] for f in old.diff(new)["classifier"]["features"]}
    cells = old.diff(new)["cells"]
    assert cells["embedding"] == "embed.text"
    new_ones = [cell for cell in cells["shares"] if cell["rows_a"] == 0]
    assert sum(cell["rows_b"] for cell in new_ones) >= 50
    assert all(set(cell["name"].split()) & set(THEMES["law"]) for cell in new_ones)
    assert features["embed.text"] > 0.75  # 60 of 100 are judgments, of which the old has none
    # Within one dataset there is nothing to embed anew.
    same = new.diff(new.where("rating >= 4"))
    assert same["classifier"]["features"][0]["name"] == "rating"


def test_a_dataset_beside_itself_is_the_same(pair) -> None:
    told = pair[0].diff(pair[0])
    assert (told["common"], told["only_a"]["rows"], told["only_b"]["rows"]) == (90, 0, 0)
    assert {each["distance"] for each in told["statistics"].values()} <= {0.0, None}
    assert told["classifier"]["auroc"] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rows", [[], [{"text": "one"}], [{"text": None}, {"text": None}]])
def test_almost_nothing_can_be_compared_too(pair, rows, project, tmp_path) -> None:
    few = made(project, tmp_path, "few", rows or [{"text": "gone"}])
    few = few if rows else few.where("false")
    for told in (pair[0].diff(few), few.diff(pair[0]), few.diff(few)):
        assert told["classifier"] is None
        assert any("20 rows on each side" in note for note in told["notes"])
        json.dumps(told, allow_nan=False)
