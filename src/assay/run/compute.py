"""Computing signals: declare columns, run what is missing, commit fragment by fragment."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import stopping
from assay.errors import AssayError, UsageError
from assay.run.fragments import Computed, compute_fragment
from assay.run.plan import Step, check_inputs, plan, same_fact, same_question
from assay.store.assets import Assets
from assay.store.events import Events
from assay.store.locks import exclusive
from assay.store.table import Table

# A commit writes a manifest, so finished fragments are committed together, but not for long:
# what is not committed is computed again after a kill.
COMMIT_SECONDS = 2.0


@dataclass
class ComputeResult:
    """What a compute did, in `seconds` of wall time.

    `rows_computed` counts rows that lacked at least one signal asked for.
    """

    rows: int = 0
    rows_computed: int = 0
    signals: list[str] = field(default_factory=list)
    quarantined: int = 0
    version: int = 0
    seconds: float = 0.0


Progress = Callable[[int, int], None]
"""Told `(rows done, rows to do)`."""


def default_workers() -> int:
    """Threads to run ops on: the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def compute(
    path: Path,
    steps: Sequence[Step],
    *,
    events: Events,
    assets: Assets,
    run: str,
    workers: int | None = None,
    max_quarantined: int | None = None,
    retry: bool = False,
    progress: Progress | None = None,
) -> ComputeResult:
    """Compute the missing (row, signal) pairs of a dataset.

    Args:
        path: The dataset's table.
        steps: Signals to have afterwards.
        events: Where rows that fail are recorded.
        assets: Where fitted states are kept.
        run: Id of the run, recorded with the columns.
        workers: Threads; all cores if None. Results do not depend on it.
        max_quarantined: Fail when more rows than this cannot be handled, those of earlier runs that
            are not tried again included.
        retry: Compute fragments with rows that could not be handled once more.
        progress: Told as rows are finished.

    Raises:
        UsageError: An input column is missing, or a signal of that name has other parameters.
        AssayError: More rows failed than `max_quarantined`.
        Stopped: Somebody stopped it; what was committed stays.
    """
    workers = workers or default_workers()
    name = path.stem
    # One process adds columns at a time; appends do not wait for it.
    with exclusive(path.with_suffix(".compute.lock")):
        table = Table.open(path)
        ready = []
        for step in steps:
            check_inputs(table, step, name)
            table, step = _declare(table, step, assets, run, name)
            ready.append(step)
        again = {s.name: _failed_fragments(table, s, events) for s in ready} if retry else None
        tasks = plan(table, ready, again)
        result = ComputeResult(
            rows=sum(fragment.rows for fragment in table.fragments()),
            rows_computed=sum(task.fragment.rows for task in tasks),
            signals=[signal for step in ready for signal in step.signals],
        )
        before = 0
        if max_quarantined is not None and not retry:
            before = sum(_unhandled(table, step, events) for step in ready)
        commit = _Committer(table, events, run, result, max_quarantined, before)
        done = 0
        ended = threading.Event()
        with ThreadPoolExecutor(workers) as pool, stopping.when(ended.is_set):

            def on_rows(rows: int) -> None:
                nonlocal done
                done += rows
                if progress is not None:
                    progress(done, result.rows_computed)

            try:
                for task in tasks:
                    commit.add(compute_fragment(table, task, pool, 2 * workers, on_rows))
            finally:
                ended.set()  # after an error or Ctrl+C, nobody waits for batches under way
        commit.flush()
        commit.check()
        result.version = Table.open(path).version
        return result


def _failed_fragments(table: Table, step: Step, events: Events) -> set[int]:
    """Fragments with a row that this step could not handle at some time."""
    failed = events.read("quarantine", dataset=table.path.stem, op=step.name).column("row_id")
    found: set[int] = set()
    for fragment in table.fragments() if len(failed) else []:
        for batch in table.scan(["id"], fragment=fragment.id, batch_rows=65_536):
            if pc.any(pc.is_in(batch.column(0), failed.combine_chunks())).as_py():
                found.add(fragment.id)
                break
    return found


def _unhandled(table: Table, step: Step, events: Events) -> int:
    """Rows that this step could not handle in earlier runs, and that have no value yet."""
    failed = events.read("quarantine", dataset=table.path.stem, op=step.name).column("row_id")
    column, count = step.stored("").names[0], 0
    for fragment in table.fragments() if len(failed) else []:
        if column not in fragment.columns:
            continue  # computed in this run
        for batch in table.scan(["id", column], fragment=fragment.id, batch_rows=65_536):
            rows = pc.is_in(batch.column(0), failed.combine_chunks())
            count += batch.column(1).filter(rows).null_count
    return count


