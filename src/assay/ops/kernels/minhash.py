"""MinHash signatures of texts: the smallest hashes of their word 5-grams under 112 permutations.

Values are stored facts: nothing here may change within a version of `text.minhash`.

Source: Broder 1997 (On the resemblance and containment of documents), sections 2 and 3. Word 5-grams
and 112 permutations as in FineWeb (Penedo et al. 2024, arXiv:2406.17557, section 3.5); the constants
are the output of SplitMix64 (Steele et al. 2014, doi:10.1145/2660193.2660195) from the seed 1.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.hashing import K0, K1, K2, fold
from assay.ops.kernels.jit import njit
from assay.ops.kernels.normalize import load_normalization, token_capacity, tokenize
from assay.ops.text.minhash import PERMUTATIONS, SHINGLE

_BLOCK = 4096  # 16 KiB of shingles stay in the first-level cache while all permutations pass by
_LARGEST = np.uint32(0xFFFFFFFF)
_HIGH = np.uint64(32)
_FOLD = np.uint32(15)
_SCRAMBLE = np.uint32(0x2C1B3C6D)
_K12 = K1 ^ K2


def _split_mix(count: int, seed: int) -> np.ndarray:
    """The first `count` outputs of SplitMix64, upper halves as uint32."""
    mask = (1 << 64) - 1
    values = np.empty(count, np.uint32)
    state = seed
    for i in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        values[i] = (z ^ (z >> 31)) >> 32
    return values


_CONSTANTS = _split_mix(2 * PERMUTATIONS, seed=1)
_FACTORS = _CONSTANTS[:PERMUTATIONS] | np.uint32(1)  # odd: multiplying permutes the 32-bit integers
_TERMS = _CONSTANTS[PERMUTATIONS:]


@njit
def shingle(hashes, n, out):
    """Fill `out` with the hashes of the 5-grams of n tokens; how many there are.

    Fewer than five tokens are one shingle, so that short texts can equal each other. No token is no
    shingle. The same 5-gram twice is there twice.
    """
    if n == 0:
        return 0
    if n < SHINGLE:
        x = K0
        for j in range(n):
            x = fold(x ^ hashes[j], K1)
        out[0] = x
        return 1
    count = n - SHINGLE + 1
    for j in range(count):
        x = fold(hashes[j] ^ K0, hashes[j + 1] ^ K1)
        x = fold(x ^ hashes[j + 2], hashes[j + 3] ^ K2)
        out[j] = fold(x ^ hashes[j + 4], _K12)
    return count


@njit
def _minimize(short, n, factors, terms, signature):
    """Lower each of `signature` to the least permuted value of the uint32 shingles short[:n]."""
    for first in range(0, n, _BLOCK):
        # Counting from 0 tells the compiler that no index is negative; else it does not vectorize.
        part = short[first : min(n, first + _BLOCK)]
        for k in range(len(factors)):
            a = factors[k]
            b = terms[k]
            least = signature[k]
            # A conditional store here would not vectorize and cost five times as much.
            for j in range(len(part)):
                v = np.uint32(a * part[j] + b)
                v = np.uint32((v ^ (v >> _FOLD)) * _SCRAMBLE)
                least = v if v < least else least
            signature[k] = least


@njit
def _sign(data, offsets, block, pages, ascii_map, factors, terms, capacity, out, signed):
    """Fill out[i] and signed[i] for each text i."""
    hashes = np.empty(capacity, np.uint64)
    shingles = np.empty(capacity, np.uint64)
    short = np.empty(capacity, np.uint32)
    nowhere = np.empty(0, np.int64)
    for i in range(len(offsets) - 1):
        n = tokenize(data, offsets[i], offsets[i + 1], block, pages, ascii_map, True, hashes,
                     nowhere, nowhere)  # fmt: skip
        count = shingle(hashes, n, shingles)
        signed[i] = count > 0
        for j in range(count):
            short[j] = np.uint32(shingles[j] >> _HIGH)
        out[i, :] = _LARGEST
        _minimize(short, count, factors, terms, out[i])


def signatures(column: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The signatures of n texts, and which texts have one.

    Returns:
        `(values, signed)`: uint32 of shape (n, 112), and bool of shape (n,), false where a text is
        null or has no token (its values mean nothing then).
    """
    data, offsets = text_buffers(column)
    table = load_normalization()
    n = len(offsets) - 1
    values = np.empty((n, PERMUTATIONS), np.uint32)
    signed = np.empty(n, np.bool_)
    longest = int(np.diff(offsets).max(initial=0))
    _sign(data, offsets, table.block, table.pages, table.ascii, _FACTORS, _TERMS,
          token_capacity(longest), values, signed)  # fmt: skip
    return values, signed
