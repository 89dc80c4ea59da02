"""Bytes in, decompressed and bounded: the one way in which readers open a file."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import zstandard

from assay.errors import InputError
from assay.schema import BadRow

HEAD = 1 << 16
MAX_ITEM = 64 << 20
"""Default limit, in bytes, for one line, page, record or text file."""
_PIECE = 1 << 20
_ZSTD_INPUT = 64, 2048  # 4 bytes can become 128 KiB: where the ratio is high, feed little


class Damage(Exception):
    """The bytes stop making sense here; what came before is good."""


@dataclass(frozen=True)
class Lines:
    """Whole lines. `first` is the number of the first one, from 1; each but the last ends in LF."""

    first: int
    data: bytes


class Stream:
    """The decompressed bytes of a file, front to back.

    Gzip (several members too) and zstd (several frames too) are recognised by their first bytes,
    whatever the file is called. Memory is bounded however large the file or high the ratio.

    Args:
        path: The file.
        text: Also drop a UTF-8 byte order mark, and turn UTF-16 with a byte order mark into UTF-8.

    Attributes:
        damage: None, or, once the bytes have run out early, one clause that says why.

    Raises:
        InputError: The file cannot be opened.
    """

    def __init__(self, path: Path, *, text: bool = False) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreadable(path, error) from error
        self._chunks = _pieces(
            _decoded(_decompressed(self._file)) if text else _decompressed(self._file)
        )
        self._buffer = b""
        self.damage: str | None = None

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def chunk(self) -> bytes:
        """The next bytes, at most 1 MiB; b"" at the end or at damage."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            return data
        if self.damage:
            return b""
        try:
            return next(self._chunks, b"")
        except (Damage, OSError) as error:
            self.damage = str(error)
            return b""

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end or at damage."""
        parts = []
        while size > 0 and (data := self.chunk()):
            if len(data) > size:
                data, self._buffer = data[:size], data[size:]
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, which stay unread."""
        data = self.read(size)
        self.unread(data)
        return data

    def unread(self, data: bytes) -> None:
        """Put bytes back, to be read next."""
        self._buffer = data + self._buffer

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; returns how many there were."""
        left = size
        while left > 0 and (data := self.chunk()):
            if len(data) > left:
                self._buffer = data[left:]
                return size
            left -= len(data)
        return size - left

    def line(self, limit: int = HEAD) -> bytes:
        """The next line with its LF, cut off after `limit` bytes; b"" at the end or at damage."""
        parts, left = [], limit
        while left > 0 and (data := self.chunk()):
            end = min(data.find(b"\n") + 1 or len(data), left)
            self._buffer = data[end:]
            parts.append(data[:end])
            left -= end
            if parts[-1].endswith(b"\n"):
                break
        return b"".join(parts)

    def end(self, position: int, unit: str) -> Iterator[BadRow]:
        """What a reader yields last: a BadRow at `position` where the stream broke off."""
        if self.damage:
            yield BadRow(
                position,
                f"The file cannot be read from {unit} {position} on: {self.damage}. "
                "What came before was kept; fetch or write the file again.",
            )


def line_blocks(stream: Stream, *, size: int, max_line: int = MAX_ITEM) -> Iterator[Lines | BadRow]:
    """Cut a stream at line ends into blocks of about `size` bytes.

    A line of more than `max_line` bytes is never held in memory: it is passed over and reported.
    Where the stream breaks off, the line that was open is dropped and one BadRow says so.
    """
    number, held, held_size, open_size = 1, list[bytes](), 0, 0
    skipped, head = 0, b""
    while chunk := stream.chunk():
        if skipped:
            end = chunk.find(b"\n")
            if end < 0:
                skipped += len(chunk)
                continue
            yield _too_long(number, skipped + end, head, max_line)
            number, skipped, chunk = number + 1, 0, chunk[end + 1 :]
        held.append(chunk)
        held_size += len(chunk)
        cut = chunk.rfind(b"\n") + 1
        open_size = len(chunk) - cut if cut else open_size + len(chunk)
        if held_size - open_size < size and open_size <= max_line:
            continue
        data = b"".join(held)
        whole, rest = data[: len(data) - open_size], data[len(data) - open_size :]
        yield from _short_lines(number, whole, max_line)
        number += whole.count(b"\n")
        held, held_size = [rest], open_size
        if open_size > max_line:
            skipped, head, held, held_size, open_size = open_size, rest[:4096], [], 0, 0
    data = b"".join(held)
    if stream.damage:
        data = data[: len(data) - open_size]
    yield from _short_lines(number, data, max_line)
    if skipped:
        yield _too_long(number, skipped, head, max_line)
    yield from stream.end(number + data.count(b"\n"), "line")


def _short_lines(first: int, data: bytes, max_line: int) -> Iterator[Lines | BadRow]:
    """The block as it is where no line can be over the limit, else cut around those that are."""
    if not data:
        return
    if len(data) <= max_line:
        yield Lines(first, data)
        return
    start = at = 0
    number = first
    for line in _split(data):
        if len(line.removesuffix(b"\n")) > max_line:
            if at > start:
                yield Lines(first, data[start:at])
            yield _too_long(number, len(line.removesuffix(b"\n")), line[:4096], max_line)
            start, first = at + len(line), number + 1
        at += len(line)
        number += 1
    if at > start:
        yield Lines(first, data[start:at])


def _split(data: bytes) -> list[bytes]:
    return [line + b"\n" for line in data.removesuffix(b"\n").split(b"\n")]


def _too_long(number: int, length: int, head: bytes, limit: int) -> BadRow:
    return BadRow(
        number,
        f"Line {number} has {length:,} bytes; at most {limit:,} are read (option max_line).",
        lenient(head),
    )


def lenient(data: bytes) -> str:
    """The first 4 KiB for a BadRow's payload."""
    return data[:4096].decode("utf-8", "replace")


