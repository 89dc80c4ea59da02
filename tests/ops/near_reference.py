"""Normalized tokens, 5-gram sets and overlap in plain Python: oracle of the comparing kernels."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assay.ops.kernels.unicode import UNSPACED, load_table


@dataclass(frozen=True)
class Token:
    """A token and where it stands, in code points."""

    text: str
    start: int
    end: int


def located_tokens(text: str, *, fold_digits: bool) -> list[Token]:
    """The definition of `kernels.normalize`, one character after the other."""
    found: list[Token] = []
    word, start = "", 0
    for i, character in enumerate(text + " "):
        category = unicodedata.category(character)
        if category in ("Mn", "Me") or (category == "Cf" and character != "\u200b"):
            continue
        separates = category[0] in "PSZ" or category in ("Cc", "Cf", "Cs")
        alone = not separates and bool(load_table().flags(character) & UNSPACED)
        if (separates or alone) and word:
            # What was dropped after the last letter still belongs to the token.
            found.append(Token(word, start, min(i, len(text))))
            word = ""
        if alone:
            found.append(Token(_base(character), i, i + 1))
        elif not separates:
            if not word:
                start = i
            word += str(unicodedata.decimal(character)) if category == "Nd" else _base(character)
    if fold_digits:
        return [Token(re.sub("[0-9]+", "0", t.text), t.start, t.end) for t in found]
    return found


def tokens(text: str, *, fold_digits: bool = True) -> list[str]:
    return [token.text for token in located_tokens(text, fold_digits=fold_digits)]


def _base(character: str) -> str:
    lowered = character.lower()
    kept = [c for c in unicodedata.normalize("NFD", lowered) if unicodedata.category(c) != "Mn"]
    return kept[0] if len(kept) == 1 else lowered[0]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = tokens(text)
    if 0 < len(words) < 5:
        return {tuple(words)}
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def jaccard(a: str, b: str) -> float:
    left, right = shingles(a), shingles(b)
    return len(left & right) / len(left | right) if left | right else 0.0


@dataclass(frozen=True)
class Found:
    matches: int
    coverage: float
    item: int
    evidence: str


def overlap(text: str, items: list[str], n: int, shortest: int) -> Found:
    """What `match.overlap.overlap` says of one text."""
    row = located_tokens(text, fold_digits=False)
    words = [t.text for t in row]
    item_words = [tokens(item, fold_digits=False) for item in items]
    sizes = [min(n, len(w)) if len(w) >= min(n, shortest) else 0 for w in item_words]

    def grams(of: list[str], size: int) -> list[tuple[str, ...]]:
        return [tuple(of[i : i + size]) for i in range(len(of) - size + 1)]

    known = {g for w, size in zip(item_words, sizes, strict=True) if size for g in grams(w, size)}
    matches = sum(g in known for size in set(sizes) - {0} for g in grams(words, size))
    best, worst = 0.0, -1
    for k, (w, size) in enumerate(zip(item_words, sizes, strict=True)):
        here = set(grams(words, size)) if size else set()
        covered = {i + j for i, g in enumerate(grams(w, size)) if g in here for j in range(size)}
        if covered and len(covered) / len(w) > best:
            best, worst = len(covered) / len(w), k
    if worst < 0:
        return Found(matches, 0.0, -1, "")
    size, own = sizes[worst], set(grams(item_words[worst], sizes[worst]))
    hits = [g in own for g in grams(words, size)]
    longest, at = 0, 0
    for i in range(len(hits)):
        run = next((j for j in range(i, len(hits)) if not hits[j]), len(hits)) - i
        if run > longest:
            longest, at = run, i
    return Found(matches, best, worst, text[row[at].start : row[at + longest - 1 + size - 1].end])
