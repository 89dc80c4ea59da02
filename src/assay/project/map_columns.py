"""The columns of a map, written to the table of its dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from assay.search.expression import RENAMED
from assay.store.locks import exclusive
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

Columns = Mapping[str, tuple[pa.Array, Mapping[bytes, bytes]]]
"""By name, without `map.`: values row by row, and metadata."""


def write_columns(dataset: Dataset, make: Callable[[Table], Columns], message: str) -> int:
    """Put columns in the place of those of the same name; returns the table's version.

    What the metadata of a column does not say stays as it was.

    Args:
        dataset: Whose map it is.
        make: Gives what to write, from the table as it is while nobody else writes columns.
        message: What the commit is called.
    """
    with exclusive(dataset.path.with_suffix(".compute.lock")):
        table = Table.open(dataset.path)
        columns = make(table)
        if not columns:
            return table.version
        fields = [
            _field(table.schema, f"map__{name}", values.type, metadata)
            for name, (values, metadata) in columns.items()
        ]
        schema = pa.schema(fields)
        if present := [name for name in table.schema.names if name in schema.names]:
            table = table.drop(present)
        table = table.declare(schema)
        data = pa.table([values for values, _ in columns.values()], schema=schema)
        files, first = [], 0
        for fragment in table.fragments():
            part = data.slice(first, fragment.rows)
            if part.num_rows < fragment.rows:
                break  # rows that were added meanwhile have no place yet
            first += fragment.rows
            file = table.column_file(fragment.id, schema)
            for batch in part.combine_chunks().to_batches(max_chunksize=65_536):
                file.write(batch)
            file.close()
            files.append(file)
        if files:
            table = table.commit_columns(files, message)
        return table.version


def _field(
    schema: pa.Schema, name: str, kind: pa.DataType, metadata: Mapping[bytes, bytes]
) -> pa.Field:
    before = schema.field(name).metadata if name in schema.names else None
    kept = {key: value for key, value in (before or {}).items() if key != RENAMED}
    return pa.field(name, kind, metadata={**kept, **metadata})
