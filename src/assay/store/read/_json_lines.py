"""Lines of JSON objects, strictly: what every reader of a JSON Lines dialect is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.schema import BadRow
from assay.store.read._columns import MAX_DEPTH
from assay.store.read._stream import MAX_ITEM, Lines, Stream, lenient, line_blocks

Row = dict[str, Any]


class Rejected(ValueError):
    """Valid for Python's parser, but not for us."""


@dataclass
class Parsed:
    """Objects with their line numbers, and the lines that held none."""

    rows: list[Row] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def blocks(path: Path, *, size: int, max_line: int = MAX_ITEM) -> Iterator[Lines | BadRow | Parsed]:
    """The file in blocks of lines; or, where it is one JSON array or object, its rows at once."""
    with Stream(path, text=True) as stream:
        head = stream.peek(1 << 16)
        if not _is_document(head):
            yield from line_blocks(stream, size=size, max_line=max_line)
            return
        data = stream.read(max_line + 1)
        if len(data) > max_line:
            yield BadRow(
                -1,
                f"The file is one JSON document of more than {max_line:,} bytes, not one object a "
                "line. Convert it: jq -c '.[]' FILE > FILE.jsonl",
                lenient(data),
            )
            return
        yield _document(data)
        yield from stream.end(-1, "element")


def parse(lines: Lines, *, nan: bool = False) -> Parsed:
    """Each line that is not blank as an object."""
    parsed = Parsed()
    decode = (_WITH_NAN if nan else _STRICT).decode
    texts: list[str | bytes]
    try:
        texts = [*lines.data.decode().split("\n")]
    except UnicodeDecodeError:
        texts = [*lines.data.split(b"\n")]
    for number, line in enumerate(texts, lines.first):
        if not (line.strip(" \t\r") if isinstance(line, str) else line.strip(b" \t\r")):
            continue
        try:
            text = line if isinstance(line, str) else line.decode()
            row = decode(text)
            _check(row, text)
        except (ValueError, RecursionError) as error:
            raw = line.encode() if isinstance(line, str) else line
            parsed.bad.append(BadRow(number, f"Line {number}: {_reason(error)}.", lenient(raw)))
        else:
            parsed.rows.append(row)
            parsed.positions.append(number)
    return parsed


def _check(row: Any, text: str) -> None:
    if type(row) is not dict:
        raise Rejected(f"an object {{...}} is expected, but this is {_KINDS[type(row)]}")
    # Counting brackets is cheap and bounds the depth from above; texts may be full of brackets.
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(row) > MAX_DEPTH:
        raise Rejected(f"values are nested deeper than {MAX_DEPTH} levels")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inner = []
        for item in level:
            children = item.values() if type(item) is dict else item
            inner += [child for child in children if type(child) in (dict, list)]
        level = inner
    return depth


def _is_document(head: bytes) -> bool:
    """Whether the file starts like a JSON array, or like an object laid out over several lines."""
    start = head.lstrip()
    if start[:1] == b"[":
        return True
    first, newline, rest = start.partition(b"\n")
    return bool(newline) and first.strip() == b"{" and rest.lstrip()[:1] in b'"}'


def _document(data: bytes) -> Parsed:
    parsed = Parsed()
    try:
        content = _STRICT.decode(data.decode())
    except (ValueError, RecursionError) as error:
        reason = (
            f"The file is not one JSON document: {_reason(error)}. One object a line is expected."
        )
        return Parsed(bad=[BadRow(-1, reason, lenient(data))])
    for number, row in enumerate(content if type(content) is list else [content], 1):
        try:
            _check(row, "[" * (MAX_DEPTH + 1))
        except Rejected as error:
            text = json.dumps(row)[:4096]
            parsed.bad.append(BadRow(number, f"Element {number}: {error}.", text))
        else:
            parsed.rows.append(row)
            parsed.positions.append(number)
    return parsed


def _reason(error: Exception) -> str:
    if isinstance(error, Rejected):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        problem = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        return f"not JSON: {problem} at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte {error.start} of the line is 0x{error.object[error.start]:02x}"
    if isinstance(error, RecursionError):
        return f"values are nested deeper than {MAX_DEPTH} levels"
    return "an integer has thousands of digits; write it as a string"


def _object(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # set.add as a memo
        raise Rejected(f"the field {twice[:80]!a} is given twice")
    return row


def _no_constant(name: str) -> Any:
    raise Rejected(f"{name} is not JSON; write null, or read with the option nan")


_KINDS = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
}
_KINDS[type(None)] = "null"
_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
_WITH_NAN = json.JSONDecoder(object_pairs_hook=_object)
