"""Columns as small codes, so that a facet of any view is one count over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.store.values import python_values

BINS = 32
NO_VALUE = 255


@dataclass(frozen=True)
class Binned:
    """A column of numbers cut into bins.

    Attributes:
        edges: float64, shape (b + 1,).
        codes: uint8, shape (n,): bin of each row; 255 where there is no value.
        scale: linear or log.
        integer: Whether all values are whole.
        low: Smallest value, nan if there is none.
        high: Largest value.
    """

    edges: np.ndarray
    codes: np.ndarray
    scale: str
    integer: bool
    low: float
    high: float

    def count(self, mask: np.ndarray) -> tuple[np.ndarray, int]:
        """Rows a bin and rows without a value, of the rows in `mask` (bool, shape (n,))."""
        counts = _counted(self.codes, mask, 0, NO_VALUE + 1)
        return counts[: len(self.edges) - 1], int(counts[NO_VALUE])


@dataclass(frozen=True)
class Coded:
    """A column of categories (or of lists of them) as codes.

    Attributes:
        values: The distinct values, most frequent first.
        codes: int32: the place of each value in `values`; -1 where there is none.
        rows: int64 row of each code, for lists; None where there is one code a row.
        nulls: bool, shape (n,), for lists: rows without any value.
    """

    values: list[Any]
    codes: np.ndarray
    rows: np.ndarray | None = None
    nulls: np.ndarray | None = None

    def count(self, mask: np.ndarray) -> tuple[np.ndarray, int]:
        """Rows a value and rows without one, of the rows in `mask` (bool, shape (n,))."""
        if self.rows is not None and self.nulls is not None:
            counts = _counted(self.codes, mask[self.rows], 0, len(self.values))
            return counts, int(np.count_nonzero(self.nulls & mask))
        counts = _counted(self.codes, mask, -1, len(self.values) + 1)
        return counts[1:], int(counts[0])


def _counted(codes: np.ndarray, mask: np.ndarray, first: int, size: int) -> np.ndarray:
    from assay.ops.kernels.counting import count_codes

    return count_codes(codes, mask, first, size)


def numbers(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A column of numbers, truth values or times as floats with nan for what is missing.

    float32 where the column is float32, else float64. Times are milliseconds since 1970.
    """
    type_ = column.type
    if pa.types.is_timestamp(type_) or pa.types.is_date(type_):
        column = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
    elif pa.types.is_boolean(type_):
        column = column.cast(pa.int8())
    elif pa.types.is_decimal(type_):
        column = column.cast(pa.float64())
    wide = np.float32 if pa.types.is_float32(type_) or pa.types.is_float16(type_) else np.float64
    if column.null_count:
        column = column.cast(pa.float32() if wide is np.float32 else pa.float64(), safe=False)
        column = column.fill_null(float("nan"))
    return np.asarray(column.to_numpy()).astype(wide, copy=False)


def binned(values: np.ndarray, bins: int = BINS) -> Binned:
    """Cut numbers (nan: no value; infinities count into the end bins) into at most `bins` bins."""
    finite = values[np.isfinite(values)]
    codes = np.full(len(values), NO_VALUE, np.uint8)
    if len(finite) == 0:
        return Binned(np.array([0.0, 1.0]), codes, "linear", False, float("nan"), float("nan"))
    low, high = float(finite.min()), float(finite.max())
    integer = bool((finite == np.floor(finite)).all())
    scale = _scale(finite, low, high)
    edges = _edges(low, high, bins, integer, scale)
    known = ~np.isnan(values)
    place = np.searchsorted(edges, values[known].astype(np.float64), side="right") - 1
    codes[known] = np.clip(place, 0, len(edges) - 2).astype(np.uint8)
    return Binned(edges, codes, scale, integer, low, high)


def coded(column: pa.ChunkedArray | pa.Array) -> Coded:
    """Code a column of texts or truth values, or of lists of texts."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(column.cast(pa.large_string()).chunks)
    if pa.types.is_list(whole.type) or pa.types.is_large_list(whole.type):
        return _coded_lists(whole)
    values, codes = _encode(whole)
    return Coded(values, codes)


def _coded_lists(lists: pa.Array) -> Coded:
    parents = np.asarray(pc.list_parent_indices(lists)).astype(np.int64)
    items = lists.flatten()
    if pa.types.is_struct(items.type):
        items = pc.struct_field(items, "label")
    values, codes = _encode(items)
    known = codes >= 0
    # A row counts once for a value, however often the value stands in its list.
    pairs = np.sort(parents[known] * max(1, len(values)) + codes[known])
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    rows, codes = np.divmod(pairs, max(1, len(values)))
    nulls = np.ones(len(lists), bool)
    nulls[rows] = False
    return Coded(values, codes.astype(np.int32), rows, nulls)


def _encode(array: pa.Array) -> tuple[list[Any], np.ndarray]:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    dictionary = array.dictionary_encode()
    codes = np.asarray(dictionary.indices.fill_null(-1)).astype(np.int64)
    values = python_values(dictionary.dictionary)
    counts = np.bincount(codes + 1, minlength=len(values) + 1)[1:]
    order = np.argsort(-counts, kind="stable")
    place = np.empty(len(values) + 1, np.int32)
    place[order] = np.arange(len(values))
    place[-1] = -1
    return [values[i] for i in order], place[codes]


def _scale(finite: np.ndarray, low: float, high: float) -> str:
    """Log where values are positive (or zero) and so skewed that linear bins would hide them."""
    if low < 0 or high < 100:
        return "linear"
    sample = finite if len(finite) <= 100_000 else finite[:: len(finite) // 100_000]
    median = float(np.median(sample))
    return "log" if high > 30 * max(median, 1.0) else "linear"


def _edges(low: float, high: float, bins: int, integer: bool, scale: str) -> np.ndarray:
    if low == high:
        return np.array([low, low + (1.0 if integer else abs(low) * 1e-6 or 1e-6)])
    if not np.isfinite(high - low):
        return np.array([low, 0.0, high])  # so far apart that their distance is no number
    if scale == "log":
        first = np.log10(1 + low)
        edges = 10 ** np.linspace(first, np.log10(1 + high), bins + 1) - 1
        edges[0], edges[-1] = low, high
        if integer:
            edges = np.unique(np.round(edges))
        return np.unique(edges)
    if integer and high - low < bins:
        return np.arange(low, high + 2)
    step = _nice((high - low) / bins)
    if integer:
        step = max(1.0, np.ceil(step))
    first = np.floor(low / step) * step
    count = int(np.ceil((high - first) / step + 1e-9))
    edges = np.array([float(f"{first + step * i:.12g}") for i in range(count + 1)])
    return edges if edges[-1] > high else np.append(edges, float(f"{edges[-1] + step:.12g}"))


def _nice(step: float) -> float:
    """The next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(step))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if step <= factor * power * (1 + 1e-9):
            return float(factor * power)
    return float(10 * power)
