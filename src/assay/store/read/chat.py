"""Conversations: JSON Lines whose objects have `messages`, as chat APIs take and return them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._columns import Columns, json_text, named_types
from assay.store.read._json_lines import Parsed, blocks, parse
from assay.store.read._stream import MAX_ITEM, Lines
from assay.store.read.jsonl import first_object

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
MESSAGES = pa.list_(
    pa.struct(
        [
            ("role", pa.string()),
            ("content", pa.string()),
            ("parts", pa.string()),
            ("name", pa.string()),
            ("tool_calls", pa.string()),
            ("tool_call_id", pa.string()),
            ("extra", pa.string()),
        ]
    )
)
"""A conversation. `content` is the text; `parts` (the content as given, where it was a list),
`tool_calls` and `extra` (all other keys) are JSON texts, null where absent."""
_SILENT = ("tool_calls", "function_call", "refusal", "reasoning_content", "reasoning", "audio")


class _Invalid(ValueError):
    pass


def _sniff(head: bytes) -> bool:
    row = first_object(head)
    return row is not None and isinstance(row.get("messages"), list)


@reader("chat", suffixes=(".chat.jsonl",), sniff=_sniff)
def read_chat(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    max_line: int = MAX_ITEM,
    types: Mapping[str, str] | None = None,
) -> Iterator[ReadBatch | BadRow]:
    """Chat JSON Lines: `messages` checked and in one type, plus `text`, the conversation as text.

    Roles are system, developer, user, assistant, tool, function. Content is a string or a list of
    parts, of which the text is taken. Other columns are kept, a `text` of the input included.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes of input in a batch, about.
        max_line: A longer line, in bytes, is passed over and reported.
        types: As for `jsonl`, for the other columns.
    """
    columns = Columns({**named_types(types), "messages": MESSAGES, "text": pa.string()})
    for block in blocks(path, size=batch_bytes, max_line=max_line):
        if isinstance(block, BadRow):
            yield block
            continue
        parsed = _conversations(parse(block) if isinstance(block, Lines) else block)
        yield from parsed.bad
        for at in range(0, len(parsed.rows), batch_rows):
            rows = parsed.rows[at : at + batch_rows]
            yield from columns.build(rows, parsed.positions[at : at + batch_rows])


def _conversations(parsed: Parsed) -> Parsed:
    result = Parsed(bad=parsed.bad)
    for row, position in zip(parsed.rows, parsed.positions, strict=True):
        try:
            messages = _messages(row.get("messages"))
        except _Invalid as error:
            text = f"Line {position}: {error}."
            result.bad.append(BadRow(position, text, json_text(row)[:4096]))
            continue
        result.rows.append(
            {**row, "messages": messages, "text": row.get("text") or render(messages)}
        )
        result.positions.append(position)
    return result


def render(messages: list[dict[str, Any]]) -> str:
    """The conversation as text: `role: content`, tool calls as JSON, a blank line in between."""
    lines = []
    for message in messages:
        body = [message["content"] or ""]
        if message["tool_calls"]:
            body.append(f"[tool calls] {message['tool_calls']}")
        lines.append(f"{message['role']}: {chr(10).join(filter(None, body))}")
    return "\n\n".join(lines)


def _messages(value: Any) -> list[dict[str, Any]]:
    if type(value) is not list or not value:
        raise _Invalid("'messages' should be a list with at least one message")
    return [_message(message, f"messages[{i}]") for i, message in enumerate(value)]


def _message(message: Any, path: str) -> dict[str, Any]:
    if type(message) is not dict:
        raise _Invalid(f"'{path}' should be an object with role and content")
    rest = dict(message)
    role = rest.pop("role", None)
    if role not in ROLES:
        raise _Invalid(f"'{path}.role' is {json_text(role)[:60]}; allowed are {', '.join(ROLES)}")
    content = rest.pop("content", None)
    if content is None and not any(message.get(key) for key in _SILENT):
        raise _Invalid(f"'{path}' has neither content nor tool calls")
    calls = rest.pop("tool_calls", None)
    if calls is not None and type(calls) is not list:
        raise _Invalid(f"'{path}.tool_calls' should be a list")
    parts = content if type(content) is list else None
    return {
        "role": role,
        "content": _part_texts(parts, path)
        if parts is not None
        else _text(content, f"{path}.content"),
        "parts": None if parts is None else json_text(parts),
        "name": _text(rest.pop("name", None), f"{path}.name"),
        "tool_calls": json_text(calls) if calls else None,
        "tool_call_id": _text(rest.pop("tool_call_id", None), f"{path}.tool_call_id"),
        "extra": json_text(rest) if rest else None,
    }


def _text(value: Any, path: str) -> str | None:
    if value is not None and type(value) is not str:
        raise _Invalid(f"'{path}' should be a string or absent, but is {json_text(value)[:60]}")
    return value


def _part_texts(parts: list[Any], path: str) -> str:
    texts = []
    for i, part in enumerate(parts):
        if type(part) is not dict or type(part.get("type")) is not str:
            raise _Invalid(f"'{path}.content[{i}]' should be an object with a type")
        if part["type"] in ("text", "input_text", "output_text"):
            texts.append(_text(part.get("text"), f"{path}.content[{i}].text") or "")
    return "\n".join(texts)
