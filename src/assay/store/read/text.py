"""Plain text and Markdown: one file, one row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._stream import MAX_ITEM, Stream, lenient


@reader("text", suffixes=(".txt", ".text"))
def read_text(path: Path, *, max_bytes: int = MAX_ITEM) -> Iterator[ReadBatch | BadRow]:
    """A text file as one row with the column `text`; UTF-8, or UTF-16 with a byte order mark.

    Args:
        path: The file.
        max_bytes: A larger file, decompressed, is a bad row.

    Raises:
        InputError: The file cannot be opened.
    """
    with Stream(path, text=True) as stream:
        data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            problem = (
                f"The file has more than {max_bytes:,} bytes, too many for one row (option "
                "max_bytes). Split it, or write it as JSON Lines"
            )
        elif stream.damage:
            problem = f"The file cannot be read: {stream.damage}"
        else:
            try:
                yield single(text=data.decode())
                return
            except UnicodeDecodeError as error:
                problem = (
                    f"The file is not UTF-8: byte {error.start:,} is 0x{data[error.start]:02x}. "
                    "Convert it: iconv -f ENCODING -t UTF-8 FILE"
                )
        yield BadRow(0, f"{problem}.", lenient(data))


@reader("markdown", suffixes=(".md", ".markdown"))
def read_markdown(path: Path, *, max_bytes: int = MAX_ITEM) -> Iterator[ReadBatch | BadRow]:
    """A Markdown file as one row with the column `text`, its markup kept.

    Args:
        path: The file.
        max_bytes: A larger file, decompressed, is a bad row.

    Raises:
        InputError: The file cannot be opened.
    """
    yield from read_text(path, max_bytes=max_bytes)


def single(**values: str | None) -> ReadBatch:
    """The one row of a file that is one row, string columns."""
    arrays = {name: pa.array([value], pa.string()) for name, value in values.items()}
    return ReadBatch(pa.RecordBatch.from_pydict(arrays), np.zeros(1, np.int64))
