"""The labels in force, as columns that are derived from what people answered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.schema import ANSWERED_BY, LABELS
from assay.search.evaluation import below
from assay.search.kinds import TEXT, kind_of, type_below
from assay.search.names import Resolved, resolve
from assay.search.syntax import is_row_set
from assay.store.derived import Derived, Deriving
from assay.store.events import Events
from assay.store.table import Table

TRUTHS = {"true": True, "false": False}
_KEPT = 8  # datasets whose answers stay in memory
_known: OrderedDict[tuple[str, str], tuple[int, tuple[Answers, ...]]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Answers:
    """The answers in force to one field.

    Attributes:
        field: What was asked.
        ids: Ids of the rows that have one, each once.
        codes: int64, shape (len(ids),): place in `values`.
        values: The different answers, as they were written.
        by: For each row, who gave it (text).
        mark: What names all this for good.
    """

    field: str
    ids: pa.Array
    codes: np.ndarray
    values: tuple[str, ...]
    by: pa.Array
    mark: str


def labelled(table: Table, events: Events, dataset: str) -> Table:
    """The table with a column for each field that people answered; itself where they did not."""
    found = answers(events, dataset)
    if not found:
        return table
    columns = [made for each in found for made in _columns(table.schema, each)]
    mark = blake2b(" ".join(each.mark for each in found).encode(), digest_size=8).hexdigest()
    return Deriving(table, columns, mark)


def answers(events: Events, dataset: str) -> tuple[Answers, ...]:
    """The answers in force, by field; fields without any are left out."""
    version = events.version("labels")
    if version == 0:
        return ()
    place = (str(events.running), dataset)
    with _lock:
        known = _known.get(place)
        if known is None or known[0] != version:
            known = (version, tuple(_replay(events.read("labels", dataset=dataset))))
            _known[place] = known
        _known.move_to_end(place)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
        return known[1]


def base_of(schema: pa.Schema, field: str) -> Resolved | None:
    """The column that rows came with and that a field is about; None for a field of its own."""
    try:
        found = resolve(field, schema, {})
    except UsageError:
        return None
    return found if found.op is None and not is_row_set(found.column) else None


def answer_type(kind: pa.DataType) -> pa.DataType | None:
    """The type of answers about a column of that type; None where it cannot be answered."""
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return kind
    return pa.string() if kind_of(kind) == TEXT else None


def parsed(values: Sequence[str], kind: pa.DataType) -> pa.Array:
    """Answers as values of a type.

    Raises:
        ValueError: One of them is no such value.
    """
    if pa.types.is_boolean(kind):
        if wrong := [value for value in values if value not in TRUTHS]:
            raise ValueError(wrong[0])
        return pa.array([TRUTHS[value] for value in values], kind)
    if pa.types.is_integer(kind):
        return pa.array([int(value) for value in values], kind)
    return pa.array(values, pa.string())


def _replay(history: pa.Table) -> list[Answers]:
    """What is in force after all acts, in the order of their fields' names."""
    acts = history.drop_columns(["row_ids"]).to_pylist()
    undone = {act["undoes"] for act in acts}
    by_field: dict[str, list[int]] = {}
    for at, act in enumerate(acts):
        if act["undoes"] is None and act["key"] not in undone:
            by_field.setdefault(act["field"], []).append(at)
    row_ids = history.column("row_ids")
    found = []
    for field, places in sorted(by_field.items()):
        values = list(dict.fromkeys(v for i in places if (v := acts[i]["value"]) is not None))
        code: Mapping[str | None, int] = {None: -1, **{v: i for i, v in enumerate(values)}}
        lists = [row_ids[i].values for i in places]
        coded = pa.concat_arrays(lists).dictionary_encode()
        act = np.repeat(np.arange(len(places)), [len(each) for each in lists])
        last = np.zeros(len(coded.dictionary), np.int64)
        last[coded.indices.to_numpy()] = act  # of several acts about a row the last one stays
        codes = np.array([code[acts[i]["value"]] for i in places])[last]
        there = codes >= 0
        if there.any():
            ids = coded.dictionary.filter(pa.array(there))
            people = pa.array([acts[i]["annotator"] for i in places], pa.string())
            by = people.take(pa.array(last[there]))
            mark = f"{field} {','.join(acts[i]['key'] for i in places)}"
            found.append(Answers(field, ids, codes[there], tuple(values), by, mark))
    return found


def _columns(schema: pa.Schema, given: Answers) -> tuple[Derived, Derived]:
    """What is in force, and by whom: null where nobody answered."""
    base, values = _typed(schema, given)

    def of(data: pa.Table) -> pa.ChunkedArray:
        place = pc.index_in(data.column("id"), value_set=given.ids).combine_chunks()
        answered = pa.chunked_array([values.take(pa.array(given.codes).take(place))])
        if base is None:
            return answered
        before: Any = below(data.column(base.column), base.path).cast(values.type)
        return pc.coalesce(answered, before)

    def by(data: pa.Table) -> pa.Array:
        return given.by.take(pc.index_in(data.column("id"), value_set=given.ids).combine_chunks())

    reads = ("id",) if base is None else ("id", base.column)
    return (
        Derived(_field(given.field, values.type), reads, of),
        Derived(_field(f"{given.field}{ANSWERED_BY}", pa.string()), ("id",), by),
    )


def _field(name: str, kind: pa.DataType) -> pa.Field:
    described = {
        b"assay.op": LABELS.encode(),
        b"assay.name": f"{LABELS}.{name}".encode(),
        b"assay.version": b"1",
        b"assay.params": b"[{}, []]",
        b"assay.run": b"",
    }
    return pa.field(f"{LABELS}__{name}", kind, metadata=described)


def _typed(schema: pa.Schema, given: Answers) -> tuple[Resolved | None, pa.Array]:
    """The column that the answers are about, and they as values of its type."""
    base = base_of(schema, given.field)
    kind = base and answer_type(type_below(schema.field(base.column).type, base.path))
    if base is None or kind is None:
        return None, pa.array(given.values, pa.string())
    try:
        return base, parsed(given.values, kind)
    except (ValueError, OverflowError, pa.ArrowInvalid):  # the column came after the answers
        return base, pa.array(given.values, pa.string())
