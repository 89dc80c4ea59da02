"""Names of topics are changed where they stand, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from e2e_places import Served, Visit, serving
from playwright.sync_api import Page, expect

import assay

WORDS = {
    "baker oven rye": (0, 0),
    "ship anchor sail": (8, 0),
    "ship keel mast": (9, 0),
    "comet orbit planet": (4, 6),
}
"""What texts say, and where their vectors are."""


@pytest.fixture(scope="module")
def places(built: Callable[[], Path]) -> Iterator[Served]:
    folder = built()
    rng = np.random.default_rng(0)
    points = [rng.normal(place, 0.1, (60, 2)) for place in WORDS.values()]
    vectors = pa.array(np.vstack(points).astype(np.float32).ravel())
    texts = [f"{words} {n}" for words in WORDS for n in range(60)]
    column = pa.FixedSizeListArray.from_arrays(vectors, 2)
    pq.write_table(pa.table({"text": texts, "place": column}), folder / "places.parquet")
    dataset = assay.open(folder / "project").dataset("places")
    dataset.add(folder / "places.parquet")
    dataset.make_map(method="pca")
    with serving(folder / "project") as started:
        yield started


@pytest.fixture
def explore(visit: Visit, places: Served) -> Page:
    page = visit(places)
    page.goto(f"{places.base}explore?data=places")
    expect(page.locator("[data-name]")).not_to_have_count(0)
    return page


def test_a_name_is_changed_on_the_map_and_taken_back(explore: Page) -> None:
    names = explore.locator("[data-name]")
    name = names.filter(has_text="comet")
    was = name.inner_text()
    name.dblclick()
    editor = explore.get_by_label(f"New name of {was}")
    editor.fill("Sky")
    editor.press("Escape")
    expect(name).to_have_text(was)
    name.dblclick()
    editor.fill("Sky")
    editor.press("Enter")
    expect(names.filter(has_text="Sky")).to_have_count(1)
    assert "if=" not in explore.url
    undo = explore.get_by_role("button", name=re.compile("^Undo"))
    expect(undo).to_be_visible()
    names.filter(has_text="Sky").click()
    expect(explore.get_by_role("banner")).to_contain_text("60 of 240")
    undo.click()
    expect(name).to_have_text(was)
    expect(explore.get_by_role("banner")).to_contain_text("60 of 240")


def test_a_name_is_changed_in_the_legend_by_key(explore: Page) -> None:
    explore.keyboard.press("Control+k")
    explore.keyboard.type("color by topic")
    wanted = explore.get_by_role("option", name="Color by Topic", exact=True)
    expect(wanted).to_have_attribute("aria-selected", "true")
    explore.keyboard.press("Enter")
    legend = explore.get_by_role("group", name="Colors: Topic")
    line = legend.get_by_role("button", name=re.compile("oven"))
    was = line.locator("span").nth(1).inner_text()
    line.press("F2")
    editor = explore.get_by_label(f"New name of {was}")
    editor.fill("Bread")
    editor.press("Enter")
    expect(legend.get_by_role("button", name="Bread")).to_be_visible()
    explore.get_by_role("button", name=re.compile("^Undo")).click()
    expect(line).to_be_visible()


def test_a_name_that_is_taken_is_refused_and_the_old_one_stays(explore: Page) -> None:
    names = explore.locator("[data-name]")
    taken = names.filter(has_text="oven").inner_text()
    name = names.filter(has_text="comet")
    was = name.inner_text()
    name.dblclick()
    editor = explore.get_by_label(f"New name of {was}")
    editor.fill(taken)
    editor.press("Enter")
    expect(explore.get_by_text("is called", exact=False).first).to_be_visible()
    expect(name).to_have_text(was)
