"""Gaps & Next: it says what a chosen target has more of, and the list of what to get adds up."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e_places import Served, Visit, serving
from playwright.sync_api import expect

import assay

TABLE, ALARM = "book a table for {} people tonight", "set an alarm for {} in the morning"
HOSTILE = '<img src=x onerror="window.hacked=1"> set an alarm for {} in the morning'


@pytest.fixture(scope="module")
def lacking(built: Callable[[], Path]) -> Iterator[Served]:
    """A pool without alarms, a target with them, another pool, and one without vectors."""
    folder = built() / "project"
    project = assay.open(folder)
    data = {
        "pool": [TABLE.format(n) for n in range(60)],
        "target": [TABLE.format(n) for n in range(100, 130)]
        + [(HOSTILE if n % 5 == 0 else ALARM).format(n) for n in range(20)],
        "rest": [ALARM.format(n) for n in range(50, 75)],
        "bare": [ALARM.format(n) for n in range(5)],
    }
    for name, texts in data.items():
        file = folder.parent / f"{name}.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        project.dataset(name).add(file)
    project.dataset("pool").compute({"op": "embed.text", "model": "lsa"})
    with serving(folder) as started:
        yield started


def test_from_a_target_to_the_rows_that_are_missing(visit: Visit, lacking: Served) -> None:
    page = visit(lacking)
    page.goto(f"{lacking.base}explore?data=pool")
    expect(page.get_by_role("banner")).to_contain_text("60 rows")
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.get_by_role("button", name="target 50 rows").click()
    expect(page).to_have_url(re.compile(r"/gaps\?data=pool&beside=target$"))
    conclusion = page.get_by_role(
        "heading", name=re.compile("^pool can be told from target: AUROC")
    )
    expect(conclusion).to_be_visible(timeout=120_000)
    first = page.get_by_role("article").first
    expect(first).to_contain_text("alarm")
    assert page.evaluate("window.hacked") is None

    # The list adds up; a gap can be left out, and a count written by hand.
    bought = page.get_by_role("region", name="What to get next")
    counts = bought.get_by_role("textbox")
    expect(bought).to_contain_text("closes 100 % of what is surely missing")
    total = sum(int(box.input_value()) for box in counts.all())
    expect(bought).to_contain_text(re.compile(rf"^What to get next{total} rows? for"))
    counts.first.fill("7")
    expect(bought).not_to_contain_text("closes 100 %")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        bought.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert download.value.suggested_filename == "pool-for-target.csv"
    assert rows[0]["rows"] == "7" and len(rows) == counts.count()
    expect(first).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    expect(first.get_by_role("checkbox")).not_to_be_checked()
    expect(counts).to_have_count(len(rows) - 1)

    # Every number opens its rows, and what was found is there at once on the way back.
    number = first.get_by_role("button", name=re.compile(r"^Show the \d+ rows of the target"))
    shown = re.search(r"\d+", number.inner_text())
    assert shown is not None
    number.click()
    expect(page).to_have_url(re.compile(r"/explore\?data=target&where=selection"))
    expect(page.get_by_role("banner")).to_contain_text(f"{shown[0]} of 50")
    page.go_back()
    expect(first).to_have_attribute("aria-current", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/explore\?data=target&where=selection"))
    page.go_back()
    expect(conclusion).to_be_visible()
    expect(first.get_by_role("checkbox")).not_to_be_checked()

    # Another dataset is searched for rows like the middle of the gap.
    first.get_by_role("button", name="Search pools").click()
    page.get_by_role("menuitem", name="rest").click()
    expect(page).to_have_url(re.compile(r"/explore\?data=rest&like=text:"))
    expect(page.get_by_role("gridcell", name=re.compile("set an alarm")).first).to_be_visible()


def test_rows_that_come_make_it_stale_and_it_is_made_anew(visit: Visit, lacking: Served) -> None:
    page = visit(lacking)
    page.goto(f"{lacking.base}gaps?data=pool&beside=rest")
    expect(page.get_by_role("heading", name=re.compile("^pool can"))).to_be_visible(timeout=120_000)
    more = lacking.folder.parent / "more.jsonl"
    more.write_text("".join(json.dumps({"text": f"play song {n}"}) + "\n" for n in range(9)))
    assay.open(lacking.folder).dataset("rest").add(more)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("before the last change")
    page.keyboard.press("r")
    expect(page.get_by_role("main")).not_to_contain_text("before the last change", timeout=120_000)
    expect(page.get_by_role("main")).to_contain_text("34 rows of rest")


def test_without_vectors_one_button_computes_them_and_compares(
    visit: Visit, lacking: Served
) -> None:
    page = visit(lacking)
    page.goto(f"{lacking.base}gaps?data=bare&beside=target")
    expect(page.get_by_role("main")).to_contain_text("no embedding in common")
    page.get_by_role("button", name="Compute an embedding and compare").click()
    expect(page.get_by_role("heading", name=re.compile("^bare can"))).to_be_visible(timeout=120_000)


def test_a_report_can_be_held_against_a_target(visit: Visit, lacking: Served) -> None:
    page = visit(lacking)
    page.goto(f"{lacking.base}report?data=pool")
    chosen = page.get_by_role("combobox", name="Target")
    expect(chosen).to_have_text("nothing")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible(timeout=120_000)
    gaps = page.get_by_role("heading", name="Gaps", exact=True)
    expect(gaps).to_have_count(0)
    chosen.click()
    page.get_by_role("option", name="target", exact=True).click()
    expect(page).to_have_url(re.compile(r"/report\?data=pool&beside=target$"))
    expect(gaps).to_be_visible(timeout=120_000)
    section = page.get_by_role("region", name="Gaps", exact=True)
    expect(section).to_contain_text("Held against target (50 rows)")
    expect(section.get_by_role("listitem").first).to_contain_text("alarm")
    assert page.evaluate("window.hacked") is None
    expect(page.get_by_label("Code")).to_contain_text("assay report pool --target target -o")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="JSON").click()
    report = json.loads(download.value.path().read_text("utf-8"))
    assert "gaps" in [part["id"] for part in report["sections"]]
    # Its numbers open the rows of the target; on the way back it is there at once, and so is the
    # report without a target.
    section.get_by_role("listitem").first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/explore\?data=target&where=selection"))
    page.go_back()
    expect(gaps).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("report on pool alone")
    page.get_by_role("option", name="Report on pool alone", exact=True).click()
    expect(gaps).to_have_count(0)
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/report\?data=pool$"))


def test_a_report_says_what_keeps_it_from_a_target(visit: Visit, lacking: Served) -> None:
    project = assay.open(lacking.folder)
    for name in ("new", "aim"):
        project.dataset(name).add(lacking.folder.parent / "bare.jsonl")
    page = visit(lacking)
    page.goto(f"{lacking.base}report?data=new&beside=aim")
    expect(page.get_by_text("new and aim have no embedding in common.")).to_be_visible()
    page.get_by_role("button", name="Compute an embedding in Gaps").click()
    expect(page).to_have_url(re.compile(r"/gaps\?data=new&beside=aim$"))
    page.goto(f"{lacking.base}report?data=pool&beside=nowhere")
    expect(page.get_by_text("There is no dataset called 'nowhere'.")).to_be_visible()
    page.get_by_role("combobox", name="Target").click()
    page.get_by_role("option", name="nothing").click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible(timeout=120_000)
