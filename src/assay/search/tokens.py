"""The text of an expression cut into tokens."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from assay.errors import UsageError
from assay.schema import ROW_SETS
from assay.search.syntax import mistake

MAX_LENGTH = 10_000
"""Characters in one expression."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: kind is number, string, name, rows, symbol or end; value is what it is.

    Of rows (`tag:good`) the value is what is named, and `of` the kind before the colon.
    """

    kind: str
    value: int | float | str
    pos: int
    quoted: bool = False
    of: str = ""

    @property
    def word(self) -> str:
        """A keyword candidate in lower case; empty for anything that cannot be a keyword."""
        return str(self.value).lower() if self.kind == "name" and not self.quoted else ""

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.value}'"


_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"[^\W\d]\w*")
_SEGMENT = re.compile(r"\w+")
_BACKQUOTED = re.compile(r"`((?:[^`]|``)+)`")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_SYMBOL = re.compile(r"==|!=|<>|<=|>=|[=<>+\-*/%(),\[\]]")
_ROWS = re.compile(rf"({'|'.join(ROW_SETS)}):")
# What is dropped by a rule is named by the rule, which is an expression: it goes on to the end.
_BARE_SET = re.compile(r"[^\s()\"',\[\]]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_HINTS = {
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not', or != for unequal",
    "~": "write 'not', or 'matches' for a pattern",
    "^": "powers are not supported",
    '"': "close the string with the same quote",
    "'": "close the string with the same quote",
    "`": "close the name with a backquote",
    ";": "write one expression",
    "{": "write a list as (1, 2) or [1, 2]",
}


def tokenize(text: str) -> list[Token]:
    """All tokens of `text`, an end token last.

    Raises:
        UsageError: The text is too long or holds something that is no token.
    """
    if not isinstance(text, str):
        raise UsageError(f"An expression is a text, not {type(text).__name__}.")
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"The expression has {len(text):,} characters.",
            allowed=f"at most {MAX_LENGTH:,}",
            remedy="split it into several rules",
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise mistake(
            text[: error.start], error.start, "Half of a surrogate pair is not a character."
        ) from None
    tokens: list[Token] = []
    pos = 0
    while pos < len(text):
        if space := _SPACE.match(text, pos):
            pos = space.end()
            continue
        token, pos = _token(text, pos)
        tokens.append(token)
    tokens.append(Token("end", "", len(text)))
    return tokens


def _token(text: str, pos: int) -> tuple[Token, int]:
    character = text[pos]
    if character in "\"'" and (match := _STRING.match(text, pos)):
        body = match[1] if match[1] is not None else match[2]
        return Token("string", _unescape(text, body, pos), pos), match.end()
    if match := _NUMBER.match(text, pos):
        return Token("number", _number(text, match[0], pos), pos), match.end()
    if match := _ROWS.match(text, pos):
        return _row_set(text, pos, match)
    if character == "`" or _PLAIN.match(text, pos):
        return _name(text, pos)
    if match := _SYMBOL.match(text, pos):
        symbol = {"=": "==", "<>": "!="}.get(match[0], match[0])
        return Token("symbol", symbol, pos), match.end()
    raise mistake(
        text,
        pos,
        f"Cannot read {character!r} here.",
        allowed="names, numbers, quoted strings, ( ) [ ] , and operators",
        remedy=_HINTS.get(character),
    )


def _name(text: str, pos: int) -> tuple[Token, int]:
    """A dotted name; any segment may stand in backquotes: `meta.`my key``."""
    start, pieces, quoted = pos, [], False
    while True:
        if match := _BACKQUOTED.match(text, pos):
            pieces.append(match[1].replace("``", "`"))
            quoted = True
        elif match := (_SEGMENT if pieces else _PLAIN).match(text, pos):
            pieces.append(match[0])
        else:
            raise mistake(
                text,
                pos,
                "A name is not complete here.",
                allowed="letters, digits and _, or anything in backquotes",
                remedy=_HINTS["`"] if text[pos : pos + 1] == "`" else None,
            )
        pos = match.end()
        if text[pos : pos + 1] not in (".", "@") or text[pos] == "":
            return Token("name", "".join(pieces), start, quoted), pos
        pieces.append(text[pos])
        pos += 1


def _row_set(text: str, pos: int, start: re.Match[str]) -> tuple[Token, int]:
    at, kind = start.end(), start[1]
    if match := _STRING.match(text, at):
        body = match[1] if match[1] is not None else match[2]
        name, at = _unescape(text, body, at), match.end()
    elif match := _BARE_SET.match(text, at):
        rule = kind == "dropped" and "/" in match[0]
        name = text[at:].rstrip() if rule else match[0]
        at = len(text) if rule else match.end()
    else:
        name = ""
    if not name:
        raise mistake(
            text, start.end(), f"'{kind}:' needs a name.", allowed=f'{kind}:NAME or {kind}:"a name"'
        )
    return Token("rows", name, pos, of=kind), at


def _number(text: str, written: str, pos: int) -> int | float:
    digits = written.replace("_", "")
    if len(digits) > 100:
        raise mistake(text, pos, "The number is too long.", allowed="at most 100 characters")
    value: int | float = int(digits) if digits.isdigit() else float(digits)
    return fitting(value, text, pos)


def fitting(value: int | float, text: str, pos: int) -> int | float:
    """`value` as a number that columns can hold: beyond 64 bits an integer becomes a float."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise mistake(text, pos, "The number is too large.", allowed="at most 1.7e308")
    return value


def _unescape(text: str, body: str, pos: int) -> str:
    """Escapes replaced. An unknown one keeps its backslash, so that "\\d" is fine in a pattern."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPED.get(code, match[0])

    value = _ESCAPE.sub(one, body)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise mistake(text, pos, "The string holds half of a surrogate pair.") from None
    return value
