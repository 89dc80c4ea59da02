"""How unlike the rows of a pool each row of a target is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from assay.errors import UsageError
from assay.insight.gaps.density import POOL_ROWS
from assay.insight.labels.columns import read_labels
from assay.insight.novelty import novelty as scored
from assay.project.compared import per_row, sides

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def novelty(pool: Dataset, target: Dataset, *, label: str | None = None) -> pa.Table:
    """Columns `id` and `score`; see `Dataset.novelty`."""
    _, own, wanted, _ = sides(pool, target, (), most=POOL_ROWS, seed=0)
    found = None if label is None else read_labels(own.rows, label)
    if label is not None and found is None:
        raise UsageError(
            f"The column '{label}' of '{pool.full_name}' holds no labels: one value, or nearly as "
            "many as rows.",
            allowed="a column of 2 or more classes",
        )
    codes = None if found is None else found.codes[own.at]
    return per_row(wanted, scored(own.vectors, wanted.vectors, codes))
