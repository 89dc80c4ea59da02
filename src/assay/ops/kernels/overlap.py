"""Which n-grams of a set of items occur in a text: an index of the items, and a scan of texts.

An n-gram is found by a rolling hash of its token hashes and confirmed token by token, so a match is
wrong only where two different tokens share a 64-bit hash.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.hashing import K0, K1, fold
from assay.ops.kernels.jit import njit
from assay.ops.kernels.normalize import load_normalization, token_capacity, tokenize

_BASE = np.uint64(0x9FB21C651E98DF25)  # odd and large; sums wrap around modulo 2^64
_ONE = np.uint64(1)
_SIX = np.uint64(6)
_SHIFT = np.uint64(20)


class Index(NamedTuple):
    """The n-grams of a set of items; t tokens, g distinct n-grams, all arrays of one dimension.

    Attributes:
        tokens: uint64, shape (t,): token hashes of all items, one item after the other.
        bounds: int64, shape (items + 1,): item i has the tokens bounds[i]:bounds[i + 1].
        owner: int64, shape (t,): item of each token.
        size: int64, shape (items,): n-gram length by which the item is matched; 0 for not at all.
        lengths: int64: the distinct lengths, ascending.
        places: int64: token at which each n-gram occurrence begins, occurrences of one together.
        groups: int64, shape (g + 1,): occurrences of n-gram j are places[groups[j]:groups[j + 1]].
        keys: uint64, power of two long: open-addressing table of n-gram hashes.
        grams: int64: the n-gram in each slot of `keys`; -1 where the slot is free.
        sieve: uint64: bits by hash; small enough to stay in cache, it answers most questions.
    """

    tokens: np.ndarray
    bounds: np.ndarray
    owner: np.ndarray
    size: np.ndarray
    lengths: np.ndarray
    places: np.ndarray
    groups: np.ndarray
    keys: np.ndarray
    grams: np.ndarray
    sieve: np.ndarray


class Scratch(NamedTuple):
    """What a scan remembers of the current text; a stamp is the number of the text."""

    gram_stamp: np.ndarray
    token_stamp: np.ndarray
    item_stamp: np.ndarray
    covered: np.ndarray
    touched: np.ndarray
    hit_at: np.ndarray
    hit_gram: np.ndarray


@njit
def _tokenize_all(data, offsets, block, pages, ascii_map, capacity, tokens, bounds):
    hashes = np.empty(capacity, np.uint64)
    nowhere = np.empty(0, np.int64)
    total = 0
    bounds[0] = 0
    for i in range(len(offsets) - 1):
        n = tokenize(data, offsets[i], offsets[i + 1], block, pages, ascii_map, False, hashes,
                     nowhere, nowhere)  # fmt: skip
        for j in range(n):
            tokens[total + j] = hashes[j]
        total += n
        bounds[i + 1] = total


@njit
def _roll(tokens, first, last, length, out):
    """out[j] = hash of tokens[first + j : first + j + length], for all that end by `last`."""
    power = _ONE
    for _ in range(length):
        power *= _BASE
    h = np.uint64(0)
    count = 0
    for i in range(first, last):
        h = h * _BASE + tokens[i]
        if i - first >= length:
            h -= power * tokens[i - length]
        if i - first >= length - 1:
            out[count] = fold(h ^ K0 ^ np.uint64(length), K1)
            count += 1
    return count


@njit
def _gram_hashes(tokens, bounds, size, hashes, places):
    total = 0
    for i in range(len(size)):
        if size[i] > 0:
            count = _roll(tokens, bounds[i], bounds[i + 1], size[i], hashes[total:])
            for j in range(count):
                places[total + j] = bounds[i] + j
            total += count
    return total


@njit
def _fill(distinct, keys, grams, sieve):
    mask = len(keys) - 1
    bits = np.uint64(len(sieve) * 64 - 1)
    for j in range(len(distinct)):
        key = distinct[j]
        bit = key & bits
        sieve[bit >> _SIX] |= _ONE << (bit & np.uint64(63))
        slot = np.int64(key >> _SHIFT) & mask
        while grams[slot] >= 0:
            slot = (slot + 1) & mask
        keys[slot] = key
        grams[slot] = j


def build_index(column: pa.Array | pa.ChunkedArray, n: int, shortest: int) -> Index:
    """Index the n-grams of items; an item of `shortest` to n - 1 tokens is one n-gram as a whole."""
    data, offsets = text_buffers(column)
    table = load_normalization()
    lengths = np.diff(offsets)
    tokens = np.empty(int((lengths // 2 + 2).sum()), np.uint64)
    bounds = np.empty(len(offsets), np.int64)
    _tokenize_all(data, offsets, table.block, table.pages, table.ascii,
                  token_capacity(int(lengths.max(initial=0))), tokens, bounds)  # fmt: skip
    tokens = tokens[: bounds[-1]].copy()
    counts = np.diff(bounds)
    size = np.where(counts >= shortest, np.minimum(counts, n), 0)

    hashes = np.empty(len(tokens), np.uint64)
    places = np.empty(len(tokens), np.int64)
    total = _gram_hashes(tokens, bounds, size, hashes, places)
    order = np.argsort(hashes[:total], kind="stable")
    distinct, firsts = np.unique(hashes[:total][order], return_index=True)
    slots = 1 << max(6, (2 * len(distinct)).bit_length())
    keys, grams = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64)
    # 16 bits or more for each n-gram: one in 16 of the n-grams that are not there passes.
    sieve = np.zeros(max(1, slots * 8 // 64), np.uint64)
    _fill(distinct, keys, grams, sieve)
    return Index(
        tokens=tokens,
        bounds=bounds,
        owner=np.repeat(np.arange(len(counts)), counts),
        size=size,
        lengths=np.unique(size[size > 0]),
        places=places[:total][order],
        groups=np.r_[firsts, total].astype(np.int64),
        keys=keys,
        grams=grams,
        sieve=sieve,
    )


@njit
def _find(index, key, bits, mask, hashes, at, length):
    """The n-gram with this key and these tokens, or -1."""
    bit = key & bits
    if not (index.sieve[bit >> _SIX] >> (bit & np.uint64(63))) & _ONE:
        return -1
    slot = np.int64(key >> _SHIFT) & mask
    while index.grams[slot] >= 0:
        if index.keys[slot] == key:
            gram = index.grams[slot]
            place = index.places[index.groups[gram]]
            for j in range(length):
                if index.tokens[place + j] != hashes[at + j]:
                    return -1
            return gram
        slot = (slot + 1) & mask
    return -1


@njit
def _cover(index, gram, length, stamp, scratch, n_touched):
    """Mark the tokens of every occurrence of `gram` in the items; how many items are touched now."""
    for k in range(index.groups[gram], index.groups[gram + 1]):
        place = index.places[k]
        item = index.owner[place]
        if scratch.item_stamp[item] != stamp:
            scratch.item_stamp[item] = stamp
            scratch.covered[item] = 0
            scratch.touched[n_touched] = item
            n_touched += 1
        for j in range(place, place + length):
            if scratch.token_stamp[j] != stamp:
                scratch.token_stamp[j] = stamp
                scratch.covered[item] += 1
    return n_touched


@njit
def _worst(index, n_touched, row, scratch, item_coverage, item_row):
    """The item covered most and the share covered; also keeps the best row of every item."""
    worst = -1
    most = 0.0
    for k in range(n_touched):
        item = scratch.touched[k]
        share = scratch.covered[item] / (index.bounds[item + 1] - index.bounds[item])
        if share > item_coverage[item]:
            item_coverage[item] = share
            item_row[item] = row
        if share > most or (share == most and item < worst):
            worst = item
            most = share
    return worst, most


@njit
def _occurs_in(index, gram, item):
    for k in range(index.groups[gram], index.groups[gram + 1]):
        if index.owner[index.places[k]] == item:
            return True
    return False


@njit
def _longest_run(index, item, first_hit, last_hit, scratch):
    """First and last token position of the longest run of hits that occur in the item."""
    best_first = best_last = run_first = previous = -1
    for k in range(first_hit, last_hit):
        if _occurs_in(index, scratch.hit_gram[k], item):
            at = scratch.hit_at[k]
            if run_first < 0 or at != previous + 1:
                run_first = at
            previous = at
            if best_first < 0 or at - run_first > best_last - best_first:
                best_first, best_last = run_first, at
    return best_first, best_last


@njit
def _code_points(data, start, end):
    count = 0
    for i in range(start, end):
        count += (data[i] & 0xC0) != 0x80
    return count


@njit
def _scan(data, offsets, block, pages, ascii_map, capacity, index, scratch, matches, coverage,
          worst, span, item_coverage, item_row):  # fmt: skip
    hashes = np.empty(capacity, np.uint64)
    keys = np.empty(capacity, np.uint64)
    starts = np.empty(capacity, np.int64)
    ends = np.empty(capacity, np.int64)
    mask = len(index.keys) - 1
    bits = np.uint64(len(index.sieve) * 64 - 1)
    first_of = np.zeros(len(index.lengths) + 1, np.int64)
    for row in range(len(offsets) - 1):
        base = offsets[row]
        n = tokenize(data, base, offsets[row + 1], block, pages, ascii_map, False, hashes, starts,
                     ends)  # fmt: skip
        hits = 0
        touched = 0
        for which in range(len(index.lengths)):
            length = index.lengths[which]
            for at in range(_roll(hashes, 0, n, length, keys)):
                gram = _find(index, keys[at], bits, mask, hashes, at, length)
                if gram < 0:
                    continue
                scratch.hit_at[hits] = at
                scratch.hit_gram[hits] = gram
                hits += 1
                if scratch.gram_stamp[gram] != row:
                    scratch.gram_stamp[gram] = row
                    touched = _cover(index, gram, length, row, scratch, touched)
            first_of[which + 1] = hits
        matches[row] = hits
        if hits == 0:
            continue
        worst[row], coverage[row] = _worst(index, touched, row, scratch, item_coverage, item_row)
        length = index.size[worst[row]]
        which = np.searchsorted(index.lengths, length)
        first, last = _longest_run(index, worst[row], first_of[which], first_of[which + 1], scratch)
        span[row, 0] = _code_points(data, base, base + starts[first])
        span[row, 1] = _code_points(data, base, base + ends[last + length - 1])


def scan(column: pa.Array | pa.ChunkedArray, index: Index) -> tuple[np.ndarray, ...]:
    """Look the n-grams of n texts up; the arrays of `match.overlap.Overlap`, in its order."""
    data, offsets = text_buffers(column)
    table = load_normalization()
    n, items = len(offsets) - 1, len(index.size)
    capacity = token_capacity(int(np.diff(offsets).max(initial=0)))
    hits = max(1, capacity * len(index.lengths))
    scratch = Scratch(
        gram_stamp=np.full(len(index.groups) - 1, -1, np.int64),
        token_stamp=np.full(len(index.tokens), -1, np.int64),
        item_stamp=np.full(items, -1, np.int64),
        covered=np.zeros(items, np.int64),
        touched=np.empty(items, np.int64),
        hit_at=np.empty(hits, np.int64),
        hit_gram=np.empty(hits, np.int64),
    )
    matches, coverage = np.zeros(n, np.int64), np.zeros(n)
    worst, span = np.full(n, -1, np.int64), np.zeros((n, 2), np.int64)
    item_coverage, item_row = np.zeros(items), np.full(items, -1, np.int64)
    _scan(data, offsets, table.block, table.pages, table.ascii, capacity, index, scratch, matches,
          coverage, worst, span, item_coverage, item_row)  # fmt: skip
    return matches, coverage, worst, span[:, 0], span[:, 1], item_coverage, item_row
