"""Rule families give the verdicts of the published filters, over the words of their definition."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.errors import UsageError
from assay.ops.kernels.unicode import PUNCTUATION, TERMINAL, load_table
from assay.ops.text.stats import text_stats
from assay.schema import signal_column
from assay.search.expression import parse
from assay.select.families import FAMILIES, expand, families, family
from assay.select.rules import compile_rules, judge
from assay.testing.finders import MemoryRows

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}


def _flagged(flag: int) -> set[str]:
    table = load_table()
    return set(map(chr, np.flatnonzero(table.pages[table.index].reshape(-1) & flag)))


SYMBOLS, TERMINAL_MARKS = _flagged(PUNCTUATION), tuple(_flagged(TERMINAL))


def duplicates(pieces: list[str]) -> list[str]:
    seen: set[str] = set()
    return [piece for piece in pieces if piece in seen or seen.add(piece)]


def chars(pieces: list[str]) -> int:
    return sum(map(len, pieces))


# The published filters in plain Python over white-space words; each says why a text goes, or None.


def gopher_quality(text: str) -> str | None:
    words, lines = text.split(), text.splitlines()
    solid = [word for word in words if not SYMBOLS.issuperset(word)]
    if not 50 <= len(solid) <= 100_000:
        return "gopher_word_count"
    if not 3 <= chars(solid) / len(solid) <= 10:
        return "gopher_mean_word_length"
    if text.count("#") / len(words) > 0.1:
        return "gopher_hashes"
    if (text.count("...") + text.count("…")) / len(words) > 0.1:
        return "gopher_ellipses"
    if sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines) > 0.9:
        return "gopher_bullet_lines"
    if sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines) > 0.3:
        return "gopher_ellipsis_lines"
    if sum(any(map(str.isalpha, word)) for word in words) / len(words) < 0.8:
        return "gopher_alphabetic_words"
    return "gopher_stop_words" if len(STOP_WORDS & set(words)) < 2 else None


def gopher_repetition(text: str) -> str | None:
    if not text:
        return "gopher_not_empty"
    paragraphs, lines = re.split(r"\n{2,}", text.strip()), re.split(r"\n+", text)
    words = text.split()
    for pieces, name in ((paragraphs, "paragraph"), (lines, "line")):
        if len(duplicates(pieces)) / len(pieces) > 0.3:
            return f"gopher_duplicate_{name}s"
        if chars(duplicates(pieces)) / len(text) > 0.2:
            return f"gopher_duplicate_{name}_chars"
    for n, limit in ((2, 0.2), (3, 0.18), (4, 0.16)):
        grams = [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
        counts: dict[str, int] = {}
        for gram in grams:
            counts[gram] = counts.get(gram, 0) + 1
        top = max(counts, key=counts.__getitem__, default="")
        if len(top) * counts.get(top, 0) / len(text) > limit:
            return f"gopher_top_{n}gram_chars"
    for n, limit in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1)):
        seen: set[tuple[str, ...]] = set()
        repeated = i = 0
        while i + n <= len(words):
            gram = tuple(words[i : i + n])
            if gram in seen:
                repeated += chars(list(gram))
                i += n
            else:
                seen.add(gram)
                i += 1
        if repeated / len(text) > limit:
            return f"gopher_duplicate_{n}gram_chars"
    return None


def fineweb_quality(text: str) -> str | None:
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return "fineweb_not_blank"
    if sum(line.endswith(TERMINAL_MARKS) for line in lines) / len(lines) < 0.12:
        return "fineweb_terminal_punctuation"
    if sum(len(line) <= 30 for line in lines) / len(lines) > 0.67:
        return "fineweb_short_lines"
    if chars(duplicates(lines)) / len(text.replace("\n", "")) > 0.01:
        return "fineweb_duplicate_line_chars"
    return "fineweb_newlines" if text.count("\n") / len(text.split()) > 0.3 else None


PUBLISHED = {
    "gopher.quality": gopher_quality,
    "gopher.repetition": gopher_repetition,
    "fineweb.quality": fineweb_quality,
}


def judged(name: str, texts: list[str]) -> list[str | None]:
    """The first rule of the family that drops each text."""
    definition = name.partition("@")[2] or "assay"
    op, words = ("text.stats", "assay")
    if definition == "datatrove":
        op, words = "text.stats@datatrove", "whitespace"
    counts = text_stats(pa.record_batch({"text": pa.array(texts, pa.string())}), words=words)
    columns = {"id": pa.array([str(i) for i in range(len(texts))])}
    columns |= {
        signal_column(op, field.name): counts.column(i) for i, field in enumerate(counts.schema)
    }
    return judge(
        compile_rules([{"use": name}]), MemoryRows(pa.table(columns))
    ).dropped_by.to_pylist()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_datatrove_definition_gives_the_published_verdict_and_reason(
    shared_data, name: str
) -> None:
    texts = pq.read_table(shared_data("text_corpus/docs.parquet"))["text"].to_pylist()[::20]
    texts += ["", " \n ", "word", "# " * 60, "- a b\n" * 60, "a b c d e f g h i j. " * 20]
    verdicts = judged(f"{name}@datatrove", texts)
    assert verdicts == [PUBLISHED[name](text) for text in texts]
    assert len(set(verdicts)) >= 4  # the corpus exercises several rules


PROSE = "The first of these lines is long enough to be read as a sentence of plain prose."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n".join([PROSE] * 5), None),
        ("\n".join([PROSE] * 4), "c4_sentences"),
        (f"{PROSE} {PROSE} {PROSE} {PROSE} {PROSE}", None),
        ("\n".join([PROSE] * 5 + ["Lorem ipsum dolor sit amet."]), "c4_lorem_ipsum"),
        ("\n".join([PROSE] * 5 + ["Then f(x) { returns } it."]), "c4_curly_brackets"),
        ("\n".join([PROSE] * 5 + ["a { in a line without an end mark"]), None),
        ("\n".join([PROSE] * 4 + ["Please enable Javascript to read on."]), "c4_sentences"),
        ("\n".join([PROSE] * 4 + ["We use cookies on this site."]), "c4_sentences"),
        ("\n".join([PROSE] * 4 + ["It goes on and on..."]), "c4_sentences"),
        ("\n".join([PROSE] * 4 + ["As has been shown.[12]"]), None),
        ("\n".join([PROSE] * 4 + ["Two words."]), "c4_sentences"),
    ],
)
@pytest.mark.parametrize("definition", ["assay", "datatrove"])
def test_c4_drops_lines_first_and_the_page_for_what_is_left(
    text: str, reason: str | None, definition: str
) -> None:
    assert judged(f"c4.quality@{definition}", [text]) == [reason]


def test_our_definition_does_not_judge_chinese_by_the_length_of_its_words() -> None:
    text = "数据引擎把事实写下来，把决定推导出来。" * 8
    reasons = judged("gopher.quality", [text]) + judged("gopher.quality@datatrove", [text])
    assert reasons == ["gopher_stop_words", "gopher_word_count"]


def test_every_rule_of_every_family_is_an_expression_with_a_name_of_its_own() -> None:
    for definition in ("assay", "datatrove"):
        rules = [rule for found in FAMILIES.values() for rule in found.definitions[definition]]
        assert len({rule.name for rule in rules}) == len(rules)
        signal = "text.stats." if definition == "assay" else "text.stats@datatrove."
        for rule in rules:
            names = parse(rule.keep).names
            assert names and all(name.startswith(signal) for name in names)


def test_every_family_says_where_it_comes_from() -> None:
    for name, found in FAMILIES.items():
        assert found.name == name
        assert found.url.startswith("https://")
        assert "datatrove 0.10.1" in found.source
        assert found.to_dict()["definitions"]["assay"][0]["keep"]


def test_a_family_without_a_definition_means_our_own() -> None:
    assert expand("gopher.quality") == expand("gopher.quality@assay")
    assert "gopher.quality@datatrove" in families()
    assert family("c4.quality@datatrove").name == "c4.quality"


def test_unknown_names_are_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"gopher\.quality, gopher\.repetition, c4\.quality"):
        expand("gophr.quality")
    with pytest.raises(UsageError, match=r"gopher\.quality@assay, gopher\.quality@datatrove"):
        expand("gopher.quality@dolma")
