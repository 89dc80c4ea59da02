"""How easy an English text is to read: one op, one file."""

from __future__ import annotations

import re

import pyarrow as pa

from assay.registry import op

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
_VOWELS = re.compile(r"[aeiouyáàâäéèêëíìîïóòôöúùûü]+")
_SILENT = re.compile(r"(?:[^aeiouyl]e|[^aeioudt]ed|[^aeiouscxzgh]es)$")


@op(
    "text.readability",
    version="1",
    outputs=pa.schema([pa.field("ease", pa.float32())]),
    main="ease",
)
def readability(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Flesch reading ease of an English text: 100 is very easy, 0 very hard.

    206.835 - 1.015 (words / sentences) - 84.6 (syllables / words); R. Flesch, "A new readability
    yardstick", Journal of Applied Psychology 32 (1948). Syllables are counted as groups of vowels
    less the silent e, which is right for most English words and means nothing in other languages.

    Args:
        batch: Column `text`: string, n values.

    Returns:
        `ease`: float32, n values, at most 121.22, without a lower bound, higher is easier; null
        where a text is null or holds no word.
    """
    eases = [None if text is None else _ease(text) for text in batch.column("text").to_pylist()]
    return pa.record_batch([pa.array(eases, pa.float32())], names=["ease"])


def _ease(text: str) -> float | None:
    words = _WORD.findall(text.lower())
    if not words:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    count = sum(syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * count / len(words)


def syllables(word: str) -> int:
    """Syllables of a lower-case English word, by its groups of vowels: 1 or more."""
    groups = len(_VOWELS.findall(word))
    return max(1, groups - bool(groups > 1 and _SILENT.search(word)))
