"""Columns as few values, so that they can be counted against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.insight.diff.columns import as_numbers
from assay.insight.wording import snippet
from assay.schema import RESERVED, Rows
from assay.store.values import python_values

MOST_VALUES = 1000
"""Values of a category that are told apart; the rarer ones stand together."""
SAMPLED = 100_000
"""Numbers from which bins are taken, where there are more."""
NO_VALUE, OTHERS = "no value", "other values"
_LONGEST = 80
_CONTENT = ("text", "messages", "source_id")
_OWN = ("source", "licence", "modality")  # columns that Assay writes and that say something


@dataclass(frozen=True)
class Coded:
    """A column whose rows each have one of a few values.

    Attributes:
        name: The column as an expression writes it.
        kind: "category", "number" or "time"; the values of the latter two are in ascending order.
        codes: int64, shape (n,): place in `values`, never negative.
        values: What each code stands for, as a person reads it; rows without one have `NO_VALUE`.
        input: Whether the column came with the data.
    """

    name: str
    kind: str
    codes: np.ndarray
    values: list[str]
    input: bool

    @property
    def counts(self) -> np.ndarray:
        """Rows of each value: int64."""
        return np.bincount(self.codes, minlength=len(self.values))


def metadata(schema: pa.Schema, *signals: str) -> list[pa.Field]:
    """Columns that say something about a row beside its content.

    Args:
        schema: Of the dataset.
        signals: Computed columns that count as well, such as `text.stats.words`; all if `*`.
    """
    chosen = []
    for field in schema:
        computed = (field.metadata or {}).get(b"assay.name", b"").decode()
        if computed or b"assay.op" in (field.metadata or {}):
            if computed in signals or "*" in signals:
                chosen.append(field)
            continue
        own = field.name in RESERVED and field.name not in _OWN
        if not own and "__" not in field.name and field.name not in _CONTENT:
            chosen.append(field)
    return chosen


def coded_columns(rows: Rows, fields: list[pa.Field], *, bins: int = 10) -> Iterator[Coded]:
    """Those of the columns that can be counted, one at a time.

    Left out are columns with one value or none, ids and prose (texts of which more than half are
    different), and all that is nested.

    Args:
        rows: The dataset.
        fields: From `metadata`.
        bins: Into how many values numbers and times are cut, at quantiles.
    """
    for field in fields:
        if (found := encode(rows.table(field.name).column(0), bins)) is not None:
            kind, codes, values = found
            computed = (field.metadata or {}).get(b"assay.name", b"").decode()
            yield Coded(computed or field.name, kind, codes, values, not computed)


def encode(column: pa.ChunkedArray, bins: int = 10) -> tuple[str, np.ndarray, list[str]] | None:
    """Kind, codes and values of a column as in `Coded`; None where it is not one to count."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        found = _cut(as_numbers(column), bins, times=False)
        return None if found is None else ("number", *found)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        found = _cut(as_numbers(column), bins, times=True)
        return None if found is None else ("time", *found)
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if text or pa.types.is_boolean(kind):
        found = _categories(column)
        return None if found is None else ("category", *found)
    return None


def distinct(column: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Code of each row (int64, -1 where null) and the different values."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = pc.dictionary_encode(column)
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, coded.dictionary


def effective_number(counts: np.ndarray) -> float:
    """How many parts of equal size are as uneven as these: the exponential of the entropy.

    Source: Hill 1973 (Diversity and evenness), order 1. At least 1; the counts sum to more than 0.
    """
    share = counts[counts > 0] / counts.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def _categories(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]] | None:
    if len(column) == 0:
        return None
    codes, values = distinct(column)
    filled = int((codes >= 0).sum())
    if filled == 0 or len(values) > max(10, filled // 2):
        return None
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    order = np.lexsort((np.arange(len(values)), -counts))
    kept = order[counts[order] > 0][:MOST_VALUES]
    place = np.full(len(values) + 1, len(kept), np.int64)
    place[kept] = np.arange(len(kept))
    shown = [shown_value(value) for value in python_values(values.take(pa.array(kept)))]
    coded = place[codes]
    if filled > counts[kept].sum():
        shown.append(OTHERS)
    return _with_missing(coded, shown, codes < 0)


def _cut(numbers: np.ndarray, bins: int, *, times: bool) -> tuple[np.ndarray, list[str]] | None:
    missing = np.isnan(numbers)
    there = numbers[~missing]
    if len(there) == 0:
        return None
    some = there
    if len(there) > SAMPLED:
        some = there[np.random.default_rng(0).integers(0, len(there), SAMPLED)]
    ordered = np.unique(some)
    if len(ordered) <= 2 * bins:
        starts = ordered
    else:
        cuts = np.quantile(some, np.linspace(0, 1, bins + 1)[:-1], method="higher")
        starts = np.unique(cuts)
    codes = np.zeros(len(numbers), np.int64)
    codes[~missing] = np.searchsorted(starts[1:], there, "right")
    last = np.append(np.searchsorted(ordered, starts[1:], "left") - 1, len(ordered) - 1)
    high = ordered[last]
    shown = [_range(a, b, times=times) for a, b in zip(starts, high, strict=True)]
    return _with_missing(codes, shown, missing)


def _with_missing(
    codes: np.ndarray, shown: list[str], missing: np.ndarray
) -> tuple[np.ndarray, list[str]] | None:
    if missing.any():
        codes[missing] = len(shown)
        shown = [*shown, NO_VALUE]
    return (codes, shown) if len(shown) > 1 else None


def _range(low: float, high: float, *, times: bool) -> str:
    if times:
        a, b = (str(np.datetime64(round(x), "s")).replace("T", " ") for x in (low, high))
    else:
        a, b = (f"{x:,.0f}" if x == round(x) and abs(x) < 1e15 else f"{x:.4g}" for x in (low, high))
    return a if low == high or a == b else f"{a} to {b}"


def shown_value(value: Any) -> str:
    """A value on one line, cut where it is long: columns may hold anything."""
    return snippet(str(value), limit=_LONGEST)
