"""Candidate pairs of near duplicates: rows whose MinHash signatures agree in a whole band.

Rows with equal signatures are a step of their own, so that the caller can set repeats aside: a text
that occurs a million times then costs a million steps, not their square. Only band keys that occur
twice are sorted.

Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets (3rd ed.), section 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assay.ops.kernels.hashing import K0, K1, fold
from assay.ops.kernels.jit import njit

# Up to this many rows of a bucket are compared each with each.
_ALL_PAIRS = 64
# In a larger bucket each row is compared with so many earlier rows that differ from one another, and
# is paired with at most _PARTNERS of them.
_REPRESENTATIVES = 64
_PARTNERS = 8
_BUFFER = 1 << 20


@njit
def _band_keys(signatures, rows, first, last, keys):
    """keys[i] = hash of the places first..last of the signature of rows[i]."""
    for i in range(len(rows)):
        row = signatures[rows[i]]
        h = K0 ^ np.uint64(first)
        for j in range(first, last):
            h = fold(h ^ np.uint64(row[j]), K1)
        keys[i] = h


@njit
def _repeated(keys, slots, shift, out):
    """Fill `out` with the places of keys that may occur twice; how many. No repeated key is missed.

    `slots` is zeroed uint8, a power of two long; a key's slot is its upper bits.
    """
    for i in range(len(keys)):
        slot = keys[i] >> shift
        slots[slot] = 1 if slots[slot] == 0 else 2
    n = 0
    for i in range(len(keys)):
        if slots[keys[i] >> shift] == 2:
            out[n] = i
            n += 1
    return n


def _buckets(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of keys that occur more than once, equal keys together, and where each bucket starts.

    Returns:
        `(places, bounds)`: int64; bucket i is places[bounds[i]:bounds[i + 1]], ascending.
    """
    bits = max(8, (8 * len(keys)).bit_length())
    places = np.empty(len(keys), np.int64)
    slots = np.zeros(1 << bits, np.uint8)
    places = places[: _repeated(keys, slots, np.uint64(64 - bits), places)]
    places = places[np.argsort(keys[places], kind="stable")]
    ordered = keys[places]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(places) else places
    sizes = np.diff(np.r_[starts, len(places)])
    keep = np.repeat(sizes > 1, sizes)
    return places[keep], np.r_[0, np.cumsum(sizes[sizes > 1])].astype(np.int64)


@njit
def _agreement(a, b):
    count = 0
    for j in range(len(a)):
        count += a[j] == b[j]
    return count


@njit
def _pair_up(signatures, rows, bounds, first, near, alike, out):
    """Write the pairs of the buckets from `first` on whose signatures agree in `near` places.

    Args:
        alike: A row of a large bucket that agrees in so many places with none of the
            representatives becomes one.
        out: int64, shape (capacity, 2).

    Returns:
        `(bucket, count)`: the bucket to go on with (the number of buckets when done).
    """
    count = 0
    held = np.empty(_REPRESENTATIVES, np.int64)
    for bucket in range(first, len(bounds) - 1):
        start = bounds[bucket]
        end = bounds[bucket + 1]
        size = end - start
        if size <= _ALL_PAIRS:
            if count + size * (size - 1) // 2 > len(out):
                return bucket, count
            for i in range(start + 1, end):
                row = signatures[rows[i]]
                for j in range(start, i):
                    if _agreement(row, signatures[rows[j]]) >= near:
                        out[count, 0] = rows[j]
                        out[count, 1] = rows[i]
                        count += 1
            continue
        if count + size * _PARTNERS > len(out):
            return bucket, count
        n_held = 0
        for i in range(start, end):
            row = signatures[rows[i]]
            partners = 0
            known = False
            for j in range(min(n_held, _REPRESENTATIVES)):
                agreement = _agreement(row, signatures[held[j]])
                known |= agreement >= alike
                if agreement >= near:
                    out[count, 0] = held[j]
                    out[count, 1] = rows[i]
                    count += 1
                    partners += 1
                    if partners == _PARTNERS:
                        break
            if not known:
                held[n_held % _REPRESENTATIVES] = rows[i]
                n_held += 1
    return len(bounds) - 1, count


def _bucket_pairs(
    signatures: np.ndarray, rows: np.ndarray, bounds: np.ndarray, near: int, alike: int
) -> Iterator[np.ndarray]:
    """The pairs of all buckets, in pieces, each of shape (m, 2)."""
    largest = int(np.diff(bounds).max(initial=0))  # one bucket must fit whole
    buffer = np.empty((max(_BUFFER, largest * _PARTNERS), 2), np.int64)
    bucket = 0
    while bucket < len(bounds) - 1:
        bucket, count = _pair_up(signatures, rows, bounds, bucket, near, alike, buffer)
        yield buffer[:count].copy()


def equal_pairs(signatures: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Each row whose whole signature occurred before, with the first row that has it.

    Args:
        signatures: uint32, shape (n, permutations), contiguous.
        rows: int64, ascending: the rows that have a signature.

    Returns:
        int64, shape (m, 2): first row and repeat.
    """
    keys = np.empty(len(rows), np.uint64)
    _band_keys(signatures, rows, 0, signatures.shape[1], keys)
    places, bounds = _buckets(keys)
    heads = np.repeat(places[bounds[:-1]], np.diff(bounds))
    repeats = places != heads
    return np.stack([rows[heads[repeats]], rows[places[repeats]]], axis=1)


def candidate_pairs(
    signatures: np.ndarray, rows: np.ndarray, *, bands: int, height: int, near: int, alike: int
) -> np.ndarray:
    """Pairs of rows that share a band and agree in at least `near` places.

    Args:
        signatures, rows: As for `equal_pairs`.
        bands, height: Number of bands and of places in each; bands * height <= permutations.
        near, alike: Agreeing places that make a pair, and that make a row no news in a crowded
            bucket (near <= alike).

    Returns:
        int64, shape (m, 2), sorted, without repeats, the smaller row first.
    """
    found = [np.empty((0, 2), np.int64)]
    keys = np.empty(len(rows), np.uint64)
    for band in range(bands):
        _band_keys(signatures, rows, band * height, (band + 1) * height, keys)
        places, bounds = _buckets(keys)
        found.extend(_bucket_pairs(signatures, rows[places], bounds, near, alike))
    return distinct_pairs(np.concatenate(found), len(signatures))


def distinct_pairs(pairs: np.ndarray, n: int) -> np.ndarray:
    """The pairs of rows below n, sorted and without repeats."""
    packed = np.unique(pairs[:, 0] * max(1, n) + pairs[:, 1])
    return np.stack([packed // max(1, n), packed % max(1, n)], axis=1)
