"""What a recipe would do, live: counts a rule, histograms with thresholds, samples at the edge.

Expressions answer at once, from columns in memory. A selector compares rows with each other, so its
answer holds for the rows it was asked about; until it was asked about these, its last answer stands
in, or it is taken to keep everything, and the preview says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.errors import AssayError, UsageError
from assay.project import recipes, rowsets
from assay.project.view.counting import Binned, binned, numbers
from assay.project.view.inspect import snippets
from assay.project.view.pages import jsonable
from assay.project.view.snapshot import Snapshot
from assay.run.recipe import Recipe
from assay.select.compiled import CompiledRule, compile_rules
from assay.select.handles import Handle, handles
from assay.select.rowset import RowSet
from assay.select.rules import ask

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

Memory = MutableMapping[str, Any]
MAX_SAMPLES = 50


@dataclass
class Answer:
    """What a rule says: `keep` over all source rows, with how sure that is."""

    keep: np.ndarray
    state: str = "exact"
    value: np.ndarray | None = None
    reason: pa.Array | None = None
    threshold: Any = None
    needs: list[str] = field(default_factory=list)
    error: dict[str, Any] | None = None


class Preview:
    """A recipe held against the rows of its input.

    Args:
        dataset: The recipe's input.
        snapshot: Its table.
        recipe: The recipe.
        memory: Where answers of selectors are kept between previews.
    """

    def __init__(
        self, dataset: Dataset, snapshot: Snapshot, recipe: Recipe, memory: Memory
    ) -> None:
        self.dataset = dataset
        self.snapshot = snapshot
        self.rules = compile_rules(recipe.rules, seed=recipe.seed)
        self.memory = memory
        self.base = np.ones(snapshot.num_rows, bool)
        self.kept = dataset.rows().kept
        if self.kept is not None:
            self.base[:] = False
            self.base[self.kept] = True
        described = [dataset.full_name, snapshot.edition, recipe.to_mapping()]
        text = json.dumps(described, default=str, sort_keys=True)
        self.key = blake2b(text.encode(), digest_size=8).hexdigest()

    def answers(self, compute: Callable[[str], None] | None = None) -> list[Answer]:
        """The answer of every rule; with `compute` (told each name) selectors are really asked."""
        alive = self.base.copy()
        found = []
        for rule in self.rules:
            if rule.rowset is not None:
                answer = self._rowset(rule, rule.rowset)
            elif rule.expression is not None:
                answer = self._expression(rule)
            else:
                answer = self._selector(rule, alive, compute)
            alive &= answer.keep
            found.append(answer)
        return found

    def describe(
        self, answers: list[Answer], samples: int = 6, rule: str | None = None
    ) -> dict[str, Any]:
        """Counts, histograms and samples, JSON-ready."""
        tokens = self._tokens()
        fails = np.zeros(len(self.base), np.uint16)
        for answer in answers:
            fails += ~answer.keep
        alive = self.base.copy()
        before: list[np.ndarray] = []
        rows: list[dict[str, Any]] = []
        for each, answer in zip(self.rules, answers, strict=True):
            before.append(alive)
            drop = alive & ~answer.keep
            bad = self.base & ~answer.keep
            alive = alive & answer.keep
            rows.append(
                {
                    **recipes.rule_dict(each),
                    "state": answer.state,
                    "needs": answer.needs or None,
                    "error": answer.error,
                    "failing": _count(bad),
                    "dropped": _count(drop),
                    "dropped_tokens": _sum(tokens, drop),
                    "only": _count(bad & (fails == 1)),
                    "remaining": _count(alive),
                    "remaining_tokens": _sum(tokens, alive),
                    "histogram": self._histogram(each, answer, before[-1]),
                }
            )
        chosen = self._chosen(rows, rule)
        return {
            "preview_key": self.key,
            "rows_in": _count(self.base),
            "kept": _count(alive),
            "tokens_in": _sum(tokens, self.base),
            "tokens_kept": _sum(tokens, alive),
            "exact": all(answer.state == "exact" for answer in answers),
            "rules": rows,
            "samples": self._samples(chosen, answers, before, max(0, min(samples, MAX_SAMPLES))),
        }

    def _rowset(self, rule: CompiledRule, rowset: RowSet) -> Answer:
        try:
            found = rowsets.indices(self.dataset.at(None), rowset)
        except UsageError as error:
            return Answer(np.ones(len(self.base), bool), "error", error=error.to_dict())
        true = np.zeros(len(self.base), bool)
        true[found[found < len(true)]] = True
        return Answer(true if rule.kind == "keep" else ~true)

    def _expression(self, rule: CompiledRule) -> Answer:
        assert rule.expression is not None
        try:
            true = self.snapshot.truth(rule.expression.describe())
        except UsageError as error:
            op = error.facts.get("op")
            keep = np.ones(len(self.base), bool)
            if op:
                return Answer(keep, "needs", needs=[str(op)])
            return Answer(keep, "error", error=error.to_dict())
        return Answer(true if rule.kind == "keep" else ~true)

    def _selector(
        self, rule: CompiledRule, alive: np.ndarray, compute: Callable[[str], None] | None
    ) -> Answer:
        everything = np.ones(len(self.base), bool)
        missing = [op for op in rule.needs if not self._computed(op)]
        if missing:
            return Answer(everything, "needs", needs=missing)
        asked = json.dumps([rule.selector, rule.params], default=str, sort_keys=True)
        name = f"selector {self.dataset.name} {self.snapshot.edition_of(asked)} {asked}"
        digest = blake2b(np.packbits(alive).tobytes(), digest_size=8).hexdigest()
        exact = f"{name} {digest}"
        if exact not in self.memory and compute is not None:
            compute(rule.name)
            try:
                self.memory[exact] = self._ask(rule, alive)
            except AssayError as error:
                self.memory[exact] = Answer(everything, "error", error=error.to_dict())
            self.memory[name] = self.memory[exact]
        if exact in self.memory:
            found: Answer = self.memory[exact]
            return found
        last = self.memory.get(name)
        if last is not None and last.state == "exact":
            return Answer(last.keep, "estimate", last.value, last.reason, last.threshold)
        return Answer(everything, "pending")

    def _ask(self, rule: CompiledRule, alive: np.ndarray) -> Answer:
        rows = self.dataset.rows()
        place = np.arange(len(self.base)) if self.kept is None else self.kept
        selection, _ = ask(rule, rows, alive[place])
        keep = np.ones(len(self.base), bool)
        asked = place[alive[place]]
        keep[asked] = np.asarray(selection.keep)
        value = None
        if pa.types.is_integer(selection.value.type) or pa.types.is_floating(selection.value.type):
            value = np.full(len(self.base), np.nan)
            value[asked] = numbers(selection.value)
        spread = np.full(len(self.base), -1, np.int64)
        spread[asked] = np.arange(len(asked))
        reason = pc.take(selection.reason, pa.array(spread, mask=spread < 0))
        return Answer(keep, "exact", value, reason, selection.threshold)

    def _computed(self, op: str) -> bool:
        return any(column.op == op for column in self.snapshot.columns)

    def _tokens(self) -> np.ndarray | None:
        column = self.snapshot.op_column("text.tokens", "count")
        return None if column is None else self.snapshot.weights(column.name)

    def _histogram(
        self, rule: CompiledRule, answer: Answer, alive: np.ndarray
    ) -> dict[str, Any] | None:
        found = self._binned(rule, answer)
        if found is None:
            return None
        bins, shown = found
        every, missing = bins.count(self.base)
        if not every.any():
            return None
        some, _ = bins.count(alive)
        return {
            "subject": shown[0].subject,
            "scale": bins.scale,
            "integer": bins.integer,
            "edges": bins.edges.tolist(),
            "all": every.tolist(),
            "alive": some.tolist(),
            "nulls": missing,
            "handles": [handle.to_dict() for handle in shown],
        }

    def _binned(self, rule: CompiledRule, answer: Answer) -> tuple[Binned, list[Handle]] | None:
        """The values of what a rule is mainly about, and its thresholds on them."""
        if answer.state in ("needs", "error", "pending"):
            return None
        if rule.expression is None:
            threshold = answer.threshold
            plain = isinstance(threshold, int | float) and _takes_threshold(rule)
            if answer.value is None or not plain:
                return None
            return binned(answer.value), [Handle(-1, "value", "<", threshold, "max")]
        found = handles(rule.expression.root)
        if not found:
            return None
        subject = found[0].subject
        return self.snapshot.binned_of(subject), [h for h in found if h.subject == subject]

    def _values(self, rule: CompiledRule, answer: Answer) -> np.ndarray | None:
        if rule.expression is None:
            return answer.value
        found = handles(rule.expression.root)
        if not found or answer.state != "exact":
            return None
        return self.snapshot.numbers_of(found[0].subject)

    def _chosen(self, rows: list[dict[str, Any]], name: str | None) -> int | None:
        for number, row in enumerate(rows):
            if row["name"] == name or (name is None and row["histogram"]):
                return number
        return 0 if rows else None

    def _samples(
        self, chosen: int | None, answers: list[Answer], before: list[np.ndarray], n: int
    ) -> dict[str, Any] | None:
        if chosen is None:
            return None
        rule, answer, alive = self.rules[chosen], answers[chosen], before[chosen]
        values = self._values(rule, answer)
        bounds: list[float] = []
        if rule.expression is not None:
            first = next(iter(handles(rule.expression.root)), None)
            if first is not None:
                bounds = first.value if isinstance(first.value, list) else [first.value]
        elif isinstance(answer.threshold, int | float):
            bounds = [answer.threshold]
        both = (alive & answer.keep, alive & ~answer.keep)
        kept, dropped = (_nearest(np.flatnonzero(mask), values, bounds, n) for mask in both)
        shown = [
            {
                **each,
                "value": None if values is None else jsonable(float(values[each["row"]])),
                "reason": None if answer.reason is None else answer.reason[each["row"]].as_py(),
            }
            for each in snippets(self.snapshot, np.concatenate([kept, dropped]))
        ]
        sides = {"kept": shown[: len(kept)], "dropped": shown[len(kept) :]}
        subject = None
        if rule.expression is not None and bounds:
            subject = handles(rule.expression.root)[0].subject
        near = (
            values is not None
            and bool(bounds)
            and (rule.expression is not None or _takes_threshold(rule))
            and bool(np.isfinite(values[np.concatenate([kept, dropped])]).all())
        )
        return {"rule": rule.name, "subject": subject, "near": near, **sides}


def preview(
    dataset: Dataset,
    snapshot: Snapshot,
    fields: Mapping[str, Any],
    memory: Memory,
) -> Preview:
    """A preview of the recipe with these fields; its input has to be of this dataset.

    Raises:
        UsageError: The recipe is wrong, or is about another dataset.
    """
    recipe = recipes.read(dataset.project, fields)
    base = recipe.input.partition("@")[0]
    if base != dataset.name:
        raise UsageError(
            f"The recipe is about '{recipe.input}', and this is '{dataset.name}'.",
            remedy=f"change its input to {dataset.name}",
        )
    return Preview(dataset.project.dataset(recipe.input), snapshot, recipe, memory)


def _nearest(
    rows: np.ndarray, values: np.ndarray | None, bounds: list[float], n: int
) -> np.ndarray:
    """The `n` rows with values nearest to a bound; without values the first ones."""
    if values is None or not bounds or len(rows) <= 1:
        return rows[:n]
    away = np.min([np.abs(values[rows] - bound) for bound in bounds], axis=0)
    away = np.where(np.isnan(away), np.inf, away)
    if len(rows) > 4 * n:
        close = np.argpartition(away, n)[: 2 * n]
        rows, away = rows[close], away[close]
    return rows[np.lexsort((rows, away))][:n]


def _takes_threshold(rule: CompiledRule) -> bool:
    return bool(rule.selector) and "threshold" in registry.selectors()[str(rule.selector)].defaults


def _count(mask: np.ndarray) -> int:
    return int(np.count_nonzero(mask))


def _sum(tokens: np.ndarray | None, mask: np.ndarray) -> int | None:
    # Several times faster than a sum over `where`; no BLAS, whose threads wait for busy processors.
    return None if tokens is None else int((tokens.astype(np.float64, copy=False) * mask).sum())
