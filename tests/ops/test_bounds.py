"""Kernels never read or write outside their arrays: compiled once with Numba's own checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
import pyarrow as pa
from test_text_stats import EDGES
from assay.ops.kernels.stats import text_stats
from assay.ops.match.near import near_duplicates
from assay.ops.match.overlap import overlap
from assay.ops.text.minhash import text_minhash

long = ["a b " * 9000, "\\n" * 5000, "x" * 100_000, "\u0e01" * 3000]
for whitespace in (True, False):
    for texts in (EDGES, EDGES[30:], long, EDGES[:1], []):
        text_stats(pa.array(texts, pa.string()), whitespace=whitespace)
texts = pa.array([*EDGES, *long, *EDGES, "one two three four five six seven " * 9])
signatures = text_minhash(pa.record_batch({"text": texts})).column(0)
near_duplicates(signatures, lambda rows: texts.take(pa.array(rows)), threshold=0.5)
overlap(texts, pa.array(["one two three four five six seven eight", *EDGES]))
"""


def test_reads_and_writes_stay_in_bounds() -> None:
    # A process of its own, because the checks change how every kernel is compiled.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
