"""Adding files to a dataset: idempotent, streaming, committed piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.errors import InputError, UsageError
from assay.schema import RESERVED, BadRow, ReadBatch
from assay.store.events import Events
from assay.store.identity import Encoded, KeySet, Occurrences, as_keys, keys_of_ids
from assay.store.locks import exclusive
from assay.store.places import settle
from assay.store.read.source import Source, read_source, sources
from assay.store.samples import SAMPLE_SCHEMA, ColumnMap, conform, map_columns
from assay.store.table import Table
from assay.store.types import additions, storable

# One fragment is one commit: what a kill can lose, what a compute task works on, and what has to
# fit in memory a few times over.
FRAGMENT_ROWS = 65_536
FRAGMENT_BYTES = 64 << 20
# Each holds up to 4 KiB of the input.
BAD_ROWS = 4096


@dataclass(frozen=True)
class AddOptions:
    """How input is understood.

    Attributes:
        format: Reader to use instead of sniffing.
        text: Input column that holds the text.
        source_id: Input column that identifies a row where it comes from.
        source: Name of the source instead of the relative path; files that share it are one source.
        licence: Licence recorded on every row.
        options: Passed on to the reader.
    """

    format: str | None = None
    text: str | None = None
    source_id: str | None = None
    source: str | None = None
    licence: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class AddResult:
    """What an add did; `rows_read` = added + known + quarantined rows."""

    rows_read: int = 0
    rows_added: int = 0
    rows_known: int = 0
    quarantined: int = 0
    version: int = 0
    notes: list[str] = field(default_factory=list)
    errors: list[tuple[str, BadRow]] = field(default_factory=list)


Progress = Callable[[str, AddResult], None]


class Adder:
    """One add of some files to one dataset."""

    def __init__(
        self, path: Path, events: Events, options: AddOptions, run: str, progress: Progress | None
    ) -> None:
        self._path = path
        self._lock = path.with_suffix(".append.lock")
        self._events = events
        self._options = options
        self._run = run
        self._progress = progress
        self.result = AddResult()
        self._known = KeySet()
        self._fragments: set[int] = set()
        self._schema = SAMPLE_SCHEMA
        self._pending: list[pa.RecordBatch] = []
        self._pending_keys: list[np.ndarray] = []
        self._pending_bytes = 0
        self._bad: list[dict[str, Any]] = []
        self._maps: dict[tuple[str, ...], ColumnMap] = {}
        self._seen: set[str] = set()

    def add(self, paths: Sequence[Path]) -> AddResult:
        """Read all of `paths` and append what is new.

        Raises:
            InputError: Nothing at all could be read.
            UsageError: A column or format that was asked for does not exist.
        """
        if Table.exists(self._path):
            table = Table.open(self._path)
            self._schema = table.schema
            self._learn(table)
        found = list(sources(paths))
        with exclusive(self._lock):
            named, notes = settle(
                self._events, self._path.stem, found, name=self._options.source, run=self._run
            )
        self.result.notes += notes
        try:
            for source in named:
                self._add_source(source)
        except (InputError, UsageError):
            # One file is at fault; what was read from the others before it is kept.
            self._flush()
            raise
        self._flush()
        if not found:
            raise InputError(
                "There are no files to read here.",
                where=", ".join(str(path) for path in paths),
                remedy="name a folder with files in it; hidden files are left out",
            )
        good = self.result.rows_added + self.result.rows_known
        if not good and self.result.errors:
            name, first = self.result.errors[0]
            what, _, remedy = first.error.partition(" To fix: ")
            raise InputError(
                f"Nothing could be read. {what}",
                where=next((str(source.path) for source in named if source.name == name), name),
                remedy=remedy.rstrip(".")
                or "name another format with --format, or repair the file",
                quarantined=self.result.quarantined,
            )
        with exclusive(self._lock):
            if not Table.exists(self._path):
                Table.create(self._path, SAMPLE_SCHEMA, key="id")
        self.result.version = Table.open(self._path).version
        return self.result

    def _add_source(self, source: Source) -> None:
        name = source.name
        occurrences = Occurrences(name)
        options = {"known": self._input_types(), **self._options.options}
        for item in read_source(source, format=self._options.format, **options):
            if isinstance(item, BadRow):
                self._add_bad(item, name, occurrences)
            else:
                self._seen.update(item.batch.schema.names)
                self._add_batch(item, name, occurrences)
            if self._progress is not None:
                self._progress(name, self.result)

    def _input_types(self) -> dict[str, pa.DataType]:
        """The dataset's types by the names that columns have in an input."""
        types = {f.name: f.type for f in self._schema if b"assay.op" not in (f.metadata or {})}
        for name in RESERVED:
            types.pop(name, None)
            if f"source_{name}" in types:
                types[name] = types[f"source_{name}"]
        for asked, stored in ((self._options.text, "text"), (self._options.source_id, "source_id")):
            if asked is not None and stored in types:
                types[asked] = types[stored]
        return types

    def _add_bad(self, bad: BadRow, source: str, occurrences: Occurrences) -> None:
        if bad.identity is not None:
            ids = occurrences.ids(Encoded.of(bad.identity).row_digests())
            if self._known.contains(as_keys(ids)).all():
                self.result.rows_read += 1
                self.result.rows_known += 1
                return
        self._quarantine(source, bad)

    def _add_batch(self, item: ReadBatch, source: str, occurrences: Occurrences) -> None:
        encoded = Encoded.of(item.batch if item.identity is None else item.identity)
        digests = encoded.row_digests()
        ids = occurrences.ids(digests)
        keys = as_keys(ids)
        fresh = ~self._known.contains(keys)
        self.result.rows_read += item.batch.num_rows
        self.result.rows_known += int(len(fresh) - fresh.sum())
        if not fresh.any():
            return
        columns = self._map(item.batch.schema, source)
        batch = columns.apply(item.batch)
        rows = np.flatnonzero(fresh)
        if len(rows) < batch.num_rows:
            batch = batch.take(pa.array(rows))
        batch, rows, bad = conform(batch, rows, self._schema)
        for row in bad:
            self.result.rows_read -= 1  # counted again as quarantined
            where = int(item.positions[row.position])
            self._quarantine(source, replace(row, position=where))
        # The content is hashed as it was read, whatever its column is called once stored.
        stored = columns.stored(item.batch.schema.names)
        names = dict(zip(stored, item.batch.schema.names, strict=True))
        content = next((names[name] for name in ("text", "messages") if name in names), None)
        contents = encoded.content_ids(content) if content else [row.hex() for row in digests]
        sample = self._sample(
            batch,
            [ids[row].hex() for row in rows.tolist()],
            [contents[row] for row in rows.tolist()],
            np.asarray(item.positions)[rows],
            source,
        )
        self._pending.append(sample)
        self._pending_keys.append(keys[rows])
        self._pending_bytes += sample.nbytes
        count = sum(batch.num_rows for batch in self._pending)
        if count >= FRAGMENT_ROWS or self._pending_bytes >= FRAGMENT_BYTES:
            self._flush()

    def _map(self, schema: pa.Schema, source: str) -> ColumnMap:
        names = tuple(schema.names)
        if names not in self._maps:
            found = map_columns(
                schema,
                text=self._options.text,
                source_id=self._options.source_id,
                where=source,
                taken=[f.name for f in self._schema if b"assay.op" in (f.metadata or {})],
            )
            self._maps[names] = found
            for note in found.describe():
                if note not in self.result.notes:
                    self.result.notes.append(note)
        return self._maps[names]

    def _sample(
        self,
        batch: pa.RecordBatch,
        ids: list[str],
        contents: list[str],
        positions: np.ndarray,
        source: str,
    ) -> pa.RecordBatch:
        names = batch.schema.names
        n = batch.num_rows
        modality = "chat" if "messages" in names else "text" if "text" in names else "record"
        ours = [
            pa.array(ids, pa.string()),
            pa.array(contents, pa.string()),
            pa.array([source] * n, pa.string()),
            pa.array(positions, pa.int64()),
            pa.array([modality] * n, pa.string()),
            pa.array([self._options.licence] * n, pa.string()),
        ]
        fields = [*SAMPLE_SCHEMA, *(pa.field(f.name, f.type) for f in batch.schema)]
        # A type once taken binds the batches after it, before anything is committed.
        for f in batch.schema:
            at = self._schema.get_field_index(f.name)
            if at < 0:
                self._schema = self._schema.append(pa.field(f.name, storable(f.type)))
            elif f.type != self._schema.field(at).type:
                self._schema = self._schema.set(at, self._schema.field(at).with_type(f.type))
        return pa.RecordBatch.from_arrays([*ours, *batch.columns], schema=pa.schema(fields))

    def _check_types(self) -> None:
        """Refuse types of columns that are not there, before anything is stored without them.

        A column may come late: one that the dataset has already, or that any file has so far, is
        there.
        """
        known = {*self._seen, *self._input_types()}
        wrong = [name for name in self._options.options.get("types") or {} if name not in known]
        if wrong and self._seen:
            raise UsageError(
                f"--types names the column '{wrong[0]}', which is not in the input.",
                allowed=", ".join(sorted(known)),
                remedy="choose one of these columns for --types; one that first appears later in "
                "the input gets its type by itself",
            )

    def _flush(self) -> None:
        self._check_types()
        if not self._pending:
            self._flush_bad()
            return
        # Structs that got fields since the first of these batches differ in type.
        data = pa.concat_tables(
            [pa.Table.from_batches([batch]) for batch in self._pending],
            promote_options="permissive",
        )
        keys = np.concatenate(self._pending_keys)
        self._pending, self._pending_keys, self._pending_bytes = [], [], 0
        with exclusive(self._lock):
            if not Table.exists(self._path):
                base = pa.schema([f for f in data.schema if f.name in SAMPLE_SCHEMA.names])
                Table.create(self._path, base, key="id")
            table = Table.open(self._path)
            self._learn(table)  # what another process added while we were reading
            fresh = self._known.add(keys)
            self.result.rows_known += int(len(fresh) - fresh.sum())
            self.result.rows_added += int(fresh.sum())
            if not fresh.all():
                data = data.filter(pa.array(fresh))
            if data.num_rows:
                self._append(table, data)
        self._flush_bad()

    def _append(self, table: Table, data: pa.Table) -> None:
        stored = {f.name: f.type for f in table.schema}
        if any(f.type != stored.get(f.name, f.type) for f in data.schema):
            data = self._refit(data, table.schema)
        unknown = [f for f in data.schema if f.name not in stored]
        for f in data.schema:
            more = additions(stored[f.name], f.type) if f.name in stored else None
            if more is not None:
                unknown.append(pa.field(f.name, more))
        if unknown:
            table = table.declare(pa.schema(unknown))
        fields = [table.schema.field(name) for name in data.schema.names]
        data = data.cast(pa.schema(fields))
        if data.num_rows:
            table = table.append(data, f"add {data.num_rows} rows, run {self._run}")
        self._fragments |= {piece.id for piece in table.fragments()}
        self._schema = table.schema

    def _refit(self, data: pa.Table, schema: pa.Schema) -> pa.Table:
        """The rows in the types that another process gave their columns meanwhile."""
        batch = pa.RecordBatch.from_arrays(
            [column.combine_chunks() for column in data.columns], names=data.schema.names
        )
        batch, _, bad = conform(batch, np.arange(data.num_rows), schema)
        for row in bad:
            at = row.position
            self.result.rows_added -= 1
            self.result.rows_read -= 1  # counted again as quarantined
            found = replace(row, position=data["position"][at].as_py())
            self._quarantine(data["source"][at].as_py(), found)
        return pa.Table.from_batches([batch])

    def _learn(self, table: Table) -> None:
        for piece in table.fragments():
            if piece.id in self._fragments:
                continue
            self._fragments.add(piece.id)
            for batch in table.scan(["id"], fragment=piece.id, batch_rows=65_536):
                self._known.add(keys_of_ids(batch.column(0)))

    def _quarantine(self, source: str, bad: BadRow) -> None:
        self.result.quarantined += 1
        self.result.rows_read += bad.position >= 0
        if len(self.result.errors) < 100:
            self.result.errors.append((source, bad))
        identity = f"{self._path.stem}\0{source}\0{bad.position}\0{bad.error}\0{bad.payload}"
        self._bad.append(
            {
                "key": blake2b(identity.encode("utf-8", "replace"), digest_size=16).hexdigest(),
                "dataset": self._path.stem,
                "source": source,
                "position": bad.position,
                "op": "add",
                "error": bad.error,
                "payload": bad.payload.encode("utf-8", "replace").decode(),
                "run": self._run,
            }
        )
        if len(self._bad) >= BAD_ROWS:
            self._flush_bad()

    def _flush_bad(self) -> None:
        self._events.append("quarantine", self._bad)
        self._bad = []
