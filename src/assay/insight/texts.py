"""Texts with nothing in them, far too much in them, or characters lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow.compute as pc

from assay.insight import _damage as damage
from assay.insight.reading import blocks, flags, ids, snippets
from assay.insight.severity import DAMAGE, LENGTH, Harm, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, snippet
from assay.registry import finder
from assay.schema import Finding, Fix, Rows

LONG = 6.0
"""Robust standard deviations of the log length above the median from which a text is very long."""

_VISIBLE = r"[^\pZ\s]"


@finder("text.lengths", version="1", columns=("text",))
def lengths(rows: Rows, *, far: float = LONG) -> Iterator[Finding]:
    """Empty texts, and texts far longer than the others.

    A text is far longer if the logarithm of its length lies more than `far` robust standard
    deviations (1.4826 times the median absolute deviation, at least 0.25, so that uniform data do
    not flag small differences) above the median of those that are not empty.

    Args:
        rows: The dataset.
        far: How many deviations, > 0.

    Yields:
        `empty` (null or blank texts, with a fix that drops them) and `long` (longest first, with
        a fix that tags them). Score: `severity` of the share of rows.
    """
    n = rows.num_rows
    chars, blank = np.zeros(n, np.int64), np.ones(n, bool)
    for first, table in blocks(rows, "text"):
        text = table.column("text")
        here = slice(first, first + len(text))
        chars[here] = np.asarray(pc.utf8_length(text).fill_null(0))
        blank[here] = ~flags(pc.match_substring_regex(text, _VISIBLE))
    empty = np.flatnonzero(blank)
    if len(empty):
        title = f"{count(len(empty), 'text')} of {n:,} ({percent(len(empty), n)}) "
        title += "is empty" if len(empty) == 1 else "are empty"
        evidence = {"rows": n, "empty": len(empty), "counted": "null, or white space alone"}
        fix = Fix(rule=f'text matches "{_VISIBLE}"')
        yield _finding(rows, "text.lengths", "empty", title, empty, LENGTH, evidence, fix)
    full = np.flatnonzero(~blank)
    if len(full) < 20:
        return
    logs = np.log(chars[full])
    median = float(np.median(logs))
    spread = max(1.4826 * float(np.median(np.abs(logs - median))), 0.25)
    limit = float(np.exp(median + far * spread))
    long = full[chars[full] > limit]
    if len(long):
        long = long[np.lexsort((long, -chars[long]))]
        title = f"{count(len(long), 'text')} of {n:,} ({percent(len(long), n)}) "
        title += f"{'is' if len(long) == 1 else 'are'} longer than {int(limit):,} characters, "
        title += f"far from the median of {int(np.median(chars[full])):,}"
        evidence = {
            "rows": n,
            "limit": int(limit),
            "median": int(np.median(chars[full])),
            "examples": _longest(rows, long[:MAX_EXAMPLES], chars),
        }
        yield _finding(
            rows, "text.lengths", "long", title, long, LENGTH, evidence, Fix(tag="very long")
        )


_DAMAGES = {
    "lost": (damage.lost, "the replacement character U+FFFD: bytes that could not be read"),
    "misread": (damage.misread, 'UTF-8 read as another encoding ("Ã©" for "é")'),
    "control": (damage.controlled, "control characters"),
}


@finder("text.encoding", version="1", columns=("text",))
def encoding(rows: Rows) -> Iterator[Finding]:
    """Texts with characters that were lost or misread on the way, or that are invisible controls.

    Yields:
        One finding a kind of damage: `lost` (U+FFFD, cannot be repaired), `misread` (mojibake; the
        evidence shows what was meant), `control` (other than white space and escape). Score:
        `severity` of the share of rows.
    """
    n = rows.num_rows
    hits = {kind: np.zeros(n, bool) for kind in _DAMAGES}
    for first, table in blocks(rows, "text"):
        text = table.column("text").combine_chunks()
        for kind, (test, _) in _DAMAGES.items():
            hits[kind][first : first + len(text)] = test(text)
    for kind, (_, words) in _DAMAGES.items():
        found = np.flatnonzero(hits[kind])
        if len(found) == 0:
            continue
        title = f"{count(len(found), 'text')} of {n:,} ({percent(len(found), n)}) "
        title += f"{'holds' if len(found) == 1 else 'hold'} {words}"
        examples = _damaged(rows, kind, found[:MAX_EXAMPLES])
        evidence = {"rows": n, "damaged": len(found), "examples": examples}
        yield _finding(rows, "text.encoding", kind, title, found, DAMAGE, evidence, None)


def _damaged(rows: Rows, kind: str, shown: np.ndarray) -> list[dict[str, Any]]:
    """The places of the first damage in texts, and for mojibake what was meant."""
    examples = []
    texts = rows.take(shown, "text").column("text").to_pylist()
    for row_id, text in zip(ids(rows, shown), texts, strict=True):
        start, end = damage.place(kind, text)
        example = {"id": row_id, "text": snippet(text, start, end), "characters": text[start:end]}
        if kind == "misread":
            example["meant"] = damage.repaired(text[start:end])
        examples.append({name: value and value[:200] for name, value in example.items()})
    return examples


def _finding(
    rows: Rows,
    check: str,
    subject: str,
    title: str,
    found: np.ndarray,
    harm: Harm,
    evidence: dict[str, Any],
    fix: Fix | None,
) -> Finding:
    score = severity(harm, len(found), rows.num_rows)
    return Finding(check, title, ids(rows, found), score, evidence, fix, subject)


def _longest(rows: Rows, shown: np.ndarray, chars: np.ndarray) -> list[dict[str, Any]]:
    return [
        {"id": row_id, "characters": int(chars[index]), "text": text}
        for row_id, index, text in zip(ids(rows, shown), shown, snippets(rows, shown), strict=True)
    ]
