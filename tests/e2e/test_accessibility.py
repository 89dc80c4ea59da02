"""Nobody is shut out: axe finds no violation on any screen, in either theme, at either width."""

from __future__ import annotations

import re

import pytest
from e2e_places import AXE, Served, Visit
from playwright.sync_api import Page, expect

import assay

SCREENS = ("findings", "ask", "explore", "inspect", "curate", "gaps", "versions", "report", "_ui")
QUERIES = {
    "inspect": "?data=ships&row={row}",
    "gaps": "?data=ships@clean&beside=ships",
    "report": "?data=ships@clean&beside=ships",
}
LAYERS = {
    "?": "Keys on this screen",
    "Control+k": "Commands",
}


def violations(page: Page) -> list[str]:
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"\n{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.skipif(not AXE.is_file(), reason="axe is not installed: cd web && npm ci")
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screens_can_be_used_by_everyone(
    visit: Visit, served: Served, width: int, scheme: str
) -> None:
    row = assay.open(served.folder).dataset("ships").to_table(["id"]).column(0)[57]
    page = visit(served, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name in SCREENS:
        query = QUERIES.get(name, "?data=ships").format(row=row)
        page.goto(f"{served.base}{name}{query}")
        expect(page.locator("main h1").first).to_be_attached()
        page.wait_for_load_state("load")
        assert violations(page) == [], name
    for key, title in LAYERS.items():
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert violations(page) == [], title
        page.keyboard.press("Escape")
    # Rows selected, a row beside the table, facets in a sheet: states of Explore, not screens.
    page.goto(f"{served.base}explore?data=ships&where=text.stats.words+>+2&rows={row}")
    if width < 640:
        page.get_by_role("button", name="Facets").click()
        expect(page.get_by_role("dialog", name="Facets")).to_be_visible()
    else:
        page.get_by_role("gridcell", name="The 1th ship").click()
        expect(page.get_by_role("region", name="Inspect")).to_contain_text("Signals")
    expect(page.get_by_role("toolbar", name="Selected rows")).to_contain_text("1 row selected")
    assert violations(page) == [], "Explore with rows selected"
    page.goto(f"{served.base}explore?data=ships&rows={row}")
    page.get_by_role("button", name="Label…").click()
    page.get_by_role("combobox", name=re.compile("^Label for")).press_sequentially("k")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == [], "Label rows"
    page.keyboard.press("Escape")
    page.goto(f"{served.base}explore?data=ships&q=harbor")
    expect(page.get_by_role("row").nth(1).get_by_role("gridcell").nth(1)).to_have_text("–")
    page.get_by_role("grid").focus()
    for key in ("j", "="):
        page.keyboard.press(key)
    expect(page.get_by_role("row").nth(1)).to_contain_text("%")
    assert violations(page) == [], "Explore with a search"
    page.keyboard.press("=")
    expect(page.get_by_role("row").nth(1).get_by_role("gridcell").nth(1)).to_have_text("–")
    # What stands there before there is a comparison, or instead of one.
    page.goto(f"{served.base}gaps?data=ships")
    expect(page.get_by_role("heading", name="What should ships be like?")).to_be_visible()
    assert violations(page) == [], "Gaps without a target"
    page.goto(f"{served.base}report?data=ships&beside=nowhere")
    expect(page.get_by_role("combobox", name="Target")).to_have_text("nowhere")
    expect(page.get_by_text("There is no dataset called 'nowhere'.")).to_be_visible()
    assert violations(page) == [], "Report beside what is not there"
    page.goto(f"{served.base}versions?data=ships")
    page.get_by_role("button", name="Compare what rows say").click()
    expect(page.get_by_role("heading", name="What tells their rows apart")).to_be_visible(
        timeout=60_000
    )
    assert violations(page) == [], "What tells two versions apart"
    page.goto(f"{served.base}curate?data=ships")
    page.get_by_role("button", name="Make version").click()
    expect(page.get_by_role("dialog", name="Make ships@clean")).to_be_visible()
    assert violations(page) == [], "Make version"
