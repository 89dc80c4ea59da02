"""Each number of the web app: how it is provoked, and what of it is taken down.

A time ends when the frame that shows the answer was handed to the compositor, and begins with the
time stamp that the browser gave the input. Samples are milliseconds unless a name says otherwise.
"""

from __future__ import annotations

import gzip
import itertools
import json
import math
import time
from collections.abc import Callable
from typing import Any

from place import Client, Server, visit
from playwright.sync_api import Browser, Page

DATA = "rows"
API = f"/api/datasets/{DATA}"
MAP = "[role=application]"
GRID = '[role=grid][aria-label="Rows in view"]'
# Facets whose values are clicked one after the other: each click is a view never asked for before.
# A rule whose threshold decides about a few rows more with every step.
RULE = "certain"
CLICKED = ("Shelf", "Country", "Annotator", "Site")


def first_paint(browser: Browser, server: Server) -> dict[str, Any]:
    """From navigation to rows, facet counts and map on screen, each in a new browser profile."""
    with visit(browser, server) as page:
        scripts: dict[str, bytes] = {}
        page.on(
            "response",
            lambda r: scripts.update({r.url: r.body()}) if r.url.endswith(".js") else None,
        )
        page.goto(f"{server.base}explore?data={DATA}")
        seen = {part: _part(page, part) for part in ("rows", "facets", "map")}
        page.wait_for_timeout(300)
        load = sum(len(gzip.compress(body)) for body in scripts.values())
    with visit(browser, server) as page:
        page.goto(f"{server.base}findings?data={DATA}")
        findings = _part(page, "findings")
    return {"explore": max(seen.values()), **seen, "findings": findings, "js_gzip_bytes": load}


def server_facets(server: Server, rounds: int) -> dict[str, list[float]]:
    """A new filter and all facets of it, over HTTP, one request after the other."""
    client = Client(server)
    facets = json.loads(client.ask(f"{API}/facets")[0])["facets"]
    numeric = [f for f in facets if f["kind"] == "number" and f["hidden"] is None]
    counted = [f for f in facets if f["kind"] == "category" and f["hidden"] is None]
    both, alone = [], []
    for i in range(rounds):
        number, category = numeric[i % len(numeric)], counted[i % len(counted)]
        edges = number["edges"]
        chosen = [value["value"] for value in category["values"][: 1 + i % 5]]
        filters = [
            {"column": number["column"], "op": ">=", "value": edges[len(edges) // (2 + i % 5)]},
            {"column": category["column"], "op": "in", "value": chosen},
        ]
        body, first = client.ask(f"{API}/view", {"filters": filters[: 1 + i % 2]})
        second = client.ask(f"{API}/facets?view={json.loads(body)['view_key']}")[1]
        both.append(1000 * (first + second))
        alone.append(1000 * second)
    return {"facets": alone, "filter_and_facets": both, "columns": [float(len(facets))]}


def map_bytes(server: Server) -> int:
    """Bytes of the map's places as they travel."""
    client = Client(server)
    url = json.loads(client.ask(f"{API}/map")[0])["xy"]
    return len(client.ask(f"/{url}")[0])


def open_explore(page: Page, server: Server) -> None:
    """Explore with everything on screen, at rest."""
    page.goto(f"{server.base}explore?data={DATA}")
    for part in ("rows", "facets", "map"):
        _part(page, part)
    page.wait_for_timeout(1500)


def facet_clicks(page: Page, each: int) -> list[float]:
    """A click on a value in a facet until the new counts of all facets on screen are painted."""
    found = []
    for label in CLICKED:
        card = page.locator(f'[aria-label=Facets] [role=group][aria-label="{label}"]').first
        for i in range(each):
            button = card.locator("ul button").nth(i)
            if not button.count():
                break
            found.append(_until(page, button.click, "pointerup", _COUNTED))
        clear = card.get_by_role("button", name=f"Clear the filter on {label}")
        _until(page, clear.click, "pointerup", _COUNTED)
    return found


_COUNTED = "before => bench.facetsFresh() && bench.count() !== null && bench.count() !== before"


def redraw(page: Page, rounds: int) -> list[float]:
    """A step nearer or farther until all rows, not a sample, are drawn and painted."""
    page.locator(MAP).focus()
    found = []
    for i in range(rounds):
        key = "+" if i % 4 < 2 else "-"
        drawn = """() => {
            const one = bench.pictures.findLast((p) => !p.quick);
            return one !== undefined && one.at > bench.inputs.keydown && one.at > %s
        }"""
        now = page.evaluate("() => performance.now()")
        page.wait_for_timeout(50)
        found.append(_until(page, lambda key=key: page.keyboard.press(key), "keydown", drawn % now))
        page.wait_for_timeout(500)
    return found


def pan(page: Page, seconds: float) -> dict[str, float]:
    """Hold the map and move it in circles: pictures painted a second, and gaps between frames."""
    box = page.locator(MAP).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 12)
    page.wait_for_timeout(100)
    page.evaluate("() => bench.watch()")
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        turn = 2 * math.pi * passed
        page.mouse.move(x + 12 + 120 * math.sin(turn), y + 12 + 60 * math.sin(2 * turn))
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - began - passed)))
    told = page.evaluate("() => bench.stop()")
    page.mouse.up()
    page.wait_for_timeout(800)
    frames = told["frames"]
    gaps = [b - a for a, b in itertools.pairwise(frames)]
    span = (frames[-1] - frames[0]) / 1000
    return {
        "pictures_a_second": round(len(told["pictures"]) / span, 1),
        "frames_a_second": round(len(gaps) / span, 1),
        "longest_gap_ms": round(max(gaps), 1),
        "raster": float(any(p["painter"] == "raster" for p in told["pictures"])),
    }


