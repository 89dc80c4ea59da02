"""The speed of the whole web app in headless Chromium, with WebGL drawn in software.

    python benchmarks/web/bench_web.py [--rows-folder build/rows] [--only N] [--small] [--gl page]

Makes projects of 1,000,000 and 100,000 rows where they are not there yet (once, some minutes),
serves each with `assay serve`, drives it as a person would, and writes each number beside its bar
to results/web.json. With --small: 1,000 rows and few rounds, to see that all of it still works.
Software GL draws WebGL, as Chromium has it for somebody without a GPU. With --gl page it draws the
whole page as well, where a frame of an empty window costs 13 to 18 ms; that is written to
results/web_page.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import measures as m  # noqa: E402
from measuring import ROOT, conditions, record  # noqa: E402
from place import FLAGS, GL, Server, browse, serve, visit  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402


@dataclass(frozen=True)
class Bar:
    """A number to hold: at most (or at least) so much."""

    rows: int
    what: str
    key: str
    bar: float
    unit: str = "ms"
    least: bool = False


MILLION, MANY = 1_000_000, 100_000
BARS = (
    Bar(MILLION, "first useful paint, Explore (median)", "first_paint.explore.p50", 2000),
    Bar(MILLION, "first useful paint, Findings (median)", "first_paint.findings.p50", 2000),
    Bar(MILLION, "facets of a new filter, server, p95", "server.filter_and_facets.p95", 200),
    Bar(MILLION, "click in a facet to new counts painted, p95", "facet_clicks.p95", 400),
    Bar(MILLION, "map payload", "map_bytes", 5e6, "bytes"),
    Bar(MILLION, "map redraw, all rows, p95", "redraw.p95", 600),
    Bar(MILLION, "panning, pictures of a 100k sample", "pan.pictures_a_second.p50", 20, "/s", True),
    Bar(MILLION, "lasso of some 100k rows to selection painted", "lasso_of_a_part.ms.p50", 300),
    Bar(MILLION, "table: longest blank, wheel", "scroll.wheel.max", 100),
    Bar(MILLION, "table: longest blank, Page Down", "scroll.page_down.max", 100),
    Bar(MILLION, "table: longest blank, far jump", "scroll.jump.max", 100),
    Bar(MILLION, "server memory, peak", "server_peak_mib", 2000, "MiB"),
    Bar(MANY, "input to next paint, p95", "interactions.samples.p95", 100),
    Bar(MANY, "click in a facet to new counts painted, p95", "facet_clicks.p95", 400),
    Bar(MANY, "lasso of the whole map to selection painted", "lasso.ms.p50", 300),
    Bar(MANY, "panning, pictures of 100k points", "pan.pictures_a_second.p50", 20, "/s", True),
    Bar(MANY, "threshold dragged to new counts painted, p95", "threshold.p95", 100),
    Bar(MANY, "JavaScript of the first load, gzip", "first_paint.js_gzip_bytes.p50", 1e6, "bytes"),
)


PART = 0.15
"""Reach of the lasso that holds about a tenth of the rows."""


@dataclass(frozen=True)
class Rounds:
    """How often each thing is done."""

    loads: int = 3
    filters: int = 40
    clicks: int = 5
    redraws: int = 8
    pans: int = 3
    lassos: int = 3
    seconds: float = 2.5
    jumps: int = 15
    moves: int = 40
    interactions: int = 4


SMALL = Rounds(1, 4, 1, 2, 1, 1, 0.3, 2, 4, 1)


def told(samples: Sequence[float]) -> dict[str, float]:
    """Samples in four numbers; empty: nothing happened, which is 0 (no row was blank)."""
    ordered = sorted(samples) or [0.0]
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    values = {"p50": statistics.median(ordered), "p95": p95, "max": ordered[-1]}
    return {"n": len(samples)} | {name: round(value, 1) for name, value in values.items()}


def columns(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Answers of several rounds, name by name."""
    return {name: told([each[name] for each in found]) for name in found[0]}


