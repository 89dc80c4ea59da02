"""One source that has most of the rows, or of the text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.insight.coding import distinct, effective_number, shown_value
from assay.insight.reading import dropping, ids
from assay.insight.severity import ONE_SOURCE, severity
from assay.insight.wording import count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Rows, signal_column
from assay.select.sample import draws
from assay.store.values import python_values

ORIGINS = frozenset(
    re.findall(
        r"\w+",
        "source site website host publisher platform channel outlet forum subreddit repo "
        "repository collection origin dataset corpus author user username creator speaker "
        "annotator annotator_id worker worker_id rater labeler device camera sensor hospital "
        "clinic center centre",
    )
)
"""Names of columns that say where a row comes from, or who made it."""
ADDRESSES = frozenset(("url", "uri", "link", "href"))
"""Names of columns of web addresses; their hosts are sources."""
LEAST_ROWS = 30
_HOST = r"^[A-Za-z][A-Za-z0-9+.\-]*://(?:[^/?#@]*@)?(?:[Ww]{3}\.)?(?P<host>[^/?#:]+)"
_SHOWN = 12


def is_origin(name: str) -> bool:
    """Whether a column of that name says where a row comes from or who made it."""
    return name.lower() in ORIGINS | ADDRESSES


def _holds_sources(name: str) -> bool:
    # A domain is a host to some and a subject to others, so it is no proof of an origin.
    return is_origin(name) or name.lower() == "domain"


@finder("sources.imbalance", version="1", may_read=("text.stats",))
def source_imbalance(
    rows: Rows, *, column: str | None = None, most: float = 0.5, times: float = 1.5
) -> Iterator[Finding]:
    """Sources, sites or authors that have most of the rows or of the text.

    What a model learns of a dataset like that is largely how one source writes. Asked of the file
    a row came from, of columns called source, site, domain, author and the like, and of the hosts
    of web addresses. How many sources there are in effect is the exponential of the entropy of
    their shares (Hill 1973, order 1): ten equal ones are ten, one with nearly everything is one.

    Args:
        rows: The dataset.
        column: Column of sources; by default all that are called so.
        most: Share in (0, 1): the lower end of the 95 % interval of the largest share has to be
            above, so that chance alone makes none.
        times: So many times an equal share it has to be as well: of two sources one may well have
            more than half.

    Yields:
        At most one finding a column, `subject` the column; its rows are those of the largest
        source that are too many, drawn by hash: the fix drops them, which leaves it that bound.
        Score: `severity` of the share beyond an equal one.
    """
    named = [f.name for f in rows.schema if "__" not in f.name and _holds_sources(f.name)]
    for name in [column] if column is not None else named:
        parts = _parts(rows, name)
        if parts is not None and parts.n >= LEAST_ROWS:
            yield from _judge(rows, parts, most, times)


@dataclass(frozen=True)
class _Parts:
    """The sources of a column: their names, the code of each row (-1 without one), its sizes."""

    column: str
    hosts: bool
    values: list[str]
    codes: np.ndarray
    rows: np.ndarray
    chars: np.ndarray | None

    @property
    def n(self) -> int:
        return int(self.rows.sum())


def _parts(rows: Rows, name: str) -> _Parts | None:
    column = rows.table(name).column(0)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (text or pa.types.is_integer(kind)) or len(column) == 0:
        return None
    codes, found = distinct(column)
    hosts = name.lower() in ADDRESSES
    if hosts:
        if not text:
            return None
        # Hosts of the different addresses, and from there those of the rows.
        of_address = pc.utf8_lower(pc.struct_field(pc.extract_regex(found, _HOST), "host"))
        again, found = distinct(pa.chunked_array([of_address]))
        codes = np.append(again, -1)[codes]
    held = np.bincount(codes[codes >= 0], minlength=len(found))
    if (held > 0).sum() < 2 or (held > 0).sum() > max(2, held.sum() // 2):
        return None
    chars = None
    if signal_column("text.stats", "chars") in rows.schema.names:
        chars = np.asarray(rows.table("text.stats.chars").column(0).fill_null(0), np.float64)
    values = ["" if v is None else shown_value(v) for v in python_values(found)]
    return _Parts(name, hosts, values, codes, held, chars)


@dataclass(frozen=True)
class _Largest:
    """The largest source by rows or by text, and how large it is."""

    value: int
    share: float
    low: float
    high: float
    effective: float


def _by_rows(parts: _Parts) -> _Largest:
    top = int(np.argmax(parts.rows))
    share = parts.rows[top] / parts.n
    return _Largest(
        top, share, *wilson(int(parts.rows[top]), parts.n), effective_number(parts.rows)
    )


def _by_text(parts: _Parts) -> _Largest | None:
    """The same of characters; the interval is that of a ratio of sums over rows."""
    if parts.chars is None:
        return None
    known = parts.codes >= 0
    size, codes = parts.chars[known], parts.codes[known]
    total = float(size.sum())
    if total == 0:
        return None
    held = np.bincount(codes, size, len(parts.values))
    top = int(np.argmax(held))
    share = float(held[top]) / total
    wide = 1.96 * math.sqrt(float((size**2 * ((codes == top) - share) ** 2).sum())) / total
    return _Largest(
        top, share, max(0.0, share - wide), min(1.0, share + wide), effective_number(held)
    )


def _judge(rows: Rows, parts: _Parts, most: float, times: float) -> Iterator[Finding]:
    sources = int((parts.rows > 0).sum())
    bound = max(most, min(0.9, times / sources))
    by = {"rows": _by_rows(parts), "text": _by_text(parts)}
    over = {what: one for what, one in by.items() if one is not None and one.low > bound}
    if not over:
        return
    what = max(over, key=lambda name: over[name].share)
    largest = over[what]
    held = int(parts.rows[largest.value])
    beyond = round((largest.share - 1 / sources) * parts.n)
    told = f"{count(held, 'row')} of {parts.n:,} ({percent(held, parts.n)})"
    if what == "text":
        told = f"{percent(largest.share, 1)} of the text"
    if what == "text" and parts.n < rows.num_rows:
        told += f" of {count(parts.n, 'row')}"
    kind = "host" if parts.hosts else "value"
    found = Finding(
        check="sources.imbalance",
        title=f"'{parts.values[largest.value]}', one of {count(sources, kind)} in "
        f"'{parts.column}', has {told}",
        row_ids=ids(rows, _beyond(rows, parts, what, largest, bound)),
        score=severity(ONE_SOURCE, beyond, parts.n),
        subject=parts.column,
        evidence={
            "column": parts.column,
            "of": "host" if parts.hosts else "column",
            "rows": parts.n,
            "sources": sources,
            "bound": round(bound, 4),
            "largest": parts.values[largest.value],
            "largest_by": what,
            **{f"by_{name}": _told(one, parts) for name, one in by.items() if one is not None},
            "shares": _shares(parts),
            "other_sources": max(0, sources - _SHOWN),
        },
    )
    yield dropping(found) if found.row_ids else found


def _beyond(rows: Rows, parts: _Parts, what: str, largest: _Largest, bound: float) -> np.ndarray:
    """Rows of the largest source that are too many for `bound`, drawn by a hash of their ids."""
    mine = np.flatnonzero(parts.codes == largest.value)
    mine = mine[np.argsort(draws(ids(rows, mine), 0), kind="stable")]
    size = parts.chars[mine] if what == "text" and parts.chars is not None else np.ones(len(mine))
    others = float(size.sum()) * (1 / largest.share - 1)
    return np.asarray(mine[np.cumsum(size) > max(1.0, others * bound / (1 - bound))])


def _told(one: _Largest, parts: _Parts) -> dict[str, Any]:
    return {
        "largest": parts.values[one.value],
        "share": round(one.share, 6),
        "share_interval": [round(one.low, 6), round(one.high, 6)],
        "effective_sources": round(one.effective, 2),
    }


def _shares(parts: _Parts) -> list[dict[str, Any]]:
    """The sources with most rows."""
    order = np.lexsort((np.arange(len(parts.rows)), -parts.rows))[:_SHOWN]
    chars = None
    if parts.chars is not None:
        known = parts.codes >= 0
        chars = np.bincount(parts.codes[known], parts.chars[known], len(parts.values))
    return [
        {
            "value": parts.values[i],
            "rows": int(parts.rows[i]),
            "share": round(float(parts.rows[i]) / parts.n, 6),
            **(
                {}
                if chars is None
                else {"text_share": round(float(chars[i] / max(1, chars.sum())), 6)}
            ),
        }
        for i in order
        if parts.rows[i]
    ]
