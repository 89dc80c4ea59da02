"""Map, table and facets by hand: sort, widths, legend, lasso, fingers, tags, saved views."""

from __future__ import annotations

import re
from typing import Any

import pytest
from e2e_places import Served, Visit
from playwright.sync_api import FloatRect, Locator, Page, expect

import assay
from assay.project.dataset import Dataset


@pytest.fixture
def explore(visit: Visit, served: Served) -> Page:
    page = visit(served)
    page.goto(f"{served.base}explore?data=ships")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "61")
    expect(page.get_by_role("grid").get_by_role("checkbox").nth(1)).to_be_visible()
    return page


def map_of(page: Page) -> tuple[Locator, FloatRect]:
    """The map and where it is, once it is painted."""
    found = page.get_by_role("application", name=re.compile("^Map of"))
    expect(found).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    box = found.bounding_box()
    assert box is not None
    return found, box


def test_several_columns_sort_and_a_width_is_kept(explore: Page) -> None:
    head = explore.get_by_role("columnheader")
    head.get_by_role("button", name="Words").click()
    head.get_by_role("button", name="Kind").click(modifiers=["Shift"])
    head.get_by_role("button", name=re.compile("^Kind")).click(modifiers=["Shift"])
    expect(head.filter(has_text="Words")).to_have_attribute("aria-sort", "ascending")
    expect(head.filter(has_text="Kind")).to_have_attribute("aria-sort", "descending")
    assert "sort=%2Btext.stats.words&sort=-kind" in explore.url
    rows = explore.get_by_role("row")
    # The blank text has no word; then four words, k1 before nothing else.
    expect(rows.nth(1).get_by_role("gridcell").nth(2)).to_have_text("k0")
    expect(rows.nth(2).get_by_role("gridcell").nth(1)).to_have_text("What are my options?")
    edge = explore.get_by_role("separator", name="Width of Kind")
    width = int(edge.get_attribute("aria-valuenow") or 0)
    box = edge.bounding_box()
    assert box is not None
    explore.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    explore.mouse.down()
    explore.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + 5, steps=4)
    explore.mouse.up()
    expect(edge).to_have_attribute("aria-valuenow", str(width + 60))
    explore.reload()
    expect(edge).to_have_attribute("aria-valuenow", str(width + 60))


def test_a_range_is_chosen_by_key_and_undone(explore: Page) -> None:
    banner = explore.get_by_role("banner")
    low = explore.get_by_role("slider", name="Words from", exact=True)
    low.focus()
    explore.keyboard.press("End")
    expect(banner).to_contain_text("50 of 60")
    expect(banner).to_contain_text("Words between 17 and 18")
    assert "if=text.stats.words~between~" in explore.url
    explore.keyboard.press("Home")
    expect(banner).not_to_contain_text("of 60")
    explore.keyboard.press("Control+z")
    expect(banner).to_contain_text("50 of 60")


def test_a_facet_goes_on_offering_what_was_not_chosen(explore: Page) -> None:
    """k1: 17 stories and six questions; k2: 16 stories and three letters."""
    banner = explore.get_by_role("banner")
    kinds = explore.get_by_role("list", name="Kind").get_by_role("button")
    first, second = kinds.filter(has_text="k1"), kinds.filter(has_text="k2")
    first.click()
    expect(banner).to_contain_text("23 of 60")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(second).to_have_text(re.compile("^k2 ?19$"))
    # Another column narrows what could be added; the range itself takes nothing from its bars.
    low = explore.get_by_role("slider", name="Words from", exact=True)
    low.focus()
    explore.keyboard.press("End")
    expect(banner).to_contain_text("17 of 60")
    expect(second).to_have_text(re.compile("^k2 ?16 of 19$"))
    second.click()
    expect(banner).to_contain_text("33 of 60")
    explore.keyboard.press("Control+z")
    expect(banner).to_contain_text("17 of 60")


def tagged(dataset: Dataset) -> int:
    return dataset.where("tag:harbor").num_rows


