"""Ids that survive re-reading: a row is known again by its source, its content and its occurrence.

`id` = hash(source, canonical input row, occurrence number of that row within the source), so the
same file again gives the same ids, a grown file gives new ids for its new rows only, and identical
rows stay apart. `content_id` = hash of the content alone, equal for exact duplicates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from assay.store.values import python_values

DIGEST_BYTES = 16


class _Long(bytes):
    """The digest of a long value, in its place: hashed once, used for both ids."""


# Longer values are replaced by their digest before a row is hashed.
LONG = 128


@dataclass(frozen=True)
class Encoded:
    """A batch with every value in canonical bytes.

    Attributes:
        num_rows: How many rows.
        columns: Values by column name; None for null.
    """

    num_rows: int
    columns: Mapping[str, list[bytes | None]]

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> Encoded:
        """Encode all columns of a batch."""
        names = batch.schema.names
        return cls(batch.num_rows, {name: _encode(batch.column(name)) for name in names})

    def row_digests(self) -> list[bytes]:
        """Digest of each row over its non-null columns, independent of column order.

        Nulls are left out so that a column which shows up later in a file does not change the ids
        of the rows before it; a whole float equals the integer, so that a column widened from int
        to double keeps its ids.

        Returns:
            One 16-byte digest a row.
        """
        names = sorted(self.columns)
        tags = [f"{len(name)}:{name}".encode() for name in names]
        rows = zip(*(self.columns[name] for name in names), strict=True)
        out = []
        for values in rows if names else ((),) * self.num_rows:
            parts: list[bytes] = []
            for tag, value in zip(tags, values, strict=True):
                if value is not None:
                    mark = b"#" if type(value) is _Long else b":"
                    parts += (tag, b"%d%b" % (len(value), mark), value)
            out.append(_digest(b"".join(parts)))
        return out

    def content_ids(self, name: str) -> list[str]:
        """Hex digest of each value of the column that holds the content."""
        return [
            (value if type(value) is _Long else _digest(value or b"")).hex()
            for value in self.columns[name]
        ]


class Occurrences:
    """Numbers the rows of one source and hands out their ids, in reading order."""

    def __init__(self, source: str) -> None:
        self._seed = source.encode() + b"\0"
        self._seen = KeySet()
        self._repeated: dict[bytes, int] = {}

    def ids(self, digests: list[bytes]) -> list[bytes]:
        """The 16-byte ids of the next rows of the source."""
        keys = as_keys(digests)
        fresh = self._seen.add(keys)
        out = []
        for digest, new in zip(digests, fresh.tolist(), strict=True):
            number = 0
            if not new:
                number = self._repeated.get(digest, 0) + 1
                self._repeated[digest] = number
            out.append(_digest(self._seed + digest + b"%d" % number))
        return out


def as_keys(digests: list[bytes]) -> np.ndarray:
    """16-byte digests as an array of shape (n, 2), uint64."""
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)


def keys_of_ids(ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Hex ids as an array of shape (n, 2), uint64."""
    return as_keys([bytes.fromhex(value) for value in ids.to_pylist()])


class KeySet:
    """A set of 128-bit keys in sorted arrays: 16 bytes a key, a tenth of a Python set.

    Keys wait in small sorted runs that are merged when they grow, so adding stays near-linear.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    def contains(self, keys: np.ndarray) -> np.ndarray:
        """Which of `keys` (n, 2) are in the set: bool, shape (n,)."""
        found = np.zeros(len(keys), bool)
        wanted = _sortable(keys)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, wanted), len(run) - 1)
            found |= run[at] == wanted
        return found

    def add(self, keys: np.ndarray) -> np.ndarray:
        """Add `keys` (n, 2); returns which were new, counting repeats within `keys` as known."""
        fresh = ~self.contains(keys)
        wanted = _sortable(keys)
        _, first = np.unique(wanted, return_index=True)
        once = np.zeros(len(keys), bool)
        once[first] = True
        fresh &= once
        run = np.sort(wanted[fresh])
        while len(run) and self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]))
        if len(run):
            self._runs.append(run)
        return fresh


def _sortable(keys: np.ndarray) -> np.ndarray:
    # NumPy orders complex numbers by real, then imaginary part: a cheap 128-bit sort key, as long
    # as no part is NaN. 52 mantissa bits of each half are used: 104 bits tell keys apart.
    parts = (keys >> np.uint64(12)).astype(np.float64)
    return parts[:, 0] + 1j * parts[:, 1]


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=DIGEST_BYTES).digest()


NO_CONTENT = _digest(b"").hex()
"""`content_id` of rows whose content is null or an empty text."""


def _encode(column: pa.Array) -> list[bytes | None]:
    """Each value as canonical bytes; None for null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        binary = pa.binary() if pa.types.is_string(kind) else pa.large_binary()
        return [_short(value) for value in column.cast(binary).to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [_short(value) for value in column.to_pylist()]
    return [None if value is None else _short(canonical(value)) for value in python_values(column)]


def _short(value: bytes | None) -> bytes | None:
    return value if value is None or len(value) < LONG else _Long(_digest(value))


def canonical(value: Any) -> bytes:
    """One form in bytes for each value: a string as it is, anything else as canonical JSON.

    Raises:
        UnicodeEncodeError: A string has a lone surrogate.
    """
    if isinstance(value, str):
        return value.encode()
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, bytes):
        return value.hex()
    return str(value)  # dates, times, decimals, UUIDs have one printed form each
