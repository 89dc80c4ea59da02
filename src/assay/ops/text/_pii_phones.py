"""Telephone numbers: which strings of digits are one, by shape, numbering plan and context."""

from __future__ import annotations

import re

from assay.ops.text._pii_checks import Hit, clear_after, clear_before, digits, stands_alone
from assay.ops.text._pii_tables import CALLING_CODES_1_2, CALLING_CODES_3, CALLING_LENGTHS

_EXTENSION = re.compile(rb"(?i)[ ,]{0,2}(?:x|ext\.?|extension)[ .:]?\d{1,6}$")
_GROUPS = re.compile(rb"\d+")
_DATE = re.compile(
    rb"^\W?(?:(?:19|20)\d\d([-./ ])\d{1,2}\1\d{1,2}"
    rb"|\d{1,2}([-./ ])\d{1,2}\2(?:19|20)\d\d)(?:\D|$)"
)
_MONEY = re.compile(rb"(?:[$]|\xe2\x82\xac|\xc2\xa3|\xc2\xa5|USD|EUR|GBP) ?$")
_BOOK = re.compile(rb"(?i)(?:isbn(?:-1[03])?|issn|doi|arxiv)\W{0,3}$")
_DUMP_BEFORE = re.compile(rb"(?:^|[^0-9A-Za-z])(?:\d[0-9A-Fa-f]|[A-Fa-f]\d) +$")
_DUMP_AFTER = re.compile(rb" +(?:\d[0-9A-Fa-f]|[A-Fa-f]\d)(?:[^0-9A-Za-z]|$)")
_ZIP = re.compile(rb"^\d{5}-\d{4}$")
_PRINTED_BOOK = re.compile(rb"^97[89][- ]")


def calling_code(number: str) -> str | None:
    """The E.164 country code that `number` (digits, no prefix) begins with."""
    for length, known in ((1, CALLING_CODES_1_2), (2, CALLING_CODES_1_2), (3, CALLING_CODES_3)):
        if number[:length] in known:
            return number[:length]
    return None


def international(text: bytes, start: int, end: int) -> Hit | None:
    """`+` or `00`, a country code that exists, and as many digits as its plan has."""
    if not clear_before(text, start):
        return None
    raw = text[start:end]
    if raw[:3] == b"00 ":
        return None  # "00 30 00 10" is a dump of bytes
    extension = _EXTENSION.search(raw)
    body = raw[: extension.start()] if extension else raw
    prefix = 0 if raw[:1] == b"+" else 2
    # The pattern runs on into a number that follows: drop groups from the right until it fits.
    while True:
        number = digits(body.replace(b"(0)", b"", 1))[prefix:]
        code = calling_code(number)
        if code is None or len(_GROUPS.findall(body)[0]) < len(code):
            return None
        low, high = CALLING_LENGTHS.get(code, (8, 15))
        if low <= len(number) <= high:
            break
        groups = list(_GROUPS.finditer(body))
        if len(number) < low or len(groups) < 3:
            return None
        body, extension = body[: groups[-2].end()], None
    stop = start + (len(raw) if extension else len(body))
    if not clear_after(text, stop):
        return None
    return start, stop, 0.9 if prefix == 0 else 0.75


def american(text: bytes, start: int, end: int) -> Hit | None:
    """3-3-4 digits, set apart by brackets, dashes or dots (North American Numbering Plan)."""
    if not _plausible(text, start, end):
        return None
    raw = text[start:end]
    extension = _EXTENSION.search(raw)
    number = digits(raw[: extension.start()] if extension else raw)[-10:]
    valid = number[0] in "23456789" and number[3] in "23456789"
    if b"(" in raw or extension:
        return start, end, 0.85
    if b"-" in raw:
        return start, end, 0.85 if valid else 0.6 if number[0] in "23456789" else 0.45
    return (start, end, 0.7 if b"." in raw else 0.45) if valid else None


def national(text: bytes, start: int, end: int) -> Hit | None:
    """A trunk prefix 0, an area code and groups: 9 to 11 digits, as most of the world writes."""
    raw = text[start:end]
    if not 9 <= len(digits(raw)) <= 11 or not _plausible(text, start, end):
        return None
    if raw.lstrip(b"(")[:2] == b"00":
        return None  # "1 000 000": thousands; and 00 is for `international`
    if b"." in raw and len(_GROUPS.findall(raw)) < 4:
        return None  # a decimal fraction or a version
    return start, end, 0.65


def cued(text: bytes, start: int, end: int) -> Hit | None:
    """Any 6 to 13 digits next to a word such as phone, fax or mobile."""
    raw = text[start:end]
    if text[start - 1 : start] == b"+" or not _plausible(text, start, end):
        return None  # after a plus, `international` decides
    extension = _EXTENSION.search(raw)
    count = len(digits(raw[: extension.start()] if extension else raw))
    return (start, end, 0.6) if 6 <= count <= 13 else None


def _plausible(text: bytes, start: int, end: int) -> bool:
    before, raw = text[max(0, start - 8) : start], text[start:end]
    return (
        stands_alone(text, start, end)
        and len(set(digits(raw))) > 1  # 000-000-0000 is nobody's
        and not _DATE.search(raw)
        and not _MONEY.search(before)
        and not _BOOK.search(before)
        and not _PRINTED_BOOK.search(raw)
        and not _ZIP.search(raw)
        and not _DUMP_BEFORE.search(before)
        and not (b"-" not in raw and _DUMP_AFTER.match(text[end : end + 8]))
    )
