"""Metadata that gives the label away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.coding import NO_VALUE, OTHERS, Coded, coded_columns, metadata, shown_value
from assay.insight.labels.association import (
    Pairs,
    accuracy,
    cramers_v,
    explained,
    pairs,
    permutation_p,
    without_surplus,
)
from assay.insight.labels.columns import Labels, lacks_labels, read_labels
from assay.insight.reading import dropping, ids
from assay.insight.severity import SPURIOUS, severity
from assay.insight.sources import is_origin
from assay.insight.wording import count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Rows
from assay.select.sample import draws

SIGNALS = ("text.language.code", "text.stats.words")
"""Computed columns that can be shortcuts as well."""
LEAST_ROWS = 30
_EXPLAINED = 0.05  # of the label's variation: less is a pattern, and no shortcut
_SURE = 0.05  # after correction for the number of columns
_SAME = 0.995  # rows that may not speak against a column being the label itself
_SURPLUS = 3.0  # adjusted residual from which a pair is too frequent
_TESTED = 5_000  # rows of a permutation test
_GONE, _KEPT = 0.1, 0.1  # V that a fix comes down to, share of the rows that it has to keep
_SHOWN = 12


@finder(
    "labels.spurious",
    version="1",
    may_read=("text.language", "text.stats"),
    lacks=lacks_labels,
)
def spurious(
    rows: Rows, *, label: str | None = None, least: float = 0.25, alpha: float = _SURE
) -> Iterator[Finding]:
    """Columns beside the content that give the label away: source, author, length, language.

    A model learns such a shortcut instead of the content, and fails where it does not hold. Each
    column that came with the data, the number of words and the language are held against the label
    by Cramér's V without its bias (Bergsma 2013), numbers in ten bins of equal size; it has to
    explain 5 % of the label's variation as well (Goodman and Kruskal's tau). That a column goes
    with the label does not say that it should not: read the pairs.

    Not judged are ids, prose, constants, columns that hold the same classes (other annotations,
    predictions), and those that are the label under another name, one to one or coarser. The
    evidence names them. A source, author or the like is judged also then.

    Args:
        rows: The dataset.
        label: Column of labels; by default the one called label, class, category, intent or so.
        least: In [0, 1]: the lower end of the 95 % interval of V from which a column is found.
        alpha: The p-value of a permutation test, times the number of columns, has to be below.

    Yields:
        One finding a column, `subject` the column. Where leaving out rows can bring V down to 0.1,
        its rows are those over what independence would give, drawn by hash, the most surprising
        pairs first, and the fix drops them. Else its rows are all of the pairs that are too
        frequent, and there is no fix: only other rows help. Score: `severity` of the rows that are
        over what independence would give.
    """
    found = read_labels(rows, label)
    if found is None:
        return
    labeled = np.flatnonzero(found.codes >= 0)
    if len(labeled) < LEAST_ROWS:
        return
    own = (found.column, found.field)
    fields = [f for f in metadata(rows.schema, *SIGNALS) if f.name not in own]
    looked, left_out, judged = 0, [], []
    for column in coded_columns(rows, fields):
        table = _count(column, found, labeled)
        if table is None:
            continue
        if (why := _is_label(column, table, found)) is not None:
            left_out.append({"column": column.name, "why": why})
            continue
        looked += 1
        measured = cramers_v(table)
        if measured[1] >= least and explained(table) >= _EXPLAINED:
            judged.append(_Judged(column, table, *measured))
    for each in judged:
        p = min(1.0, looked * _p_value(each.column, found, labeled, looked))
        if p < alpha:
            yield _finding(rows, found, labeled, each, p, looked, left_out)


@dataclass(frozen=True)
class _Judged:
    column: Coded
    table: Pairs
    v: float
    low: float
    high: float


def _count(column: Coded, found: Labels, labeled: np.ndarray) -> Pairs | None:
    """How often values and labels go together; None where the labeled rows have one value."""
    table = pairs(
        column.codes[labeled], found.codes[labeled], len(column.values), len(found.values)
    )
    return table if (table.of_value > 0).sum() > 1 else None


def _is_label(column: Coded, table: Pairs, found: Labels) -> str | None:
    """Why a column is the label itself; None where it is another thing."""
    held = {
        value
        for value, n in zip(column.values, table.of_value, strict=True)
        if n and value not in (NO_VALUE, OTHERS)
    }
    if column.kind == "category" and held <= {shown_value(value) for value in found.values}:
        return "holds the same classes"
    if is_origin(column.name) or not column.input:
        return None
    if column.kind != "category" and not _are_codes(column):
        return None  # a number may go with the label one to one and be a shortcut all the same
    of_class, of_value = np.zeros(table.classes), np.zeros(table.values)
    np.maximum.at(of_class, table.second, table.count)
    np.maximum.at(of_value, table.first, table.count)
    if of_class.sum() < _SAME * table.n:
        return None
    same = of_value.sum() >= _SAME * table.n
    return "is the label under another name" if same else "is a coarser label"


def _are_codes(column: Coded) -> bool:
    """Whether a column of numbers holds all of 0, 1, 2, ..., as codes of classes do."""
    shown = [value for value in column.values if value != NO_VALUE]
    return shown in ([f"{i:,}" for i in range(first, first + len(shown))] for first in (0, 1))


def _p_value(column: Coded, found: Labels, labeled: np.ndarray, looked: int) -> float:
    if len(labeled) > _TESTED:
        labeled = np.random.default_rng(0).choice(labeled, _TESTED, replace=False)
    # So many that the smallest p-value there can be passes the correction.
    times = max(499, 40 * looked)
    codes = column.codes[labeled], found.codes[labeled]
    return permutation_p(*codes, len(column.values), len(found.values), times=times)


def _finding(
    rows: Rows,
    found: Labels,
    labeled: np.ndarray,
    each: _Judged,
    p: float,
    looked: int,
    left_out: list[dict[str, Any]],
) -> Finding:
    column, table = each.column, each.table
    n = table.n
    codes = column.codes[labeled], found.codes[labeled]
    right, common = accuracy(*codes, table.values, table.classes)
    rest = without_surplus(table, most=_GONE, least_kept=_KEPT)
    residual, expected = table.residual, table.expected
    over = np.maximum(0, table.count - expected)
    order = np.lexsort((np.arange(len(residual)), -residual))
    if rest is None:
        taken = np.where(residual >= _SURPLUS, table.count, 0)
    else:
        taken = table.count - rest.count
    concerned = _rows_of(rows, column, found, labeled, table, order, taken)
    of_value, of_class = table.of_value, table.of_class
    evidence = {
        "column": column.name,
        "label": found.column,
        "kind": column.kind,
        "labeled": n,
        "association": round(each.v, 4),
        "association_interval": [round(each.low, 4), round(each.high, 4)],
        "p_value": round(p, 6),
        "columns_looked_at": looked,
        "explained": round(explained(table), 4),
        "accuracy": round(right / n, 6),
        "accuracy_interval": [round(end, 6) for end in wilson(right, n)],
        "majority": round(common / n, 6),
        "surplus": round(float(over.sum()), 1),
        "association_after_fix": None if rest is None else round(cramers_v(rest)[0], 4),
        "pairs": [
            {
                "value": column.values[table.first[i]],
                "class": shown_value(found.values[table.second[i]]),
                "rows": int(table.count[i]),
                "expected": round(float(expected[i]), 1),
                "of_value": int(of_value[table.first[i]]),
                "of_class": int(of_class[table.second[i]]),
                "residual": round(float(residual[i]), 2),
            }
            for i in order[:_SHOWN]
            if residual[i] >= _SURPLUS or i == order[0]
        ],
        "left_out": left_out[:_SHOWN],
    }
    told = Finding(
        check="labels.spurious",
        title=_title(found, each, right, common, int(order[0])),
        row_ids=concerned,
        score=severity(SPURIOUS, round(float(over.sum())), n),
        subject=column.name,
        evidence=evidence,
    )
    return told if rest is None else dropping(told)


def _title(found: Labels, each: _Judged, right: int, common: int, top: int) -> str:
    column, table, n = each.column, each.table, each.table.n
    if wilson(right, n)[0] > common / n:
        return (
            f"'{column.name}' gives '{found.column}' away: it alone is right in "
            f"{percent(right, n)} of {count(n, 'row')}, the most common class in "
            f"{percent(common, n)}"
        )
    # Rare classes can be given away without a better guess of all.
    value = column.values[table.first[top]]
    label = shown_value(found.values[table.second[top]])
    return (
        f"'{column.name}' and '{found.column}' go together: {value} has "
        f"{count(int(table.count[top]), 'row')} of {label}, by chance it would be "
        f"{table.expected[top]:,.0f}"
    )


def _rows_of(
    rows: Rows,
    column: Coded,
    found: Labels,
    labeled: np.ndarray,
    table: Pairs,
    order: np.ndarray,
    taken: np.ndarray,
) -> list[str]:
    """Ids of as many rows of each pair as `taken` says, in the order of the pairs."""
    key = column.codes[labeled] * table.classes + found.codes[labeled]
    listed = table.first * table.classes + table.second  # ascending, as `pairs` makes them
    at = np.searchsorted(listed, key)
    some = np.flatnonzero(taken[at] > 0)
    if len(some) == 0:
        return []
    names = ids(rows, labeled[some])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    ranked = np.lexsort((draws(names, 0), place[at[some]]))
    pair = at[some][ranked]
    starts = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
    nth = np.arange(len(pair)) - np.repeat(starts, np.diff(np.append(starts, len(pair))))
    chosen = pa.array(ranked[nth < taken[pair]])
    picked: list[str] = pa.array(names).take(chosen).to_pylist()
    return picked
