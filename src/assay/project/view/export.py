"""The rows of a view as one file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from assay import registry
from assay.project.view.engine import View
from assay.store.write import write


def view_file(view: View, format: str, names: Sequence[str]) -> tuple[bytes, str]:
    """The file's bytes and its suffix; input columns where none are named.

    Raises:
        UsageError: The format or a column is not known.
    """
    exporter = registry.get("exporter", format)
    columns = list(names) or [c.name for c in view.snapshot.columns if c.op is None]
    table = view.to_table(columns)
    schema = pa.schema([field.remove_metadata() for field in table.schema])
    suffix = exporter.suffixes[0] if exporter.suffixes else ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows{suffix}"
        write(table.cast(schema).to_batches(), schema, path, format=format)
        return path.read_bytes(), suffix
