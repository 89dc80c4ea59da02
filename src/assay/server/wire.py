"""Bulk answers: Arrow streams and bytes, with tags that let a browser keep them."""

from __future__ import annotations

import json
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from fastapi import Request, Response

ARROW = "application/vnd.apache.arrow.stream"
IMMUTABLE = "private, max-age=3600"


def names_in(text: str) -> list[str]:
    """Column names from a query: separated by commas, or a JSON list where a name has a comma."""
    if text.startswith("["):
        try:
            return [str(name) for name in json.loads(text)]
        except ValueError:
            pass  # a column may really be called so
    return [name for name in text.split(",") if name]


def arrow(table: pa.Table) -> bytes:
    """A table as an Arrow IPC stream of one batch."""
    sink = pa.BufferOutputStream()
    whole = table.combine_chunks()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return bytes(sink.getvalue())


def mask_bytes(mask: np.ndarray) -> bytes:
    """A bool array as bits, the first row in the lowest bit of the first byte."""
    return np.packbits(mask, bitorder="little").tobytes()


def mask_from(body: bytes, rows: int) -> np.ndarray:
    """The inverse of `mask_bytes`, for as many rows as there are."""
    bits = np.unpackbits(np.frombuffer(body, np.uint8), bitorder="little")
    mask = np.zeros(rows, bool)
    usable = min(rows, len(bits))
    mask[:usable] = bits[:usable]
    return mask


def tagged(
    request: Request, identity: str, kind: str, build: bytes | None = None, **headers: str
) -> Response | None:
    """304 where the browser has it already; else None, or the answer if `build` is given."""
    etag = f'"{blake2b(identity.encode(), digest_size=10).hexdigest()}"'
    common = {"ETag": etag, "Cache-Control": IMMUTABLE, **headers}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=common)
    if build is None:
        return None
    return Response(build, media_type=kind, headers=common)
