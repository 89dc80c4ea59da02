"""Writing rows out, with a record of what went where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.schema import LABELS
from assay.search.kinds import type_below
from assay.store import runs
from assay.store.write import STDOUT, format_of, target

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def export(
    dataset: Dataset, path: Path, *, format: str | None = None, columns: Sequence[str] | None = None
) -> int:
    """Write the rows of a dataset to one file.

    Args:
        dataset: What to write.
        path: The file; replaced as a whole when the writing succeeds. A link stays, and what it
            leads to is replaced; pipes and devices are written into; `-` is standard output.
        format: Name of an exporter; by the suffix of `path` if None.
        columns: Names as in expressions; by default the input's own columns, the `id` and the
            labels in force.

    Returns:
        Number of rows written.

    Raises:
        InputError: It cannot be written there.
        UsageError: No exporter claims the suffix, or a column does not exist.
    """
    if format is None and path == STDOUT:
        raise UsageError(
            "Standard output has no name that says which format to write.",
            allowed=", ".join(sorted(registry.exporters())),
            remedy="name it with --format",
        )
    format = format or format_of(path)
    writer = registry.get("exporter", format)
    rows = dataset.rows()
    if columns is None:
        # What a person answered is found nowhere else; other signals can be computed again.
        columns = [
            (field.metadata or {}).get(b"assay.name", field.name.encode()).decode()
            for field in rows.schema
            if (field.metadata or {}).get(b"assay.op", LABELS.encode()) == LABELS.encode()
        ]
    chosen = list(columns)
    schema = pa.schema([f.remove_metadata() for f in _schema_of(dataset, chosen)])
    inputs = {"version": dataset.full_name, "columns": chosen}
    # A project that one may only read keeps no record of who took what from it.
    events = dataset.project.events
    batches = (batch.cast(schema) for batch in rows.scan(*chosen))
    with runs.record(events, "export", dataset.name, inputs, optional=True) as run:
        with target(path) as file:
            written = writer.fn(batches, schema, file)
        run.outputs = {"path": path.name, "rows": written}
    return int(written)


def _schema_of(dataset: Dataset, columns: Sequence[str]) -> pa.Schema:
    """Types of the named columns, under the names they were asked for by."""
    rows = dataset.rows()
    fields = []
    for name in columns:
        found = rows.resolved(name)
        fields.append(pa.field(name, type_below(rows.schema.field(found.column).type, found.path)))
    return pa.schema(fields)
