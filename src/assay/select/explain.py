"""Why a rule keeps or drops one row, as values and as a plain sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.search import syntax as s
from assay.search.expression import Expression, bind, evaluator
from assay.search.names import Resolved, resolver
from assay.select.compiled import CompiledRule
from assay.select.conditions import column, conditions, recalled, subject
from assay.select.rowset import RowSet
from assay.select.rowset import sentence as sentence_of_rows
from assay.select.sentences import sentence, shown_threshold

_SPANS = pa.list_(pa.struct([("label", pa.string())]))


@dataclass(frozen=True)
class RuleVerdict:
    """The verdict of one rule on one row.

    Attributes:
        rule: Its name.
        value: What it looked at: a scalar; `{name: value}` where several names are compared.
        threshold: What that was held against: a number, [low, high], a list, a string, or the
            expression's text where there are several conditions.
        verdict: "keep" or "drop".
        reason: One plain sentence.
    """

    rule: str
    value: Any
    threshold: Any
    verdict: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "rule": self.rule,
            "value": self.value,
            "threshold": self.threshold,
            "verdict": self.verdict,
            "reason": self.reason,
        }


def explain_row(
    rules: Sequence[CompiledRule],
    row: Mapping[str, Any],
    *,
    thresholds: Mapping[str, Any] | None = None,
) -> list[RuleVerdict]:
    """Why each rule keeps or drops a row.

    Args:
        rules: From `compile_rules`.
        row: The row's values by column name, or a row of `Verdicts.table`. Verdicts found in it
            (`rule:<name>`) are taken as they stand; expressions without one are evaluated. A value
            that is missing from the row counts as null.
        thresholds: `Verdicts.thresholds`; without it a selector's own parameters are given.

    Returns:
        One verdict a rule, in order. A selector without a verdict in `row` is left out of account:
        it is kept, and the reason says that it was not asked.
    """
    facts = _Facts(row)
    found = []
    for rule in rules:
        if rule.expression is not None:
            found.append(_explain_expression(rule, rule.expression, row, facts))
        elif rule.rowset is not None:
            found.append(_explain_rowset(rule, rule.rowset, row, (thresholds or {}).get(rule.name)))
        else:
            found.append(_explain_selector(rule, row, thresholds or {}))
    return found


class _Facts:
    """Values of expressions on one row."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        prefix = "value:"
        # A row of verdicts has its columns as evidence; a plain row has them as they are.
        stored = {k: v for k, v in row.items() if not k.startswith(("rule:", "reason:"))}
        for key in list(stored):
            if key.startswith(prefix):
                name = key.removeprefix(prefix).replace("%2E", ".").replace("%25", "%")
                stored[name] = stored[key]
        self.stored = stored
        names = [pa.field(name, pa.null()) for name in stored]
        self.resolve = resolver(pa.schema(names), registry.ops())

    def value(self, node: s.Node) -> Any:
        """What `node` is on this row, JSON-ready; floats that are none are None."""
        node = recalled(node, self.stored)
        names = dict.fromkeys(n.name for n in s.walk(node) if isinstance(n, s.Name))
        spans = {
            n.arguments[0].name
            for n in s.walk(node)
            if isinstance(n, s.Call) and n.function in ("has", "count")
            if isinstance(n.arguments[0], s.Name)
        }
        columns = {name: _array(self.lookup(name), name in spans) for name in names}
        batch = pa.record_batch(columns or {"": pa.nulls(1)})
        expression = Expression(s.describe(node), node)
        bound = bind(expression, batch.schema, resolve=Resolved)
        return jsonable(evaluator(batch, bound.bindings)(bound)[0].as_py())

    def lookup(self, name: str) -> Any:
        """The value behind a name; None where the row has none."""
        if name in self.stored:
            return self.stored[name]
        try:
            found = self.resolve(name)
        except UsageError:
            return None
        value = self.stored.get(found.stored, self.stored.get(found.column))
        if found.stored not in self.stored:
            for step in found.path:
                value = value.get(step) if isinstance(value, Mapping) else None
        return value


def _array(value: Any, spans: bool) -> pa.Array:
    if value == [] and isinstance(value, list):
        return pa.array([value], _SPANS if spans else pa.list_(pa.null()))
    # A value that float32 holds exactly came from such a column or compares the same as if it had:
    # in both cases thresholds have to be rounded as they were when the row was judged.
    if isinstance(value, float) and abs(value) < 3e38 and float(np.float32(value)) == value:
        return pa.array([value], pa.float32())
    return pa.array([value])


def jsonable(value: Any) -> Any:
    """Plain JSON values: no NaN, no dates, no bytes."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value


def _explain_expression(
    rule: CompiledRule, expression: Expression, row: Mapping[str, Any], facts: _Facts
) -> RuleVerdict:
    truth = facts.value(expression.root)
    keeps = truth is True if rule.kind == "keep" else truth is not True
    stored = row.get(column("rule", rule.name))
    keeps = keeps if stored is None else bool(stored)
    reason = sentence(expression.root, facts.value, truth)
    return RuleVerdict(
        rule.name,
        _value(expression, facts),
        shown_threshold(expression),
        "keep" if keeps else "drop",
        reason,
    )


def _value(expression: Expression, facts: _Facts) -> Any:
    """What the verdict was reached on."""
    found = list(conditions(expression.root))
    if len(found) == 1:
        about = subject(found[0])
        return facts.value(about) if about is not None else None
    values = {name: facts.value(s.Name(name)) for name in expression.names}
    return next(iter(values.values())) if len(values) == 1 else values


def _explain_rowset(
    rule: CompiledRule, rowset: RowSet, row: Mapping[str, Any], note: Mapping[str, Any] | None
) -> RuleVerdict:
    stored = row.get(column("rule", rule.name))
    if stored is None:
        return RuleVerdict(rule.name, None, str(rowset), "keep", f"{rowset} was not read")
    holds = bool(stored) == (rule.kind == "keep")
    reason = sentence_of_rows(rowset, holds != rowset.negated, note or {})
    return RuleVerdict(rule.name, holds, str(rowset), "keep" if stored else "drop", reason)


def _explain_selector(
    rule: CompiledRule, row: Mapping[str, Any], thresholds: Mapping[str, Any]
) -> RuleVerdict:
    keeps = row.get(column("rule", rule.name))
    value = jsonable(row.get(column("value", rule.name)))
    reason = row.get(column("reason", rule.name))
    if not reason:
        asked = f"{rule.selector} keeps it" if keeps else "not asked: an earlier rule drops the row"
        reason = asked if column("rule", rule.name) in row else f"{rule.selector} was not asked"
    defaults = registry.selectors()[rule.selector].defaults if rule.selector else {}
    own = {**defaults, **rule.params}
    threshold = thresholds.get(rule.name, own.get("threshold", dict(rule.params) or None))
    return RuleVerdict(
        rule.name, value, jsonable(threshold), "drop" if keeps is False else "keep", str(reason)
    )
