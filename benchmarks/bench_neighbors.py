"""Cost of the neighbor graph of 100,000 vectors of 384 dimensions, beside scikit-learn.

    python benchmarks/bench_neighbors.py [--rows 100000] [--rounds 1] [--real] [--all-cores]

Vectors are drawn: 1,000 clusters in 50 families, the spread of dimension i falling as i^-0.8, of
length 1; with --real, all texts of CLINC150, embedded by minilm. Exact: all pairs; scikit-learn's
brute force by Euclidean distance, which orders unit vectors as cosines do and is its fastest.
Cells: as the graph is made above 50,000 rows, with the recall of the 16 nearest rows. Extended:
1 % of the rows come late. CPU time, with matrix products on one thread: threads of a product that
wait for each other spin, and on a busy machine that counts for more than the work. With
--all-cores, what a person waits: both sides as they are installed, wall time, for a quiet machine.
Writes benchmarks/results/neighbors.json, with _real or _all_cores in its name.
"""

# ruff: noqa: E402  # the number of threads is read when NumPy is imported
from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ALL_CORES = "--all-cores" in sys.argv
for library in () if ALL_CORES else ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
import zstandard
from measuring import SHARED, conditions, record
from sklearn.neighbors import NearestNeighbors

from assay.models import embedder
from assay.ops.match.cells import knn_in_cells
from assay.ops.match.neighbors import extend_knn, knn, unit_rows
from assay.search.neighbors import PROBES, K

DIMENSIONS, CLUSTERS, FAMILIES = 384, 1000, 50


def drawn(rows: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    spread = np.arange(1, DIMENSIONS + 1) ** -0.8
    families = rng.standard_normal((FAMILIES, DIMENSIONS))
    clusters = families[rng.integers(FAMILIES, size=CLUSTERS)]
    clusters = clusters + 0.8 * rng.standard_normal((CLUSTERS, DIMENSIONS))
    points = clusters[rng.integers(CLUSTERS, size=rows)]
    return unit_rows((points + 0.8 * rng.standard_normal((rows, DIMENSIONS))) * spread, "rows")


def real(rows: int) -> np.ndarray:
    with zstandard.open(SHARED / "topics" / "clinc150.jsonl.zst", "rb") as file:
        texts = [json.loads(line)["text"] for line in io.TextIOWrapper(file, "utf-8")]
    return unit_rows(embedder("minilm").embed(texts[:rows]), "rows")


def spent_on(work: Callable[[], Any]) -> tuple[float, Any]:
    clock = time.perf_counter if ALL_CORES else time.process_time
    started = clock()
    answer = work()
    return clock() - started, answer


def peer(vectors: np.ndarray) -> np.ndarray:
    model = NearestNeighbors(n_neighbors=K + 1, algorithm="brute").fit(vectors)
    return model.kneighbors(vectors, return_distance=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--all-cores", action="store_true")
    options = parser.parse_args()
    vectors = real(options.rows) if options.real else drawn(options.rows)
    n = len(vectors)
    late = n - n // 100
    few = vectors[:500]
    warm = knn(few[:400], K)
    extend_knn(few, *warm, K)
    knn_in_cells(few, K, probes=4)  # compiled, or loaded
    exact_but_last = knn(vectors[:late], K)
    work: dict[str, Callable[[], Any]] = {
        "exact": lambda: knn(vectors, K),
        "cells": lambda: knn_in_cells(vectors, K, probes=PROBES),
        "extended": lambda: extend_knn(vectors, *exact_but_last, K),
        "scikit_learn": lambda: peer(vectors),
    }
    spent: dict[str, list[float]] = {name: [] for name in work}
    answers: dict[str, Any] = {}
    for _ in range(options.rounds):
        for name, run in work.items():
            seconds, answers[name] = spent_on(run)
            spent[name].append(seconds)
    median = {name: statistics.median(values) for name, values in spent.items()}
    right = answers["exact"][0]
    some = np.random.default_rng(1).choice(n, min(n, 5000), replace=False)

    def recall(found: np.ndarray) -> float:
        hits = [np.isin(right[i], found[i]).mean() for i in some]
        return round(float(np.mean(hits)), 4)

    faster = {name: round(median["scikit_learn"] / v, 2) for name, v in median.items()}
    record(
        f"neighbors{'_real' if options.real else ''}{'_all_cores' if ALL_CORES else ''}",
        {
            **conditions(["scikit-learn"]),
            "rows": n,
            "neighbors": K,
            "probes": PROBES,
            "rounds": options.rounds,
            f"{'wall' if ALL_CORES else 'cpu'}_seconds": {
                name: round(value, 2) for name, value in median.items()
            },
            "times_cheaper_than_scikit_learn": faster,
            "recall": {
                "cells": recall(answers["cells"][0]),
                "extended": recall(answers["extended"][0]),
                "scikit_learn": recall(answers["scikit_learn"]),
            },
        },
    )


if __name__ == "__main__":
    main()