class _Committer:
    """Collects finished fragments and commits them together every few seconds."""

    def __init__(
        self,
        table: Table,
        events: Events,
        run: str,
        result: ComputeResult,
        limit: int | None,
        before: int,
    ) -> None:
        self._table = table
        self._events = events
        self._run = run
        self._result = result
        self._limit = limit
        self._before = before
        self._waiting: list[Computed] = []
        self._last = time.monotonic()

    def add(self, computed: Computed) -> None:
        self._waiting.append(computed)
        self._result.quarantined += len(computed.failures)
        if computed.failures:
            self.check()
        if time.monotonic() - self._last >= COMMIT_SECONDS:
            self.flush()

    def check(self) -> None:
        """Fail, with what was computed kept, where more rows than allowed have no value."""
        unhandled = self._before + self._result.quarantined
        if self._limit is None or unhandled <= self._limit:
            return
        self.flush()
        raise AssayError(
            f"{unhandled:,} rows could not be handled, more than the limit of {self._limit:,}.",
            where=self._table.path.stem,
            remedy="look at them with `assay quarantine`, then raise --max-quarantined or "
            "repair the op and run it with --retry",
        )

    def flush(self) -> None:
        failures = [(f, c) for c in self._waiting for f in c.failures]
        if failures:
            self._events.append("quarantine", [self._record(f) for f, _ in failures])
        # One commit holds one set of columns: files of different ops replace different fields.
        groups: dict[tuple[int, ...], list[Any]] = {}
        for computed in self._waiting:
            for file in computed.files:
                groups.setdefault(tuple(file.fields), []).append(file)
        for files in groups.values():
            self._table.commit_columns(files, f"compute, run {self._run}")
        self._waiting = []
        self._last = time.monotonic()

    def _record(self, failure: Any) -> dict[str, Any]:
        row = self._table.take(np.array([failure.row]), ["id", "source", "position"]).to_pylist()[0]
        identity = f"{self._table.path.stem}\0{row['id']}\0{failure.op}\0{failure.error}"
        return {
            "key": blake2b(identity.encode("utf-8", "replace"), digest_size=16).hexdigest(),
            "dataset": self._table.path.stem,
            "source": row["source"],
            "position": row["position"],
            "row_id": row["id"],
            "op": failure.op,
            "error": failure.error,
            "run": self._run,
        }


def _declare(
    table: Table, step: Step, assets: Assets, run: str, dataset: str
) -> tuple[Table, Step]:
    """Make sure that the step's columns exist and were made by the same op and parameters."""
    fields = {field.name: field for field in table.schema}
    stored = step.stored(run)
    present = [name for name in stored.names if name in fields]
    if present and not all(same_question(fields[name], step) for name in present):
        raise UsageError(
            f"'{dataset}' already has '{step.name}' with other parameters or another input.",
            remedy=f"keep both by giving this one a name: --as {step.op.name.split('.')[-1]}2",
        )
    if present and (
        len(present) < len(stored) or not all(same_fact(fields[name], step) for name in present)
    ):
        # A newer op version: its values replace the old ones from this table version on; older
        # table versions, and the named versions pinned to them, keep what they had.
        table = table.drop(present)
        present = []
    if present:
        metadata = fields[present[0]].metadata or {}
        state_id = metadata.get(b"assay.state", b"").decode()
        if step.state_id and step.state_id != state_id:
            raise UsageError(
                f"'{dataset}' already has '{step.name}' by a model that was fitted on other rows.",
                remedy=f"keep both by giving this one a name: --as {step.op.name.split('.')[0]}2",
            )
        return table, replace(step, state_id=state_id, state=assets.get(state_id))
    if step.op.fit is not None and not step.state_id:
        state = step.op.fit(_fit_batches(table, step), **step.params)
        state_id = assets.put(state, kind="op-state") if state else ""
        step = replace(step, state=state, state_id=state_id)
    return table.declare(step.stored(run)), step


def _fit_batches(table: Table, step: Step) -> Any:
    for batch in table.scan(sorted(set(step.inputs.values())), batch_rows=1024):
        stopping.check()
        arrays = [batch.column(stored) for stored in step.inputs.values()]
        yield pa.RecordBatch.from_arrays(arrays, names=list(step.inputs))
