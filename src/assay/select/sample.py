"""A selector that draws rows at random, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.registry import selector
from assay.schema import Rows, Selection
from assay.select._ranking import column_of


@selector("sample", version="1")
def sample(
    rows: Rows,
    *,
    n: int | None = None,
    fraction: float | None = None,
    per_stratum: int | None = None,
    stratify: str | None = None,
    seed: int = 0,
) -> Selection:
    """Keep a random sample, chosen by a hash of each row's id.

    The choice depends on ids and seed alone, not on row order or workers, and a larger sample
    contains the smaller ones.

    Args:
        rows: Needs `id`.
        n: How many rows to keep (all, if there are fewer); strata get their share of it.
        fraction: Which part of the rows, or of each stratum, to keep, in [0, 1].
        per_stratum: How many rows of each stratum to keep at most: balances them.
        stratify: What makes strata: a column, or any expression. Rows without a value are one.
        seed: Another seed draws another sample.

    Returns:
        `value` is the row's draw in [0, 1) (float64): the lowest draws stay.

    Raises:
        UsageError: Not exactly one of n, fraction and per_stratum is given, or it is out of range.
    """
    threshold = _size(n, fraction, per_stratum, stratify)
    draw = draws(rows.table("id")["id"].to_pylist(), seed)
    group = np.zeros(len(draw), np.int64)
    if stratify is not None:
        coded = column_of(rows, stratify)
        codes = pc.fill_null(coded.dictionary_encode().indices, -1)
        _, group = np.unique(np.asarray(codes), return_inverse=True)
    size = np.bincount(group, minlength=1)
    if n is not None:
        quota = _shares(size, n)
    elif fraction is not None:
        quota = np.floor(size * fraction + 0.5).astype(np.int64)
    else:
        quota = np.minimum(size, per_stratum or 0)
    order = np.lexsort((draw, group))
    starts = np.cumsum(size) - size
    place = np.empty(len(draw), np.int64)
    place[order] = np.arange(len(draw)) - starts[group[order]]
    keep = place < quota[group]
    # One word in the dictionary, which kept rows do not point to.
    code = pa.array(np.zeros(len(keep), np.int32), mask=keep)
    return Selection(
        keep=pa.array(keep),
        # 53 bits: what a float64 holds without rounding up to 1.
        value=pa.array((draw >> np.uint64(11)).astype(np.float64) / 2.0**53),
        threshold=threshold,
        reason=pa.DictionaryArray.from_arrays(code, ["not drawn into the sample"]),
    )


def _size(
    n: int | None, fraction: float | None, per_stratum: int | None, stratify: str | None
) -> dict[str, float]:
    given = {
        key: value
        for key, value in (("n", n), ("fraction", fraction), ("per_stratum", per_stratum))
        if value is not None
    }
    if len(given) != 1:
        raise UsageError(
            f"A sample needs one size, not {len(given)}.",
            allowed="n: 1000, fraction: 0.1, or per_stratum: 100 with stratify: COLUMN",
        )
    ((key, value),) = given.items()
    whole = isinstance(value, int) and not isinstance(value, bool)
    if key == "fraction":
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise UsageError(f"'fraction' cannot be {value!r}.", allowed="a number from 0 to 1")
    elif not whole or value < 0:
        raise UsageError(f"'{key}' cannot be {value!r}.", allowed="a whole number from 0")
    if key == "per_stratum" and stratify is None:
        raise UsageError("'per_stratum' needs 'stratify'.", remedy="add stratify: COLUMN")
    return given


def draws(names: Sequence[str], seed: int) -> np.ndarray:
    """A number for each name, uint64: uniform, and the same for the same name and seed."""
    salt = f"{seed}:".encode()
    numbers = (
        int.from_bytes(blake2b(salt + name.encode(), digest_size=8).digest(), "little")
        for name in names
    )
    return np.fromiter(numbers, np.uint64, len(names))


def _shares(size: np.ndarray, n: int) -> np.ndarray:
    """`n` split over strata in proportion to their size, by largest remainder."""
    total = int(size.sum())
    if n >= total:
        return size
    exact = size * (n / total)
    quota = np.floor(exact).astype(np.int64)
    # Largest remainder first; equals by size, then by stratum, so that the result is the same
    # every time.
    order = np.lexsort((np.arange(len(size)), -size, quota - exact))
    quota[order[: n - int(quota.sum())]] += 1
    return quota
