"""Why a row is in or out, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from assay.project import labels
from assay.project.curate import load
from assay.project.parts import newest_curated
from assay.run.recipe import Recipe
from assay.schema import LABELS
from assay.select.compiled import compile_rules
from assay.select.explain import explain_row
from assay.store import runs
from assay.store.values import python_row
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def explain(dataset: Dataset, row_id: str) -> dict[str, Any]:
    """The verdicts of the rules on a row and its lineage, for the newest version unless named.

    Subsets and parts of a split count only where there is nothing else: they leave rows out without
    judging them.

    Returns:
        `{id, version, kept, rules: [{rule, value, threshold, verdict, reason}], lineage: [...]}`;
        the lineage runs from the version back to the file and the row in it.

    Raises:
        UsageError: There is no such row.
    """
    index = dataset.row_index(row_id)
    project = dataset.project
    version = dataset.version or newest_curated(project, dataset.name)
    version = version or project.versions.newest(dataset.name)
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
        "lineage": _lineage(dataset, judged, row_id, index),
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


def _lineage(
    dataset: Dataset, version: Version | None, row_id: str, index: int
) -> list[dict[str, Any]]:
    """What led to the row: the version that judged it, labels, signals, the file it came from."""
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
    steps += [{"step": "label", **each} for each in labels.of_row(dataset, row_id)]
    computed = table.computed(index)
    for field in table.schema:
        if field.name not in computed:
            continue
        metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        if metadata.get("assay.op", LABELS) != LABELS:
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
