"""What the executor costs beside the bare op: reading, threads, writing, committing.

    python benchmarks/bench_compute.py [--docs N] [--rounds 3] [OP ...]

Computes each op through a dataset (under a new name a round, so that it really runs) and by calling
it in a loop over the same batches in memory; CPU seconds of both, medians of interleaved rounds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from measuring import conditions, record, write_sample

OPS = ("text.stats", "text.minhash", "text.pii", "text.tokens")
BATCH = 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ops", nargs="*", default=OPS)
    parser.add_argument("--docs", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before = conditions()
    import assay
    from assay import registry

    spent: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in" / "docs.parquet"
        docs, size = write_sample(path, options.docs)
        dataset = assay.open(Path(folder) / "project").dataset("docs")
        dataset.add(path)
        batches = dataset.source.read(["text"]).combine_chunks().to_batches(BATCH)
        for name in options.ops:
            op = registry.get("op", name)
            if op.warmup is not None:
                op.warmup()
            op.fn(batches[0].slice(0, 1), **op.defaults)  # loads what it loads once
            times = spent[name] = {"bare": [], "computed": []}
            for number in range(options.rounds):
                started = time.process_time()
                for batch in batches:
                    op.fn(batch, **op.defaults)
                times["bare"].append(time.process_time() - started)
                started = time.process_time()
                dataset.compute({"op": name, "as": f"again{number}_{name.replace('.', '_')}"})
                times["computed"].append(time.process_time() - started)
    median = {
        name: {kind: statistics.median(values) for kind, values in times.items()}
        for name, times in spent.items()
    }
    record(
        "compute",
        {
            **before,
            "documents": docs,
            "megabytes": round(size, 2),
            "rounds": options.rounds,
            "cpu_seconds": {
                name: {kind: round(value, 3) for kind, value in times.items()}
                for name, times in median.items()
            },
            "megabytes_per_cpu_second": {
                name: round(size / times["computed"], 1) for name, times in median.items()
            },
            "overhead_seconds": {
                name: round(times["computed"] - times["bare"], 3) for name, times in median.items()
            },
        },
    )


if __name__ == "__main__":
    main()
