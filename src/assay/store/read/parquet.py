"""Parquet, row group by row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assay.errors import UsageError
from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._arrow_rows import broken, broken_off, checked
from assay.store.read._stream import unreadable


@reader("parquet", suffixes=(".parquet", ".pq"), sniff=lambda head: head.startswith(b"PAR1"))
def read_parquet(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    columns: Sequence[str] | None = None,
) -> Iterator[ReadBatch | BadRow]:
    """Parquet, with the file's own types; a damaged row group is reported and the next one read.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes in a batch, about.
        columns: Read only these.

    Raises:
        InputError: The file cannot be opened.
        UsageError: One of `columns` is not in the file.
    """
    try:
        # Buffered column streams keep memory flat where a row group is large.
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise unreadable(path, error) from error
        yield broken("The Parquet file cannot be read, it may be cut off", error)
        return
    with file:
        names = list(file.schema_arrow.names)
        for name in columns or ():
            if name not in names:
                raise UsageError(
                    f"There is no column '{name}'.", where=str(path), allowed=", ".join(names)
                )
        first = 0
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            yield from _group(file, group, first, batch_rows, batch_bytes, columns)
            first += count


def _group(
    file: pq.ParquetFile,
    group: int,
    first: int,
    batch_rows: int,
    batch_bytes: int,
    columns: Sequence[str] | None,
) -> Iterator[ReadBatch | BadRow]:
    metadata = file.metadata.row_group(group)
    last = first + metadata.num_rows - 1
    per_row = metadata.total_byte_size / max(1, metadata.num_rows)
    rows = max(1, min(batch_rows, int(batch_bytes / max(1.0, per_row))))
    try:
        for batch in file.iter_batches(batch_size=rows, row_groups=[group], columns=columns):
            yield from checked(batch, first, batch_rows=rows, batch_bytes=batch_bytes)
            first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        yield broken_off(first, error, last)
