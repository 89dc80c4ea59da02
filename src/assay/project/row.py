"""One row, as people name it: by the start of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assay.errors import UsageError
from assay.schema import has_text

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

ID_LENGTH = 32
_SHOWN = 5


def full_id(dataset: Dataset, start: str) -> str:
    """The id of the one row whose id starts with `start`.

    Raises:
        UsageError: There is no such row, or there are several.
    """
    if len(start) == ID_LENGTH or not start.isalnum():
        dataset.row_index(start)
        return start
    found = dataset.source.starting("id", start, _SHOWN + 1)
    if len(found) > 1:
        more = ", ..." if len(found) > _SHOWN else ""
        raise UsageError(
            f"'{start}' is the start of more than one id in '{dataset.name}'.",
            allowed=", ".join(found[:_SHOWN]) + more,
            remedy="give more of the id",
        )
    if not found:
        dataset.row_index(start)
    return found[0]


def text_of(dataset: Dataset, row_id: str) -> str | None:
    """The text of a row; None where it has none.

    Raises:
        UsageError: There is no such row.
    """
    table = dataset.source
    if not has_text(table.schema):
        return None
    index = dataset.row_index(row_id)
    text: str | None = table.take(np.array([index]), ["text"]).column(0)[0].as_py()
    return text
