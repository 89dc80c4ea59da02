"""An HTTP response as it was stored: status, headers, and the body freed of its encodings."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import brotli
import zstandard


class Undecodable(Exception):
    """The body is encoded in a way that cannot be undone."""


@dataclass(frozen=True)
class Response:
    """Status (None if there is no status line), lower-case header names, body as sent."""

    status: int | None
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters; empty if unknown."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset parameter of the content type; empty if there is none."""
        return charset(self.headers.get("content-type", ""))


def charset(content_type: str) -> str:
    """The charset parameter of a Content-Type header; empty if there is none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")
    return ""


def headers(block: bytes) -> dict[str, str]:
    """Header lines as a dict, names lower case; the first of a name wins, folds are joined."""
    found: dict[str, str] = {}
    last = ""
    for line in block.decode("utf-8", "replace").split("\n"):
        line = line.rstrip("\r")
        if line[:1] in (" ", "\t") and last:
            found[last] += " " + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            last = name.strip().lower()
            found.setdefault(last, value.strip())
    return found


def parse(block: bytes) -> Response:
    """A stored response. What does not start with a status line is taken for a bare body."""
    if not block.startswith(b"HTTP/"):
        return Response(None, {}, block)
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := block.find(mark)) >= 0]
    at, size = min(ends, default=(len(block), 0))
    status_line, _, rest = block[:at].partition(b"\n")
    words = status_line.split(None, 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) == 3 else None
    return Response(status, headers(rest), block[at + size :])


def decoded_body(response: Response, limit: int) -> bytes:
    """The body without transfer and content encoding, at most `limit` + 1 bytes of it.

    Archives often hold bodies that were decoded already while the headers still say otherwise;
    what is not encoded as announced is taken as it is.

    Raises:
        Undecodable: The content encoding is unknown, or its data is damaged.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    for name in reversed(response.headers.get("content-encoding", "").lower().split(",")):
        body = _unpacked(body, name.strip(), limit)
    return body


def _unchunked(body: bytes) -> bytes:
    parts, at = list[bytes](), 0
    while True:
        end = body.find(b"\n", at)
        size_text = body[at:end].partition(b";")[0].strip() if 0 <= end - at <= 1024 else b""
        try:
            # int() would also take signs, underscores and 0x.
            size = int(size_text, 16) if size_text.isalnum() and b"x" not in size_text else -1
        except ValueError:
            size = -1
        if size < 0:  # not chunked after all, or broken off: keep the rest as it is
            return (
                body if not parts else b"".join(parts) + body[at:] if end >= 0 else b"".join(parts)
            )
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 1 : end + 1 + size])
        at = end + 1 + size
        if at >= len(body):
            return b"".join(parts)
        at += 2 if body[at : at + 2] == b"\r\n" else 1


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    if encoding in ("", "identity", "utf-8", "none"):
        return body
    try:
        if encoding in ("gzip", "x-gzip"):
            return _inflated(body, 31, limit) if body.startswith(b"\x1f\x8b") else body
        if encoding == "deflate":
            zlib_header = body[:1] == b"\x78" and int.from_bytes(body[:2]) % 31 == 0
            return _inflated(body, 15 if zlib_header else -15, limit)
        if encoding == "br":
            return bytes(brotli.Decompressor().process(body, output_buffer_limit=limit + 1))
        if encoding == "zstd":
            with zstandard.ZstdDecompressor().stream_reader(body) as reader:
                return reader.read(limit + 1)
    except (zlib.error, brotli.error, zstandard.ZstdError, OSError, ValueError) as error:
        raise Undecodable(f"its {encoding} encoding is damaged ({error})") from error
    raise Undecodable(f"its content encoding '{encoding[:40]}' is not known")


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    return zlib.decompressobj(wbits).decompress(body, limit + 1)
