"""Statistics of many texts: one scratch, three passes a text.

Memory beside the text: 42 bytes a word and 8 bytes a newline of the largest text in the call, 8 to
16 bytes a word of hash slots, and one byte a byte of the largest text. That is some 8 times the
largest text for ordinary prose (6 bytes a word), and 30 times at worst (one-letter words).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from assay.errors import InputError
from assay.ops.kernels.bounds import byte_classes
from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.interning import cleared
from assay.ops.kernels.jit import njit
from assay.ops.kernels.repeats import scan_grams, scan_lines, scan_paragraphs
from assay.ops.kernels.unicode import load_table
from assay.ops.kernels.words import CHARS, NEWLINES, NEWLINES_FULL, scan_words
from assay.ops.text._stat_columns import COLUMNS, MAX_TEXT_BYTES

_DONE = 0
_FIRST_WORDS = 1 << 14
_FIRST_NEWLINES = 1 << 12
_BUCKETS = 1 << 18
_BOUNDS = 2048


@njit
def stats_rows(
    data, offsets, row, end, ascii_flags, classes, index, pages, words, newlines, grams, cand, table,
    buckets, line, out,
):  # fmt: skip
    """Fill out[:, row:end]; the row reached, why it stopped there, and the bytes of it that fitted.

    `out` is int32, shape (number of columns, n); see `words.scan_words` for the rest.
    """
    keys, counts, firsts, slots = table
    o = np.empty(out.shape[0], np.int64)
    bounds = np.empty(_BOUNDS, np.int64)
    for r in range(row, end):
        o[:] = 0
        start, stop = offsets[r], offsets[r + 1]
        clear = cleared(slots, (stop - start) // 2 + 64)
        found, first, first_char, last, last_char = scan_words(
            data, start, stop, ascii_flags, classes, index, pages, bounds, words, newlines,
            (keys, counts, firsts, clear), line, o,
        )  # fmt: skip
        if found < 0:
            return r, found, first
        scan_grams(found, words, grams, cand, table, buckets, o)
        chars = o[CHARS]
        # The last line is blank where nothing but white space follows the last newline.
        n = o[NEWLINES]
        after = start + newlines[0][n - 1] + 1 if n > 0 else start
        if last <= after:
            chars = ~chars
        scan_lines(data, start, stop, chars, n, newlines, index, pages, table, o)
        scan_paragraphs(data, start, (first, first_char, last, last_char), n, newlines, table, o)
        for c in range(len(o)):
            out[c, r] = o[c]
    return end, _DONE, 0


class _Scratch:
    """The arrays of one call, as large as the largest text so far needed."""

    def __init__(self, text_bytes: int) -> None:
        self.line = np.empty(text_bytes, np.uint8)
        self.buckets = np.empty(_BUCKETS, np.uint8)
        self.grow_newlines(min(_FIRST_NEWLINES, text_bytes + 1))
        self.grow_words(min(_FIRST_WORDS, text_bytes + 2))

    def grow_words(self, n: int) -> None:
        n = max(n, len(self.newlines[0]) + 2)
        self.words = (
            np.empty(n, np.int32), np.empty(n + 1, np.int32), np.empty(n, np.uint8),
            np.empty(n, np.uint8),
        )  # fmt: skip
        self.grams, self.cand = np.empty(n, np.int32), np.empty(n, np.int32)
        slots = 1 << max(6, (n + n // 3).bit_length())
        self.table = (
            np.empty(n, np.uint64), np.empty(n, np.int32), np.empty(n, np.int32),
            np.empty(slots, np.int32),
        )  # fmt: skip

    def grow_newlines(self, n: int) -> None:
        self.newlines = (np.empty(n, np.int32), np.empty(n, np.int32))

    def grow(self, full: int, done: int, text_bytes: int) -> None:
        """Make room for a text that filled its words or its newlines after `done` bytes."""
        held = len(self.newlines[0]) if full == NEWLINES_FULL else len(self.words[0])
        # What the part read suggests for the whole, at least twice what there was.
        wanted = max(2 * held, int(1.1 * held * text_bytes / max(done, 1)))
        wanted = min(wanted, text_bytes + 1)
        if full == NEWLINES_FULL:
            self.grow_newlines(wanted)
            wanted = max(len(self.words[0]), wanted + 2)
        if wanted > len(self.words[0]):
            self.grow_words(wanted)


@cache
def _tables(whitespace: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`(ascii_flags, classes, index, pages)` for one definition of a word."""
    unicode = load_table()
    pages = unicode.spaced().pages if whitespace else unicode.pages
    pages.flags.writeable = False
    ascii_flags = pages[unicode.index[0], :128].copy()
    return ascii_flags, byte_classes(unicode.index, pages), unicode.index, pages


def text_stats(column: pa.Array | pa.ChunkedArray, *, whitespace: bool) -> np.ndarray:
    """The statistics of each text, without the GIL.

    Args:
        column: Text, n values; a null counts as an empty text.
        whitespace: Whether only white space separates words; otherwise each letter of a script
            written without spaces is a word.

    Returns:
        int32, shape (len(COLUMNS), n).

    Raises:
        InputError: A text is longer than MAX_TEXT_BYTES.
    """
    data, offsets = text_buffers(column)
    n = len(offsets) - 1
    lengths = np.diff(offsets)
    longest = int(lengths.max(initial=0))
    if longest > MAX_TEXT_BYTES:
        raise InputError(
            f"A text of {longest:,} bytes is too long to count.",
            where=f"row {int(lengths.argmax())} of the batch",
            allowed=f"at most {MAX_TEXT_BYTES:,} bytes",
            remedy="split the text into several rows",
        )
    ascii_flags, classes, index, pages = _tables(whitespace)
    out = np.empty((len(COLUMNS), n), np.int32)
    scratch = _Scratch(longest)
    row = 0
    while row < n:
        row, full, done = stats_rows(
            data, offsets, row, n, ascii_flags, classes, index, pages, scratch.words,
            scratch.newlines, scratch.grams, scratch.cand, scratch.table, scratch.buckets,
            scratch.line, out,
        )  # fmt: skip
        if full != _DONE:
            scratch.grow(full, int(done), int(lengths[row]))
    return out
