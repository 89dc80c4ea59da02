"""What the columns of a dataset are: kinds, words for people, provenance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.project.view.dates import Form, common_form
from assay.schema import ANSWERED_BY, LABELS, RESERVED
from assay.search.kinds import LIST as LIST_KIND
from assay.search.kinds import NUMBER, SPANS, TEXT, TIME, TRUTH, kind_of
from assay.store.table import Table

SAMPLE = 4000
"""Rows looked at to tell categories, ids and texts apart."""
_IDS = frozenset({"id", "content_id", "source_id"})
_LABELS = {"id": "Id", "url": "URL", "pii": "Personal data", "code": "Language"}
_QUIET = frozenset({"position", "modality", "map.x", "map.y"})
"""Columns of ours that say nothing about content: no facet."""
_SPOKEN = {
    ("text.language", "code"): "Language",
    ("text.language", "score"): "Language certainty",
    ("text.pii", "count"): "Personal data found",
    ("text.pii", "spans"): "Personal data",
    ("text.tokens", "count"): "Tokens",
    ("embed.text", "vector"): "Text embedding",
    ("text.minhash", "signature"): "MinHash signature",
    ("map", "topic"): "Topic",
    ("map", "subtopic"): "Part of topic",
    ("map", "x"): "Map x",
    ("map", "y"): "Map y",
}


@dataclass(frozen=True)
class Column:
    """A column as screens know it.

    Attributes:
        name: As written in expressions.
        stored: Name of the stored column.
        path: Fields below it, for fields of a struct.
        type: Arrow type of the values.
        kind: text, number, category, boolean, date, list, spans, vector, id or other.
        label: Words for people.
        op: The op that made it, None for input.
        telling: Whether most rows have a value and not all the same.
        form: How dates are written, where they are texts.
        details: Further provenance, JSON-ready.
    """

    name: str
    stored: str
    path: tuple[str, ...]
    type: pa.DataType
    kind: str
    label: str
    op: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    telling: bool = True
    form: Form | None = None

    @property
    def group(self) -> str:
        """The op's name (or alias) for signals, empty for input columns."""
        if self.op == LABELS:
            return LABELS
        return self.name.rpartition(".")[0] if self.op else ""

    @property
    def _says_who(self) -> bool:
        return self.op == LABELS and self.name.endswith(ANSWERED_BY)

    @property
    def facet(self) -> bool:
        """Whether a facet can be drawn."""
        countable = ("number", "category", "boolean", "date", "list", "spans")
        return self.kind in countable and self.name not in _QUIET and not self._says_who

    @property
    def table(self) -> bool:
        """Whether a table shows it unasked."""
        if self.op == LABELS:
            return not self._says_who
        if self.op:
            return self.name.endswith(("language.code", "tokens.count", "stats.words", "pii.count"))
        worth = self.kind in ("text", "category") and self.name not in RESERVED
        return self.name == "text" or (worth and self.telling)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "name": self.name,
            "stored": self.stored,
            "label": self.label,
            "kind": self.kind,
            "type": str(self.type),
            "group": self.group,
            "op": self.op,
            "op_version": self.details.get("version"),
            "params": self.details.get("params"),
            "run": self.details.get("run"),
            "input": self.op is None,
            "facet": self.facet,
            "table": self.table,
            "unit": self.details.get("unit"),
            "range": self.details.get("range"),
            "description": self.details.get("summary"),
            "good": self.details.get("good"),
        }


def describe_columns(table: Table) -> tuple[Column, ...]:
    """All columns of a table: what rows came with, the labels in force, signals.

    Each in the order of the table; fields of structs one by one.
    """
    wanted = [f.name for f in table.schema if kind_of(f.type) == TEXT and f.name not in _IDS]
    head = _sample(table, wanted)
    found: list[Column] = []
    for each in table.schema:
        metadata = {
            k.decode(): v.decode("utf-8", "replace") for k, v in (each.metadata or {}).items()
        }
        if "assay.op" in metadata:
            found.append(_signal(each, metadata, head))
        else:
            found.extend(_inputs(each.name, each.name, (), each.type, head))
    dated = [_dated(table, column, head) for column in found]
    return tuple(sorted(dated, key=lambda column: (bool(column.op), column.op != LABELS)))


def _dated(table: Table, column: Column, head: pa.Table) -> Column:
    """As a column of dates where all texts are some: a sample says no cheaply, all say yes."""
    texts = column.kind in ("category", "id", "text") and column.name not in (*_IDS, "text")
    if not texts or column.op or column.path or column.stored not in head.column_names:
        return column
    form = common_form([head.column(column.stored)])
    if form is None:
        return column
    scanned = table.scan([column.stored], batch_rows=65_536)
    form = common_form(batch.column(0) for batch in scanned)
    return column if form is None else replace(column, kind="date", form=form)


