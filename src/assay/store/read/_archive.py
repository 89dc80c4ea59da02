"""Records of WARC and ARC files, cut out of a stream that may be damaged anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.schema import BadRow
from assay.store.read._http import headers
from assay.store.read._stream import Stream, lenient

_ARC_LINE = re.compile(
    # URL (old crawlers left spaces in it), address, 14 digits of date (sometimes more), type, and
    # in version 2 status, checksum, location, offset, file; last the length.
    rb"^([A-Za-z][A-Za-z0-9+.-]*:.*?) ([0-9A-Fa-f.:]+) (\d{8,20}) (\S+)"
    rb"(?: \S+ \S+ \S+ \S+ \S+)? (\S+)\s*$"
)
_MAX_HEADER = 1 << 20


@dataclass(frozen=True)
class Record:
    """One record: its number in the file from 0, lower-case headers, and its block of bytes.

    ARC records get the headers of WARC: `warc-type`, `warc-target-uri`, `warc-date`.
    """

    number: int
    headers: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """The record type, lower case: response, resource, request, ..."""
        return self.headers.get("warc-type", "").lower()


def is_archive(head: bytes) -> bool:
    """Whether the decompressed bytes start like WARC or ARC."""
    return head.lstrip()[:5] == b"WARC/" or head.startswith(b"filedesc://")


def records(stream: Stream, *, max_record: int) -> Iterator[Record | BadRow]:
    """The records in order. After damage, reading goes on at the next line that starts a record.

    A record of more than `max_record` bytes is passed over and reported.
    """
    number, lost = 0, b""
    sized = True  # after a record without a length, bytes that start no record are its own
    while line := stream.line():
        if not line.strip():
            continue
        if (found := _header(stream, line)) is None:
            lost = lost or line
            continue
        if lost and sized:
            yield _garbage(number, lost)
            number += 1
        lost, sized = b"", found.get("content-length", "").isdecimal()
        yield from _body(stream, number, found, line, max_record)
        number += 1
    if lost and sized:
        yield _garbage(number, lost)
        number += 1
    yield from stream.end(number, "record")


def _garbage(number: int, line: bytes) -> BadRow:
    return BadRow(
        number,
        f"Record {number} does not start with the header of a WARC or ARC record; what follows was "
        "passed over up to the next header.",
        lenient(line),
    )


def _body(
    stream: Stream, number: int, found: dict[str, str], line: bytes, limit: int
) -> Iterator[Record | BadRow]:
    length = found.get("content-length", "")
    if not length.isdecimal():
        problem = f"its length is {length[:40]!r}" if length else "its header is broken off"
        yield BadRow(number, f"Record {number} cannot be read: {problem}.", lenient(line))
        return
    size = int(length)
    if size > limit:
        there = stream.skip(size)
        problem = f"has {size:,} bytes, over the limit of {limit:,} (option max_bytes)"
        if there < size:
            problem = f"should have {size:,} bytes, but the file ends after {there:,}"
        yield BadRow(number, f"Record {number} {problem}.", lenient(line))
        return
    block = stream.read(size)
    if len(block) < size:
        yield BadRow(
            number,
            f"Record {number} should have {size:,} bytes, but the file ends after {len(block):,}.",
            lenient(block),
        )
        return
    yield Record(number, found, block)


def _header(stream: Stream, line: bytes) -> dict[str, str] | None:
    if line.startswith(b"WARC/") and line[5:6].isdigit():
        return _warc_headers(stream)
    match = _ARC_LINE.match(line)
    if match is None:
        return None
    url, _, date, media, length = (group.decode("utf-8", "replace") for group in match.groups())
    return {
        "warc-type": "warcinfo" if url.startswith("filedesc:") else "response",
        "warc-target-uri": url,
        "warc-date": _iso(date),
        "content-length": length,
        "arc-content-type": media,
    }


def _warc_headers(stream: Stream) -> dict[str, str]:
    """The headers up to the blank line; none where the block is broken off by other bytes.

    Reading on would give one record's address to the content of the next.
    """
    lines, size = list[bytes](), 0
    while (line := stream.line()).strip() and size < _MAX_HEADER:
        if line.startswith(b"WARC/"):
            stream.unread(line)
            return {}
        if b":" not in line and not line.startswith((b" ", b"\t")):
            return {}
        lines.append(line)
        size += len(line)
    return headers(b"".join(lines))


def _iso(date: str) -> str:
    """14 digits as ISO 8601; anything else as it is."""
    d = date[:14]
    if len(d) < 14:
        return date
    return f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:]}Z"
