"""Texts that published quality rules would drop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.reading import flags, ids, snippets
from assay.insight.severity import QUALITY, severity
from assay.insight.wording import count, percent
from assay.registry import finder
from assay.schema import Finding, Fix, Rows
from assay.search import syntax
from assay.search.expression import Expression, evaluate
from assay.select.conditions import oriented
from assay.select.rules import compile_rules

UNSUITED = 0.8
"""Where more than this share of rows fails, the rules are taken to be wrong for the data."""
FAMILIES = ("gopher.quality", "gopher.repetition", "c4.quality", "fineweb.quality")


@finder("quality.rules", version="1", needs=("text.stats",), columns=("text",))
def quality_rules(rows: Rows, *, families: Sequence[str] = FAMILIES) -> Iterator[Finding]:
    """Rows that fail published quality rules, one finding a family of rules.

    The evidence has, for each rule that somebody fails, how many rows that are, how many fail it
    alone (what dropping the rule would bring back), and rows just beyond the limit and far from it,
    so that a person can see whether the limit suits these data. The rules were tuned on English web
    pages; on code, tables and other languages many good rows fail.

    Args:
        rows: The dataset.
        families: Names of rule families, with a source where that matters
            (`gopher.quality@datatrove`).

    Yields:
        A finding a family with failing rows; rows that fail most rules first. Score: `severity` of
        the share of rows that fail, or of those that pass where the rules do not suit. Fix: use the
        family.
    """
    n = rows.num_rows
    if n == 0:
        return
    for family in families:
        rules = {rule.name: rule.expression for rule in compile_rules([{"use": family}])}
        expressions = {name: rule for name, rule in rules.items() if rule is not None}
        table = rows.table(*dict.fromkeys(c for rule in expressions.values() for c in rule.names))
        fails = {name: ~flags(evaluate(rule, table)) for name, rule in expressions.items()}
        times = np.sum(list(fails.values()), axis=0)
        failed = np.flatnonzero(times)
        if len(failed) == 0:
            continue
        failed = failed[np.lexsort((failed, -times[failed]))]
        described = [
            _described(rows, name, rule, fails[name], times, table)
            for name, rule in expressions.items()
            if fails[name].any()
        ]
        suited = len(failed) <= UNSUITED * n
        yield Finding(
            check="quality.rules",
            title=_title(len(failed), n, family, suited=suited),
            row_ids=ids(rows, failed),
            score=severity(QUALITY, len(failed) if suited else n - len(failed), n),
            evidence={
                "rows": n,
                "failing": len(failed),
                "family": family,
                "suited": suited,
                "rules": sorted(described, key=lambda entry: -entry["failing"]),
            },
            fix=Fix(use=family) if suited else None,
            subject=family,
        )


def _title(failed: int, n: int, family: str, *, suited: bool) -> str:
    share = f"{count(failed, 'row')} of {n:,} ({percent(failed, n)})"
    title = f"{share} {'fails' if failed == 1 else 'fail'} {family}"
    return title if suited else f"{title}: these rules may not suit these data"


def _described(
    rows: Rows,
    name: str,
    rule: Expression,
    fails: np.ndarray,
    times: np.ndarray,
    table: pa.Table,
) -> dict[str, Any]:
    """How many rows fail a rule, and some of them: near the limit and far from it."""
    failed = np.flatnonzero(fails)
    described: dict[str, Any] = {
        "rule": name,
        "keep": rule.describe(),
        "failing": len(failed),
        "share": round(len(failed) / rows.num_rows, 6),
        "alone": int((times[failed] == 1).sum()),
    }
    measured = _measured(rule, table)
    if measured is None:
        return described | {"examples": _shown(rows, failed[:3], None)}
    values, distance = measured
    known = failed[np.isfinite(distance[failed])]
    order = known[np.lexsort((known, distance[known]))]
    near, far = order[:2], order[2:][::-1][:2]
    return described | {
        "unknown": len(failed) - len(known),
        "nearest": _shown(rows, near, values),
        "farthest": _shown(rows, far, values),
    }


def _measured(rule: Expression, table: pa.Table) -> tuple[np.ndarray, np.ndarray] | None:
    """What a rule holds against a number, and how far from that number it is, by row.

    None for a rule of another form than `x <= number` or `x between numbers`.
    """
    match oriented(rule.root):
        case syntax.Compare(left=measured, right=syntax.Literal(value=float() | int() as limit)):
            limits: tuple[float, ...] = (float(limit),)
        case syntax.Between(
            operand=measured,
            low=syntax.Literal(value=float() | int() as low),
            high=syntax.Literal(value=float() | int() as high),
        ):
            limits = (float(low), float(high))
        case _:
            return None
    values = evaluate(Expression(rule.text, measured), table)
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        return None
    numbers = np.asarray(values.cast(pa.float64()).fill_null(np.nan), np.float64)
    return numbers, np.min([np.abs(numbers - limit) for limit in limits], axis=0)


def _shown(rows: Rows, indices: np.ndarray, values: np.ndarray | None) -> list[dict[str, Any]]:
    examples: list[dict[str, Any]] = [
        {"id": row_id, "text": text}
        for row_id, text in zip(ids(rows, indices), snippets(rows, indices), strict=True)
    ]
    if values is not None:
        for example, index in zip(examples, indices, strict=True):
            example["value"] = round(float(values[index]), 4)
    return examples
