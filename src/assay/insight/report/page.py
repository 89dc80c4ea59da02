"""A report as one HTML file: no scripts, nothing loaded, every number linked to its view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from urllib.parse import quote
from xml.etree import ElementTree as ET

from assay.insight.report.charts import draw_bars, draw_histogram, element
from assay.insight.report.model import (
    Advice,
    Bars,
    Figure,
    Inline,
    Number,
    Report,
    Section,
)

APP = "http://127.0.0.1:8420"
"""Where `assay serve` answers unless it is told otherwise."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
# XML 1.0 has no place for these, and neither has a page.
_CONTROL = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}
_CONTROL.update(dict.fromkeys((127, 65534, 65535), "�"))
_CONTROL.update(dict.fromkeys(range(55296, 57344), "�"))


def page(report: Report, *, app: str = APP) -> str:
    """The HTML of a report.

    Each number is a link to the list of views at the end of the page, which says how to get its
    rows: in the app, by Python and on the command line.

    Args:
        report: What to say.
        app: Where the web app answers, for the links that open a view in it.
    """
    return _Page(report, app.rstrip("/")).html()


def view_url(app: str, dataset: str, filters: Sequence[str]) -> str:
    """The address of a view in the web app."""
    parts = [("data", dataset), *(("where", text) for text in filters)]
    query = "&".join(f"{key}={quote(value, safe='', errors='replace')}" for key, value in parts)
    return f"{app}/explore?{query}"


class _Page:
    def __init__(self, report: Report, app: str) -> None:
        self.report = report
        self.app = app
        self.views: dict[tuple[str, tuple[str, ...]], str] = {}

    def html(self) -> str:
        report = self.report
        style = files("assay.insight.report").joinpath("page.css").read_text("utf-8")
        body = element("body", None, self.head(), self.advice(report.advice))
        body.extend(self.section(section) for section in report.sections)
        body.append(self.appendix())
        head = element(
            "head",
            None,
            element("meta", None, charset="utf-8"),
            element("meta", None, http_equiv="Content-Security-Policy", content=_POLICY),
            element("meta", None, name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{report.dataset}: data report"),
            element("style", style),
        )
        root = element("html", None, head, body, lang="en")
        for each in root.iter():
            each.text = each.text.translate(_CONTROL) if each.text else each.text
            each.tail = each.tail.translate(_CONTROL) if each.tail else each.tail
            for name, value in each.attrib.items():
                each.set(name, value.translate(_CONTROL))
        return "<!doctype html>\n" + ET.tostring(root, encoding="unicode", method="html")

    def head(self) -> ET.Element:
        report = self.report
        time = datetime.fromisoformat(report.time)
        told = (
            f"{report.project} · {time:%d %B %Y, %H:%M} UTC · table version {report.table_version}"
        )
        return element(
            "header",
            None,
            element("p", "Data report", class_="kind"),
            element("h1", report.dataset),
            element("p", told, class_="told"),
            self.words(report.lead, class_="lead"),
            self.figures(report.figures),
        )

    def advice(self, advice: Sequence[Advice]) -> ET.Element:
        made = element("section", None, element("h2", "What to do"), id="recommendations")
        if not advice:
            made.append(element("p", "Nothing was found that a fix would mend."))
            return made
        steps = element("ol", None, class_="advice")
        for each in advice:
            step = element("li", None, element("h3", each.title))
            effect = self.words((f"{_sentence_case(each.action)}: ", *each.effect, "."))
            step.append(effect)
            step.append(element("p", None, element("code", each.command)))
            steps.append(step)
        made.append(steps)
        return made

    def section(self, section: Section) -> ET.Element:
        made = element("section", None, element("h2", section.title), id=section.id)
        if section.lead:
            made.append(self.words(section.lead))
        if section.figures:
            made.append(self.figures(section.figures))
        for block in section.blocks:
            if isinstance(block, Bars):
                made.append(draw_bars(block, self.link))
            else:
                made.append(draw_histogram(block, self.link))
        return made

    def figures(self, figures: Sequence[Figure]) -> ET.Element:
        made = element("dl", None, class_="figures")
        for figure in figures:
            value = element("dd", None, self.link(figure.number))
            if figure.note:
                value.append(element("span", figure.note, class_="note"))
            made.append(element("div", None, element("dt", figure.label), value))
        return made

    def words(self, parts: Sequence[Inline], **attributes: str) -> ET.Element:
        made = element("p", "", **attributes)
        for part in parts:
            if isinstance(part, Number):
                made.append(self.link(part))
            elif len(made):
                made[-1].tail = (made[-1].tail or "") + part
            else:
                made.text = (made.text or "") + part
        return made

    def link(self, number: Number) -> ET.Element:
        """The number as a link to its view in the appendix."""
        key = (number.dataset or self.report.dataset, number.filters)
        anchor = self.views.setdefault(key, f"view-{len(self.views) + 1}")
        return element(
            "a",
            number.text,
            href=f"#{anchor}",
            class_="n",
            data_value=repr(number.value),
            data_measure=number.measure,
        )

    def appendix(self) -> ET.Element:
        made = element("section", None, element("h2", "Where the numbers come from"), id="views")
        note = (
            "Each number is measured on a view: the rows for which all its filters hold. The links "
            "open it in the web app while that runs (assay serve). In Python and on the command "
            "line the same filters give the same rows:"
        )
        made.append(element("p", note))
        for code in (
            f"assay.open(PROJECT).dataset({self.report.dataset!r}).where(FILTER).to_table()",
            f"assay export {self.report.dataset} rows.jsonl --where FILTER",
        ):
            made.append(element("p", None, element("code", code)))
        items = element("ol", None, class_="views")
        for (dataset, filters), anchor in self.views.items():
            url = view_url(self.app, dataset, filters)
            shown = " and ".join(filters) or "all rows"
            shown += f" of {dataset}" if dataset != self.report.dataset else ""
            link = element("a", shown, href=url, rel="noreferrer")
            items.append(element("li", None, link, id=anchor))
        made.append(items)
        if self.report.sources:
            made.append(element("h3", "How the signals were made"))
            rows = [
                element("tr", None, element("th", name, scope="row"), element("td", by))
                for name, by in self.report.sources
            ]
            made.append(element("table", None, element("tbody", None, *rows), class_="plain"))
        return made


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
