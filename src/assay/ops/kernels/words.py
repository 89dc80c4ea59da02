"""One pass over a text: words become integers, lines are judged, code points are counted.

A word is a run of characters other than white space. Where the table marks scripts written without
spaces, each letter of those scripts is a word of its own, with the combining marks that follow it.
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.bounds import find_bounds
from assay.ops.kernels.hashing import hash_bytes
from assay.ops.kernels.interning import intern
from assay.ops.kernels.jit import njit
from assay.ops.kernels.phrases import (
    COUNTED,
    CURLY_BRACKET,
    JUDGED,
    KEPT,
    LOREM_IPSUM,
    count_marks,
    ends_sentence,
    judge_line,
    mark_word,
)
from assay.ops.kernels.raw import at, put
from assay.ops.kernels.unicode import (
    ALPHA,
    LINE_BREAK,
    PUNCTUATION,
    UNSPACED,
    decode,
    width_of,
)
from assay.ops.text._stat_columns import COLUMNS

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
# Each stop word as one little-endian integer: none is longer than four bytes.
_STOP_KEYS = np.array([int.from_bytes(word.encode(), "little") for word in STOP_WORDS], np.int64)
_LONG_WORD = 1000
_C4_MIN_WORDS = 3
WORDS_FULL, NEWLINES_FULL = -1, -2
# What a distinct word is, beside COUNTED (8) and JUDGED (16).
_ALPHABETIC, _NOT_SYMBOL, _ALONE, _LONG = 1, 2, 4, 32

_NAMES = list(COLUMNS)
(BYTES, CHARS, WORDS, WORD_CHARS, UNSPACED_WORDS, SOLID, SOLID_CHARS) = (
    _NAMES.index(name)
    for name in ("bytes", "chars", "words", "word_chars", "unspaced_words", "non_symbol_words",
                 "non_symbol_chars")
)  # fmt: skip
(ALPHA_WORDS, STOPS, MAX_WORD, HASHES, ELLIPSES, NEWLINES, LINES, BULLETS, ELLIPSIS_LINES) = (
    _NAMES.index(name)
    for name in ("alpha_words", "stop_words", "max_word_chars", "hashes", "ellipses", "newlines",
                 "lines", "bullet_lines", "ellipsis_lines")
)  # fmt: skip
(C4_LINES, C4_SENTENCES, C4_LOREM, C4_CURLY, CURLY, JAVASCRIPT, LOREM) = (
    _NAMES.index(name)
    for name in ("c4_lines", "c4_sentences", "c4_lorem_ipsum_lines", "c4_curly_bracket_lines",
                 "curly_brackets", "javascripts", "lorem_ipsums")
)  # fmt: skip


@njit(inline=True)
def _is_bullet(data, i):
    return data[i] == 45 or (data[i] == 0xE2 and data[i + 1] == 0x80 and data[i + 2] == 0xA2)


@njit(inline=True)
def _is_ellipsis(data, start, end):
    """Whether data[start:end] ends in '...' or U+2026."""
    if end - start < 3:
        return False
    a, b, c = data[end - 3], data[end - 2], data[end - 1]
    return (a == 46 and b == 46 and c == 46) or (a == 0xE2 and b == 0x80 and c == 0xA6)


@njit
def _end_line(data, start, end, words, ends, kind, index, pages, line, out):
    """Count the line whose visible part is data[start:end], with so many words and '.?!' endings."""
    out[BULLETS] += _is_bullet(data, start)
    out[ELLIPSIS_LINES] += _is_ellipsis(data, start, end)
    if words < _C4_MIN_WORDS or kind & _LONG:
        return
    if kind & JUDGED:
        verdict, sentences = judge_line(data, start, end, index, pages, line)
        out[C4_LINES] += verdict == KEPT
        out[C4_SENTENCES] += sentences
        out[C4_LOREM] += verdict == LOREM_IPSUM
        out[C4_CURLY] += verdict == CURLY_BRACKET
    elif ends_sentence(data, start, end):
        out[C4_LINES] += 1
        last = data[end - 1]
        out[C4_SENTENCES] += ends + 1 - (last == 46 or last == 63 or last == 33)


@njit
def _stop_bit(data, start, n):
    """The bit of the stop word data[start:start + n], or 0."""
    key = np.int64(0)
    for j in range(n):
        key |= np.int64(data[start + j]) << (8 * j)
    for j in range(len(_STOP_KEYS)):
        if _STOP_KEYS[j] == key:
            return 1 << j
    return 0


@njit
def _describe(data, start, end, ascii_flags, index, pages):
    """Code points of the word data[start:end], and what it is, as flags."""
    any_flag = np.uint8(0)
    every_flag = np.uint8(255)
    length = 0
    i = start
    alone = 0
    while i < end:
        b = at(data, i)
        if b < 128:
            flags = at(ascii_flags, b)
            i += 1
        else:
            cp = decode(data, i, b)
            flags = pages[at(index, cp >> 8), cp & 255]
            i += width_of(b)
        if length == 0 and flags & UNSPACED:
            alone = _ALONE
        any_flag |= flags
        every_flag &= flags
        length += 1
    kind = alone | mark_word(data, start, end, (any_flag & PUNCTUATION) | (length < end - start))
    if any_flag & ALPHA:
        kind |= _ALPHABETIC
    if not every_flag & PUNCTUATION:
        kind |= _NOT_SYMBOL
    if length > _LONG_WORD:
        kind |= _LONG
    return length, kind


@njit
def _add_up(n_ids, counts, lengths, kinds, out):
    """Total over distinct words, times their counts."""
    for j in range(n_ids):
        n = np.int64(at(counts, j))
        kind = at(kinds, j)
        length = np.int64(at(lengths, j))
        solid = (kind & _NOT_SYMBOL) != 0
        out[WORD_CHARS] += n * length
        out[SOLID] += n * solid
        out[SOLID_CHARS] += n * length * solid
        out[ALPHA_WORDS] += n * ((kind & _ALPHABETIC) != 0)
        out[UNSPACED_WORDS] += n * ((kind & _ALONE) != 0)
        out[MAX_WORD] = max(out[MAX_WORD], length)


@njit
def scan_words(
    data, start, end, ascii_flags, classes, index, pages, bounds, words, newlines, table, line, out
):
    """Count everything that needs one look at each word of the text data[start:end].

    Args:
        ascii_flags: uint8, shape (128,): flags of ASCII.
        classes: uint8, shape (256,), see `bounds.find_bounds`.
        bounds: int64 scratch of any length above 8.
        words: `(ids, cum, glued, kinds)`: int32 id of each word, int32 code points in the words
            before, uint8 1 where no white space precedes the word; uint8 flags by id.
        newlines: `(positions, chars)`: int32 byte and code point index of each U+000A from the start
            of the text; the code point index is inverted (~) where the line before it is blank.
        table: `(keys, counts, firsts, slots)`, see `interning`; `slots` cleared for this text.
            Where `firsts` would hold positions, this pass keeps the length of each word.
        line: uint8 scratch of the length of the text.
        out: int64, shape (number of columns,): zeroed; the columns of this pass are filled.

    Returns:
        `(words, first, first_char, last, last_char)`: number of words and the span from the first to
        the end of the last in bytes and in code points; or WORDS_FULL or NEWLINES_FULL first, when
        scratch is too small, and the bytes done second.
    """
    ids, cum, glued, kinds = words
    positions, newline_chars = newlines
    keys, counts, lengths, slots = table
    limit = len(data)
    n_words = 0
    n_ids = 0
    n_newlines = 0
    chars = 0
    word_chars = 0
    stops = 0
    lines = 0
    first_at, first_char, last_at, last_char = start, 0, start, 0
    # Of the current line: its start, words before it, its first word, end marks, what its words are.
    line_start, words_before, line_first, sentence_ends, line_kind = start, 0, start, 0, 0
    words_at_newline = 0
    found_to, n_bounds, in_word = start, 0, np.uint8(0)
    more = True
    while more:
        found_to, n_bounds, in_word = find_bounds(
            data, found_to, end, classes, index, pages, bounds, n_bounds, in_word
        )
        if found_to == end:
            if in_word:
                bounds[n_bounds] = end
                n_bounds += 1
            # An empty word closes the text, so that what follows the last word is read too.
            bounds[n_bounds] = end
            bounds[n_bounds + 1] = end
            n_bounds += 2
            more = False
        for p in range(0, n_bounds - 1, 2):
            word = at(bounds, p)
            gap = last_at
            if word - gap == 1 and at(data, gap) == 32:
                chars += 1
                gap = word
                last = at(data, word - 2) if n_words > 0 else np.uint8(0)
                sentence_ends += (last == 46) | (last == 63) | (last == 33)
            elif gap < word:
                if n_words > 0:
                    last = at(data, gap - 1)
                    sentence_ends += (last == 46) | (last == 63) | (last == 33)
                after_return = False
                while gap < word:
                    b = at(data, gap)
                    if b < 128:
                        flags = at(ascii_flags, b)
                        width = 1
                    else:
                        cp = decode(data, gap, b)
                        flags = pages[at(index, cp >> 8), cp & 255]
                        width = width_of(b)
                    if flags & LINE_BREAK:
                        if b == 10:
                            if n_newlines == len(positions):
                                return NEWLINES_FULL, gap - start, 0, 0, 0
                            positions[n_newlines] = gap - start
                            visible = n_words > words_at_newline
                            newline_chars[n_newlines] = chars if visible else ~chars
                            n_newlines += 1
                            words_at_newline = n_words
                        if not (b == 10 and after_return):
                            lines += 1
                            if n_words > words_before:
                                _end_line(data, line_first, last_at, n_words - words_before,
                                          sentence_ends, line_kind, index, pages, line, out)  # fmt: skip
                            words_before, sentence_ends, line_kind = n_words, 0, 0
                        line_start = gap + width
                        after_return = b == 13
                    else:
                        after_return = False
                    chars += 1
                    gap += width
            stop = at(bounds, p + 1)
            if word == stop:
                break
            if n_words == len(ids):
                return WORDS_FULL, word - start, 0, 0, 0
            if n_words == words_before:
                line_first = word
                if n_words == 0:
                    first_at, first_char = word, chars
            h = hash_bytes(data, word, stop, limit)
            found = intern(h, h, keys, counts, lengths, slots, n_ids, 0)
            if found == n_ids:
                n_ids += 1
                length, kind = _describe(data, word, stop, ascii_flags, index, pages)
                put(lengths, found, np.int32(length))
                put(kinds, found, np.uint8(kind))
                if stop - word <= 4:
                    stops |= _stop_bit(data, word, stop - word)
            put(ids, n_words, found)
            put(cum, n_words, np.int32(word_chars))
            put(glued, n_words, np.uint8(word == last_at))
            length = np.int64(at(lengths, found))
            kind = np.int64(at(kinds, found))
            line_kind |= kind
            if kind & COUNTED:
                hashes, ellipses, curly, scripts, lorem = count_marks(data, word, stop, end)
                out[HASHES] += hashes
                out[ELLIPSES] += ellipses
                out[CURLY] += curly
                out[JAVASCRIPT] += scripts
                out[LOREM] += lorem
            n_words += 1
            chars += length
            word_chars += length
            last_at, last_char = stop, chars
        if n_bounds & 1:  # the start of a word whose end comes with the next block
            bounds[0] = bounds[n_bounds - 1]
        n_bounds &= 1
    if line_start < end:
        lines += 1
        if n_words > words_before:
            last = data[last_at - 1]
            if last_at == end and (last == 46 or last == 63 or last == 33):
                sentence_ends += 1
            _end_line(data, line_first, last_at, n_words - words_before, sentence_ends, line_kind,
                      index, pages, line, out)  # fmt: skip
    cum[n_words] = word_chars
    out[BYTES], out[CHARS], out[WORDS] = end - start, chars, n_words
    out[NEWLINES], out[LINES] = n_newlines, lines
    for j in range(len(_STOP_KEYS)):
        out[STOPS] += (stops >> j) & 1
    _add_up(n_ids, counts, lengths, kinds, out)
    return n_words, first_at, first_char, last_at, last_char
