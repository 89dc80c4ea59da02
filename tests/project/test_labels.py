"""Labels that people give: answers are kept, what is in force is derived."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import assay
from assay.errors import UsageError
from assay.project.view import answering
from assay.project.view.engine import Engine

ROWS = [
    {"text": f"row {i}", "intent": "pay" if i % 2 else "card", "stars": i, "meta": {"ok": i > 2}}
    for i in range(6)
]


@pytest.fixture
def docs(tmp_path: Path):
    """Six rows of two intents."""
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    dataset = assay.open(tmp_path / "project").dataset("docs")
    dataset.add(file)
    return dataset


@pytest.fixture
def ids(docs) -> list[str]:
    return docs.to_table(["id"]).column("id").to_pylist()


def column(dataset, name: str) -> list:
    return dataset.to_table([name]).column(0).to_pylist()


def test_a_label_in_force_is_the_answer_or_what_the_row_came_with(docs, ids) -> None:
    done = docs.label("intent", "refund", ids[:2])
    assert (done["column"], done["changed"], done["rows"]) == ("labels.intent", 2, 2)
    assert column(docs, "labels.intent") == ["refund", "refund", "card", "pay", "card", "pay"]
    assert column(docs, "intent") == [row["intent"] for row in ROWS]
    assert docs.where("labels.intent == 'refund'").num_rows == 2
    assert docs.where("labels.intent != intent").num_rows == 2


def test_of_several_answers_about_a_row_the_last_counts_until_it_is_undone(docs, ids) -> None:
    docs.label("intent", "refund", ids[:3])
    last = docs.label("intent", "loan", ids[1:2])
    assert column(docs, "labels.intent")[:3] == ["refund", "loan", "refund"]
    assert docs.unlabel(last["event"]) == {"field": "intent", "rows": 3}
    assert column(docs, "labels.intent")[:3] == ["refund", "refund", "refund"]
    with pytest.raises(UsageError, match="no labelling of 'docs' that can be undone"):
        docs.unlabel(last["event"])


def test_undoing_an_earlier_act_leaves_later_answers_alone(docs, ids) -> None:
    first = docs.label("intent", "refund", ids[:2])
    docs.label("intent", "loan", ids[1:2])
    docs.unlabel(first["event"])
    assert column(docs, "labels.intent")[:3] == ["card", "loan", "card"]


def test_answers_are_taken_back_to_what_the_rows_came_with(docs, ids) -> None:
    docs.label("intent", "refund", ids[:2])
    assert docs.label("intent", None, ids)["changed"] == 2
    assert docs.labels() == []
    with pytest.raises(UsageError, match=r"no column or signal called 'labels.intent'"):
        len(docs.where("labels.intent == 'refund'"))


def test_an_answer_that_agrees_is_one_too_and_the_same_one_changes_nothing(docs, ids) -> None:
    assert docs.label("intent", "card", ids[:1])["changed"] == 1
    assert docs.label("intent", "card", ids[:1])["changed"] == 0
    assert column(docs, "labels.intent.by")[1:] == [None] * 5
    assert column(docs, "labels.intent.by")[0]


def test_a_new_field_has_no_value_where_nobody_answered(docs, ids) -> None:
    docs.label("tone of voice", "warm", ids[2:3])
    assert column(docs, "labels.tone of voice") == [None, None, "warm", None, None, None]


def test_answers_have_the_type_of_their_column(docs, ids) -> None:
    docs.label("stars", "41", ids[:1])
    docs.label("meta.ok", True, ids[:1])
    assert column(docs, "labels.stars") == [41, 1, 2, 3, 4, 5]
    assert column(docs, "labels.meta.ok") == [True, False, False, True, True, True]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("stars", "many", "'many' is no value of 'stars'"),
        ("stars", "9" * 30, "is no value of 'stars'"),
        ("meta.ok", "perhaps", "true or false"),
        ("id", "x", "'id' is no field that people answer"),
        ("text", "x", "'text' is no field that people answer"),
        ("meta", "x", "has no labels"),
        ("labels.intent", "x", "no field that people answer"),
        ("intent.by", "x", "no field that people answer"),
        ("a__b", "x", "A field cannot be called"),
        ("new", " ", "is no label"),
        ("new", "x" * 201, "is no label"),
        ("new", "a\nb", "is no label"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_nothing_is_kept(
    docs, ids, field: str, value: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        docs.label(field, value, ids[:1])
    assert docs.labels() == []


def test_a_row_that_is_not_there_is_refused(docs, ids) -> None:
    with pytest.raises(UsageError, match="no row with the id 'nobody'"):
        docs.label("intent", "x", [*ids, "nobody"])
    assert docs.labels() == []


def test_labels_are_listed_with_their_values_and_who_gave_them(docs, ids) -> None:
    docs.label("intent", "loan", ids[:1])
    act = docs.label("intent", "refund", ids[1:4])
    (listed,) = docs.labels()
    assert (listed["field"], listed["rows"], listed["event"]) == ("intent", 4, act["event"])
    assert listed["values"] == [{"value": "refund", "rows": 3}, {"value": "loan", "rows": 1}]
    assert listed["by"]


def test_rows_that_are_added_later_have_what_they_came_with(docs, ids, tmp_path: Path) -> None:
    docs.label("intent", "refund", ids[:1])
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"text": "later", "intent": "card"}))
    docs.add(more)
    assert column(docs, "labels.intent")[-1] == "card"
    assert column(docs, "labels.intent")[0] == "refund"


def test_a_column_that_comes_after_answers_of_another_type_reads_as_text(
    docs, ids, tmp_path: Path
) -> None:
    docs.label("grade", "good", ids[:1])
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"text": "later", "grade": 3}))
    docs.add(more)
    assert column(docs, "labels.grade") == ["good", None, None, None, None, None, "3"]


def test_labels_count_in_versions_exports_and_the_story_of_a_row(docs, ids, tmp_path: Path) -> None:
    docs.label("intent", "refund", ids[:2])
    made = docs.curate(name="refunds", rules=[{"keep": "labels.intent == 'refund'"}])
    assert made.output["rows"] == 2
    docs.project.dataset("docs@refunds").export(tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["labels.intent"] for row in rows] == ["refund", "refund"]
    assert [row["intent"] for row in rows] == ["card", "pay"]
    steps = [step for step in docs.explain(ids[0])["lineage"] if step["step"] == "label"]
    assert [(step["field"], step["value"]) for step in steps] == [("intent", "refund")]
    docs.label("intent", "loan", ids[:1])
    again = docs.curate(name="refunds", rules=[{"keep": "labels.intent == 'refund'"}])
    assert (again.output["name"], again.output["rows"]) == ("docs@refunds-2", 1)


def test_labels_stand_between_what_rows_came_with_and_signals(docs, ids) -> None:
    from assay.project.view.engine import Engine

    docs.compute("text.stats")
    docs.label("intent", "refund", ids[:1])
    columns = Engine(docs.project).snapshot(docs).columns
    groups = [column.group.partition(".")[0] for column in columns]
    assert list(dict.fromkeys(groups)) == ["", "labels", "text"]
    shown = [column.name for column in columns if column.facet and column.group == "labels"]
    assert shown == ["labels.intent"]


def test_a_view_is_another_one_when_labels_change(docs, ids) -> None:
    from assay.project.view.engine import Engine

    engine = Engine(docs.project)
    before = engine.view(docs, {"filters": ["stars > 1"]})
    docs.label("intent", "refund", ids[4:])
    after = engine.view(docs, {"filters": ["stars > 1", 'labels.intent == "refund"']})
    assert (before.count, after.count) == (4, 2)
    assert engine.view(docs, {"filters": ["stars > 1"]}).key != before.key
    docs.label("intent", "loan", ids[5:])
    same = engine.view(docs, {"filters": ["stars > 1", 'labels.intent == "refund"']})
    assert same.count == 1


def test_checks_of_labels_read_what_is_in_force_and_leave_alone_what_was_answered(
    tmp_path: Path,
) -> None:
    rows = [
        {"text": f"row {i}", "label": i % 2, "p": [0.95, 0.05] if i % 2 == 0 else [0.05, 0.95]}
        for i in range(40)
    ]
    for wrong in (3, 8):
        rows[wrong]["label"] = 1 - rows[wrong]["label"]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    docs = assay.open(tmp_path / "project").dataset("docs")
    docs.add(file)
    ids = docs.to_table(["id"]).column("id").to_pylist()
    (before,) = docs.check("label_errors")
    assert set(before.row_ids) == {ids[3], ids[8]}
    docs.label("label", 1, [ids[3]])
    docs.label("label", 1, [ids[5]])  # agrees with what it came with
    (after,) = docs.check("label_errors")
    assert (after.row_ids, after.evidence["column"]) == ([ids[8]], "labels.label")
    docs.label("label", 1, [ids[8]])  # somebody looked, and keeps what the model doubts
    assert docs.check("label_errors") == []


def test_a_label_is_no_metadata_that_gives_itself_away(docs, ids) -> None:
    docs.label("intent", "pay", ids)
    assert docs.check("labels.spurious") == []


def test_fields_to_answer_are_classes_however_many_and_no_long_texts(tmp_path: Path) -> None:
    rows = [
        {
            "text": f"row {i}",
            "label": f"class {i % 2900} of many",
            "target": f"an answer to question {i}",
            "topic": f"{i % 7} " + 30 * "many words of a topic ",
            "stars": i % 5,
            "fresh": i % 2 == 0,
        }
        for i in range(6000)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    project = assay.open(tmp_path / "project")
    dataset = project.dataset("docs")
    dataset.add(file)
    found = answering.fields(dataset, Engine(project).snapshot(dataset))
    label, *others = found
    assert (label["field"], label["rows"], len(label["values"])) == ("label", 0, 2900)
    assert label["values"][0] in {f"class {i} of many" for i in range(200)}
    assert {each["field"] for each in others} == {"fresh"}
