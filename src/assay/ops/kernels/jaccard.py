"""Exact Jaccard similarity of the word 5-gram sets of texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.jit import njit
from assay.ops.kernels.minhash import shingle
from assay.ops.kernels.normalize import load_normalization, token_capacity, tokenize

_NOBODY = -1
_SHIFT = np.uint64(20)


@njit
def _put(keys, owners, mask, key, owner):
    """Add `key` to the set of `owner` in an open-addressing table; whether it is new there."""
    slot = np.int64(key >> _SHIFT) & mask
    while owners[slot] == owner:
        if keys[slot] == key:
            return False
        slot = (slot + 1) & mask
    keys[slot] = key
    owners[slot] = owner
    return True


@njit
def _has(keys, owners, mask, key, owner):
    slot = np.int64(key >> _SHIFT) & mask
    while owners[slot] == owner:
        if keys[slot] == key:
            return True
        slot = (slot + 1) & mask
    return False


@njit
def _collect(data, offsets, block, pages, ascii_map, capacity, keys, owners, sets, bounds):
    """Write the distinct shingles of text i to sets[bounds[i]:bounds[i + 1]]."""
    mask = len(keys) - 1
    hashes = np.empty(capacity, np.uint64)
    shingles = np.empty(capacity, np.uint64)
    nowhere = np.empty(0, np.int64)
    total = 0
    bounds[0] = 0
    for i in range(len(offsets) - 1):
        n = tokenize(data, offsets[i], offsets[i + 1], block, pages, ascii_map, True, hashes,
                     nowhere, nowhere)  # fmt: skip
        for j in range(shingle(hashes, n, shingles)):
            if _put(keys, owners, mask, shingles[j], i):
                sets[total] = shingles[j]
                total += 1
        bounds[i + 1] = total


@njit
def _compare(sets, bounds, left, right, keys, owners, out):
    """out[i] = |A & B| / |A | B| of the sets left[i] and right[i]; pairs sorted by `left`."""
    mask = len(keys) - 1
    owners[:] = _NOBODY
    turn = 0
    for i in range(len(left)):
        a = left[i]
        b = right[i]
        if i == 0 or a != left[i - 1]:
            turn += 1
            for j in range(bounds[a], bounds[a + 1]):
                _put(keys, owners, mask, sets[j], turn)
        shared = 0
        for j in range(bounds[b], bounds[b + 1]):
            shared += _has(keys, owners, mask, sets[j], turn)
        together = bounds[a + 1] - bounds[a] + bounds[b + 1] - bounds[b] - shared
        out[i] = shared / together if together > 0 else 0.0


def jaccard(column: pa.Array | pa.ChunkedArray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Jaccard similarity of the sets of distinct word 5-grams of pairs of texts.

    5-grams are compared by 64-bit hashes: equal sets of a million differ with a chance below 1e-7.

    Args:
        column: n texts.
        left, right: int64, shape (m,): the pairs, rows in [0, n), sorted by `left` for speed.

    Returns:
        float64, shape (m,), in [0, 1]: 1 for equal sets; 0 where both are empty (a text without a
        word resembles nothing).
    """
    data, offsets = text_buffers(column)
    table = load_normalization()
    lengths = np.diff(offsets)
    capacity = token_capacity(int(lengths.max(initial=0)))
    # Less than half full, so that probing stays short.
    slots = 1 << (2 * capacity).bit_length()
    keys = np.empty(slots, np.uint64)
    owners = np.full(slots, _NOBODY, np.int64)
    sets = np.empty(int((lengths // 2 + 2).sum()), np.uint64)
    bounds = np.empty(len(offsets), np.int64)
    _collect(data, offsets, table.block, table.pages, table.ascii, capacity, keys, owners, sets,
             bounds)  # fmt: skip
    result = np.empty(len(left), np.float64)
    _compare(sets, bounds, left, right, keys, owners, result)
    return result
