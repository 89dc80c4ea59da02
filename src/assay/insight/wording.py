"""How counts, shares and texts read in titles and evidence."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

MAX_EXAMPLES = 20
"""At most this many examples in the evidence of a finding, or of a part of it."""

SNIPPET = 200
"""At most this many characters of a text in evidence."""


def count(n: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `12,345 rows`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def percent(part: float, whole: float) -> str:
    """A share with one decimal, as the web app writes it; 0.0 % and 100.0 % only where exact.

    7.2 %, < 0.1 %, > 99.9 %; a dash of nothing.
    """
    if whole == 0:
        return "–"
    value = 100 * part / whole
    if 0 < value < 0.05:
        return "< 0.1 %"
    if 99.95 <= value < 100:
        return "> 99.9 %"
    # Halves go up, as they do in a browser.
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def chance(probability: float) -> str:
    """A probability as a whole percentage; what is not certain never reads 0 or 100 %."""
    if probability <= 0 or probability >= 1:
        return f"{0 if probability <= 0 else 100} %"
    return f"{min(99, max(1, math.floor(100 * probability + 0.5)))} %"


def snippet(
    text: str | None, start: int = 0, end: int | None = None, *, limit: int = SNIPPET
) -> str:
    """A piece of a text on one line: from its beginning, or around `text[start:end]`.

    White space is collapsed; an ellipsis stands where something was cut.

    Args:
        text: The text; an empty snippet if None.
        start: First code point of what must be shown.
        end: Where that ends; the end of the text if None.
        limit: Code points of the result, at most.
    """
    if not text:
        return ""
    end = len(text) if end is None else end
    before = max(0, min(60, limit - 2 - (end - start)))
    first = max(0, start - before) if start else 0
    # Twice the limit is read, so that collapsed white space does not leave the snippet short.
    piece = " ".join(text[first : first + 2 * limit].split())
    cut_after = first + 2 * limit < len(text)
    lead = "…" if first else ""
    room = limit - len(lead)
    if len(piece) > room or cut_after:
        piece = piece[: room - 1] + "…"
    return lead + piece


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), in [0, 1]; (0, 1) of nothing."""
    if whole <= 0:
        return 0.0, 1.0
    share, scale = part / whole, 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / scale
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)
