"""Rows whose content repeats another row's to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.insight.reading import ids, snippets
from assay.insight.severity import EXACT_DUPLICATE, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent
from assay.registry import finder
from assay.schema import Finding, Fix, Rows


@finder("duplicates.exact", version="1")
def exact_duplicates(rows: Rows) -> Iterator[Finding]:
    """Rows that repeat the content of an earlier row exactly.

    Content is the text (or conversation, or for records the whole row), compared by its 128-bit
    `content_id`. One finding: its rows are the repeats, without the first of each group, so that
    dropping them leaves one copy of everything.

    Yields:
        At most one finding. Score: `severity` of the share of rows that are repeats.
    """
    n = rows.num_rows
    if n < 2:
        return
    group, first, sizes = _groups(rows)
    repeats = np.flatnonzero(first[group] != np.arange(n))
    if len(repeats) == 0:
        return
    # Members of the largest groups first; the group's first row breaks ties, so order is total.
    repeats = repeats[np.lexsort((repeats, first[group[repeats]], -sizes[group[repeats]]))]
    groups = int((sizes > 1).sum())
    yield Finding(
        check="duplicates.exact",
        title=f"{count(len(repeats), 'row')} of {n:,} ({percent(len(repeats), n)}) "
        f"{'repeats' if len(repeats) == 1 else 'repeat'} another row exactly",
        row_ids=ids(rows, repeats),
        score=severity(EXACT_DUPLICATE, len(repeats), n),
        evidence={
            "rows": n,
            "repeats": len(repeats),
            "groups": groups,
            "largest_group": int(sizes.max()),
            "examples": _examples(rows, group, first, sizes),
        },
        fix=Fix(select="dedup.exact"),
    )


def _groups(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group of each row, and first row and size of each group; a row without content is alone."""
    encoded = rows.table("content_id").column("content_id").combine_chunks().dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1), np.int64)
    alone = codes < 0
    codes[alone] = len(encoded.dictionary) + np.arange(int(alone.sum()))
    _, first, group, sizes = np.unique(
        codes, return_index=True, return_inverse=True, return_counts=True
    )
    return group, first, sizes


def _examples(
    rows: Rows, group: np.ndarray, first: np.ndarray, sizes: np.ndarray
) -> list[dict[str, Any]]:
    order = np.lexsort((first, -sizes))[:MAX_EXAMPLES]
    order = order[sizes[order] > 1]
    members = [np.flatnonzero(group == g)[:4] for g in order]
    known = iter(ids(rows, np.concatenate(members)))
    named = [[next(known) for _ in member] for member in members]
    return [
        {"size": int(sizes[g]), "kept": found[0], "repeats": found[1:], "text": text}
        for g, found, text in zip(order, named, snippets(rows, first[order]), strict=True)
    ]
