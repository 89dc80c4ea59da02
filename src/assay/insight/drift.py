"""What the rows added last are like, held against the rows before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from assay import registry, stopping
from assay.errors import UsageError
from assay.insight.coding import Coded, distinct, encode, metadata
from assay.insight.diff.shift import Shift, log_ratio, shift
from assay.insight.map.naming import name_topics, names_of
from assay.insight.reading import ids, snippets, tagging
from assay.insight.severity import DRIFT, severity
from assay.insight.wording import MAX_EXAMPLES, count, snippet
from assay.ops.match.cells import assign, kmeans
from assay.registry import finder
from assay.schema import Finding, Rows, has_text
from assay.search.hybrid import as_matrix
from assay.search.spaces import is_embedding, space

LEAST_ROWS = 30
"""Fewer rows of a side are too few to say what is usual on it."""
BINS = 20
_CELLS, _ROWS_A_CELL, _CLUSTERED = 30, 40, 10_000  # of each side
_NAMED = 60  # texts of a cell that its name is taken from
_BLOCK = 16_384
_SHOWN, _SHOWN_VALUES = 12, 6
_TELLING = re.compile(r"(^|_)(id|date|time|timestamp|at|batch|shard|run|position)$", re.I)
"""Columns that tell one addition from the next by their nature."""
_NAMES, _RARE = 50, 5
_WHO = re.compile(
    r"(^|_)(user|name|username|login|handle|author|speaker|annotator|customer|client|account"
    r"|patient|email|phone|session|device|ip)$",
    re.I,
)
"""Columns that say who, where they have more than a few values."""


@finder("drift.versions", version="2", may_read=("text.stats", "text.language"))
def drift(
    rows: Rows, *, baseline: str | None = None, least: float = 0.1, alpha: float = 0.01
) -> Iterator[Finding]:
    """Columns and meanings in which the rows added last differ from the rows before.

    Asked of each column that came with the data, of the main value of each signal, and of the
    cells (k-means) of the first embedding that is stored: the total variation of the shares,
    numbers in bins of equal size. Columns that tell additions apart by their nature are left out:
    times, dates, ids, the source file, and what looks like names or ids of users, because new rows
    come from new users: above 50 values, columns that are called so, and texts most of whose rows
    have a value that fewer than 5 rows have.

    The rows added last are those of the last `add` that brought rows, and of as many before it as
    are needed for 30 rows.

    Args:
        rows: The dataset.
        baseline: A dataset or version to hold all rows against instead, such as `docs@clean`.
        least: In [0, 1]: the lower end of the 95 % interval of the distance has to be above.
        alpha: The p-value of a permutation test, times the number of columns, has to be below.

    Yields:
        At most one finding. Its rows are the new ones that have at least twice as much of what
        became more frequent, by the product of the ratios of the columns that drifted, the least
        like the old rows first. Score: `severity` of the largest distance. The fix tags the
        rows: what differs may be just what was missing, and dropping it would undo why it was
        collected.

    Raises:
        UsageError: There is no such baseline.
    """
    sides = _sides(rows, baseline)
    if sides is None:
        return
    columns = list(_columns(sides))
    if (cells := _cells(sides)) is not None:
        columns.append(cells)
    # So many that the smallest p-value there can be passes the correction.
    times = max(999, int(1.2 * len(columns) / alpha))
    moved = []
    for each in columns:
        stopping.check()
        told = shift(each.before, each.after, times=times)
        p = min(1.0, told.p_value * len(columns))
        if p < alpha and told.low > least:
            moved.append(_Moved(each, told, p))
    if moved:
        moved.sort(key=lambda one: (-one.shift.distance, one.column.name))
        yield _finding(sides, moved, len(columns), baseline)


@dataclass(frozen=True)
class _Sides:
    """The rows before and the new ones; of one dataset, or of two."""

    old: Rows
    new: Rows
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class _Column:
    """Values of a column on both sides.

    `codes` has the value of each new row, -1 where it has none to compare.
    """

    name: str
    kind: str
    values: list[str]
    before: np.ndarray
    after: np.ndarray
    codes: np.ndarray


@dataclass(frozen=True)
class _Moved:
    column: _Column
    shift: Shift
    p_value: float


def _sides(rows: Rows, baseline: str | None) -> _Sides | None:
    if baseline is not None:
        other = rows.beside(baseline)
        if other is None:
            raise UsageError(
                f"There are no rows called '{baseline}' to hold these against.",
                allowed="a dataset of the project, or a version such as docs@clean",
            )
        old, new = np.arange(other.num_rows), np.arange(rows.num_rows)
        sides = _Sides(other, rows, old, new)
    else:
        added = rows.added()
        runs, first = np.unique(added, return_index=True)
        starts = [int(at) for at in first[1:][::-1] if len(added) - at >= LEAST_ROWS]
        if len(runs) < 2 or not starts:
            return None
        sides = _Sides(rows, rows, np.arange(starts[0]), np.arange(starts[0], len(added)))
    return sides if min(len(sides.before), len(sides.after)) >= LEAST_ROWS else None


def _columns(sides: _Sides) -> Iterator[_Column]:
    ops = registry.ops()
    for field in metadata(sides.new.schema, "*"):
        meta = field.metadata or {}
        computed = meta.get(b"assay.name", b"").decode()
        op = ops.get(meta.get(b"assay.op", b"").decode())
        if computed and (op is None or computed.rpartition(".")[2] != op.main):
            continue
        if not computed and (field.name == "source" or _TELLING.search(field.name)):
            continue
        if pa.types.is_temporal(field.type):
            continue
        if (found := _compared(sides, field, computed)) is not None:
            yield found


def _compared(sides: _Sides, field: pa.Field, computed: str) -> _Column | None:
    if sides.old is sides.new:
        column = sides.new.table(field.name).column(0)
    else:
        if field.name not in sides.old.schema.names:
            return None
        left, right = (side.table(field.name).column(0) for side in (sides.old, sides.new))
        if left.type != right.type:
            return None
        column = pa.chunked_array([*left.chunks, *right.chunks], left.type)
    if not computed and _says_who(field, column):
        return None
    found = encode(column, BINS)
    if found is None:
        return None
    coded = Coded(computed or field.name, *found, not computed)
    codes, n = coded.codes, len(sides.before)
    if computed:  # a signal that is not computed yet says nothing about the row
        codes = np.where(np.asarray(column.is_null()), -1, codes)
    return _counted(coded.name, coded.kind, coded.values, codes[:n], codes[n:])


def _says_who(field: pa.Field, column: pa.ChunkedArray) -> bool:
    """Whether the values look like names or ids: those of new rows are new by their nature."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not text and not pa.types.is_integer(kind):
        return False
    codes, values = distinct(column)
    if len(values) <= _NAMES:
        return False
    rows = np.bincount(codes[codes >= 0], minlength=len(values))
    # Rare values of a category hold few of its rows; of a column of names they hold most.
    return bool(_WHO.search(field.name)) or (text and 2 * rows[rows < _RARE].sum() > rows.sum())


