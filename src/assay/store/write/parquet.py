"""Write Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assay.errors import UsageError
from assay.registry import exporter
from assay.store.write._atomic import replacing
from assay.store.write._names import distinct

_GROUP_BYTES = 64 << 20
_GROUP_ROWS = 1 << 17


@exporter("parquet", suffixes=(".parquet", ".pq"))
def write_parquet(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, *, compression: str = "zstd"
) -> int:
    """Parquet with zstd, in row groups of about 64 MiB, types as they are.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        compression: zstd, snappy, gzip, lz4, brotli or none.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: A column has a type that Parquet does not know, or two have one name.
    """
    distinct(schema)
    written = 0
    with replacing(path) as temporary:
        try:
            with pq.ParquetWriter(temporary, schema, compression=compression) as writer:
                for group in _groups(batches, schema):
                    writer.write_table(group, row_group_size=max(1, group.num_rows))
                    written += group.num_rows
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise UsageError(
                f"These rows cannot be written as Parquet: {str(error).partition(chr(10))[0]}.",
                where=str(path),
                remedy="write JSON Lines, or leave the column out",
            ) from error
    return written


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    # One call makes one row group, and readers are slow on many small ones.
    held, rows, size = list[pa.RecordBatch](), 0, 0
    for batch in batches:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(held, schema)
            held, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(held, schema)
