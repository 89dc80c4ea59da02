"""What a dataset is at a glance: sizes, sources, languages, what was dropped so far."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.insight._language_names import language_name
from assay.project import check, tags
from assay.project.parts import newest_curated
from assay.project.view.engine import View
from assay.schema import has_text
from assay.store import runs
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

TOP = 10


def summary(dataset: Dataset) -> dict[str, Any]:
    """One line of a list of datasets."""
    table = dataset.source
    history = runs.history(dataset.project.events, dataset.name)
    return {
        "name": dataset.name,
        "rows": table.num_rows,
        "table_version": table.version,
        "signals": len(dataset.signals),
        "versions": [short(version) for version in dataset.project.versions.list(dataset.name)],
        "last_change": history[-1]["time"] if history else None,
    }


def detail(dataset: Dataset, view: View) -> dict[str, Any]:
    """The head of a screen; `view` is that of all its rows."""
    snapshot = view.snapshot
    tokens = view.tokens()
    column = snapshot.op_column("text.tokens", "count")
    language = snapshot.op_column("text.language", "code")
    states = Counter(f.state for f in check.findings(dataset.at(None), state=None, shown=0))
    vocabulary = (column.details.get("params") or {}).get("vocabulary") if column else None
    return {
        **summary(dataset),
        "full_name": dataset.full_name,
        "edition": snapshot.edition,
        "dataset": dataset.name,
        "version": dataset.version.name if dataset.version else None,
        "rows": view.total,
        "source_rows": snapshot.num_rows,
        "has_text": has_text(snapshot.table.schema),
        "tokens": {"count": tokens[1], "column": column.name, "vocabulary": vocabulary}
        if tokens and column
        else None,
        "languages": [
            {"code": code, "name": language_name(code), "rows": rows}
            for code, rows in _top(view, language.name)
        ]
        if language
        else None,
        "sources": [{"source": name, "rows": rows} for name, rows in _top(view, "source")],
        "dropped": _dropped(dataset),
        "findings": {state: states[state] for state in ("open", "snoozed", "applied", "wontfix")},
        "columns": [column.to_dict() for column in snapshot.columns],
        "embeddings": [c.name for c in snapshot.columns if c.kind == "vector" and _is_map(c.op)],
        "tags": [{"name": t["name"], "rows": t["rows"]} for t in tags.names(dataset)],
    }


def short(version: Version) -> dict[str, Any]:
    """A version in a list."""
    return {
        "name": version.name,
        "full_name": version.full_name,
        "rows": version.rows,
        "time": version.time,
    }


def described(version: Version) -> dict[str, Any]:
    """A version with its funnel and recipe."""
    return {
        **short(version),
        "parent": version.parent,
        "rows_in": version.rows_in,
        "dropped": [{"rule": rule, "rows": rows} for rule, rows in version.dropped.items()],
        "recipe": version.recipe,
        "run": version.run,
    }


def _is_map(op: str | None) -> bool:
    return op != "text.minhash"


def _top(view: View, name: str) -> list[tuple[str, int]]:
    if not any(column.name == name for column in view.snapshot.columns):
        return []
    coded = view.snapshot.coded(name)
    counts, _ = coded.count(view.base)
    order = np.argsort(-counts, kind="stable")[:TOP]
    return [(str(coded.values[place]), int(counts[place])) for place in order if counts[place]]


def _dropped(dataset: Dataset) -> dict[str, Any] | None:
    version = dataset.version or newest_curated(dataset.project, dataset.name)
    if version is None:
        return None
    return {
        "version": version.full_name,
        "rows_in": version.rows_in,
        "rows": version.rows,
        "by": [{"rule": rule, "rows": rows} for rule, rows in version.dropped.items()],
    }
