"""What a code point is, as a two-stage table that ships as data.

The interpreter's own tables change with its version; counts are stored facts, so they come from one
table. `pages[index[cp >> 8], cp & 255]` is a uint8 of the flags below.

Sources: white space, line breaks, letters, digits and marks are those of `str.isspace`,
`str.splitlines`, `str.isalpha`, `str.isdecimal` and general category M*; punctuation and terminal
punctuation are the two sets of datatrove 0.10.1 (utils/text.py), kept as data in the same file.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at

SPACE = 1
LINE_BREAK = 2
ALPHA = 4
PUNCTUATION = 8
TERMINAL = 16
DIGIT = 32
UNSPACED = 64
MARK = 128

_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# Scripts of line-break classes ID and SA (UAX 14): nothing but a dictionary finds words in them.
_UNSPACED_SCRIPTS = (
    "CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA",
    "HALFWIDTH KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "TAI LE",
    "NEW TAI LUE", "TAI THAM", "TAI VIET", "AHOM",
)  # fmt: skip


@dataclass(frozen=True)
class UnicodeTable:
    """A two-stage table of flags.

    Attributes:
        index: uint8, shape (0x1100,): page of each block of 256 code points.
        pages: uint8, shape (number of pages, 256): flags.
        punctuation: int32, sorted code points that make a word a symbol when it has no others.
        terminal: int32, sorted code points that end a sentence; a subset of `punctuation`.
        unidata: Unicode version that the rest was derived from.
    """

    index: np.ndarray
    pages: np.ndarray
    punctuation: np.ndarray
    terminal: np.ndarray
    unidata: str

    def flags(self, character: str) -> int:
        """The flags of one character."""
        return int(self.pages[self.index[ord(character) >> 8], ord(character) & 255])

    def spaced(self) -> UnicodeTable:
        """The same table for words that only white space separates."""
        return replace(self, pages=self.pages & np.uint8(255 - UNSPACED))


def build_table(punctuation: np.ndarray, terminal: np.ndarray) -> UnicodeTable:
    """The table as this interpreter's Unicode version gives it, with the two given sets."""
    flags = np.zeros(0x110000, np.uint8)
    for cp in range(0x110000):
        character = chr(cp)
        category = unicodedata.category(character)
        value = SPACE * character.isspace() | ALPHA * character.isalpha()
        value |= DIGIT * (category == "Nd") | MARK * (category[0] == "M")
        if category in ("Lo", "Lm", "Nl") and unicodedata.name(character, "").startswith(
            _UNSPACED_SCRIPTS
        ):
            value |= UNSPACED
        flags[cp] = value
    for character in _LINE_BREAKS:
        flags[ord(character)] |= LINE_BREAK
    flags[punctuation] |= PUNCTUATION
    flags[terminal] |= TERMINAL
    pages, index = np.unique(flags.reshape(-1, 256), axis=0, return_inverse=True)
    return UnicodeTable(
        index.reshape(-1).astype(np.uint8),
        pages,
        punctuation,
        terminal,
        unicodedata.unidata_version,
    )


@cache
def load_table() -> UnicodeTable:
    """The table that ships with the package."""
    with files("assay.ops.kernels").joinpath("unicode.npz").open("rb") as file:
        saved = np.load(file)
        arrays = {name: saved[name] for name in ("index", "pages", "punctuation", "terminal")}
        unidata = str(saved["unidata"])
    for array in arrays.values():
        array.flags.writeable = False
    return UnicodeTable(**arrays, unidata=unidata)


@njit(inline=True)
def width_of(lead):
    """Bytes of the UTF-8 sequence that begins with the byte `lead` >= 0x80."""
    return 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)


@njit(inline=True)
def decode(data, i, lead):
    """The code point at data[i], whose lead byte is `lead` >= 0x80, as int64."""
    c = np.int64(lead)
    if c < 0xE0:
        return ((c & 0x1F) << 6) | (np.int64(at(data, i + 1)) & 0x3F)
    if c < 0xF0:
        return (
            ((c & 0x0F) << 12)
            | ((np.int64(at(data, i + 1)) & 0x3F) << 6)
            | (np.int64(at(data, i + 2)) & 0x3F)
        )
    return (
        ((c & 0x07) << 18)
        | ((np.int64(at(data, i + 1)) & 0x3F) << 12)
        | ((np.int64(at(data, i + 2)) & 0x3F) << 6)
        | (np.int64(at(data, i + 3)) & 0x3F)
    )


@njit(inline=True)
def last_code_point(data, start, end):
    """The last code point of the non-empty text data[start:end], as int64."""
    j = end - 1
    while j > start and (data[j] & 0xC0) == 0x80:
        j -= 1
    return np.int64(data[j]) if data[j] < 128 else decode(data, j, data[j])
