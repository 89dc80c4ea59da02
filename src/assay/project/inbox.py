"""Findings as screens show them: with examples, and with what their fix would remove."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from assay import registry
from assay.errors import UsageError
from assay.project import check
from assay.project.check import ACTIONS, StoredFinding, ensure
from assay.project.curate import signals_of
from assay.project.rowsets import readings
from assay.project.view.engine import View
from assay.project.view.inspect import snippets
from assay.select.compiled import compile_rules
from assay.select.rules import judge
from assay.store import runs

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

SHOWN_IDS, EXAMPLES = 20, 2
_OWN_ROWS = re.compile(r"not finding:\w+")
Memory = MutableMapping[str, Any]
Report = Callable[..., None]


def finding_list(dataset: Dataset, view: View, state: str, memory: Memory) -> dict[str, Any]:
    """Findings in a triage state (`all`: in any), most serious first.

    Raises:
        UsageError: There is no such state.
    """
    states = (*ACTIONS.values(), "all")
    if state not in states:
        raise UsageError(f"There is no state '{state}'.", allowed=", ".join(dict.fromkeys(states)))
    source = dataset.at(None)
    found = check.findings(source, state=None if state == "all" else state, shown=SHOWN_IDS)
    history = runs.done(dataset.project.events, dataset.name)
    checked = [run["time"] for run in history if run["kind"] == "check"]
    notes = _notes(source)
    return {
        "checked": checked[-1] if checked else None,
        "findings": [
            _finding(dataset, view, each, notes, memory, rows)
            for each, rows in zip(found, _examples(view, found), strict=True)
        ],
    }


def one_finding(dataset: Dataset, view: View, finding: str, memory: Memory) -> dict[str, Any]:
    """One finding, as in the list."""
    source = dataset.at(None)
    found = check.find_one(source, finding)
    return _finding(dataset, view, found, _notes(source), memory, _examples(view, [found])[0])


def known_checks(names: Sequence[str]) -> None:
    """Refuse names that are no finders."""
    for name in names:
        registry.get("finder", name)


def effect(
    dataset: Dataset, view: View, finding: str, memory: Memory, report: Report
) -> dict[str, Any] | None:
    """What the fix of a finding removes from the rows of the dataset; None where it is no rule."""
    found = check.find_one(dataset.at(None), finding)
    if found.rule is None:
        return None
    rules = compile_rules([found.rule])
    ensure(dataset, signals_of(dataset, [], rules), report)
    report(0, None, "Judging rows")
    rows = dataset.rows()
    verdicts = judge(rules, rows, readings(dataset.at(None), rules, rows))
    kept = rows.kept
    drop = ~np.asarray(verdicts.keep)
    value = _removed(view, np.flatnonzero(drop) if kept is None else kept[drop])
    memory[_key(dataset, view, found)] = value
    return value


def _examples(view: View, found: Sequence[StoredFinding]) -> list[np.ndarray]:
    """Row numbers of the first rows of each; looked up at once, since each look passes all ids."""
    heads = [list(each.row_ids[:EXAMPLES]) for each in found]
    wanted = list(dict.fromkeys(row_id for head in heads for row_id in head))
    place = view.snapshot.places_of(wanted)
    return [np.array([place[i] for i in head if i in place], np.int64) for head in heads]


def _finding(
    dataset: Dataset,
    view: View,
    found: StoredFinding,
    notes: dict[str, str],
    memory: Memory,
    examples: np.ndarray,
) -> dict[str, Any]:
    rows = view.snapshot.num_rows  # findings are about all rows, also where a version is shown
    return {
        **found.to_dict(),
        "row_ids": list(found.row_ids[:SHOWN_IDS]),
        "fix_text": fix_text(found.fix),
        "share": round(found.rows / rows, 6) if rows else 0.0,
        "effect": _effect(dataset, view, found, memory),
        "note": notes.get(found.id, ""),
        "time": found.time,
        "filter": f"finding:{found.id}",
        "examples": snippets(view.snapshot, examples),
    }


def _effect(
    dataset: Dataset, view: View, found: StoredFinding, memory: Memory
) -> dict[str, Any] | None:
    """At once where the fix is conditions on what is there, else if it was tried."""
    key = _key(dataset, view, found)
    if key in memory or found.rule is None:
        return memory.get(key)
    stays = view.base
    for rule in compile_rules([found.rule]):
        if rule.rowset is not None:
            written = str(rule.rowset)
        elif rule.expression is not None:
            written = rule.expression.describe()
        else:
            return None
        try:
            true = view.snapshot.truth(written)
        except UsageError:
            return None  # it names a signal that is not computed
        stays = stays & (true if rule.kind == "keep" else ~true)
    memory[key] = _removed(view, np.flatnonzero(view.base & ~stays))
    return dict(memory[key])


def _removed(view: View, rows: np.ndarray) -> dict[str, Any]:
    column = view.snapshot.op_column("text.tokens", "count")
    tokens = view.tokens()
    removed = None
    if column is not None and tokens is not None:
        removed = int(view.snapshot.weights(column.name)[rows].sum())
    share = None
    if removed is not None and tokens is not None and tokens[1]:
        share = round(removed / tokens[1], 6)
    return {
        "rows": len(rows),
        "tokens": removed,
        "rows_share": round(len(rows) / view.total, 6) if view.total else 0.0,
        "tokens_share": share,
    }


def _key(dataset: Dataset, view: View, found: StoredFinding) -> str:
    return f"effect {dataset.full_name} {view.snapshot.version} {found.id}"


def fix_text(fix: Any) -> str | None:
    """The fix in words."""
    if not fix:
        return None
    if _OWN_ROWS.fullmatch(fix.get("keep", "")):
        return "drop these rows"
    if "keep" in fix:
        return f"keep rows where {fix['keep']}"
    if "drop" in fix:
        return f"drop rows where {fix['drop']}"
    if "tag" in fix:
        return f"tag these rows '{fix['tag']}'"
    if "use" in fix:
        return f"apply the rules {fix['use']}"
    rest = {k: v for k, v in fix.items() if k not in ("select", "name")}
    shown = ", ".join(f"{k} {_in_words(v)}" for k, v in rest.items())
    return f"{fix.get('select')}{f' ({shown})' if shown else ''}"


def _in_words(value: Any) -> str:
    """A parameter as people say it; of a file, its name is enough."""
    if isinstance(value, list):
        return ", ".join(_in_words(item) for item in value)
    return PurePath(value).name if isinstance(value, str) else json.dumps(value, default=str)


def _notes(dataset: Dataset) -> dict[str, str]:
    triage = dataset.project.events.read("triage", dataset=dataset.name)
    return {row["finding"]: row["note"] or "" for row in triage.to_pylist()}
