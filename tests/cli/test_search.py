"""`assay search`: one question, examples and counter-examples, and many questions at once."""

from __future__ import annotations

import gzip
import json

import pytest

ANIMALS = ["the cat purrs on the sofa", "a kitten and a cat play", "the dog barks at the cat"]
SHIPS = ["a ship sails over the sea", "the sea is calm and the ship waits", "ships in the harbor"]


@pytest.fixture
def docs(assay, lines):
    """Six texts about two things, with vectors."""
    rows = [{"id": f"t{n}", "text": text} for n, text in enumerate(ANIMALS + SHIPS)]
    assert assay("add", "docs", lines("a.jsonl", rows)).code == 0
    assert assay("compute", "docs", "embed.text@lsa").code == 0
    return assay


def source_ids(results: list[dict]) -> dict[object, list[str]]:
    return {each["query"]: [hit["source_id"] for hit in each["hits"]] for each in results}


@pytest.mark.parametrize("mode", ["text", "vector", "hybrid"])
def test_many_questions_are_answered_in_their_order(docs, lines, mode: str) -> None:
    asked = [{"id": "q9", "text": "ship sea"}, {"id": 2, "text": "kitten"}]
    file = lines("q.jsonl", asked)
    found = docs("search", "docs", "--queries", file, "-k", 2, "--mode", mode, "--json").json
    assert [each["query"] for each in found["results"]] == ["q9", 2]
    best = source_ids(found["results"])
    assert set(best["q9"]) == {"t3", "t4"}
    assert best[2][0] == "t1"
    for each in found["results"]:
        scores = [hit["score"] for hit in each["hits"]]
        assert scores == sorted(scores, reverse=True) and 0 < scores[-1] <= scores[0] <= 1


def test_one_question_among_many_is_answered_as_it_is_alone(docs, lines) -> None:
    words = ["ship sea", "cat", "nothing like it", "", "the"]
    file = lines("q.jsonl", [{"id": w, "text": w} for w in words])
    found = docs("search", "docs", "--queries", file, "--json").json["results"]
    for each in found:
        alone = docs("search", "docs", each["query"], "--json").json["hits"]
        assert [hit["id"] for hit in each["hits"]] == [hit["id"] for hit in alone]


def test_questions_may_be_compressed_and_filtered(docs, tmp_path) -> None:
    packed = tmp_path / "q.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"id": "a", "text": "cat"}\n\n{"id": "b", "text": "sea"}'))
    where = ["--where", 'text contains "sofa"']
    found = docs("search", "docs", "--queries", packed, *where, "--json").json["results"]
    assert source_ids(found) == {"a": ["t0"], "b": ["t0"]}
    empty = tmp_path / "none.jsonl"
    empty.write_text("")
    assert docs("search", "docs", "--queries", empty, "--json").json == {"results": []}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"id": "a"}', 2),
        ('{"text": "no id"}', 2),
        ('{"id": ["a"], "text": "x"}', 2),
        ('{"id": "a", "text": 5}', 2),
        ("[1]", 1),
        ("{broken", 1),
    ],
)
def test_a_question_that_cannot_be_read_is_named_by_its_line(
    docs, tmp_path, line: str, code: int
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "good", "text": "cat"}\n' + line + "\n")
    done = docs("search", "docs", "--queries", file, "--json")
    assert (done.code, json.loads(done.stdout)["where"]) == (code, str(file))
    assert "Line 2" in json.loads(done.stdout)["what"]


def test_questions_of_a_file_stand_alone(docs, lines) -> None:
    file = lines("q.jsonl", [{"id": "a", "text": "cat"}])
    assert docs("search", "docs", "cat", "--queries", file, "--json").code == 2
    assert docs("search", "docs", "--queries", "absent.jsonl", "--json").code == 1


def test_meaning_without_vectors_names_the_command_that_makes_them(assay, lines) -> None:
    assay("add", "docs", lines("a.jsonl", [{"text": t} for t in ANIMALS]))
    row = assay("search", "docs", "cat", "--json").json["hits"][0]["id"]
    for options in (["cat", "--mode", "vector"], ["cat", "--unlike", row]):
        done = assay("search", "docs", *options, "--json")
        assert done.code == 2
        assert done.json["remedy"].endswith("compute docs embed.text")


def test_examples_lead_to_their_like_and_counter_examples_away(docs) -> None:
    ids = {hit["text"]: hit["id"] for hit in docs("search", "docs", "the a", "--json").json["hits"]}
    found = docs("search", "docs", "--like", ids[SHIPS[0]], "--like", "text:sea", "--json").json
    assert found["hits"][0]["text"] == SHIPS[1]
    assert ids[SHIPS[0]] not in [hit["id"] for hit in found["hits"]]
    options = ["--like", "text:cat", "--unlike", 'text contains "kitten" or text contains "dog"']
    found = docs("search", "docs", *options, "--mode", "vector", "--json").json["hits"]
    assert found[0]["text"] == ANIMALS[0]
    assert not {ids[ANIMALS[1]], ids[ANIMALS[2]]} & {hit["id"] for hit in found}


def test_a_tag_is_an_example(docs) -> None:
    assert docs("tag", "docs", "good", "--where", f'text == "{SHIPS[0]}"').code == 0
    found = docs("search", "docs", "--like", "tag:good", "--json").json["hits"]
    assert found[0]["text"] == SHIPS[1]


@pytest.mark.parametrize(
    "example", ["0" * 32, "nobody", "tag:none", 'text == "not there"', "text ==", "stats.word > 1"]
)
def test_an_example_that_is_not_there_is_refused(docs, example: str) -> None:
    done = docs("search", "docs", "--like", example, "--json")
    assert (done.code, done.json["error"]) == (2, "UsageError")


def test_thumbs_make_hits_likely_and_the_most_likely_a_selection(docs) -> None:
    hits = docs("search", "docs", "cat", "--json").json["hits"]
    assert "likely" not in hits[0]
    up, down = hits[0]["id"], hits[-1]["id"]
    done = docs("search", "docs", "cat", "--yes", up, "--no", down, "--most-likely", 2, "--json")
    likely = [hit["likely"]["value"] for hit in done.json["hits"]]
    assert likely == sorted(likely, reverse=True) and likely[0] > likely[-1]
    stored = done.json["most_likely"]
    assert (stored["rows"], stored["yes"], stored["no"]) == (2, 1, 1)
    assert 0 <= stored["low"] <= stored["expected"] <= stored["high"] <= 2
    shown = docs("search", "docs", "cat", "-k", 1, "--most-likely", 2).stdout
    assert "likely " in shown and stored["filter"] in shown and "are expected" in shown
    found = docs("search", "docs", "cat", "--where", stored["filter"], "--json").json["hits"]
    assert len(found) == 2


def test_a_concept_is_taught_listed_and_filtered_by(docs) -> None:
    taught = docs("concept", "docs", "sea", "--like", "text:a ship at sea", "--json").json
    assert (taught["name"], taught["signal"], taught["rows"]) == ("sea", "concept.sea", 6)
    assert docs("concept", "docs", "--json").json == {"concepts": [taught]}
    hits = docs("search", "docs", "the", "--where", "concept.sea >= 0.5", "--json").json["hits"]
    assert {hit["text"] for hit in hits} <= set(SHIPS) and hits
    assert "concept.sea scores 6 rows" in docs("concept", "docs", "sea").stdout
    for wrong in (["nope"], ["a b", "--like", "text:x"], ["x", "--unlike", "text:y"]):
        assert docs("concept", "docs", *wrong, "--json").code == 2
