"""A question in words, and the rows that the answer rests on."""

from __future__ import annotations

import re

from e2e_places import Served, Visit
from playwright.sync_api import expect


def test_a_question_is_answered_with_rows_that_open(visit: Visit, served: Served) -> None:
    page = visit(served)
    page.goto(f"{served.base}findings?data=ships")
    expect(page.get_by_role("main")).to_contain_text("repeat another row exactly")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.get_by_text("No model is configured, so search answers")).to_be_visible()
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
