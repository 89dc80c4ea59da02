"""An embedding in which the rows of two datasets can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assay.project.rows import StoredRows
from assay.schema import has_text
from assay.search.hybrid import as_matrix
from assay.search.spaces import is_embedding, name_of, space

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_BATCH = 1024


@dataclass(frozen=True)
class SharedSpace:
    """Where both sides have vectors of one model, or can be given them.

    Attributes:
        name: Of the embedding, as in expressions.
        a: Stored column of one side.
        b: Stored column of the other; None where its texts are embedded by the model of `a`.
    """

    name: str
    a: pa.Field
    b: pa.Field | None


def shared_space(a: pa.Schema, b: pa.Schema) -> SharedSpace | None:
    """The first embedding that both sides have from one model, else one that can be made for `b`.

    A model fitted on the rows of a dataset (`lsa`) gives each dataset a space of its own. Texts can
    still be embedded by the model of the other one.
    """
    left = [field for field in a if is_embedding(field)]
    for field in left:
        alike = (f for f in b if f.type == field.type and space(f) == space(field))
        twin = next(alike, None)
        if twin is not None:
            return SharedSpace(_name(field), field, twin)
    for field in left:
        if space(field)[-1] and has_text(b):
            return SharedSpace(_name(field), field, None)
    return None


def vectors(
    found: SharedSpace, side: str, rows: StoredRows, at: np.ndarray, a: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of some rows of a side, "a" or "b".

    Args:
        found: From `shared_space`.
        side: Which one.
        rows: The rows of that side.
        at: int64: which of them.
        a: The dataset with the model, for texts that have no vector yet.

    Returns:
        float32, shape (len(at), d), and bool, shape (len(at),): rows without a usable vector are
        zeros, and False.
    """
    field = found.a if side == "a" else found.b
    if field is not None:
        return as_matrix(rows.take(at, field.name).column(0))
    step = a.step_of(found.a)
    texts = rows.take(at, "text").column("text").cast(pa.string()).combine_chunks()
    parts = []
    for first in range(0, len(at), _BATCH):
        batch = pa.RecordBatch.from_arrays([texts.slice(first, _BATCH)], names=list(step.inputs))
        parts.append(step.op.fn(batch, **step.params, state=step.state or b"").column(0))
    return as_matrix(pa.chunked_array(parts, found.a.type))


def _name(field: pa.Field) -> str:
    return name_of(field).removesuffix(".vector")
