"""C4's line rules on bytes: end marks, citations, and the phrases that drop a line or a page.

Rules: Raffel et al. 2020 (https://jmlr.org/papers/v21/20-074.html), section 2.2, and the line rules
of the published code, in the order in which datatrove 0.10.1 applies them.
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at
from assay.ops.kernels.unicode import DIGIT, SPACE, decode, width_of

DROPPED, KEPT, LOREM_IPSUM, CURLY_BRACKET = 0, 1, 2, 3
# Of a word: it has something to count, or something for which its line must be judged.
COUNTED, JUDGED = 8, 16
# What a line may hold.
_HAS_JAVASCRIPT, _HAS_LOREM, _HAS_POLICY, _HAS_BRACKET = 1, 2, 4, 8

_JAVASCRIPT = np.frombuffer(b"javascript", np.uint8)
_LOREM = np.frombuffer(b"lorem ipsum", np.uint8)
_EDIT = np.frombuffer(b"[edit]", np.uint8)
_NEEDED = np.frombuffer(b"[citation needed]", np.uint8)
_POLICIES = np.frombuffer(
    b"terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies|", np.uint8
)


@njit
def _traces(line, n):
    """Nonzero where line[:n] may hold a phrase or a curly bracket; the flags are those above.

    No early exit and no other branch: LLVM turns the loop into vector code.
    """
    low = np.uint8(32)
    j = np.uint8(0)
    m = np.uint8(0)
    p = np.uint8(0)
    c = np.uint8(n > 0 and line[n - 1] == 0x7B) | np.uint8(n > 1 and line[n - 2] == 0x7B)
    for i in range(n - 2):
        x = np.uint8(at(line, i) | low)
        y = np.uint8(at(line, i + 1) | low)
        z = np.uint8(at(line, i + 2) | low)
        blank = y == low
        c |= np.uint8(x == np.uint8(0x7B))
        j |= np.uint8((x == np.uint8(106)) & (y == np.uint8(97)) & (z == np.uint8(118)))
        m |= np.uint8(blank & (x == np.uint8(109)) & (z == np.uint8(105)))
        p |= np.uint8(blank & (x == np.uint8(121)) & (z == np.uint8(112)))
        p |= np.uint8(blank & (x == np.uint8(102)) & (z == np.uint8(117)))
        p |= np.uint8((x == np.uint8(111)) & (y == np.uint8(111)) & (z == np.uint8(107)))
    return np.int64(j) | np.int64(m) << 1 | np.int64(p) << 2 | np.int64(c) << 3


@njit(inline=True)
def _matches(data, i, end, pattern, first, last):
    """Whether data[i:] begins with pattern[first:last], ASCII letters of any case."""
    if i + (last - first) > end:
        return False
    for j in range(first, last):
        c = data[i + j - first]
        if 65 <= c <= 90:
            c = np.uint8(c + 32)
        if c != pattern[j]:
            return False
    return True


@njit
def _count(data, start, end, pattern):
    """How often a pattern whose occurrences cannot overlap occurs in data[start:end]."""
    n = 0
    for i in range(start, end - len(pattern) + 1):
        if (data[i] | 32) == pattern[0]:
            n += _matches(data, i, end, pattern, 0, len(pattern))
    return n


@njit(inline=True)
def _is_cross_word(data, start, end):
    """Whether a phrase of two or more words may pass through the word data[start:end].

    Every such phrase has a word that ends in lorem, terms, privacy or cookie, or begins with cookies.
    """
    n = end - start
    if n < 5:
        return False
    last = data[end - 1] | 32
    if last == 109:
        return _matches(data, end - 5, end, _LOREM, 0, 5)
    if last == 115 and _matches(data, end - 5, end, _POLICIES, 0, 5):
        return True
    if n >= 7 and last == 121 and _matches(data, end - 7, end, _POLICIES, 13, 20):
        return True
    if n >= 6 and last == 101 and _matches(data, end - 6, end, _POLICIES, 28, 34):
        return True
    return n >= 7 and (data[start] | 32) == 99 and _matches(data, start, end, _POLICIES, 47, 54)


@njit
def mark_word(data, start, end, special):
    """What the rules about phrases want to know of the word data[start:end].

    Args:
        special: Whether the word has a punctuation mark or a character above U+007F.

    Returns:
        0, or COUNTED where it has something that `count_marks` counts, and JUDGED where `judge_line`
        must look at its line.
    """
    marks = 0
    if special:
        for i in range(start, end):
            c = data[i]
            if c == 35 or c == 46:
                # One full stop is no ellipsis.
                marks |= COUNTED * (c == 35 or (i + 1 < end and data[i + 1] == 46))
            elif c == 91:
                marks |= JUDGED
            elif c == 0x7B:
                marks |= COUNTED | JUDGED
            elif c == 0xE2:
                marks |= COUNTED * (data[i + 1] == 0x80 and data[i + 2] == 0xA6)
                # The Kelvin sign, whose lower case is k.
                marks |= JUDGED * (data[i + 1] == 0x84 and data[i + 2] == 0xAA)
    if end - start >= len(_JAVASCRIPT) and _count(data, start, end, _JAVASCRIPT) > 0:
        marks |= COUNTED | JUDGED
    if _is_cross_word(data, start, end):
        marks |= COUNTED | JUDGED
    return marks


@njit
def count_marks(data, start, end, text_end):
    """Occurrences of '#', ellipses, '{', 'javascript' and 'lorem ipsum' that begin in a word."""
    hashes = 0
    ellipses = 0
    curly = 0
    dots = 0
    for i in range(start, end):
        c = data[i]
        hashes += c == 35
        curly += c == 0x7B
        dots = dots + 1 if c == 46 else 0
        if dots == 3:
            ellipses += 1
            dots = 0
        ellipses += c == 0xE2 and data[i + 1] == 0x80 and data[i + 2] == 0xA6
    lorem = end - start >= 5 and _matches(data, end - 5, text_end, _LOREM, 0, len(_LOREM))
    return hashes, ellipses, curly, _count(data, start, end, _JAVASCRIPT), np.int64(lorem)


@njit
def _has_policy(line, n):
    first = 0
    for last in range(len(_POLICIES)):
        if _POLICIES[last] == 124:  # "|" ends each phrase
            for i in range(n):
                if _matches(line, i, n, _POLICIES, first, last):
                    return True
            first = last + 1
    return False


@njit
def _citation_end(data, i, end, index, pages):
    """Where the citation that begins with '[' at data[i] ends, or i if there is none."""
    for pattern in (_EDIT, _NEEDED):
        n = len(pattern)
        if i + n <= end:
            equal = True
            for j in range(n):  # the published expression minds the case
                if data[i + j] != pattern[j]:
                    equal = False
            if equal:
                return i + n
    j = i + 1
    while j < end:
        c = data[j]
        if c == 93:
            return j + 1
        cp = np.int64(c) if c < 128 else decode(data, j, c)
        if not (pages[index[cp >> 8], cp & 255] & DIGIT):
            return i
        j += 1 if c < 128 else width_of(c)
    return i


@njit
def _clean(data, start, end, index, pages, line):
    """Copy data[start:end] into `line` without citations, the Kelvin sign as k; the new length."""
    n = 0
    i = start
    while i < end:
        c = data[i]
        if c == 91:
            j = _citation_end(data, i, end, index, pages)
            if j > i:
                i = j
                continue
        elif c == 0xE2 and data[i + 1] == 0x84 and data[i + 2] == 0xAA:
            line[n] = 107
            n += 1
            i += 3
            continue
        line[n] = c
        n += 1
        i += 1
    return n


@njit(inline=True)
def ends_sentence(data, start, end):
    """Whether data[start:end], not empty, ends in one of C4's five end marks and not in '...'."""
    c = data[end - 1]
    if c == 46:
        return not (end - start >= 3 and data[end - 2] == 46 and data[end - 3] == 46)
    return c == 63 or c == 33 or c == 34 or c == 39


