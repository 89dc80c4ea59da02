"""Bars and histograms of a report, drawn without scripts."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from assay.insight.report.model import Bars, Histogram, Number

Link = Callable[[Number], ET.Element]
WIDTH, HEIGHT = 720, 120


def element(
    tag: str, text: str | None = None, /, *children: ET.Element, **attributes: str
) -> ET.Element:
    """An element; `class_` is written `class`, and `_` in other names `-`."""
    made = ET.Element(
        tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    )
    made.text = text
    made.extend(children)
    return made


def draw_bars(bars: Bars, link: Link) -> ET.Element:
    """A row a part: label, bar, number, share."""
    full = bars.scale or max((bar.share for bar in bars.bars), default=1.0) or 1.0
    rows = []
    for bar in bars.bars:
        part = max(0.0, min(1.0, bar.share / full))
        width = f"{max(100 * part, 0.5 if bar.number.value else 0):.2f}%"
        fill = element("span", "", class_="fill", style=f"width:{width}")
        rows.append(
            element(
                "tr",
                None,
                element("th", bar.label, scope="row"),
                element("td", None, element("span", None, fill, class_="track"), class_="bar"),
                element("td", None, link(bar.number), class_="number"),
                element("td", bar.note, class_="note"),
            )
        )
    table = element("table", None, element("tbody", None, *rows), class_="bars")
    return element("figure", None, element("figcaption", bars.title), table)


def draw_histogram(histogram: Histogram, link: Link) -> ET.Element:
    """Columns over an axis that names its ends; the median in words."""
    peak = max(histogram.counts, default=0) or 1
    step = WIDTH / max(1, len(histogram.counts))
    columns = []
    for place, rows in enumerate(histogram.counts):
        height = max(1.0, (HEIGHT - 4) * rows / peak) if rows else 0.0
        low, high = histogram.edges[place], histogram.edges[place + 1]
        shape = element(
            "rect",
            None,
            element("title", f"{_plain(low)} to {_plain(high)}: {rows:,} rows"),
            x=f"{place * step + 0.5:.1f}",
            y=f"{HEIGHT - height:.1f}",
            width=f"{max(1.0, step - 1):.1f}",
            height=f"{height:.1f}",
        )
        columns.append(shape)
    described = f"{histogram.title}: {sum(histogram.counts):,} rows"
    svg = element(
        "svg",
        None,
        *columns,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=described,
    )
    ends = [histogram.edges[0], histogram.edges[len(histogram.edges) // 2], histogram.edges[-1]]
    axis = element("div", None, *(element("span", _plain(end)) for end in ends), class_="axis")
    caption = element("figcaption", histogram.title)
    if histogram.scale == "log":
        caption.text = f"{histogram.title} (each step multiplies)"
    made = element("figure", None, caption, svg, axis)
    if histogram.median is not None:
        said = element("p", "Half of the rows have ", link(histogram.median), class_="said")
        said[-1].tail = " or fewer."
        made.append(said)
    return made


def _plain(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
