"""Curating again with a moved threshold: no signal is computed again.

    python benchmarks/bench_curate.py [--rows 100000] [--rounds 3]

Sentences of the corpus become rows; `text.stats` is computed once; then a recipe of published rules
and one threshold of its own is applied, and applied again with that threshold moved, each time by
`assay curate` in a new process. `seconds` is what the command itself reports, without start-up.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from measuring import CORPUS, conditions, record, spend

ASSAY = Path(sys.executable).parent / "assay"
RECIPE = """\
name: clean
input: docs
rules:
  - use: gopher.quality
  - use: fineweb.quality
  - keep: stats.words >= {words}
"""


def write_rows(path: Path, rows: int) -> None:
    """Pieces of the corpus of some hundred characters, `rows` of them."""
    pieces: list[str] = []
    for text in pq.read_table(CORPUS, columns=["text"])["text"].to_pylist():
        pieces += (text[i : i + 500] for i in range(0, len(text), 500))
        if len(pieces) >= rows:
            break
    pq.write_table(pa.table({"text": pieces[:rows]}), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before = conditions()
    again = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_rows(work / "rows.parquet", options.rows)
        door = ["--project", work / "project", "--json"]
        added = spend([ASSAY, "add", "docs", work / "rows.parquet", *door]).document()
        spend([ASSAY, "compute", "docs", "text.stats", *door])
        recipe = work / "recipe.yaml"
        recipe.write_text(RECIPE.format(words=60))
        first = spend([ASSAY, "curate", recipe, *door])
        for number in range(options.rounds):
            recipe.write_text(RECIPE.format(words=61 + number))
            again.append(spend([ASSAY, "curate", recipe, *door]))
    answers = [spent.document() for spent in again]
    record(
        "curate",
        {
            **before,
            "rows": added["rows_added"],
            "rounds": options.rounds,
            "first": {"cpu_seconds": round(first.cpu, 2), "wall_seconds": round(first.wall, 2)},
            "moved_threshold": {
                "cpu_seconds": round(statistics.median(s.cpu for s in again), 2),
                "wall_seconds": round(statistics.median(s.wall for s in again), 2),
                "seconds_reported": statistics.median(a["seconds"] for a in answers),
                "rows_kept": [a["output"]["rows"] for a in answers],
            },
        },
    )


if __name__ == "__main__":
    main()
