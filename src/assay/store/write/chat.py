"""Write conversations as chat APIs and trainers take them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.errors import UsageError
from assay.registry import exporter
from assay.store.write._atomic import open_text
from assay.store.write._json_values import encode, json_values
from assay.store.write._names import distinct


@exporter("chat", suffixes=(".chat.jsonl",))
def write_chat(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, *, text: bool = False
) -> int:
    """Chat JSON Lines: `messages` as they came in, with the other columns beside them.

    Args:
        batches: The rows, all of `schema`, with `messages` as the reader `chat` makes them.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        text: Keep the column `text`, which the reader rendered from the messages.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: There is no column `messages` of that type.
    """
    names = [name for name in distinct(schema) if text or name != "text"]
    if "messages" not in names or not _is_messages(schema.field("messages").type):
        raise UsageError(
            "There is no column 'messages' with roles and contents.",
            where=", ".join(schema.names),
            remedy="read the input with --format chat, or write jsonl",
        )
    written = 0
    with open_text(path) as file:
        for batch in batches:
            columns = [json_values(batch.column(name)) for name in names]
            for row in zip(*columns, strict=True):
                line = dict(zip(names, row, strict=True))
                line["messages"] = [_message(message) for message in line["messages"] or []]
                file.write(encode(line) + "\n")
            written += batch.num_rows
    return written


def _is_messages(kind: pa.DataType) -> bool:
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    inner = kind.value_type
    return pa.types.is_struct(inner) and {"role", "content"} <= {field.name for field in inner}


def _message(stored: dict[str, Any]) -> dict[str, Any]:
    """The message with its JSON texts unpacked and absent keys left out."""
    message = {key: value for key, value in stored.items() if value is not None}
    message.setdefault("content", None)
    if "parts" in message:
        message["content"] = json.loads(message.pop("parts"))
    if "tool_calls" in message and isinstance(message["tool_calls"], str):
        message["tool_calls"] = json.loads(message["tool_calls"])
    extra = json.loads(message.pop("extra", "{}"))
    return {**message, **extra}
