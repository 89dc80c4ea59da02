"""A recipe's rules judged: the verdict of every rule on every row.

    keep: EXPR      rows on which EXPR is true stay; false and unknown (a missing value) drop
    drop: EXPR      rows on which EXPR is true drop; false and unknown stay
    keep: tag:NAME  rows in a row set (see `rowset`), as it was when read; drop likewise
    use: FAMILY     the keep rules of a published family, such as gopher.quality@datatrove
    select: NAME    a selector, with its parameters

Expressions judge every row, whatever other rules say of it. Selectors compare rows with each other,
so one is asked only about the rows that all rules before it keep: the best of a group of duplicates
must not be a row that is gone already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.errors import AssayError, UsageError
from assay.schema import Rows, Selection
from assay.search import syntax
from assay.search.expression import Expression, batches, bind, evaluator
from assay.search.names import resolver
from assay.search.neighbors import neighbors_of
from assay.select.compiled import CompiledRule, compile_rules
from assay.select.conditions import column, evidence
from assay.select.explain import RuleVerdict, explain_row
from assay.select.rowset import Reading, RowSet

__all__ = [
    "CompiledRule",
    "RuleVerdict",
    "Verdicts",
    "ask",
    "compile_rules",
    "explain_row",
    "judge",
]

KEPT_TEXT = 200
"""Characters of a text that `value:` columns hold: enough to recognize it."""


@dataclass(frozen=True)
class Verdicts:
    """What all rules say about all rows.

    Attributes:
        rules: The rules, in order.
        keep: bool, shape (n,), no nulls: whether all rules keep the row.
        dropped_by: dictionary<int32, string>, shape (n,): the first rule that drops the row; null
            where it is kept.
        table: n rows: `id`, `keep`, `dropped_by`; for each rule `rule:<name>` (bool, true = keeps;
            null where a selector was not asked because an earlier rule drops the row); for each
            column that rules read `value:<stored column>` (texts cut at 200 characters); for each
            computed side of a condition, and each pattern, `value:<as written>`; for each selector
            `value:<rule>` and `reason:<rule>`. In these names "." is written "%2E" and "%" "%25"
            (see `conditions.column`), because the store allows no dots.
        thresholds: What each selector's values were held against, and what each row set meant, by
            rule; by its text where it is part of an expression.
    """

    rules: tuple[CompiledRule, ...]
    keep: pa.BooleanArray
    dropped_by: pa.DictionaryArray
    table: pa.Table
    thresholds: Mapping[str, Any]

    @property
    def kept(self) -> int:
        """How many rows all rules keep."""
        return int(pc.sum(self.keep).as_py() or 0)

    def dropped(self) -> dict[str, int]:
        """Rows by the first rule that drops them; together with `kept` these are all rows."""
        first = self.dropped_by.indices.drop_null().to_numpy()
        counts = np.bincount(first, minlength=len(self.rules))
        return {rule.name: int(n) for rule, n in zip(self.rules, counts, strict=True)}

    def failing(self) -> dict[str, int]:
        """Rows that each rule drops, whatever the other expressions say of them."""
        counts = {}
        for rule in self.rules:
            passes = self.table[column("rule", rule.name)]
            counts[rule.name] = int(pc.sum(pc.invert(passes)).as_py() or 0)
        return counts


def judge(
    rules: Sequence[CompiledRule], rows: Rows, readings: Mapping[str, Reading] | None = None
) -> Verdicts:
    """The verdict of every rule on every row.

    Args:
        rules: From `compile_rules`.
        rows: The rows; every signal that `rules` name or need is computed.
        readings: What row sets in `rules` mean, by their text without `not` (`tag:good`).

    Raises:
        UsageError: A name is unknown, kinds do not fit, or nobody read a row set.
    """
    known = readings or {}
    names = list(dict.fromkeys(n for rule in rules if rule.expression for n in rule.names))
    table = rows.table(*dict.fromkeys(("id", *[name for name in names if name not in known])))
    for name in names:
        if name in known:  # as it is recorded, whatever it means a moment later
            table = table.append_column(name, pa.array(known[name].true))
    passes, values = _judge_expressions(rules, table)
    values = {**_columns_read(names, table, rows.schema), **values}
    alive = np.ones(table.num_rows, bool)
    first = np.full(table.num_rows, -1, np.int32)
    thresholds: dict[str, Any] = {name: known[name].note() for name in names if name in known}
    for rule in rules:
        if rule.rowset is not None:
            reading = _reading(rule.rowset, known)
            thresholds[rule.name] = reading.note()
            drops = rule.rowset.negated == (rule.kind == "keep")
            passes[rule.name] = pa.array(reading.true ^ drops)
    for index, rule in enumerate(rules):
        if rule.kind == "select":
            selection, place = ask(rule, rows, alive)
            passes[rule.name] = pc.take(selection.keep, place)
            values[column("value", rule.name)] = pc.take(selection.value, place)
            values[column("reason", rule.name)] = pc.take(selection.reason, place)
            thresholds[rule.name] = selection.threshold
        fails = ~np.asarray(pc.fill_null(passes[rule.name], True))
        first[alive & fails] = index
        alive &= ~fails
    dropped_by = pa.DictionaryArray.from_arrays(
        pa.array(first, mask=first < 0), pa.array([rule.name for rule in rules], pa.string())
    )
    keep = pa.array(alive)
    verdicts = {column("rule", rule.name): passes[rule.name] for rule in rules}
    judged = {"id": table["id"], "keep": keep, "dropped_by": dropped_by, **verdicts, **values}
    return Verdicts(tuple(rules), keep, dropped_by, pa.table(judged), thresholds)


def _reading(rowset: RowSet, readings: Mapping[str, Reading]) -> Reading:
    text = str(rowset.plain)
    if text not in readings:
        raise UsageError(
            f"'{rowset}' cannot be read here.",
            remedy="row sets are known to a dataset of a project: curate there",
        )
    return readings[text]


def _judge_expressions(
    rules: Sequence[CompiledRule], table: pa.Table
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Where each expression rule keeps the row, by rule; and the evidence, by column."""
    wanted: dict[str, Expression] = {}
    truths: dict[str, Expression] = {}
    for rule in rules:
        if rule.expression is None:
            continue
        bound = bind(rule.expression, table.schema, truth=True)
        truths[rule.name] = bound
        for part in evidence(bound.root):
            name = column("value", syntax.describe(part))
            wanted[name] = Expression(bound.text, part, bound.bindings)
    todo = [*truths.values(), *wanted.values()]
    bindings = [binding for expression in truths.values() for binding in expression.bindings]
    found: list[list[pa.Array]] = [[] for _ in todo]
    for batch in batches(table, list(dict.fromkeys(b.column for b in bindings))):
        # One evaluator for all rules: columns, and parts that rules share, are computed once.
        compute = evaluator(batch, bindings, share=tuple(wanted.values()))
        for chunks, expression in zip(found, todo, strict=True):
            chunks.append(compute(expression))
    arrays = [pa.concat_arrays(chunks) for chunks in found]
    passes = {}
    kinds = {rule.name: rule.kind for rule in rules}
    for name, truth in zip(truths, arrays, strict=False):
        true = pc.fill_null(truth.cast(pa.bool_()), False)
        passes[name] = true if kinds[name] == "keep" else pc.invert(true)
    return passes, dict(zip(wanted, arrays[len(truths) :], strict=True))


