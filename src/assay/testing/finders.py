"""What every finder must do, as a test that a plug-in can call, and rows to call it on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.registry import Finder, Op
from assay.schema import Finding, Rows, signal_column
from assay.search.evaluation import below
from assay.search.names import Resolved, resolve
from assay.search.neighbors import neighbors_of


class MemoryRows:
    """`Rows` over a table in memory, for tests.

    Args:
        table: Columns by stored name. Needs at least `id`; `with_signals` adds computed columns.
        others: What `beside` gives, by name.
        added: What `added` gives; by default all rows came at once.
    """

    def __init__(
        self,
        table: pa.Table,
        others: Mapping[str, Rows] | None = None,
        added: Sequence[int] | None = None,
    ) -> None:
        self._table = table
        self._others = others or {}
        self._added = np.zeros(table.num_rows, np.int64) if added is None else np.array(added)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return int(self._table.num_rows)

    @property
    def schema(self) -> pa.Schema:
        """All columns by stored name."""
        return self._table.schema

    def table(self, *names: str) -> pa.Table:
        """The named columns in row order; each under the name it was asked for by."""
        columns = [self._column(resolve(name, self.schema, registry.ops())) for name in names]
        return pa.table(columns, names=list(names))

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        """The named columns of the rows at `indices`."""
        return self.table(*names).take(pa.array(np.asarray(indices, np.int64)))

    def neighbors(self, name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows most similar to each row."""
        found = neighbors_of(self.table(name).column(0), k)
        return found.rows, found.similarities

    def added(self) -> np.ndarray:
        """Which addition brought each row."""
        return self._added

    def beside(self, name: str) -> Rows | None:
        """Other rows of the same project."""
        return self._others.get(name)

    def _column(self, found: Resolved) -> pa.ChunkedArray:
        if not found.present:
            raise UsageError(
                f"'{found.signal}' is not computed yet.", remedy="add it with with_signals"
            )
        column = self._table.column(found.column)
        return below(column, found.path)


def with_signals(table: pa.Table, *ops: str | tuple[str, Mapping[str, Any]]) -> pa.Table:
    """The table with the columns that ops compute, stored as a dataset stores them.

    Args:
        table: Input columns.
        ops: Names of ops, or names with parameters.
    """
    for called in ops:
        name, params = (called, {}) if isinstance(called, str) else called
        op: Op = registry.get("op", name)
        given = dict(params)
        batch = pa.RecordBatch.from_arrays(
            [table.column(c).combine_chunks() for c in op.inputs], names=list(op.inputs)
        )
        if op.fit is not None:
            given["state"] = op.fit([batch], **params)
        computed = op.fn(batch, **given)
        for output, column in zip(computed.schema.names, computed.columns, strict=True):
            stored = pa.field(signal_column(name, output), column.type).with_metadata(
                {"assay.op": name, "assay.name": f"{name}.{output}"}
            )
            table = table.append_column(stored, column)
    return table


def check_finder(finder: Finder, rows: Rows, **params: Any) -> list[Finding]:
    """Check a finder against its contract, on the dataset given and on an empty one like it.

    Checked: findings name the finder and rows that exist, each once; scores are in [0, 1]; titles
    are one line; evidence and fix are JSON; no two findings have the same key; the same data give
    the same findings in the same order; a dataset without rows gives none.

    Args:
        finder: What `registry.get("finder", name)` gives.
        rows: A dataset with the columns and signals it reads.
        params: Parameters of the finder.

    Returns:
        The findings on `rows`, for further assertions.

    Raises:
        AssertionError: The contract is broken; the message says where.
    """
    found = list(finder.fn(rows, **params))
    known = set(rows.table("id").column("id").to_pylist())
    for finding in found:
        _check_finding(finding, finder, known)
    keys = [finding.key for finding in found]
    assert len(keys) == len(set(keys)), f"{finder.name}: two findings have the same key"
    again = list(finder.fn(rows, **params))
    assert _plain(found) == _plain(again), f"{finder.name}: a second run finds something else"
    empty = MemoryRows(rows.schema.empty_table())
    nothing = list(finder.fn(empty, **params))
    assert nothing == [], f"{finder.name}: finds {nothing[0].title!r} in no rows"
    return found


def _check_finding(finding: Finding, finder: Finder, known: set[str]) -> None:
    where = f"{finder.name}: {finding.title!r}"
    assert finding.check == finder.name, f"{where} says its check is {finding.check!r}"
    assert 0.0 <= finding.score <= 1.0, f"{where} has the score {finding.score}"
    assert finding.title and "\n" not in finding.title, f"{where} is not one line"
    ids = list(finding.row_ids)
    assert len(ids) == len(set(ids)), f"{where} names a row twice"
    assert set(ids) <= known, f"{where} names rows that do not exist"
    json.dumps(finding.evidence, allow_nan=False)
    if finding.fix is not None:
        given = [finding.fix.rule, finding.fix.select, finding.fix.use, finding.fix.tag]
        assert sum(half is not None for half in given) == 1, f"{where} has an unclear fix"
        json.dumps(finding.fix.to_dict(), allow_nan=False)


def _plain(found: list[Finding]) -> list[Any]:
    return [
        [f.check, f.title, list(f.row_ids), f.score, json.dumps(f.evidence), f.fix, f.subject]
        for f in found
    ]
