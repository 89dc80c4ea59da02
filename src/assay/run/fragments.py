"""Running ops over one fragment: batches over threads, results in order, bad rows set aside."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from assay import stopping
from assay.errors import AssayError, InputError, Stopped
from assay.run.plan import Step, Task
from assay.store.table import Table

# From so many rows on, an op that fails on all of them is to blame, not the rows.
TOTAL_ROWS = 10
# Fixed, so that a result never depends on the machine: some ops see the batch as a whole.
BATCH_ROWS = 1024
BATCH_BYTES = 8 << 20


# Errors that would strike any row alike: blaming rows would turn good values into nulls.
_MACHINE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EIO,
    }
)


@dataclass(frozen=True)
class Failure:
    """A row an op could not handle: its value is null, the reason goes to quarantine."""

    row: int
    op: str
    error: str


@dataclass
class Computed:
    """Column files of one fragment, ready to be committed, and the rows that failed."""

    task: Task
    files: list[Any] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def compute_fragment(
    table: Table,
    task: Task,
    pool: ThreadPoolExecutor,
    window: int,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> Computed:
    """Run the steps of a task over its fragment.

    Args:
        table: The table at a version in which the columns are declared.
        task: What to compute.
        pool: Threads that run the ops.
        window: How many batches may be under way, which bounds memory.
        on_rows: Told of rows as they are finished.
    """
    done = Computed(task)
    schemas = [step.stored("") for step in task.steps]
    files = [table.column_file(task.fragment.id, schema) for schema in schemas]
    waiting: deque[tuple[int, list[Future[tuple[pa.RecordBatch, list[Failure]]]]]] = deque()

    def drain(limit: int) -> None:
        while len(waiting) > limit:
            rows, results = waiting.popleft()
            for file, schema, result in zip(files, schemas, results, strict=True):
                columns, failures = result.result()
                file.write(pa.RecordBatch.from_arrays(columns.columns, schema=schema))
                done.failures += failures
            on_rows(rows)

    first = task.first_row
    try:
        for batch in _batches(table, task):
            results = [
                pool.submit(copy_context().run, run_step, step, batch, first) for step in task.steps
            ]
            waiting.append((batch.num_rows, results))
            first += batch.num_rows
            drain(window)
        drain(0)
        for file in files:
            file.close()
    except BaseException:
        for _, results in waiting:
            for result in results:
                result.cancel()
        for file in files:
            file.discard()
        raise
    done.files = files
    _refuse_total_failure(done)
    return done


def _refuse_total_failure(done: Computed) -> None:
    """An op that fails on every row of a fragment is broken, and its nulls are no values."""
    rows = done.task.fragment.rows
    for step in done.task.steps:
        failures = [failure for failure in done.failures if failure.op == step.name]
        if rows >= TOTAL_ROWS and len(failures) == rows:
            for file in done.files:
                file.discard()
            raise AssayError(
                f"The op '{step.name}' failed on all of {rows:,} rows: {failures[0].error}",
                remedy="mend the op or its parameters; nothing of it was stored for these rows",
            )


def run_step(
    step: Step, batch: pa.RecordBatch, first_row: int
) -> tuple[pa.RecordBatch, list[Failure]]:
    """One op on one batch; where it raises, the batch is halved down to the rows to blame.

    Args:
        step: The op with its parameters.
        batch: Stored columns, at least those the step reads.
        first_row: Row index of the batch's first row, for the failures.

    Returns:
        The op's columns with null in the rows that failed, and those rows with the error.

    Raises:
        AssayError: The op returned the wrong columns (a bug in the op, not in a row), or the
            machine failed it: disk full, too many open files.
        Stopped: Somebody stopped the work.
    """
    arrays = [batch.column(stored) for stored in step.inputs.values()]
    view = pa.RecordBatch.from_arrays(arrays, names=list(step.inputs))
    schema = step.op.schema(step.params)
    parts: list[pa.RecordBatch] = []
    failures: list[Failure] = []

    def attempt(start: int, length: int) -> None:
        stopping.check()
        try:
            parts.append(_call(step, view.slice(start, length), schema))
        except (MemoryError, ImportError, NameError, Stopped):
            raise  # the machine, the op or a person ends it, whatever the row
        except Exception as error:  # any op, any input: the row is to blame until shown otherwise
            if isinstance(error, AssayError) and not isinstance(error, InputError):
                raise
            if isinstance(error, OSError) and error.errno in _MACHINE:
                raise _failed(step, error) from error
            if length == 1:
                text = f"{type(error).__name__}: {error}"[:500]
                failures.append(Failure(first_row + start, step.name, text))
                nulls = [pa.nulls(1, f.type) for f in schema]
                parts.append(pa.RecordBatch.from_arrays(nulls, schema=schema))
            else:
                half = length // 2
                attempt(start, half)
                attempt(start + half, length - half)

    attempt(0, view.num_rows)
    if len(parts) == 1:
        return parts[0], failures
    joined = pa.Table.from_batches(parts).combine_chunks()
    columns = [column.chunk(0) for column in joined.columns]
    return pa.RecordBatch.from_arrays(columns, schema=schema), failures


def _failed(step: Step, error: OSError) -> AssayError:
    """The error to raise where the machine, and no row, is to blame."""
    return AssayError(
        f"'{step.name}' failed: {error.strerror or error}.",
        where=str(error.filename) if error.filename else None,
        remedy="free some space or raise the limit, and run the same command again; what was "
        "committed is kept",
    )


def _call(step: Step, view: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    extra = {"state": step.state or b""} if step.op.fit is not None else {}
    result = step.op.fn(view, **step.params, **extra)
    if result.num_rows != view.num_rows:
        raise AssayError(
            f"The op '{step.op.name}' returned {result.num_rows} rows for {view.num_rows}.",
            remedy="an op returns one value a row; run assay.testing.check_op on it",
        )
    if not result.schema.equals(schema):
        raise AssayError(
            f"The op '{step.op.name}' returned columns it did not declare.",
            where=str(result.schema),
            allowed=str(schema),
            remedy="declare them in @op(outputs=...); run assay.testing.check_op on it",
        )
    return result


def _batches(table: Table, task: Task) -> Iterator[pa.RecordBatch]:
    """Input columns in batches whose bounds depend on the data alone."""
    columns = sorted({stored for step in task.steps for stored in step.inputs.values()})
    for batch in table.scan(columns, fragment=task.fragment.id, batch_rows=BATCH_ROWS):
        parts = max(1, min(batch.num_rows, -(-batch.nbytes // BATCH_BYTES)))
        size = -(-batch.num_rows // parts) or 1
        for start in range(0, batch.num_rows, size):
            yield batch.slice(start, size)
