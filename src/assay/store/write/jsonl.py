"""Write JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from assay.registry import exporter
from assay.store.write._atomic import open_text
from assay.store.write._json_values import encode, json_values
from assay.store.write._names import distinct


@exporter("jsonl", suffixes=(".jsonl", ".ndjson"))
def write_jsonl(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> int:
    """JSON Lines, compressed if the name ends in .gz or .zst; every row has every field.

    NaN and infinities become null, timestamps ISO 8601, binary base64, decimals strings.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the fields and their order.
        path: The file; it appears only when all is written.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: Two columns have one name.
    """
    names = distinct(schema)
    written = 0
    with open_text(path) as file:
        for batch in batches:
            columns = [json_values(batch.column(name)) for name in names]
            rows = zip(*columns, strict=True)
            file.writelines(encode(dict(zip(names, row, strict=True))) + "\n" for row in rows)
            written += batch.num_rows
    return written
