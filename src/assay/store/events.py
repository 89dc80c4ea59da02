"""Append-only records of what happened: one table a kind, each with a fixed schema and a key.

Appending is idempotent by key: an event that is already there is not written again, so a killed and
repeated run leaves the same records as an uninterrupted one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.store.locks import exclusive
from assay.store.table import Table

_TIME = pa.timestamp("us", tz="UTC")

SCHEMAS: dict[str, pa.Schema] = {
    # Input or values that could not be used, with the reason.
    "quarantine": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("source", pa.string()),
            ("position", pa.int64()),
            ("row_id", pa.string()),  # set where an op failed on a stored row
            ("op", pa.string()),
            ("error", pa.string()),
            ("payload", pa.string()),
            ("run", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Which file a source was read from.
    "sources": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("source", pa.string()),
            ("path", pa.string()),
            ("run", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Executions as they start. A run has one more record: in `runs` where it came to its end, in
    # `failures` where an error or a person ended it, and none where it was killed.
    "starts": pa.schema(
        [
            ("key", pa.string()),
            ("kind", pa.string()),
            ("dataset", pa.string()),
            ("inputs", pa.string()),
            ("recipe", pa.string()),
            ("code_version", pa.string()),
            ("time", _TIME),
        ]
    ),
    "failures": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("state", pa.string()),
            ("error", pa.string()),
            ("seconds", pa.float64()),
            ("time", _TIME),
        ]
    ),
    # Executions with their inputs and outputs: the edges of the lineage graph.
    "runs": pa.schema(
        [
            ("key", pa.string()),
            ("kind", pa.string()),
            ("dataset", pa.string()),
            ("inputs", pa.string()),
            ("outputs", pa.string()),
            ("recipe", pa.string()),
            ("code_version", pa.string()),
            ("seconds", pa.float64()),
            ("time", _TIME),
        ]
    ),
    "findings": pa.schema(
        [
            ("key", pa.string()),
            ("finding", pa.string()),
            ("dataset", pa.string()),
            ("version", pa.int64()),
            ("check", pa.string()),
            ("subject", pa.string()),
            ("title", pa.string()),
            ("rows", pa.int64()),
            ("row_ids", pa.list_(pa.string())),
            ("score", pa.float64()),
            ("evidence", pa.string()),
            ("fix", pa.string()),
            ("run", pa.string()),
            ("time", _TIME),
        ]
    ),
    "triage": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("finding", pa.string()),
            ("action", pa.string()),
            ("by", pa.string()),
            ("note", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Named versions: a selection pinned to a version of its input, not a copy.
    "versions": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("name", pa.string()),
            ("parent", pa.string()),
            ("parent_version", pa.int64()),
            ("recipe", pa.string()),
            ("recipe_hash", pa.string()),
            ("selection", pa.string()),
            ("rows", pa.int64()),
            ("rows_in", pa.int64()),
            ("dropped", pa.string()),
            ("thresholds", pa.string()),
            ("run", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Rows that people marked; `undoes` names the event that this one takes back.
    "tags": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("tag", pa.string()),
            ("action", pa.string()),
            ("row_ids", pa.list_(pa.string())),
            ("undoes", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Answers to one field of many rows, given in one act: a judgment of each. A null value takes
    # the answers back; `undoes` names an act that never counts again.
    "labels": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("field", pa.string()),
            ("value", pa.string()),
            ("row_ids", pa.list_(pa.string())),
            ("annotator", pa.string()),
            ("undoes", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Names that people gave to topics of the map. A topic is known again by its rows: `row_ids` are
    # the smallest ids among them, which is a sample by hash. `undoes` as for tags.
    "topics": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("level", pa.string()),
            ("was", pa.string()),
            ("name", pa.string()),
            ("rows", pa.int64()),
            ("row_ids", pa.list_(pa.string())),
            ("by", pa.string()),
            ("undoes", pa.string()),
            ("time", _TIME),
        ]
    ),
    "selections": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("selection", pa.string()),
            ("row_ids", pa.list_(pa.string())),
            ("time", _TIME),
        ]
    ),
    # What a pool lacks beside a target, as it was found; `state` says what that depended on.
    "gaps": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("pool", pa.string()),
            ("target", pa.string()),
            ("state", pa.string()),
            ("found", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Saved views; a null view forgets the name.
    "views": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("name", pa.string()),
            ("view", pa.string()),
            ("time", _TIME),
        ]
    ),
    # Scorers taught by examples; the last event of a name counts.
    "concepts": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("name", pa.string()),
            ("taught", pa.string()),
            ("time", _TIME),
        ]
    ),
    "judgments": pa.schema(
        [
            ("key", pa.string()),
            ("dataset", pa.string()),
            ("unit", pa.string()),
            ("field", pa.string()),
            ("value", pa.string()),
            ("annotator", pa.string()),
            ("spec_version", pa.string()),
            ("suggestion_shown", pa.bool_()),
            ("active_seconds", pa.float64()),
            ("time", _TIME),
        ]
    ),
}


class Events:
    """The event tables of one project.

    Attributes:
        running: Folder with a lock file for each run under way.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.running = root / "running"
        self._known: dict[str, tuple[int, set[str]]] = {}

    def append(self, kind: str, records: Sequence[Mapping[str, Any]]) -> int:
        """Append the records whose key is new; returns how many were.

        Args:
            kind: A name in `SCHEMAS`.
            records: Mappings by column; `time` is filled in, mappings and lists in text columns are
                written as JSON. Lists of ids may be Arrow arrays.
        """
        if not records:
            return 0
        schema = SCHEMAS[kind]
        with exclusive(self._root / f"{kind}.lock"):
            table = self._open(kind, create=True)
            assert table is not None
            known = self._keys(kind, table)
            fresh = {record["key"]: record for record in records if record["key"] not in known}
            if fresh:
                now = datetime.now(UTC)
                rows = [_encode(record, schema, now) for record in fresh.values()]
                columns = [_column([row[f.name] for row in rows], f.type) for f in table.schema]
                data = pa.table(columns, schema=table.schema)
                table = table.append(data, f"add {kind}")
                known |= fresh.keys()
                self._known[kind] = (table.version, known)
        return len(fresh)

    def _keys(self, kind: str, table: Table) -> set[str]:
        """All keys at this version: remembered, because a run may append many times."""
        version, known = self._known.get(kind, (-1, set()))
        if version != table.version:
            known = set(table.read(["key"]).column("key").to_pylist())
        return known

    def read(
        self, kind: str, *, without: Sequence[str] = (), row: str | None = None, **equal: str
    ) -> pa.Table:
        """All records of a kind in the order they were appended, filtered by equality.

        Args:
            kind: A name in `SCHEMAS`.
            without: Columns to leave out, because they are large and not needed.
            row: Only those whose `row_ids` hold this id.
            **equal: The value that a column must have.
        """
        columns = [name for name in SCHEMAS[kind].names if name not in without]
        table = self._open(kind, create=False)
        if table is None:
            return SCHEMAS[kind].empty_table().select(columns)
        tests = [f"`{name}` = {_quote(value)}" for name, value in equal.items()]
        if row is not None:
            tests.append(f"array_has(`row_ids`, {_quote(row)})")
        return table.read(columns, where=" AND ".join(tests) or None)

    def version(self, kind: str) -> int:
        """Number of the newest version of a kind's table; 0 where nothing was appended yet."""
        table = self._open(kind, create=False)
        return 0 if table is None else table.version

    def _open(self, kind: str, *, create: bool) -> Table | None:
        path = self._root / f"{kind}.lance"
        if Table.exists(path):
            return Table.open(path)
        return Table.create(path, SCHEMAS[kind], key="key") if create else None


def _encode(record: Mapping[str, Any], schema: pa.Schema, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in schema:
        value = record.get(field.name)
        if field.name == "time":
            value = value or now
        elif pa.types.is_string(field.type) and isinstance(value, (dict, list, tuple)):
            value = json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):  # names of files need not be UTF-8
            value = value.encode("utf-8", "backslashreplace").decode()
        row[field.name] = value
    return row


def _column(values: list[Any], type_: pa.DataType) -> pa.Array:
    """Values as one column; a long list of ids that is in Arrow already is not taken apart."""
    if not any(isinstance(value, pa.Array) for value in values):
        return pa.array(values, type_)
    lists = [pa.array(value, type_.value_type) for value in values]
    offsets = np.cumsum([0, *map(len, lists)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.concat_arrays(lists))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
