"""Thumbs on a search become probabilities, and examples become concepts."""

from __future__ import annotations

import json

import numpy as np
import pytest

import assay
from assay.errors import UsageError
from assay.search.calibration import calibrate

ANIMALS = ["the cat purrs", "a kitten sleeps by the cat", "cat and dog", "dogs bark at a cat"]
SHIPS = ["the ship sails", "a ship at sea", "ships wait in harbor", "the sea is calm today"]


@pytest.fixture
def docs(tmp_path):
    file = tmp_path / "a.jsonl"
    texts = [f"{text} number {n}" for n in range(10) for text in ANIMALS + SHIPS]
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    data = assay.open(tmp_path / "p").dataset("docs")
    data.add(file)
    data.compute("embed.text@lsa")
    return data


def test_without_thumbs_nothing_is_said_to_be_likely(docs) -> None:
    assert all(hit.likely is None for hit in docs.search("cat", k=5))
    assert docs.most_likely(5, query="cat")["expected"] is None


def test_thumbs_belong_to_their_search_and_can_be_taken_back(docs) -> None:
    hits = docs.search("cat", k=5)
    assert docs.judge(hits[0].id[:12], True, query="cat") == {hits[0].id: True}
    assert docs.search("dog", k=1)[0].likely is None
    again = docs.search("cat", k=5)
    assert [hit.id for hit in again] == [hit.id for hit in hits]
    assert all(0 < h.likely.low < h.likely.value < h.likely.high < 1 for h in again)
    assert docs.judge(hits[0].id, False, query="cat") == {hits[0].id: False}
    assert docs.search("cat", k=1)[0].likely.value < again[0].likely.value
    assert docs.judge(hits[0].id, None, query="cat") == {}
    assert docs.search("cat", k=1)[0].likely is None
    values = docs.project.events.read("judgments").column("value").to_pylist()
    assert values == ["yes", "no", "withdrawn"]  # nothing is overwritten


def test_a_thumb_on_a_row_that_a_filter_hides_says_nothing_of_the_others(docs) -> None:
    ships = docs.where('text contains "ship"')
    for hit in docs.search("cat sails", k=3, mode="text"):
        docs.judge(hit.id, True, query="cat sails")
    assert docs.search("cat sails", k=1)[0].likely is not None
    cats = docs.where('text contains "cat"')
    heard = [rows.search("cat sails", k=1)[0].likely is not None for rows in (cats, ships)]
    assert sorted(heard) == [False, True]


