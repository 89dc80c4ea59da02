"""Rows of the training split that stand in another split as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.insight.reading import dropping, ids, snippets
from assay.insight.severity import LEAK, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.ops.match.near import near_duplicates
from assay.registry import finder
from assay.schema import Finding, Rows

NAMES = ("split", "subset", "partition", "fold")
"""Names by which a column of splits is known."""
NEIGHBORS = 16
_TRAINING = "train"
_MOST = 20  # values from which a column holds something else than splits


def lacks_splits(schema: pa.Schema) -> str | None:
    """What the check needs and a dataset does not have."""
    if _column(schema) is not None:
        return None
    return f"a column of splits, called one of {', '.join(NAMES)}"


@finder(
    "leak.splits",
    version="1",
    needs=("text.minhash", "embed.text"),
    columns=("text",),
    lacks=lacks_splits,
)
def split_leak(
    rows: Rows, *, split: str | None = None, threshold: float = 0.8, similarity: float = 0.98
) -> Iterator[Finding]:
    """Rows of the training split that nearly repeat a row of another split.

    Texts whose word 5-grams overlap by `threshold` or more, each pair verified exactly, and rows
    that are among each other's nearest by embedding with a cosine of `similarity` or more, which
    finds the same said in a few words. What was trained on is no test.

    Args:
        rows: The dataset.
        split: Column of splits; by default the one called split, subset, partition or fold.
        threshold: Jaccard similarity in (0, 1].
        similarity: Cosine in (0, 1].

    Yields:
        At most one finding, the closest rows first. The training split is the one called train, or
        the largest. Score: `severity` of the share of the other splits that is repeated. The fix
        drops the rows from training and leaves the others, so that results stay comparable.
    """
    name = split or _column(rows.schema)
    if name is None:
        return
    parts = _parts(rows.table(name).column(0))
    if parts is None:
        return
    codes, values, training = parts
    train, other, alike = _pairs(rows, codes, training, threshold, similarity)
    if len(train) == 0:
        return
    order = np.lexsort((other, train, -alike))
    train, other, alike = train[order], other[order], alike[order]
    _, first = np.unique(train, return_index=True)
    first = np.sort(first)
    leaked, held_out = len(np.unique(other)), int(((codes != training) & (codes >= 0)).sum())
    low, high = wilson(leaked, held_out)
    shown = first[:MAX_EXAMPLES]
    yield dropping(
        Finding(
            check="leak.splits",
            title=f"{count(leaked, 'row')} of {held_out:,} ({percent(leaked, held_out)}) outside "
            f"'{values[training]}' nearly {'repeats' if leaked == 1 else 'repeat'} "
            f"{count(len(first), 'row')} in it",
            row_ids=ids(rows, train[first]),
            score=severity(LEAK, leaked, held_out),
            subject=name,
            evidence={
                "column": name,
                "training_split": values[training],
                "held_out": held_out,
                "leaked": leaked,
                "share": round(leaked / held_out, 6),
                "share_interval": [round(low, 6), round(high, 6)],
                "training_rows": len(first),
                "splits": _by_split(codes, values, other),
                "examples": _examples(
                    rows, train[shown], other[shown], alike[shown], codes, values
                ),
            },
        )
    )


def _pairs(
    rows: Rows, codes: np.ndarray, training: int, threshold: float, similarity: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the training split, rows of others that repeat them, and how alike, in (0, 1]."""

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        return rows.take(indices, "text").column("text")

    signatures = rows.table("text.minhash.signature").column(0)
    found = near_duplicates(signatures, texts, threshold=threshold)
    near, alike = rows.neighbors("embed.text.vector", NEIGHBORS)
    with np.errstate(invalid="ignore"):
        row, place = np.nonzero((near >= 0) & (alike >= similarity))
    grouped = _across(found.group, found.similarity, codes == training, codes)
    left = np.concatenate([found.left, grouped[0], row])
    right = np.concatenate([found.right, grouped[1], near[row, place]]).astype(np.int64)
    value = np.concatenate([found.jaccard, grouped[2], alike[row, place].astype(np.float64)])
    mine = codes[left] == training
    crossing = (mine != (codes[right] == training)) & (codes[left] >= 0) & (codes[right] >= 0)
    train, other = np.where(mine, left, right)[crossing], np.where(mine, right, left)[crossing]
    return train, other, np.minimum(value[crossing], 1.0)


def _across(
    group: np.ndarray, similarity: np.ndarray, training: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that are the same as their group's representative, with one of the other side.

    Of rows with the same text only pairs with the first are known.
    """
    same = np.flatnonzero((group >= 0) & (similarity == 1.0) & (codes >= 0))
    sides = []
    for side in (same[training[same]], same[~training[same]]):
        groups, first = np.unique(group[side], return_index=True)
        sides.append((side, dict(zip(groups.tolist(), side[first].tolist(), strict=True))))
    (mine, of_mine), (theirs, of_theirs) = sides
    pairs = [
        (int(r), of_theirs[g]) for r, g in zip(mine, group[mine], strict=True) if g in of_theirs
    ]
    pairs += [
        (of_mine[g], int(r)) for r, g in zip(theirs, group[theirs], strict=True) if g in of_mine
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1], np.ones(len(found))


def _parts(column: pa.ChunkedArray) -> tuple[np.ndarray, list[Any], int] | None:
    """The split of each row, their names, and which is the one for training."""
    coded = pc.dictionary_encode(pa.chunked_array(column.chunks, column.type).combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    values = coded.dictionary.to_pylist()
    if not 2 <= len(values) <= _MOST:
        return None
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    named = [i for i, value in enumerate(values) if str(value).lower().startswith(_TRAINING)]
    return codes, values, max(named or range(len(values)), key=lambda i: counts[i])


def _column(schema: pa.Schema) -> str | None:
    fields = {field.name.lower(): field for field in schema if "__" not in field.name}
    return next(
        (
            fields[name].name
            for name in NAMES
            if name in fields
            and (pa.types.is_string(fields[name].type) or pa.types.is_integer(fields[name].type))
        ),
        None,
    )


def _by_split(codes: np.ndarray, values: list[Any], other: np.ndarray) -> list[dict[str, Any]]:
    leaked = np.bincount(codes[np.unique(other)], minlength=len(values))
    held = np.bincount(codes[codes >= 0], minlength=len(values))
    return [
        {"split": values[i], "rows": int(held[i]), "leaked": int(leaked[i])}
        for i in np.flatnonzero(leaked)
    ]


def _examples(
    rows: Rows,
    train: np.ndarray,
    other: np.ndarray,
    alike: np.ndarray,
    codes: np.ndarray,
    values: list[Any],
) -> list[dict[str, Any]]:
    columns = (ids(rows, train), snippets(rows, train), ids(rows, other), snippets(rows, other))
    return [
        {
            "id": train_id,
            "similarity": round(float(value), 4),
            "text": text,
            "other_id": other_id,
            "other_split": values[codes[at]],
            "other_text": other_text,
        }
        for train_id, text, other_id, other_text, value, at in zip(
            *columns, alike, other, strict=True
        )
    ]
