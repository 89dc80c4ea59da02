"""What can be wrong with a column, one function a question.

Each takes a `Column` and returns a `Problem` or None.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.insight import _damage as damage
from assay.insight.reading import flags
from assay.insight.severity import DAMAGE, MIXED_VALUES, USELESS_COLUMN, severity
from assay.insight.wording import count, percent, snippet
from assay.store.values import python_values

MISSING = 0.9
"""A column with at least this share of missing values is mostly missing."""
DOMINATED = 0.99
"""A column where one value has at least this share of the values there are says nearly nothing."""
REGULAR = 0.9
"""A text column where at least this share of values are numbers (dates, ...) is one of numbers."""

_EMPTY = np.zeros(0, np.int64)
_KINDS = {
    "numbers": r"^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$",
    "dates": r"^\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"(?:Z|[-+]\d{2}:?\d{2})?)?\s*$",
    "true or false": r"(?i)^\s*(?:true|false)\s*$",
}
_ONE = {"numbers": "a number", "dates": "a date", "true or false": "true or false"}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a column.

    Attributes:
        kind: One word or two, for machines.
        text: What a person reads after the name of the column, counts included.
        score: As `severity` gives it.
        evidence: JSON-ready.
        rows: int64: the exceptional rows; none where the whole column is meant.
    """

    kind: str
    text: str
    score: float
    evidence: dict[str, Any]
    rows: np.ndarray = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True)
class Column:
    """A column and what several questions ask of it, worked out once."""

    name: str
    values: pa.Array

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.values)

    @cached_property
    def is_text(self) -> bool:
        """Whether it holds strings."""
        kind = self.values.type
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    @cached_property
    def present(self) -> np.ndarray:
        """bool, shape (n,): neither null nor NaN nor blank."""
        there: np.ndarray = np.array(self.values.is_valid(), bool)
        if self.is_text:
            there &= flags(pc.match_substring_regex(self.values, r"[^\pZ\s]"))
        if pa.types.is_floating(self.values.type):
            there &= ~flags(pc.is_nan(self.values))
        if pa.types.is_list(self.values.type) or pa.types.is_large_list(self.values.type):
            there &= np.asarray(self.values.value_lengths().fill_null(0)) > 0
        return there

    @cached_property
    def filled(self) -> int:
        """How many values are present."""
        return int(self.present.sum())

    @cached_property
    def coded(self) -> tuple[np.ndarray, pa.Array, np.ndarray]:
        """Code of each row (-1 where missing), the distinct values, and the count of each."""
        kept = self.values.filter(pa.array(self.present)).dictionary_encode()
        codes = np.full(self.n, -1, np.int64)
        codes[self.present] = np.asarray(kept.indices, np.int64)
        counts = np.bincount(codes[self.present], minlength=len(kept.dictionary))
        return codes, kept.dictionary, counts

    @property
    def countable(self) -> bool:
        """Whether values can be compared for equality."""
        return not pa.types.is_nested(self.values.type)

    def fingerprint(self) -> str | None:
        """Equal for columns with equal values in all rows; None where that is not asked."""
        if not self.countable or self.filled == 0 or len(self.coded[1]) < 2:
            return None
        codes, distinct, _ = self.coded
        h = hashlib.blake2b(digest_size=16)
        h.update(str(self.values.type).encode())
        h.update(codes.tobytes())  # codes are numbered by first appearance
        for value in python_values(distinct):
            h.update(repr(value).encode("utf-8", "surrogatepass") + b"\0")
        return h.hexdigest()


def missing(column: Column) -> Problem | None:
    """Empty, or nearly."""
    gone = column.n - column.filled
    if gone < MISSING * column.n:
        return None
    if gone == column.n:
        return Problem("empty", "is empty", severity(USELESS_COLUMN, 1, 1), {"missing": gone})
    text = f"{gone:,} of {count(column.n, 'value')} are missing ({percent(gone, column.n)})"
    return Problem(
        "mostly missing", text, severity(USELESS_COLUMN, gone, column.n), {"missing": gone}
    )


