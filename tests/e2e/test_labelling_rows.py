"""People label rows in Explore, Inspect and Findings; the labels in force follow, and undo."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from e2e_places import Served, Visit, serving
from playwright.sync_api import Locator, Page, expect

import assay

INTENTS = (
    *("accept_reservations", "calendar", "change_user_name", "directions", "gas_type"),
    *("international_fees", "mpg", "payday", "repeat", "schedule_maintenance", "thank_you"),
)
HOSTILE = '"><img src=x onerror="window.hacked=1"> \u202etcejbus'
LONG = 120_000
"""Milliseconds that a check may take on a busy machine."""


@pytest.fixture
def questions(shared_data: Callable[[str], Path], built: Callable[[], Path]) -> Iterator[Served]:
    """`assay serve` on questions, twelve of them called by another's intent; checked."""
    by_intent: dict[str, list[str]] = {}
    with zstandard.open(shared_data("topics/clinc150.jsonl.zst"), "rb") as file:
        for row in map(json.loads, io.TextIOWrapper(file, "utf-8")):
            if row["split"] == "train":
                by_intent.setdefault(row["intent"], []).append(row["text"])
    rows = [
        {"text": text, "intent": intent} for intent in INTENTS for text in by_intent[intent][:35]
    ]
    for row in rows[:12]:
        row["intent"] = "calendar"
    folder = built() / "project"
    data = folder.parent / "questions.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(folder).dataset("questions")
    dataset.add(data)
    dataset.check("label_errors")
    with serving(folder) as started:
        yield started


