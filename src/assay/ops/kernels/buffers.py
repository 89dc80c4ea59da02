"""The one gate between Arrow and the kernels.

Every combination of array types that reaches a kernel is compiled anew, so all text arrives in one
form: contiguous read-only uint8 data and read-only int64 offsets.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def text_buffers(column: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The UTF-8 bytes and offsets of a text column, without copying the bytes.

    Args:
        column: string, large_string, string_view or dictionary of these, n values, sliced or
            chunked at will. A null reads as an empty text; keep the validity from the column.

    Returns:
        `(data, offsets)`: uint8 read-only, and int64 read-only of shape (n + 1,). Text i is
        `data[offsets[i]:offsets[i + 1]]`.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # zero chunks, or too long for 32-bit offsets
            column = pa.concat_arrays(column.cast(pa.large_string()).chunks)
    if pa.types.is_null(column.type):
        column = column.cast(pa.large_string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = pc.cast(column, pa.large_string())
    width = np.int64 if pa.types.is_large_string(column.type) else np.int32
    _, offset_buffer, data_buffer = column.buffers()
    n = len(column)
    if n == 0 or offset_buffer is None:
        offsets = np.zeros(n + 1, np.int64)
    else:
        raw = np.frombuffer(offset_buffer, width, count=column.offset + n + 1)
        offsets = raw[column.offset :].astype(np.int64)
    if data_buffer is None or data_buffer.size == 0:
        data = np.zeros(0, np.uint8)
    else:
        data = np.frombuffer(data_buffer, np.uint8)
    if column.null_count:
        # Arrow allows any bytes under a null. Make the text empty by moving to (start, start):
        # kernels take starts and ends from `offsets`, so nulls with bytes are compacted away.
        lengths = np.diff(offsets)
        if lengths[~np.asarray(column.is_valid())].any():
            return text_buffers(pc.fill_null(column, "").cast(pa.large_string()))
    data.flags.writeable = False
    offsets.flags.writeable = False
    return data, offsets
