"""text.redact takes out what text.pii finds and leaves the rest as it was."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pytest
import zstandard

from assay.errors import UsageError
from assay.ops.text.pii import pii
from assay.ops.text.redact import ACTIONS, redact, redact_text

TEXT = "Grüße 👍🏽 an jo.doe@mail.org, Tel. 020 7946 0958!"


def redacted(text: str | None, **params) -> str | None:
    batch = pa.record_batch([pa.array([text], pa.string())], names=["text"])
    return redact_text(batch, **params)["text"][0].as_py()


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("tag", "Grüße 👍🏽 an <EMAIL>, Tel. <PHONE>!"),
        ("mask", "Grüße 👍🏽 an ***************, Tel. *************!"),
        ("replace", "Grüße 👍🏽 an name@example.com, Tel. 000-000-0000!"),
        ("drop", "Grüße 👍🏽 an , Tel. !"),
    ],
)
def test_each_action_by_hand(action, expected):
    assert redacted(TEXT, action=action) == expected


def test_a_null_stays_null_and_a_clean_text_stays_itself():
    assert redacted(None) is None
    assert redacted("nothing here") == "nothing here"


def test_overlapping_spans_lose_no_text_and_leak_none():
    spans = [{"start": 0, "end": 5, "label": "a"}, {"start": 3, "end": 8, "label": "b"}]
    assert redact(["0123456789"], [spans], action="mask") == ["********89"]


def test_a_label_of_ones_own_becomes_its_tag():
    spans = [[{"start": 0, "end": 4, "label": "person"}]]
    assert redact(["Anna said"], spans, action="replace") == ["<PERSON> said"]


def test_an_unknown_action_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"'hide'.*tag, mask, replace, drop"):
        redacted(TEXT, action="hide")


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_found_in_a_redacted_text(action, shared_data):
    with zstandard.open(shared_data("pii/spans.jsonl.zst"), "rb") as file:
        texts = [json.loads(line)["text"] for line in io.TextIOWrapper(file, "utf-8")]
    batch = pa.record_batch([texts], names=["text"])
    again = pii(redact_text(batch, action=action))
    assert sum(pii(batch)["count"].to_pylist()) > 200
    assert sum(again["count"].to_pylist()) == 0
