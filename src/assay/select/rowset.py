"""Row sets by name: what was tagged, found, selected, kept or dropped, where a condition may stand.

    tag:NAME             rows that carry the tag
    finding:ID           rows of a finding
    selection:KEY        rows of a stored selection (a lasso)
    version:NAME         rows that a named version keeps
    dropped:VERSION      rows that were judged for a version and dropped
    dropped:VERSION/RULE those that failed that rule first
    view:NAME            rows that a saved view shows

Each may stand after "not ", and in any expression beside other conditions. Which rows a name means
may change, so whoever decides by one records what it meant then (`Reading`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from assay.schema import ROW_SETS
from assay.search import syntax
from assay.search.parser import parse_node
from assay.search.syntax import quote

KINDS = ROW_SETS
_INSIDE = {
    "tag": ("has the tag", "does not have the tag"),
    "finding": ("is in the finding", "is not in the finding"),
    "selection": ("is in the selection", "is not in the selection"),
    "version": ("is in the version", "is not in the version"),
    "dropped": ("was dropped from", "was not dropped from"),
    "view": ("is in the view", "is not in the view"),
}


@dataclass(frozen=True)
class RowSet:
    """A row set as written.

    Attributes:
        kind: One of `KINDS`.
        name: What it is called within its kind.
        negated: Whether the rows outside are meant.
    """

    kind: str
    name: str
    negated: bool = False

    @property
    def plain(self) -> RowSet:
        """The set itself, without `not`."""
        return RowSet(self.kind, self.name)

    def __str__(self) -> str:
        return f"{'not ' if self.negated else ''}{syntax.RowSet(self.kind, self.name)}"


def parse(text: str) -> RowSet | None:
    """The row set that `text` names and nothing else; None for other expressions.

    Raises:
        UsageError: It is no expression.
    """
    root = parse_node(text)
    named = root.operand if isinstance(root, syntax.Not) else root
    if not isinstance(named, syntax.RowSet):
        return None
    return RowSet(named.kind, named.name, named is not root)


@dataclass(frozen=True)
class Reading:
    """What a row set meant when it was read.

    Attributes:
        true: bool, shape (n,): which of the rows that are judged are in it.
        rows: Rows of the dataset that were in the set.
        event: Key of the last event, or the run, that made it so.
        time: When that was; ISO 8601.
    """

    true: np.ndarray
    rows: int
    event: str | None = None
    time: str | None = None

    def note(self) -> dict[str, Any]:
        """What is kept with a version, JSON-ready; `digest` is equal for equal rows."""
        digest = blake2b(np.packbits(self.true).tobytes(), digest_size=8).hexdigest()
        return {"rows": self.rows, "event": self.event, "time": self.time, "digest": digest}


def sentence(rowset: RowSet, inside: bool, note: Mapping[str, Any]) -> str:
    """Why a row set holds or does not, without a full stop.

    Args:
        rowset: The row set.
        inside: Whether the row was in it, `not` aside.
        note: `Reading.note` of that time.
    """
    said = f"{_INSIDE[rowset.kind][not inside]} {quote(rowset.name)}"
    if not note:
        return said
    rows = f"{note['rows']:,} row{'' if note['rows'] == 1 else 's'}"
    when = f" as of {note['time']} ({note['event']})" if note.get("time") else ""
    return f"{said}, a set of {rows}{when}"
