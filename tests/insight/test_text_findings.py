"""text.lengths and text.encoding: texts with nothing, too much, or the wrong characters in them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.insight import _damage as damage


def test_empty_texts_are_found_and_the_fix_drops_just_them(dataset, find, kept_by_fix) -> None:
    rows = dataset(["a text", None, "", " \n\t\u00a0\u3000", "another"])
    (found,) = find("text.lengths", rows)
    assert found.subject == "empty"
    assert found.title == "3 texts of 5 (60.0 %) are empty"
    assert found.row_ids == ["r1", "r2", "r3"]
    assert kept_by_fix(found, rows) == {"r0", "r4"}


def test_a_text_far_longer_than_the_others_is_found(dataset, find) -> None:
    rows = dataset(
        [*("word " * (10 + i % 7) for i in range(40)), "word " * 20_000, "word " * 9_000]
    )
    (found,) = find("text.lengths", rows)
    assert found.subject == "long"
    assert found.row_ids == ["r40", "r41"]
    assert found.evidence["examples"][0]["characters"] == 100_000
    assert found.fix.to_dict() == {"tag": "very long"}


def test_texts_of_one_length_are_not_strange(dataset, find) -> None:
    assert find("text.lengths", dataset([f"text number {i:03}" for i in range(100)])) == []


def test_real_documents_hold_real_mojibake(shared_data, dataset, find) -> None:
    texts = pq.read_table(shared_data("text_corpus/docs.parquet"))["text"]
    rows = dataset(texts.to_pylist())
    found = {f.subject: f for f in find("text.encoding", rows)}
    assert {kind: len(f.row_ids) for kind, f in found.items()} == {
        "lost": 6, "misread": 7, "control": 1
    }  # fmt: skip
    first = found["misread"].evidence["examples"][0]
    assert "altresÃ¬ conosciuto" in first["text"]
    assert first["meant"] == "ì"


@pytest.mark.parametrize(
    "honest", ["NÃO", "un café\u00a0» noir", "Gruß“ sagte er", "Noël", "20 °C", "« déjà »", "ÃÂ"]
)
def test_honest_text_is_not_mojibake(honest: str) -> None:
    assert not damage.misread(pa.array([honest]))[0]
    assert damage.repaired(honest) is None


_LETTERS = st.text(st.characters(min_codepoint=0xC0, max_codepoint=0xFF) | st.just("e"), min_size=1)


@given(_LETTERS, st.sampled_from(["latin-1", "cp1252"]))
def test_misread_letters_are_recognized_and_repaired(text: str, codec: str) -> None:
    try:
        broken = text.encode("utf-8").decode(codec)
    except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252
        return
    assert damage.misread(pa.array([broken]))[0] == (not text.isascii())
    assert damage.repaired(broken) == (None if text.isascii() else text)


@pytest.mark.parametrize("word", ["é", "naïve", "“quoted”", "5 €", "Привет", "日本語", "it’s"])
def test_common_damage_is_recognized(word: str) -> None:
    for codec in ("latin-1", "cp1252"):
        try:
            broken = word.encode("utf-8").decode(codec)
        except UnicodeDecodeError:
            continue
        if codec == "latin-1" and word in ("5 €", "“quoted”", "it’s"):
            continue  # leaves C1 controls, which `control` finds
        assert damage.misread(pa.array([broken]))[0], broken
        assert damage.repaired(broken) == word
