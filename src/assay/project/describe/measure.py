"""Numbers of a report, each measured on the view that it names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.insight.report.model import Number
from assay.project import tags
from assay.project.view.engine import Engine, View

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

MAX_STORED = 200_000
"""Rows of a set that no filter describes and that is stored as a selection, at most."""

Filter = str | Mapping[str, Any]


class Measure:
    """Counts the rows and tokens of views of one dataset.

    Attributes:
        dataset: What is described.
        engine: Holds the table in memory.
        all: The view of all its rows.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.engine = Engine(dataset.project)
        self.all = self.engine.view(dataset, {})
        self._tokens = self.all.snapshot.op_column("text.tokens", "count")

    @property
    def rows(self) -> int:
        """All rows of the dataset or version."""
        return self.all.total

    def view(self, *filters: Filter) -> View:
        """The rows for which all filters hold."""
        return self.engine.view(self.dataset, {"filters": list(filters)}) if filters else self.all

    def count(self, *filters: Filter) -> Number:
        """How many rows these are."""
        view = self.view(*filters)
        return Number(view.count, f"{view.count:,}", _texts(view))

    def tokens(self, *filters: Filter) -> Number | None:
        """How many tokens these rows have; None where none were counted."""
        view = self.view(*filters)
        found = view.tokens()
        if found is None:
            return None
        return Number(found[0], short(found[0]), _texts(view), "tokens")

    def tokens_of(self, mask: np.ndarray) -> int | None:
        """Tokens of the rows of a mask over all source rows."""
        if self._tokens is None:
            return None
        return int(self.all.snapshot.weights(self._tokens.name)[mask].sum())

    def median(self, column: str, *filters: Filter) -> Number | None:
        """The middle value of a column of numbers; None where no row has one."""
        view = self.view(*filters)
        values = view.snapshot.numbers(column)[view.mask]
        values = values[np.isfinite(values)]
        if not len(values):
            return None
        middle = float(np.median(values))
        return Number(middle, spoken(middle), _texts(view), f"median:{column}")

    def distinct(self, column: str, *filters: Filter) -> Number:
        """How many different values these rows have."""
        view = self.view(*filters)
        values = view.snapshot.values(column)
        if not view.mask.all():
            values = values.filter(pa.array(view.mask))
        found = int(pc.count_distinct(values).as_py())
        return Number(found, f"{found:,}", _texts(view), f"distinct:{column}")

    def where(self, mask: np.ndarray, *candidates: Filter) -> Number | None:
        """How many rows a mask has, behind the first candidate filter that means just these rows.

        Where none does, the rows are stored as a selection, so that the number still has a view.

        Args:
            mask: bool over all source rows, within those of the dataset.
            candidates: Filters to try.

        Returns:
            The number, or None where no filter fits and there are more than `MAX_STORED` rows.
        """
        for each in candidates:
            try:
                view = self.view(each)
            except UsageError:
                continue  # it names what this dataset does not have
            if np.array_equal(view.mask, mask):
                return Number(view.count, f"{view.count:,}", _texts(view))
        rows = np.flatnonzero(mask)
        if len(rows) > MAX_STORED:
            return None
        key = tags.select(self.dataset, self.all.snapshot.id_array(rows))
        return Number(len(rows), f"{len(rows):,}", (f"selection:{key}",))


def _texts(view: View) -> tuple[str, ...]:
    return tuple(each.text for each in view.spec.filters)


def evaluate(dataset: Dataset, filters: Sequence[str], measure: str) -> float:
    """A number of a report, measured anew on the rows that its view has now.

    Args:
        dataset: The dataset or version that the report is about.
        filters: Of the view.
        measure: See `Number`.

    Raises:
        UsageError: There is no such measure, filter or column.
    """
    kind, _, column = measure.partition(":")
    if kind == "rows":
        return len(dataset.view(filters=filters))
    look = Measure(dataset)
    if kind == "tokens":
        found = look.tokens(*filters)
    elif kind == "median":
        found = look.median(column, *filters)
    elif kind == "distinct":
        found = look.distinct(column, *filters)
    else:
        raise UsageError(
            f"There is no measure '{measure}'.",
            allowed="rows, tokens, median:COLUMN, distinct:COLUMN",
        )
    return found.value if found else math.nan


def short(value: float) -> str:
    """A large number as people say it: 950, 12.4k, 3.14M."""
    if value < 1e4:
        return f"{value:,.0f}"
    for size, unit in ((1e3, "k"), (1e6, "M"), (1e9, "B")):
        if value / size < 999.5:  # above, three digits would round to a thousand of this unit
            return f"{value / size:.3g}{unit}"
    return f"{value / 1e12:,.3g}T" if value < 999.5e12 else f"{value / 1e12:,.0f}T"


def spoken(value: float) -> str:
    """A measured value with three digits that count."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
