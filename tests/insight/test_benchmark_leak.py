"""leak.benchmark: evaluation items inside training texts."""

from __future__ import annotations

import pytest

from assay.errors import AssayError


@pytest.fixture
def planted(texts_of):
    """Sentences in many languages, with whole, half and three quarters of GSM8K questions."""
    sentences = texts_of("language_id/sentences.jsonl.zst")["text"].to_pylist()[:500]
    questions = texts_of("benchmarks/gsm8k_test.jsonl.zst")["question"].to_pylist()
    words = questions[7].split()
    sentences[100] += " " + questions[3].upper()
    sentences[200] = questions[3] + " " + sentences[200]
    sentences[300] = " ".join(words[: int(len(words) * 0.75)])
    sentences[400] = " ".join(words[: int(len(words) * 0.25)])
    return sentences


def test_planted_questions_are_found_worst_first(
    planted, shared_data, dataset, find, kept_by_fix
) -> None:
    path = str(shared_data("benchmarks/gsm8k_test.jsonl.zst"))
    rows = dataset(planted)
    (found,) = find("leak.benchmark", rows, against=[path])
    assert found.title == (
        "2 items of 1,319 (0.2 %) in gsm8k_test.jsonl.zst are contained in 3 rows of 500"
    )
    assert sorted(found.row_ids[:2]) == ["r100", "r200"] and found.row_ids[2:] == ["r300"]
    assert found.evidence["items_whole"] == 1
    first, second, third = found.evidence["examples"]
    # Line numbers of the evaluation file, from 1.
    assert (first["item"], second["item"], third["item"]) == (4, 4, 8)
    assert first["coverage"] == second["coverage"] == 1.0
    assert 0.7 < third["coverage"] < 0.8
    assert 0.5 < found.score < 0.6  # two items are enough for half of the whole
    assert found.fix.to_dict() == {"select": "decontaminate", "against": [path]}
    assert kept_by_fix(found, rows) == {f"r{i}" for i in range(500)} - {"r100", "r200", "r300"}


def test_the_matched_words_are_shown(planted, shared_data, dataset, find) -> None:
    path = str(shared_data("benchmarks/gsm8k_test.jsonl.zst"))
    (found,) = find("leak.benchmark", dataset(planted), against=[path], threshold=0.9)
    shown = {e["id"]: e for e in found.evidence["examples"]}
    assert set(shown) == {"r100", "r200"}
    assert shown["r200"]["item_text"][:60] in shown["r200"]["text"]
    assert found.fix.to_dict()["threshold"] == 0.9


def test_each_file_with_a_leak_has_its_finding(planted, shared_data, dataset, find) -> None:
    gsm = str(shared_data("benchmarks/gsm8k_test.jsonl.zst"))
    code = str(shared_data("benchmarks/humaneval.jsonl.zst"))
    (found,) = find("leak.benchmark", dataset(planted), against=(code, gsm))
    assert found.subject == "gsm8k_test.jsonl.zst"


def test_nothing_is_done_without_evaluation_files(dataset, find) -> None:
    assert find("leak.benchmark", dataset(["a text"])) == []


def test_a_missing_file_is_an_error(dataset, find, tmp_path) -> None:
    with pytest.raises(AssayError, match=r"missing\.jsonl"):
        find("leak.benchmark", dataset(["a text"]), against=str(tmp_path / "missing.jsonl"))
