"""Data of any shape, broken links, a server that goes away: the page says so and goes on."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from e2e_places import Served, Visit, serving
from playwright.sync_api import Page, expect

import assay
from assay import demo

SCREENS = ("findings", "ask", "explore", "inspect", "curate", "versions", "report")
HACK = "window.hacked=1"
SCRIPTS = [
    f"<script>{HACK}</script>",
    f'<img src=x onerror="{HACK}">',
    f'<svg onload="{HACK}"><animate onbegin="{HACK}" attributeName=x></svg>',
    f'<math><mtext><a href="javascript:{HACK}">x</a></mtext></math>',
    f"$$\\href{{javascript:{HACK}}}{{x}}$$ \\( \\frac{{1}}{{2}} \\)",
    "\x1b[31mred\x1b[0m \x1b]8;;https://example.org\x07link\x1b]8;;\x07",
    "[x](javascript:window.hacked=1) ![x](x)",
    "مرحبا بالعالم، هذا نص من اليمين إلى اليسار \u202eabc\u202c",
    "这是一段没有空格的中文文本。日本語のテキストもあります。한국어도 있습니다.",
    "👩‍👩‍👧‍👦 z̸̡̛a̴l̷g̶o̵ \u0000 \ufeff\u200b",
]
UNREADABLE = "Part of this link could not be read"
HOSTILE_LINKS = {
    "where=text.nothing+%3E+1": "text.nothing",
    # The findings there are by their titles, not by ids alone.
    "where=finding:0000": "repeat another row exactly",
    "where=version:nowhere": "nowhere",
    "where=__import__('os').system('id')": "__import__",
    "if=text~between~[1]": UNREADABLE,
    "sort=no.such.column": "no.such.column",
    "rows=zz&selection=../../etc/passwd": UNREADABLE,
    "map=1e999,0,1&x=%00": UNREADABLE,
    "like=00000000000000000000000000000000": "row",
}
LONG = "All work and no play makes Jack a dull boy. " * 240_000  # 10.6 MB


def shapes() -> dict[str, list[dict[str, Any]]]:
    """Rows of each dataset, by its name."""
    return {
        "classes": [{"text": f"Row {n} of many kinds.", "kind": f"c{n:04}"} for n in range(5000)],
        "long": [{"text": LONG, "n": 1}, {"text": "x" * 100_000, "n": 2}],
        "nan": [{"text": f"Number {n}", "n": math.nan, "some": n or math.nan} for n in range(20)],
        "one": [{"text": "Only this one."}],
        "scripts": [
            {"text": text, text[:40]: text, "title": text, "[1], [2]": text} for text in SCRIPTS
        ],
    }


@pytest.fixture(scope="module")
def wild(built: Any) -> Iterator[Served]:
    """`assay serve` on one dataset a shape."""
    folder = built() / "project"
    project = assay.open(folder)
    for name, rows in shapes().items():
        source = folder.parent / f"{name}.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        dataset = project.dataset(name)
        dataset.add(source, nan=True)
        dataset.compute("text.stats", "text.pii")
        dataset.check("columns.broken", "text.lengths", "text.encoding", "duplicates.exact")
        project.curate({"name": "v", "input": name, "rules": [{"keep": "text.stats.words >= 1"}]})
    rule = {"keep": "text.stats.words > 50"}
    project.curate({"name": "none", "input": "one", "rules": [rule]})
    # Files that hold no row give a dataset without any: nothing can be computed of it either.
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), folder.parent / "empty.parquet")
    project.dataset("empty").add(folder.parent / "empty.parquet")
    with serving(folder) as started:
        yield started


def settled(page: Page) -> None:
    expect(page.locator("main h1").first).to_be_attached()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", list(shapes()))
def test_every_screen_shows_data_of_any_shape(visit: Visit, wild: Served, name: str) -> None:
    rows = assay.open(wild.folder).dataset(name).to_table(["id"]).column(0).to_pylist()
    page = visit(wild)
    for screen in SCREENS:
        page.goto(f"{wild.base}{screen}?data={name}")
        settled(page)
    page.goto(f"{wild.base}explore?data={name}")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(len(rows) + 1))
    page.goto(f"{wild.base}inspect?data={name}&row={rows[0]}")
    following = page.get_by_role("button", name="Next row")
    for place in range(len(rows[:10])):
        expect(page.get_by_text(f"Row {place + 1} of {name}")).to_be_visible()
        settled(page)
        if name == "scripts":
            expect(page.locator("main h1").last).to_contain_text(SCRIPTS[place][:6])
        if following.is_enabled():
            following.click()
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [390, 1440])
def test_every_screen_says_that_there_are_no_rows(visit: Visit, wild: Served, width: int) -> None:
    page = visit(wild, viewport={"width": width, "height": 900})
    said = {
        "findings": "No rows in empty yet",
        "explore": "No rows in empty yet",
        "inspect": "No row is open",
        "curate": "The recipe has no rule yet",
        "versions": "No version yet",
        "report": "No rows in empty yet",
        "ask": "No rows in empty yet",
    }
    for screen in SCREENS:
        page.goto(f"{wild.base}{screen}?data=empty")
        settled(page)
        expect(page.get_by_role("heading", name=said[screen])).to_be_visible()
        expect(page.get_by_role("banner")).to_contain_text("0 rows")
        if said[screen].startswith("No rows"):
            expect(page.get_by_role("main")).to_contain_text("assay add empty FILE")
    page.goto(f"{wild.base}explore?data=empty&q=anything")
    expect(page.get_by_role("heading", name="No rows in empty yet")).to_be_visible()
    # A version that dropped everything: the rows are there, none of them in it.
    for screen in SCREENS:
        page.goto(f"{wild.base}{screen}?data=one@none")
        settled(page)
        expect(page.get_by_role("banner")).to_contain_text("0 rows")
    page.goto(f"{wild.base}versions?data=one@none")
    expect(page.get_by_role("main")).to_contain_text("0 of 1 row")
    page.goto(f"{wild.base}explore?data=one@none")
    expect(page.get_by_role("heading", name="No rows", exact=True)).to_be_visible()
    page.goto(f"{wild.base}curate?data=one@none")
    expect(page.get_by_role("main")).to_contain_text("keeps 0 of 1 row (0.0 %)")


def test_a_column_of_thousands_of_values_is_searched_and_filtered(
    visit: Visit, wild: Served
) -> None:
    page = visit(wild)
    page.goto(f"{wild.base}explore?data=classes")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "5001")
    many = page.get_by_role("group", name="Mostly different values")
    many.get_by_role("button", name="Mostly different values").click()
    expect(many).to_contain_text("5,000 values, mostly once")
    many.get_by_label("Find in 5,000 values of Kind").fill("c4711")
    many.get_by_role("button", name="c4711").click()
    expect(page.get_by_role("banner")).to_contain_text("1 of 5,000")
    expect(page.get_by_role("gridcell", name="Row 4711 of many kinds.")).to_be_visible()


def test_hostile_links_are_explained_and_the_app_goes_on(visit: Visit, served: Served) -> None:
    page = visit(served)
    for query, said in HOSTILE_LINKS.items():
        page.goto(f"{served.base}explore?data=ships&{query}")
        expect(page.get_by_role("main"), query).to_contain_text(said)
        page.get_by_role("link", name="Findings").click()
        expect(page.get_by_role("article").first, query).to_be_visible()
    page.goto(f"{served.base}explore?data=ships")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "61")


def test_a_link_to_what_is_not_there_says_so(visit: Visit, served: Served) -> None:
    page = visit(served)
    page.goto(f"{served.base}explore?data=gone")
    expect(page.get_by_role("alert").first).to_contain_text("gone")
    page.goto(f"{served.base}inspect?data=ships&row=0123456789abcdef0123456789abcdef")
    expect(page.get_by_role("alert")).to_contain_text("0123456789abcdef")
    page.goto(f"{served.base}explore?data=ships&selection=00000000")
    expect(page.get_by_role("status")).to_contain_text("00000000")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "61")
    expect(page.get_by_role("toolbar", name="Selected rows")).to_have_count(0)
    page.goto(f"{served.base}nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("button", name="Go to Findings").click()
    expect(page.get_by_role("article").first).to_be_visible()


@pytest.fixture
def small(built: Any) -> Path:
    """A project of three rows that a test may change."""
    folder = built() / "project"
    source = folder.parent / "rows.jsonl"
    source.write_text("".join(json.dumps({"text": f"Row number {n}."}) + "\n" for n in range(3)))
    dataset = assay.open(folder).dataset("few")
    dataset.add(source)
    dataset.compute("text.stats")
    return folder


def test_a_server_that_is_restarted_is_waited_for(visit: Visit, small: Path) -> None:
    with serving(small) as first:
        page = visit(first, expected="ERR_CONNECTION_REFUSED|status of 401|ERR_INCOMPLETE")
        page.goto(f"{first.base}explore?data=few")
        grid = page.get_by_role("grid")
        expect(grid).to_have_attribute("aria-rowcount", "4")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    # What is asked now gets no answer, and takes nothing away.
    page.get_by_role("searchbox", name="Search the texts").fill("number")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=number"))
    page.wait_for_timeout(4000)  # longer than the page asks again
    expect(grid).to_have_attribute("aria-rowcount", "4")
    expect(page.get_by_role("gridcell", name="Row number 1.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    with serving(small, "--port", str(urlsplit(first.base).port)) as again:
        # It has a new token: this is said, and opening its URL in any tab brings this one back.
        needs = page.get_by_role("heading", name="This page needs its token")
        expect(needs).to_be_visible(timeout=15_000)
        expect(page.get_by_text("The server does not answer.")).to_have_count(0)
        expect(page.get_by_text("Open the URL that it printed last")).to_have_count(1)
        page.context.new_page().goto(again.url)
        expect(grid).to_have_attribute("aria-rowcount", "4", timeout=15_000)


def test_what_others_do_shows_in_an_open_page(visit: Visit, small: Path) -> None:
    with serving(small) as here:
        # What is being read while the dataset goes away cannot be read to its end: 500.
        page = visit(here, expected="status of (4|500)|ERR_INCOMPLETE")
        page.goto(f"{here.base}versions?data=few")
        expect(page.get_by_role("heading", name="No version yet")).to_be_visible()
        project = assay.open(small)
        project.curate({"name": "v", "input": "few", "rules": [{"keep": "text.stats.words > 5"}]})
        expect(page.get_by_role("heading", name="@v 0 of 3 rows")).to_be_visible(timeout=15_000)
        # Another tab, the same project: a tag put on there shows here.
        page.goto(f"{here.base}explore?data=few")
        other = page.context.new_page()
        other.goto(f"{here.base}explore?data=few")
        other.get_by_role("gridcell", name="Row number 1.").click()
        expect(other.get_by_role("region", name="Inspect")).to_contain_text("Signals")
        other.keyboard.press("t")
        other.keyboard.type("mine")
        other.keyboard.press("Enter")
        expect(other.get_by_role("status")).to_contain_text("mine")
        page.keyboard.press("f")
        page.keyboard.type("tag:mine")
        page.keyboard.press("Enter")
        expect(page.get_by_role("banner")).to_contain_text("1 of 3")
        # The dataset goes away under the page.
        (small / "datasets" / "few.lance").rename(small / "few.lance")
        page.get_by_role("link", name="Findings").click()
        expect(page.get_by_role("heading", name="No data yet")).to_be_visible(timeout=15_000)


def test_running_work_is_stopped_from_the_page(visit: Visit, built: Any) -> None:
    folder = built() / "project"
    dataset = assay.open(folder).dataset("docs")
    dataset.add(demo.folder() / "corpus" / "docs.jsonl.zst")
    with serving(folder) as here:
        page = visit(here, expected="status of 4|ERR_INCOMPLETE")
        page.goto(f"{here.base}explore?data=docs")
        page.get_by_role("button", name="Compute embeddings").click()
        page.reload()  # the work goes on, and the page finds it again
        page.get_by_role("button", name=re.compile("^Cancel")).first.click()
        told = page.get_by_role("status").filter(has_text="cancelled; what was finished stays")
        expect(told).to_be_visible(timeout=15_000)
        expect(page.get_by_role("button", name="Compute embeddings")).to_be_enabled()
        page.get_by_role("button", name="Work done").click()
        expect(page.get_by_role("dialog", name="Work")).to_contain_text("cancelled")
        page.close()  # before the server goes, so that nothing asks for it in vain
    assert [run["state"] for run in dataset.project.runs("docs")] == ["done", "interrupted"]
