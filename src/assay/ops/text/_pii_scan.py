"""Finding candidates: one RE2 set says which kinds a text may hold, RE2 says where, checks confirm.

RE2 runs in time linear in the text whatever the text is, which matters for patterns on other
people's data. It has no look-around: neighbors of a candidate are judged by its check.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from assay.ops.text import _pii_checks as checks
from assay.ops.text import _pii_phones as phones
from assay.ops.text._pii_checks import Hit

KINDS = ("email", "phone", "ip", "card", "iban", "key", "us_ssn")

# Where two hits overlap, the one that is harder to match by chance wins.
_PRIORITY = {k: i for i, k in enumerate(("key", "iban", "email", "card", "us_ssn", "ip", "phone"))}


_GROUPED = ("phone", "card", "ip", "iban")


@dataclass(frozen=True)
class Span:
    """A piece of personal data: byte range in the UTF-8 text, kind, and certainty in (0, 1]."""

    start: int
    end: int
    kind: str
    score: float


@dataclass(frozen=True)
class Rule:
    """How one kind is found.

    Attributes:
        kind: One of `KINDS`.
        gate: A small pattern that every text with a hit matches: kept small, for RE2 gives up on a
            set whose automaton outgrows its memory.
        pattern: Locates candidates; group 1 is the candidate where there is one.
        check: Confirms and trims.
    """

    kind: str
    gate: str
    pattern: str
    check: Callable[[bytes, int, int], Hit | None]


_GAP = r"[ .\-/\x{a0}\x{2010}-\x{2013}]"
_EXT = r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ .:]?\d{1,6})?"
_NUMBER = rf"\(?\d{{1,5}}\)?(?:{_GAP}?\(?\d{{1,8}}\)?){{0,6}}{_EXT}"
_SEVEN_DIGITS = r"\d(?:[^0-9A-Za-z]{0,3}\d){6}"
_CUE = (
    r"phone|tel|telephone|telefono?|teléfono|téléphone|handy|mobile?|móvil|cell|cellphone|fax|desk|"
    r"whatsapp|viber|sms|landline|hotline|call|dial|text me at|contact number|messages to"
)
_CUE = rf"(?:\b(?:{_CUE})\b|тел(?:ефон)?|电话|電話|手机|携帯|전화)"  # RE2's \b knows ASCII only
_AFTER_CUE = r"office|fax|mobile|cell|home|desk|work|phone|tel"
_ISSUED_GATE = (
    r"AKIA|ASIA|A[GIRN][DPO]?[A-Z]A[A-Z2-7]{8}|gh[pousr]_|github_pat_|xox[a-z]-|[sr]k_(?:live|test)_|"
    r"AIza|sk-[A-Za-z0-9]|hf_[A-Za-z]|glpat-|npm_[A-Za-z0-9]|pypi-AgEI|SG\.[A-Za-z0-9]|hooks\.slack"
)
_ISSUED = (
    r"\b((?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z2-7]{16}"  # AWS access key id
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}"  # GitHub
    r"|xox[abeposr]-[A-Za-z0-9-]{10,250}"  # Slack
    r"|hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16,99}"  # Stripe
    r"|AIza[0-9A-Za-z_-]{35}"  # Google
    r"|sk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{32,200}"  # model providers
    r"|hf_[A-Za-z]{34}"  # Hugging Face
    r"|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{50,}"
    r"|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})\b"  # SendGrid
)
_ASSIGNED = (
    r"(?:api|access|secret|private|auth|account|encryption)[_\- ]?(?:key|token|secret)|"
    r"client[_-]?secret|password|passwd|secret|token"
)

RULES = (
    Rule("email", r"@[0-9A-Za-z]",
         r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,100}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}"
         r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})\b", checks.email),
    Rule("phone", r"(?:\+|\b00)[ (]?\d",
         rf"((?:\+[ ]?\(?|\b00{_GAP}?)\d{{1,4}}\)?(?:[ ]?\(0\))?(?:(?:{_GAP}|[ ]?\()?\d{{1,12}}\)?)"
         rf"{{1,7}}{_EXT})", phones.international),
    Rule("phone", r"\d{3}(?:\) ?|[ .-])\d{3}[ .-]\d{4}",
         rf"((?:\b1[ .-])?(?:\(\d{{3}}\)[ -]?|\b\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}{_EXT})\b",
         phones.american),
    Rule("phone", r"\b0\d{1,4}\)?[ ./-]\d",
         rf"((?:\(0\d{{1,4}}\)|\b0\d{{1,4}}){_GAP}\d{{2,8}}(?:{_GAP}\d{{2,8}}){{0,4}})\b",
         phones.national),
    Rule("phone", rf"(?i:{_CUE})[^0-9]{{0,16}}\d",
         rf"(?i){_CUE}(?:[^\d(+@/][^\d(+@]{{0,13}})?({_NUMBER})\b",
         phones.cued),
    Rule("phone", rf"\d[ \-(]{{1,2}}(?i:{_AFTER_CUE})\b",
         rf"(?i)({_NUMBER})[ \-(]{{1,2}}(?:{_AFTER_CUE})\b", phones.cued),
    Rule("ip", r"\d\.\d{1,3}\.\d{1,3}\.\d", r"\b(?:\d{1,3}\.){3}\d{1,3}\b", checks.ip4),
    Rule("ip", r"[0-9A-Fa-f:]:[0-9A-Fa-f]{0,4}:|::[0-9A-Fa-f]",
         r"(?:[0-9A-Fa-f]{1,4}|:):(?:[0-9A-Fa-f]{0,4}:){0,6}"
         r"(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})", checks.ip6),
    Rule("card", r"\d(?:[ -]?\d){11}", r"\b\d(?:[ -]?\d){11,18}\b", checks.card),
    Rule("iban", r"[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{4} ?[A-Za-z0-9]{4}",
         r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}", checks.iban),
    Rule("us_ssn", r"\d{3}-\d{2}-\d{4}", r"\b\d{3}-\d{2}-\d{4}\b", checks.ssn),
    Rule("key", _ISSUED_GATE, _ISSUED, checks.certain),
    Rule("key", r"eyJ[A-Za-z0-9_-]+\.eyJ",
         r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", checks.jwt),
    Rule("key", r"-----BEGIN [A-Z ]*PRIVATE KEY",
         r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----"
         r"(?:(?:[^-]|-[^-])*-----END [A-Z ]*PRIVATE KEY[A-Z ]*-----)?",
         lambda text, start, end: (start, end, 0.98)),
    Rule("key", rf"(?i:{_ASSIGNED})[\"']?\s*[:=]",
         rf"(?i)(?:{_ASSIGNED})[\"']?\s*(?::=|=>|=|:)\s*[\"']?([A-Za-z0-9_\-./+=~]{{16,200}})",
         checks.secret_value),
    Rule("key", r"://[^\s/:@]{1,64}:[^\s/@]", r"[a-z]://[^\s/:@]{1,64}:([^\s/@]{3,128})@",
         checks.url_password),
)  # fmt: skip


def scan(text: bytes, *, kinds: frozenset[str], min_score: float) -> list[Span]:
    """Spans of personal data in UTF-8 `text`, in order, without overlap."""
    gates, locators = _compiled()
    found: list[Span] = []
    for index in sorted(gates.Match(text) or ()):
        rule = RULES[index]
        if rule.kind in kinds:
            for start, end, score in _hits(text, locators[index], rule):
                if score >= min_score:
                    found.append(Span(start, end, rule.kind, score))
    return _resolve(found) if len(found) > 1 else found


def _hits(text: bytes, locate: Any, rule: Rule) -> Iterable[Hit]:
    position = 0
    while (match := locate.search(text, position)) is not None:
        start, end = match.span(1) if locate.groups else match.span()
        hit = rule.check(text, start, end)
        if hit is not None:
            yield hit
            position = hit[1]
        else:
            # Digits in groups: the true number may begin at a later group of this candidate.
            position = _next_group(text, start, end) if rule.kind in _GROUPED else match.end()


def _next_group(text: bytes, start: int, end: int) -> int:
    for i in range(start + 1, end):
        if text[i - 1] in b" \t\n.-/(),:":
            return i
    return end


def _resolve(found: list[Span]) -> list[Span]:
    """The spans that remain where some overlap: first by kind, then by length, then by place."""
    ranked = sorted(found, key=lambda s: (_PRIORITY[s.kind], s.start - s.end, -s.score, s.start))
    kept: list[Span] = []  # by start
    for span in ranked:
        place = bisect.bisect(kept, span.start, key=lambda s: s.start)
        before_ends = kept[place - 1].end if place else 0
        after_starts = kept[place].start if place < len(kept) else span.end
        if before_ends <= span.start and span.end <= after_starts:
            kept.insert(place, span)
    return kept


def compile_rules() -> None:
    """Compile all patterns now; otherwise the first text does."""
    _compiled()


@functools.cache
def _compiled() -> tuple[Any, list[Any]]:
    import re2

    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    gates = re2.Set.SearchSet(options)
    for rule in RULES:
        gates.Add(rule.gate.encode())
    gates.Compile()
    return gates, [re2.compile(rule.pattern.encode(), options) for rule in RULES]
