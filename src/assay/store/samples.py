"""How an input row becomes a sample: which column is the text, which names and types fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.schema import RESERVED, ROW_SETS, BadRow
from assay.store.types import cast, storable, widened
from assay.store.values import python_row, python_values

# Names under which other people's data keep their text, most telling first.
TEXT_NAMES = (
    *("text", "content", "body", "document", "raw_content", "page_content", "contents"),
    *("article", "passage", "paragraph", "abstract", "sentence", "utterance", "phrase"),
    *("comment", "review", "tweet"),
)

_SPECIAL = re.compile(r"[.`\x00]")
_ROW_SET = re.compile(rf"({'|'.join(ROW_SETS)}):")
_STORE_NAMES = ("_row", "_score", "_distance")

SAMPLE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        ("content_id", pa.string()),
        ("source", pa.string()),
        ("position", pa.int64()),
        ("modality", pa.string()),
        ("licence", pa.string()),
    ]
)


@dataclass(frozen=True)
class ColumnMap:
    """Renames of input columns, decided once a dataset and printed where they were guessed.

    Attributes:
        renames: Input name to stored name, for the columns whose name changes.
        guessed: The stored names that were guessed rather than asked for.
    """

    renames: Mapping[str, str]
    guessed: tuple[str, ...] = ()

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch under its stored names."""
        return batch.rename_columns(self.stored(batch.schema.names))

    def stored(self, names: Sequence[str]) -> list[str]:
        """What input columns are called once stored."""
        return [self.renames.get(name, name) for name in names]

    def describe(self) -> list[str]:
        """One line a rename, for people."""
        return [
            f"'{old}' is stored as '{new}'{' (guessed)' if new in self.guessed else ''}"
            for old, new in self.renames.items()
        ]


def map_columns(
    schema: pa.Schema,
    *,
    text: str | None = None,
    source_id: str | None = None,
    where: str = "",
    taken: Collection[str] = (),
) -> ColumnMap:
    """Decide what the columns of an input are called once stored.

    Args:
        schema: The input's columns.
        text: Input column that holds the text; guessed from its name if None.
        source_id: Input column that identifies a row where it comes from; `id` if None.
        where: What to name in an error.
        taken: Names of computed columns, which input must not pass itself off as.

    Raises:
        UsageError: A column that was asked for is not there.
    """
    names = schema.names
    renames: dict[str, str] = {}
    guessed: tuple[str, ...] = ()
    for option, column in (("--text", text), ("--source-id", source_id)):
        if column is not None and column not in names:
            raise UsageError(
                f"{option} names the column '{column}', which is not in the input.",
                where=where or None,
                allowed=", ".join(names),
                remedy=f"choose one of these columns for {option}",
            )
    if text is not None and text != "text":
        renames[text] = "text"
    elif text is None and "text" not in names and "messages" not in names:
        found = next((n for n in TEXT_NAMES if n in names and _is_text(schema.field(n).type)), None)
        if found is not None:
            renames[found] = "text"
            guessed = ("text",)
    if source_id is not None and source_id != "source_id":
        renames[source_id] = "source_id"
    occupied = {*renames.values(), *taken, *RESERVED}
    for name in names:
        # What we write ourselves, and what an explicit choice displaced, moves out of the way.
        if name in renames:
            continue
        plain = _plain(name)
        if plain != name or name in occupied:
            free = plain if plain != name else f"source_{name}"
            renames[name] = _free(free, {*names, *occupied, *renames.values()})
    return ColumnMap(renames, guessed)


def conform(
    batch: pa.RecordBatch, positions: np.ndarray, schema: pa.Schema
) -> tuple[pa.RecordBatch, np.ndarray, list[BadRow]]:
    """Bring a batch to the stored types, row by row where it must be.

    Args:
        batch: Rows under their stored names.
        positions: int64, shape (n,).
        schema: Stored types by name; columns of `batch` that it lacks are kept as they are, and so
            are fields inside structs.

    Returns:
        The rows that fit, their positions, and a BadRow for each that does not.
    """
    columns: list[pa.Array] = []
    fields: list[pa.Field] = []
    bad: dict[int, str] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        index = schema.get_field_index(name)
        wanted = storable(column.type)
        if index >= 0:
            wanted = widened(schema.field(index).type, column)
        fitted, misfits = _fit(column, wanted)
        for row in misfits:
            shown = repr(python_values(column.slice(row, 1))[0])
            bad.setdefault(
                row,
                f"Column '{name}' holds {wanted} in this dataset; this row has {shown[:80]}. "
                f"Cast it before adding, or add it under another name",
            )
        columns.append(fitted)
        fields.append(pa.field(name, wanted))
    out = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
    if not bad:
        return out, positions, []
    keep = np.ones(len(positions), bool)
    keep[list(bad)] = False
    rows = [BadRow(int(positions[row]), error, _payload(batch, row)) for row, error in bad.items()]
    return out.filter(pa.array(keep)), positions[keep], rows


def _fit(column: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, list[int]]:
    """The column as `wanted`, and the rows whose value cannot be."""
    if column.type == wanted:
        return column, []
    try:
        return cast(column, wanted), []
    except (pa.ArrowException, ValueError):
        pass
    values, misfits = [], []
    for row in range(len(column)):
        if not column[row].is_valid:
            values.append(pa.nulls(1, wanted))
            continue
        try:
            values.append(cast(column.slice(row, 1), wanted))
        except (pa.ArrowException, ValueError):
            values.append(pa.nulls(1, wanted))
            misfits.append(row)
    return (pa.concat_arrays(values) if values else pa.nulls(0, wanted)), misfits


def _payload(batch: pa.RecordBatch, row: int) -> str:
    return str(python_row(batch, row))[:4096]


def _plain(name: str) -> str:
    """The name as the store can hold it: it keeps some characters and names for itself."""
    plain = _SPECIAL.sub("_", name) or "column"
    plain = _ROW_SET.sub(r"\1_", plain, count=1) if _ROW_SET.match(plain) else plain
    return f"source{plain}" if plain.startswith(_STORE_NAMES) else plain


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name = f"source_{name}"
    return name
