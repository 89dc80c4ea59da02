"""Who has never seen the data finds what is wrong and what is missing, by keyboard alone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard
from e2e_places import Served, Visit, serving
from playwright.sync_api import Page, expect

import assay

INTENTS = (
    *("accept_reservations", "calendar", "change_user_name", "directions", "gas_type"),
    *("international_fees", "mpg", "payday", "repeat", "schedule_maintenance", "thank_you"),
)
MISSING = "pto_request"
LONG = 120_000
"""Milliseconds that checking and comparing may take on a busy machine."""


@dataclass(frozen=True)
class Planted:
    """The texts of each problem that was planted."""

    leaked: set[str]
    repeated: str
    mislabeled: set[str]
    missing: set[str]


@pytest.fixture(scope="module")
def planted(
    shared_data: Callable[[str], Path], built: Callable[[], Path]
) -> Iterator[tuple[Served, Planted]]:
    """`assay serve` on questions with four problems, and on questions as they are really asked."""
    by_intent: dict[str, list[str]] = {}
    with zstandard.open(shared_data("topics/clinc150.jsonl.zst"), "rb") as file:
        for row in map(json.loads, io.TextIOWrapper(file, "utf-8")):
            if row["split"] == "train":
                by_intent.setdefault(row["intent"], []).append(row["text"])
    rows = [
        {"text": text, "intent": intent, "split": "train" if i < 35 else "test"}
        for intent in INTENTS
        for i, text in enumerate(by_intent[intent][:45])
    ]
    train = {
        intent: [row for row in rows if (row["intent"], row["split"]) == (intent, "train")]
        for intent in INTENTS
    }
    wrong, leaked, repeated = (
        train["accept_reservations"][:12],
        train["payday"][:10],
        train["directions"][0],
    )
    for row in wrong:
        row["intent"] = "calendar"
    rows += [dict(repeated)] * 25 + [{**row, "split": "test"} for row in leaked]
    wanted = [{"text": t} for intent in (*INTENTS, MISSING) for t in by_intent[intent][50:90]]
    folder = built() / "project"
    project = assay.open(folder)
    for name, data in (("questions", rows), ("wanted", wanted)):
        lines = folder.parent / f"{name}.jsonl"
        lines.write_text("".join(json.dumps(row) + "\n" for row in data))
        project.dataset(name).add(lines)
    told = Planted(
        leaked={row["text"] for row in leaked},
        repeated=repeated["text"],
        mislabeled={row["text"] for row in wrong},
        missing=set(by_intent[MISSING]),
    )
    with serving(folder) as started:
        yield started, told


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def read_until(page: Page, enough: Callable[[set[str]], bool]) -> set[str]:
    """The texts in the table of Explore, read again while it is filled, until they are enough."""
    table = page.get_by_role("grid", name="Rows in view")
    expect(table.get_by_role("row").nth(1)).to_be_visible(timeout=LONG)
    read = "rows => rows.map(row => row.querySelectorAll('[role=gridcell]')[1]?.innerText ?? '')"
    for _ in range(50):
        texts = set(table.get_by_role("row").evaluate_all(read)) - {""}
        if enough(texts):
            break
        page.wait_for_timeout(200)
    return texts


def to_finding(page: Page, kind: str) -> None:
    """Back to the findings, and down to the one of a kind."""
    press(page, "g", "f")
    cards = page.get_by_role("article")
    expect(cards.first).to_be_visible()
    kinds = cards.evaluate_all("cards => cards.map(card => card.innerText.split('\\n')[0])")
    for _ in range(kinds.index(kind)):
        press(page, "j")
    expect(cards.nth(kinds.index(kind))).to_have_attribute("aria-current", "true")


def test_the_planted_problems_are_found_by_keyboard_alone(
    visit: Visit, planted: tuple[Served, Planted]
) -> None:
    place, told = planted
    page = visit(place)
    banner = page.get_by_role("banner")

    # Nothing is known yet; the palette has what there is to do.
    expect(page.get_by_text("Not checked yet")).to_be_visible()
    press(page, "Control+k")
    page.keyboard.type("check the data")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Check the data")
    expect(first).to_have_attribute("aria-selected", "true")
    press(page, "Enter")

    # The leak is the worst, and comes first.
    worst = page.get_by_role("article").first
    expect(worst).to_contain_text("Leak between splits", timeout=LONG)
    expect(worst).to_have_accessible_name(re.compile("^10 rows of 120 .* nearly repeat"))
    press(page, "Enter")
    expect(banner).to_contain_text("11 of 530")
    assert told.leaked <= read_until(page, told.leaked.issubset)

    # One text again and again.
    to_finding(page, "Exact duplicates")
    expect(page.get_by_role("article").filter(has_text="26×")).to_contain_text(told.repeated)
    press(page, "Enter")
    expect(banner).to_contain_text("35 of 530")
    repeats = page.get_by_role("grid", name="Rows in view").get_by_text(told.repeated)
    expect(repeats.nth(4)).to_be_visible()

    # A class whose rows are called by another's name.
    to_finding(page, "Label errors")
    card = page.get_by_role("article").filter(has_text="Label errors")
    expect(card).to_contain_text("calendar looks like accept_reservations")
    press(page, "Enter")
    expect(banner).to_contain_text(re.compile(r"\D\d of 530"))
    suspects = read_until(page, told.mislabeled.issuperset)
    assert suspects <= told.mislabeled

    # What people ask about and no row is about.
    press(page, "g", "g")
    expect(page.get_by_role("heading", name="What should questions be like?")).to_be_visible()
    press(page, "1")
    expect(page.get_by_text("have no embedding in common")).to_be_visible()
    press(page, "Enter")
    first = page.get_by_role("article").first
    expect(first).to_contain_text("pto", timeout=LONG)
    press(page, "Enter")
    expect(banner).to_contain_text(re.compile(r"\D\d\d of 480"))
    asked = read_until(page, told.missing.issuperset)
    assert asked <= told.missing
