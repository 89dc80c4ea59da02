"""duplicates.near: rows that nearly repeat another, with the exact similarity as evidence."""

from __future__ import annotations

import pytest


def test_revisions_of_real_documents_are_found_with_their_exact_similarity(
    texts_of, dataset, find
) -> None:
    data = texts_of("near_duplicates/doc_revisions.jsonl.zst").to_pylist()
    texts = [text for d in data for text in (d["text_a"], d["text_b"])]
    rows = dataset(texts, "text.minhash", "text.stats")
    (found,) = find("duplicates.near", rows)
    flagged = {int(i[1:]) // 2 for i in found.row_ids}
    # Far from the threshold on either side the answer cannot depend on how words are split.
    sure = [k for k, d in enumerate(data) if d["jaccard_word5"] >= 0.9]
    assert len(sure) > 20
    assert len(flagged & set(sure)) >= 0.97 * len(sure)
    assert found.fix.to_dict() == {"select": "dedup.near", "threshold": 0.8}
    assert found.title.startswith(f"{len(found.row_ids)} rows of {len(texts)} (")
    for group in found.evidence["examples"]:
        assert group["size"] >= 2
        assert all(member["jaccard"] <= 1 for member in group["members"])
        assert group["radius"] == pytest.approx(1 - group["members"][0]["jaccard"], abs=1e-4)


def test_the_place_where_texts_differ_is_shown(dataset, find) -> None:
    base = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200))
    changed = base.replace("wordge", "CHANGED")
    rows = dataset(
        [base, "something else entirely, in few words", changed, base], "text.minhash", "text.stats"
    )
    (found,) = find("duplicates.near", rows)
    assert len(found.row_ids) == 2
    assert found.evidence["exact_repeats"] == 1
    (group,) = found.evidence["examples"]
    shown = {group["members"][0]["text"], group["members"][0]["representative_text"]}
    assert any("CHANGED" in text for text in shown)
    assert any("wordge" in text for text in shown)


def test_texts_without_words_repeat_nothing(dataset, find) -> None:
    assert (
        find("duplicates.near", dataset([None, "", " ", "!!"], "text.minhash", "text.stats")) == []
    )


def test_the_rows_are_those_that_the_fix_drops(texts_of, dataset, find, kept_by_fix) -> None:
    data = texts_of("near_duplicates/doc_revisions.jsonl.zst").to_pylist()[:80]
    texts = [text for d in data for text in (d["text_a"], d["text_b"])]
    rows = dataset(texts, "text.minhash", "text.stats")
    (found,) = find("duplicates.near", rows)
    everything = set(rows.table("id")["id"].to_pylist())
    assert kept_by_fix(found, rows) == everything - set(found.row_ids)
