"""Peak memory of adding and computing, for a small and a five times larger input.

    python benchmarks/bench_memory.py [--small 200] [--large 1000]

Writes JSON Lines of the given megabytes: sentences of the corpus, mixed by a seed, so that every
document is new. Then `assay add` and `assay compute text.stats text.minhash`, each a process of its
own, and the largest resident set of each. Memory should not grow with the input.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from pathlib import Path

from measuring import CORPUS, conditions, record, spend

ASSAY = Path(sys.executable).parent / "assay"


def write_documents(path: Path, megabytes: int, *, seed: int = 0) -> int:
    """Mix sentences of the corpus into JSON Lines of about this size; how many documents."""
    import pyarrow.parquet as pq

    texts = pq.read_table(CORPUS, columns=["text"])["text"].to_pylist()
    sentences = [s for text in texts for s in re.split(r"(?<=[.!?。])\s+", text) if s]
    pick = random.Random(seed)
    written = documents = 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * 1_000_000:
            text = " ".join(pick.choices(sentences, k=pick.randint(5, 60)))
            line = json.dumps({"text": text, "number": documents}, ensure_ascii=False)
            written += len(line.encode()) + 1
            documents += 1
            file.write(line + "\n")
    return documents


def measure(work: Path, megabytes: int) -> dict[str, object]:
    path = work / f"{megabytes}.jsonl"
    documents = write_documents(path, megabytes)
    project = work / f"project{megabytes}"
    add = spend([ASSAY, "add", "docs", path, "--project", project, "--json"])
    compute = spend(
        [ASSAY, "compute", "docs", "text.stats", "text.minhash", "--project", project, "--json"]
    )
    path.unlink()
    return {
        "documents": documents,
        "megabytes": megabytes,
        "peak_mib": {"add": round(add.peak), "compute": round(compute.peak)},
        "cpu_seconds": {"add": round(add.cpu, 1), "compute": round(compute.cpu, 1)},
        "wall_seconds": {"add": round(add.wall, 1), "compute": round(compute.wall, 1)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=200)
    parser.add_argument("--large", type=int, default=1000)
    options = parser.parse_args()
    before = conditions()
    with tempfile.TemporaryDirectory() as folder:
        small = measure(Path(folder), options.small)
        large = measure(Path(folder), options.large)
    peaks = [max(side["peak_mib"].values()) for side in (small, large)]
    record(
        "memory",
        {
            **before,
            "small": small,
            "large": large,
            "large_over_small": {
                "add": round(large["peak_mib"]["add"] / small["peak_mib"]["add"], 2),
                "compute": round(large["peak_mib"]["compute"] / small["peak_mib"]["compute"], 2),
                "whole": round(peaks[1] / peaks[0], 2),
            },
        },
    )


if __name__ == "__main__":
    main()