def one_value(column: Column) -> Problem | None:
    """Constant, or dominated by one value."""
    if not column.countable or column.filled < 2:
        return None
    codes, distinct, counts = column.coded
    top = int(np.argmax(counts))
    held = int(counts[top])
    if held < DOMINATED * column.filled:
        return None
    shown = _shown(distinct, top)
    evidence = {"value": shown, "rows_with_value": held, "values": column.filled}
    score = severity(USELESS_COLUMN, held, column.n)
    if len(distinct) == 1:
        if column.filled < column.n:  # present or not is information: a flag written as "yes" or ""
            return None
        return Problem("constant", f'is "{shown}" in all {count(column.n, "row")}', score, evidence)
    others = np.flatnonzero((codes >= 0) & (codes != top))
    text = f'is "{shown}" in {percent(held, column.filled)} of {count(column.filled, "value")}'
    return Problem("dominated", text, score, evidence | {"others": len(others)}, others)


def mixed(column: Column) -> Problem | None:
    """Numbers, dates or truth values kept as text, with exceptions among them."""
    if not column.is_text or column.filled < 2:
        return None
    codes, distinct, counts = column.coded
    for kind, pattern in _KINDS.items():
        regular = flags(pc.match_substring_regex(distinct, pattern))
        fits = int(counts[regular].sum())
        if not REGULAR * column.filled <= fits < column.filled:
            continue
        odd = np.flatnonzero(~regular)
        odd = odd[np.lexsort((odd, -counts[odd]))]
        rows = np.flatnonzero((codes >= 0) & ~regular[codes])
        text = (
            f"{count(len(rows), 'value')} of {column.filled:,} "
            f"{f'is not {_ONE[kind]}' if len(rows) == 1 else f'are not {kind}'}"
        )
        values = [{"value": _shown(distinct, i), "rows": int(counts[i])} for i in odd[:10]]
        evidence = {"expected": kind, "values": column.filled, "exceptions": values}
        score = severity(MIXED_VALUES, len(rows), column.filled)
        return Problem("mixed", text, score, evidence, rows)
    return None


def variants(column: Column) -> Problem | None:
    """Values that differ only in case or white space, in a column that looks like categories."""
    if not column.is_text:
        return None
    codes, distinct, counts = column.coded
    if not 2 <= len(distinct) <= min(1000, column.filled // 2):
        return None
    groups: dict[str, list[int]] = {}
    for i, value in enumerate(distinct.to_pylist()):
        groups.setdefault(" ".join(value.split()).casefold(), []).append(i)
    split = [sorted(g, key=lambda i: (-counts[i], i)) for g in groups.values() if len(g) > 1]
    if not split:
        return None
    minor = np.array([i for g in split for i in g[1:]])
    rows = np.flatnonzero(np.isin(codes, minor))
    split.sort(key=lambda g: (-int(counts[g[1:]].sum()), g[0]))
    examples = [
        [{"value": repr(distinct[i].as_py())[:80], "rows": int(counts[i])} for i in g[:5]]
        for g in split[:10]
    ]
    spelled = count(len(split), "value is", "values are")
    text = f"{spelled} written in several ways (case or spaces), in {count(len(rows), 'row')}"
    score = severity(MIXED_VALUES, len(rows), column.n)
    return Problem("variants", text, score, {"values": examples}, rows)


def damaged(column: Column) -> Problem | None:
    """Characters lost or misread on the way: U+FFFD and mojibake."""
    if not column.is_text:
        return None
    rows = np.flatnonzero(damage.lost(column.values) | damage.misread(column.values))
    if len(rows) == 0:
        return None
    text = f"{count(len(rows), 'value')} of {column.n:,} with damaged characters"
    shown = [_shown(column.values, i) for i in rows[:10]]
    examples = [{"value": value, "meant": damage.repaired(value)} for value in shown]
    score = severity(DAMAGE, len(rows), column.n)
    return Problem("damaged", text, score, {"damaged": len(rows), "examples": examples}, rows)


Test = Callable[[Column], Problem | None]
TESTS: tuple[Test, ...] = (missing, one_value, mixed, variants, damaged)


def _shown(values: pa.Array, i: int) -> str:
    return snippet(str(python_values(values.slice(i, 1))[0]), limit=80)
