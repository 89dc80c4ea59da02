"""Which column of a dataset holds its labels, and which holds probabilities of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.schema import ANSWERED_BY, LABELS, Rows

NAMES = ("label", "labels", "class", "category", "intent", "topic", "sentiment", "target", "y")
"""Names by which a column of labels is known."""
CLASSES = 5_000


@dataclass(frozen=True)
class Labels:
    """The labels of a dataset.

    Attributes:
        column: Where they are.
        codes: int64, shape (n,): place in `values`; -1 where there is no label.
        values: The classes, sorted.
    """

    column: str
    codes: np.ndarray
    values: list[Any]

    @property
    def field(self) -> str:
        """The column without what stands before a label in force: `intent` of `labels.intent`."""
        return self.column.removeprefix(f"{LABELS}.")

    @property
    def counts(self) -> np.ndarray:
        """Rows of each class: int64."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))


def lacks_labels(schema: pa.Schema) -> str | None:
    """What a check of labels needs and a dataset does not have."""
    if _label_column(schema) is not None:
        return None
    return f"a column of labels, called one of {', '.join(NAMES)}"


def read_labels(rows: Rows, column: str | None = None) -> Labels | None:
    """The labels in a column, or in the one that is called so; None where there are none to judge.

    Raises:
        UsageError: The column that was named does not exist, or holds no labels.
    """
    name = column or _label_column(rows.schema)
    if name is None:
        return None
    values = rows.table(name).column(0)
    if not _can_label(values.type):
        raise UsageError(
            f"The column '{name}' of {values.type} holds no labels.",
            allowed="texts, whole numbers or booleans",
        )
    coded = pc.dictionary_encode(pa.chunked_array(values.chunks, values.type).combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    classes = coded.dictionary.to_pylist()
    if not 2 <= len(classes) <= min(CLASSES, max(2, len(values) // 2)):
        return None
    order = sorted(range(len(classes)), key=lambda i: classes[i])
    rank = np.empty(len(classes) + 1, np.int64)
    rank[order], rank[-1] = np.arange(len(classes)), -1
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Labels(name, rank[codes], [classes[i] for i in order])


def answered(rows: Rows, labels: Labels) -> np.ndarray:
    """Rows whose label a person gave: bool, shape (n,)."""
    if labels.column == labels.field:
        return np.zeros(rows.num_rows, bool)
    by = rows.table(f"{labels.column}{ANSWERED_BY}").column(0)
    return np.asarray(by.is_valid())


def read_probabilities(rows: Rows, labels: Labels, column: str | None = None) -> Any:
    """Out-of-sample class probabilities, float64 (n, classes), from an input column; else None.

    A list of as many numbers in each row as there are classes, which sum to 1, where labels are
    the whole numbers from 0: then it is known which number belongs to which class.

    Raises:
        UsageError: The column that was named is no such list.
    """
    wanted = [f for f in rows.schema if column in (None, f.name) and _may_be_probabilities(f)]
    if labels.values == list(range(len(labels.values))):
        for field in wanted:
            found = _matrix(rows.table(field.name).column(0), len(labels.values))
            if found is not None:
                return found
    if column is None:
        return None
    raise UsageError(
        f"The column '{column}' holds no probabilities of the {len(labels.values)} classes.",
        allowed="lists of one number a class that sum to 1, for labels 0, 1, 2, ...",
    )


def _label_column(schema: pa.Schema) -> str | None:
    """The first column of labels by the order of `NAMES`, else the first field people answered.

    Where people answered, it is that of the labels in force.
    """
    own = {f.name.lower(): f.name for f in schema if _can_label(f.type) and "__" not in f.name}
    made = [(field.metadata or {}).get(b"assay.name", b"").decode() for field in schema]
    given = {n.removeprefix(f"{LABELS}.").lower(): n for n in made if n.startswith(f"{LABELS}.")}
    known = {**own, **given}
    return next((known[name] for name in NAMES if name in known), next(iter(given.values()), None))


def _can_label(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
    )


def _may_be_probabilities(field: pa.Field) -> bool:
    kind = field.type
    listed = pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)
    computed = b"assay.op" in (field.metadata or {})
    return bool(listed and not computed and pa.types.is_floating(kind.value_type))


def _matrix(column: pa.ChunkedArray, classes: int) -> np.ndarray | None:
    lengths = pc.list_value_length(column)
    if column.null_count or pc.any(pc.not_equal(lengths, classes)).as_py():
        return None
    flat = pa.chunked_array([chunk.flatten() for chunk in column.chunks], column.type.value_type)
    values = flat.cast(pa.float64()).to_numpy().reshape(-1, classes)
    with np.errstate(invalid="ignore"):
        sums = np.abs(values.sum(axis=1) - 1) < 0.01
        return values if (sums & (values >= 0).all(axis=1)).all() else None
