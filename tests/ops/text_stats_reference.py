"""The statistics of `text.stats` in plain Python: test oracle and baseline of the benchmark.

Written from the published definitions; slow and obvious on purpose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
_PARAGRAPHS = re.compile(r"\n{2,}")
_LINES = re.compile(r"\n+")
_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
_SENTENCES = re.compile(r"(?<=[.?!])\s+")
_POLICIES = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def pattern_of_words(unspaced: str, marks: str) -> re.Pattern[str]:
    """Words of Assay's own definition, given the letters of unspaced scripts and all marks."""
    return re.compile(rf"[{unspaced}][{marks}]*|[^\s{unspaced}]+")


def duplicates(pieces: Sequence[str]) -> tuple[int, int]:
    """How many pieces occurred before, and their total length."""
    seen: set[str] = set()
    count = chars = 0
    for piece in pieces:
        if piece in seen:
            count += 1
            chars += len(piece)
        seen.add(piece)
    return count, chars


def top_gram(words: list[str], glued: list[bool], n: int) -> int:
    """Count times length of the most frequent n-gram; glued words have no space between them."""
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    if not grams:
        return 0
    gram, count = Counter(grams).most_common(1)[0]
    where = grams.index(gram)
    return count * (sum(map(len, gram)) + n - 1 - sum(glued[where + 1 : where + n]))


def duplicate_grams(words: list[str], n: int) -> int:
    """Code points in n-grams seen before; reading goes on after each."""
    seen: set[tuple[str, ...]] = set()
    chars = i = 0
    while i < len(words) - n + 1:
        gram = tuple(words[i : i + n])
        if gram in seen:
            chars += sum(map(len, gram))
            i += n
        else:
            seen.add(gram)
            i += 1
    return chars


def c4(lines: list[str], words_of: Sequence[list[str]]) -> dict[str, int]:
    """Lines, sentences and dropping lines by C4's rules."""
    kept = sentences = lorem = curly = 0
    for line, words in zip(lines, words_of, strict=True):
        if any(len(word) > 1000 for word in words):
            continue
        line = _CITATION.sub("", line.strip())
        if not line.endswith((".", "?", "!", '"', "'")) or line.endswith("..."):
            continue
        if len(words) < 3:
            continue
        lower = line.lower()
        if "lorem ipsum" in lower:
            lorem += 1
        elif "javascript" in lower:
            continue
        elif "{" in line:
            curly += 1
        elif not any(policy in lower for policy in _POLICIES):
            kept += 1
            sentences += len(_SENTENCES.split(line))
    return {
        "c4_lines": kept,
        "c4_sentences": sentences,
        "c4_lorem_ipsum_lines": lorem,
        "c4_curly_bracket_lines": curly,
    }


def text_stats(
    text: str,
    *,
    punctuation: frozenset[str],
    terminal: tuple[str, ...],
    pattern: re.Pattern[str] | None = None,
    unspaced: frozenset[str] = frozenset(),
) -> dict[str, int]:
    """All statistics of one text. `pattern` finds words; without one, white space does."""
    out: dict[str, int] = {}
    if pattern is None:
        words = text.split()
        glued = [False] * len(words)
    else:
        matches = list(pattern.finditer(text))
        words = [match[0] for match in matches]
        ends = [-1] + [match.end() for match in matches]
        glued = [match.start() == end for match, end in zip(matches, ends, strict=False)]
    out["bytes"] = len(text.encode())
    out["chars"] = len(text)
    out["words"] = len(words)
    out["word_chars"] = sum(map(len, words))
    out["unspaced_words"] = sum(word[0] in unspaced for word in words)
    solid = [word for word in words if any(c not in punctuation for c in word)]
    out["non_symbol_words"] = len(solid)
    out["non_symbol_chars"] = sum(map(len, solid))
    out["alpha_words"] = sum(any(c.isalpha() for c in word) for word in words)
    out["stop_words"] = len(STOP_WORDS.intersection(words))
    out["max_word_chars"] = max(map(len, words), default=0)
    out["hashes"] = text.count("#")
    out["ellipses"] = text.count("...") + text.count("…")
    out["newlines"] = text.count("\n")
    lines = text.splitlines()
    out["lines"] = len(lines)
    out["bullet_lines"] = sum(line.lstrip().startswith(("•", "-")) for line in lines)
    out["ellipsis_lines"] = sum(line.rstrip().endswith(("...", "…")) for line in lines)
    paragraphs = _PARAGRAPHS.split(text.strip())
    out["paragraphs"] = len(paragraphs)
    out["duplicate_paragraphs"], out["duplicate_paragraph_chars"] = duplicates(paragraphs)
    pieces = _LINES.split(text)
    out["newline_lines"] = len(pieces)
    out["duplicate_lines"], out["duplicate_line_chars"] = duplicates(pieces)
    for n in (2, 3, 4):
        out[f"top_{n}gram_chars"] = top_gram(words, glued, n)
    for n in range(5, 11):
        out[f"duplicate_{n}gram_chars"] = duplicate_grams(words, n)
    visible = [line for line in text.split("\n") if line.strip()]
    out["nonblank_lines"] = len(visible)
    out["terminal_punctuation_lines"] = sum(line.endswith(terminal) for line in visible)
    out["short_lines"] = sum(len(line) <= 30 for line in visible)
    out["duplicate_nonblank_line_chars"] = duplicates(visible)[1]
    out |= c4(lines, [line.split() if pattern is None else pattern.findall(line) for line in lines])
    lower = text.lower()
    out["curly_brackets"] = text.count("{")
    out["javascripts"] = lower.count("javascript")
    out["lorem_ipsums"] = lower.count("lorem ipsum")
    return out
