"""text.stats counts what the plain-Python definitions count, on any text, whatever its buffers."""

from __future__ import annotations

import re
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import text_stats_reference as reference

from assay import registry
from assay.errors import InputError, UsageError
from assay.ops.kernels import stats as kernel
from assay.ops.kernels.unicode import (
    ALPHA,
    LINE_BREAK,
    MARK,
    PUNCTUATION,
    SPACE,
    TERMINAL,
    UNSPACED,
    build_table,
    load_table,
)
from assay.ops.text._stat_columns import COLUMNS
from assay.ops.text.stats import text_stats

EDGES = [
    "", " ", "\n", "\n\n", "\n\n\n", "a", "a\n", "\na", " a ", "\r\n", "a\r\nb\r\rc\n\rd", "-", "•",
    "x\u2028y\u2029z\x85w", "\u3000全角\u3000空白", "\ufeffBOM here", "zero\u200bwidth",
    "𝒜𝒷 𐩖 end𐩖\nq𑩂", "...", "....", "......", "a...b", "… …\n…", "#\n# #", "• a\n- b\n\t•c",
    "1 11 1 11 11 1 1 11" * 5, "the be to of and that have with THE", "{", "\x1c\x1d\x1e\x1f",
    "a b c. {d} e.\nJavaScript is on here.\njavascript", "Lorem ipsum dolor sit.", "lorem\nipsum",
    "We use coo\u212aies here now.\nuse of cookies is bad.\nUse cookies a b.", "\x00\x7f\x80",
    "A b c.[1]\nA b c [edit]\nA b c. [2]\nA b c..[٣].\na[citation needed] b c!", "\v\f a b c.\x0b",
    "x" * 1001 + " b c.", "a b c d e f g h i j k " * 30, "กขค ภาษาไทย ที่นี่", "中国...中国...",
    "中 国中国 中国中国", "para\n\npara\n\n\npara\n \n\npara", "a\n\n\n", "\n\n\na",
    "\u00a0nbsp\u00a0x",
    "ab\u0301c 中\u0301x", "Terms of Use. apply to all.\nPrivacy policy is a b.\nterms of us.",
    "a. b? c! d. e.\nOne two three. Four\" five'.", "a b [12 c.\n[[1]]. x y z.",
    "中lorem ipsum是 x y.",
    "Ἀρχή ἦν ὁ λόγος.\nВ начале было слово…\nआदि में वचन था।", "が\u3099か\u3099", "\u0301 lone mark",
    "the the the the the the the the the the the the", "a\n" * 40, "# " * 20 + "..." * 7,
]  # fmt: skip


def _class(characters: frozenset[str]) -> str:
    """The inside of a regular expression's character class, as ranges."""
    points = np.array(sorted(map(ord, characters)))
    runs = np.split(points, np.flatnonzero(np.diff(points) > 1) + 1)
    return "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)


def _flagged(flag: int) -> frozenset[str]:
    table = load_table()
    return frozenset(map(chr, np.flatnonzero(table.pages[table.index].reshape(-1) & flag)))


PUNCTUATION_MARKS = _flagged(PUNCTUATION)
TERMINAL_MARKS = tuple(_flagged(TERMINAL))
UNSPACED_LETTERS = _flagged(UNSPACED)
WORD_PATTERN = reference.pattern_of_words(_class(UNSPACED_LETTERS), _class(_flagged(MARK)))


def expected(text: str, words: str) -> dict[str, int]:
    own = words == "assay"
    return reference.text_stats(
        text,
        punctuation=PUNCTUATION_MARKS,
        terminal=TERMINAL_MARKS,
        pattern=WORD_PATTERN if own else None,
        unspaced=UNSPACED_LETTERS if own else frozenset(),
    )


def counted(texts: list[str | None], words: str) -> list[dict[str, int]]:
    return text_stats(pa.record_batch({"text": pa.array(texts)}), words=words).to_pylist()


@pytest.mark.parametrize("words", ["assay", "whitespace"])
def test_counts_equal_the_plain_definitions_on_edge_strings(words: str) -> None:
    for text, got in zip(EDGES, counted(list(EDGES), words), strict=True):
        assert got == expected(text, words), text


@pytest.mark.parametrize("words", ["assay", "whitespace"])
def test_counts_equal_the_plain_definitions_on_real_documents(shared_data, words: str) -> None:
    texts = pq.read_table(shared_data("text_corpus/docs.parquet"))["text"].to_pylist()[::45]
    for text, got in zip(texts, counted(texts, words), strict=True):
        assert got == expected(text, words), text[:80]


# What a newer interpreter knows about characters that the table does not is no error of the kernel.
_KNOWN = {
    c
    for c in map(chr, range(0x110000))
    if not 0xD800 <= ord(c) <= 0xDFFF
    and bool(load_table().flags(c) & ALPHA) == c.isalpha()
    and bool(load_table().flags(c) & SPACE) == c.isspace()
}
_CHARACTERS = st.characters(exclude_categories=("Cs",)).filter(_KNOWN.__contains__)
_PIECES = st.one_of(
    st.sampled_from(
        [" ", "\n", "\n\n", "\r\n", "\r", "...", "…", "- ", "• ", "#", "{", "[1]", "[edit]",
         "the", "of",
         "javascript", "Lorem ipsum", "privacy policy", "use cookies", "\u212a", ". ", "?",
         '."', "a", "b", "ab", "中", "国", "ไ", "ท\u0e35", "か\u3099", "।", "\u3000", "\x85",
         "\u2028", "é", "word "]
    ),
    st.text(_CHARACTERS, max_size=4),
)  # fmt: skip
_TEXTS = st.lists(_PIECES, max_size=60).map("".join)


