"""Rules over attributes that describe some rows among others: female, and 40 to 60."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.search.syntax import quote, quote_name

VALUES = 50
"""Values of a text column up to which it is an attribute and not a text or an id."""
_CONDITIONS = 4
_COVERED = 0.7  # of the rows described that a condition must hold for
_CHANCE = 0.0005  # that it says nothing, over all columns
_LIFT = 1.25  # how much rarer it must be among the others
_ENDS = (0.05, 0.95)  # a range leaves out the ends: one odd row is no description


@dataclass(frozen=True)
class Rule:
    """A description of rows.

    Attributes:
        rule: An expression: conditions joined by `and`.
        covers: In [0, 1]: share of the rows described for which it holds.
        elsewhere: In [0, 1]: share of the other rows for which it holds.
    """

    rule: str
    covers: float
    elsewhere: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"rule": self.rule, "covers": self.covers, "elsewhere": self.elsewhere}


@dataclass(frozen=True)
class _Condition:
    text: str
    column: str
    holds: np.ndarray


class Attributes:
    """Columns of a table that may describe its rows: numbers, flags, and texts of few values.

    Args:
        table: Columns by the names they have in expressions.
    """

    def __init__(self, table: pa.Table) -> None:
        self._rows = table.num_rows
        self._numbers: dict[str, np.ndarray] = {}
        self._values: dict[str, tuple[np.ndarray, list[Any]]] = {}
        for name in table.column_names:
            column = table.column(name).combine_chunks()
            kind = column.type
            if pa.types.is_boolean(kind) or pa.types.is_string(kind):
                coded = pc.dictionary_encode(column)
                if isinstance(coded, pa.ChunkedArray):
                    coded = coded.combine_chunks()
                values = coded.dictionary.to_pylist()
                if 2 <= len(values) <= VALUES:
                    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
                    self._values[name] = (codes.astype(np.int64), values)
            elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
                self._numbers[name] = (
                    column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
                )

    def describe(self, inside: np.ndarray) -> list[Rule]:
        """The conditions that hold for most of the rows and few of the others, joined greedily.

        Args:
            inside: bool, shape (n,): the rows to describe.

        Returns:
            At most one rule of at most four conditions; none where nothing tells the rows apart.
        """
        chosen: list[_Condition] = []
        holds = np.ones(self._rows, bool)
        if not inside.any() or inside.all():
            return []
        while len(chosen) < _CONDITIONS:
            used = {condition.column for condition in chosen}
            best = self._best(inside, holds, used)
            if best is None:
                break
            chosen.append(best)
            holds = holds & best.holds
        if not chosen:
            return []
        return [
            Rule(
                " and ".join(condition.text for condition in chosen),
                round(float(holds[inside].mean()), 4),
                round(float(holds[~inside].mean()), 4),
            )
        ]

    def _best(self, inside: np.ndarray, holds: np.ndarray, used: set[str]) -> _Condition | None:
        """The condition that adds most: rows of others ruled out, less rows described lost."""
        best, gained = None, 0.0
        others = holds & ~inside
        for condition in self._conditions(inside, used):
            both = holds & condition.holds
            covers = float(both[inside].mean())
            left = (others & condition.holds).sum() / max(1, others.sum())
            before = float(holds[inside].mean())
            if covers < _COVERED or left * _LIFT > covers / before:
                continue
            held, rows = int(both[inside].sum()), int(holds[inside].sum())
            if condition.column in self._numbers:  # two of the rows are the ends of the range
                held, rows = held - 2, rows - 2
            if held < 1 or self._chance(held, rows, left) > _CHANCE:
                continue
            gain = covers / before - left
            if gain > gained:
                best, gained = condition, gain
        return best

    def _chance(self, held: int, rows: int, elsewhere: float) -> float:
        """How often one of the columns would hold for so many of the rows if none told anything.

        The upper tail of the binomial with the share of the others, times the columns looked at.
        """
        rate = min(max(elsewhere, 1e-12), 1 - 1e-12)
        logs = [
            lgamma(rows + 1)
            - lgamma(k + 1)
            - lgamma(rows - k + 1)
            + k * log(rate)
            + (rows - k) * log1p(-rate)
            for k in range(held, rows + 1)
        ]
        tail = sum(exp(each) for each in logs)
        return tail * (len(self._values) + len(self._numbers))

    def _conditions(self, inside: np.ndarray, used: set[str]) -> list[_Condition]:
        found = []
        for name, (codes, values) in self._values.items():
            if name in used:
                continue
            counts = np.bincount(codes[inside & (codes >= 0)], minlength=len(values))
            most = int(counts.argmax())
            if counts[most]:
                text = f"{quote_name(name)} == {quote(values[most])}"
                found.append(_Condition(text, name, codes == most))
        for name, numbers in self._numbers.items():
            here = numbers[inside & np.isfinite(numbers)]
            if name in used or len(here) == 0:
                continue
            low, high = np.quantile(here, _ENDS, method="inverted_cdf")
            shown = quote_name(name)
            text = (
                f"{shown} == {_number(low)}"
                if low == high
                else f"{shown} >= {_number(low)} and {shown} <= {_number(high)}"
            )
            with np.errstate(invalid="ignore"):
                found.append(_Condition(text, name, (numbers >= low) & (numbers <= high)))
        return found


def _number(value: float) -> str:
    return quote(int(value) if float(value).is_integer() else float(value))
