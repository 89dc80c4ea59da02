"""Personal data and secrets that a dataset would teach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.reading import ids
from assay.insight.severity import PERSONAL, SECRET, Harm, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, snippet
from assay.registry import finder
from assay.schema import Finding, Fix, Rows

_WORDS = {
    "email": ("email address", "email addresses"),
    "phone": ("phone number", "phone numbers"),
    "ip": ("IP address", "IP addresses"),
    "card": ("payment card number", "payment card numbers"),
    "iban": ("bank account number (IBAN)", "bank account numbers (IBAN)"),
    "us_ssn": ("US social security number", "US social security numbers"),
    "key": ("secret key", "secret keys"),
}
_HARM: dict[str, Harm] = dict.fromkeys(("key", "card", "iban", "us_ssn"), SECRET)


@dataclass(frozen=True)
class _Spans:
    """All spans of a dataset, flat.

    Attributes:
        row: int64, shape (s,): row index of each span.
        start: int64, shape (s,), code points.
        end: int64, shape (s,), code points.
        score: float64, shape (s,).
        label: int64, shape (s,), index into `labels`.
        labels: The kinds found, sorted.
    """

    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    score: np.ndarray
    label: np.ndarray
    labels: list[str]


@finder("pii.found", version="1", needs=("text.pii",), columns=("text",))
def pii_found(rows: Rows) -> Iterator[Finding]:
    """Texts that hold personal data or secrets, one finding a kind.

    Examples show the surrounding text with every span that was found masked, of whatever kind:
    evidence is stored and sent around, so it must not become another copy of the secret.

    Yields:
        A finding a kind, in order of name; rows with most spans of the kind first. Score:
        `severity` of the share of rows; a key, card, account or social security number counts for
        half of the whole from the first one on.
    """
    spans = _flat(rows.table("text.pii.spans").column(0))
    for number, kind in enumerate(spans.labels):
        mine = np.flatnonzero(spans.label == number)
        affected, hits = np.unique(spans.row[mine], return_counts=True)
        affected = affected[np.lexsort((affected, -hits))]
        one, many = _WORDS.get(kind, (kind, kind))
        yield Finding(
            check="pii.found",
            title=f"{count(len(mine), one, many)} in {count(len(affected), 'row')} of "
            f"{rows.num_rows:,} ({percent(len(affected), rows.num_rows)})",
            row_ids=ids(rows, affected),
            score=severity(_HARM.get(kind, PERSONAL), len(affected), rows.num_rows),
            evidence={
                "rows": rows.num_rows,
                "affected_rows": len(affected),
                "spans": len(mine),
                "kind": kind,
                "examples": _examples(rows, spans, number, affected[:MAX_EXAMPLES]),
            },
            fix=Fix(rule=f'not has(text.pii.spans, "{kind}")'),
            subject=kind,
        )


def mask(value: str) -> str:
    """A secret with all but a few characters hidden: enough to find it again, not to use it.

    At most a quarter of it is shown, at most 3 characters at the start and 2 at the end; letters
    and digits of the rest become `*`, punctuation stays so that the shape can be seen.
    """
    shown = min(5, len(value) // 4)
    head = (shown + 1) // 2
    tail = len(value) - shown // 2
    hidden = "".join("*" if c.isalnum() else c for c in value[head:tail])
    # A long key says nothing by its length.
    if len(hidden) > 24:
        hidden = hidden[:20] + "…"
    return value[:head] + hidden + value[tail:]


def _flat(column: pa.ChunkedArray) -> _Spans:
    lists = column.combine_chunks()
    values = lists.flatten()
    encoded = values.field("label").dictionary_encode()
    found = encoded.dictionary.to_pylist()
    labels = sorted(found)
    rank = np.array([labels.index(label) for label in found], np.int64)
    lengths = np.asarray(lists.value_lengths().fill_null(0), np.int64)
    return _Spans(
        row=np.repeat(np.arange(len(lists)), lengths),
        start=np.asarray(values.field("start"), np.int64),
        end=np.asarray(values.field("end"), np.int64),
        score=np.asarray(values.field("score"), np.float64),
        label=rank[np.asarray(encoded.indices, np.int64)] if len(values) else np.zeros(0, np.int64),
        labels=labels,
    )


def _examples(rows: Rows, spans: _Spans, number: int, shown: np.ndarray) -> list[dict[str, Any]]:
    texts = rows.take(shown, "text").column("text").to_pylist()
    out = []
    for row, row_id, text in zip(shown, ids(rows, shown), texts, strict=True):
        first, last = np.searchsorted(spans.row, [row, row + 1])
        masked, at = _masked(text or "", spans, first, last)
        own = next(i for i in range(first, last) if spans.label[i] == number)
        start, end = at[own - first]
        out.append(
            {
                "id": row_id,
                "value": masked[start:end],
                "score": round(float(spans.score[own]), 4),
                "text": snippet(masked, start, end),
            }
        )
    return out


def _masked(text: str, spans: _Spans, first: int, last: int) -> tuple[str, list[tuple[int, int]]]:
    """The text with its spans `first` to `last` masked, and where each of them is now."""
    parts: list[str] = []
    at: list[tuple[int, int]] = []
    done = length = 0
    for i in range(first, last):
        start, end = int(spans.start[i]), int(spans.end[i])
        hidden = mask(text[start:end])
        parts += (text[done:start], hidden)
        length += start - done
        at.append((length, length + len(hidden)))
        length += len(hidden)
        done = end
    parts.append(text[done:])
    return "".join(parts), at
