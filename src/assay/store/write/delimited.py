"""Write CSV and TSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from assay.registry import exporter
from assay.store.write._atomic import open_text
from assay.store.write._json_values import encode, json_values
from assay.store.write._names import distinct

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), full-width forms too.
_FORMULA = re.compile("^[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)


@exporter("csv", suffixes=(".csv",))
def write_csv(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    path: Path,
    *,
    neutralize: bool = True,
    delimiter: str = ",",
) -> int:
    """CSV with a header line, compressed if the name ends in .gz or .zst; nested values as JSON.

    A cell that a spreadsheet would run as a formula gets a ' in front; numbers are left alone. Null
    and NaN are empty cells, other values as in JSON Lines.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        neutralize: False writes texts as they are, for programs that read them back.
        delimiter: One character.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: Two columns have one name.
    """
    names = distinct(schema)
    written = 0
    with open_text(path) as file:
        out = csv.writer(_UnixLines(file), delimiter=delimiter, lineterminator="\r\n")
        out.writerow([_text(name, neutralize) for name in names])
        for batch in batches:
            columns = [
                [_cell(value, neutralize) for value in json_values(batch.column(name))]
                for name in names
            ]
            out.writerows(zip(*columns, strict=True))
            written += batch.num_rows
    return written


@exporter("tsv", suffixes=(".tsv",))
def write_tsv(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, *, neutralize: bool = True
) -> int:
    """Tab-separated values with a header line; otherwise as `csv`.

    Args:
        batches: The rows, all of `schema`.
        schema: Fixes the columns and their order.
        path: The file; it appears only when all is written.
        neutralize: False writes texts as they are, for programs that read them back.

    Returns:
        How many rows were written.

    Raises:
        InputError: The folder cannot be written to.
        UsageError: Two columns have one name.
    """
    return write_csv(batches, schema, path, neutralize=neutralize, delimiter="\t")


class _UnixLines:
    """Ends lines in LF. The csv module quotes a CR inside a cell only where lines end in CR LF."""

    def __init__(self, file: IO[str]) -> None:
        self._write = file.write

    def write(self, row: str) -> int:
        return self._write(row.removesuffix("\r\n") + "\n")


def _cell(value: Any, neutralize: bool) -> str:
    if isinstance(value, str):
        return _text(value, neutralize)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return encode(value)
    return repr(value)


def _text(value: str, neutralize: bool) -> str:
    if neutralize and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
