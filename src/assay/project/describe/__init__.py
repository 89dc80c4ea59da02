"""A dataset in words and numbers: what a report says, each number with the view behind it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assay.errors import UsageError
from assay.insight.report.model import Advice, Inline, Report
from assay.insight.report.page import APP, page
from assay.insight.report.pdf import to_pdf
from assay.insight.wording import count, percent
from assay.project import check
from assay.project.describe import sections
from assay.project.describe.advice import Outcome, advise
from assay.project.describe.gaps import gap_advice, gap_section
from assay.project.describe.measure import Measure
from assay.run.compute import Progress
from assay.store.failures import failed_write

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

FORMS = ("html", "pdf", "json")
MAX_TRIED = 40
"""Fixes that are tried, most serious first."""


def report(
    dataset: Dataset,
    *,
    target: Dataset | None = None,
    progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
    on_step: Callable[[int, int, str], None] | None = None,
) -> Report:
    """Describe a dataset or version; checks that never ran on it run first.

    Args:
        dataset: What to describe. Of a named version, the findings of its source rows are told,
            with how many of its own rows they concern.
        target: What the rows should be like; then the report tells what they lack.
        progress: Told of rows while missing signals are computed.
        on_note: Told of what was left out, and why.
        on_step: Told of the fixes that were tried: how many, of how many, and what is done.

    Raises:
        UsageError: There is no such dataset, or it has no embedding in common with the target.
    """
    tell = on_note or (lambda note: None)
    source = dataset.at(None)
    if source.num_rows and check.last_check(source) is None:
        check.check(source, progress=progress, on_note=tell)
    found = [
        each
        for each in check.findings(source, state=None, shown=0)
        if each.state in ("open", "applied")
    ]
    look = Measure(dataset)
    if dataset.version is not None:
        found = [f for f in found if (n := sections.concerned(look, f)) and n.value]
    fixable = [each for each in found if each.rule is not None]
    outcome = advise(look, fixable[:MAX_TRIED], progress=progress, on_note=tell, on_step=on_step)
    parts = [sections.composition(look), *sections.of_findings(look, found)]
    wanted: tuple[Advice, ...] = ()
    if target is not None:
        lacking = dataset.gaps(target)
        parts.append(gap_section(dataset, target, lacking))
        wanted = gap_advice(dataset, target, lacking.gaps)
    if (made := sections.versions(look)) is not None:
        parts.append(made)
    return Report(
        dataset=dataset.full_name,
        project=dataset.project.root.resolve().name,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        table_version=look.all.snapshot.version,
        lead=_lead(look, len(found), len(fixable), outcome),
        figures=sections.facts(look),
        sections=tuple(parts),
        advice=(*outcome.advice, *wanted),
        sources=_sources(look),
    )


def known_form(path: Path) -> str:
    """The form that a file name asks for.

    Raises:
        UsageError: There is no such form.
    """
    form = path.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise UsageError(
            f"A report cannot be written as '{path.name}'.",
            allowed=", ".join(f".{form}" for form in FORMS),
            remedy="choose one of these endings",
        )
    return form


def render(made: Report, form: str, app: str | None = None) -> bytes:
    """A report as a file of the form `html`, `pdf` or `json`.

    Raises:
        AssayError: A PDF cannot be printed.
    """
    if form == "json":
        return json.dumps(made.to_dict(), ensure_ascii=False, indent=2).encode()
    html = page(made, app=app or APP)
    return to_pdf(html) if form == "pdf" else html.encode()


def write(made: Report, path: Path, app: str | None = None) -> None:
    """Write a report in the form that the file name asks for, whole or not at all.

    Raises:
        UsageError: There is no such form.
        AssayError: The file cannot be written, or a PDF cannot be printed.
    """
    body = render(made, known_form(path), app)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    except OSError as error:
        raise failed_write(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def state_of(dataset: Dataset) -> str:
    """What a report depends on, in short: it is out of date where this is another."""
    source = dataset.at(None)
    triaged = [(f.id, f.state) for f in check.findings(source, state=None, shown=0)]
    made = [version.full_name for version in dataset.project.versions.list(dataset.name)]
    text = json.dumps([source.source.version, triaged, made])
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _lead(look: Measure, found: int, fixes: int, outcome: Outcome) -> tuple[Inline, ...]:
    if not look.rows:
        return (f"{look.dataset.full_name} has no rows yet.",)
    rows: list[Inline] = [look.count(), f" {'row' if look.rows == 1 else 'rows'}"]
    if (tokens := look.tokens()) is not None:
        rows += [" with ", tokens, " tokens"]
    if not found:
        return (*rows, "; the checks found nothing.")
    rows.append(f"; {count(found, 'finding')} to decide on.")
    left = int(np.count_nonzero(outcome.kept))
    if left < look.rows:
        number = look.where(outcome.kept)
        tried = "every suggested fix"
        if fixes > MAX_TRIED:
            tried = f"the {MAX_TRIED} most serious of {fixes:,} fixes"
        but = " but those that rebalance" if outcome.rebalancing else ""
        rows += [f" If {tried}{but} were applied, ", number or f"{left:,}"]
        rows.append(f" of them would remain ({percent(left, look.rows)}).")
    return tuple(rows)


def _sources(look: Measure) -> tuple[tuple[str, str], ...]:
    """Which op made each group of signals."""
    made: dict[str, str] = {}
    for column in look.all.snapshot.columns:
        if column.op:
            version = column.details.get("version")
            made.setdefault(column.group, f"{column.op}{f' {version}' if version else ''}")
    return tuple(made.items())
