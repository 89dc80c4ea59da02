"""A selector that drops texts which contain items of an evaluation set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.errors import InputError, UsageError
from assay.registry import selector
from assay.schema import BadRow, Rows, Selection
from assay.store.read import read

FIELDS = ("question", "prompt", "problem", "text", "input", "instruction", "query", "content")
"""Where the item of an evaluation row is looked for, in this order, if not told."""
_BLOCK_ROWS = 8192


@selector("decontaminate", version="1")
def decontaminate(
    rows: Rows,
    *,
    against: str | Sequence[str] = (),
    field: str | None = None,
    n: int = 13,
    threshold: float = 0.5,
) -> Selection:
    """Drop texts that contain an item of an evaluation set, or a large part of one, word for word.

    Args:
        rows: Needs `text`.
        against: Evaluation files, in any format that can be read.
        field: Their column with the item; by default the first there is of question, prompt,
            problem, text, input, instruction, query and content, or the user turns of `messages`.
        n: Tokens of the n-grams that have to be equal.
        threshold: Share of an item's tokens, in (0, 1], from which a text counts as contaminated.

    Returns:
        `value` is the largest share of an item that the text covers, in [0, 1] (float64): 0 is
        clean, 1 has all of an item.

    Raises:
        UsageError: No file is given, it is not there or has no such column, or a number is out of
            range.
        InputError: A file has rows that cannot be read: a set that is only partly known would give
            false safety.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C, for 13-grams; Touvron et al. 2023
    (arXiv:2307.09288), appendix A.6, for shares of tokens.
    """
    from assay.ops.match.overlap import benchmark, overlap

    if not 0.0 < threshold <= 1.0:
        raise UsageError(f"'threshold' cannot be {threshold!r}.", allowed="a share in (0, 1]")
    paths = [against] if isinstance(against, str) else list(against)
    if not paths:
        raise UsageError(
            "'decontaminate' needs the files to hold texts against.",
            remedy="add against: evals/test.jsonl",
        )
    items = [item for path in paths for item in evaluation_items(Path(path), field)]
    index = benchmark(pa.chunked_array([item.texts for item in items]), n=n)
    coverage, found = [np.empty(0)], [np.empty(0, np.int64)]
    for first in range(0, rows.num_rows, _BLOCK_ROWS):
        # Few texts are held at a time.
        block = np.arange(first, min(first + _BLOCK_ROWS, rows.num_rows))
        shared = overlap(rows.take(block, "text")["text"], index)
        coverage.append(shared.coverage)
        found.append(shared.item)
    value, item = np.concatenate(coverage), np.concatenate(found)
    drop = value >= threshold
    starts = np.cumsum([0] + [len(part.texts) for part in items])
    reason: list[str | None] = [None] * len(drop)
    for row in np.flatnonzero(drop).tolist():
        part = int(np.searchsorted(starts, item[row], side="right")) - 1
        position = items[part].positions[item[row] - starts[part]]
        reason[row] = f"has {100 * value[row]:.0f} % of {items[part].name}, row {position}"
    return Selection(
        keep=pa.array(~drop),
        value=pa.array(value),
        threshold=threshold,
        reason=pa.array(reason, pa.string()),
    )


@dataclass(frozen=True)
class _Items:
    """Evaluation items of one batch: texts, and where they stand in the file."""

    name: str
    texts: pa.Array
    positions: np.ndarray


def evaluation_items(path: Path, field: str | None) -> list[_Items]:
    """The texts of an evaluation file, as the selector and the finder compare them."""
    if not path.exists():
        raise UsageError(
            f"There is no evaluation file '{path}'.",
            remedy="check 'against'; in a recipe file it is relative to that file's folder",
        )
    parts = []
    for read_batch in read(path):
        if isinstance(read_batch, BadRow):
            raise InputError(
                f"An evaluation item cannot be read: {read_batch.error}",
                where=f"{path}, row {read_batch.position}",
                remedy="correct or remove that row; a partly known set gives false safety",
            )
        batch = read_batch.batch
        texts = _texts(batch, field, path).cast(pa.large_string())
        parts.append(_Items(path.name, texts, read_batch.positions))
    return parts


def _texts(batch: pa.RecordBatch, field: str | None, path: Path) -> pa.Array:
    """The items of the rows of an evaluation file, as texts."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    names = [name for name, column in columns.items() if _is_text(column.type)]
    if field is None:
        if found := [name for name in FIELDS if name in names]:
            return columns[found[0]]
        if "messages" in columns:
            return _user_turns(columns["messages"])
        if len(names) == 1:
            return columns[names[0]]
    elif field in names:
        return columns[field]
    elif field == "messages" and field in columns:
        return _user_turns(columns[field])
    what = "none of the usual columns" if field is None else f"no text column '{field}'"
    raise UsageError(
        f"The evaluation file has {what}.",
        where=str(path),
        allowed=", ".join(names) or None,
        remedy="name its column with field: COLUMN",
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _user_turns(messages: pa.Array) -> pa.Array:
    """What users say in each conversation, as one text."""
    return pa.array(
        [
            "\n".join([turn["content"] or "" for turn in turns or () if turn["role"] == "user"])
            for turns in messages.to_pylist()
        ],
        pa.large_string(),
    )
