"""duplicates.exact: repeats of earlier rows, without the row that would be kept."""

from __future__ import annotations


def test_repeats_are_listed_without_the_first_of_each_group(dataset, find) -> None:
    rows = dataset(["a", "b", "a", "c", "b", "a"])
    (found,) = find("duplicates.exact", rows)
    assert found.title == "3 rows of 6 (50.0 %) repeat another row exactly"
    assert found.row_ids == ["r2", "r5", "r4"]  # the group of three before the group of two
    assert found.fix.to_dict() == {"select": "dedup.exact"}
    assert found.evidence["groups"] == 2
    assert found.evidence["examples"][0] == {
        "size": 3, "kept": "r0", "repeats": ["r2", "r5"], "text": "a"
    }  # fmt: skip


def test_nothing_is_said_where_nothing_repeats(dataset, find) -> None:
    assert find("duplicates.exact", dataset(["a", "b"])) == []
    assert find("duplicates.exact", dataset(["a"])) == []


def test_real_sentences_hold_the_repeats_that_counting_them_gives(texts_of, dataset, find) -> None:
    texts = texts_of("pii/spans.jsonl.zst")["text"].to_pylist()
    (found,) = find("duplicates.exact", dataset(texts))
    assert len(found.row_ids) == len(texts) - len(set(texts)) == 60
    assert found.evidence["examples"][0]["text"] == "What are my options?"
    assert found.evidence["examples"][0]["size"] == texts.count("What are my options?")


def test_evidence_is_bounded(dataset, find) -> None:
    rows = dataset([f"{i % 50} " + "x" * 5000 for i in range(200)])
    (found,) = find("duplicates.exact", rows)
    assert len(found.row_ids) == 150
    assert len(found.evidence["examples"]) == 20
    assert all(len(example["text"]) <= 200 for example in found.evidence["examples"])
