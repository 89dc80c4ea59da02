"""Write Arrow IPC."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from assay.registry import exporter
from assay.store.write._atomic import replacing
from assay.store.write._names import distinct


@exporter("arrow", suffixes=(".arrow", ".feather", ".ipc"))
def write_arrow(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    path: Path,
    *,
    compression: str | None = None,
) -> int:
    """Arrow IPC file (Feather), not compressed, so that it can be memory-mapped.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        compression: None, lz4 or zstd.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: Two columns have one name.
    """
    distinct(schema)
    # The file format has one dictionary a column; batches may each come with their own.
    options = pa.ipc.IpcWriteOptions(compression=compression, unify_dictionaries=True)
    written = 0
    with replacing(path) as temporary:
        if any(pa.types.is_dictionary(field.type) for field in schema):
            batches = pa.Table.from_batches(list(batches), schema).unify_dictionaries().to_batches()
        with (
            pa.OSFile(str(temporary), "wb") as sink,
            pa.ipc.new_file(sink, schema, options=options) as out,
        ):
            for batch in batches:
                out.write_batch(batch)
                written += batch.num_rows
    return written
