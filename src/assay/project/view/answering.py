"""What people may answer about rows: the fields there are, and the values they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.insight.labels.columns import NAMES
from assay.project import labels
from assay.project.labelled import answer_type
from assay.project.view.columns import Column
from assay.project.view.snapshot import Snapshot
from assay.schema import LABELS

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

VALUES = 5000
"""Values of a field that are offered, the most frequent ones."""


def fields(dataset: Dataset, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Fields to answer: `{field, label, column, kind, rows, values}`.

    First those called like a column of labels, then those that people answered, then other columns
    of few values, the fewest first. `rows` have an answer; `values` are texts, the most frequent
    first.
    """
    given = {each["field"]: each["rows"] for each in labels.fields(dataset)}
    own = {c.name: c for c in snapshot.columns if c.name in given or _may_answer(c)}
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


def _may_answer(column: Column) -> bool:
    if column.op or column.name in labels.CONTENT:
        return False
    called_so = column.name.rpartition(".")[2].lower() in NAMES
    whole = called_so and column.kind == "number" and answer_type(column.type) is not None
    return whole or column.kind in ("category", "boolean")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
