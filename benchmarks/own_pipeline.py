"""Our half of the pipeline benchmarks: a process that works as a user would.

    python benchmarks/own_pipeline.py copy|chain INPUT_DIR OUTPUT_DIR

`copy`: Parquet into a new dataset. `chain`: then the rules of Gopher (repetition and quality), C4
and FineWeb, whose signals are computed as they are needed, and the kept rows back to Parquet.
Prints rows written and CPU seconds as JSON. `copy` does one row first, which is not counted: its
cost is that of the work alone.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

RULES = ("gopher.repetition", "gopher.quality", "c4.quality", "fineweb.quality")


def cpu_seconds() -> float:
    """User and system time of this process and of those it waited for, so far."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def run(mode: str, source: Path, folder: Path) -> int:
    import assay

    docs = assay.open(folder / "project").dataset("docs")
    rows = docs.add(source).rows_added
    if mode == "chain":
        made = docs.curate(name="clean", rules=[{"use": rule} for rule in RULES])
        kept = docs.at(made.output["name"])
        rows = kept.export(folder / "clean.parquet", columns=["source_id", "text", "source_source"])
    return rows


def main(mode: str, source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    if mode == "copy":
        import pyarrow as pa
        import pyarrow.parquet as pq

        (folder / "one").mkdir()
        row = pa.table({"id": ["1"], "text": ["One row."], "source": ["here"]})
        pq.write_table(row, folder / "one" / "row.parquet")
        run("copy", folder / "one", folder / "first")
    started = cpu_seconds()
    rows = run(mode, source, folder)
    print(json.dumps({"rows": rows, "cpu_seconds": round(cpu_seconds() - started, 4)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
