"""The report speaks first, and each of its numbers opens the rows that it counts."""

from __future__ import annotations

import re

from e2e_places import Served, Visit
from playwright.sync_api import expect


def test_a_number_of_the_report_opens_its_rows(visit: Visit, served: Served) -> None:
    page = visit(served)
    page.goto(f"{served.base}findings?data=ships")
    expect(page.get_by_role("main")).to_contain_text("repeat another row exactly")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", level=1, name="Report of ships")).to_be_attached()
    # Bars of shares are drawn on 0 to 100 %: the largest of three kinds is not full.
    kind = page.get_by_role("list", name="Kind").get_by_role("listitem").first
    drawn = kind.locator("[aria-hidden] span").get_attribute("style")
    share = re.search(r"([\d.]+) %", kind.inner_text())
    assert drawn is not None
    assert share is not None
    width = re.search(r"width: ([\d.]+)%", drawn)
    assert width is not None
    assert abs(float(width[1]) - float(share[1])) < 0.1
    step = page.get_by_role("listitem").filter(has_text=re.compile("repeat another row exactly"))
    number = step.get_by_role("button").first
    rows = number.inner_text()
    number.click()
    expect(page).to_have_url(re.compile(r"/explore\?data=ships&where="))
    counted = page.get_by_role("banner").get_by_text(f"{rows} of 60", exact=True)
    expect(counted).to_be_attached()
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="One HTML file").click()
    assert download.value.suggested_filename == "ships-report.html"
    html = download.value.path().read_text("utf-8")
    assert html.startswith("<!doctype html>") and "<script" not in html