def wait_for(page: Page, dataset: Dataset, rows: int) -> None:
    for _ in range(50):
        if tagged(dataset) == rows:
            return
        page.wait_for_timeout(100)
    assert tagged(dataset) == rows


def test_keys_tag_what_is_selected_and_take_it_back(explore: Page, served: Served) -> None:
    dataset = assay.open(served.folder).dataset("ships")
    explore.get_by_role("grid").focus()
    for key in ("j", "x", "j", "x", "t"):
        explore.keyboard.press(key)
    explore.keyboard.type("harbor")
    explore.keyboard.press("Enter")
    told = explore.get_by_role("status")
    expect(told).to_contain_text("Tagged 2 rows “harbor”")
    explore.keyboard.press("j")
    explore.keyboard.press("x")
    expect(explore.get_by_role("toolbar")).to_contain_text("3 rows selected")
    explore.keyboard.press("1")
    expect(told).to_contain_text("Tagged 1 row “harbor”")
    assert tagged(dataset) == 3
    explore.keyboard.press("u")
    expect(told).not_to_contain_text("Tagged 1 row “harbor”")
    wait_for(explore, dataset, 2)
    # The third row was selected after the first tag: what was done last goes first.
    explore.keyboard.press("Control+z")
    expect(explore.get_by_role("toolbar")).to_contain_text("2 rows selected")
    assert tagged(dataset) == 2
    explore.keyboard.press("Control+z")
    wait_for(explore, dataset, 0)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_bar_over_the_table_hides_neither_rows_nor_toasts(
    visit: Visit, served: Served, width: int
) -> None:
    page = visit(served, viewport={"width": width, "height": 900})
    page.goto(f"{served.base}explore?data=ships")
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", "61")
    page.get_by_label("Select row 1", exact=True).check()
    bar = page.get_by_role("toolbar", name="Selected rows")
    expect(bar).to_contain_text("1 row selected")
    page.keyboard.press("t")
    page.keyboard.type("seen")
    page.keyboard.press("Enter")
    told = page.get_by_role("status").locator("div").filter(has_text="Tagged 1 row")
    expect(told).to_be_visible()
    # Where it comes to rest.
    top = bar.bounding_box()
    shown = told.bounding_box()
    assert top is not None
    assert shown is not None
    assert shown["y"] + shown["height"] <= top["y"]
    page.keyboard.press("u")
    expect(told).to_have_count(0)
    grid.evaluate("grid => grid.scrollTo(0, grid.scrollHeight)")
    final = page.locator("[role=row][aria-rowindex='61']")
    expect(final).to_be_visible()
    line = final.bounding_box()
    assert line is not None
    assert line["y"] + line["height"] <= top["y"]
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_have_count(0)


def test_selected_rows_are_taken_along_or_dropped_by_a_rule(explore: Page) -> None:
    explore.get_by_role("grid").focus()
    for key in ("j", "x", "j", "x"):
        explore.keyboard.press(key)
    bar = explore.get_by_role("toolbar", name="Selected rows")
    expect(bar).to_contain_text("2 rows selected")
    bar.get_by_role("button", name="Download these rows").click()
    with explore.expect_download() as taken:
        explore.get_by_role("menuitem", name="JSONL").click()
    assert len(taken.value.path().read_text("utf-8").splitlines()) == 2
    bar.get_by_role("button", name="Drop these in Curate").click()
    rule = explore.get_by_role("listitem").filter(has_text="rows chosen by hand")
    expect(rule).to_contain_text("2 fail it")
    expect(explore.get_by_text(re.compile("selection:[0-9a-f]"))).to_have_count(0)
    told = explore.get_by_role("status")
    expect(told).to_contain_text("they go when a version is made")
    explore.keyboard.press("u")
    expect(rule).to_have_count(0)
    # What was said goes with the step it was about, however that is taken back.
    explore.keyboard.press("Control+Shift+z")
    expect(rule).to_have_count(1)
    rule.get_by_text("chosen by hand", exact=True).click()
    explore.keyboard.press("d")
    expect(told).to_contain_text("Deleted “chosen by hand”")
    explore.keyboard.press("Control+z")
    expect(rule).to_have_count(1)
    assert "Deleted" not in told.inner_text()


