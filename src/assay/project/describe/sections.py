"""The parts of a report: composition, quality, duplicates, risks, versions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay.insight._language_names import language_name
from assay.insight.report.model import Bar, Bars, Figure, Histogram, Inline, Number, Section
from assay.insight.wording import count, percent
from assay.project.check import StoredFinding
from assay.project.describe.measure import Filter, Measure
from assay.project.view.columns import Column

TOP = 10
"""Parts of a whole that are named; the others stand together."""
MAX_COLUMNS = 4
"""Columns of the input that are shown beside source, licence and language."""
MAX_FINDINGS = 12
"""Findings named in a section; the others are counted."""
_LENGTHS = (
    ("text.stats", "words", "Words in a text"),
    ("text.tokens", "count", "Tokens in a text"),
)
_HOMES = {
    "duplicates": "duplicates",
    "pii": "risks",
    "leak": "risks",
    "leakage": "risks",
    "splits": "risks",
    "licence": "risks",
    "bias": "balance",
    "balance": "balance",
    "sources": "balance",
    "drift": "balance",
    "groups": "balance",
    "labels": "labels",
    "label_errors": "labels",
    "language": "balance",
}
_TITLES = {
    "quality": "Quality",
    "duplicates": "Duplicates",
    "risks": "Risks",
    "balance": "Balance",
    "labels": "Labels",
}
_CLEAN = {
    "quality": "The checks found nothing wrong with the texts and columns.",
    "duplicates": "No two rows are the same or nearly the same.",
    "risks": "No personal data, keys or benchmark items were found.",
}


def composition(look: Measure) -> Section:
    """What the rows are: sources, languages, lengths."""
    snapshot = look.all.snapshot
    blocks: list[Bars | Histogram] = []
    language = snapshot.op_column("text.language", "code")
    for column in _telling(look, language):
        bars = shares(look, column)
        if bars is not None:
            blocks.append(bars)
    for op, output, title in _LENGTHS:
        found = snapshot.op_column(op, output)
        if found is not None:
            blocks.append(spread(look, found, title))
            break
    lead: list[Inline] = [(rows := look.count())]
    lead += [
        " row comes from " if rows.value == 1 else " rows come from ",
        (sources := look.distinct("source")),
    ]
    lead.append(" source" if sources.value == 1 else " sources")
    if language is not None and (spoken := look.distinct(language.name)).value:
        lead += [", in ", spoken, " language" if spoken.value == 1 else " languages"]
    lead.append(".")
    return Section("composition", "Composition", tuple(lead), blocks=tuple(blocks))


def of_findings(look: Measure, found: Sequence[StoredFinding]) -> list[Section]:
    """One section a kind of finding; those that every reader asks about also where all is well."""
    homes: dict[str, list[StoredFinding]] = {name: [] for name in _CLEAN}
    for each in found:
        homes.setdefault(_HOMES.get(each.check.partition(".")[0], "quality"), []).append(each)
    return [_findings(look, name, homes[name]) for name in _TITLES if name in homes]


def versions(look: Measure) -> Section | None:
    """What was made of the rows so far; None where nothing was."""
    dataset = look.dataset.at(None)
    made = dataset.project.versions.list(dataset.name)
    if not made or look.dataset.version is not None:
        return None
    blocks = []
    for version in made[-3:]:
        bars = [_part("kept", look.count(f"version:{version.name}"), look.rows)]
        for rule, rows in version.dropped.items():
            if rows:
                number = look.count(f"dropped:{version.name}/{rule}")
                bars.append(_part(f"dropped by {rule}", number, look.rows))
        blocks.append(Bars(version.full_name, tuple(bars), 1.0))
    lead = f"{count(len(made), 'named version')} {'was' if len(made) == 1 else 'were'} made"
    shown = "" if len(made) <= 3 else "; the newest three are shown"
    return Section("versions", "Versions", (f"{lead}{shown}.",), blocks=tuple(blocks))


def shares(look: Measure, column: Column) -> Bars | None:
    """How the values of a column divide the rows; None where it has none."""
    coded = look.all.snapshot.coded(column.name)
    counts, missing = coded.count(look.all.base)
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    if not order:
        return None
    bars = []
    named = [coded.values[place] for place in order[:TOP]]
    for value in named:
        filters: Filter = {"column": column.name, "op": "==", "value": value}
        if column.kind == "list":
            filters = {"column": column.name, "op": "in", "value": [value]}
        label = language_name(value) if column.op == "text.language" else str(value)
        bars.append(_part(label, look.count(filters), look.rows))
    if len(order) > TOP and column.kind != "list":
        others = look.count(
            {"column": column.name, "op": "not in", "value": named},
            {"column": column.name, "op": "is not null"},
        )
        bars.append(_part(f"{len(order) - TOP:,} others", others, look.rows))
    if missing:
        none = look.count({"column": column.name, "op": "is null"})
        bars.append(_part("no value", none, look.rows))
    return Bars(column.label, tuple(bars), 1.0)


def spread(look: Measure, column: Column, title: str) -> Histogram:
    """How a column of numbers is spread over the rows."""
    binned = look.all.snapshot.binned(column.name)
    counts, _ = binned.count(look.all.base)
    return Histogram(
        title,
        tuple(binned.edges.tolist()),
        tuple(int(n) for n in counts),
        binned.scale,
        look.median(column.name),
    )


def concerned(look: Measure, found: StoredFinding) -> Number | None:
    """The rows that a finding is about, as a view; None where it is about none."""
    if found.rows:
        return look.count(f"finding:{found.id}")
    problem = (found.evidence.get("problems") or [{}])[0]
    name = found.evidence.get("column")
    if problem.get("problem") in ("empty", "mostly missing"):
        return look.count({"column": name, "op": "is null"})
    if problem.get("problem") == "constant":  # in all rows, so that any value is that one
        return look.count({"column": name, "op": "is not null"})
    return None


def _findings(look: Measure, name: str, found: Sequence[StoredFinding]) -> Section:
    bars, quiet = [], 0
    for each in found:
        number = concerned(look, each)
        if number is None or not number.value:
            quiet += number is None
            continue
        state = "" if each.state == "open" else each.state.replace("wontfix", "won't be fixed")
        bars.append(_part(each.title, number, look.rows, state))
    more = len(bars) - MAX_FINDINGS
    lead: list[Inline] = []
    if bars:
        subject = f"{count(len(bars), 'finding')} {'concerns' if len(bars) == 1 else 'concern'}"
        lead = [f"{subject} rows of {look.dataset.full_name}"]
        lead.append(f"; the {MAX_FINDINGS} most serious are shown." if more > 0 else ".")
    if quiet:
        lead.append(f"{' ' if lead else ''}{count(quiet, 'finding')} about columns as a whole.")
    if not lead:
        lead = [_CLEAN.get(name, "Nothing was found.")]
    blocks = (Bars("Rows concerned", tuple(bars[:MAX_FINDINGS]), 1.0),) if bars else ()
    return Section(name, _TITLES[name], tuple(lead), blocks=blocks)


def facts(look: Measure) -> tuple[Figure, ...]:
    """The numbers to remember."""
    out = [Figure("Rows", look.count())]
    if (tokens := look.tokens()) is not None:
        out.append(Figure("Tokens", tokens))
    if look.rows:
        different = look.distinct("content_id")
        share = percent(int(different.value), look.rows)
        out.append(Figure("Different contents", different, f"{share} of rows"))
    if look.all.snapshot.op_column("text.pii", "count") is not None:
        personal = look.count("text.pii.count > 0")
        out.append(
            Figure("Rows with personal data", personal, percent(int(personal.value), look.rows))
        )
    return tuple(out)


def _telling(look: Measure, language: Column | None) -> list[Column]:
    """The columns that say what the data is: where from, what language, and the input's classes."""
    snapshot = look.all.snapshot
    chosen: list[Column] = []
    for name in ("source", "licence"):
        column = next((c for c in snapshot.columns if c.name == name), None)
        if column is not None and column.telling:
            chosen.append(column)
    if language is not None:
        chosen.append(language)
    known = {column.name for column in chosen}
    for column in snapshot.columns:
        if len(chosen) - len(known) >= MAX_COLUMNS:
            break
        plain = column.op is None and column.kind in ("category", "boolean", "list")
        if not plain or column.name in known or not column.facet or not column.telling:
            continue
        counts, _ = snapshot.coded(column.name).count(look.all.base)
        if 2 <= np.count_nonzero(counts) <= max(TOP, 0.2 * counts.sum()):
            chosen.append(column)
    return chosen


def _part(label: str, number: Number, whole: int, note: str = "") -> Bar:
    share = number.value / whole if whole else 0.0
    return Bar(label, number, share, note or percent(int(number.value), whole))
