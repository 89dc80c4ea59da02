"""A question in words, and the rows that the answer rests on."""

from __future__ import annotations

import re

import pytest
from e2e_places import Served, Visit, serving
from playwright.sync_api import expect

from scripted import Model, called, said


def test_a_question_is_answered_with_rows_that_open(visit: Visit, served: Served) -> None:
    page = visit(served)
    page.goto(f"{served.base}findings?data=ships")
    expect(page.get_by_role("main")).to_contain_text("repeat another row exactly")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.get_by_text("No model is configured, so search answers")).to_be_visible()
    # What is typed goes to the question; Escape gives the letters back to the keys.
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.type("ship")
    page.keyboard.press("Enter")
    answer = page.get_by_role("region", name="Search for “ship”")
    expect(answer).to_be_visible(timeout=60_000)
    expect(page.get_by_role("log")).to_contain_text("this is what search finds")
    answer.get_by_role("button", name="Show as Python").click()
    expect(answer.get_by_label("Code", exact=True)).to_contain_text("search={'query': 'ship'}")
    answer.get_by_role("button", name="Open").click()
    expect(page).to_have_url(re.compile(r"/explore\?data=ships&q=ship"))
    # The conversation is still there.
    page.go_back()
    expect(page.get_by_role("region", name="Search for “ship”")).to_be_visible()


def test_words_that_were_not_looked_up_are_marked_and_others_are_not(
    visit: Visit, served: Served, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_LLM_URL", model.url)
    monkeypatch.setenv("ASSAY_LLM_MODEL", "scripted")
    model.script = [
        said("There are 42 captains."),
        called(("count_rows", {})), said("There are 60 rows."),
    ]  # fmt: skip
    with serving(served.folder) as other:
        page = visit(other)
        page.goto(f"{other.base}ask?data=ships")
        page.get_by_label("Question").fill("How many captains?")
        page.keyboard.press("Enter")
        guessed = page.get_by_role("article", name="How many captains?")
        expect(guessed).to_contain_text("There are 42 captains.", timeout=60_000)
        expect(guessed.get_by_role("note")).to_contain_text("Not looked up in the data")
        page.get_by_label("Question").fill("How many rows?")
        page.keyboard.press("Enter")
        looked = page.get_by_role("article", name="How many rows?")
        expect(looked).to_contain_text("There are 60 rows.", timeout=60_000)
        expect(looked.get_by_role("note")).to_have_count(0)
        page.close()  # before its server ends, which it would report
