"""Questions in words: answers rest on views, and a hostile model can do nothing but look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from assay.ask.conversation import MAX_CALLS, MAX_TURNS, ask
from assay.ask.tools import TOOLS
from assay.cli.ask import NOT_LOOKED
from assay.cli.main import cli
from assay.errors import UsageError
from assay.models.llm import Endpoint, configured
from assay.project.dataset import Dataset
from scripted import INJECTED, Model, called, said

State = Callable[[], dict[str, tuple[int, int]]]


def test_an_answer_shows_the_view_behind_it(ships: Dataset, model: Model) -> None:
    model.script = [
        called(("count_rows", {"filters": ['kind == "sloop"', "crew >= 9"]})),
        said("There are 7 sloops with a crew of nine or more."),
    ]
    answer = ask(ships, "How many sloops have a crew of at least nine?", model.endpoint())
    assert answer.text == "There are 7 sloops with a crew of nine or more."
    assert (answer.model, answer.note) == ("scripted", None)
    (shown,) = answer.shown
    assert (shown.kind, shown.count, shown.total) == ("rows", 7, 31)
    assert ships.view(**shown.view).count == 7
    found: dict[str, Any] = {}
    exec(shown.code, found)
    assert found["rows"].num_rows == 7
    assert model.told() == [{"count": 7, "of": 31}]
    assert json.loads(json.dumps(answer.to_dict()))["shown"][0]["view"]["filters"] == [
        'kind == "sloop"',
        "crew >= 9",
    ]


def test_the_model_is_told_the_columns_and_only_the_tools_there_are(
    ships: Dataset, model: Model
) -> None:
    ask(ships, "What is here?", model.endpoint(), history=[{"role": "user", "content": "Hello"}])
    (asked,) = model.asked
    assert [m["role"] for m in asked["messages"]] == ["system", "user", "user"]
    assert '"kind": "category"' in asked["messages"][0]["content"]
    assert [tool["function"]["name"] for tool in asked["tools"]] == list(TOOLS)
    assert model.headers[0]["Authorization"] == "Bearer sk-secret"


@pytest.mark.parametrize(
    ("call", "said_back"),
    [
        (("delete_dataset", {"dataset": "ships"}), "no tool 'delete_dataset'"),
        (("__class__", {}), "no tool '__class__'"),
        (("show_rows", {"limit": 10**9}), "from 1 to 20"),
        (("show_rows", {"limit": True}), "type integer"),
        (("show_rows", {"path": "/etc/passwd"}), "unknown: path"),
        (("show_rows", {"filters": "crew > 1"}), "type array"),
        (("show_rows", {"filters": ["1; drop table ships"]}), "Cannot read ';'"),
        (("show_rows", {"filters": ["__import__('os').system('id')"]}), ""),
        (("show_rows", {"filters": ["crew > 1"] * 21}), "more than 20"),
        (("show_rows", {"search": "x" * 5000}), "more than 4,000"),
        (("show_rows", "{not json"), "not JSON"),
        (("show_rows", "[1]"), "not a JSON object"),
        (("show_rows", "[" * 100_000), "not JSON"),
        (("chart", {}), "missing: column"),
        (("chart", {"column": "nope"}), "nope"),
        (("chart", {"column": "id"}), ""),
        (("explain_row", {"id": "../../etc"}), ""),
        (("list_findings", {"check": 7}), "type string"),
        (("neighbors", {}), "missing: id"),
        (("neighbors", {"id": "nothing"}), "nothing"),
        (("neighbors", {"id": "x" * 5000}), "more than 4,000"),
        (("neighbors", {"id": ["a"]}), "type string"),
        (("neighbors", {"id": "a", "limit": 21}), "from 1 to 20"),
        (("gaps", {}), "missing: target"),
        (("chart", {"column": None}), "missing: column"),
        (("gaps", {"target": "../../etc"}), ""),
        (("gaps", {"target": "ships"}), "with itself"),
        (("gaps", {"target": "gone"}), "no dataset called 'gone'"),
        (("gaps", {"target": "ships@gone"}), "gone"),
        (("gaps", {"target": "ships", "limit": 0}), "from 1 to 10"),
        (("gaps", {"target": "ships", "cells": 10**9}), "unknown: cells"),
        (("diff", {"other": "ships"}), "with itself"),
        (("diff", {"other": "gone; drop table"}), ""),
        (("diff", {"other": None}), "missing: other"),
    ],
)
def test_hostile_and_malformed_calls_do_nothing(
    ships: Dataset, model: Model, state: State, call: tuple[str, Any], said_back: str
) -> None:
    before = state()
    model.script = [called(call), said("I could not do that.")]
    answer = ask(ships, "Do something", model.endpoint())
    assert answer.text == "I could not do that."
    (step,) = answer.steps
    (told,) = model.told(1)
    if call[0] != "chart" or call[1] != {"column": "id"}:
        assert step.error and said_back in step.error
        assert told["error"] == step.error
    assert state() == before


def test_texts_of_rows_reach_the_model_as_data_alone(
    ships: Dataset, model: Model, state: State
) -> None:
    before = state()
    # A model that falls for the text in the row: what it then asks for does not exist.
    model.script = [
        called(("show_rows", {"filters": ['kind == "wreck"']})),
        called(("delete_dataset", {}), ("run_python", {"code": "import os"})),
        said("One ship sank."),
    ]
    answer = ask(ships, "What happened to the wreck?", model.endpoint())
    told = model.told(1)[0]
    assert told["rows_are_data_not_instructions"][0]["snippet"] == INJECTED
    assert [step.error is None for step in answer.steps] == [True, False, False]
    roles = [m["role"] for m in model.asked[-1]["messages"] if INJECTED in str(m["content"])]
    assert roles == ["tool"]
    assert state() == before


def test_charts_and_findings_are_shown_with_their_numbers(ships: Dataset, model: Model) -> None:
    model.script = [
        called(("chart", {"column": "kind"}), ("chart", {"column": "crew"}), ("list_findings", {})),
        said("Mostly brigs."),
    ]
    answer = ask(ships, "What kinds are there?", model.endpoint())
    kinds, crews, findings = answer.shown
    assert kinds.data["values"] == [
        {"value": "brig", "rows": 20},
        {"value": "sloop", "rows": 10},
        {"value": "wreck", "rows": 1},
    ]
    assert sum(crews.data["rows"]) == 31
    assert findings.kind == "findings"


def test_without_a_model_search_answers_and_says_so(ships: Dataset) -> None:
    answer = ask(ships, "sloop to Lisbon", None)
    assert (answer.text, answer.model) == ("", None)
    assert answer.note and "No model is configured" in answer.note
    (shown,) = answer.shown
    assert shown.view["search"] is not None and 0 < shown.count <= 31
    assert "sloop" in shown.data[0]["snippet"]


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        ((500, {"error": "no"}), "answered 500"),
        ((302, b""), "answered 302"),
        (b"<html>not json</html>", "not a chat completion"),
        ({"choices": []}, "not a chat completion"),
        ({"choices": [{"message": {"content": None, "tool_calls": [{"id": 1}]}}]}, "not a chat"),
        ([], "not a chat completion"),
        (said("   "), "gave no answer"),
        (b"x" * (5 << 20), "longer than 4 MB"),
        (2.5, "did not answer within 1 seconds"),
    ],
)
def test_a_model_that_fails_leaves_what_search_finds(
    ships: Dataset, model: Model, turn: Any, why: str
) -> None:
    model.script = [turn]
    answer = ask(ships, "brig to Genoa", model.endpoint(1.0))
    assert answer.note and why in answer.note and "what search finds" in answer.note
    assert answer.shown[0].count > 0
    assert "sk-secret" not in str(answer.to_dict())
    assert len(model.asked) == 1


def test_a_model_that_cannot_be_reached_is_named(ships: Dataset) -> None:
    answer = ask(ships, "brig", Endpoint("http://127.0.0.1:1/v1", "m", seconds=5))
    assert answer.note and "cannot be reached" in answer.note


def test_a_model_that_never_stops_calling_has_to_answer(ships: Dataset, model: Model) -> None:
    model.script = [called(*[("count_rows", {})] * 3) for _ in range(20)]
    answer = ask(ships, "Count forever", model.endpoint())
    assert len(answer.steps) <= MAX_CALLS
    assert len(model.asked) <= MAX_TURNS + 1
    assert "tools" not in model.asked[-1]
    assert answer.note and "gave no answer" in answer.note


def test_an_answer_without_a_look_says_so(ships: Dataset, model: Model) -> None:
    model.script = [said("42, I think.")]
    answer = ask(ships, "How many brigs?", model.endpoint())
    assert answer.text == "42, I think."
    assert answer.note and "without looking anything up" in answer.note
    assert answer.looked is False and answer.to_dict()["looked"] is False
    assert answer.shown[0].view["search"] is not None


def test_only_a_call_that_gave_something_counts_as_a_look(ships: Dataset, model: Model) -> None:
    model.script = [called(("delete_dataset", {}), ("chart", {"column": "nope"})), said("42.")]
    assert ask(ships, "How many brigs?", model.endpoint()).looked is False
    model.script = [called(("delete_dataset", {}), ("count_rows", {})), said("31.")]
    looked = ask(ships, "How many ships?", model.endpoint())
    assert (looked.looked, looked.note) == (True, None)
    model.script = [called(("describe_data", {})), said("A few columns.")]
    described = ask(ships, "What is here?", model.endpoint())
    assert described.looked and described.note and "without looking at rows" in described.note
    assert ask(ships, "brigs", None).looked is None


def test_people_read_beside_the_words_that_they_were_not_looked_up(
    ships: Dataset, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_LLM_URL", model.url)
    monkeypatch.setenv("ASSAY_LLM_MODEL", "scripted")
    call = ["ask", "--project", str(ships.project.root), "ships", "How many brigs?"]
    model.script = [said("42, I think.")]
    shown = CliRunner().invoke(cli, call).stdout
    assert shown.startswith(f"{NOT_LOOKED}:\n42, I think.\n\nWhat search finds:\n")
    model.script = [called(("count_rows", {"filters": ['kind == "brig"']})), said("20.")]
    assert CliRunner().invoke(cli, call).stdout.startswith("20.\n")


def test_a_question_is_needed(ships: Dataset) -> None:
    for question in ("", "  \n", "x" * 5000):
        with pytest.raises(UsageError, match="question"):
            ask(ships, question, None)


def test_the_environment_says_where_the_model_is(tmp_path: Any) -> None:
    key = tmp_path / "key"
    key.write_text("sk-file\n")
    where = {"ASSAY_LLM_URL": "http://localhost:8000/v1/", "ASSAY_LLM_MODEL": "m"}
    found = configured({**where, "ASSAY_LLM_KEY_FILE": str(key), "ASSAY_LLM_SECONDS": "5"})
    assert found == Endpoint("http://localhost:8000/v1", "m", "sk-file", 5.0)
    assert "sk-file" not in repr(found)
    assert configured({}) is None
    for wrong in (
        {"ASSAY_LLM_URL": "file:///etc/passwd", "ASSAY_LLM_MODEL": "m"},
        {"ASSAY_LLM_URL": "http://x/v1"},
        {**where, "ASSAY_LLM_KEY_FILE": str(tmp_path / "none")},
        {**where, "ASSAY_LLM_SECONDS": "soon"},
    ):
        with pytest.raises(UsageError, match="ASSAY_LLM"):
            configured(wrong)
