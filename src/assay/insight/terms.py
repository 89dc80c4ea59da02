"""Words of texts, and which of them set some texts apart from others."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

CHARACTERS = 2000
"""Of a text that are read for its words."""
_COMMON, _COMMON_IN_PAIR = 0.1, 0.03
"""Share of other texts from which a word is too common to name anything, alone and in a pair."""
_ENOUGH = 100  # other texts from which that can be said
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def words(text: str) -> list[str]:
    """Words of two letters and more, in order; pairs of characters where words have no gaps."""
    found: list[str] = []
    for word in _WORD.findall(text[:CHARACTERS].lower()):
        if _UNSPACED.match(word):
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.append(word)
    return found


def terms(text: str) -> set[str]:
    """The words of a text, and the pairs of words that follow each other."""
    found = words(text)
    return {*found, *(f"{a} {b}" for a, b in itertools.pairwise(found))}


def term_counts(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each term is."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(terms(text))
    return counts


def distinguishing(
    inside: Counter[str], size: int, outside: Counter[str], others: int, *, most: int = 3
) -> list[str]:
    """The terms that set some texts apart from others, best first.

    Class-based TF-IDF (Grootendorst 2022, section 3.3) over texts instead of occurrences: the share
    of the texts with a term, times the logarithm of how much larger it is than elsewhere. A term
    that repeats a chosen one (its words, or all but their endings) is left out.

    Args:
        inside: From `term_counts`.
        size: How many texts that was.
        outside: The same for the others.
        others: How many there are.
        most: Terms at most.
    """

    def common(word: str, bound: float) -> bool:
        return outside[word] > bound * others

    scored = {}
    for term, count in inside.items():
        if count < 2 and size > 3:
            continue
        bound = _COMMON_IN_PAIR if " " in term else _COMMON
        if others >= _ENOUGH and any(common(word, bound) for word in term.split()):
            continue
        share = count / size
        elsewhere = (outside[term] + 0.5) / (others + 1)
        if (gain := share * np.log(share / elsewhere)) > 0.1:
            scored[term] = gain * (1.2 if " " in term else 1.0)  # a pair says more than its words
    chosen: list[str] = []
    stems: set[str] = set()
    for term in sorted(scored, key=lambda term: (-scored[term], term)):
        own = {stem(word) for word in term.split()}
        if not own & stems:
            chosen.append(term)
            stems |= own
        if len(chosen) == most:
            break
    return chosen


def unlike(texts: Sequence[str], own: Counter[str], size: int) -> np.ndarray:
    """How much more frequent the terms of each text are among these texts than elsewhere.

    The mean over a text's terms of the logarithm of the ratio of shares, both shrunk to the common
    share as if five more texts of each kind had been seen.

    Args:
        texts: The texts.
        own: Terms elsewhere, from `term_counts`.
        size: How many texts that was.

    Returns:
        float64, shape (len(texts),); 0 where a text has no terms.
    """
    found = [terms(text) for text in texts]
    counts: Counter[str] = Counter()
    for each in found:
        counts.update(each)
    share = len(texts) / max(1, len(texts) + size)
    ratio = {
        term: np.log((count + 5 * share) / (count + own[term] + 5) / share)
        for term, count in counts.items()
    }
    return np.array([np.mean([ratio[t] for t in sorted(each)]) if each else 0.0 for each in found])


def stem(word: str) -> str:
    """A word without the endings that tell its forms apart, roughly, for comparing names."""
    return re.sub(r"(ies|ing|ed|es|s|y)$", "", word) if len(word) > 4 else word
