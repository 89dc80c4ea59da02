"""The peer's half of the pipeline benchmarks; runs under the peer's own interpreter.

    build/peers/datatrove/bin/python benchmarks/peer_datatrove.py copy|chain INPUT_DIR OUTPUT_DIR

`copy`: Parquet reader, Parquet writer. `chain`: the same with the filters of Gopher (repetition and
quality), C4 and FineWeb between, all with their defaults. Prints rows written and CPU seconds as
JSON. `copy` does one row first, which is not counted: its cost is that of the work alone.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import tempfile
from pathlib import Path


def cpu_seconds() -> float:
    """User and system time of this process and of those it waited for, so far."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def run(mode: str, source: Path, folder: Path) -> int:
    import pyarrow.parquet as pq
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    filters = (GopherRepetitionFilter, GopherQualityFilter, C4QualityFilter, FineWebQualityFilter)
    steps = [make() for make in filters] if mode == "chain" else []
    pipeline = [ParquetReader(str(source)), *steps, ParquetWriter(str(folder))]
    with tempfile.TemporaryDirectory() as logs, contextlib.redirect_stdout(sys.stderr):
        LocalPipelineExecutor(pipeline, tasks=1, workers=1, logging_dir=logs).run()
    return sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))


def main(mode: str, source: Path, folder: Path) -> None:
    if mode == "copy":
        import pyarrow as pa
        import pyarrow.parquet as pq

        (folder / "one").mkdir(parents=True)
        row = pa.table({"id": ["1"], "text": ["One row."], "source": ["here"]})
        pq.write_table(row, folder / "one" / "row.parquet")
        run("copy", folder / "one", folder / "first")
    started = cpu_seconds()
    rows = run(mode, source, folder)
    print(json.dumps({"rows": rows, "cpu_seconds": round(cpu_seconds() - started, 4)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
