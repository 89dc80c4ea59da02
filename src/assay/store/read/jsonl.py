"""JSON Lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.json

from assay.errors import InputError
from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._columns import Columns, named_types
from assay.store.read._json_lines import Parsed, blocks, parse
from assay.store.read._stream import MAX_ITEM, Lines

_LF, _OPEN, _CLOSE = b"\n{}"


def sniff(head: bytes) -> bool:
    """Whether the first line is a JSON object, and not a conversation."""
    row = first_object(head)
    return row is not None and not isinstance(row.get("messages"), list)


def first_object(head: bytes) -> dict[str, object] | None:
    """The object on the first line that is not blank; None if there is no such thing."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return None
    line = start.partition(b"\n")[0]
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        # A first line longer than the head is an object all the same, if it starts like one.
        cut = len(line) == len(start) and line[1:].lstrip()[:1] == b'"'
        return (
            {"messages": []}
            if cut and line[1:].lstrip().startswith(b'"messages"')
            else {}
            if cut
            else None
        )
    return row if isinstance(row, dict) else None


@reader("jsonl", suffixes=(".jsonl", ".ndjson", ".json"), sniff=sniff)
def read_jsonl(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    max_line: int = MAX_ITEM,
    types: Mapping[str, str] | None = None,
    nan: bool = False,
) -> Iterator[ReadBatch | BadRow]:
    """JSON Lines, plain or compressed; a JSON array of objects is read too, up to `max_line` bytes.

    A column has the type that most values of the first batch have; ints and floats together are
    floats. Rows that do not fit are bad rows. Texts are never taken for dates.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes of input in a batch, about.
        max_line: A longer line, in bytes, is passed over and reported.
        types: Column name to string, int, float, bool or json (kept as JSON text), where the first
            batch would decide otherwise.
        nan: Read NaN and Infinity, which are not JSON, as floats.
    """
    columns = Columns(named_types(types))
    for block in blocks(path, size=batch_bytes, max_line=max_line):
        if isinstance(block, BadRow):
            yield block
        elif isinstance(block, Lines) and (batch := _fast(block.data, columns)) is not None:
            positions = np.arange(block.first, block.first + batch.num_rows, dtype=np.int64)
            for at in range(0, batch.num_rows, batch_rows):
                yield ReadBatch(batch.slice(at, batch_rows), positions[at : at + batch_rows])
        else:
            parsed = parse(block, nan=nan) if isinstance(block, Lines) else block
            yield from _built(parsed, columns, batch_rows)


def json_objects(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Line number (from 1) and object of each line that is not blank, plain, gzip or zstd.

    Raises:
        InputError: The file cannot be read, or a line is no object.
    """
    for block in blocks(path, size=8 << 20):
        parsed = parse(block) if isinstance(block, Lines) else block
        bad = [parsed] if isinstance(parsed, BadRow) else parsed.bad
        if bad:
            raise InputError(bad[0].error, where=str(path), allowed="one JSON object a line")
        assert isinstance(parsed, Parsed)
        yield from zip(parsed.positions, parsed.rows, strict=True)


def _built(parsed: Parsed, columns: Columns, batch_rows: int) -> Iterator[ReadBatch | BadRow]:
    yield from parsed.bad
    for at in range(0, len(parsed.rows), batch_rows):
        rows = parsed.rows[at : at + batch_rows]
        yield from columns.build(rows, parsed.positions[at : at + batch_rows])


def _fast(data: bytes, columns: Columns) -> pa.RecordBatch | None:
    """The block by Arrow's own parser where the outcome is sure to be the same; else None.

    Arrow's parser is strict on types, unknown fields, duplicate keys and surrogates once it is
    given a schema, but it takes objects wherever they stand. As a raw line feed cannot be inside a
    JSON string, and `}` LF `{` is not valid inside a value, lines that all start with `{` and end
    with `}` hold whole objects; if there are as many objects as lines, each line is one object.
    """
    if not columns.types or not columns.plain or not data.startswith(b"{"):
        return None
    body = np.frombuffer(data, np.uint8)[: len(data) - data.endswith(b"\n")]
    ends = np.flatnonzero(body == _LF)
    if body[-1] != _CLOSE or (body[ends - 1] != _CLOSE).any() or (body[ends + 1] != _OPEN).any():
        return None
    # It also takes NaN for a number, and stops at NUL.
    if b"\0" in data or (_has_float(columns.schema) and (b"NaN" in data or b"Inf" in data)):
        return None
    try:
        table = pyarrow.json.read_json(
            pa.BufferReader(data),
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=columns.schema, unexpected_field_behavior="error"
            ),
        )
        table.validate(full=True)  # UTF-8, which the parser takes on trust
    except pa.ArrowInvalid:
        return None
    batches = table.combine_chunks().to_batches()
    if table.num_rows != len(ends) + 1 or len(batches) != 1:
        return None
    return None if _has_empty_row(batches[0]) else batches[0]


def _has_empty_row(batch: pa.RecordBatch) -> bool:
    """Whether some row is null in all columns: it may have been `{}`, which is a bad row."""
    if not all(column.null_count for column in batch.columns):
        return False
    return bool(np.logical_and.reduce([np.asarray(column.is_null()) for column in batch]).any())


def _has_float(schema: pa.Schema) -> bool:
    return any("double" in str(field.type) for field in schema)
