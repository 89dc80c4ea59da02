"""The lineage graph: what was made from what, from the records of runs and versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.store import runs

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def lineage(dataset: Dataset) -> dict[str, Any]:
    """Nodes in topological order, and the edges between them.

    Files lead to the dataset, the dataset to its signals, findings, versions and exports; a version
    leads to what was made from it. Adding and computing that did not come to an end left something
    too: it is shown, and its label says so, until the same was done as a whole.
    """
    graph = _Graph()
    name = dataset.name
    graph.node(name, "dataset", name, dataset.source.num_rows, None)
    made = {v.run: v for v in dataset.project.versions.list(name)}
    for run in _telling(runs.history(dataset.project.events, name)):
        kind, key, outputs = run["kind"], run["key"], run["outputs"]
        state = "" if run["state"] == "done" else f" ({run['state']})"
        start = str(run["inputs"].get("version") or name)
        start = start if start in graph.nodes else name
        if kind == "add":
            files = f"files:{key}"
            paths = [str(p).rpartition("/")[2] for p in run["inputs"].get("paths", [])]
            label = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
            graph.node(files, "files", (label or "files") + state, outputs.get("rows"), run["time"])
            graph.edge(files, name, run)
        elif kind == "compute":
            for signal in run["inputs"].get("signals", []):
                rows = outputs.get("rows")
                graph.node(f"signal:{signal}", "signal", signal + state, rows, run["time"])
                graph.edge(name, f"signal:{signal}", run)
        elif kind == "check":
            label = f"{outputs.get('findings', 0)} findings"
            graph.node(f"check:{key}", "findings", label, None, run["time"])
            graph.edge(start, f"check:{key}", run)
        elif kind == "curate" and key in made:
            version = made[key]
            graph.node(version.full_name, "version", version.name, version.rows, version.time)
            graph.edge(start, version.full_name, run)
        elif kind == "export":
            label = str(outputs.get("path", "file"))
            graph.node(f"export:{key}", "export", label, outputs.get("rows"), run["time"])
            graph.edge(start, f"export:{key}", run)
    return {"nodes": graph.ordered(), "edges": graph.edges}


def _telling(history: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Runs that left something that no later run did as a whole."""
    for at, run in enumerate(history):
        partial = run["state"] != "done"
        if partial and run["kind"] not in ("add", "compute"):
            continue
        asked = _asked(run)
        if partial and any(r["state"] == "done" and _asked(r) == asked for r in history[at + 1 :]):
            continue
        yield run


def _asked(run: dict[str, Any]) -> list[Any]:
    return [run["kind"], run["inputs"].get("paths"), run["inputs"].get("signals")]


class _Graph:
    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: list[dict[str, Any]] = []

    def node(self, key: str, kind: str, label: str, rows: int | None, time: str | None) -> None:
        self.nodes[key] = {"id": key, "kind": kind, "label": label, "rows": rows, "time": time}

    def edge(self, start: str, end: str, run: dict[str, Any]) -> None:
        """An edge; a later run of the same kind between the same nodes takes its place."""
        self.edges = [e for e in self.edges if (e["from"], e["to"]) != (start, end)]
        self.edges.append(
            {
                "from": start,
                "to": end,
                "run": run["key"],
                "kind": run["kind"],
                "seconds": run["seconds"],
            }
        )

    def ordered(self) -> list[dict[str, Any]]:
        """Files first, then the dataset, then the rest as it was made."""
        ranks = {"files": 0, "dataset": 1}
        return sorted(self.nodes.values(), key=lambda node: ranks.get(node["kind"], 2))