def _counted(
    name: str, kind: str, values: list[str], old: np.ndarray, new: np.ndarray
) -> _Column | None:
    before = np.bincount(old[old >= 0], minlength=len(values))
    after = np.bincount(new[new >= 0], minlength=len(values))
    if min(before.sum(), after.sum()) < LEAST_ROWS:
        return None
    return _Column(name, kind, values, before, after, new)


def _cells(sides: _Sides) -> _Column | None:
    """Cells of the first embedding that both sides have, named by their words."""
    fields = [f for f in sides.new.schema if is_embedding(f)]
    theirs = {f.name: space(f) for f in sides.old.schema if is_embedding(f)}
    name = next((f.name for f in fields if theirs.get(f.name) == space(f)), None)
    if name is None:
        return None
    rng = np.random.default_rng(0)

    def some(side: Rows, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if len(among) > _CLUSTERED:
            among = np.sort(rng.choice(among, _CLUSTERED, replace=False))
        points, known = as_matrix(side.take(among, name).column(0))
        return _unit(points[known]), among[known]

    old, old_rows = some(sides.old, sides.before)
    new, new_rows = some(sides.new, sides.after)
    if min(len(old), len(new)) < _ROWS_A_CELL:
        return None
    joined = np.concatenate([old, new])
    cells = int(np.clip(len(joined) // _ROWS_A_CELL, 2, _CELLS))
    # All rows count alike: cells that knew the sides would make a difference of their own.
    labels, centers = kmeans(joined, cells)
    n = len(old)
    values = _names(sides, labels, len(centers), old_rows, new_rows)
    before = np.bincount(labels[:n], minlength=len(values))
    after = np.bincount(labels[n:], minlength=len(values))
    codes = np.full(len(sides.after), -1, np.int64)
    for start in range(0, len(codes), _BLOCK):
        block = sides.after[start : start + _BLOCK]
        points, known = as_matrix(sides.new.take(block, name).column(0))
        codes[start : start + len(block)][known] = assign(_unit(points[known]), centers)
    op = (sides.new.schema.field(name).metadata or {}).get(b"assay.op", name.encode()).decode()
    return _Column(f"meaning ({op})", "cell", values, before, after, codes)


def _names(
    sides: _Sides, labels: np.ndarray, cells: int, old: np.ndarray, new: np.ndarray
) -> list[str]:
    if not (has_text(sides.new.schema) and has_text(sides.old.schema)):
        return [f"cell {i + 1}" for i in range(cells)]
    texts: list[list[str]] = []
    for cell in range(cells):
        of_old = old[labels[: len(old)] == cell][: _NAMED // 2]
        of_new = new[labels[len(old) :] == cell][: _NAMED // 2]
        found = sides.old.take(of_old, "text").column(0).to_pylist()
        found += sides.new.take(of_new, "text").column(0).to_pylist()
        texts.append([text for text in found if text])
    spare = [
        snippet(own[0] if own else None, limit=32) or f"cell {i + 1}" for i, own in enumerate(texts)
    ]
    return names_of(name_topics(texts), spare)


def _unit(points: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.where(lengths > 0, lengths, 1), np.float32)


def _finding(sides: _Sides, moved: list[_Moved], looked: int, baseline: str | None) -> Finding:
    odds = np.zeros(len(sides.after))
    for each in moved:
        column = each.column
        odds += np.append(log_ratio(column.before, column.after), 0.0)[column.codes]
    unlike = np.flatnonzero(odds >= np.log(2))
    unlike = unlike[np.lexsort((unlike, -odds[unlike]))]
    shown = sides.after[unlike[:MAX_EXAMPLES]]
    n, m = len(sides.before), len(sides.after)
    beside = f"the {count(n, 'row')} before" if baseline is None else f"{n:,} of '{baseline}'"
    names = [each.column.name for each in moved]
    which = f"{count(m, 'row')}{' added last' if baseline is None else ''}"
    what = f"{count(len(names), 'column')} of {looked}, most in {names[0]}"
    return tagging(
        Finding(
            check="drift.versions",
            title=f"The {which} differ{'s' if m == 1 else ''} from {beside} in {what}",
            row_ids=ids(sides.new, sides.after[unlike]),
            score=severity(DRIFT, round(moved[0].shift.distance * m), m),
            subject=baseline or "",
            evidence={
                **({} if baseline is None else {"baseline": baseline}),
                "before": n,
                "after": m,
                "unlike": len(unlike),
                "columns_looked_at": looked,
                "columns": [_told(each) for each in moved[:_SHOWN]],
                "other_columns": max(0, len(moved) - _SHOWN),
                "examples": [
                    {"id": row_id, "text": text}
                    for row_id, text in zip(
                        ids(sides.new, shown), snippets(sides.new, shown), strict=True
                    )
                ],
            },
        ),
        "drifted",
    )


def _told(each: _Moved) -> dict[str, Any]:
    column, told = each.column, each.shift
    old, new = column.before / column.before.sum(), column.after / column.after.sum()
    order = np.lexsort((np.arange(len(old)), -np.abs(new - old)))[:_SHOWN_VALUES]
    return {
        "column": column.name,
        "kind": column.kind,
        "distance": round(told.distance, 4),
        "distance_interval": [round(told.low, 4), round(told.high, 4)],
        "by_chance": round(told.by_chance, 4),
        "psi": round(told.psi, 4),
        "p_value": round(each.p_value, 6),
        "values": [
            {
                "value": column.values[i],
                "before": round(float(old[i]), 6),
                "after": round(float(new[i]), 6),
                "rows_before": int(column.before[i]),
                "rows_after": int(column.after[i]),
            }
            for i in order
        ],
    }