@pytest.mark.parametrize("words", ["assay", "whitespace"])
@settings(deadline=None, max_examples=300)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=4))
def test_counts_equal_the_plain_definitions_on_any_text(words: str, texts: list[str]) -> None:
    assert counted(list(texts), words) == [expected(text, words) for text in texts]


def test_every_letter_of_an_unspaced_script_is_a_word_of_its_own() -> None:
    (chinese, thai, mixed) = counted(["中文没有空格", "ที่นี่", "用Python写 code"], "assay")
    assert (chinese["words"], chinese["unspaced_words"]) == (6, 6)
    assert thai["words"] == 2  # two consonants, each with its vowel and tone marks
    assert (mixed["words"], mixed["unspaced_words"]) == (4, 2)
    assert [row["words"] for row in counted(["中文没有空格", "ที่นี่"], "whitespace")] == [1, 1]


def test_a_gram_of_letters_without_space_between_them_has_no_space_in_its_length() -> None:
    spaced, unspaced = counted(["a b a b", "中国中国"], "assay")
    assert spaced["top_2gram_chars"] == 2 * 3
    assert unspaced["top_2gram_chars"] == 2 * 2


def test_words_of_a_gram_stay_apart() -> None:
    # Joined with nothing, "1 11 ..." and "11 1 ..." would be the same five words.
    (row,) = counted(["1 11 2 3 4 x 11 1 2 3 4"], "whitespace")
    assert row["duplicate_5gram_chars"] == 0


def test_null_text_gives_null_counts() -> None:
    first, second = counted(["two words", None], "assay")
    assert first["words"] == 2
    assert set(second.values()) == {None}


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_counts_do_not_depend_on_type_slice_or_batching(kind: pa.DataType) -> None:
    texts = [*EDGES, None, "last"]
    whole = counted(texts, "assay")
    column = pa.array(["before", *texts, "after"], pa.string()).cast(kind).slice(1, len(texts))
    assert text_stats(pa.record_batch({"text": column})).to_pylist() == whole
    assert [counted([text], "assay")[0] for text in texts] == whole


def test_counts_are_the_same_from_many_threads() -> None:
    batches = [pa.record_batch({"text": EDGES[k:] + EDGES[:k]}) for k in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(text_stats, batches)) == [text_stats(batch) for batch in batches]


def test_scratch_grows_for_texts_with_more_words_and_lines_than_there_was_room_for() -> None:
    many = ["a b c d " * 20_000, "\n" * 30_000, "x", "".join(f"{i}\n" for i in range(30_000))]
    rows = counted(many, "whitespace")
    assert [row["words"] for row in rows] == [80_000, 0, 1, 30_000]
    assert [row["newlines"] for row in rows] == [0, 30_000, 0, 30_000]
    assert (
        rows[0]["duplicate_10gram_chars"]
        == expected(many[0], "whitespace")["duplicate_10gram_chars"]
    )
    assert rows[3]["duplicate_lines"] == 0


def test_scratch_for_one_long_text_of_prose_stays_within_a_few_times_its_size() -> None:
    import tracemalloc

    text = pa.array(["".join(f"word{i % 50_021} goes on and " for i in range(200_000))])
    size = text.nbytes
    kernel.text_stats(text, whitespace=True)
    tracemalloc.start()
    kernel.text_stats(text, whitespace=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * size


def test_a_text_too_long_to_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MAX_TEXT_BYTES", 10)
    with pytest.raises(InputError, match="row 1 of the batch"):
        counted(["short", "longer than ten"], "assay")


def test_an_unknown_definition_of_a_word_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="assay, whitespace"):
        counted(["a"], "spacy")


def test_the_op_is_registered_with_its_preset() -> None:
    op = registry.get("op", "text.stats")
    assert op.main == "words"
    assert op.presets["datatrove"] == {"words": "whitespace"}
    assert op.schema().names == list(COLUMNS)
    assert all(field.metadata[b"summary"] for field in op.schema())


def test_the_table_says_of_each_kind_of_character_what_it_is() -> None:
    table = load_table()
    for characters, flag in [
        (" \t\n\u3000\xa0\u2028", SPACE),
        ("\n\r\v\f\x85\u2029", LINE_BREAK),
        ("aéЯ中ไ", ALPHA),
        ("。!\"'", PUNCTUATION),
        (".!?。।؟", TERMINAL),
        ("漢〇々ぁカｶㄅไລកကབᦀ", UNSPACED),
        ("\u0301\u0e35\u3099", MARK),
    ]:
        for c in characters:
            assert table.flags(c) & flag, (c, flag)
    for c in "aé한я1 。":
        assert not table.flags(c) & UNSPACED, c


def test_a_rebuilt_table_equals_the_shipped_one() -> None:
    table = load_table()
    rebuilt = build_table(table.punctuation, table.terminal)
    old = table.pages[table.index].reshape(-1)
    new = rebuilt.pages[rebuilt.index].reshape(-1)
    if table.unidata == unicodedata.unidata_version:
        assert np.array_equal(old, new)
    else:  # a newer Unicode version may only add: letters stay letters, white space stays
        assert not np.any(old & SPACE & ~new)
        assert np.count_nonzero(old & ALPHA & ~new) < 20
