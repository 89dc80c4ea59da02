"""What people may answer about rows: the fields there are, and the values they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from assay.insight.labels.columns import CLASSES, NAMES
from assay.project import labels
from assay.project.labelled import answer_type
from assay.project.view.columns import Column
from assay.project.view.snapshot import Snapshot
from assay.schema import LABELS
from assay.search.evaluation import below

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

VALUES = CLASSES
"""Values of a field that are offered, the most frequent ones."""
HEAD = 200
"""Rows that tell whether texts are long."""


def fields(dataset: Dataset, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Fields to answer: `{field, label, column, kind, rows, values}`.

    First those called like a column of labels, then those that people answered, then other columns
    of few values, the fewest first. `rows` have an answer; `values` are texts, the most frequent
    first.
    """
    given = {each["field"]: each["rows"] for each in labels.fields(dataset)}
    own = {c.name: c for c in snapshot.columns if c.name in given or _may_answer(snapshot, c)}
    answered = {field: snapshot.column(f"{LABELS}.{field}") for field in given}
    found: list[tuple[tuple[int, bool, int], dict[str, Any]]] = []
    for field, column in {**answered, **own}.items():
        values = snapshot.coded(answered.get(field, column).name).values
        name = field.rpartition(".")[2].lower()
        place = NAMES.index(name) if name in NAMES else len(NAMES)
        one = {
            "field": field,
            "label": column.label.removesuffix(", labelled"),
            "column": f"{LABELS}.{field}",
            "kind": column.kind,
            "rows": given.get(field, 0),
            "values": [_written(value) for value in values[:VALUES]],
        }
        found.append(((place, field not in given, len(values)), one))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _may_answer(snapshot: Snapshot, column: Column) -> bool:
    if column.op or column.name in labels.CONTENT:
        return False
    if column.kind in ("category", "boolean"):
        return True
    called_so = column.name.rpartition(".")[2].lower() in NAMES
    if not called_so or answer_type(column.type) is None:
        return False
    return column.kind == "number" or _are_classes(snapshot, column)


def _are_classes(snapshot: Snapshot, column: Column) -> bool:
    """Whether texts, though a sample of them hardly repeats, are short and few among all rows."""
    rows = np.linspace(0, snapshot.num_rows - 1, min(snapshot.num_rows, HEAD)).astype(np.int64)
    texts = below(snapshot.take(rows, [column.stored]).column(0), column.path)
    if (pc.max(pc.utf8_length(texts)).as_py() or 0) > labels.LONGEST:
        return False
    return len(snapshot.coded(column.name).values) <= min(CLASSES, snapshot.num_rows // 2)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
