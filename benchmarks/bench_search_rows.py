"""How long a search takes over many rows: by text and by example.

    python benchmarks/bench_search_rows.py [--rows 1000000] [--project DIR] [--asked 100]

The rows are those of `web/make_rows.py` (made now where DIR does not hold them), with an `lsa`
embedding of their texts. Asked are words from all over the dataset and rows of it, in one process
that has answered before; a time is wall clock from the call to the hits with their texts.
`view` is what the web app asks: up to 10,000 rows in order, with counts. Recall is that of the
vector index against all vectors. Writes benchmarks/results/search_rows.json.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measuring import ROOT, conditions, record

import assay
from assay.project import find
from assay.project.dataset import Dataset
from assay.project.view.engine import Engine
from assay.search import hybrid


def prepare(project: Path, rows: int) -> tuple[Dataset, dict[str, float]]:
    """The dataset with its embedding and its indexes, and what making them took."""
    if not (project / "datasets" / "rows.lance").exists():
        script = ROOT / "benchmarks" / "web" / "make_rows.py"
        command = [sys.executable, script, "--rows", str(rows), "--project", project]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    dataset = assay.open(project).dataset("rows")
    seconds = {}
    started = time.perf_counter()
    dataset.compute({"op": "embed.text", "model": "lsa"})
    seconds["embedding"] = time.perf_counter() - started
    started = time.perf_counter()
    dataset.search("anything at all")
    seconds["indexes"] = time.perf_counter() - started
    return dataset, {name: round(value, 1) for name, value in seconds.items()}


def times(work: Callable[[Any], object], asked: list[Any]) -> dict[str, float]:
    """Milliseconds a call, after a few calls that are not counted."""
    for one in asked[:5]:
        work(one)
    spent = []
    for one in asked:
        started = time.perf_counter()
        work(one)
        spent.append((time.perf_counter() - started) * 1000)
    return {
        "p50": round(float(np.percentile(spent, 50)), 1),
        "p95": round(float(np.percentile(spent, 95)), 1),
    }


def recall(dataset: Dataset, rows: np.ndarray, k: int = 10) -> float:
    """Share of the true nearest rows that the index finds."""
    table = dataset.source
    field = find.text_embedding(table.schema)
    matrix, valid = hybrid.as_matrix(table.take(rows, [field.name]).column(0))
    asked = matrix[valid]
    exact = hybrid._scan(table, field.name, asked, k, None)
    # One at a time: many at once are not asked of the index.
    indexed = [hybrid.rank_by_vector(table, field.name, q[None], k, None)[0] for q in asked]
    hits = [len(set(a) & set(b)) for a, b in zip(exact, indexed, strict=True)]
    return round(sum(hits) / max(1, sum(map(len, exact))), 4)


def measure(project: Path, rows: int, asked: int) -> dict[str, Any]:
    dataset, seconds = prepare(project, rows)
    total = dataset.num_rows
    places = np.sort(np.random.default_rng(0).choice(total, min(asked, total), replace=False))
    found = dataset.source.take(places, ["id", "text"]).to_pylist()
    words = [" ".join((row["text"] or "").split()[2:10]) for row in found]
    words = [text for text in words if text]
    ids = [row["id"] for row in found]
    engine = Engine(dataset.project)
    return {
        "rows": total,
        "asked": len(ids),
        "seconds": seconds,
        "milliseconds": {
            "text, by words": times(lambda q: dataset.search(q, mode="text"), words),
            "text, by meaning": times(lambda q: dataset.search(q, mode="vector"), words),
            "text, hybrid": times(dataset.search, words),
            "example": times(lambda q: dataset.search(like=q), ids),
            "two examples and a counter-example": times(
                lambda at: dataset.search(like=[ids[at], ids[at - 1]], unlike=ids[at - 2]),
                list(range(len(ids))),
            ),
            "view": times(lambda q: engine.view(dataset, {"search": {"query": q}}).order, words),
        },
        "recall_at_10_of_the_index": recall(dataset, places),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--asked", type=int, default=100)
    options = parser.parse_args()
    before = conditions()
    with tempfile.TemporaryDirectory() as folder:
        project = options.project or Path(folder) / "rows"
        record("search_rows", before | measure(project, options.rows, options.asked))


if __name__ == "__main__":
    main()