def unreadable(path: Path, error: OSError) -> InputError:
    """The error for a file that the operating system does not open."""
    return InputError(
        f"The file cannot be opened: {error.strerror or error}.",
        where=str(path),
        remedy="check the path and its permissions",
    )


def _decompressed(file: BinaryIO) -> Iterator[bytes]:
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return _gunzip(file)
    if magic == b"\x28\xb5\x2f\xfd" or (magic[1:] == b"\x2a\x4d\x18" and 0x50 <= magic[0] <= 0x5F):
        return _unzstd(file)
    return iter(lambda: file.read(_PIECE), b"")


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    engine, inside, data = zlib.decompressobj(31), False, b""
    while data := data or file.read(HEAD):
        if not inside:
            data = data.lstrip(b"\0")  # members may be padded
            if not data:
                continue
            if data[:1] != b"\x1f":
                raise Damage("after the gzip data come bytes that are not gzip")
        inside = True
        before = engine.copy()
        try:
            out = engine.decompress(data, _PIECE)
        except zlib.error as error:
            yield from _salvage(before, data)
            raise Damage(f"the gzip data is damaged near byte {file.tell():,} ({error})") from error
        if out:
            yield out
        data = engine.unconsumed_tail
        if engine.eof:
            data, engine, inside = engine.unused_data, zlib.decompressobj(31), False
    if inside:
        while out := engine.decompress(b"", _PIECE):
            yield out
        raise Damage("the gzip data ends before its end mark, so the file is cut off")


def _salvage(engine: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What can be had of `data` before the byte at which decompression fails."""
    for start in range(0, len(data), 64):
        piece = data[start : start + 64]
        while piece:
            try:
                out = engine.decompress(piece, _PIECE)
            except zlib.error:
                return
            if out:
                yield out
            piece = engine.unconsumed_tail


def _unzstd(file: BinaryIO) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor()
    engine, inside, data = decompressor.decompressobj(write_size=HEAD), False, b""
    size, most = _ZSTD_INPUT
    while data := data or file.read(size):
        inside = True
        try:
            out = engine.decompress(data)
        except zstandard.ZstdError as error:
            raise Damage(f"the zstd data is damaged near byte {file.tell():,} ({error})") from error
        if out:
            yield out
        size = min(2 * size, most) if len(out) < 256 * len(data) else _ZSTD_INPUT[0]
        data = b""
        if engine.eof:
            data, engine, inside = engine.unused_data, decompressor.decompressobj(), False
    if inside:
        raise Damage("the zstd data ends before its frame does, so the file is cut off")


def _decoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 out of UTF-8 or UTF-16, told by the byte order mark; without one, bytes as they are."""
    first = b""
    while len(first) < 4 and (chunk := next(chunks, b"")):
        first += chunk
    if first[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise Damage("it is UTF-32; write it as UTF-8")
    if first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        yield decoder.decode(first).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise Damage(f"its UTF-16 is invalid ({error.args[-1]})") from error


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """No empty chunk and none over 1 MiB: one step of a bomb may yield far more than was asked."""
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE] if len(chunk) > _PIECE else chunk
