"""Checks and triage: findings are facts of a run, what was done about them are events."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from assay import registry, stopping
from assay.errors import UsageError
from assay.project import steps
from assay.registry import Finder
from assay.run.compute import Progress
from assay.run.plan import Step, in_type_of
from assay.schema import readable
from assay.store import runs

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

ACTIONS = {"snooze": "snoozed", "apply": "applied", "wontfix": "wontfix", "undo": "open"}
"""What can be done about a finding, and the state it leads to."""

# Above this many rows an embedding is minutes of work: computed when asked for, not in passing.
EMBED_ROWS = 20_000


@dataclass(frozen=True)
class StoredFinding:
    """A finding as recorded, with its triage state.

    Attributes:
        id: Key of the finding: hash of check and row set, the same in every run that finds it.
        check: Name of the finder.
        rows: Number of rows concerned.
        row_ids: Their ids, most telling first.
        score: In [0, 1]; 1 is the most serious.
        title: One line for a person.
        evidence: What lets a person verify it.
        fix: The suggested entry for a recipe's `rules`, or `{tag}` to put on the rows, or None.
        state: open, snoozed, applied or wontfix.
        time: When the run that found it ended; ISO 8601.
    """

    id: str
    check: str
    rows: int
    row_ids: Sequence[str]
    score: float
    title: str
    evidence: Mapping[str, Any]
    fix: Mapping[str, Any] | None
    state: str = "open"
    time: str | None = None

    @property
    def rule(self) -> Mapping[str, Any] | None:
        """The fix where it is an entry for a recipe's `rules`."""
        return None if self.fix is None or "tag" in self.fix else self.fix

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "check": self.check,
            "rows": self.rows,
            "row_ids": list(self.row_ids),
            "score": self.score,
            "title": self.title,
            "evidence": dict(self.evidence),
            "fix": dict(self.fix) if self.fix else None,
            "state": self.state,
        }


@dataclass(frozen=True)
class LastCheck:
    """When rows were looked at last.

    Attributes:
        time: When that run ended; ISO 8601.
        rows_since: How many rows were added after it.
    """

    time: str
    rows_since: int


def check(
    dataset: Dataset,
    names: Sequence[str] = (),
    *,
    params: Mapping[str, Mapping[str, Any]] | None = None,
    against: Sequence[str] = (),
    progress: Progress | None = None,
    on_note: Callable[[str], None] = lambda note: None,
) -> list[StoredFinding]:
    """Run finders and record what they find.

    Args:
        dataset: What to look at.
        names: Finders to run; all that apply if empty.
        params: Parameters by finder.
        against: Evaluation files for finders with a parameter of that name.
        progress: Told of rows while missing signals are computed.
        on_note: Told of a check that was left out, and why.

    Returns:
        The findings of this run that are open, most serious first.

    Raises:
        UsageError: No such finder or parameter, or a finder that was named does not apply to this
            dataset.
    """
    options = _options(params or {})
    chosen = [registry.get("finder", name) for name in names] or list(registry.finders().values())
    columns = readable(dataset.schema)
    applicable: list[Finder] = []
    for finder in chosen:
        missing = [name for name in finder.columns if name not in columns]
        if missing and names:
            such = "" if missing[0] not in dataset.schema.names else " with texts in it"
            raise UsageError(
                f"The check '{finder.name}' needs the column '{missing[0]}'{such}, which "
                f"'{dataset.name}' does not have.",
                allowed=", ".join(sorted(n for n in columns if "__" not in n)),
            )
        told = columns.intersection(map(str, options.get(finder.name, {}).values()))
        lacking = finder.lacks(dataset.schema) if finder.lacks and not (missing or told) else None
        if lacking and names:
            raise UsageError(
                f"The check '{finder.name}' needs {lacking}.",
                where=dataset.full_name,
                allowed=", ".join(sorted(n for n in columns if "__" not in n)),
            )
        if missing or lacking:
            continue
        slow = None if names else _slow(dataset, finder)
        if slow is None:
            applicable.append(finder)
        else:
            on_note(
                f"'{finder.name}' was left out: '{slow}' is not computed for "
                f"{dataset.source.num_rows:,} rows. Run: assay compute {dataset.name} {slow}"
            )
    needed = [op for finder in applicable for op in _reads(finder, columns)]
    for step in {step.name: step for step in map(dataset.step, needed)}.values():
        if (note := steps.model_note(step)) is not None:
            on_note(note)
    ready = ensure(dataset, needed, progress)
    inputs = {**_view(dataset), "checks": [finder.name for finder in applicable]}
    with runs.record(dataset.project.events, "check", dataset.name, inputs) as run:
        table = dataset.source
        rows = dataset.rows(table, ready=ready)
        records = []
        for finder in applicable:
            stopping.check()
            given = dict(options.get(finder.name, {}))
            if "against" in finder.defaults and against:
                given.setdefault("against", tuple(against))
            for found in finder.fn(rows, **given):
                fix = found.fix.to_dict() if found.fix else None
                records.append(
                    {
                        "key": f"{run.key}-{found.key}",
                        "finding": found.key,
                        "dataset": dataset.name,
                        "version": table.version,
                        "check": found.check,
                        "subject": found.subject,
                        "title": found.title,
                        "rows": len(found.row_ids),
                        "row_ids": list(found.row_ids),
                        "score": found.score,
                        "evidence": json.dumps(found.evidence, default=str, ensure_ascii=False),
                        "fix": json.dumps(fix, default=str) if fix else None,
                        "run": run.key,
                    }
                )
        dataset.project.events.append("findings", records)
        run.outputs = {"findings": len(records), "rows": rows.num_rows}
    ran = {finder.name for finder in applicable}
    return [found for found in findings(dataset) if found.check in ran]


