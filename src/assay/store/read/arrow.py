"""Arrow IPC: the file format (Feather too) and the stream format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._arrow_rows import broken, broken_off, checked
from assay.store.read._stream import unreadable

_MAGIC = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"
# Values that a file placed where no processor wants them are copied, all others are not.
_OPTIONS = pa.ipc.IpcReadOptions(ensure_alignment=pa.ipc.Alignment.DataTypeSpecific)


def _sniff(head: bytes) -> bool:
    return head.startswith(_MAGIC) or (
        head.startswith(_STREAM) and head[8:9] in b"\x10\x0c\x14\x18"
    )


@reader("arrow", suffixes=(".arrow", ".feather", ".ipc", ".arrows"), sniff=_sniff)
def read_arrow(
    path: Path, *, batch_rows: int = 8192, batch_bytes: int = 8 << 20
) -> Iterator[ReadBatch | BadRow]:
    """Arrow IPC files and streams, memory-mapped and not copied.

    A file that is cut off is read as the stream it contains, up to the cut.

    Args:
        path: The file.
        batch_rows: Rows in a batch, at most.
        batch_bytes: Bytes in a batch, about.

    Raises:
        InputError: The file cannot be opened.
    """
    try:
        source = pa.memory_map(str(path))
    except OSError as error:
        raise unreadable(path, error) from error
    first, opened = 0, False
    try:
        for batch in _batches(source):
            if batch is not None:
                yield from checked(batch, first, batch_rows=batch_rows, batch_bytes=batch_bytes)
                first += batch.num_rows
            opened = True
    except (pa.ArrowException, OSError, EOFError) as error:
        if not opened:
            yield broken("The Arrow file cannot be read, it may be cut off", error)
        else:
            yield broken_off(first, error)


def _batches(source: pa.NativeFile) -> Iterator[pa.RecordBatch | None]:
    """None once the schema is read, then the batches."""
    if source.read(len(_MAGIC)) == _MAGIC:
        try:
            file = pa.ipc.open_file(source, options=_OPTIONS)
        except pa.ArrowInvalid:
            source.seek(8)  # no footer: the messages after the magic are a stream
        else:
            yield None
            for i in range(file.num_record_batches):
                yield file.get_batch(i)
            return
    else:
        source.seek(0)
    stream = pa.ipc.open_stream(source, options=_OPTIONS)
    yield None
    while True:
        try:
            yield stream.read_next_batch()
        except StopIteration:
            return
