"""What to do about the findings, and what each fix is expected to bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assay import registry
from assay.errors import AssayError
from assay.insight.report.model import Advice, Inline
from assay.insight.wording import percent
from assay.project.check import StoredFinding, ensure
from assay.project.curate import signals_of
from assay.project.describe.measure import Filter, Measure, short
from assay.project.inbox import fix_text
from assay.project.rowsets import readings
from assay.run.compute import Progress
from assay.select.compiled import CompiledRule, compile_rules
from assay.select.rules import judge

REBALANCING = ("labels.imbalance", "labels.spurious", "sources.imbalance")
"""Checks whose fixes pay for evenness with rows that nothing is wrong with."""


@dataclass(frozen=True)
class Outcome:
    """What the fixes leave together.

    Attributes:
        kept: bool over all source rows: what fixes leave that take out what is wrong.
        advice: What to do, most serious first.
        rebalancing: How many of the fixes rebalance; they are not counted in `kept`.
    """

    kept: np.ndarray
    advice: tuple[Advice, ...]
    rebalancing: int = 0


def advise(
    look: Measure,
    found: Sequence[StoredFinding],
    *,
    progress: Progress | None = None,
    on_note: Callable[[str], None] = lambda note: None,
    on_step: Callable[[int, int, str], None] | None = None,
) -> Outcome:
    """Try the fix of each finding by itself on all rows, and say what they leave together.

    Args:
        look: The dataset, measured.
        found: Findings that wait for a decision or were applied, most serious first.
        progress: Told of rows while missing signals are computed.
        on_note: Told of a fix that cannot be tried, and why.
        on_step: Told how many fixes were tried, of how many.
    """
    left = look.all.base.copy()
    advice, rebalancing = [], 0
    for place, each in enumerate(found):
        if on_step is not None:
            on_step(place, len(found), "Trying the fixes")
        if each.rule is None:
            continue
        try:
            rules = compile_rules([each.rule])
            drop = _dropped(look, rules, progress)
        except AssayError as error:
            on_note(f"The fix of '{each.title}' cannot be tried: {error}")
            continue
        if not drop.any():
            continue
        if each.check in REBALANCING:
            rebalancing += 1
        else:
            left &= ~drop
        advice.append(_advice(look, each, rules, drop))
    return Outcome(left, tuple(advice), rebalancing)


def _dropped(
    look: Measure, rules: tuple[CompiledRule, ...], progress: Progress | None
) -> np.ndarray:
    """The rows that a fix drops by itself: bool over all source rows."""
    dataset = look.dataset
    ensure(dataset, signals_of(dataset, [], rules), progress)
    rows = dataset.rows()
    verdicts = judge(rules, rows, readings(dataset.at(None), rules, rows))
    drop = np.zeros(len(look.all.base), bool)
    fails = ~np.asarray(verdicts.keep)
    drop[np.flatnonzero(fails) if rows.kept is None else rows.kept[fails]] = True
    return drop


def _advice(
    look: Measure, found: StoredFinding, rules: Sequence[CompiledRule], drop: np.ndarray
) -> Advice:
    number = look.where(drop, *_candidates(found, rules))
    rows = int(np.count_nonzero(drop))
    effect: list[Inline] = ["removes ", number if number else f"{rows:,}"]
    effect.append(f" {'row' if rows == 1 else 'rows'} ({percent(rows, look.rows)})")
    tokens, whole = look.tokens_of(drop), look.tokens_of(look.all.base)
    if tokens is not None and whole:
        effect.append(f" and {short(tokens)} tokens ({percent(tokens, whole)})")
    name = look.dataset.name
    applied = found.state == "applied"
    return Advice(
        title=found.title,
        action=_action(found),
        command=f"assay curate {name}" if applied else f"assay findings {name} --apply {found.id}",
        effect=tuple(effect),
        reason=found.id,
    )


def _action(found: StoredFinding) -> str:
    """What the fix does, in words."""
    fix = found.fix or {}
    if "select" not in fix:
        return fix_text(fix) or ""
    told = registry.get("selector", fix["select"]).summary.rstrip(".")
    params = (fix_text(fix) or "").removeprefix(fix["select"])
    return f"{told}{params}"


def _candidates(found: StoredFinding, rules: Sequence[CompiledRule]) -> list[Filter]:
    """Filters that may mean just the rows that a fix drops."""
    out: list[Filter] = [f"finding:{found.id}"]
    if len(rules) == 1 and rules[0].expression is not None:
        text = rules[0].expression.describe()
        out.append(f"not ({text})" if rules[0].kind == "keep" else text)
    return out
