"""The words that rooms exchange: what readers yield, findings, selections, names of columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

RESERVED = ("id", "content_id", "source", "position", "licence", "modality")
"""Columns Assay writes on every sample; an input column of that name becomes `source_<name>`."""
ROW_SETS = ("tag", "finding", "selection", "version", "dropped", "view")
"""What may stand before the colon of rows that are named: `tag:good`; no column is called so."""

LABELS = "labels"
"""What stands before the name of a field in a column of the labels in force: `labels.intent`."""

ANSWERED_BY = ".by"
"""What stands behind such a name in the column that says who answered, null for nobody."""


@dataclass(frozen=True)
class ReadBatch:
    """Good rows of one source, as a reader yields them.

    Attributes:
        batch: The rows, with the input's own column names and types.
        positions: int64, shape (batch.num_rows,): where each row stands in the source. Line number
            (from 1) for line formats, row index (from 0) for tables, record number (from 0) for
            archives, 0 for a file that is one row.
        identity: The rows as written (same names, same length), where a reader decides the types
            itself: a row then stays the same row whatever type its column is read as. None where
            `batch` says it all.
    """

    batch: pa.RecordBatch
    positions: np.ndarray
    identity: pa.RecordBatch | None = None


@dataclass(frozen=True)
class BadRow:
    """Input that could not become a row: it goes to quarantine, never to the floor.

    Attributes:
        position: As in `ReadBatch.positions`; -1 where the whole source is meant.
        error: One sentence: what is wrong with it, and what would have been accepted.
        payload: The start of the offending bytes (at most 4 KiB), decoded leniently.
        identity: The row as in `ReadBatch.identity` (one row), where only a type speaks against it:
            a row that a dataset has already is known there, and not bad.
    """

    position: int
    error: str
    payload: str = ""
    identity: pa.RecordBatch | None = field(default=None, compare=False, repr=False)


class Rows(Protocol):
    """Read access to the columns of one version: what finders and selectors receive."""

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """All columns, computed ones included, by stored name."""
        ...

    def table(self, *names: str) -> pa.Table:
        """The named columns (as written in expressions), in row order, all rows.

        A column of the result carries the name it was asked for by.
        """
        ...

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        """The named columns of the rows at `indices` (int64, positions in row order)."""
        ...

    def neighbors(self, name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k other rows most similar to each row by a column of vectors, most similar first.

        Rows without a vector, or with one that is not finite, have no neighbors and are nobody's.

        Returns:
            `(indices, similarities)`, shape (n, k): int32 positions in row order, -1 where there
            are fewer than k; float32 cosines in [-1, 1], nan there.
        """
        ...

    def added(self) -> np.ndarray:
        """Which addition brought each row: int64, shape (n,), ascending, equal within one run.

        Additions whose record is not kept any more count as one, the first.
        """
        ...

    def beside(self, name: str) -> Rows | None:
        """Other rows of the same project; None where there are none of that name.

        Args:
            name: A dataset, `docs`, or a version of one, `docs@clean`; `@clean` is the newest
                edition (`clean`, `clean-2`, ...) of a version of the dataset that is being read.
        """
        ...


@dataclass(frozen=True)
class Fix:
    """What would remove the cause of a finding: a rule, a family of rules, or a selector to apply.

    Exactly one of `rule` (an expression; rows where it is true are kept), `use` (the name of a
    family of published rules, such as `gopher.quality`), `select` (the name of a selector, with
    `params`) and `tag` is set. A tag is for rows that it would be wrong to drop unseen: it keeps
    them together until a person has looked. `name` is what the rule is called in a recipe, where
    its text says little.
    """

    rule: str | None = None
    select: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    use: str | None = None
    name: str | None = None
    tag: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without the empty halves; of a rule, as an entry of a recipe's `rules:`."""
        if self.rule is not None:
            return {"name": self.name, "keep": self.rule} if self.name else {"keep": self.rule}
        if self.use is not None:
            return {"use": self.use}
        if self.tag is not None:
            return {"tag": self.tag}
        return {"select": self.select, **self.params}


@dataclass(frozen=True)
class Finding:
    """Something worth a look, found by a check.

    Attributes:
        check: Name of the finder.
        title: One calm line for a person, with the count in it.
        row_ids: The rows concerned, most telling first. Empty for a finding about a column.
        score: In [0, 1]; 1 is the most serious.
        evidence: JSON-ready values that let a person verify the finding.
        fix: The suggested fix, or None where only a person can decide.
        subject: What the finding is about beyond its rows (a column, a rule), part of its identity.
    """

    check: str
    title: str
    row_ids: Sequence[str]
    score: float
    evidence: Mapping[str, Any]
    fix: Fix | None = None
    subject: str = ""

    @property
    def key(self) -> str:
        """Hash of check, subject and row set: the same finding later has the same key."""
        h = hashlib.blake2b(digest_size=8)
        h.update(json.dumps([self.check, self.subject]).encode())
        for row_id in sorted(self.row_ids):
            h.update(row_id.encode())
        return h.hexdigest()


@dataclass(frozen=True)
class Selection:
    """The verdict of one selector on every row.

    Attributes:
        keep: bool array, shape (n,), no nulls.
        value: Array, shape (n,): what the verdict was based on (a similarity, a group, a count);
            null where nothing was measured.
        threshold: What `value` was held against, JSON-ready.
        reason: String or dictionary array, shape (n,): why a row was dropped, or chosen among
            others; null where there is nothing to say.
    """

    keep: pa.BooleanArray
    value: pa.Array
    threshold: Any
    reason: pa.Array


def has_text(schema: pa.Schema) -> bool:
    """Whether the column `text` is there, and holds texts."""
    return "text" in schema.names and pa.types.is_string(schema.field("text").type)


def readable(schema: pa.Schema) -> set[str]:
    """Names of the columns, without a `text` that holds no texts: what reads it cannot."""
    names = set(schema.names)
    return names if has_text(schema) else names - {"text"}


def signal_column(op: str, output: str) -> str:
    """Stored name of a signal: `text.stats` and `words` give `text_stats__words`."""
    return f"{op.replace('.', '_').replace('@', '_')}__{output}"
