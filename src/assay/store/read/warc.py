"""Web archives: WARC and ARC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._archive import Record, is_archive, records
from assay.store.read._extraction import MAX_PAGE, Extract, Extractor, Page
from assay.store.read._http import Undecodable, charset, decoded_body, parse
from assay.store.read._stream import Stream, lenient

_SCHEMA = pa.schema(
    [
        ("url", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("content_type", pa.string()),
        ("http_status", pa.int32()),
        ("date", pa.string()),
        ("record_id", pa.string()),
    ]
)
_HTML = ("text/html", "application/xhtml+xml")
_KINDS = ("response", "resource", "conversion")


@dataclass(frozen=True)
class _Row:
    """A record on its way to a row; `text` is None while the worker has the page."""

    number: int
    values: dict[str, str | int | None]
    head: bytes


@reader("warc", suffixes=(".warc", ".arc", ".wet"), sniff=is_archive)
def read_warc(
    path: Path,
    *,
    batch_rows: int = 8192,
    batch_bytes: int = 8 << 20,
    main_content: bool = True,
    timeout: float = 10.0,
    max_bytes: int = MAX_PAGE,
) -> Iterator[ReadBatch | BadRow]:
    """WARC and ARC, plain or compressed: HTML as extracted text, plain text as it is.

    Requests, metadata, revisits and other media types are passed over; a page of any HTTP status
    is a row. Damaged records are bad rows, and reading goes on at the next record. Columns: url,
    title, text, content_type, http_status, date (ISO 8601), record_id.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes of text in a batch, about.
        main_content: Leave out navigation, footers and the like.
        timeout: Seconds after which a page is a bad row.
        max_bytes: A larger record, or a page larger when decoded, is a bad row.

    Raises:
        InputError: The file cannot be opened.
    """
    extractor = Extractor(timeout=timeout, max_page=max_bytes, main_content=main_content)
    held, size = list[_Row](), 0
    try:
        with Stream(path) as stream:
            for row, page in extractor.extract(_items(stream, max_bytes)):
                if isinstance(row, _Row) and page is not None:
                    row = _finished(row, page)
                if isinstance(row, BadRow):
                    yield row
                    continue
                held.append(row)
                size += len(str(row.values["text"]))
                if len(held) >= batch_rows or size >= batch_bytes:
                    yield _batch(held)
                    held, size = [], 0
    finally:
        extractor.close()
    if held:
        yield _batch(held)


def _items(stream: Stream, limit: int) -> Iterator[tuple[_Row | BadRow, Page | None]]:
    for record in records(stream, max_record=limit):
        if isinstance(record, BadRow):
            yield record, None
        elif record.kind in _KINDS:
            try:
                if item := _item(record, limit):
                    yield item
            except Undecodable as error:
                yield _bad(record.number, str(error), record.block), None


def _item(record: Record, limit: int) -> tuple[_Row | BadRow, Page | None] | None:
    """The row of a record and its page, if it is HTML; None for what is neither HTML nor text."""
    declared = record.headers.get("content-type", "")
    response = parse(record.block)
    if response.status is None:
        media = (
            (declared or record.headers.get("arc-content-type", ""))
            .partition(";")[0]
            .strip()
            .lower()
        )
        encoding = charset(declared)
    else:
        media, encoding = response.content_type, response.charset
    if media not in (*_HTML, "text/plain"):
        return None
    body = decoded_body(response, limit)
    if len(body) > limit:
        problem = f"the page has more than {limit:,} bytes when decoded (option max_bytes)"
        return _bad(record.number, problem, body), None
    values: dict[str, str | int | None] = {
        # wget writes the address in angle brackets, against the standard.
        "url": record.headers.get("warc-target-uri", "").strip("<>") or None,
        "title": None,
        "text": None,
        "content_type": media,
        "http_status": response.status,
        "date": record.headers.get("warc-date"),
        "record_id": record.headers.get("warc-record-id"),
    }
    row = _Row(record.number, values, body[:4096])
    if media in _HTML:
        return row, Page(body, encoding)
    try:
        values["text"] = body.decode(encoding or "utf-8")
    except (UnicodeError, LookupError) as error:
        return _bad(record.number, f"its text is not {encoding or 'UTF-8'} ({error})", body), None
    return row, None


def _finished(row: _Row, page: Extract) -> _Row | BadRow:
    if page.error:
        return _bad(row.number, page.error, row.head)
    return _Row(row.number, {**row.values, "title": page.title, "text": page.text}, b"")


def _bad(number: int, problem: str, data: bytes) -> BadRow:
    return BadRow(number, f"Record {number} was not read: {problem}.", lenient(data))


def _batch(rows: list[_Row]) -> ReadBatch:
    columns = [pa.array([r.values[f.name] for r in rows], f.type) for f in _SCHEMA]
    batch = pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)
    return ReadBatch(batch, np.array([row.number for row in rows], np.int64))
