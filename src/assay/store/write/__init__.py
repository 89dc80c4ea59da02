"""Exporters: one file each, from batches of rows to a file that appears whole or not at all."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.store.write._target import STDOUT, target

__all__ = ["STDOUT", "format_of", "target", "write"]


def write(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    path: Path,
    *,
    format: str | None = None,
    **options: Any,
) -> int:
    """Write rows to one file, in the format named or the one its name ends in.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        format: Name of an exporter.
        **options: For the exporter, e.g. `neutralize` for csv.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: The format or an option is not known, or cannot hold the columns.
    """
    exporter = registry.get("exporter", format or format_of(path))
    allowed = [
        parameter.name
        for parameter in inspect.signature(exporter.fn).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    for name in options:
        if name not in allowed:
            raise UsageError(
                f"The exporter '{exporter.name}' has no option '{name}'.",
                allowed=", ".join(allowed) or "none",
            )
    written: int = exporter.fn(batches, schema, path, **options)
    return written


def format_of(path: Path) -> str:
    """The exporter that claims the ending of a file's name, one of compression aside.

    Raises:
        UsageError: None does.
    """
    known = {
        s: exporter.name for exporter in registry.exporters().values() for s in exporter.suffixes
    }
    name = path.name.lower()
    for ending in (".gz", ".gzip", ".zst", ".zstd"):
        name = name.removesuffix(ending)
    for suffix in sorted(known, key=len, reverse=True):
        if name.endswith(suffix):
            return known[suffix]
    raise UsageError(
        f"The name '{path.name}' does not say which format to write.",
        allowed=", ".join(sorted(known)),
        remedy="name it with --format",
    )
