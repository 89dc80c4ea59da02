"""Why a row is in or out, where it comes from, and how two versions differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project.curate import load
from assay.run.recipe import Recipe
from assay.select.compiled import compile_rules
from assay.select.explain import explain_row
from assay.store import runs
from assay.store.table import Table
from assay.store.values import python_row
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

# Columns whose mean says little about a version, and would only fill the page.
_UNTOLD = ("position",)


def explain(dataset: Dataset, row_id: str) -> dict[str, Any]:
    """The verdicts of the rules on a row and its lineage, for the newest version unless named.

    Returns:
        `{id, version, kept, rules: [{rule, value, threshold, verdict, reason}], lineage: [...]}`;
        the lineage runs from the version back to the file and the row in it.

    Raises:
        UsageError: There is no such row.
    """
    index = dataset.row_index(row_id)
    version = dataset.version or dataset.project.versions.newest(dataset.name)
    rules: list[dict[str, Any]] = []
    kept = True
    judged: Version | None = None
    if version is not None:
        verdicts = dataset.project.versions.verdicts(version)
        at = verdicts.find("id", row_id)
        judged = version if at is not None else _judged(dataset, version, row_id)
        if at is None:
            kept = False
            rules = [_unjudged(dataset, version, row_id)]
        else:
            row = python_row(verdicts.take(np.array([at])), 0)
            kept = bool(row["keep"])
            compiled = compile_rules(Recipe.from_yaml(version.recipe).rules)
            rules = [
                verdict.to_dict()
                for verdict in explain_row(compiled, row, thresholds=version.thresholds)
            ]
    return {
        "id": row_id,
        "dataset": dataset.name,
        "version": version.full_name if version else None,
        "kept": kept,
        "rules": rules,
        "lineage": _lineage(dataset, judged, index),
    }


def diff(a: Dataset, b: Dataset) -> dict[str, Any]:
    """How `b` differs from `a`: rows that left and came, why, and what it did to the statistics.

    Raises:
        UsageError: They are not versions of one dataset.
    """
    if a.name != b.name:
        raise UsageError(
            f"'{a.full_name}' and '{b.full_name}' are versions of different datasets.",
            remedy="compare two versions of one dataset, such as docs and docs@clean",
        )
    table = a.source
    in_a, in_b = _mask(a, table), _mask(b, table)
    left, came = np.flatnonzero(in_a & ~in_b), np.flatnonzero(in_b & ~in_a)
    return {
        "a": {"name": a.full_name, "rows": int(in_a.sum())},
        "b": {"name": b.full_name, "rows": int(in_b.sum())},
        "common": int((in_a & in_b).sum()),
        "only_a": _side(a, left, b.version),
        "only_b": _side(a, came, a.version),
        "statistics": _statistics(a, b, in_a, in_b),
    }


def _parent(dataset: Dataset, version: Version) -> Version | None:
    name = version.parent.partition("@")[2]
    return dataset.project.versions.get(dataset.name, name) if name else None


def _judged(dataset: Dataset, version: Version, row_id: str) -> Version | None:
    """The nearest version before this one that the row was judged for; None if it never was."""
    before = _parent(dataset, version)
    while before is not None:
        if dataset.project.versions.verdicts(before).find("id", row_id) is not None:
            return before
        before = _parent(dataset, before)
    return None


def _unjudged(dataset: Dataset, version: Version, row_id: str) -> dict[str, Any]:
    """The row was not among those judged: dropped by a parent version, or added later."""
    base, _, parent = version.parent.partition("@")
    if parent:
        reason = f"it is not in {version.parent}, from which {version.full_name} was made"
    else:
        reason = f"it was added to {base} after {version.full_name} was made; curate again"
    return {
        "rule": "input",
        "value": None,
        "threshold": version.parent,
        "verdict": "drop",
        "reason": reason,
    }


def _lineage(dataset: Dataset, version: Version | None, index: int) -> list[dict[str, Any]]:
    """What led to the row: the version that judged it, its signals, the file it came from."""
    history = runs.history(dataset.project.events, dataset.name)
    table = dataset.at(version.name).table if version else dataset.source
    by_key = {run["key"]: run for run in history}
    steps: list[dict[str, Any]] = []
    while version is not None:
        run = by_key.get(version.run, {})
        steps.append(
            {
                "step": "curate",
                "version": version.full_name,
                "input": version.parent,
                "recipe": load(Recipe.from_yaml(version.recipe)).name,
                "run": version.run,
                "time": run.get("time", version.time),
            }
        )
        version = _parent(dataset, version)
    computed = table.computed(index)
    for field in table.schema:
        if field.name not in computed:
            continue
        metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        if "assay.op" in metadata:
            steps.append(
                {
                    "step": "compute",
                    "signal": metadata["assay.name"],
                    "op": f"{metadata['assay.op']} {metadata['assay.version']}",
                    "run": metadata["assay.run"],
                }
            )
    names = [n for n in ("source", "position", "source_id", "licence") if n in table.schema.names]
    row = python_row(table.take(np.array([index]), names), 0)
    added = by_key.get(runs.run_of(table, index) or "")
    origin = {key: value for key, value in row.items() if value is not None}
    steps.append(
        {
            "step": "add",
            **origin,
            "run": added["key"] if added else None,
            "time": added["time"] if added else None,
        }
    )
    return steps


def _mask(dataset: Dataset, table: Table) -> np.ndarray:
    mask = np.zeros(table.num_rows, bool)
    kept = dataset.rows().kept
    mask[slice(None) if kept is None else kept[kept < len(mask)]] = True
    return mask


def _side(dataset: Dataset, indices: np.ndarray, judge: Version | None) -> dict[str, Any]:
    """Rows that are in one version alone, with the reasons of the version that lacks them."""
    ids = dataset.source.take(indices[:20], ["id"]).column("id").to_pylist() if len(indices) else []
    reasons: Counter[str] = Counter()
    if judge is not None and len(indices):
        all_ids = dataset.source.read(["id"]).column("id").take(pa.array(indices))
        verdicts = dataset.project.versions.verdicts(judge).read(["id", "dropped_by"])
        where = pc.index_in(all_ids, verdicts.column("id").combine_chunks())
        found = verdicts.column("dropped_by").take(where)
        for name, count in _counts(found).items():
            reasons[name or "not in its input"] += count
    return {
        "rows": len(indices),
        "reasons": dict(reasons.most_common()),
        "examples": ids,
    }


def _counts(values: pa.ChunkedArray) -> dict[Any, int]:
    counted = pc.value_counts(values.cast(pa.string()).combine_chunks())
    return {item["values"]: item["counts"] for item in counted.to_pylist()}


def _statistics(
    a: Dataset, b: Dataset, in_a: np.ndarray, in_b: np.ndarray
) -> dict[str, dict[str, Any]]:
    """Mean of every numeric column on both sides, and the sum, under the names people use."""
    out: dict[str, dict[str, Any]] = {}
    sides = (("a", a.table, in_a), ("b", b.table, in_b))
    for field in [f for _, table, _ in sides for f in table.schema]:
        if field.name in _UNTOLD or not _is_number(field.type):
            continue
        name = (field.metadata or {}).get(b"assay.name", field.name.encode()).decode()
        if name not in out:
            out[name] = {side: _summary(table, field.name, mask) for side, table, mask in sides}
    return out


def _summary(table: Table, name: str, mask: np.ndarray) -> Mapping[str, Any]:
    if name not in table.schema.names or not _is_number(table.schema.field(name).type):
        return {"n": 0, "mean": None, "sum": None}  # the two know the signal in other versions
    values = table.read([name]).column(0)
    # Rows that another process added since are in neither.
    chosen = values.slice(0, len(mask)).filter(pa.array(mask))
    total = pc.sum(chosen).as_py()
    return {"n": len(chosen) - chosen.null_count, "mean": pc.mean(chosen).as_py(), "sum": total}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
