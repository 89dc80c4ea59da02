"""Everything there is to know about one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from assay.errors import UsageError
from assay.project import check, find, labels, tags
from assay.project.explain import explain
from assay.project.view.columns import Column
from assay.project.view.engine import View
from assay.project.view.pages import jsonable
from assay.project.view.snapshot import Snapshot
from assay.schema import LABELS, has_text
from assay.store.values import python_row

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

TEXT_CUT = 1_000_000
SNIPPET = 240
NEIGHBORS = 8


def inspect_row(dataset: Dataset, view: View, row_id: str) -> dict[str, Any]:
    """Values, signals with their place among all rows, spans, verdicts, history, neighbors.

    Raises:
        UsageError: There is no such row.
    """
    snapshot = view.snapshot
    row = dataset.row_index(row_id)
    if row >= snapshot.num_rows:
        raise UsageError(f"The row '{row_id}' is newer than this view.", remedy="reload")
    skipped = [c.stored for c in snapshot.columns if c.kind == "vector"]
    stored = [name for name in snapshot.table.schema.names if name not in skipped]
    record = python_row(snapshot.take(np.array([row]), stored), 0)
    values, cut = {}, False
    for column in snapshot.columns:
        if column.op is None and column.kind != "vector":
            value = jsonable(_at(record, column))
            if isinstance(value, str) and len(value) > TEXT_CUT:
                value, cut = value[:TEXT_CUT], True
            values[column.name] = value
    story = explain(dataset, row_id)
    verdicts = None
    if story["version"] is not None:
        verdicts = {key: story[key] for key in ("version", "kept", "rules")}
    before, after = _around(view, row)
    return {
        "id": row_id,
        "row": row,
        "dataset": dataset.full_name,
        "table_version": snapshot.version,
        "cut": cut,
        "values": values,
        "signals": _signals(snapshot, record),
        "spans": [
            {"column": c.name, "label": c.label, "spans": jsonable(_at(record, c)) or []}
            for c in snapshot.columns
            if c.kind == "spans"
        ],
        "verdicts": jsonable(verdicts),
        "lineage": jsonable(story["lineage"]),
        "neighbors": _neighbors(dataset, snapshot, row_id),
        "duplicates": _copies(snapshot, record, row),
        "findings": [
            {"id": f.id, "check": f.check, "title": f.title, "state": f.state}
            for f in check.findings(dataset.at(None), state=None, shown=0, row=row_id)
        ],
        "tags": tags.of_row(dataset, row_id),
        "labels": labels.of_row(dataset, row_id),
        "in_view": bool(view.mask[row]),
        "previous": before,
        "next": after,
    }


def whole_text(dataset: Dataset, row_id: str) -> str:
    """The text of a row, however long.

    Raises:
        UsageError: There is no such row, or the dataset has no text.
    """
    row = dataset.row_index(row_id)
    if not has_text(dataset.schema):
        raise UsageError(f"'{dataset.name}' has no text.")
    text: str | None = dataset.source.take(np.array([row]), ["text"]).column(0)[0].as_py()
    return text or ""


def snippets(snapshot: Snapshot, rows: np.ndarray) -> list[dict[str, Any]]:
    """Number, id and beginning of the text of each row."""
    names = ["id", *(["text"] if has_text(snapshot.table.schema) else [])]
    if len(rows) == 0:
        return []
    found = snapshot.take(np.asarray(rows, np.int64), names).to_pylist()
    return [
        {"id": each["id"], "row": int(row), "snippet": (each.get("text") or "")[:SNIPPET]}
        for row, each in zip(rows, found, strict=True)
    ]


def _at(record: dict[str, Any], column: Column) -> Any:
    value = record.get(column.stored)
    for step in column.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _signals(snapshot: Snapshot, record: dict[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for column in snapshot.columns:
        if column.op in (None, LABELS) or column.kind in ("vector", "spans"):
            continue
        group = groups.setdefault(
            column.group,
            {"op": column.group, "version": column.details.get("version"), "outputs": []},
        )
        value = jsonable(_at(record, column))
        percentile = median = None
        if column.kind == "number" and value is not None:
            percentile, median = snapshot.standing(column.name, value) or (None, None)
        group["outputs"].append(
            {
                "column": column.name,
                "label": column.label,
                "kind": column.kind,
                "value": value,
                "percentile": percentile,
                "median": median,
                "unit": column.details.get("unit"),
            }
        )
    return list(groups.values())


def _neighbors(dataset: Dataset, snapshot: Snapshot, row_id: str) -> list[dict[str, Any]] | None:
    near = find.neighbors(dataset.at(None), row_id, k=NEIGHBORS)
    if near is None:
        return None
    rows = np.array([row for row, _ in near], np.int64)
    fits = rows < snapshot.num_rows
    found = snippets(snapshot, rows[fits])
    likes = [similarity for (_, similarity), ok in zip(near, fits, strict=True) if ok]
    return [{**each, "similarity": like} for each, like in zip(found, likes, strict=True)]


def _copies(snapshot: Snapshot, record: dict[str, Any], row: int) -> dict[str, Any]:
    content = record.get("content_id")
    same = snapshot.rows_with("content_id", content) if content else np.empty(0, np.int64)
    return {"exact": snippets(snapshot, same[same != row][:20])}


def _around(view: View, row: int) -> tuple[str | None, str | None]:
    """Ids of the rows before and after this one in view order."""
    if not view.mask[row]:
        return None, None
    order = view.order
    at = position(view, row)
    if at is None:
        return None, None
    around = [order[i] if 0 <= i < len(order) else None for i in (at - 1, at + 1)]
    known = [int(r) for r in around if r is not None]
    ids = dict(zip(known, view.snapshot.ids_of(np.array(known, np.int64)), strict=True))
    before, after = (None if r is None else ids[int(r)] for r in around)
    return before, after


def position(view: View, row: int) -> int | None:
    """Where a row stands in view order; None if it is not in view."""
    if not 0 <= row < view.snapshot.num_rows or not view.mask[row]:
        return None
    if not view.spec.sort and view.ranking is None:
        return int(np.searchsorted(view.members, row))
    return int(np.flatnonzero(view.order == row)[0])
