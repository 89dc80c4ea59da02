"""What repeats in a text: lines, paragraphs and word n-grams.

Definitions: Rae et al. 2021 (arXiv:2112.11446), table A1, as datatrove 0.10.1 counts them, except
that words of an n-gram stay apart ("1 11" differs from "11 1"; datatrove joins them with nothing).
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.hashing import K1, K2, fold, hash_bytes
from assay.ops.kernels.interning import cleared, intern
from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at
from assay.ops.kernels.unicode import TERMINAL, last_code_point
from assay.ops.text._stat_columns import COLUMNS

_SHORT_LINE = 30
_HALF = np.uint64(32)
_PREFILTER_SHIFT = np.uint64(20)
_NAMES = list(COLUMNS)
(PARAGRAPHS, DUP_PARAGRAPHS, DUP_PARAGRAPH_CHARS, PIECES, DUP_LINES, DUP_LINE_CHARS, TOP_2) = (
    _NAMES.index(name)
    for name in ("paragraphs", "duplicate_paragraphs", "duplicate_paragraph_chars",
                 "newline_lines", "duplicate_lines", "duplicate_line_chars", "top_2gram_chars")
)  # fmt: skip
DUP_5 = _NAMES.index("duplicate_5gram_chars")
(NONBLANK, TERMINAL_LINES, SHORT_LINES, DUP_NONBLANK_CHARS) = (
    _NAMES.index(name)
    for name in ("nonblank_lines", "terminal_punctuation_lines", "short_lines",
                 "duplicate_nonblank_line_chars")
)  # fmt: skip


@njit
def scan_lines(data, start, end, chars, n_newlines, newlines, index, pages, table, out):
    """Count newline lines, nonblank lines and their duplicates.

    `newlines` and `table` are as in `words.scan_words`, but the code point index of the line that
    the end of the text closes is given as `chars`, inverted where that line is blank.
    """
    positions, newline_chars = newlines
    keys, counts, firsts, slots = table
    slots = cleared(slots, 2 * (n_newlines + 1))
    limit = len(data)
    n_ids = 0
    line = start
    char = 0
    for k in range(n_newlines + 1):
        if k < n_newlines:
            stop, until = start + np.int64(positions[k]), np.int64(newline_chars[k])
        else:
            stop, until = end, chars
        blank = until < 0
        if blank:
            until = ~until
        length = until - char
        # Between two newlines of one run there is no piece; at the ends of the text there is.
        if stop > line or k == 0 or k == n_newlines:
            h = hash_bytes(data, line, stop, limit)
            found = intern(h, h, keys, counts, firsts, slots, n_ids, k)
            n_ids += found == n_ids
            again = counts[found] > 1
            out[PIECES] += 1
            if again:
                out[DUP_LINES] += 1
                out[DUP_LINE_CHARS] += length
            if not blank:
                out[NONBLANK] += 1
                out[SHORT_LINES] += length <= _SHORT_LINE
                if again:
                    out[DUP_NONBLANK_CHARS] += length
                cp = last_code_point(data, line, stop)
                out[TERMINAL_LINES] += (pages[index[cp >> 8], cp & 255] & TERMINAL) != 0
        line = stop + 1
        char = until + 1


@njit
def scan_paragraphs(data, start, span, n_newlines, newlines, table, out):
    """Count paragraphs of the text between its first and its last visible character.

    `span` is `(first, first_char, last, last_char)`, as `words.scan_words` returns it.
    """
    positions, newline_chars = newlines
    keys, counts, firsts, slots = table
    first, char, last, last_char = span
    slots = cleared(slots, n_newlines + 2)
    limit = len(data)
    n_ids = 0
    piece = first
    k = 0
    while k < n_newlines and start + np.int64(positions[k]) < first:
        k += 1
    while True:
        run = k
        while run + 1 < n_newlines and positions[run + 1] == positions[run] + 1:
            run += 1
        closing = k >= n_newlines or start + np.int64(positions[k]) >= last
        if closing or run > k:
            stop, until = last, last_char
            if not closing:
                stop = start + np.int64(positions[k])
                until = np.int64(newline_chars[k])
                if until < 0:
                    until = ~until
            h = hash_bytes(data, piece, stop, limit)
            found = intern(h, h, keys, counts, firsts, slots, n_ids, k)
            n_ids += found == n_ids
            out[PARAGRAPHS] += 1
            if counts[found] > 1:
                out[DUP_PARAGRAPHS] += 1
                out[DUP_PARAGRAPH_CHARS] += until - char
            if closing:
                break
            piece = start + np.int64(positions[run]) + 1
            char = until + (run - k) + 1
        k = run + 1


@njit(inline=True)
def _pair(left, right):
    return np.uint64(left) << _HALF | np.uint64(right)


@njit(inline=True)
def _bucket(hashed, size):
    return np.int64(hashed >> _PREFILTER_SHIFT) & (size - 1)


@njit
def _extend(n, n_words, n_cand, ids, grams, cand, table, buckets):
    """From repeated (n-1)-grams to the positions whose n-gram may repeat, interned and counted.

    `grams[i]` is the id of the (n-1)-gram at i for each of the first n_cand positions in `cand`;
    afterwards that of the n-gram, for the number of positions returned.
    """
    keys, counts, firsts, slots = table
    size = np.int64(256)
    while size < 4 * n_cand and size < len(buckets):
        size *= 2
    buckets[:size] = 0
    m = 0
    # An n-gram can repeat only where both its (n-1)-grams do; a byte per hash bucket sorts out
    # most of the others before they reach the exact table.
    for q in range(n_cand - 1):
        i = at(cand, q)
        if at(cand, q + 1) == i + 1 and i + n <= n_words:
            k = _bucket(fold(_pair(at(grams, i), at(ids, i + n - 1)) ^ K1, K2), size)
            buckets[k] += buckets[k] < 2
            cand[m] = i
            m += 1
    slots = cleared(slots, 2 * m)
    n_ids = 0
    kept = 0
    for q in range(m):
        i = np.int64(at(cand, q))
        key = _pair(at(grams, i), at(ids, i + n - 1))
        h = fold(key ^ K1, K2)
        if at(buckets, _bucket(h, size)) > 1:
            found = intern(key, h, keys, counts, firsts, slots, n_ids, i)
            n_ids += found == n_ids
            grams[i] = found
            cand[kept] = i
            kept += 1
    return kept


@njit
def _top(n, m, words, grams, cand, table):
    """Count times length of the most frequent n-gram, the first of equals; a space counts as one."""
    _, cum, glued, _ = words
    _, counts, firsts, _ = table
    best = np.int64(1)
    where = np.int64(0)
    for q in range(m):
        found = at(grams, at(cand, q))
        if at(counts, found) > best:
            best = np.int64(at(counts, found))
            where = np.int64(firsts[found])
    length = np.int64(cum[where + n]) - np.int64(cum[where])
    for j in range(where + 1, where + n):
        length += 1 - np.int64(glued[j])
    return best * length


@njit
def _covered(n, m, cum, grams, cand, firsts):
    """Code points of n-grams seen before, reading on after each; marks `firsts` of those seen."""
    total = 0
    resume = 0
    for q in range(m):
        i = np.int64(at(cand, q))
        if i >= resume:
            found = grams[i]
            if firsts[found] < 0:
                total += np.int64(cum[i + n]) - np.int64(cum[i])
                resume = i + n
            else:
                firsts[found] = -1
    return total


@njit
def scan_grams(n_words, words, grams, cand, table, buckets, out):
    """Count the most frequent 2- to 4-gram and what 5- to 10-grams seen before cover.

    Args:
        words, table: As in `words.scan_words`, whose word ids and counts they still hold.
        grams, cand: int32 scratch, one a word.
        buckets: uint8 scratch of a power-of-two length of at least 256.
    """
    ids, cum, _, _ = words
    _, counts, firsts, _ = table
    m = 0
    for i in range(n_words):
        found = at(ids, i)
        grams[i] = found
        cand[m] = i
        m += at(counts, found) > 1
    for n in range(2, 11):
        m = _extend(n, n_words, m, ids, grams, cand, table, buckets)
        if n <= 4:
            if n_words >= n:
                out[TOP_2 + n - 2] = _top(n, m, words, grams, cand, table)
        elif m > 0:
            out[DUP_5 + n - 5] = _covered(n, m, cum, grams, cand, firsts)
        repeated = 0
        for q in range(m):
            i = at(cand, q)
            cand[repeated] = i
            repeated += counts[at(grams, i)] > 1
        m = repeated
        if m < 2 and n >= 4:
            break
