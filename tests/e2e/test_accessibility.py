"""Nobody is shut out: axe finds no violation on any screen, in either theme, at either width."""

from __future__ import annotations

import pytest
from e2e_places import AXE, Served
from playwright.sync_api import Browser, Page, expect

SCREENS = ("findings", "curate", "versions", "_ui")
LAYERS = {"?": "Keys on this screen", "Control+k": "Commands"}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.skipif(not AXE.is_file(), reason="axe is not installed: cd web && npm ci")
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screens_can_be_used_by_everyone(
    browser: Browser, served: Served, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(served.url)
    for name in SCREENS:
        page.goto(served.base + name)
        expect(page.locator("main h1")).to_be_attached()
        page.wait_for_load_state("load")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert violations(page) == [], name
    for key, title in LAYERS.items():
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert violations(page) == [], title
        page.keyboard.press("Escape")
    context.close()
