"""Bytes that rows and signals refer to: stored once, by the hash of their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa

from assay.errors import StoreError
from assay.store.locks import exclusive
from assay.store.table import Table

_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("kind", pa.string()),
        ("size", pa.int64()),
        ("content", pa.large_binary()),
    ]
)


class Assets:
    """The assets of one project: media, fitted models, whatever is too large for a cell."""

    def __init__(self, root: Path) -> None:
        self._path = root / "assets.lance"
        self._last: tuple[str, bytes] | None = None

    def put(self, content: bytes, *, kind: str) -> str:
        """Store `content` unless it is there; returns its id (SHA-256, hex)."""
        sha = hashlib.sha256(content).hexdigest()
        with exclusive(self._path.with_suffix(".lock")):
            if not Table.exists(self._path):
                Table.create(self._path, _SCHEMA, key="sha256")
            table = Table.open(self._path)
            if not table.count(f"sha256 = '{sha}'"):
                row = {"sha256": sha, "kind": kind, "size": len(content), "content": content}
                table.append(pa.Table.from_pylist([row], schema=table.schema), f"add {kind}")
        return sha

    def get(self, asset: str) -> bytes | None:
        """The bytes of an asset; None for the empty id.

        Raises:
            StoreError: There is no such asset, or its content does not match its id.
        """
        if not asset:
            return None
        if self._last is not None and self._last[0] == asset:
            return self._last[1]  # a fitted model is asked for with every search
        found: list[bytes] = []
        if Table.exists(self._path) and asset.isalnum():
            table = Table.open(self._path)
            found = table.read(["content"], where=f"sha256 = '{asset}'").column(0).to_pylist()
        if not found:
            raise StoreError("An asset is missing.", where=f"{self._path}, {asset}")
        if hashlib.sha256(found[0]).hexdigest() != asset:
            raise StoreError(
                "An asset was changed on disk.",
                where=f"{self._path}, {asset}",
                remedy="restore the project from a backup",
            )
        self._last = (asset, found[0])
        return found[0]
