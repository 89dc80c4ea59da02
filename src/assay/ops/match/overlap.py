"""Benchmark leakage: texts that contain n-grams of evaluation items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assay.errors import UsageError

if TYPE_CHECKING:
    from assay.ops.kernels.overlap import Index

NGRAM = 13
SHORTEST = 8


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Evaluation items made ready to be looked for, in any number of batches of texts.

    Attributes:
        n: Tokens of an n-gram.
        shortest: Fewest tokens of an item that can be looked for.
        items: How many items there are.
        too_short: int64: the items with fewer tokens than that; nothing can match them.
        index: For the kernel.
    """

    n: int
    shortest: int
    items: int
    too_short: np.ndarray
    index: Index


@dataclass(frozen=True, eq=False)
class Overlap:
    """What each of n texts shares with a benchmark of k items, and the other way round.

    Attributes:
        matches: int64, shape (n,): n-grams of the text, repeats counted, that occur in an item.
        coverage: float64, shape (n,), in [0, 1]: the largest share of an item's tokens that lie in
            n-grams which the text has too. 0 is clean; 1 has all of an item.
        item: int64, shape (n,): the item so covered, the first of equals; -1 for none.
        start, end: int64, shape (n,): the evidence `text[start:end]`, in code points: the longest
            stretch of the text of consecutive n-grams of that item. Both 0 for none.
        item_coverage: float64, shape (k,), in [0, 1]: the largest share of the item's tokens that
            one text covers.
        item_row: int64, shape (k,): the first text that covers so much; -1 for none.
    """

    matches: np.ndarray
    coverage: np.ndarray
    item: np.ndarray
    start: np.ndarray
    end: np.ndarray
    item_coverage: np.ndarray
    item_row: np.ndarray


def benchmark(
    texts: pa.Array | pa.ChunkedArray, *, n: int = NGRAM, shortest: int = SHORTEST
) -> Benchmark:
    """Index evaluation items by their token n-grams.

    Tokens are lower-case and without punctuation and combining marks; unlike in near-duplicate
    signatures, numbers keep their digits, or all problems of one template would be the same. An
    item of fewer than n tokens is looked for as a whole, one of fewer than `shortest` not at all:
    GPT-3 let n sink to 8 for benchmarks of short items and no further, as less matches by chance.

    Args:
        texts: k items; null counts as empty.
        n: Tokens of an n-gram, at least 1.
        shortest: Fewest tokens of an item that is looked for, at least 1; n where that is less.

    Raises:
        UsageError: `n` or `shortest` is less than 1.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C.
    """
    if n < 1 or shortest < 1:
        raise UsageError(
            f"n-grams of {n} tokens, of items from {shortest} tokens on, cannot be looked for.",
            allowed="n >= 1 and shortest >= 1",
        )
    from assay.ops.kernels.overlap import build_index

    shortest = min(n, shortest)
    index = build_index(texts, n, shortest)
    return Benchmark(n, shortest, len(texts), np.flatnonzero(index.size == 0), index)


def overlap(
    texts: pa.Array | pa.ChunkedArray,
    items: Benchmark | pa.Array | pa.ChunkedArray,
    *,
    n: int = NGRAM,
) -> Overlap:
    """Find the texts that contain evaluation items, or long parts of them, word for word.

    The share of an item that a text covers tells a quotation from a leak: one common n-gram in a
    long item is little, a whole short item is all. Paraphrases and translations stay unseen.

    Args:
        texts: n texts; null counts as empty.
        items: The evaluation items, or `benchmark(items)`, which is made once for many calls.
        n: Tokens of an n-gram; a `Benchmark` has its own.

    Returns:
        Matches, coverage and evidence for each text, and coverage for each item.

    Raises:
        UsageError: `n` is less than 1.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C, for the n-grams; Touvron et al. 2023
    (arXiv:2307.09288), appendix A.6, for the share of tokens.
    """
    from assay.ops.kernels.overlap import scan

    if not isinstance(items, Benchmark):
        items = benchmark(items, n=n)
    return Overlap(*scan(texts, items.index))
