"""Conversations: roles and shapes are checked, nothing of a message is lost."""

from __future__ import annotations

import json

import pytest

from assay.schema import BadRow
from assay.store.read import read, sniff
from assay.store.write import write

CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "1+1?"},
            {"type": "image_url", "image_url": {"url": "x"}},
        ],
    },
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "content": "2", "tool_call_id": "c1", "name": "add"},
    {"role": "assistant", "content": "2", "weight": 0},
]


def save(tmp_path, *rows):
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def load(path):
    items = list(read(path))
    rows = [row for i in items if not isinstance(i, BadRow) for row in i.batch.to_pylist()]
    return rows, [item for item in items if isinstance(item, BadRow)]


def test_a_conversation_is_typed_and_rendered(tmp_path):
    path = save(tmp_path, {"messages": CONVERSATION, "origin": "t"})
    assert sniff(path) == "chat"
    (row,), bad = load(path)
    assert bad == [] and row["origin"] == "t"
    messages = row["messages"]
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert (
        messages[1]["content"] == "1+1?"
        and json.loads(messages[1]["parts"])[1]["type"] == "image_url"
    )
    assert json.loads(messages[2]["tool_calls"]) == [CALL] and messages[2]["content"] is None
    assert json.loads(messages[4]["extra"]) == {"weight": 0}
    turns = row["text"].split("\n\n")
    assert turns[:2] == ["system: Be brief.", "user: 1+1?"] and "add" in turns[2]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "at least one message"),
        ("hello", "should be a list"),
        (None, "should be a list"),
        ([1], "'messages[0]' should be an object"),
        ([{"role": "bot", "content": "x"}], '"bot"; allowed are system, developer, user'),
        ([{"content": "x"}], "'messages[0].role' is null"),
        ([{"role": ["user"], "content": "x"}], "messages[0].role"),
        ([{"role": "user"}], "neither content nor tool calls"),
        ([{"role": "user", "content": 3}], "'messages[0].content' should be a string"),
        ([{"role": "user", "content": ["x"]}], "'messages[0].content[0]' should be an object"),
        ([{"role": "assistant", "content": "x", "tool_calls": {}}], "tool_calls' should be a list"),
    ],
)
def test_a_misshapen_conversation_is_a_bad_row_that_says_where(tmp_path, messages, reason):
    good = {"messages": CONVERSATION}
    rows, bad = load(save(tmp_path, good, {"messages": messages}, good))
    assert len(rows) == 2
    assert [(b.position, reason in b.error) for b in bad] == [(2, True)], bad


def test_what_is_written_is_what_was_read(tmp_path):
    path = save(
        tmp_path,
        {"messages": CONVERSATION, "origin": "t"},
        {"messages": CONVERSATION[:1], "origin": "u"},
    )
    batches = [item.batch for item in read(path)]
    out = tmp_path / "out.chat.jsonl.zst"
    assert write(batches, batches[0].schema, out) == 2
    again = [item.batch for item in read(out)]
    assert [b.to_pylist() for b in again] == [b.to_pylist() for b in batches]
    plain = tmp_path / "out.chat.jsonl"
    write(batches, batches[0].schema, plain)
    assert [json.loads(line) for line in plain.read_text().splitlines()] == [
        {"messages": CONVERSATION, "origin": "t"},
        {"messages": CONVERSATION[:1], "origin": "u"},
    ]
