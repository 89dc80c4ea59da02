"""Which of several rows is the best, and what expressions say of rows, for selectors."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.schema import Rows
from assay.search.expression import evaluate, parse


def column_of(rows: Rows, text: str) -> pa.Array:
    """The value of an expression on every row."""
    expression = parse(text)
    names = expression.names or ("id",)
    return evaluate(expression, rows.table(*names))


def ranks(rows: Rows, by: str) -> np.ndarray:
    """int64, shape (n,): 0 for the row with the highest `by`; equals in row order, nulls last.

    Raises:
        UsageError: `by` is not a number.
    """
    values = column_of(rows, by)
    numeric = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
    if not (numeric or pa.types.is_boolean(values.type)):
        raise UsageError(
            f"Rows cannot be ranked by '{by}', which is {values.type}.",
            allowed="a number, such as stats.words, or -perplexity for the smallest",
        )
    order = pc.sort_indices(
        pa.table({"value": values, "row": np.arange(len(values))}),
        sort_keys=[("value", "descending"), ("row", "ascending")],
    )
    place = np.empty(len(values), np.int64)
    place[np.asarray(order)] = np.arange(len(values))
    return place


def reasons(drop: np.ndarray, other: np.ndarray, ids: pa.ChunkedArray, what: str) -> pa.Array:
    """`<what> <id of the other row>` where `drop` is true, null elsewhere."""
    named = pc.take(ids, pa.array(np.where(drop, other, 0), mask=~drop)).combine_chunks()
    return pc.binary_join_element_wise(what, named.cast(pa.string()), " ")
