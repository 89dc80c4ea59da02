"""The home screen says what was found, and decisions about it can be undone."""

from __future__ import annotations

import pytest
from e2e_places import Served, Visit
from playwright.sync_api import Browser, Page, expect

import assay

REPEATS = "5 rows of 60 (8.3 %) repeat another row exactly"


def states(served: Served, check: str) -> list[str]:
    found = assay.open(served.folder).dataset("ships").findings(state=None)
    return [finding.state for finding in found if finding.check == check]


def test_it_opens_on_findings_worst_first(page: Page) -> None:
    expect(page.get_by_role("heading", name="3 email addresses")).to_be_visible()
    expect(page.get_by_role("article").first).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("region", name="This dataset")).to_contain_text("60")
    assert page.title() == "Findings · ships · Assay"
    # The token is not left in the address bar.
    assert "token" not in page.url


def test_markup_in_the_data_is_text(page: Page) -> None:
    expect(page.get_by_role("article").filter(has_text="email").first).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None


def test_a_decision_by_key_is_kept_and_undone(page: Page, served: Served) -> None:
    card = page.get_by_role("article", name=REPEATS)
    card.click(position={"x": 8, "y": 8})
    page.keyboard.press("s")
    expect(page.get_by_role("status").filter(has_text="Snoozed")).to_be_visible()
    expect(card).to_have_count(0)
    assert states(served, "duplicates.exact") == ["snoozed"]
    page.keyboard.press("u")
    expect(card).to_be_visible()
    assert states(served, "duplicates.exact") == ["open"]


def test_ctrl_z_takes_back_what_was_done_last(page: Page, served: Served) -> None:
    """A decision and a step of the view, each in its turn."""
    card = page.get_by_role("article", name=REPEATS)
    card.click(position={"x": 8, "y": 8})
    page.keyboard.press("w")
    expect(page.get_by_role("status").filter(has_text="Marked as won't fix")).to_be_visible()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Filter").first.click()
    page.keyboard.type("text.stats.words > 5")
    page.keyboard.press("Enter")
    count = page.get_by_role("banner")
    expect(count).to_contain_text("53 of 60")
    page.keyboard.press("Control+z")
    expect(count).not_to_contain_text("53 of 60")
    assert states(served, "duplicates.exact") == ["wontfix"]
    page.keyboard.press("Control+z")
    page.get_by_role("link", name="Findings").click()
    expect(card).to_be_visible()
    assert states(served, "duplicates.exact") == ["open"]
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status").filter(has_text="Nothing to undo")).to_be_visible()


def test_a_broken_link_says_so_and_works(page: Page, served: Served) -> None:
    page.goto(f"{served.base}findings?data=ships&map=nowhere&row=%3Cscript%3E&where=")
    expect(page.get_by_text("Part of this link could not be read.")).to_be_visible()
    expect(page.get_by_role("article").first).to_be_visible()
    assert page.url == f"{served.base}findings?data=ships"


def test_everything_is_reached_by_key(page: Page) -> None:
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on this screen")).to_contain_text("Apply its fix")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("versions")
    chosen = page.get_by_role("option", name="Versions", exact=False).first
    expect(chosen).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="@clean 55 of 60 rows")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("article").first).to_be_visible()
    for typed, first in {"copy": "Copy as Python", "save": "Save view…"}.items():
        page.keyboard.press("Control+k")
        page.keyboard.type(typed)
        expect(page.locator("[cmdk-item][aria-selected=true]")).to_have_text(first)
        page.keyboard.press("Escape")


def test_versions_say_what_was_dropped_and_why(page: Page, served: Served) -> None:
    page.goto(f"{served.base}versions?data=ships")
    expect(page.get_by_role("region", name="Difference")).to_contain_text("only in ships (8.3 %)")
    expect(page.get_by_role("list", name="Reasons")).to_contain_text("copies")


def test_a_filter_is_typed_undone_and_redone(page: Page) -> None:
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.type("text.stats.words < 6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("of 60")
    assert "where=" in page.url
    page.keyboard.press("Control+z")
    expect(page.get_by_role("banner")).not_to_contain_text("of 60")
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_role("banner")).to_contain_text("of 60")


def test_a_wrong_filter_is_explained(page: Page) -> None:
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.type("text.stats.wrods < 6")
    with page.expect_response("**/check-expression") as asked:
        page.keyboard.press("Enter")
    assert asked.value.status == 400
    expect(page.get_by_role("alert")).to_contain_text("wrods")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, served: Served, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(served.url)
    for name in ("findings", "versions", "_ui"):
        page.goto(served.base + name)
        expect(page.locator("main h1")).to_be_attached()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"
        assert page.locator("html").get_attribute("data-theme") == scheme
    context.close()


def test_without_the_token_nothing_is_shown(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.base)
    expect(page.get_by_role("heading", name="This page needs its token")).to_be_visible()
    context.close()


def test_bars_of_a_list_begin_at_one_line_whatever_their_numbers(
    visit: Visit, served: Served
) -> None:
    page = visit(served)
    page.goto(f"{served.base}_ui")
    lines = page.get_by_role("list", name="Language").get_by_role("button")
    expect(lines.first).to_contain_text("600 of 1,400")
    places = {
        line.locator("> span").nth(1).evaluate("bar => bar.getBoundingClientRect().left")
        for line in lines.all()
    }
    assert lines.count() > 8 and len(places) == 1
