"""Checks on the columns that an exporter is given."""

from __future__ import annotations

import pyarrow as pa

from assay.errors import UsageError


def distinct(schema: pa.Schema) -> list[str]:
    """The column names.

    Raises:
        UsageError: Two columns have one name, or there is no column.
    """
    names = list(schema.names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise UsageError(
            f"Two columns are called '{twice[0]}'." if twice else "There is no column to write.",
            remedy="name the columns to export",
        )
    return names
