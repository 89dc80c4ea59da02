"""Runs: what was executed, on what, with what result. Together they are the lineage graph."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assay._version import __version__
from assay.store.events import Events


@dataclass
class Run:
    """A run under way; fill in `outputs` before it ends.

    Attributes:
        key: Id of the run.
        kind: add, compute, check, curate or export.
        dataset: The dataset it belongs to.
        inputs: What went in, JSON-ready.
        outputs: What came out, JSON-ready.
        seconds: Wall time, set when the run ends.
    """

    key: str
    kind: str
    dataset: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)
    recipe: str | None = None
    seconds: float = 0.0


@contextlib.contextmanager
def record(
    events: Events, kind: str, dataset: str, inputs: dict[str, Any], recipe: str | None = None
) -> Iterator[Run]:
    """Time a run and append its record when it ends without an error."""
    run = Run(uuid.uuid4().hex[:12], kind, dataset, inputs, recipe=recipe)
    started = time.perf_counter()
    yield run
    run.seconds = time.perf_counter() - started
    events.append(
        "runs",
        [
            {
                "key": run.key,
                "kind": kind,
                "dataset": dataset,
                "inputs": run.inputs,
                "outputs": run.outputs,
                "recipe": recipe,
                "code_version": __version__,
                "seconds": run.seconds,
            }
        ],
    )


def history(events: Events, dataset: str | None = None) -> list[dict[str, Any]]:
    """Records of ended runs, oldest first, with their inputs and outputs decoded."""
    table = events.read("runs", dataset=dataset) if dataset else events.read("runs")
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        row["inputs"] = json.loads(row["inputs"] or "{}")
        row["outputs"] = json.loads(row["outputs"] or "{}")
        row["time"] = row["time"].isoformat(timespec="seconds")
    return rows
