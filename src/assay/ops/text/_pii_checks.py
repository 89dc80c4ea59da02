"""Whether a candidate really is what it looks like, and how sure that is.

Each check takes the text's bytes and the candidate's byte range, and returns None, or a triple
(start, end, score) with the range trimmed to what is personal. RE2 has no look-around, so what
stands before and after a candidate is looked at here.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import math
import re
from collections import Counter

from assay.ops.text._pii_tables import (
    CARD_RANGES,
    IBAN_LENGTHS,
    NOT_DOMAINS,
)

Hit = tuple[int, int, float]

_DIGITS = re.compile(rb"\D+")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_DIGIT = frozenset(b"0123456789")


def digits(raw: bytes) -> str:
    """The ASCII digits in `raw`."""
    return _DIGITS.sub(b"", raw).decode()


def luhn(number: str) -> bool:
    """The mod-10 check of ISO/IEC 7812-1, annex B, over a string of decimal digits."""
    total = 0
    for place, character in enumerate(reversed(number)):
        value = int(character) << (place & 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(iban: str) -> bool:
    """The mod-97-10 check of ISO 7064, as ISO 13616 applies it to an IBAN without spaces."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def stands_alone(text: bytes, start: int, end: int) -> bool:
    """No letter, digit or part of a longer number touches the range."""
    return clear_before(text, start) and clear_after(text, end)


def clear_before(text: bytes, start: int) -> bool:
    """Nothing before `start` belongs to the same word, number, URL or variable."""
    before = text[max(0, start - 2) : start]
    if before and (before[-1] in _WORD or before[-1] in b"#$@"):
        return False
    if len(before) < 2:
        return True
    return not (before[1] == 47 or (before[1] in b".,-:=+" and before[0] in _DIGIT))


def clear_after(text: bytes, end: int) -> bool:
    """Nothing after `end` belongs to the same word or number."""
    after = text[end : end + 2]
    if after and (after[0] in _WORD or after[0] in b"@%"):
        return False
    return not (len(after) == 2 and after[0] in b".,-/:" and after[1] in _DIGIT)


# What text.redact, datatrove and documentation put in the place of an address.
_STAND_INS = (b"email", b"firstname.lastname", b"name", b"you", b"yourname", b"your.name")


def email(text: bytes, start: int, end: int) -> Hit | None:
    """An address of RFC 5321 in its common, unquoted ASCII form."""
    local, _, domain = text[start:end].partition(b"@")
    trimmed = local.lstrip(b".'*_-=/&?!{}|~`$%^+#")
    # Code and URLs: what precedes the last "=" or "/" is a key or a path, not a name.
    for mark in (b"=", b"/"):
        trimmed = trimmed.rpartition(mark)[2] or trimmed
    start += len(local) - len(trimmed)
    labels = domain.lower().split(b".")
    if not trimmed or len(trimmed) > 64 or trimmed.endswith(b".") or b".." in trimmed:
        return None
    if labels[-1].decode() in NOT_DOMAINS or any(len(x) > 63 for x in labels):
        return None
    after = text[end : end + 1]
    if after == b"@" or (after and after in b"_" and len(text) > end + 1):
        return None
    if trimmed == b"git" and after in (b":", b"/"):
        return start, end, 0.2  # a repository's address, the same for everybody
    if labels[-2] in (b"domain", b"yourdomain"):
        return start, end, 0.4
    if b"example" in (labels[-2], labels[-1]):
        # Nobody's by RFC 2606; but the made-up people of synthetic data have such addresses.
        return start, end, 0.4 if trimmed.lower() in _STAND_INS else 0.5
    return start, end, 0.95


def card(text: bytes, start: int, end: int) -> Hit | None:
    """A payment card number: issuer range, length, Luhn, and groups as cards print them."""
    raw = text[start:end]
    number = digits(raw)
    if not stands_alone(text, start, end) or len(set(number)) == 1 or not luhn(number):
        return None
    if not any(
        first <= number[: len(first)] <= last and len(number) in lengths
        for first, last, lengths in CARD_RANGES
    ):
        return None
    groups = [len(g) for g in re.split(rb"[ -]", raw)]
    if len(groups) == 1:
        return start, end, 0.9 if len(number) >= 14 else 0.6
    if len(set(_DIGIT.symmetric_difference(raw)) - _DIGIT) > 1:
        return None  # dashes and spaces mixed
    printed = groups in ([4, 6, 5], [4, 6, 4]) or (
        all(g == 4 for g in groups[:-1]) and 1 <= groups[-1] <= 4
    )
    return (start, end, 0.95) if printed else None