def test_hits_are_in_the_order_of_their_probability(docs) -> None:
    found = docs.search("cat", k=60)
    for hit in found[:3]:
        docs.judge(hit.id, True, query="cat")
    for hit in found[-3:]:
        docs.judge(hit.id, False, query="cat")
    values = [hit.likely.value for hit in docs.search("cat", k=60)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.75 and values[-1] < 0.4


def test_the_most_likely_are_a_selection_with_an_expected_count(docs) -> None:
    found = docs.search("cat", k=80)
    for hit in [*found[:8], *found[-8:]]:
        docs.judge(hit.id, "cat" in hit.text, query="cat")
    stored = docs.most_likely(20, query="cat")
    assert docs.where(stored["filter"]).num_rows == stored["rows"] == 20
    assert (stored["yes"], stored["no"]) == (8, 8)
    assert stored["low"] <= stored["expected"] <= stored["high"]
    assert stored["expected"] > 14  # all 20 hold the word
    ids = set(docs.where(stored["filter"]).to_table(["id"])["id"].to_pylist())
    assert ids == {hit.id for hit in docs.search("cat", k=20)}


def test_few_thumbs_move_a_probability_less_than_many() -> None:
    score = np.array([0.8])
    two = calibrate(np.full(2, 0.8), np.ones(2, bool)).likelihood(score)
    many = calibrate(np.full(40, 0.8), np.ones(40, bool)).likelihood(score)
    assert 0.5 < two.value[0] < many.value[0] < 1
    assert many.high[0] - many.low[0] < two.high[0] - two.low[0]


def test_a_higher_score_is_never_less_likely_whatever_the_thumbs_say() -> None:
    scores = np.linspace(0.01, 1, 50)
    upside_down = calibrate(scores, scores < 0.3).likelihood(scores)
    assert (np.diff(upside_down.value) >= 0).all()


def test_probabilities_hold_what_they_promise() -> None:
    rng = np.random.default_rng(1)
    inside, errors = 0, []
    for _ in range(60):
        scores = rng.uniform(0.05, 1, 400)
        truth = rng.uniform(size=400) < 1 / (1 + np.exp(-(3 * np.log(scores) + 2)))
        thumbs = rng.choice(400, 30, replace=False)
        found = calibrate(scores[thumbs], truth[thumbs])
        best = np.argsort(-scores)[:100]
        mean, low, high = found.expected(scores[best])
        inside += low <= truth[best].sum() <= high
        errors.append(mean - truth[best].sum())
    assert inside >= 54
    assert -10 < np.mean(errors) < 3  # of about 80: few thumbs promise too little, not too much


@pytest.mark.parametrize("searched", [{}, {"query": None}, {"like": []}])
def test_a_thumb_needs_a_search_and_a_row(docs, searched) -> None:
    with pytest.raises(UsageError, match="there is none"):
        docs.judge("x", True, **searched)
    with pytest.raises(UsageError, match="no row"):
        docs.judge("0" * 32, True, query="cat")
    with pytest.raises(UsageError, match="1 to 10,000"):
        docs.most_likely(0, query="cat")


def test_a_concept_is_a_signal_like_any_other(docs) -> None:
    first = docs.search("cat", k=3)
    taught = docs.concept("animal", like=[hit.id for hit in first], unlike=['text contains "ship"'])
    assert (taught.signal, taught.rows) == ("concept.animal", 80)
    rows = docs.to_table(["text", "concept.animal"]).to_pylist()
    cats = [row["concept.animal"] for row in rows if "cat" in row["text"]]
    ships = [row["concept.animal"] for row in rows if "ship" in row["text"]]
    assert min(cats) > max(ships)
    assert docs.where("concept.animal >= 0.5 and text contains 'ship'").num_rows == 0
    field = docs.schema.field("concept_animal__score")
    assert field.metadata[b"assay.op"] == b"concept"
    assert docs.concepts() == [taught]


def test_a_concept_taught_anew_forgets_nothing(docs) -> None:
    docs.concept("sea", like=["text:the sea"])
    before = docs.to_table(["concept.sea"])["concept.sea"].to_pylist()
    docs.concept("sea", like=["text:the cat"])
    after = docs.to_table(["concept.sea"])["concept.sea"].to_pylist()
    assert before != after
    assert docs.project.events.read("concepts").num_rows == 2
    assert docs.concepts()[0].like == ("text:the cat",)


def test_new_rows_get_their_score_when_asked(docs, tmp_path) -> None:
    docs.concept("sea", like=["text:the sea"])
    (tmp_path / "b.jsonl").write_text('{"text": "the sea again"}\n')
    docs.add(tmp_path / "b.jsonl")
    docs.compute("embed.text@lsa")
    assert docs.concept("sea").rows == 81


@pytest.mark.parametrize("name", ["", "A", "a b", "a__b", "a.b", "x" * 61, "1a"])
def test_a_concept_has_a_plain_name(docs, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be called"):
        docs.concept(name, like=["text:x"])


def test_what_a_concept_lacks_is_named(docs, tmp_path) -> None:
    with pytest.raises(UsageError, match="no concept 'sea'"):
        docs.concept("sea")
    with pytest.raises(UsageError, match="No example has a vector"):
        docs.concept("sea", like=["text:   "])
    (tmp_path / "c.jsonl").write_text('{"text": "x"}\n')
    plain = docs.project.dataset("plain")
    plain.add(tmp_path / "c.jsonl")
    with pytest.raises(UsageError, match=r"compute plain embed\.text"):
        plain.concept("sea", like=["text:x"])