def lasso(page: Page, reach: float = 1.0) -> dict[str, float]:
    """Let go of an outline around the map's middle until count and picture show the selection.

    `reach` is the outline's width and height as a share of those around most of the map.
    """
    box = page.locator(MAP).bounding_box()
    assert box is not None
    page.locator(MAP).focus()
    page.keyboard.press("0")
    page.wait_for_timeout(700)
    page.keyboard.press("l")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    around = [
        (
            x + reach * 0.46 * box["width"] * math.cos(math.pi * i / 20),
            y + reach * 0.45 * box["height"] * math.sin(math.pi * i / 20),
        )
        for i in range(5, 44)
    ]
    page.mouse.move(*around[0])
    page.mouse.down()
    for place in around[1:]:
        page.mouse.move(*place)
    page.wait_for_timeout(100)
    shown = "() => bench.selected() !== null && bench.pictures.at(-1).at > bench.inputs.pointerup"
    ms = _until(page, page.mouse.up, "pointerup", shown)
    rows = int("".join(c for c in page.evaluate("() => bench.selected()") if c.isdigit()))
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    return {"ms": ms, "rows": float(rows)}


def scroll(page: Page, seconds: float, jumps: int) -> dict[str, list[float]]:
    """How long a place in the table's window showed no row, by ways of scrolling."""
    grid = page.locator(GRID)
    box = grid.bounding_box()
    assert box is not None
    grid.evaluate("element => { element.scrollTop = 0 }")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)

    def wheel() -> None:
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            page.mouse.wheel(0, 300)
            time.sleep(1 / 60)

    def pages() -> None:
        grid.focus()
        for _ in range(int(12 * seconds)):
            page.keyboard.press("PageDown")
            time.sleep(1 / 20)

    def far() -> None:
        for i in range(jumps):
            share = (i * 0.618034) % 1
            grid.evaluate(
                "(element, share) => { element.scrollTop = share * element.scrollHeight }", share
            )
            page.wait_for_timeout(350)

    found = {}
    for name, act in (("wheel", wheel), ("page_down", pages), ("jump", far)):
        page.evaluate("() => bench.watch()")
        act()
        page.wait_for_timeout(400)
        found[name] = page.evaluate("() => bench.stop()")["blanks"]
    grid.evaluate("element => { element.scrollTop = 0 }")
    return found


