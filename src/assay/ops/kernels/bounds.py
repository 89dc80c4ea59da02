"""Where words begin and end: one pass without a branch on what a byte is.

Split from the work on each word because a branch taken at every word end is mispredicted about once
a word, which costs more than reading the word.
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at, put
from assay.ops.kernels.unicode import MARK, SPACE, UNSPACED, decode, width_of

_IN_WORD, _BETWEEN, _DECODE = 1, 0, 2


def byte_classes(index: np.ndarray, pages: np.ndarray) -> np.ndarray:
    """What a byte says by itself: in a word (1), between words (0), or decode the character (2).

    Returns:
        uint8, shape (256,). A lead byte asks for decoding where one of the code points it can begin
        is white space or a letter of an unspaced script.
    """
    classes = np.full(256, _IN_WORD, np.uint8)
    flags = pages[index].reshape(-1) & (SPACE | UNSPACED)
    classes[:128][(flags[:128] & SPACE) != 0] = _BETWEEN
    for cp in np.flatnonzero(flags[128:]) + 128:
        classes[chr(cp).encode()[0]] = _DECODE
    return classes


@njit
def find_bounds(data, i, end, classes, index, pages, bounds, n, in_word):
    """Write the begin and end of words from data[i] on, until the text or `bounds` ends.

    Args:
        bounds: int64 scratch: begin, end, begin, end, ... as positions in `data`.
        n: How many are there already; odd where a word is open.
        in_word: uint8, whether the character before i belongs to an open word.

    Returns:
        `(i, n, in_word)` to go on with. A word open at the end of the text has no end yet.
    """
    room = len(bounds) - 8
    while i < end and n < room:
        b = at(data, i)
        kind = at(classes, b)
        if kind < _DECODE:
            put(bounds, n, i)
            n += np.int64(kind ^ in_word)
            in_word = kind
            i += 1
            continue
        cp = decode(data, i, b)
        flags = pages[at(index, cp >> 8), cp & 255]
        if flags & UNSPACED:
            if in_word:
                put(bounds, n, i)
                n += 1
            put(bounds, n, i)
            i += width_of(b)
            while i < end and data[i] >= 128:
                b = data[i]
                cp = decode(data, i, b)
                if not pages[at(index, cp >> 8), cp & 255] & MARK:
                    break
                i += width_of(b)
            put(bounds, n + 1, i)
            n += 2
            in_word = np.uint8(_BETWEEN)
        else:
            kind = np.uint8((flags & SPACE) == 0)
            put(bounds, n, i)
            n += np.int64(kind ^ in_word)
            in_word = kind
            i += width_of(b)
    return i, n, in_word