def iban(text: bytes, start: int, end: int) -> Hit | None:
    """An International Bank Account Number: country, its length, check digits."""
    raw = text[start:end]
    length = IBAN_LENGTHS.get(raw[:2].decode().upper())
    if length is None or (start and text[start - 1] in _WORD):
        return None
    # The pattern runs on into the next words; the country says where to stop.
    taken = stop = 0
    while taken < length and stop < len(raw):
        taken += raw[stop] != 32
        stop += 1
    if taken < length or (start + stop < len(text) and text[start + stop] in _WORD):
        return None
    code = raw[:stop].replace(b" ", b"").decode().upper()
    return (start, start + stop, 0.99) if mod97(code) else None


def ssn(text: bytes, start: int, end: int) -> Hit | None:
    """A US social security number; areas, groups and serials never issued are refused."""
    area, group, serial = text[start:end].split(b"-")
    if not stands_alone(text, start, end) or group == b"00" or serial == b"0000":
        return None
    if area in (b"000", b"666") or area >= b"900" or text[start:end] == b"123-45-6789":
        return None
    return start, end, 0.85


_VERSION_CUE = re.compile(rb"(?i)(?:version|release|ver|rev|build|section|chapter|\bv)\W{0,2}$")


def ip4(text: bytes, start: int, end: int) -> Hit | None:
    """An IPv4 address; one that no single host on the Internet has gets 0.3."""
    parts = text[start:end].split(b".")
    if not stands_alone(text, start, end) and text[end : end + 1] not in (b":", b"/"):
        return None
    if any(int(p) > 255 or (len(p) > 1 and p[:1] == b"0") for p in parts):
        return None
    if (start and text[start - 1] in _WORD | frozenset(b".")) or text[end : end + 1] == b"-":
        return None
    if _VERSION_CUE.search(text[max(0, start - 12) : start]):
        return None
    address = ipaddress.IPv4Address(text[start:end].decode())
    # A section or a version; one random address in a thousand looks like it.
    numbers = sorted(int(p) for p in parts)
    numbering = numbers[3] < 32 or numbers[2] < 10
    return start, end, 0.8 if address.is_global and not numbering else 0.3


def ip6(text: bytes, start: int, end: int) -> Hit | None:
    """An IPv6 address; one that no single host on the Internet has gets 0.3."""
    raw = text[start:end]
    if raw.endswith(b":") and not raw.endswith(b"::"):
        raw = raw[:-1]
        end -= 1
    near = text[max(0, start - 1) : start] + text[end : end + 1]
    if not raw.strip(b":") or any(c in _WORD or c in b":" for c in near):
        return None
    try:
        address = ipaddress.IPv6Address(raw.decode())
    except ValueError:
        return None
    # "Face::add" is code as well as an address.
    plain = sum(bool(g) for g in raw.split(b":")) < 3 or not any(c in _DIGIT for c in raw)
    return start, end, 0.8 if address.is_global and not plain else 0.3


def entropy(value: bytes) -> float:
    """Shannon entropy of the bytes of `value`, in bits a byte."""
    n = len(value)
    return -sum(k / n * math.log2(k / n) for k in Counter(value).values())


_PLACEHOLDER = re.compile(
    rb"(?i)example|your|xxx|placeholder|changeme|dummy|sample|test|redacted|\.\.|1234567"
)


def secret_value(text: bytes, start: int, end: int) -> Hit | None:
    """What is assigned to a name such as api_key, if it looks random."""
    value = text[start:end]
    mixed = any(c in _DIGIT for c in value) and any(65 <= (c & 0xDF) <= 90 for c in value)
    if not mixed or entropy(value) < 3.3 or _PLACEHOLDER.search(value):
        return None
    return start, end, 0.7


def jwt(text: bytes, start: int, end: int) -> Hit | None:
    """A JSON Web Token (RFC 7519): its head must decode to JSON that names an algorithm."""
    head = text[start:end].partition(b".")[0]
    try:
        decoded = json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))
    except (binascii.Error, ValueError):
        return None
    return (start, end, 0.98) if isinstance(decoded, dict) and "alg" in decoded else None


def certain(text: bytes, start: int, end: int) -> Hit | None:
    """A token whose issuer gave it an unmistakable prefix, unless it is plainly made up."""
    tail = text[max(start, end - 16) : end]
    made_up = len(set(tail)) < 5 or b"EXAMPLE" in tail.upper() or b"xxxx" in tail.lower()
    return None if made_up else (start, end, 0.95)


def url_password(text: bytes, start: int, end: int) -> Hit | None:
    """The password of a URL with credentials in it."""
    made_up = _PLACEHOLDER.search(text[start:end]) or text[start : start + 1] in (b"<", b"{", b"$")
    return (
        None if made_up or text[start:end].lower() in (b"pass", b"password") else (start, end, 0.8)
    )
