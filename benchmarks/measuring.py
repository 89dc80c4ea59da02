"""What all benchmarks share: child processes with their costs, the corpus, a written result."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(os.environ.get("ASSAY_BENCH_RESULTS", ROOT / "benchmarks" / "results"))
SHARED = Path(os.environ.get("ASSAY_SHARED_DATA", ROOT.parent / "shared" / "data"))
CORPUS = SHARED / "text_corpus" / "docs.parquet"


@dataclass(frozen=True)
class Spent:
    """What a child process and all that it waited for cost.

    Attributes:
        cpu: Seconds of user and system time.
        wall: Seconds.
        peak: Largest resident set of one process, in MiB.
        said: Standard output.
    """

    cpu: float
    wall: float
    peak: float
    said: str

    def document(self) -> Any:
        """The whole output, read as one JSON document."""
        return json.loads(self.said)

    def answer(self) -> dict[str, Any]:
        """The last line of the output, read as JSON."""
        return json.loads(self.said.splitlines()[-1])


def spend(
    command: Sequence[str | os.PathLike[str]], *, cwd: Path | None = None, **env: str
) -> Spent:
    """Run a command to its end and say what it cost.

    Raises:
        RuntimeError: It failed; with the end of what it wrote to standard error.
    """
    with tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        child = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=err,
            cwd=cwd,
            env={**os.environ, **env},
            text=True,
        )
        heard: list[str] = []
        reader = threading.Thread(target=lambda: heard.append(child.stdout.read()))
        reader.start()
        # wait4 tells the cost of this child alone, whatever else ran before it.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        reader.join()
        child.stdout.close()
        if child.returncode:
            err.seek(0)
            tail = err.read()[-2000:]
            raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{tail}")
    unit = 1024 if sys.platform != "darwin" else 1 << 20
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / unit, heard[0])


def write_sample(target: Path, docs: int | None, *, seed: int = 0) -> tuple[int, float]:
    """Write a random sample of the corpus (all of it for None) to a Parquet file.

    Returns:
        Number of documents and megabytes (1e6 bytes of UTF-8) of text.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(CORPUS)
    if docs is not None and docs < table.num_rows:
        rows = np.sort(np.random.default_rng(seed).permutation(table.num_rows)[:docs])
        table = table.take(pa.array(rows))
    target.parent.mkdir(parents=True, exist_ok=True)
    # As the corpus itself is written.
    pq.write_table(table, target, compression="zstd")
    size = pc.sum(pc.binary_length(table["text"])).as_py()
    return table.num_rows, size / 1e6


def conditions(packages: Sequence[str] = ()) -> dict[str, Any]:
    """The command, the machine and the versions that a number holds for."""
    named = ("assay-engine", "numba", "numpy", "pyarrow", "pylance", *packages)
    return {
        "command": " ".join(
            ["python", _portable(str(Path(sys.argv[0]).resolve())), *map(_portable, sys.argv[1:])]
        ),
        "commit": _commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "machine": platform.machine(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {"python": platform.python_version()} | {n: version(n) for n in named},
    }


def record(name: str, result: Mapping[str, Any]) -> None:
    """Write a result to `results/NAME.json` and print it."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text)
    print(text, end="")


def _commit() -> str | None:
    """The commit that is measured, marked with a plus where files differ from it."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        git = ["git", "-C", str(ROOT)]
        named = subprocess.check_output([*git, "rev-parse", "--short", "HEAD"], text=True).strip()
        changed = subprocess.check_output([*git, "status", "--porcelain", "-uno", "src"], text=True)
        return named + "+" * bool(changed.strip())
    return None


def _portable(argument: str) -> str:
    path = Path(argument)
    if path.is_absolute():
        try:
            return str(path.relative_to(ROOT))
        except ValueError:
            return path.name
    return argument
