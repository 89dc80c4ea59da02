"""Names of topics: the words that set their texts apart, each name once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from assay.insight.terms import stem, words

TEXTS, TERMS = 200, 3
COMMON = 0.15
"""A word in a larger share of the texts, and in several topics, is none that tells them apart."""
LEAST, LEAST_SHARE = 3, 0.1
"""Texts of a topic, and share of those looked at, that a word has to be in to name the topic."""
_KEPT = 8


def name_topics(
    texts: Sequence[Sequence[str]],
    *,
    parents: Sequence[int] | None = None,
    above: Sequence[Sequence[str]] = (),
) -> list[list[str]]:
    """The words that set each topic apart, by class-based TF-IDF, best first.

    Grootendorst 2022, "BERTopic", section 3.3. A word that most topics share names none of them,
    and of several forms of a word one is used. Parts of a topic are set apart from the other parts
    of it and from all there are (the product of both rarities), by words that its name lacks.

    Args:
        texts: Some texts of each topic.
        parents: For parts: the topic that each is a part of.
        above: For parts: the words that name each of these topics.

    Returns:
        Up to `TERMS` words a topic, each in a tenth of its texts or more, and at least in 3; none
        where no such word tells it apart. Two topics of the same words
        get more of them, while there are more.
    """
    counts = [Counter(word for text in some[:TEXTS] for word in _words(text)) for some in texts]
    everywhere = _sum(counts)
    spread = Counter(word for each in counts for word in each)
    texts_read = sum(len(some[:TEXTS]) for some in texts)
    rare = _rarity(counts)
    named: list[list[str]] = []
    for place, (each, some) in enumerate(zip(counts, texts, strict=True)):
        beside = rare
        if parents is not None:
            own = [i for i, parent in enumerate(parents) if parent == parents[place]]
            siblings = _rarity([counts[i] for i in own])
            beside = {word: siblings[word] * rare[word] for word in each}
        total = max(1, sum(each.values()))
        scored = {
            word: count / total * beside[word]
            for word, count in each.items()
            if count >= max(LEAST, LEAST_SHARE * len(some[:TEXTS]))
            and (spread[word] == 1 or everywhere[word] <= COMMON * texts_read)
            and (len(counts) < 4 or spread[word] <= 0.5 * len(counts))
        }
        taken = above[parents[place]] if parents is not None else ()
        named.append(_apart(scored, {stem(word) for word in taken}))
    return _once(named)


def _rarity(counts: Sequence[Counter[str]]) -> dict[str, float]:
    """The logarithm of how rare each word is: log(1 + words a topic / its count in all)."""
    everywhere = _sum(counts)
    average = sum(everywhere.values()) / max(1, len(counts))
    return {word: float(np.log(1 + average / count)) for word, count in everywhere.items()}


def names_of(terms: Sequence[Sequence[str]], otherwise: Sequence[str]) -> list[str]:
    """One name a topic, each once: its words, or what stands in `otherwise`."""
    found: list[str] = []
    for words_, spare in zip(terms, otherwise, strict=True):
        name = ", ".join(words_) or spare
        found.append(free_name(name, found))
    return found


def free_name(name: str, taken: Sequence[str]) -> str:
    """The name, numbered where it is taken."""
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name} ({number})"
    return found


def _apart(scored: dict[str, float], taken: set[str]) -> list[str]:
    """The best words, no two of them forms of one, none a form of what is taken."""
    chosen: list[str] = []
    for word in sorted(scored, key=lambda word: (-scored[word], word)):
        if stem(word) not in taken:
            chosen.append(word)
            taken = taken | {stem(word)}
        if len(chosen) == _KEPT:
            break
    return chosen


def _once(named: Sequence[list[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    for each in named:
        length = TERMS
        while length < len(each) and each[:length] in found:
            length += 1
        found.append(each[:length])
    return found


def _sum(counts: Sequence[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def _words(text: str) -> set[str]:
    """Words of three letters and more, and of two in scripts without spaces."""
    return {word for word in words(text) if len(word) > 2 or not word.isascii()}