def measure(browser: Browser, server: Server, rounds: Rounds) -> dict[str, Any]:
    """All numbers of one project; what could not be measured is an `error` in its place."""
    found: dict[str, Any] = {}

    def take(name: str, work: Callable[[], Any]) -> None:
        began = time.perf_counter()
        try:
            found[name] = work()
        except Exception as error:
            traceback.print_exc(limit=-2)
            found[name] = {"error": str(error).splitlines()[0]}
        print(f"  {name} ({time.perf_counter() - began:.1f} s)", file=sys.stderr, flush=True)

    def again(work: Callable[[], Any], times: int) -> Any:
        return columns([work() for _ in range(times)])

    take("first_paint_of_new_server", lambda: m.first_paint(browser, server))
    take("first_paint", lambda: again(lambda: m.first_paint(browser, server), rounds.loads))
    take("server", lambda: _told(m.server_facets(server, rounds.filters)))
    take("map_bytes", lambda: m.map_bytes(server))
    with visit(browser, server) as page:
        m.open_explore(page, server)
        take("facet_clicks", lambda: told(m.facet_clicks(page, rounds.clicks)))
        take("redraw", lambda: told(m.redraw(page, rounds.redraws)))
        take("pan", lambda: again(lambda: m.pan(page, rounds.seconds), rounds.pans))
        take("lasso", lambda: again(lambda: m.lasso(page), rounds.lassos))
        take("lasso_of_a_part", lambda: again(lambda: m.lasso(page, PART), rounds.lassos))
        take("scroll", lambda: _told(m.scroll(page, rounds.seconds, rounds.jumps)))
        take("threshold", lambda: told(m.threshold(page, server, rounds.moves)))
        take("interactions", lambda: _told(m.interactions(page, server, rounds.interactions)))
    found["server_peak_mib"] = round(server.peak_mib())
    return found


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {k: told(v) if isinstance(v, list) else v for k, v in found.items()}


def verdicts(results: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each bar with what was measured; `measured` None: it could not be."""
    listed = []
    for bar in BARS:
        value: Any = results.get(bar.rows)
        if value is None:
            continue
        for step in bar.key.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        number = value if isinstance(value, int | float) else None
        holds = number is not None and (number >= bar.bar if bar.least else number <= bar.bar)
        listed.append({**asdict(bar), "measured": number, "holds": holds})
    return listed


def table(listed: Sequence[dict[str, Any]]) -> str:
    """Number, measured, bar, holds; as text."""
    rows = [("rows", "number", "measured", "bar", "holds")]
    for one in listed:
        sign = ">=" if one["least"] else "<="
        shown = "not measured" if one["measured"] is None else f"{one['measured']:,} {one['unit']}"
        rows.append(
            (
                f"{one['rows']:,}",
                one["what"],
                shown,
                f"{sign} {one['bar']:,.0f} {one['unit']}",
                "yes" if one["holds"] else "NO",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def made(folder: Path, rows: int) -> Path:
    """The project of so many rows, made where it is not there."""
    project = folder / str(rows)
    script = HERE / "make_rows.py"
    command = [sys.executable, script, "--rows", str(rows), "--project", project]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return project


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows-folder", type=Path, default=ROOT / "build" / "rows")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of rows")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--gl", choices=sorted(GL), default="webgl")
    options = parser.parse_args()
    sizes = options.only or ([1000] if options.small else [MANY, MILLION])
    rounds = SMALL if options.small else Rounds()
    projects = {rows: made(options.rows_folder, rows) for rows in sizes}
    before = conditions(("playwright", "fastapi"))
    began = time.perf_counter()
    results: dict[int, dict[str, Any]] = {}
    for rows, project in projects.items():
        print(f"{rows:,} rows", file=sys.stderr, flush=True)
        with serve(project) as server, browse(options.gl) as browser:
            before["versions"]["chromium"] = browser.version
            results[rows] = measure(browser, server, rounds)
    listed = verdicts(results)
    facts = {
        "seconds": round(time.perf_counter() - began),
        "load_after": os.getloadavg()[0],
        "flags": [*FLAGS, GL[options.gl]],
    }
    name = "web" if options.gl == "webgl" else f"web_{options.gl}"
    record(name, {**before, **facts, "bars": listed, "rows": results})
    print(table(listed))
    failed = [f"{rows} {name}" for rows, result in results.items() for name in _errors(result)]
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def _errors(result: dict[str, Any]) -> list[str]:
    return [name for name, value in result.items() if "error" in json.dumps(value)[:10]]


if __name__ == "__main__":
    sys.exit(main())
