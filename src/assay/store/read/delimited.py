"""CSV and TSV, with quoted line feeds, row by row."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import InputError
from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._columns import named_types
from assay.store.read._stream import Stream, line_blocks

_PATTERNS = (
    # Conservative: a code such as 007 or 1_000 stays a string; 18 digits always fit in 64 bits.
    (pa.bool_(), r"^(?:true|false|True|False|TRUE|FALSE)$", "true or false"),
    (pa.int64(), r"^-?(?:0|[1-9][0-9]{0,17})$", "an integer"),
    (
        pa.float64(),
        r"^-?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$",
        "a number",
    ),
)
MAX_ROW = 16 << 20  # the parser holds a row at four bytes a character
_CANDIDATES = (",", "\t", ";", "|")


@reader("csv", suffixes=(".csv",))
def read_csv(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    delimiter: str | None = None,
    max_line: int = MAX_ROW,
    types: Mapping[str, str] | None = None,
    known: Mapping[str, pa.DataType] | None = None,
) -> Iterator[ReadBatch | BadRow]:
    """CSV with a header line; quotes as in RFC 4180, types from the first batch.

    A column is bool, int or float only if every cell of the first batch is, else string; numbers
    with leading zeros stay strings. An empty cell is null, in string columns an empty string. A
    position is the line at which the row starts. The cells as written are the row's identity.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes of input in a batch, about.
        delimiter: One character; by default whichever of , tab ; | the header line has most of.
        max_line: A longer line or row, in bytes, is passed over and reported.
        types: Column name to string, int, float or bool, against what the first batch decides.
        known: Types of the columns that a dataset has already; they hold unless `types` differs.

    Raises:
        InputError: The file cannot be opened, or its header names a column twice.
    """
    with Stream(path, text=True) as stream:
        header = stream.peek(1 << 16).partition(b"\n")[0].decode("utf-8", "replace")
        delimiter = delimiter or max(_CANDIDATES, key=header.count)
        rows = _Rows(stream, delimiter, batch_bytes, max_line)
        given = {**_readable(known or {}), **named_types(types)}
        yield from _batches(path, rows, batch_rows, batch_bytes, given)


@reader("tsv", suffixes=(".tsv", ".tab"))
def read_tsv(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    max_line: int = MAX_ROW,
    types: Mapping[str, str] | None = None,
    known: Mapping[str, pa.DataType] | None = None,
) -> Iterator[ReadBatch | BadRow]:
    """Tab-separated values with a header line; otherwise as `csv`, quotes included.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes of input in a batch, about.
        max_line: A longer line or row, in bytes, is passed over and reported.
        types: Column name to string, int, float or bool, against what the first batch decides.
        known: Types of the columns that a dataset has already; they hold unless `types` differs.

    Raises:
        InputError: The file cannot be opened, or its header names a column twice.
    """
    return read_csv(
        path,
        batch_rows=batch_rows,
        batch_bytes=batch_bytes,
        delimiter="\t",
        max_line=max_line,
        types=types,
        known=known,
    )


@dataclass(frozen=True)
class _Record:
    """Cells of one row, the line it starts at and its size in characters."""

    line: int
    cells: list[str]
    size: int


class _Rows:
    """Rows of a delimited file; what cannot be a row comes out as a BadRow.

    Lines are decoded with surrogate escapes, so that one invalid byte costs one row. If a quote is
    never closed, the row that opened it is given up and the lines it had swallowed are read again.
    The parser takes its lines from `__next__`, which notes what the current row consists of.
    """

    def __init__(self, stream: Stream, delimiter: str, size: int, max_row: int) -> None:
        self._blocks = line_blocks(stream, size=min(size, 1 << 20), max_line=max_row)
        self._lines = self._numbered()
        self._again: list[tuple[int, str]] = []  # lines to be read again, last first
        self._budget = 4 * max_row  # characters that may be read again, so that it stays linear
        self._max_row = max_row
        self._row: list[tuple[int, str]] = []
        self._size = 0
        self._bad: list[BadRow] = []
        # The limit is the process's, not the parser's; here `__next__` bounds a row.
        csv.field_size_limit(2**31 - 1)
        self._parser = csv.reader(self, delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > self._max_row:
            raise csv.Error("too long")
        number, line = self._again.pop() if self._again else next(self._lines)
        self._row.append((number, line))
        self._size += len(line)
        return line

    def records(self) -> Iterator[_Record | BadRow]:
        """Rows and bad rows in file order; blank lines are nothing."""
        while True:
            self._row, self._size = [], 0
            try:
                cells = next(self._parser, None)
            except csv.Error as error:
                yield self._given_up(str(error))
                continue
            yield from self._bad
            self._bad.clear()
            if cells is None:
                return
            if cells:
                yield _Record(self._row[0][0], cells, self._size)

    def _numbered(self) -> Iterator[tuple[int, str]]:
        for block in self._blocks:
            if isinstance(block, BadRow):
                self._bad.append(block)
                continue
            text = block.data.decode("utf-8", "surrogateescape")
            lines = text.split("\n")
            if not lines[-1]:
                lines.pop()  # what follows the last line end is no line; an empty line is one
            for number, line in enumerate(lines, block.first):
                yield number, line + "\n"

    def _given_up(self, reason: str) -> BadRow:
        (number, first), rest = self._row[0], self._row[1:]
        if self._size <= self._budget:
            self._budget -= self._size
            self._again += reversed(rest)
        end = self._row[-1][0]
        if reason in ("too long", "unexpected end of data"):
            why = "a quote opened here is not closed"
        else:
            why = f"it breaks the rules of quoting ({reason.partition(' - ')[0]})"
        lost = "" if self._again or not rest else f"; with it, everything up to line {end} is lost"
        return BadRow(number, f"Line {number}: {why}{lost}.", _lenient(first))


def _lenient(line: str) -> str:
    return line[:4096].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _batches(
    path: Path,
    rows: _Rows,
    batch_rows: int,
    batch_bytes: int,
    types: Mapping[str, pa.DataType],
) -> Iterator[ReadBatch | BadRow]:
    table: _Table | None = None
    held, size = list[_Record](), 0
    for record in rows.records():
        if isinstance(record, BadRow):
            yield record
        elif table is None:
            table = _Table(_header(path, record.cells), dict(types))
        elif len(record.cells) != len(table.names):
            yield BadRow(
                record.line,
                f"Line {record.line} has {len(record.cells):,} "
                f"cell{'' if len(record.cells) == 1 else 's'}, "
                f"the header has {len(table.names):,}.",
                _lenient(repr(record.cells)),
            )
        else:
            held.append(record)
            size += record.size
            if len(held) >= batch_rows or size >= batch_bytes:
                yield from table.build(held)
                held, size = [], 0
    if table is not None and held:
        yield from table.build(held)


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() or f"column_{i}" for i, cell in enumerate(cells, 1)]
    twice = [name for name in names if names.count(name) > 1]
    invalid = [name for name in names if not _is_text(name)]
    if twice or invalid:
        what = f"names the column '{twice[0]}' twice" if twice else "is not UTF-8"
        raise InputError(
            f"The header line {what}.",
            where=str(path),
            remedy="rename the columns in the first line",
        )
    return names


@dataclass
class _Table:
    """Column names, and the types once the first batch has decided them."""

    names: list[str]
    given: dict[str, pa.DataType]
    types: list[pa.DataType] = field(default_factory=list)

    def build(self, records: list[_Record]) -> Iterator[ReadBatch | BadRow]:
        try:
            cells = self._cells(records)
        except UnicodeEncodeError:
            records, bad = _without_bad_bytes(records, self.names)
            yield from bad
            if not records:
                return
            cells = self._cells(records)
        if not self.types:
            self.types = [
                self.given.get(name) or _decide(column)
                for name, column in zip(self.names, cells, strict=True)
            ]
        good = np.ones(len(records), np.bool_)
        for name, kind, column in zip(self.names, self.types, cells, strict=True):
            if (pattern := _pattern(kind)) is None:
                continue
            ok = pc.or_(pc.match_substring_regex(column, pattern[1]), pc.equal(column, ""))
            wrong = ~np.asarray(ok)
            for i in np.flatnonzero(wrong & good):
                line, cell = records[i].line, column[i].as_py()
                problem = (
                    f"Line {line}: '{name}' should be {pattern[2]} as in the rows before, but is "
                    f"{cell[:60]!r}; leave the cell empty, or add the file as a new dataset with "
                    f"the column as string (--types {shlex.quote(name)}=string)."
                )
                row = _written(self.names, [column.slice(i, 1) for column in cells])
                yield BadRow(line, problem, _lenient(repr(records[i].cells)), row)
            good &= ~wrong
        if good.any():
            kept = [column.filter(pa.array(good)) for column in cells]
            arrays = [_convert(column, kind) for column, kind in zip(kept, self.types, strict=True)]
            lines = np.array([record.line for record in records], np.int64)
            yield ReadBatch(
                pa.RecordBatch.from_arrays(arrays, names=self.names),
                lines[good],
                _written(self.names, kept),
            )

    def _cells(self, records: list[_Record]) -> list[pa.Array]:
        columns = zip(*(record.cells for record in records), strict=True)
        return [pa.array(column, pa.string()) for column in columns]


def _decide(column: pa.Array) -> pa.DataType:
    filled = column.filter(pc.not_equal(column, ""))
    if len(filled):
        for kind, pattern, _ in _PATTERNS:
            if pc.all(pc.match_substring_regex(filled, pattern)).as_py():
                return kind
    return pa.string()


def _readable(known: Mapping[str, pa.DataType]) -> dict[str, pa.DataType]:
    """The known types that cells can be read as; the store makes an int8 of an int64."""
    tests = (
        (pa.types.is_boolean, pa.bool_()),
        (pa.types.is_integer, pa.int64()),
        (pa.types.is_floating, pa.float64()),
        (pa.types.is_string, pa.string()),
    )
    return {name: read for name, kind in known.items() for test, read in tests if test(kind)}


def _pattern(kind: pa.DataType) -> tuple[pa.DataType, str, str] | None:
    if pa.types.is_integer(kind):  # once it is known to be one, 1.0 reads as 1
        return kind, r"^-?(?:0|[1-9][0-9]{0,17})(?:\.0*)?$", "an integer"
    return next((entry for entry in _PATTERNS if entry[0] == kind), None)


def _written(names: list[str], cells: list[pa.Array]) -> pa.RecordBatch:
    """The cells as they stand in the file; an empty one is as good as one that is not there."""
    empty = pa.scalar(None, pa.string())
    arrays = [pc.if_else(pc.equal(column, ""), empty, column) for column in cells]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _convert(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if _pattern(kind) is None:
        return column
    if pa.types.is_integer(kind):
        column = pc.replace_substring_regex(column, r"\.0*$", "")
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column).cast(kind)


def _without_bad_bytes(
    records: list[_Record], names: list[str]
) -> tuple[list[_Record], list[BadRow]]:
    good, bad = [], []
    for record in records:
        column = next((i for i, cell in enumerate(record.cells) if not _is_text(cell)), None)
        if column is None:
            good.append(record)
            continue
        cell = record.cells[column]
        at = next(i for i, char in enumerate(cell) if "\udc80" <= char <= "\udcff")
        bad.append(
            BadRow(
                record.line,
                f"Line {record.line} is not UTF-8: byte {len(cell[:at].encode())} of "
                f"'{names[column]}' is 0x{ord(cell[at]) - 0xDC00:02x}.",
                _lenient(repr(record.cells).encode("utf-8", "backslashreplace").decode()),
            )
        )
    return good, bad


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