def test_the_legend_filters(explore: Page) -> None:
    explore.keyboard.press("Control+k")
    explore.keyboard.type("color by kind")
    wanted = explore.get_by_role("option", name="Color by Kind", exact=True)
    expect(wanted).to_have_attribute("aria-selected", "true")
    explore.keyboard.press("Enter")
    legend = explore.get_by_role("group", name="Colors: Kind")
    legend.get_by_role("button", name="k1").click()
    expect(explore.get_by_role("banner")).to_contain_text("23 of 60")
    legend.get_by_role("button", name="k2").click()
    expect(explore.get_by_role("banner")).to_contain_text("42 of 60")
    legend.get_by_role("button", name="k1").click()
    legend.get_by_role("button", name="k2").click()
    expect(explore.get_by_role("banner")).not_to_contain_text("of 60")


def test_a_lasso_on_a_version_takes_only_its_rows(explore: Page, served: Served) -> None:
    explore.goto(f"{served.base}explore?data=ships@clean")
    _, box = map_of(explore)
    explore.keyboard.press("l")
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = left + box["width"] - 8, top + box["height"] - 8
    explore.mouse.move(left, top)
    explore.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 9)):
        explore.mouse.move(x, y, steps=8)
    explore.mouse.up()
    # All source rows lie on the map; of the 55 of the version those that have a place are taken.
    placed = assay.open(served.folder).dataset("ships@clean").where("map.x is not null").num_rows
    assert placed in (54, 55)
    bar = explore.get_by_role("toolbar", name="Selected rows")
    expect(bar).to_contain_text(f"{placed} rows selected")


