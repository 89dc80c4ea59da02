"""Cost of the map of 100,000 vectors of 384 dimensions, beside umap-learn alone.

    python benchmarks/bench_map.py [--rows 100000] [--rounds 1]

The same vectors as in bench_neighbors.py. Each side is a process of its own. umap-learn reads them
from a file and lays them out with the same parameters and the same seed; much of what it costs is
compiling its search for neighbors in each new process, so `umap_learn_compiled` is a second fit in
that process, and nothing else. Ours is all that `make_map` does: start, read the stored vectors,
find neighbors (`first`) or read the graph that another part of Assay left (`again`), lay them out,
find topics, store places and topics with the rows. Kept: the share of the 15 nearest rows in 384
dimensions that are among the 15 nearest places; trustworthy: Venna and Kaski 2001, section 4.1;
both of 1,000 rows drawn. Both sides run at the same time, each mostly on one thread, so that both
meet the load that others bring. One thread for matrix products: threads that wait for each other
spin. Writes benchmarks/results/map.json.
"""

# ruff: noqa: E402  # the number of threads is read when NumPy is imported
from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_neighbors import drawn
from measuring import Spent, conditions, record, spend

import assay

STARTED = time.perf_counter()
NEAR, LOOKED_AT = 15, 1000


def umap_alone(folder: Path) -> None:
    import umap

    from assay.insight.map._umap_worker import MIN_DISTANCE, NEIGHBORS

    vectors = np.load(folder / "vectors.npy")
    spent = [(time.process_time(), time.perf_counter())]
    for _ in range(2):
        model = umap.UMAP(
            n_neighbors=NEIGHBORS, min_dist=MIN_DISTANCE, metric="cosine", random_state=0, n_jobs=1
        )
        np.save(folder / "umap.npy", model.fit_transform(vectors))
        spent.append((time.process_time(), time.perf_counter()))
    first, second = spent[1], np.subtract(spent[2], spent[1]).tolist()
    print(json.dumps({"cpu": [first[0], second[0]], "wall": [first[1] - STARTED, second[1]]}))


def ours(folder: Path) -> None:
    print(json.dumps(assay.open(folder / "project").dataset("rows").make_map()))


def prepare(folder: Path, rows: int) -> np.ndarray:
    vectors = drawn(rows)
    np.save(folder / "vectors.npy", vectors)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    texts = [f"row {i}" for i in range(rows)]
    pq.write_table(pa.table({"text": texts, "meaning": column}), folder / "rows.parquet")
    assay.open(folder / "project").dataset("rows").add(folder / "rows.parquet")
    return vectors


def nearest(points: np.ndarray, some: np.ndarray) -> np.ndarray:
    """For some of the points, how many of all are nearer than each: shape (some, points)."""
    away = (points[some] ** 2).sum(1)[:, None] + (points**2).sum(1) - 2 * points[some] @ points.T
    away[np.arange(len(some)), some] = -np.inf
    order = np.argsort(away, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(len(points))[None], axis=1)
    return ranks


def quality(vectors: np.ndarray, places: np.ndarray) -> dict[str, float]:
    n, kept, missed = len(vectors), 0, 0
    some = np.random.default_rng(1).choice(n, min(n, LOOKED_AT), replace=False)
    for block in np.array_split(some, max(1, len(some) // 100)):
        true, shown = nearest(vectors, block), nearest(places.astype(np.float64), block)
        near = (shown > 0) & (shown <= NEAR)
        kept += int((near & (true <= NEAR)).sum())
        missed += int((true[near] - NEAR).clip(0).sum())
    norm = 2 / (len(some) * NEAR * (2 * n - 3 * NEAR - 1))
    share = kept / (len(some) * NEAR)
    return {"kept": round(share, 4), "trustworthy": round(1 - norm * missed, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        {"assay": ours, "umap_learn": umap_alone}[options.child[0]](Path(options.child[1]))
        return
    before = conditions(["umap-learn", "pynndescent", "scikit-learn"])
    with tempfile.TemporaryDirectory(prefix="assay-bench-map-") as name:
        folder = Path(name)
        vectors = prepare(folder, options.rows)
        cpu: dict[str, list[float]] = {}
        wall: dict[str, list[float]] = {}

        def note(kind: str, seconds: float, passed: float) -> None:
            cpu.setdefault(kind, []).append(seconds)
            wall.setdefault(kind, []).append(passed)

        def child(kind: str) -> Spent:
            return spend([sys.executable, __file__, "--child", kind, folder])

        for _ in range(options.rounds):
            shutil.rmtree(folder / "project" / "graphs", ignore_errors=True)
            with ThreadPoolExecutor() as lanes:
                peer = lanes.submit(child, "umap_learn")
                for kind in ("first", "again"):
                    made = child("assay")
                    note(kind, made.cpu, made.wall)
                told = peer.result().answer()
            for i, kind in enumerate(("umap_learn", "umap_learn_compiled")):
                note(kind, told["cpu"][i], told["wall"][i])
        placed = assay.open(folder / "project").dataset("rows").to_table(["map.x", "map.y"])
        places = np.column_stack([np.asarray(placed.column(i)) for i in range(2)])
        found = {
            "umap_learn": quality(vectors, np.load(folder / "umap.npy")),
            "assay": quality(vectors, places),
        }
    least = {"cpu": _medians(cpu), "wall": _medians(wall)}
    record(
        "map",
        {
            **before,
            "load_after": round(os.getloadavg()[0], 2),
            "rows": options.rows,
            "rounds": options.rounds,
            **{f"{clock}_seconds": seconds for clock, seconds in least.items()},
            **{
                f"{clock}_over_{peer}": {
                    kind: round(seconds[kind] / seconds[peer], 3) for kind in ("first", "again")
                }
                for peer in ("umap_learn", "umap_learn_compiled")
                for clock, seconds in least.items()
            },
            "topics": made.answer()["topics"],
            "nearest": found,
        },
    )


def _medians(times: dict[str, list[float]]) -> dict[str, float]:
    return {kind: round(statistics.median(each), 2) for kind, each in times.items()}


if __name__ == "__main__":
    main()