def _inputs(
    name: str, stored: str, path: tuple[str, ...], type_: pa.DataType, head: pa.Table
) -> Iterator[Column]:
    if pa.types.is_struct(type_):
        for index in range(type_.num_fields):
            inner = type_.field(index)
            yield from _inputs(
                f"{name}.{inner.name}", stored, (*path, inner.name), inner.type, head
            )
        return
    sample = head.column(stored) if stored in head.column_names else None
    kind = _kind(name, type_, sample)
    yield Column(name, stored, path, type_, kind, _label(name), telling=_telling(sample))


def _signal(each: pa.Field, metadata: Mapping[str, str], head: pa.Table) -> Column:
    dotted = metadata["assay.name"]
    prefix, _, output = dotted.rpartition(".")
    op = metadata["assay.op"]
    sample = head.column(each.name) if each.name in head.column_names else None
    kind = _kind(dotted, each.type, sample)
    if (op, output) in (("text.language", "code"), ("map", "topic"), ("map", "subtopic")):
        kind = "category"
    params = json.loads(metadata.get("assay.params") or "[{}]")
    label = _SPOKEN.get((op, output)) or _label(output)
    if prefix != op and op != "map":
        label = f"{label} ({prefix.rpartition('@')[2] if '@' in prefix else prefix})"
    if op == LABELS:
        label = f"{_label(dotted.removeprefix(f'{LABELS}.').removesuffix(ANSWERED_BY))}, labelled"
        label += " by" if each.name.endswith(ANSWERED_BY) else ""
    details = {
        "version": metadata.get("assay.version"),
        "params": params[0] if isinstance(params, list) and params else params,
        "run": metadata.get("assay.run"),
        **_declared(op, output),
    }
    return Column(dotted, each.name, (), each.type, kind, label, op, details)


def _declared(op: str, output: str) -> dict[str, Any]:
    """What the op says about its output: summary, unit, range, and which end is good."""
    known = registry.ops().get(op)
    if known is None or not isinstance(known.outputs, pa.Schema):
        return {"summary": known.summary} if known else {}
    index = known.outputs.get_field_index(output)
    metadata = (known.outputs.field(index).metadata or {}) if index >= 0 else {}
    said: dict[str, Any] = {k.decode(): v.decode() for k, v in metadata.items()}
    if "range" in said:
        try:
            said["range"] = [float(part) for part in str(said["range"]).strip("[]").split(",")]
        except ValueError:
            del said["range"]
    return {"summary": known.summary, **said}


def _kind(name: str, type_: pa.DataType, sample: pa.ChunkedArray | None) -> str:
    if name in _IDS:
        return "id"
    if name == "text":
        return "text"
    kind = kind_of(type_)
    if kind == NUMBER:
        return "number"
    if kind == TRUTH:
        return "boolean"
    if kind == TIME:
        return "date"
    if kind == SPANS:
        return "spans"
    if kind == LIST_KIND:
        inner = kind_of(type_.value_type)
        if pa.types.is_fixed_size_list(type_) and inner == NUMBER:
            return "vector"
        return "list" if inner == TEXT else "other"
    if kind != TEXT:
        return "other"
    return "category" if sample is None else _kind_of_texts(sample)


def _telling(sample: pa.ChunkedArray | None) -> bool:
    if sample is None or len(sample) == 0:
        return True
    filled = len(sample) - sample.null_count
    several: bool = filled < 2 or pc.count_distinct(sample).as_py() > 1
    return filled > 0.2 * len(sample) and several


def _kind_of_texts(sample: pa.ChunkedArray) -> str:
    values = sample.drop_null()
    if len(values) == 0:
        return "category"
    lengths = np.asarray(pc.utf8_length(values))
    distinct = pc.count_distinct(values).as_py()
    if lengths.max() > 1000 or lengths.mean() > 120:
        return "text"
    if distinct <= 12 or distinct <= 0.5 * len(values):
        return "category"
    spaced = pc.mean(pc.match_substring_regex(values, r"\s").cast(pa.int8())).as_py()
    return "text" if spaced > 0.3 else "id"


def _sample(table: Table, names: list[str]) -> pa.Table:
    """Up to SAMPLE rows spread over the table, texts cut short."""
    rows = table.num_rows
    if not names:
        return pa.table({})
    if rows == 0:
        return table.read(names).combine_chunks()
    chosen = np.unique(np.linspace(0, rows - 1, min(rows, SAMPLE)).astype(np.int64))
    if len(chosen) > 200 and "text" in names:
        names = [name for name in names if name != "text"]
    found = table.take(chosen, names) if names else pa.table({})
    plain = {
        name: pc.utf8_slice_codeunits(_plain_text(found.column(name)), 0, 2000)
        for name in found.column_names
    }
    return pa.table(plain)


def _plain_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type) or pa.types.is_string_view(column.type):
        return column.cast(pa.large_string())
    return column


def _label(name: str) -> str:
    last = name.rpartition(".")[2]
    words = last.replace("_", " ").strip() or name
    return _LABELS.get(last, words[:1].upper() + words[1:])
