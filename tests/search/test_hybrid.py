"""Hybrid search on real questions: better than words alone, exact under filters."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay.errors import UsageError
from assay.search.hybrid import RRF_K, fuse
from assay.store import index


@pytest.fixture(scope="module")
def cranfield(shared_data, tmp_path_factory):
    """1,400 abstracts with an LSA embedding."""
    docs = assay.open(tmp_path_factory.mktemp("cranfield") / "p").dataset("docs")
    docs.add(shared_data("rag/cranfield_docs.jsonl.zst"))
    docs.compute({"op": "embed.text", "model": "lsa"})
    return docs


@pytest.fixture(scope="module")
def questions(shared_data) -> list[dict]:
    data = shared_data("rag/cranfield_queries.jsonl.zst").read_bytes()
    text = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(data), "utf-8").read()
    return [json.loads(line) for line in text.splitlines()][:60]


def ndcg(found: list[str], relevant: dict[str, int], k: int = 10) -> float:
    """Normalized discounted cumulative gain at k (Jarvelin and Kekalainen 2002, section 2.2)."""
    gains = [relevant.get(name, 0) / math.log2(rank + 2) for rank, name in enumerate(found[:k])]
    best = sorted(relevant.values(), reverse=True)[:k]
    return sum(gains) / sum(gain / math.log2(rank + 2) for rank, gain in enumerate(best))


def test_words_and_vectors_together_find_more_than_words_alone(cranfield, questions) -> None:
    names = dict(zip(*cranfield.to_table(["id", "source_id"]).to_pydict().values(), strict=True))
    scores: dict[str, list[float]] = {"text": [], "vector": [], "both": []}
    for question in questions:
        hits = cranfield.search(question["text"], k=100)
        for ranking in scores:
            # A hit knows its rank in each ranking, which gives each ranking back.
            order = (
                hits
                if ranking == "both"
                else sorted(
                    (hit for hit in hits if ranking in hit.ranks),
                    key=lambda hit: hit.ranks[ranking],
                )
            )
            found = [names[hit.id] for hit in order]
            scores[ranking].append(ndcg(found, question["relevant"]))
    mean = {name: float(np.mean(values)) for name, values in scores.items()}
    assert mean["both"] > mean["text"] > 0.3
    assert mean["both"] > mean["vector"] - 0.02


def test_hits_are_ranked_and_say_where_they_came_from(cranfield) -> None:
    hits = cranfield.search("heat transfer in a boundary layer", k=5)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1
    assert all(set(hit.ranks) <= {"text", "vector"} and hit.ranks for hit in hits)
    assert all(hit.text for hit in hits)


@pytest.mark.parametrize("condition", ["position % 97 == 3", "position == 40", "position < 0"])
def test_a_filter_is_exact_however_few_rows_it_leaves(cranfield, condition: str) -> None:
    allowed = set(cranfield.where(condition).to_table(["id"])[0].to_pylist())
    hits = cranfield.search("flow", k=1000, where=condition)
    assert {hit.id for hit in hits} == allowed  # vectors rank every row that is left
    assert cranfield.where(condition).search("flow", k=1000) == hits


def test_a_row_is_not_like_itself_and_its_twin_is_most_like_it(tmp_path) -> None:
    texts = ["a wing in a slipstream", "cooking with rice", "a wing in a slipstream", "rice field"]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    docs = assay.open(tmp_path / "p").dataset("docs")
    docs.add(tmp_path / "a.jsonl")
    ids = docs.to_table(["id"])[0].to_pylist()
    for _ in range(2):
        hits = docs.search(like=ids[0], k=3)
        assert hits[0].id == ids[2]
        assert ids[0] not in [hit.id for hit in hits]
        docs.compute({"op": "embed.text", "model": "lsa"})


@pytest.mark.parametrize("indexed", [False, True])
def test_new_rows_are_found(tmp_path, monkeypatch, indexed: bool) -> None:
    if indexed:
        monkeypatch.setattr(index, "VECTOR_INDEX_ROWS", 300)
    docs = assay.open(tmp_path / "p").dataset("docs")
    words = ["river", "stone", "cloud", "engine", "violin", "bread", "planet", "forest"]
    texts = [f"{words[n % 8]} {words[n // 8 % 8]} {words[n // 64 % 8]} {n}" for n in range(512)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    docs.add(tmp_path / "a.jsonl")
    docs.compute({"op": "embed.text", "model": "lsa"})
    assert docs.search("river bread", k=3)
    (tmp_path / "b.jsonl").write_text('{"text": "violin bread zebra"}\n')
    docs.add(tmp_path / "b.jsonl")
    (hit,) = docs.search("zebra", k=1)
    assert (hit.text, hit.ranks["text"]) == ("violin bread zebra", 1)
    docs.compute({"op": "embed.text", "model": "lsa"})
    hits = docs.search("violin bread zebra", k=5)
    assert hits[0].text == "violin bread zebra"
    assert set(hits[0].ranks) == {"text", "vector"}


@pytest.mark.parametrize(
    "query",
    ["", "   ", "\0", '"', "a AND (", "*", "x" * 50_000, "text:foo", "日本語", "\U0001f600"],
)
def test_any_query_is_taken_as_plain_words(cranfield, query: str) -> None:
    assert all(hit.text for hit in cranfield.search(query, k=3))


def test_what_cannot_be_searched_says_so(cranfield, tmp_path) -> None:
    with pytest.raises(UsageError, match="a text or examples"):
        cranfield.search()
    (tmp_path / "r.jsonl").write_text('{"a": 1}\n')
    records = assay.open(tmp_path / "p").dataset("records")
    records.add(tmp_path / "r.jsonl")
    with pytest.raises(UsageError, match=r"no text to search.*a"):
        records.search("x")


def test_a_row_first_everywhere_has_the_score_one() -> None:
    assert [(hit.row, hit.score) for hit in fuse({"a": [4], "b": [4]}, 9)] == [(4, 1.0)]


def test_ties_go_to_the_earlier_row() -> None:
    assert [hit.row for hit in fuse({"a": [9, 2], "b": [2, 9]}, 2)] == [2, 9]


@given(st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), min_size=1, max_size=3))
def test_fusion_is_the_sum_of_reciprocal_ranks(rankings: list[list[int]]) -> None:
    named: dict[str, list[int]] = {str(number): rows for number, rows in enumerate(rankings)}
    hits = fuse(named, 100)
    assert {hit.row for hit in hits} == {row for rows in rankings for row in rows}
    for hit in hits:
        expected = sum(1 / (RRF_K + 1 + r.index(hit.row)) for r in rankings if hit.row in r)
        assert hit.score == pytest.approx(expected * (RRF_K + 1) / len(rankings))
        assert 0 < hit.score <= 1 + 1e-12
        assert hit.ranks == {n: r.index(hit.row) + 1 for n, r in named.items() if hit.row in r}


@pytest.mark.parametrize("broken", [math.inf, math.nan, 1e30])
def test_a_vector_without_a_length_is_no_vector_and_the_others_are_found(tmp_path, broken) -> None:
    rows = [{"text": f"row {i}", "vec": [1.0, i, 2.0]} for i in range(6)]
    rows[3]["vec"] = [broken, 1.0, 2.0]
    table = pa.Table.from_pylist(
        rows, schema=pa.schema({"text": pa.string(), "vec": pa.list_(pa.float32(), 3)})
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    docs = assay.open(tmp_path / "p").dataset("docs")
    docs.add(tmp_path / "rows.parquet")
    last = docs.to_table(["id", "position"]).sort_by("position")["id"][5].as_py()
    hits = docs.search(like=[last], embedding="vec", mode="vector", k=10)
    assert [hit.text for hit in hits] == ["row 4", "row 2", "row 1", "row 0"]


def test_lengths_of_vectors_do_not_count(tmp_path) -> None:
    rows = [{"text": "a", "vec": [1.0, 0.0]}, {"text": "long", "vec": [9.0, 9.0]}]
    rows.append({"text": "near", "vec": [0.1, 0.0]})
    schema = pa.schema({"text": pa.string(), "vec": pa.list_(pa.float32(), 2)})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "rows.parquet")
    docs = assay.open(tmp_path / "p").dataset("docs")
    docs.add(tmp_path / "rows.parquet")
    first = docs.to_table(["id", "position"]).sort_by("position")["id"][0].as_py()
    hits = docs.search(like=[first], embedding="vec", mode="vector")
    assert [hit.text for hit in hits] == ["near", "long"]
