"""text.minhash: signatures that estimate how alike two texts are."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from near_reference import jaccard

from assay.ops.text.minhash import PERMUTATIONS, text_minhash
from assay.testing import check_op

GOLDEN_START = [1566064542, 201072571, 1409023950]
GOLDEN_HASH = "ac9609a3c0940717"


def sign(texts: Sequence[str | None]) -> pa.Array:
    return text_minhash(pa.record_batch({"text": pa.array(texts, pa.string())})).column(0)


def values(texts: Sequence[str | None]) -> np.ndarray:
    return sign(texts).flatten().to_numpy().reshape(-1, PERMUTATIONS)


def test_it_keeps_the_contract_of_an_op() -> None:
    check_op("text.minhash")


def test_a_text_without_a_word_has_no_signature() -> None:
    signed = sign([None, "", " \n\t", "... !!", "🙂", "a", "one two three four"]).is_valid()
    assert signed.to_pylist() == [False] * 5 + [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The cat sat on the mat.", "the CAT, sat on -- the mat"),
        ("Réservé à 12 personnes au moins", "Reserve a 7 personnes au moins"),
        ("short text", "Short: text!"),
        ("今天天气很好我们去公园", "今天天气很好，我们去公园。"),
    ],
)
def test_spelling_without_meaning_does_not_change_a_signature(one: str, other: str) -> None:
    first, second = values([one, other])
    assert (first == second).all()


def test_fewer_than_five_words_are_one_shingle() -> None:
    first, second, third = values(["one two three", "one two three", "one two four"])
    assert (first == second).all()
    assert (first == third).mean() < 0.05


def test_the_order_of_words_counts() -> None:
    first, second = values(["a b c d e f g h i j k", "k j i h g f e d c b a"])
    assert (first == second).mean() < 0.05


def test_a_repeated_passage_changes_no_signature() -> None:
    """Sets have no counts: only the five-grams across the seam are new."""
    text = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(400))
    once, twice = values([text, f"{text} {text}"])
    assert (once == twice).mean() > 0.93


def test_values_never_change_within_version_1() -> None:
    """Signatures are stored and compared with later ones: a change here needs a new version."""
    texts = ["The quick brown fox jumps over 13 lazy dogs, again and again.", "一二三四五六七", "a"]
    got = values(texts)
    assert got[0, :3].tolist() == GOLDEN_START
    assert hashlib.sha256(got.astype("<u4").tobytes()).hexdigest()[:16] == GOLDEN_HASH


@pytest.fixture(scope="module")
def revisions(shared_data: Callable[[str], Path]) -> list[dict[str, str]]:
    with zstandard.open(shared_data("near_duplicates/doc_revisions.jsonl.zst"), "rb") as file:
        return [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]


def test_equal_places_estimate_the_jaccard_similarity(revisions: list[dict[str, str]]) -> None:
    left = values([r["text_a"] for r in revisions])
    right = values([r["text_b"] for r in revisions])
    exact = np.array([jaccard(r["text_a"], r["text_b"]) for r in revisions])
    error = (left == right).mean(axis=1) - exact
    # The standard error is sqrt(s (1 - s) / 112), at most 0.047; its mean over 299 pairs is small.
    assert abs(error.mean()) < 0.01
    assert np.sqrt((error**2).mean()) < 1.3 * np.sqrt((exact * (1 - exact) / PERMUTATIONS).mean())
