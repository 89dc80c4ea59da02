"""Vectors that rows came with, as lists: made into an embedding like any other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import InputError, UsageError
from assay.registry import op

_MANY = 256


def _outputs(*, dimensions: int = 384, **_: Any) -> pa.Schema:
    return pa.schema([pa.field("vector", pa.list_(pa.float32(), dimensions))])


@op("embed.column", version="1", inputs=("vector",), outputs=_outputs, main="vector")
def embed_column(batch: pa.RecordBatch, *, dimensions: int = 384) -> pa.RecordBatch:
    """Vectors that rows came with: a column of lists, all of one length, as an embedding.

    JSON Lines says of no list how long it is, so such a column may hold lists of any length; name
    it, and their length. Parquet with fixed-size lists needs none of this.

    Args:
        batch: Column `vector`: lists of numbers, n values.
        dimensions: Length of every list, at least 1.

    Returns:
        `vector`: fixed-size list of `dimensions` float32, n values, as they came; null where the
        list is null.

    Raises:
        UsageError: The column holds no lists of numbers, or none of so many.
        InputError: A list is of another length, or holds a value that is missing or not finite.
    """
    given = batch.column("vector")
    kind = given.type
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    listed = listed or pa.types.is_fixed_size_list(kind)
    inner = kind.value_type if listed else None
    if inner is None or not (pa.types.is_floating(inner) or pa.types.is_integer(inner)):
        raise UsageError(f"A column of {kind} holds no vectors.", allowed="lists of numbers")
    there = np.asarray(given.is_valid())
    lengths = np.asarray(pc.list_value_length(given).fill_null(dimensions))
    if (wrong := lengths[there & (lengths != dimensions)]).size:
        told = f"A list has length {wrong[0]:,}, not {dimensions:,}."
        if len(wrong) == there.sum() >= _MANY:  # the parameter is wrong, not the rows
            raise UsageError(told, remedy=f"-p dimensions={wrong[0]}")
        raise InputError(told)
    flat = given.drop_null().flatten()
    values = np.asarray(flat.cast(pa.float32(), safe=False).fill_null(np.nan), np.float32)
    if not np.isfinite(values).all():
        raise InputError("A vector has a number that is missing or not finite.")
    vectors = np.zeros((len(given), dimensions), np.float32)
    vectors[there] = values.reshape(-1, dimensions)
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(vectors.ravel()), dimensions, mask=pa.array(~there)
    )
    return pa.record_batch([column], names=["vector"])
