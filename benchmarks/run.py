"""Runs all benchmarks, each in its own process, and prints targets beside what was measured.

    python benchmarks/run.py [--peer-python VENV/bin/python] [--subset-peer-python VENV/bin/python]
        [--only NAME ...] [--table]

Every benchmark writes its result with the command, the machine and the versions to
benchmarks/results/. With --table nothing runs: the results that are there are printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from measuring import RESULTS, ROOT

# What each benchmark is run with, beside the peer's interpreter where it asks for one.
COMMANDS: dict[str, tuple[str, ...]] = {
    "text_stats": (),
    "minhash": (),
    "language": (),
    "compute": (),
    "curate": (),
    "search": (),
    "search_rows": (),
    "subset": (),
    "diff": (),
    "neighbors": (),
    "map": (),
    "gaps": (),
    "install": (),
    "memory": (),
    "demo": ("--clone",),
    "pipeline": (),
}
# Peers live in environments of their own; each is named by an option of that name.
PEERS = {"text_stats": "peer_python", "pipeline": "peer_python", "subset": "subset_peer_python"}


@dataclass(frozen=True)
class Bar:
    """A number to hold: what it is, where it stands in a result, and which side is good."""

    what: str
    result: str
    place: tuple[str, ...]
    least: float | None = None
    most: float | None = None
    unit: str = "x"

    def row(self, results: Mapping[str, Any]) -> tuple[str, str, str, str]:
        """What, target, measured, verdict; all as text."""
        target = ""
        if self.least is not None:
            target = f">= {self.least:g} {self.unit}"
        elif self.most is not None:
            target = f"<= {self.most:g} {self.unit}"
        value = results.get(self.result)
        for step in self.place:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is None:
            return self.what, target, "not measured", ""
        met = (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )
        verdict = "" if not target else "met" if met else "MISSED"
        return self.what, target, f"{value:,} {self.unit}", verdict


FASTER = "op@datatrove_times_faster_than"
BARS = (
    Bar("text.stats over plain Python, equal values", "text_stats", (FASTER, "plain_python"), 40),
    Bar(
        "text.stats over datatrove's three filters",
        "text_stats",
        (FASTER, "datatrove_three_filters"),
        100,
    ),
    Bar("  with our own word", "text_stats", ("megabytes_per_cpu_second", "op@assay"), unit="MB/s"),
    Bar(
        "  with white-space words",
        "text_stats",
        ("megabytes_per_cpu_second", "op@datatrove"),
        unit="MB/s",
    ),
    Bar("  share of the branchy word split", "text_stats", ("share_of_word_split_bound",), unit=""),
    Bar(
        "Parquet, rules, Parquet over datatrove's chain",
        "pipeline",
        ("parquet_rules_parquet", "times_cheaper_than_datatrove"),
        40,
    ),
    Bar(
        "ingest alone over datatrove's Parquet to Parquet",
        "pipeline",
        ("ingest_alone", "times_cheaper_than_datatrove"),
        10,
    ),
    Bar(
        "MinHash to verified groups over rensa",
        "minhash",
        ("corpus", "assay_times_cheaper_than", "rensa"),
        10,
    ),
    Bar(
        "recall at Jaccard 0.8 or more",
        "minhash",
        ("doc_revisions", "recall", "assay"),
        0.98,
        unit="",
    ),
    Bar("text.language over the libraries it equals", "language", ("times_cheaper", "both_models")),
    Bar(
        "hybrid search on Cranfield, nDCG@10, minilm",
        "search",
        ("minilm", "ndcg_at_10", "hybrid"),
        0.43,
        unit="",
    ),
    Bar(
        "  above the better of its parts by",
        "search",
        ("minilm", "hybrid_over_better_part"),
        0.0001,
        unit="",
    ),
    Bar("  hybrid with lsa", "search", ("lsa", "ndcg_at_10", "hybrid"), unit=""),
    Bar(
        "text search over 1M rows, p95",
        "search_rows",
        ("milliseconds", "text, hybrid", "p95"),
        most=150,
        unit="ms",
    ),
    Bar(
        "example search over 1M rows, p95",
        "search_rows",
        ("milliseconds", "example", "p95"),
        most=150,
        unit="ms",
    ),
    Bar(
        "facility location over apricot's, as good",
        "subset",
        ("times_cheaper_than", "apricot_facility"),
        1,
    ),
    Bar("  over submodlib's", "subset", ("times_cheaper_than", "submodlib_facility"), 1),
    Bar("  its value over apricot's", "subset", ("value_over", "apricot_facility"), 0.99, unit=""),
    Bar(
        "  its value over submodlib's",
        "subset",
        ("value_over", "submodlib_facility"),
        0.99,
        unit="",
    ),
    Bar(
        "diversity over submodlib's farthest first",
        "subset",
        ("times_cheaper_than", "submodlib_farthest"),
        1,
    ),
    Bar("diff, whole", "diff", ("whole", "rows_a_cpu_second"), unit="rows a CPU second"),
    Bar(
        "neighbor graph of 100k x 384, exact, over scikit-learn",
        "neighbors",
        ("times_cheaper_than_scikit_learn", "exact"),
        2,
    ),
    Bar("  by cells", "neighbors", ("times_cheaper_than_scikit_learn", "cells"), 5),
    Bar("  recall of cells", "neighbors", ("recall", "cells"), 0.99, unit=""),
    Bar("map of 100k x 384 over umap-learn", "map", ("cpu_over_umap_learn", "first"), most=1),
    Bar("  over one that is compiled", "map", ("cpu_over_umap_learn_compiled", "first"), unit="x"),
    Bar("  nearest rows kept", "map", ("nearest", "assay", "kept"), unit=""),
    Bar(
        "rows of missing intents, AUROC, lsa",
        "gaps",
        ("clinc150", "lsa", "assay", "auroc"),
        0.78,
        unit="",
    ),
    Bar("  minilm", "gaps", ("clinc150", "minilm", "assay", "auroc"), 0.95, unit=""),
    Bar(
        "missing intents among 15 gaps, lsa",
        "gaps",
        ("clinc150", "lsa", "assay", "found"),
        0.65,
        unit="",
    ),
    Bar("  minilm", "gaps", ("clinc150", "minilm", "assay", "found"), 0.88, unit=""),
    Bar(
        "out of scope, AUROC, lsa with labels",
        "gaps",
        ("out_of_scope_auroc", "lsa", "with_labels"),
        0.88,
        unit="",
    ),
    Bar(
        "  minilm without labels",
        "gaps",
        ("out_of_scope_auroc", "minilm", "without_labels"),
        0.975,
        unit="",
    ),
    Bar(
        "label flags that only one of us and cleanlab has",
        "gaps",
        ("label_errors", "flags_differ_by"),
        most=0.02,
        unit="",
    ),
    Bar("peak memory, 1 GB over 200 MB", "memory", ("large_over_small", "whole"), most=1.5),
    Bar("distributions, base", "install", ("base", "distributions"), most=38, unit=""),
    Bar(
        "distributions, all that the demo needs",
        "install",
        ("demo", "distributions"),
        most=78,
        unit="",
    ),
    Bar("import assay", "install", ("import_assay", "import_seconds"), most=1, unit="s"),
    Bar("make demo in a fresh clone", "demo", ("fresh_clone", "seconds"), most=180, unit="s"),
    Bar("  demo alone, kernels cached", "demo", ("warm", "wall_seconds"), unit="s"),
    Bar(
        "curating 100k rows again, threshold moved",
        "curate",
        ("moved_threshold", "wall_seconds"),
        most=1,
        unit="s",
    ),
)


def table(results: Mapping[str, Any]) -> str:
    """Targets beside measurements, as text."""
    rows = [("", "target", "measured", ""), *(bar.row(results) for bar in BARS)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", help="of datatrove")
    parser.add_argument("--subset-peer-python", help="of apricot and submodlib")
    parser.add_argument("--only", nargs="+", choices=sorted(COMMANDS))
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    failed = []
    for name in () if options.table else options.only or COMMANDS:
        script = ROOT / "benchmarks" / f"bench_{name}.py"
        asked = PEERS.get(name, "")
        python = getattr(options, asked, None)
        peer = (f"--{asked.replace('_', '-')}", python) if python else ()
        arguments = (*COMMANDS[name], *peer)
        print(f"{name} ...", flush=True)
        command = [sys.executable, str(script), *arguments]
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
            failed.append(name)
    results = {path.stem: json.loads(path.read_text()) for path in RESULTS.glob("*.json")}
    print(table(results))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