def _options(params: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Parameters by finder, known ones, in the types of their defaults."""
    options: dict[str, dict[str, Any]] = {}
    for check, given in params.items():
        defaults = registry.get("finder", check).defaults
        for name, value in given.items():
            if name not in defaults:
                raise UsageError(
                    f"The check '{check}' has no parameter '{name}'.",
                    allowed=", ".join(sorted(defaults)) or "none",
                )
            typed = in_type_of(defaults[name], value, f"{check}.{name}")
            options.setdefault(check, {})[name] = typed
    return options


def findings(
    dataset: Dataset,
    *,
    state: str | None = "open",
    shown: int | None = None,
    row: str | None = None,
) -> list[StoredFinding]:
    """The newest findings of each check of these rows, most serious first.

    Args:
        dataset: Whose findings.
        state: Only those in this triage state; all if None.
        shown: At most so many row ids of each; all if None. There may be a million.
        row: Only those that concern the row of this id.
    """
    newest = {check: run["key"] for check, run in _newest(dataset).items()}
    records, states = _records(dataset, shown, row), _states(dataset)
    new = [_stored(each, states) for each in records if newest.get(each["check"]) == each["run"]]
    out = [found for found in new if state is None or found.state == state]
    return sorted(out, key=lambda found: (-found.score, found.check, found.id))


def states(dataset: Dataset, names: Sequence[str] = ()) -> dict[str, int]:
    """How many of the newest findings of these rows are in each triage state.

    Args:
        dataset: Whose findings.
        names: Checks whose findings count; all if empty.

    Returns:
        `{open, snoozed, applied, wontfix}`, each from 0.
    """
    counted = dict.fromkeys(("open", "snoozed", "applied", "wontfix"), 0)
    for found in findings(dataset, state=None, shown=0):
        counted[found.state] += not names or found.check in names
    return counted


def ran_last(dataset: Dataset) -> tuple[str, ...]:
    """The checks of the newest run over these rows; none if there was none."""
    done = _runs(dataset)
    return tuple(done[-1]["inputs"]["checks"]) if done else ()


def last_check(dataset: Dataset) -> LastCheck | None:
    """When these rows were looked at, by the check that saw the fewest of them; None if never."""
    rows = dataset.num_rows
    seen = [(run["outputs"].get("rows", rows), run["time"]) for run in _newest(dataset).values()]
    if not seen:
        return None
    fewest, time = min(seen)
    return LastCheck(time, max(0, rows - fewest))


def _newest(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """The newest run of each check over these rows."""
    return {check: run for run in _runs(dataset) for check in run["inputs"]["checks"]}


def _runs(dataset: Dataset) -> list[dict[str, Any]]:
    """Runs of checks over these rows, oldest first."""
    view = _view(dataset)
    done = runs.done(dataset.project.events, dataset.name)
    return [run for run in done if run["kind"] == "check" and view.items() <= run["inputs"].items()]


def _records(dataset: Dataset, shown: int | None, row: str | None) -> list[dict[str, Any]]:
    """Recorded findings; ids of rows stay in Arrow, but for those asked for."""
    without = ("row_ids",) if shown == 0 else ()
    table = dataset.project.events.read("findings", without=without, row=row, dataset=dataset.name)
    if shown:
        place = table.schema.get_field_index("row_ids")
        table = table.set_column(place, "row_ids", pc.list_slice(table.column("row_ids"), 0, shown))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _stored(record: Mapping[str, Any], states: Mapping[str, str]) -> StoredFinding:
    return StoredFinding(
        id=record["finding"],
        check=record["check"],
        rows=record["rows"],
        row_ids=record.get("row_ids", ()),
        score=record["score"],
        title=record["title"],
        evidence=json.loads(record["evidence"]),
        fix=json.loads(record["fix"]) if record["fix"] else None,
        state=states.get(record["finding"], "open"),
        time=record["time"].isoformat(timespec="seconds"),
    )


def find_one(dataset: Dataset, finding: str) -> StoredFinding:
    """The finding with that id, or whose id alone starts so.

    Raises:
        UsageError: There is none, or there are several.
    """
    known = findings(dataset, state=None)
    matches = [found for found in known if found.id.startswith(finding)] if finding else []
    if len(matches) != 1:
        raise UsageError(
            f"'{finding}' is {'no finding' if not matches else 'more than one finding'} of "
            f"'{dataset.name}'.",
            allowed="; ".join(f"{f.id} ({f.title})" for f in (matches or known)[:3])
            or "none were found yet",
            remedy=f"assay findings {dataset.name} lists them",
        )
    return matches[0]


def find_named(dataset: Dataset, finding: str) -> StoredFinding:
    """As `find_one`, but also one that was found in other rows of the dataset, or that is not new.

    An id is that of a check and a set of rows, so it means those rows wherever they were found.
    """
    try:
        return find_one(dataset, finding)
    except UsageError:
        records = _records(dataset, None, None) if finding else []
        named = {each["finding"]: each for each in records if each["finding"].startswith(finding)}
        if len(named) != 1:
            raise
        return _stored(next(iter(named.values())), _states(dataset))


def ensure(dataset: Dataset, ops: Sequence[Any], progress: Progress | None = None) -> list[Step]:
    """Compute the signals of `ops` where they are missing; returns the steps that make them."""
    wanted = {json.dumps(op, sort_keys=True, default=str): op for op in ops}
    made = [dataset.step(op) for op in wanted.values()]
    if made and dataset.missing(made):
        dataset.at(None).compute(*wanted.values(), progress=progress)
    return made


def _reads(finder: Finder, columns: set[str]) -> list[str]:
    """The ops whose signals a finder reads here."""
    optional = (op for op in finder.may_read if columns.issuperset(registry.get("op", op).inputs))
    return [*finder.needs, *optional]


def _slow(dataset: Dataset, finder: Finder) -> str | None:
    """An op that a finder needs and that would take long to compute now."""
    if dataset.source.num_rows <= EMBED_ROWS:
        return None
    reads = _reads(finder, readable(dataset.schema))
    slow = (op for op in reads if op.startswith("embed."))
    return next((op for op in slow if dataset.missing([dataset.step(op)])), None)


def _view(dataset: Dataset) -> dict[str, Any]:
    """What tells the rows looked at from other rows of the same dataset."""
    return {"version": dataset.full_name, "where": list(dataset.filters)}


def _states(dataset: Dataset) -> dict[str, str]:
    states: dict[str, str] = {}
    for row in dataset.project.events.read("triage", dataset=dataset.name).to_pylist():
        states[row["finding"]] = ACTIONS[row["action"]]
    return states