def _columns_read(
    names: Sequence[str], table: pa.Table, schema: pa.Schema
) -> dict[str, pa.ChunkedArray]:
    """`value:` columns: what the rules read, each stored column once."""
    resolve = resolver(schema, registry.ops())
    found = {}
    for name in names:
        values = table[name]
        if pa.types.is_string_view(values.type):
            values = values.cast(pa.large_string())
        if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
            values = values.cast(pa.timestamp("us", values.type.tz), safe=False)  # as it was judged
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            values = pc.utf8_slice_codeunits(values, 0, KEPT_TEXT)
        found[column("value", resolve(name).stored)] = values
    return found


def ask(rule: CompiledRule, rows: Rows, alive: np.ndarray) -> tuple[Selection, pa.Array]:
    """Ask a selector about the rows still alive, and say where each row stands in its answer.

    Args:
        rule: One of the kind "select".
        rows: All rows.
        alive: bool a row: those to ask about.

    Returns:
        The answer, and int64 a row: its place in the answer, null where it was not asked about.
    """
    found = registry.get("selector", str(rule.selector))
    asked = np.flatnonzero(alive)
    some = rows if len(asked) == rows.num_rows else _Some(rows, asked)
    selection: Selection = found.fn(some, **rule.params)
    if len(selection.keep) != len(asked):
        raise AssayError(
            f"The selector '{found.name}' gave {len(selection.keep):,} verdicts "
            f"for {len(asked):,} rows.",
            where=found.fn.__module__,
            remedy="it has to answer for every row it is given",
        )
    place = np.zeros(len(alive), np.int64)
    place[asked] = np.arange(len(asked))
    return selection, pa.array(place, mask=~alive)


@dataclass(frozen=True)
class _Some:
    """Some of the rows, as Rows."""

    rows: Rows
    indices: np.ndarray

    @property
    def num_rows(self) -> int:
        return len(self.indices)

    @property
    def schema(self) -> pa.Schema:
        return self.rows.schema

    def table(self, *names: str) -> pa.Table:
        return self.rows.take(self.indices, *names)

    def take(self, indices: np.ndarray, *names: str) -> pa.Table:
        return self.rows.take(self.indices[indices], *names)

    def neighbors(self, name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
        found = neighbors_of(self.table(name).column(0), k)
        return found.rows, found.similarities

    def added(self) -> np.ndarray:
        return np.asarray(self.rows.added()[self.indices])

    def beside(self, name: str) -> Rows | None:
        return self.rows.beside(name)