def test_the_map_outlives_its_graphics_context(visit: Visit, served: Served) -> None:
    page = visit(served)
    page.evaluate("localStorage.setItem('assay.map', 'webgl')")
    page.goto(f"{served.base}explore?data=ships")
    shown, _ = map_of(page)
    pictures = shown.locator("canvas")
    expect(pictures.nth(0)).to_be_visible()
    expect(pictures.nth(1)).to_be_hidden()
    pictures.nth(0).evaluate(
        "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    # The raster takes over, and it shows the points.
    expect(pictures.nth(1)).to_be_visible()
    expect(pictures.nth(0)).to_be_hidden()
    page.wait_for_function(
        """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
           .data.some((value, i) => i % 4 === 3 && value > 0)""",
        arg=pictures.nth(1).element_handle(),
    )


def test_two_fingers_zoom_the_map(visit: Visit, served: Served) -> None:
    page = visit(served, has_touch=True)
    page.goto(f"{served.base}explore?data=ships")
    _, box = map_of(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, apart: int) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        fingers.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    touch("touchStart", 40)
    for apart in range(50, 130, 10):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    # The fingers went three times as far apart; all of the map is shown at a little over 1.
    zoom = "Number(new URLSearchParams(location.search).get('map')?.split(',')[2])"
    page.wait_for_function(f"() => {zoom} > 2 && {zoom} < 4")


def test_a_saved_view_and_its_python_give_the_same_rows(visit: Visit, served: Served) -> None:
    page = visit(served, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{served.base}explore?data=ships&where=text.stats.words+<+6&sort=-kind")
    banner = page.get_by_role("banner")
    expect(banner).to_contain_text("7 of 60")
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Save view").click()
    page.get_by_label("Name").fill("short ones")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved the view as short ones")
    page.goto(f"{served.base}explore?data=ships")
    expect(banner).to_contain_text("60 rows")
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitem", name="short ones").click()
    expect(banner).to_contain_text("7 of 60")
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Copy as Python").click()
    expect(page.get_by_role("status")).to_contain_text("Copied this view as Python")
    code = page.evaluate("navigator.clipboard.readText()")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["rows"].column("kind").to_pylist() == ["k1"] * 6 + ["k0"]


def test_a_passage_that_is_selected_is_an_example_to_search_by(explore: Page) -> None:
    explore.get_by_role("row").nth(3).get_by_role("gridcell").nth(1).click()
    reading = explore.locator(".reading").first
    expect(reading).to_be_visible()
    reading.evaluate("text => document.getSelection().selectAllChildren(text)")
    passage = reading.inner_text().strip()
    expect(explore.get_by_role("button", name="More like the passage")).to_be_visible()
    explore.keyboard.press("y")
    expect(explore).to_have_url(re.compile("like=text:"))
    chip = explore.get_by_role("banner").get_by_text(f"like “{passage[:15]}")
    expect(chip.first).to_be_visible()
    explore.keyboard.press("Control+z")
    expect(chip).to_have_count(0)


def test_thumbs_in_the_table_say_how_likely_each_row_is(explore: Page) -> None:
    rows = explore.get_by_role("row")
    expect(explore.get_by_role("columnheader", name="Likely")).to_have_count(0)
    explore.goto(explore.url + "&q=captain+bridge")
    head = explore.get_by_role("columnheader", name="Likely")
    expect(head).to_have_attribute("aria-sort", "descending")
    hint = explore.get_by_text("Say of a few rows whether they are meant: = yes, - no")
    expect(hint).to_be_visible()
    cells = rows.nth(1).get_by_role("gridcell")
    expect(cells.nth(1)).to_have_text("–")
    before = cells.nth(2).bounding_box()
    # By keyboard on the row under the cursor, as in Inspect.
    explore.get_by_role("grid").focus()
    for key in ("j", "="):
        explore.keyboard.press(key)
    yes = rows.nth(1).get_by_role("button", name="Row 1 is meant")
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(cells.nth(1)).to_have_text(re.compile(r"^\d+ %$"))
    expect(explore.get_by_text("1 yes, 0 no: say no to some, further down")).to_be_visible()
    # By mouse on another row, whose thumbs are seen while it is pointed at.
    no = rows.nth(9).get_by_role("button", name="Row 9 is not meant")
    expect(no).to_have_css("opacity", "0")
    rows.nth(9).hover()
    expect(no).to_have_css("opacity", "1")
    no.click()
    expect(explore.get_by_text("1 yes, 1 no")).to_be_visible()
    assert cells.nth(2).bounding_box() == before
    shares = [int(cell.rstrip(" %")) for cell in cells_of(explore, 1)]
    assert shares == sorted(shares, reverse=True) and shares[0] > shares[-1]
    # Another order keeps the numbers, and a click on the head brings this one back.
    explore.get_by_role("columnheader").get_by_role("button", name="Words").click()
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    explore.get_by_role("button", name="Most likely…").click()
    explore.get_by_label("How many rows").fill("5")
    explore.keyboard.press("Enter")
    told = explore.get_by_role("status")
    expect(told).to_contain_text(re.compile(r"5 rows selected: about \d expected to match"))
    for n in range(1, 6):
        expect(rows.nth(n)).to_have_attribute("aria-selected", "true")
    # Said again, it is taken back; without any thumb nothing is known.
    rows.nth(9).hover()
    no.click()
    expect(no).to_have_attribute("aria-pressed", "false")
    yes.click()
    expect(hint).to_be_visible()
    expect(cells.nth(1)).to_have_text("–")


def cells_of(page: Page, column: int) -> list[str]:
    rows = page.get_by_role("row").all()[1:]
    return [row.get_by_role("gridcell").nth(column).inner_text() for row in rows]


def test_on_a_phone_the_table_shows_how_likely_and_the_row_takes_the_thumb(
    visit: Visit, served: Served
) -> None:
    page = visit(served, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{served.base}explore?data=ships&q=harbor+dawn")
    row = page.get_by_role("row").nth(1)
    expect(row.get_by_role("gridcell").nth(1)).to_have_text("–")
    expect(row.get_by_role("button")).to_have_count(0)
    row.get_by_role("gridcell").nth(2).tap()
    page.get_by_role("group", name="Is it what you search for?").get_by_label("Yes").tap()
    page.go_back()
    expect(row.get_by_role("gridcell").nth(1)).to_have_text(re.compile(r"^\d+ %$"))
