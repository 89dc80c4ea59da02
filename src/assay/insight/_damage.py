"""Traces that a wrong decoding leaves in a text."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.insight.reading import flags

# What the bytes 80 to 9F become in Windows-1252. Python's codec leaves five of them undefined,
# where browsers and many tools pass the control character through.
_CP1252_HIGH = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_NEXT = f"[\u0080-\u00bf{_CP1252_HIGH}]"
# A lead byte of UTF-8 read as a Latin letter, then as many further bytes as it announces.
_PIECE = f"(?:[\u00c2-\u00df]{_NEXT}|[\u00e0-\u00ef]{_NEXT}{{2}}|[\u00f0-\u00f4]{_NEXT}{{3}})"
# One piece alone may be honest text: French "café »" ends in one, with its no-break space. So a
# single one counts only where it stands for a Latin letter, punctuation, €, ™ or a byte order mark.
_ALONE = f"(?:[ÂÃ]{_NEXT}|â€{_NEXT}|â‚¬|â„¢|ï»¿)"
_MISREAD = f"{_ALONE}|{_PIECE}{{2}}"
_RUN = re.compile(f"{_PIECE}{{2,}}|{_ALONE}")
# Without white space and escape (terminal colors); C1 controls are mostly misread quotation marks.
_CONTROL = r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x{80}-\x{84}\x{86}-\x{9f}]"
_CONTROL_PY = "[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]"

_TO_BYTE = {chr(b): b for b in range(0x80, 0x100)} | {
    c: c.encode("cp1252")[0] for c in _CP1252_HIGH
}


def lost(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """bool, shape (n,): holds U+FFFD, which a decoder writes for bytes that it could not read."""
    return flags(pc.match_substring(texts, "\ufffd"))


def controlled(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """bool, shape (n,): holds a control character other than white space and escape."""
    return flags(pc.match_substring_regex(texts, _CONTROL))


def misread(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """bool, shape (n,): holds UTF-8 that was read as Windows-1252 or Latin-1 ("cafÃ©").

    A piece counts only if its characters, turned back into bytes, are UTF-8: "NÃO" is none.
    """
    found = flags(pc.match_substring_regex(texts, _MISREAD))
    for i in np.flatnonzero(found):
        text = texts[int(i)].as_py()
        found[i] = any(_decoded(m.group()) is not None for m in _RUN.finditer(text))
    return found


def place(kind: str, text: str) -> tuple[int, int]:
    """Where the first damage of a kind ("lost", "misread", "control") is: start, end.

    `(0, 0)` if there is none.
    """
    if kind == "misread":
        hits = (m.span() for m in _RUN.finditer(text) if _decoded(m.group()) is not None)
        return next(hits, (0, 0))
    found = re.search("\ufffd+" if kind == "lost" else _CONTROL_PY, text)
    return found.span() if found else (0, 0)


def repaired(text: str) -> str | None:
    """The text with misread pieces read again as UTF-8; None where there are none."""
    fixed = _RUN.sub(lambda m: _decoded(m.group()) or m.group(), text)
    return fixed if fixed != text else None


def _decoded(piece: str) -> str | None:
    try:
        return bytes(_TO_BYTE[c] for c in piece).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
