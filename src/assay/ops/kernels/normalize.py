"""What two texts must share to count as the same: normalized tokens, as 64-bit hashes.

Letters are lowered and lose their combining marks, decimal digits become ASCII digits, punctuation,
symbols and white space separate. Each letter of a script written without spaces (Han, Kana, Thai and
kin) is a token of its own. The map ships as data, so that stored signatures do not change with the
interpreter's Unicode version: `pages[block[cp >> 8], cp & 255]` is `(new - cp) << 3 | kind`, which
makes most pages of the big scripts equal.

Source: Wenzek et al. 2020 (arXiv:1911.00359), section 3.1, and datatrove 0.10.1 (`simplify_text`);
unlike them, format characters other than ZERO WIDTH SPACE are dropped and do not separate.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from assay.ops.kernels.hashing import K0, K1, K2, fold
from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at
from assay.ops.kernels.unicode import UNSPACED, decode, load_table, width_of

SEPARATOR, DROPPED, LETTER, DIGIT, ALONE = range(5)
_KIND_BITS = 3
_ZERO_WIDTH_SPACE = 0x200B
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


class Normalization(NamedTuple):
    """The map from code points to token characters.

    Attributes:
        block: uint8, shape (0x1100,): page of each block of 256 code points.
        pages: int32, shape (number of pages, 256): see the module.
        ascii: int32, shape (128,): the same for ASCII alone.
        unidata: Unicode version that the map was derived from.
    """

    block: np.ndarray
    pages: np.ndarray
    ascii: np.ndarray
    unidata: str

    def entry(self, character: str) -> tuple[int, str]:
        """Kind of one character, and what it becomes."""
        cp = ord(character)
        packed = int(self.pages[self.block[cp >> 8], cp & 255])
        return packed & ((1 << _KIND_BITS) - 1), chr(cp + (packed >> _KIND_BITS))


def _kind(character: str, category: str, unspaced: bool) -> int:
    if category in ("Mn", "Me") or (category == "Cf" and ord(character) != _ZERO_WIDTH_SPACE):
        return DROPPED
    if category[0] in "PSZ" or category in ("Cc", "Cf", "Cs"):
        return SEPARATOR
    if unspaced:
        return ALONE
    # Unassigned and private code points are letters: a newer script must not vanish from a text.
    return DIGIT if category == "Nd" else LETTER


def _plain(character: str) -> int:
    """The lower-case base letter, or the lower-case letter where no single base letter exists."""
    lowered = character.lower()
    bases = [c for c in unicodedata.normalize("NFD", lowered) if unicodedata.category(c) != "Mn"]
    return ord(bases[0]) if len(bases) == 1 else ord(lowered[0])


def build_normalization() -> Normalization:
    """The map as this interpreter's Unicode version gives it."""
    words = load_table()
    packed = np.zeros(0x110000, np.int32)
    for cp in range(0x110000):
        character = chr(cp)
        unspaced = bool(words.pages[words.index[cp >> 8], cp & 255] & UNSPACED)
        kind = _kind(character, unicodedata.category(character), unspaced)
        new = cp
        if kind == DIGIT:
            new = ord("0") + unicodedata.decimal(character)
        elif kind in (LETTER, ALONE):
            new = _plain(character)
        packed[cp] = (new - cp) << _KIND_BITS | kind
    pages, block = np.unique(packed.reshape(-1, 256), axis=0, return_inverse=True)
    block = block.reshape(-1).astype(np.uint8)
    return Normalization(block, pages, pages[block[0], :128], unicodedata.unidata_version)


@cache
def load_normalization() -> Normalization:
    """The map that ships with the package."""
    with files("assay.ops.kernels").joinpath("normalize.npz").open("rb") as file:
        saved = np.load(file)
        block, pages, unidata = saved["block"], saved["pages"], str(saved["unidata"])
    table = Normalization(block, pages, np.ascontiguousarray(pages[block[0], :128]), unidata)
    for array in table[:3]:
        array.flags.writeable = False
    return table


def token_capacity(longest: int) -> int:
    """The most tokens that a text of `longest` bytes can have.

    Spaced tokens take at least a byte and a separator; a letter that stands alone takes three bytes
    (no such script lies below U+0800) and lets at most one one-byte token precede it unseparated.
    """
    return longest // 2 + 2


@njit
def tokenize(data, start, end, block, pages, ascii_map, fold_digits, hashes, starts, ends):
    """Hash the tokens of the text data[start:end].

    Args:
        fold_digits: Whether each run of digits counts as a single 0.
        hashes: uint64, of length `token_capacity` or more: filled with a hash for each token.
        starts, ends: int64, filled with the byte offsets of each token from `start` of the text; or
            of length 0, when nobody asks where the tokens are.

    Returns:
        The number of tokens.
    """
    spans = len(starts) > 0
    n = 0
    h = K2
    inside = False
    after_digit = False
    i = start
    while i < end:
        b = at(data, i)
        if b < 128:
            cp = np.int64(b)
            packed = np.int64(at(ascii_map, b))
            width = 1
        else:
            cp = decode(data, i, b)
            packed = np.int64(pages[at(block, cp >> 8), cp & 255])
            width = width_of(b)
        kind = packed & 7
        if kind == DROPPED:
            i += width
            continue
        if inside and kind in (SEPARATOR, ALONE):
            hashes[n] = fold(h ^ K0, K1)
            if spans:
                ends[n] = i - start
            n += 1
            inside = False
            after_digit = False
        if kind != SEPARATOR:
            if not inside:
                inside = True
                h = K2
                if spans:
                    starts[n] = i - start
            new = cp + (packed >> 3)
            digit = kind == DIGIT
            if digit and fold_digits:
                new = np.int64(48)
            if not (digit and fold_digits and after_digit):
                h = (h ^ np.uint64(new)) * _GOLDEN
                h ^= h >> _SHIFT
            after_digit = digit
            if kind == ALONE:
                hashes[n] = fold(h ^ K0, K1)
                if spans:
                    ends[n] = i + width - start
                n += 1
                inside = False
                after_digit = False
        i += width
    if inside:
        hashes[n] = fold(h ^ K0, K1)
        if spans:
            ends[n] = end - start
        n += 1
    return n
