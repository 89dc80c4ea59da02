"""Labels: answers that people give to a field of rows, in acts that can be undone.

An answer is a fact and stays. The label in force is derived: the last answer about a row that was
not undone, else what the row came with. It reads as a column, `labels.intent` for `intent`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project.actor import who
from assay.project.labelled import Answers, answer_type, answers, base_of, parsed
from assay.schema import ANSWERED_BY, LABELS, RESERVED
from assay.search.kinds import type_below

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

LONGEST = 200
_NAME = re.compile(r"(?!.*__)[^\W\d][\w .-]{0,59}(?<! )")
CONTENT = (*RESERVED, "text", "messages", "source_id")
_FEW = 1000


def label(
    dataset: Dataset,
    field: str,
    value: str | int | bool | None,
    row_ids: Sequence[str] | pa.Array,
) -> dict[str, Any]:
    """Answer a field of rows; None takes answers back, so that rows have what they came with.

    An answer that says what the row came with is one as well: somebody looked.

    Args:
        dataset: Whose rows.
        field: A column of texts, whole numbers or booleans that the rows came with, or a new name.
        value: The answer: a value of the column, or text that reads as one.
        row_ids: Which rows.

    Returns:
        `{event, field, column, value, changed, rows}`: the key of the act (for `unlabel`), the
        column with what is in force, how many rows got another answer than they had, and how many
        have one now.

    Raises:
        UsageError: The field cannot be answered, or not so, or there is no such row.
    """
    written = _written(dataset, field, value)
    ids = pc.unique(pa.array(row_ids, pa.string()))
    _check_rows(dataset, ids)
    before = _answers(dataset, field)
    had = pc.index_in(ids, value_set=before.ids)
    if written is None:
        changed = ids.filter(had.is_valid())
    else:
        same = pa.array([each == written for each in before.values], pa.bool_())
        same = same.take(pa.array(before.codes).take(had))
        changed = ids.filter(pc.invert(same.fill_null(False)))
    key = uuid.uuid4().hex[:12]
    _append(dataset, key, field, written, changed)
    return {
        "event": key,
        "field": field,
        "column": f"{LABELS}.{field}",
        "value": written,
        "changed": len(changed),
        "rows": len(_answers(dataset, field).ids),
    }


def unlabel(dataset: Dataset, event: str) -> dict[str, Any]:
    """Undo one act of labelling: what it said counts no more.

    Raises:
        UsageError: There is no such act, or it was undone already.
    """
    acts = _acts(dataset)
    undone = {act["undoes"] for act in acts}
    open_ = [act for act in acts if act["undoes"] is None and act["key"] not in undone]
    found = next((act for act in open_ if act["key"] == event), None)
    if found is None:
        raise UsageError(
            f"'{event}' is no labelling of '{dataset.name}' that can be undone.",
            allowed=", ".join(act["key"] for act in open_[-5:]) or "none",
        )
    _append(dataset, uuid.uuid4().hex[:12], found["field"], None, [], undoes=event)
    return {"field": found["field"], "rows": len(_answers(dataset, found["field"]).ids)}


def fields(dataset: Dataset) -> list[dict[str, Any]]:
    """Every field that has answers: `{field, column, rows, values, event, by, time}`.

    `values` are `{value, rows}`, the most frequent first; `event`, `by` and `time` are of the last
    act that counts.
    """
    acts = _acts(dataset)
    undone = {act["undoes"] for act in acts}
    last = {a["field"]: a for a in acts if a["undoes"] is None and a["key"] not in undone}
    found = []
    for each in answers(dataset.project.events, dataset.name):
        counts = np.bincount(each.codes, minlength=len(each.values))
        order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
        act = last[each.field]
        found.append(
            {
                "field": each.field,
                "column": f"{LABELS}.{each.field}",
                "rows": len(each.ids),
                "values": [{"value": each.values[i], "rows": int(counts[i])} for i in order],
                "event": act["key"],
                "by": act["annotator"],
                "time": _iso(act),
            }
        )
    return found


def of_row(dataset: Dataset, row_id: str) -> list[dict[str, Any]]:
    """The answers in force about a row: `{field, value, by, time}`, by field."""
    undone = {act["undoes"] for act in _acts(dataset)}
    events = dataset.project.events
    found: dict[str, dict[str, Any]] = {}
    read = events.read("labels", without=["row_ids"], row=row_id, dataset=dataset.name)
    for act in read.to_pylist():
        if act["key"] not in undone:
            found[act["field"]] = act
    return [
        {"field": field, "value": act["value"], "by": act["annotator"], "time": _iso(act)}
        for field, act in sorted(found.items())
        if act["value"] is not None
    ]


def _written(dataset: Dataset, field: str, value: str | int | bool | None) -> str | None:
    """The answer as it is kept, once it is known to be one."""
    schema = dataset.source.schema
    base = base_of(schema, field)
    allowed = "a column of texts, whole numbers or booleans, or a new name"
    own = base is None and (field.startswith(f"{LABELS}.") or field.endswith(ANSWERED_BY))
    if field in CONTENT or own:
        raise UsageError(f"'{field}' is no field that people answer.", allowed=allowed)
    if base is None and not _NAME.fullmatch(field):
        raise UsageError(
            f"A field cannot be called {field[:80]!r}.",
            allowed="1 to 60 letters, digits, spaces, dots, - and _, the first a letter",
        )
    kind: pa.DataType | None = pa.string()
    if base is not None:
        stored = type_below(schema.field(base.column).type, base.path)
        kind = answer_type(stored)
        if kind is None:
            raise UsageError(f"The column '{field}' of {stored} has no labels.", allowed=allowed)
    if value is None:
        return None
    written = str(value).lower() if isinstance(value, bool) else str(value).strip()
    if not 0 < len(written) <= LONGEST or not written.isprintable():
        raise UsageError(
            f"{written[:80]!r} is no label.", allowed=f"1 to {LONGEST} printable characters"
        )
    try:
        parsed([written], kind)
    except (ValueError, OverflowError, pa.ArrowInvalid):
        many = "true or false" if pa.types.is_boolean(kind) else f"a whole number ({kind})"
        raise UsageError(f"{written!r} is no value of '{field}'.", allowed=many) from None
    return written


def _check_rows(dataset: Dataset, ids: pa.Array) -> None:
    if len(ids) <= _FEW:
        there = dataset.source.find_all("id", ids.to_pylist())
        missing = [each for each in ids.to_pylist() if each not in there]
    else:
        known = pc.is_in(ids, value_set=dataset.source.read(["id"]).column("id").combine_chunks())
        missing = ids.filter(pc.invert(known)).to_pylist()
    if missing:
        raise UsageError(
            f"'{dataset.name}' has no row with the id '{missing[0]}'.",
            remedy="copy an id from `assay search` or `assay findings`",
        )


def _answers(dataset: Dataset, field: str) -> Answers:
    found = answers(dataset.project.events, dataset.name)
    nobody = pa.array([], pa.string())
    none = Answers(field, nobody, np.empty(0, np.int64), (), nobody, "")
    return next((each for each in found if each.field == field), none)


def _acts(dataset: Dataset) -> list[dict[str, Any]]:
    """All acts in order, without the rows they are about."""
    found: list[dict[str, Any]] = dataset.project.events.read(
        "labels", without=["row_ids"], dataset=dataset.name
    ).to_pylist()
    return found


def _iso(act: dict[str, Any]) -> str:
    return str(act["time"].isoformat(timespec="seconds"))


def _append(
    dataset: Dataset,
    key: str,
    field: str,
    value: str | None,
    row_ids: Sequence[str] | pa.Array,
    *,
    undoes: str | None = None,
) -> None:
    record = {
        "key": key,
        "dataset": dataset.name,
        "field": field,
        "value": value,
        "row_ids": row_ids,
        "annotator": who(),
        "undoes": undoes,
    }
    dataset.project.events.append("labels", [record])