def threshold(page: Page, server: Server, moves: int) -> list[float]:
    """A move of a held threshold until the number of kept rows is painted."""
    page.goto(f"{server.base}curate?data={DATA}")
    slider = page.locator(f'[role=slider][aria-label^="{RULE}"]')
    slider.wait_for()
    page.evaluate(f"() => bench.seen(() => bench.judged('{RULE}') !== null)")
    page.wait_for_timeout(1500)
    box = slider.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    # To where most rows are, so that every step decides about some.
    x += 220
    page.mouse.move(x, y)
    page.wait_for_timeout(1500)
    found = []
    for i in range(moves):
        x += 11 if i % 32 < 16 else -11
        found.append(_until(page, lambda x=x: page.mouse.move(x, y), "pointermove", _JUDGED))
    page.mouse.up()
    return found


_JUDGED = f"""before => {{
    const now = bench.judged("{RULE}");
    return now !== null && now !== before;
}}"""


def interactions(page: Page, server: Server, rounds: int) -> dict[str, Any]:
    """Event Timing of everyday input: from the input to the next frame, as the browser reports it.

    Those under 16 ms are not reported by the browser and count as 16.
    """
    open_explore(page, server)
    done = 0
    slow: dict[str, float] = {}

    def act(name: str, do: Callable[[], Any], times: int = 1) -> None:
        nonlocal done
        page.evaluate("() => { bench.events.length = 0 }")
        do()
        page.wait_for_timeout(350)
        done += times
        for one in page.evaluate("() => bench.events"):
            key = (name, one["id"])
            worst[key] = max(worst.get(key, 0.0), one["ms"])
            slow[name] = max(slow.get(name, 0.0), one["ms"])

    worst: dict[tuple[str, int], float] = {}
    card = page.locator('[aria-label=Facets] [role=group][aria-label="Shelf"]').first
    press = page.keyboard.press
    for i in range(rounds):
        act("choose a value", card.locator("ul button").nth(i % 5).click)
        act("next row", lambda: press("j"))
        act("select a row", lambda: press("x"))
        act("previous row", lambda: press("k"))
        act("open a row", page.locator(f"{GRID} [role=row]").nth(3 + i).click)
        act("next row in Inspect", lambda: press("j"))
        act("close the row", lambda: press("Escape"))
        act("clear the selection", lambda: press("Escape"))
        act("sort", page.locator(f"{GRID} [role=columnheader] button").nth(1 + i % 3).click)
        act("undo", lambda: press("Control+z"))
        act("undo", lambda: press("Control+z"))
        act("open the palette", lambda: press("Control+k"))
        act("type in the palette", lambda: page.keyboard.type("col", delay=60), 3)
        act("close the palette", lambda: press("Escape"))
        act("go to Curate", lambda: (press("g"), press("c")), 2)
        act("go to Findings", lambda: (press("g"), press("f")), 2)
        act("go to Explore", lambda: (press("g"), press("e")), 2)
        page.evaluate("() => bench.seen(bench.parts.facets)")
        page.wait_for_timeout(600)
    samples = [*worst.values(), *[16.0] * max(0, done - len(worst))]
    return {"samples": samples, "slowest": dict(sorted(slow.items(), key=lambda item: -item[1]))}


def _part(page: Page, part: str) -> float:
    found: float = page.evaluate("part => bench.seen(bench.parts[part])", part)
    return found


def _until(page: Page, act: Callable[[], Any], event: str, holds: str) -> float:
    """Milliseconds from the newest input of that kind to the frame in which `holds` is shown.

    `holds` is a function in the page that is given what the count said before.
    """
    page.evaluate(
        f"""() => {{
            const before = bench.judged("{RULE}") ?? bench.count();
            const holds = ({holds});
            bench.awaited = bench.seen(() => holds(before));
        }}"""
    )
    act()
    shown: float = page.evaluate("() => bench.awaited")
    began: float = page.evaluate("event => bench.inputs[event]", event)
    return shown - began