@njit
def _sentences(line, n, index, pages):
    """1 + the runs of white space in line[:n] that follow one of '.?!'."""
    count = 1
    i = 0
    after = False
    while i < n:
        c = line[i]
        cp = np.int64(c) if c < 128 else decode(line, i, c)
        if pages[index[cp >> 8], cp & 255] & SPACE:
            count += after
            after = False
        else:
            after = c == 46 or c == 63 or c == 33
        i += 1 if c < 128 else width_of(c)
    return count


@njit
def judge_line(data, start, end, index, pages, line):
    """C4's verdict on the stripped line data[start:end], which has enough words and no long one.

    Args:
        line: uint8 scratch of at least end - start bytes.

    Returns:
        `(verdict, sentences)`: one of DROPPED, KEPT, LOREM_IPSUM, CURLY_BRACKET, and the sentences
        in the line where it is kept.
    """
    # What does not end in an end mark may still do so once a citation is cut off its end.
    if not ends_sentence(data, start, end) and data[end - 1] != 93:
        return DROPPED, 0
    n = _clean(data, start, end, index, pages, line)
    if n == 0 or not ends_sentence(line, 0, n):
        return DROPPED, 0
    trace = _traces(line, n)
    if trace & _HAS_LOREM and _count(line, 0, n, _LOREM) > 0:
        return LOREM_IPSUM, 0
    if trace & _HAS_JAVASCRIPT and _count(line, 0, n, _JAVASCRIPT) > 0:
        return DROPPED, 0
    if trace & _HAS_BRACKET:
        for i in range(n):
            if line[i] == 0x7B:
                return CURLY_BRACKET, 0
    if trace & _HAS_POLICY and _has_policy(line, n):
        return DROPPED, 0
    return KEPT, _sentences(line, n, index, pages)