def explore(page: Page, place: Served, query: str = "") -> Locator:
    """Explore, with its table: rows are there, not only their places."""
    page.goto(f"{place.base}explore?data=questions{query}")
    table = page.get_by_role("grid", name="Rows in view")
    expect(table.get_by_role("row").nth(3).get_by_role("gridcell").nth(1)).to_have_text(
        re.compile(r"\w")
    )
    return table


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def facet(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def label_of(place: Served, field: str) -> list[str | None]:
    dataset = assay.open(place.folder).dataset("questions")
    return dataset.to_table([f"labels.{field}"]).column(0).to_pylist()


def test_selected_rows_are_labelled_seen_in_a_facet_and_taken_back(
    questions: Served, visit: Visit
) -> None:
    page = visit(questions)
    table = explore(page, questions)
    table.focus()
    # Far down, so that it would be seen if the table began again.
    press(page, "j", "End")
    for row in (385, 384, 383):
        table.get_by_role("checkbox", name=f"Select row {row}").click()
    bar = page.get_by_role("toolbar", name="Selected rows")
    expect(bar).to_contain_text("3 rows selected")
    table.focus()
    scrolled = table.evaluate("table => table.scrollTop")
    assert scrolled > 1000

    press(page, "Shift+L")
    dialog = page.get_by_role("dialog", name="Label 3 rows")
    expect(dialog.get_by_role("combobox", name="Field")).to_have_text("Intent")
    field = dialog.get_by_role("combobox", name="Label for Intent")
    expect(field).to_be_focused()
    # Nothing is taken that nobody chose.
    press(page, "Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Choose a label, or type one.")
    page.keyboard.type("pay")
    expect(dialog.get_by_role("option")).to_have_text(["payday", "paynew"])
    expect(dialog.get_by_role("option", selected=True)).to_have_text("payday")
    expect(dialog.get_by_role("button", name="Label “payday”")).to_be_visible()
    press(page, "ArrowUp")
    expect(dialog.get_by_role("button", name="Label “pay”")).to_be_visible()
    press(page, "ArrowDown", "Enter")

    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Labelled 3 rows “payday” (Intent)")).to_be_visible()
    labelled = facet(page, "Intent, labelled")
    expect(labelled.get_by_role("button", name="payday")).to_contain_text("3 of 38")
    expect(table.get_by_role("columnheader", name="Intent, labelled")).to_be_visible()
    assert label_of(questions, "intent")[-3:] == ["payday"] * 3
    # What was there is there: the focus, the selection, the place in the table.
    expect(table).to_be_focused()
    expect(bar).to_contain_text("3 rows selected")
    expect(table.get_by_role("row", selected=True)).to_have_count(3)
    assert table.evaluate("table => table.scrollTop") == scrolled

    press(page, "Control+z")
    expect(labelled).to_have_count(0)
    expect(table.get_by_role("columnheader", name="Intent, labelled")).to_have_count(0)
    expect(table.get_by_role("row", selected=True)).to_have_count(3)
    assert table.evaluate("table => table.scrollTop") == scrolled


def test_all_in_view_get_a_field_of_their_own_with_any_text_as_its_value(
    questions: Served, visit: Visit
) -> None:
    page = visit(questions, expected="status of 400")
    explore(page, questions, "&where=intent+%3D%3D+'mpg'").focus()
    press(page, "Shift+X")
    expect(page.get_by_role("toolbar", name="Selected rows")).to_contain_text("35 rows selected")
    page.get_by_role("button", name="Label…").click()
    dialog = page.get_by_role("dialog", name="Label 35 rows")
    dialog.get_by_role("combobox", name="Field").click()
    page.get_by_role("option", name="New field…").click()
    name = dialog.get_by_role("textbox", name="Name of the field")
    expect(name).to_be_focused()
    page.keyboard.type("id")
    press(page, "Tab")
    page.keyboard.type(HOSTILE)
    press(page, "Enter")
    # What the server refuses is said in place, and what was typed is there to be mended.
    expect(dialog.get_by_role("alert")).to_contain_text("'id' is no field that people answer.")
    name.fill("odd one")
    press(page, "Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("is no label.")
    value = dialog.get_by_role("combobox", name="Label for odd one")
    value.fill(HOSTILE.replace("\u202e", ""))
    press(page, "Enter")
    expect(page.get_by_text('Labelled 35 rows “"><img')).to_be_visible()
    expect(facet(page, "Odd one, labelled").get_by_role("button").first).to_contain_text("35")
    assert label_of(questions, "odd one").count(HOSTILE.replace("\u202e", "")) == 35
    assert page.evaluate("window.hacked") is None

    # The next rows are about the same field; what was said can be taken back.
    press(page, "Shift+L")
    expect(dialog.get_by_role("combobox", name="Field")).to_have_text("Odd one")
    dialog.get_by_role("button", name="Take answers back").click()
    expect(page.get_by_text("Took back what was said about 35 rows (Odd one)")).to_be_visible()
    expect(facet(page, "Odd one, labelled")).to_have_count(0)


def test_a_row_is_answered_in_inspect_by_keyboard(questions: Served, visit: Visit) -> None:
    page = visit(questions)
    explore(page, questions).focus()
    press(page, "j", "Enter")
    pane = page.get_by_role("region", name="Inspect")
    labels = pane.get_by_role("group", name="Labels", exact=True)
    expect(labels).to_be_visible()
    press(page, "Shift+L")
    dialog = page.get_by_role("dialog", name="Label this row")
    expect(dialog.get_by_role("option", name="calendar")).to_contain_text("as it came")
    page.keyboard.type("ACCEPT res")
    press(page, "Enter")
    expect(labels).to_contain_text("Intent accept_reservations")
    expect(labels).to_contain_text("was calendar")
    expect(
        labels.get_by_title(re.compile(r"accept_reservations\n.+, \d+ \w+ \d{4}"))
    ).to_be_visible()

    press(page, "Shift+L")
    expect(dialog.get_by_role("option", name="accept_reservations")).to_contain_text("now")
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    labels.get_by_role("button", name="Take back that Intent is accept_reservations").click()
    expect(labels).not_to_contain_text("accept_reservations")
    press(page, "Control+z")
    expect(labels).to_contain_text("accept_reservations")
    press(page, "Control+z")
    expect(labels).not_to_contain_text("accept_reservations")


def test_what_was_looked_at_in_findings_is_not_flagged_again(
    questions: Served, visit: Visit
) -> None:
    page = visit(questions)
    page.goto(f"{questions.base}findings?data=questions")
    card = page.get_by_role("article")
    expect(card).to_have_accessible_name(re.compile("^6 rows of 385 .* probably wrong$"))
    suspects = card.get_by_role("group", name=re.compile("^Suspect"))
    expect(suspects).to_have_count(2)
    first, second = suspects.nth(0), suspects.nth(1)
    card.get_by_role("button", name="4 more rows").click()
    expect(suspects).to_have_count(6)
    accept = first.get_by_role("button", name="Label as “accept_reservations”")
    accept.focus()
    press(page, "Enter")
    expect(first).to_contain_text("labelled accept_reservations")
    # The button is gone; the one in its place has the focus.
    expect(first.get_by_role("button", name="Take the answer back")).to_be_focused()
    press(page, "Control+z")
    expect(accept).to_be_focused()
    accept.click()
    expect(first).to_contain_text("labelled accept_reservations")
    second.get_by_role("button", name="Keep “calendar”").click()
    expect(second).to_contain_text("kept calendar")
    assert label_of(questions, "intent").count("accept_reservations") == 24

    page.get_by_role("button", name="Check again").click()
    expect(card.filter(has_text="Label errors")).to_have_accessible_name(
        re.compile("^4 rows of 385 .* in 'labels.intent'"), timeout=LONG
    )
