"""Search in a dataset: which embedding answers a query, and what a damaged index says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import assay
from assay.errors import StoreError, UsageError
from assay.project import find

WORDS = ["cat", "dog", "sheep", "goat", "horse", "cow", "hen", "duck", "goose", "pig"]


@pytest.fixture
def docs(tmp_path: Path):
    rows = [
        {
            "title": f"{WORDS[-1 - i % 10]} report {i}",
            "text": f"the {WORDS[i % 10]} number {i} runs",
        }
        for i in range(40)
    ]
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def embed(name: str, column: str) -> dict[str, str]:
    return {"op": "embed.text", "model": "lsa", "as": name, "column": column}


def test_a_query_is_held_against_an_embedding_of_the_texts_alone(docs) -> None:
    docs.compute(embed("titles", "title"))
    assert "vector" not in docs.search("cat", k=1)[0].ranks
    docs.compute(embed("small", "text"))
    (hit,) = docs.search("the cat runs", k=1)
    assert "vector" in hit.ranks and "cat" in hit.text
    assert find.embedding_of(docs).name == "small__vector"
    docs.compute({"op": "embed.text", "model": "lsa"})
    assert find.embedding_of(docs).name == "embed_text__vector"


def test_the_embedding_to_search_by_can_be_chosen(docs) -> None:
    docs.compute(embed("titles", "title"))
    docs.compute(embed("small", "text"))
    first = docs.to_table(["id"]).column(0)[0].as_py()
    (hit,) = docs.search(like=first, mode="vector", embedding="titles", k=1)
    near, _ = docs.neighbors("titles", k=1)
    assert hit.id == docs.to_table(["id"]).column(0)[int(near[0, 0])].as_py()
    found = docs.search("cat", mode="vector", embedding="small.vector", k=1)
    assert "cat" in found[0].text
    with pytest.raises(UsageError, match=r"Words have no vector in 'titles\.vector'"):
        docs.search("cat", embedding="titles")
    with pytest.raises(
        UsageError, match=r"no embedding called 'big'.*small\.vector, titles\.vector"
    ):
        docs.search("cat", embedding="big")


def test_a_damaged_index_is_one_clear_error(docs) -> None:
    assert docs.search("cat", k=1)
    for folder in (docs.path / "_indices").iterdir():
        shutil.rmtree(folder)
    with pytest.raises(StoreError, match="cannot be read") as caught:
        docs.search("dog", k=1)
    assert str(docs.path) in caught.value.where


def test_vectors_that_rows_came_with_as_lists_are_searched_once_they_are_an_embedding(
    tmp_path: Path,
) -> None:
    lines = [
        {"text": f"row {i}", "emb": [float(i % 3 == j) + i / 100 for j in range(3)]}
        for i in range(30)
    ]
    lines[4]["emb"] = [1.0]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    project = assay.open(tmp_path / "project")
    rows = project.dataset("rows")
    rows.add(tmp_path / "rows.jsonl")
    ids = rows.to_table(["id"]).column("id").to_pylist()
    with pytest.raises(UsageError) as told:
        rows.search(like=ids[0], embedding="emb")
    assert told.value.remedy == "assay compute rows embed.column --column emb -p dimensions=LENGTH"
    rows.compute({"op": "embed.column", "dimensions": 3}, column="emb")
    (bad,) = project.quarantine("rows")
    assert bad["row_id"] == ids[4] and "A list has length 1, not 3" in bad["error"]
    hits = rows.search(like=ids[0], embedding="embed.column", k=5)
    assert {ids.index(hit.id) % 3 for hit in hits} == {0}
