"""Columns that say nothing, or not what they seem to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from assay.insight._column_tests import TESTS, Column, Problem
from assay.insight.reading import ids
from assay.insight.severity import IDENTITY, USELESS_COLUMN, severity
from assay.insight.wording import count, percent
from assay.registry import finder
from assay.schema import RESERVED, Finding, Rows
from assay.store.values import python_values

CONTENT = ("text", "messages")
"""The content of a row has checks of its own (`text.lengths`, `text.encoding`)."""


@finder("columns.broken", version="1")
def broken_columns(rows: Rows, *, min_rows: int = 10) -> Iterator[Finding]:
    """Input columns that are empty, constant, mixed up, damaged, repeated, or no ids.

    Asked of each column that came with the data: at least 90 % missing (null, NaN or blank); one
    value in at least 99 % of what is there; at least 90 % numbers, dates or truth values kept as
    text, with exceptions; values that differ only in case or spaces; U+FFFD and mojibake; equal to
    an earlier column in all rows; and, for `source_id`, whether it is unique within a source.
    Assay's own columns, signals and the text itself are left to other checks.

    Args:
        rows: The dataset.
        min_rows: With fewer rows nothing is said: two equal values prove nothing.

    Yields:
        One finding a column with problems, in the dataset's order; `subject` is the column. Its
        rows are the exceptions (values that are not numbers, ids seen before), none where the
        column as a whole is meant. Score: that of its worst problem.
    """
    if rows.num_rows < min_rows:
        return
    seen: dict[str, str] = {}
    for name in _input_columns(rows.schema):
        column = Column(name, _one_array(rows.table(name).column(0)))
        problems = [problem for test in TESTS if (problem := test(column)) is not None]
        twin = seen.setdefault(column.fingerprint() or name, name)
        if twin != name:
            problems.append(_repeated(column, twin))
        if name == "source_id" and (problem := _not_unique(rows, column)) is not None:
            problems.append(problem)
        if problems:
            yield _finding(rows, column, problems)


def _finding(rows: Rows, column: Column, problems: list[Problem]) -> Finding:
    problems.sort(key=lambda problem: -problem.score)
    exceptional = np.concatenate([problem.rows for problem in problems])
    _, first = np.unique(exceptional, return_index=True)
    described = [{"problem": p.kind, "text": p.text, **p.evidence} for p in problems]
    return Finding(
        check="columns.broken",
        title=f"{column.name}: {'; '.join(problem.text for problem in problems)}",
        row_ids=ids(rows, exceptional[np.sort(first)]),
        score=problems[0].score,
        evidence={
            "column": column.name,
            "type": str(column.values.type),
            "rows": column.n,
            "values": column.filled,
            "problems": described,
        },
        subject=column.name,
    )


def _input_columns(schema: pa.Schema) -> list[str]:
    return [
        field.name
        for field in schema
        if field.name not in RESERVED
        and field.name not in CONTENT
        and b"assay.op" not in (field.metadata or {})
    ]


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # strings of more than 2 GiB
        whole = column.cast(pa.large_string()).combine_chunks()
    if pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_decode()
    return whole


def _repeated(column: Column, twin: str) -> Problem:
    text = f"equals the column {twin} in all {count(column.n, 'row')}"
    return Problem("repeated", text, severity(USELESS_COLUMN, 1, 1), {"equals": twin})


def _not_unique(rows: Rows, column: Column) -> Problem | None:
    """Repeats of an id within its source, without the first of each."""
    if not column.countable:
        return None
    codes = column.coded[0]
    sources = np.zeros(column.n, np.int64)
    if rows.schema.get_field_index("source") >= 0:
        encoded = rows.table("source").column(0).combine_chunks().dictionary_encode()
        sources = np.asarray(encoded.indices.fill_null(-1), np.int64) + 1
    pair = codes * (int(sources.max()) + 1) + sources
    _, first, group = np.unique(pair, return_index=True, return_inverse=True)
    again = np.flatnonzero((first[group] != np.arange(column.n)) & (codes >= 0))
    if len(again) == 0:
        return None
    share = f"{percent(len(again), column.n)} of {column.n:,} rows"
    text = f"{count(len(again), 'id repeats', 'ids repeat')} an earlier one ({share})"
    shown = python_values(column.values.take(pa.array(again[:10])))
    evidence = {"repeats": len(again), "examples": [str(value) for value in shown]}
    return Problem("not unique", text, severity(IDENTITY, len(again), column.n), evidence, again)
