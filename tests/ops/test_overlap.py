"""Benchmark overlap: which texts contain evaluation items, how much of them, and where."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st
from near_reference import overlap as by_hand

from assay.errors import UsageError
from assay.ops.match.overlap import benchmark, overlap

QUESTION = (
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips "
    "in May. How many clips did Natalia sell altogether?"
)  # 27 tokens
SHORT = "What is the boiling point of pure water, in kelvin?"
TINY = "Is it so?"
PIECES = st.sampled_from(["a", "B", "c", "d", "1", "23", "é", "中", "文", "-", "...", "\u0301"])
TEXTS = st.lists(PIECES, max_size=25).map(" ".join)


def test_a_quoted_item_is_found_with_its_place() -> None:
    text = f"Étude № 7. Exercise — {QUESTION.upper()} Answer: 72."
    found = overlap(pa.array([text, "Nothing of the kind."]), pa.array([SHORT, QUESTION]))
    assert found.item.tolist() == [1, -1]
    assert found.coverage.tolist() == [1.0, 0.0]
    assert found.matches.tolist() == [27 - 13 + 1, 0]
    assert text[found.start[0] : found.end[0]] == QUESTION.upper()[:-1]
    assert (found.start[1], found.end[1]) == (0, 0)


def test_coverage_is_the_share_of_the_items_tokens() -> None:
    part = " ".join(QUESTION.split()[:13])
    found = overlap(pa.array([part, " ".join(QUESTION.split()[:12])]), pa.array([QUESTION]))
    assert found.coverage.tolist() == [13 / 27, 0.0]
    assert found.matches.tolist() == [1, 0]
    assert (found.start[0], found.end[0]) == (0, len(part))


def test_numbers_keep_their_digits() -> None:
    """The problems of one template are not each other's leak."""
    other = QUESTION.replace("48", "50")
    found = overlap(pa.array([other]), pa.array([QUESTION]))
    assert 0.0 < found.coverage[0] < 1.0
    assert "48" not in other[found.start[0] : found.end[0]]


def test_a_short_item_matches_as_a_whole_and_a_tiny_one_never() -> None:
    items = benchmark(pa.array([SHORT, TINY, None, QUESTION]))
    assert items.items == 4
    assert items.too_short.tolist() == [1, 2]
    text = f"{TINY} {SHORT}"
    found = overlap(pa.array([text, SHORT[:-8], TINY]), items)
    assert found.item.tolist() == [0, -1, -1]
    assert text[found.start[0] : found.end[0]] == SHORT[:-1]


def test_the_item_most_covered_is_named_and_the_first_of_equals() -> None:
    longer = QUESTION + " Show how you found the number and say why it is right."
    found = overlap(pa.array([QUESTION]), pa.array([longer, QUESTION, QUESTION]))
    assert found.item.tolist() == [1]
    assert found.item_coverage.tolist() == [27 / 39, 1.0, 1.0]


def test_each_item_knows_the_text_that_covers_it_most() -> None:
    texts = [SHORT, " ".join(QUESTION.split()[:15]), QUESTION, f"Again: {QUESTION}"]
    found = overlap(pa.array(texts), pa.array([QUESTION, TINY, SHORT]))
    assert found.item_coverage.tolist() == [1.0, 0.0, 1.0]
    assert found.item_row.tolist() == [2, -1, 0]


def test_evidence_is_the_longest_stretch() -> None:
    words = QUESTION.split()
    text = " ".join([*words[:14], "or", *words[5:22], "or", *words[9:23]])
    found = overlap(pa.array([text]), pa.array([QUESTION]))
    assert text[found.start[0] : found.end[0]] == " ".join(words[5:22]).rstrip(".")


def test_null_texts_slices_and_chunks_change_nothing() -> None:
    texts: list[str | None] = [None, QUESTION, "", SHORT, "x " * 50, QUESTION]
    items = pa.array([QUESTION, SHORT])
    whole = overlap(pa.array(texts), items)
    column = pa.array(["y " * 9, *texts]).slice(1)
    split = overlap(pa.chunked_array([column[:2], column[2:2], column[2:]]), items)
    assert whole.coverage.tolist() == [0, 1, 0, 1, 0, 1]
    for name in vars(whole):
        np.testing.assert_array_equal(getattr(split, name), getattr(whole, name))


@pytest.mark.parametrize("items", [[], [None], [TINY]])
def test_a_benchmark_without_usable_items_matches_nothing(items: list[str | None]) -> None:
    found = overlap(pa.array([QUESTION, TINY, ""]), pa.array(items, pa.string()))
    assert found.matches.tolist() == [0, 0, 0]
    assert found.item.tolist() == [-1, -1, -1]
    assert len(overlap(pa.array([], pa.string()), pa.array([QUESTION])).item) == 0


@pytest.mark.parametrize(("n", "shortest"), [(0, 8), (13, 0), (-1, -1)])
def test_lengths_below_one_are_refused(n: int, shortest: int) -> None:
    with pytest.raises(UsageError, match="cannot be looked for"):
        benchmark(pa.array([QUESTION]), n=n, shortest=shortest)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4), st.integers(1, 4), st.integers(1, 4)
)
@example(["a B a B a"], ["B a B", "a B", "a a"], 2, 1)
def test_it_agrees_with_brute_force(
    texts: list[str], items: list[str], n: int, shortest: int
) -> None:
    index = benchmark(pa.array(items, pa.string()), n=n, shortest=shortest)
    found = overlap(pa.array(texts, pa.string()), index)
    for row, text in enumerate(texts):
        expected = by_hand(text, items, n, shortest)
        assert found.matches[row] == expected.matches
        assert found.coverage[row] == expected.coverage
        assert found.item[row] == expected.item
        assert text[found.start[row] : found.end[row]] == expected.evidence


def test_leaks_of_a_real_benchmark_are_found_among_real_texts(
    shared_data: Callable[[str], Path],
) -> None:
    def read(name: str, key: str) -> list[str]:
        with zstandard.open(shared_data(name), "rb") as file:
            return [json.loads(line)[key] for line in io.TextIOWrapper(file, "utf-8")]

    items = read("benchmarks/gsm8k_test.jsonl.zst", "question")
    train = read("sft/gsm8k_train.jsonl.zst", "question")
    leaked = {17 * i: 23 * i for i in range(1, 40)}
    texts = [
        f"{text} {items[leaked[i]]}" if i in leaked else text for i, text in enumerate(train[:1000])
    ]
    found = overlap(pa.array(texts), pa.array(items))
    assert {i: int(found.item[i]) for i in np.flatnonzero(found.coverage == 1.0)} == leaked
    # Train and test share a template or two, but no question.
    assert ((found.coverage > 0) & (found.coverage < 1)).sum() < 10
    # N-grams are blind to paraphrases: what finds them must be another check.
    rephrased = overlap(
        pa.array(read("benchmarks/rephrase_gsm8k.jsonl.zst", "text")), pa.array(items)
    )
    assert (rephrased.coverage > 0.5).mean() < 0.05
