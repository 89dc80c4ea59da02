"""What Parquet and Arrow files share: batches checked, cut to size, and not copied."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from assay.schema import BadRow, ReadBatch
from assay.store.read._arrow_types import check, plain


def checked(
    batch: pa.RecordBatch, first: int, *, batch_rows: int, batch_bytes: int
) -> Iterator[ReadBatch | BadRow]:
    """The batch in slices of bounded size, without rows that are not valid Arrow data.

    Args:
        batch: As read, trusted in nothing: Arrow takes UTF-8 and offsets as the file has them.
        first: Row index of its first row in the file.
        batch_rows: Rows in a slice, at most.
        batch_bytes: Bytes in a slice, about.
    """
    if problem := check(batch.schema):
        if not first:
            yield BadRow(-1, f"{problem}.")
        return
    per_row = batch.nbytes / batch.num_rows if batch.num_rows else 0
    step = max(1, min(batch_rows, int(batch_bytes / per_row) if per_row else batch_rows))
    for at in range(0, batch.num_rows, step):
        yield from _valid(batch.slice(at, step), first + at)


def _valid(batch: pa.RecordBatch, first: int) -> Iterator[ReadBatch | BadRow]:
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):  # offsets out of range: touching the rows is not safe
            yield BadRow(
                first,
                f"Rows {first} to {first + batch.num_rows - 1} are damaged: {_first_line(error)}. "
                "Write the file again.",
            )
        elif batch.num_rows == 1:
            yield BadRow(first, f"Row {first} holds text that is not UTF-8: {_not_utf8(batch)}.")
        else:
            half = batch.num_rows // 2
            # Copies, since validation looks at the children of a slice as a whole.
            yield from _valid(batch.take(pa.array(np.arange(half))), first)
            yield from _valid(batch.take(pa.array(np.arange(half, batch.num_rows))), first + half)
    else:
        batch, bad = plain(batch)
        for row, problem in sorted(bad.items()):
            yield BadRow(first + row, f"Row {first + row}: {problem}.")
        keep = np.setdiff1d(np.arange(batch.num_rows), np.array(list(bad), np.int64))
        if len(keep):
            whole = len(keep) == batch.num_rows
            yield ReadBatch(batch if whole else batch.take(pa.array(keep)), first + keep)


def _not_utf8(batch: pa.RecordBatch) -> str:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            return f"column '{name}'"
    return "a nested field"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def broken(what: str, error: Exception, remedy: str = "fetch or write it again") -> BadRow:
    """A file of which nothing can be read."""
    return BadRow(-1, f"{what}: {_first_line(error)}. To fix: {remedy}.")


def broken_off(first: int, error: Exception, last: int | None = None) -> BadRow:
    """Rows from `first` on (to `last`, if known) that cannot be read."""
    rows = f"from {first} on" if last is None else f"{first} to {last}"
    return BadRow(
        first, f"Rows {rows} cannot be read: {_first_line(error)}. The other rows were kept."
    )
