"""Runs: what was executed, on what, with what result. Together they are the lineage graph."""

from __future__ import annotations

import contextlib
import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assay._version import __version__
from assay.errors import AssayError, Stopped, StoreError
from assay.store.events import Events
from assay.store.failures import first_line
from assay.store.locks import exclusive, held
from assay.store.table import Table

_RUN = re.compile(r"\brun (\w+)$")


@dataclass
class Run:
    """A run under way; fill in `outputs` before it ends.

    Attributes:
        key: Id of the run.
        kind: add, compute, check, curate or export.
        dataset: The dataset it belongs to.
        inputs: What went in, JSON-ready.
        outputs: What came out, JSON-ready.
        seconds: Wall time, set when the run ends.
    """

    key: str
    kind: str
    dataset: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)
    recipe: str | None = None
    seconds: float = 0.0


@contextlib.contextmanager
def record(
    events: Events,
    kind: str,
    dataset: str,
    inputs: dict[str, Any],
    recipe: str | None = None,
    *,
    optional: bool = False,
) -> Iterator[Run]:
    """Time a run; append a record when it starts, and one when it ends, well or in an error.

    Args:
        events: Where to.
        kind: add, compute, check, curate or export.
        dataset: The dataset it belongs to.
        inputs: What goes in, JSON-ready.
        recipe: The recipe as YAML.
        optional: Go on without records where the project may only be read.
    """
    run = Run(uuid.uuid4().hex[:12], kind, dataset, inputs, recipe=recipe)
    record = {"key": run.key, "kind": kind, "dataset": dataset, "recipe": recipe}
    record["code_version"] = __version__
    with contextlib.ExitStack() as stack:
        # Its lock tells a run that is still going from one that was killed.
        lock = events.running / f"{run.key}.lock"
        stack.callback(_remove, lock)
        try:
            stack.enter_context(exclusive(lock))
            events.append("starts", [{**record, "inputs": inputs}])
        except StoreError as error:
            if not optional or not error.facts.get("refused"):
                raise
            yield run
            return
        started = time.perf_counter()
        try:
            yield run
        except BaseException as error:
            stopped = isinstance(error, Stopped) or not isinstance(error, Exception)
            failure = {
                "key": run.key,
                "dataset": dataset,
                "state": "interrupted" if stopped else "failed",
                "error": "" if stopped else _told(error),
                "seconds": time.perf_counter() - started,
            }
            with contextlib.suppress(AssayError):  # the disk may be full; the first error counts
                events.append("failures", [failure])
            raise
        run.seconds = time.perf_counter() - started
        done = {"inputs": run.inputs, "outputs": run.outputs, "seconds": run.seconds}
        events.append("runs", [{**record, **done}])


def _told(error: BaseException) -> str:
    return (
        error.what
        if isinstance(error, AssayError)
        else f"{type(error).__name__}: {first_line(error)}"
    )


def _remove(lock: Path) -> None:
    with contextlib.suppress(OSError):
        lock.unlink(missing_ok=True)


def history(events: Events, dataset: str | None = None) -> list[dict[str, Any]]:
    """Records of runs, oldest first, with their inputs and outputs decoded.

    Returns:
        The columns of `runs`, with `state` (`done`, `running`, `failed` by an error, or
        `interrupted` by a person, a kill or a crash) and `error` (None unless failed). `time` is
        when it ended, where that is known, else when it started; `seconds` is None where it is not.
    """
    equal = {"dataset": dataset} if dataset else {}
    ended = {row["key"]: row for row in events.read("runs", **equal).to_pylist()}
    failed = {row["key"]: row for row in events.read("failures", **equal).to_pylist()}
    rows = [{**row, "state": "done", "error": None} for row in ended.values()]
    for start in events.read("starts", **equal).to_pylist():
        if (key := start["key"]) in ended:
            continue
        row = {**start, "outputs": None, "seconds": None, "error": None}
        if key in failed:
            told = failed[key]
            row |= {name: told[name] for name in ("state", "seconds", "time")}
            row["error"] = told["error"] or None
        else:
            row["state"] = "running" if held(events.running / f"{key}.lock") else "interrupted"
        rows.append(row)
    rows.sort(key=lambda row: row["time"])
    for row in rows:
        row["inputs"] = json.loads(row["inputs"] or "{}")
        row["outputs"] = json.loads(row["outputs"] or "{}")
        row["time"] = row["time"].isoformat(timespec="seconds")
    return rows


def done(events: Events, dataset: str | None = None) -> list[dict[str, Any]]:
    """As `history`, those that came to their end."""
    return [run for run in history(events, dataset) if run["state"] == "done"]


def additions(table: Table) -> np.ndarray:
    """The run that appended each row, numbered in the order of the rows.

    Returns:
        int64, shape (n,), ascending; a run of several commits has one number, and so have rows
        whose commits are not kept any more.
    """
    versions = table.created()
    numbers: dict[str, int] = {}
    of_version = {}
    for version in dict.fromkeys(versions.tolist()):
        found = _RUN.search(table.message(version))
        of_version[version] = numbers.setdefault(found[1] if found else "", len(numbers))
    known, place = np.unique(versions, return_inverse=True)
    return np.array([of_version[each] for each in known.tolist()], np.int64)[place]


def run_of(table: Table, row: int) -> str | None:
    """Id of the run that appended a row; None where its commit is not kept any more."""
    found = _RUN.search(table.message(table.created_at(row)))
    return found[1] if found else None
