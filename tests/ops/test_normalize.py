"""Normalized tokens: what counts as the same word when rows are compared."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from near_reference import located_tokens, tokens

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.normalize import (
    ALONE,
    DIGIT,
    DROPPED,
    LETTER,
    SEPARATOR,
    build_normalization,
    load_normalization,
    token_capacity,
    tokenize,
)

# Characters that Unicode 3.2 knew: the same in every interpreter.
KNOWN = st.characters(codec="utf-8").filter(lambda c: unicodedata.ucd_3_2_0.category(c) != "Cn")
TEXTS = st.text(st.one_of(st.sampled_from("aB é1٣.-_ \n\u0301\u00ad\u200b\u200d中ก็文カ각"), KNOWN))


def tokenized(
    text: str, *, fold_digits: bool, spans: bool = True
) -> tuple[list[int], list[tuple[int, int]]]:
    """Token hashes, and the byte span of each."""
    data, offsets = text_buffers(pa.array([text]))
    table = load_normalization()
    capacity = token_capacity(len(text.encode()))
    hashes = np.zeros(capacity, np.uint64)
    starts, ends = np.zeros((2, capacity if spans else 0), np.int64)
    n = tokenize(
        data, offsets[0], offsets[1], table.block, table.pages, table.ascii, fold_digits, hashes,
        starts, ends,
    )  # fmt: skip
    return hashes[:n].tolist(), list(zip(starts[:n].tolist(), ends[:n].tolist(), strict=True))


@pytest.mark.parametrize(
    ("character", "kind", "becomes"),
    [
        ("A", LETTER, "a"),
        ("É", LETTER, "e"),
        ("İ", LETTER, "i"),
        ("각", LETTER, "각"),  # several letters when taken apart: it stays whole
        ("½", LETTER, "½"),
        ("7", DIGIT, "7"),
        ("٣", DIGIT, "3"),
        ("中", ALONE, "中"),
        ("ก", ALONE, "ก"),
        ("が", ALONE, "か"),
        ("\u0301", DROPPED, "\u0301"),
        ("\u00ad", DROPPED, "\u00ad"),
        ("\u200b", SEPARATOR, "\u200b"),
        ("_", SEPARATOR, "_"),
        ("’", SEPARATOR, "’"),
        ("+", SEPARATOR, "+"),
        ("\n", SEPARATOR, "\n"),
    ],
)
def test_the_table_says_what_a_character_becomes(character: str, kind: int, becomes: str) -> None:
    assert load_normalization().entry(character) == (kind, becomes)


def test_the_shipped_table_is_what_the_generator_makes() -> None:
    shipped = load_normalization()
    if shipped.unidata != unicodedata.unidata_version:
        pytest.skip(f"made with Unicode {shipped.unidata}, this is {unicodedata.unidata_version}")
    made = build_normalization()
    assert np.array_equal(made.block, shipped.block)
    assert np.array_equal(made.pages, shipped.pages)


def test_letters_that_stand_alone_take_three_bytes_or_more() -> None:
    """`token_capacity` rests on it."""
    table = load_normalization()
    kinds = table.pages[table.block[:8]] & 7
    assert not (kinds == ALONE).any()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée, 2nd EDITION!", ["creme", "brulee", "0nd", "edition"]),
        ("e\u0301tude = étude", ["etude", "etude"]),
        ("on 2021-03-04 at 12:30", ["on", "0", "0", "0", "at", "0", "0"]),
        ("co\u00adoperate zero\u200bwidth", ["cooperate", "zero", "width"]),
        ("don't snake_case", ["don", "t", "snake", "case"]),
        ("用Python写的", ["用", "python", "写", "的"]),
        ("🙂 ...", []),
    ],
)
def test_words_are_lowered_bared_and_split(text: str, words: list[str]) -> None:
    assert tokens(text) == words
    assert tokenized(text, fold_digits=True)[0] == tokenized(" ".join(words), fold_digits=True)[0]


@given(TEXTS, st.booleans())
@example("a中" * 9 + "a", True)
@example("1\u03012 3", True)
def test_the_kernel_splits_as_plain_python_does(text: str, fold_digits: bool) -> None:
    expected = located_tokens(text, fold_digits=fold_digits)
    hashes, spans = tokenized(text, fold_digits=fold_digits)
    widths = [0]
    for character in text:
        widths.append(widths[-1] + len(character.encode()))
    assert spans == [(widths[t.start], widths[t.end]) for t in expected]
    assert hashes == tokenized(text, fold_digits=fold_digits, spans=False)[0]
    # Equal words have equal hashes, different words different ones.
    assert len(set(zip(hashes, (t.text for t in expected), strict=True))) == len(set(hashes))
    assert len(set(hashes)) == len({t.text for t in expected})


def test_numbers_count_as_one_zero_or_keep_their_digits() -> None:
    assert tokenized("12", fold_digits=True) == tokenized("99", fold_digits=True)
    assert tokenized("12", fold_digits=False)[0] != tokenized("99", fold_digits=False)[0]
    assert tokenized("٣", fold_digits=False)[0] == tokenized("3", fold_digits=False)[0]
