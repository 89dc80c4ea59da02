"""The command `label`."""

from __future__ import annotations

import pytest

INTENTS = ["card", "pay", "card", "pay"]


@pytest.fixture
def docs(assay, lines) -> None:
    """Four rows of two intents."""
    rows = [{"text": f"row {n}", "intent": each, "n": n} for n, each in enumerate(INTENTS)]
    assay("add", "docs", lines("a.jsonl", rows))


def test_rows_are_labelled_listed_and_undone(assay, docs) -> None:
    assert "No labels yet." in assay("label", "docs").stdout
    done = assay("label", "docs", "intent", "refund", "--where", "n < 3", "--json").json
    event = done.pop("event")
    assert done == {
        "field": "intent",
        "column": "labels.intent",
        "value": "refund",
        "changed": 3,
        "rows": 3,
    }
    assert "intent  3 rows: refund 3" in assay("label", "docs").stdout
    out = assay("export", "docs", "-", "--format", "jsonl", "--columns", "n,labels.intent").stdout
    assert out.splitlines()[2:] == [
        '{"n": 2, "labels.intent": "refund"}',
        '{"n": 3, "labels.intent": "pay"}',
    ]
    undone = assay("label", "docs", "--undo", event, "--json").json
    assert undone == {"field": "intent", "rows": 0}
    assert assay("label", "docs", "--json").json == {"labels": []}


def test_answers_are_taken_back_for_some_rows(assay, docs) -> None:
    assay("label", "docs", "intent", "refund", "--where", "n < 3")
    said = assay("label", "docs", "intent", "--clear", "--where", "n == 0").stdout
    assert "1 row taken back; 2 rows answered in intent now" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["intent", "--where", "n < 3"], "Say what the label is."),
        (["intent", "x", "--clear", "--where", "n < 3"], "Say what the label is."),
        (["intent", "x"], "Say which rows to label."),
        (["n", "many", "--where", "n < 3"], "'many' is no value of 'n'."),
        (["id", "x", "--where", "n < 3"], "'id' is no field that people answer."),
        (["--undo", "nothing"], "'nothing' is no labelling of 'docs' that can be undone."),
    ],
)
def test_what_cannot_be_done_is_said(assay, docs, words: list[str], said: str) -> None:
    refused = assay("label", "docs", *words, "--json")
    assert (refused.code, refused.json["what"]) == (2, said)
