"""Parquet in, rules, Parquet out, whole processes; and ingest alone; beside datatrove.

    python benchmarks/bench_pipeline.py [--docs N] [--rounds 3] [--peer-python VENV/bin/python]

Chain: add, the rules of Gopher (repetition, quality), C4 and FineWeb with the signals they need,
and the kept rows back to Parquet; from the start of the interpreter to its end, kernels cached on
disk. The peer runs its own four filters between its Parquet reader and writer. Copy: Parquet into
a new dataset, beside the peer's Parquet reader and writer, imports left out on both sides. All CPU
seconds (user and system, all threads and children) are medians of interleaved rounds; the peer's
chain takes minutes and runs once. Both see the same documents.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, conditions, record, spend, write_sample

OURS = [sys.executable, ROOT / "benchmarks" / "own_pipeline.py"]
PEER = ROOT / "benchmarks" / "peer_datatrove.py"


def chain(source: Path, work: Path, peer: str | None, rounds: int) -> dict[str, object]:
    """CPU seconds of whole processes."""
    spend([*OURS, "chain", source, work / "warm"])  # compiles, or finds the kernels on disk
    ours = [spend([*OURS, "chain", source, work / f"chain{i}"]) for i in range(rounds)]
    out: dict[str, object] = {
        "cpu_seconds": {"assay": round(statistics.median(s.cpu for s in ours), 2)},
        "wall_seconds": {"assay": round(statistics.median(s.wall for s in ours), 2)},
        "kept": {"assay": ours[0].answer()["rows"]},
    }
    if peer:
        theirs = spend([peer, PEER, "chain", source, work / "peer"])
        out["cpu_seconds"]["datatrove"] = round(theirs.cpu, 2)
        out["wall_seconds"]["datatrove"] = round(theirs.wall, 2)
        out["kept"]["datatrove"] = theirs.answer()["rows"]
    return out


def copy(source: Path, work: Path, peer: str | None, rounds: int) -> dict[str, object]:
    """CPU seconds of the work alone."""
    spent: dict[str, list[float]] = {"assay": []} | ({"datatrove": []} if peer else {})
    for i in range(rounds):
        done = spend([*OURS, "copy", source, work / f"copy{i}"])
        spent["assay"].append(done.answer()["cpu_seconds"])
        if peer:
            done = spend([peer, PEER, "copy", source, work / f"peercopy{i}"])
            spent["datatrove"].append(done.answer()["cpu_seconds"])
    spent["reading_the_parquet_file"] = [reading(source) for _ in range(rounds)]
    return {"cpu_seconds": {k: round(statistics.median(v), 3) for k, v in spent.items()}}


def reading(source: Path) -> float:
    """CPU seconds of decoding the file and nothing else: what any ingest pays."""
    code = (
        "import sys, time, pyarrow.parquet as pq\n"
        "t = time.process_time()\n"
        "for b in pq.ParquetFile(sys.argv[1]).iter_batches(1500): pass\n"
        "print(time.process_time() - t)"
    )
    return float(spend([sys.executable, "-c", code, next(source.glob("*.parquet"))]).said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, help="a random sample; all documents by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    before = conditions()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        docs, size = write_sample(work / "in" / "docs.parquet", options.docs)
        result: dict[str, object] = {
            **before,
            "documents": docs,
            "megabytes": round(size, 2),
            "rounds": options.rounds,
            "ingest_alone": copy(work / "in", work, options.peer_python, options.rounds),
            "parquet_rules_parquet": chain(work / "in", work, options.peer_python, options.rounds),
        }
    for name in ("ingest_alone", "parquet_rules_parquet"):
        part = result[name]
        cpu = part["cpu_seconds"]
        part["megabytes_per_cpu_second"] = {k: round(size / v, 2) for k, v in cpu.items()}
        if options.peer_python:
            part["times_cheaper_than_datatrove"] = round(cpu["datatrove"] / cpu["assay"], 1)
    record("pipeline", result)


if __name__ == "__main__":
    main()
