"""Terms of texts, hashed and counted for a whole block of texts at once with NumPy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_NOT_WORD = re.compile(r"[\W_]+")
_CHARACTERS = 4000  # of a text that are read: keeps one huge text from outweighing a block
_PRIMES = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)


@dataclass(frozen=True)
class Counts:
    """A sparse matrix of counts, by rows.

    Attributes:
        starts: int64, shape (rows + 1,): row i owns entries starts[i]:starts[i + 1].
        terms: Shape (entries,): uint32 hashes, or int64 places in a vocabulary; sorted in a row.
        counts: int64, shape (entries,), >= 1.
    """

    starts: np.ndarray
    terms: np.ndarray
    counts: np.ndarray


def count_terms(texts: Sequence[str]) -> Counts:
    """Counts of words and of character 3- to 5-grams within words (edges marked) in each text.

    Case is folded, punctuation is a gap. Scripts written without spaces get one long word, of which
    the n-grams still carry the meaning. Hashes are 32-bit and stable across machines.
    """
    cleaned = [f" {_NOT_WORD.sub(' ', t[:_CHARACTERS].casefold()).strip()} " for t in texts]
    codes = np.frombuffer("".join(cleaned).encode("utf-32-le"), np.uint32)
    lengths = np.array([len(t) for t in cleaned], np.int64)
    rows = np.repeat(np.arange(len(texts)), lengths)
    found = [_words(codes, rows), *(_grams(codes, rows, n) for n in (3, 4, 5))]
    # Row and hash share one integer, so that one sort groups both.
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    starts = np.searchsorted(keys >> np.uint64(32), np.arange(len(texts) + 1, dtype=np.uint64))
    return Counts(starts, (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32), counts)


def concat(parts: Sequence[Counts]) -> Counts:
    """The rows of all parts, one after the other."""
    if not parts:
        empty = np.zeros(0, np.int64)
        return Counts(np.zeros(1, np.int64), empty.astype(np.uint32), empty)
    base = np.cumsum([0, *(len(p.terms) for p in parts)])
    starts = [p.starts[:-1] + b for p, b in zip(parts, base, strict=False)]
    return Counts(
        np.concatenate([*starts, base[-1:]]),
        np.concatenate([p.terms for p in parts]),
        np.concatenate([p.counts for p in parts]),
    )


def _grams(codes: np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
    """Keys (row, hash) of the n-grams that have a gap at most at their first and last place."""
    last = len(codes) - n + 1
    if last <= 0:
        return np.zeros(0, np.uint64)
    inside = rows[:last] == rows[n - 1 :]
    for i in range(1, n - 1):
        inside &= codes[i : last + i] != 32
    at = np.flatnonzero(inside)
    values = np.full(len(at), n, np.uint32)
    for i in range(n):
        values = (values ^ codes[at + i]) * np.uint32(_PRIMES[i])
        values ^= values >> np.uint32(15)
    return _key(rows[at], values)


def _words(codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Keys (row, hash) of the words: differences of a running sum of hashed (place, character)."""
    gap = codes == 32
    first = np.flatnonzero(~gap & np.concatenate([[True], gap[:-1]]))
    end = np.flatnonzero(gap & np.concatenate([[False], ~gap[:-1]]))
    place = np.arange(len(codes)) - np.repeat(
        np.concatenate([[0], first]), np.diff(np.concatenate([[0], first, [len(codes)]]))
    )
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (place.astype(np.uint64) + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
    sums = total[end] - total[first]  # wraps around, as meant
    return _key(rows[first], (sums ^ (sums >> np.uint64(29))).astype(np.uint32))


def _key(rows: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    return (rows.astype(np.uint64) << np.uint64(32)) | hashes.astype(np.uint64)
