"""One version of a dataset's table with its columns in memory, decoded and counted once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.errors import UsageError
from assay.project.view import expressions
from assay.project.view.columns import Column, describe_columns
from assay.project.view.counting import Binned, Coded, binned, coded, numbers
from assay.schema import LABELS
from assay.search.evaluation import below
from assay.search.expression import parse
from assay.search.names import Resolved, resolver
from assay.search.syntax import quote_name
from assay.store.table import Table

T = TypeVar("T")
CACHE_BYTES = 450_000_000
"""What the columns of one snapshot may take; the longest unused go first."""
_READ = ("values", "numbers", "binned", "coded", "weights", "ranks")
"""Kinds of what is kept that are named by the column they were read from."""
RANKS = 10_000
"""Values that stand for all of a column where one is ranked among them."""


class Snapshot:
    """A pinned version of a table. Row numbers are positions in it, over all source rows.

    Args:
        table: The table at its version.
        named: From the name of rows (`tag:good`) to which of all rows they are.
        before: An earlier one of the same rows: what it read of columns that are stored, and so
            are the same, is not read again.
    """

    def __init__(
        self,
        table: Table,
        named: Callable[[str], np.ndarray] | None = None,
        before: Snapshot | None = None,
    ) -> None:
        self._named = named
        self.table = table
        self.version = table.version
        self.edition = table.edition
        self.num_rows = table.num_rows
        self._lock = threading.RLock()
        self._cache: OrderedDict[tuple[str, str], tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        if before is not None and before.version == self.version:
            self._inherit(before)

    def edition_of(self, text: str) -> str:
        """What names all that a text speaks of for good: labels count where it may mean them."""
        fields = [column.name.rpartition(".")[2] for column in self.columns if column.op == LABELS]
        return self.edition if any(field in text for field in fields) else str(self.version)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns, input first as in the table."""
        return describe_columns(self.table)

    @cached_property
    def filled(self) -> frozenset[str]:
        """Stored names of the columns computed for some rows; others may be declared only."""
        return frozenset().union(*(piece.columns for piece in self.table.fragments()))

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def resolve(self) -> Callable[[str], Resolved]:
        """From a name in an expression to the column it means."""
        return resolver(self.table.schema, registry.ops())

    def column(self, name: str) -> Column:
        """The column that a name in an expression means.

        Raises:
            UsageError: There is none, or it is not computed yet.
        """
        if name in self._by_name:
            return self._by_name[name]
        found = self.resolve(name)
        if not found.present:
            raise UsageError(
                f"'{name}' is not computed yet.",
                remedy=f"assay compute {self.table.path.stem} {found.op}",
                name=name,
                op=found.op,
            )
        for column in self.columns:
            if column.stored == found.column and column.path == found.path:
                return column
            if column.stored == found.column and column.kind == "spans" and found.path:
                label = f"{column.label}: {found.path[0]}"
                signal = {"name": found.signal, "path": found.path, "type": pa.int64()}
                return replace(column, kind="number", label=label, **signal)
        raise UsageError(
            f"'{name}' has several fields.",
            allowed=", ".join(c.name for c in self.columns if c.stored == found.column),
        )

    def op_column(self, op: str, output: str) -> Column | None:
        """The first stored output of an op, whatever it is called."""
        for column in self.columns:
            if column.op == op and column.name.rpartition(".")[2] == output:
                return column
        return None

    def values(self, name: str) -> pa.Array | pa.ChunkedArray:
        """All values of a light column; kept in memory."""
        column = self.column(name)
        return self._cached("values", column.name, lambda: self._read(column), _arrow_bytes)

    def numbers(self, name: str) -> np.ndarray:
        """All values of a number, truth or date column as floats, nan where missing."""
        column = self.column(name)
        return self._cached(
            "numbers", column.name, lambda: self._numbers(column), lambda a: a.nbytes
        )

    def binned(self, name: str) -> Binned:
        """A number or date column in bins; the numbers themselves are not kept for it."""
        column = self.column(name)

        def build() -> Binned:
            known = self._cache.get(("numbers", column.name))
            return binned(known[0] if known else self._numbers(column))

        return self._cached("binned", column.name, build, lambda b: b.codes.nbytes)

    def coded(self, name: str) -> Coded:
        """A category, truth, list or spans column as codes."""
        column = self.column(name)
        return self._cached("coded", column.name, lambda: coded(self._read(column)), _coded_bytes)

    def counts(self, name: str, rows: str, mask: np.ndarray) -> tuple[np.ndarray, int]:
        """Rows a bin or a value of a column, and those without one, among the rows in `mask`.

        Args:
            name: The column.
            rows: What names these rows for good; the answer is kept under it.
            mask: bool, shape (num_rows,).
        """
        column = self.column(name)
        numeric = column.kind in ("number", "date")
        codes = self.binned(column.name) if numeric else self.coded(column.name)
        return self._cached(
            f"counts of {rows}", column.name, lambda: codes.count(mask), lambda c: c[0].nbytes
        )

    def weights(self, name: str) -> np.ndarray:
        """A number column with 0 for what is missing."""
        column = self.column(name)
        return self._cached(
            "weights",
            column.name,
            lambda: np.nan_to_num(self.numbers(column.name), posinf=0.0, neginf=0.0),
            lambda a: a.nbytes,
        )

    def standing(self, name: str, value: float) -> tuple[float, float] | None:
        """Percentile of a value among those that are there, and their median; None without any.

        Equal values share the middle of the percentiles they take up. Among more than `RANKS`
        values it is right to 100 / `RANKS` percent.
        """
        column = self.column(name)

        def build() -> tuple[np.ndarray, float]:
            known = self._cache.get(("numbers", column.name))
            values = known[0] if known else numbers(self._read(column))
            values = np.sort(values[~np.isnan(values)])
            median = float(np.median(values)) if len(values) else 0.0
            if len(values) > RANKS:
                at = np.linspace(0, len(values) - 1, RANKS + 1).round().astype(np.int64)
                values = values[at]
            return values, median

        ranks, median = self._cached("ranks", column.name, build, lambda r: r[0].nbytes)
        if not len(ranks):
            return None
        below, upto = (np.searchsorted(ranks, value, side) for side in ("left", "right"))
        return round(100.0 * (below + upto) / 2 / len(ranks), 2), median

    def row_set(self, name: str, find: Callable[[str], np.ndarray]) -> np.ndarray:
        """The rows of a set that never changes: bool, shape (num_rows,).

        Args:
            name: What names the set for good; the answer is kept under it.
            find: From the name to the mask, asked where it is not known yet.
        """
        packed = self._cached("rows", name, lambda: np.packbits(find(name)), lambda a: a.nbytes)
        return np.unpackbits(packed, count=self.num_rows).view(bool)

    def truth(self, text: str) -> np.ndarray:
        """Where an expression is true, over all rows: bool, shape (num_rows,).

        Raises:
            UsageError: It is no condition over these columns.
        """
        return np.unpackbits(self.truth_bits(text), count=self.num_rows).view(bool)

    def truth_bits(self, text: str) -> np.ndarray:
        """As `truth`, packed: uint8, shape (ceil(num_rows / 8),), not to be written to."""
        sets = self._sets(text)
        return self._cached(
            "truth",
            _key(text, sets),
            lambda: np.packbits(expressions.truth(self, text, sets)),
            lambda a: a.nbytes,
        )

    def check(self, text: str) -> None:
        """Refuse an expression that is no condition over these columns.

        Raises:
            UsageError: With the place of the mistake.
        """
        expressions.check(self, text)

    def numbers_of(self, text: str) -> np.ndarray:
        """The values of an expression that is a number, as floats with nan where missing."""
        names = expressions.names_of(self, text)
        if len(names) == 1 and parse(text).describe() == quote_name(names[0]):
            return self.numbers(names[0])
        sets = self._sets(text)
        return self._cached(
            "numbers of",
            _key(text, sets),
            lambda: numbers(expressions.values_of(self, text, sets)),
            lambda a: a.nbytes,
        )

    def binned_of(self, text: str) -> Binned:
        """The values of an expression that is a number, in bins."""
        names = expressions.names_of(self, text)
        if len(names) == 1 and parse(text).describe() == quote_name(names[0]):
            return self.binned(names[0])
        key = _key(text, self._sets(text))
        return self._cached(
            "binned of", key, lambda: binned(self.numbers_of(text)), lambda b: b.codes.nbytes
        )

    def indices_of(self, ids: Iterable[str]) -> np.ndarray:
        """Row numbers (int64) of the rows with these ids, in their order; unknown ids left out."""
        wanted = list(ids)
        if not wanted:
            return np.empty(0, np.int64)
        if len(wanted) == 1:
            found = self.table.find("id", wanted[0])
            return np.array([] if found is None else [found], np.int64)
        place = self.places_of(wanted)
        return np.array([place[row_id] for row_id in wanted if row_id in place], np.int64)

    def places_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Row numbers by id, of those ids that are there."""
        if not ids:
            return {}
        # All ids are looked up among the few, not the few in a table of all.
        found = pc.index_in(self._ids(), value_set=pa.array(ids, pa.string()))
        rows = np.flatnonzero(np.asarray(found.is_valid()))
        known = np.asarray(found.take(pa.array(rows)))
        return {ids[place]: int(row) for place, row in zip(known, rows, strict=True)}

    def valid_rows(self, rows: Iterable[Any]) -> np.ndarray:
        """Row numbers as int64, each once and ascending.

        Raises:
            UsageError: One is no row number of this table.
        """
        numbers = list(rows)
        for row in numbers:
            if type(row) is not int or not 0 <= row < self.num_rows:
                raise UsageError(f"{row!r} is no row number.", allowed=f"0 to {self.num_rows - 1}")
        return np.unique(np.array(numbers, np.int64))

    def rows_with(self, stored: str, value: str) -> np.ndarray:
        """Row numbers (int64, ascending) of the rows with that value of a light text column."""
        return np.flatnonzero(np.asarray(pc.equal(self.values(stored), value).fill_null(False)))

    def id_array(self, rows: np.ndarray) -> pa.Array:
        """Ids of the rows at `rows`, in Arrow: there may be a million."""
        return self._ids().take(pa.array(rows))

    def ids_of(self, rows: np.ndarray) -> list[str]:
        """Ids of the rows at `rows`."""
        if len(rows) > 1000:
            return list(self.id_array(rows).to_pylist())
        return [row["id"] for row in self.take(rows, ["id"]).to_pylist()]

    def take(self, rows: np.ndarray, stored: list[str]) -> pa.Table:
        """Stored columns of the rows at `rows`, in that order."""
        unique, inverse = np.unique(np.asarray(rows, np.int64), return_inverse=True)
        return self.table.take(unique, stored).take(pa.array(inverse))

    def _ids(self) -> pa.Array:
        column = self.values("id")
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _read(self, column: Column) -> pa.ChunkedArray:
        found = self.table.read([column.stored]).column(0)
        return below(found, column.path)

    def _numbers(self, column: Column) -> np.ndarray:
        found = self._read(column)
        return numbers(found if column.form is None else column.form.moments(found))

    def _sets(self, text: str) -> dict[str, pa.Array]:
        """The rows that an expression names, as columns of truth."""
        found = {}
        for rows in parse(text).row_sets:
            # A stored selection is what it is; tags, findings and views change.
            fixed = rows.kind == "selection"
            true = self.row_set(str(rows), self._meant) if fixed else self._meant(str(rows))
            found[str(rows)] = pa.array(true)
        return found

    def _meant(self, name: str) -> np.ndarray:
        if self._named is None:
            raise UsageError(f"No rows are called '{name}' here.")
        true = self._named(name)[: self.num_rows]
        return np.pad(true, (0, self.num_rows - len(true)))

    def _inherit(self, before: Snapshot) -> None:
        """Take over what says nothing about columns that are derived."""
        stored = {column.name for column in self.columns if column.op != LABELS}
        with before._lock:
            kept = {k: v for k, v in before._cache.items() if k[0] in _READ and k[1] in stored}
        self._cache.update(kept)
        self._bytes = sum(size for _, size in kept.values())

    def _cached(self, kind: str, name: str, build: Callable[[], T], size: Callable[[T], int]) -> T:
        with self._lock:
            key = (kind, name)
            if key in self._cache:
                self._cache.move_to_end(key)
                found: T = self._cache[key][0]
                return found
            value = build()
            taken = int(size(value))
            self._cache[key] = (value, taken)
            self._bytes += taken
            while self._bytes > CACHE_BYTES and len(self._cache) > 1:
                _, (_, freed) = self._cache.popitem(last=False)
                self._bytes -= freed
            return value


def _key(text: str, sets: Mapping[str, pa.Array]) -> str:
    """What an expression means now: what is tagged or found may change."""
    digest = blake2b(digest_size=8)
    for true in sets.values():
        digest.update(np.packbits(np.asarray(true)).tobytes())
    return parse(text).describe() + (f" {digest.hexdigest()}" if sets else "")


def _arrow_bytes(column: pa.Array | pa.ChunkedArray) -> int:
    return int(column.nbytes)


def _coded_bytes(column: Coded) -> int:
    rows = 0 if column.rows is None else column.rows.nbytes
    return int(column.codes.nbytes + rows + 100 * len(column.values))
