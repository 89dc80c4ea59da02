"""What comparing two datasets costs, and whether what it says is right.

    python benchmarks/bench_diff.py [--rows 20000] [--rounds 3]

`classifier`: rows of CLINC150 of five domains against those of all, by `lsa`; our AUROC beside that
of scikit-learn's cross-validated logistic regression on the same features, and what both cost.
`columns`: Kolmogorov-Smirnov distances beside scipy's. `whole`: a whole diff of two datasets of
that many rows with `text.stats`, an embedding and signatures. CPU seconds of this process, medians.
Writes benchmarks/results/diff.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from measuring import SHARED, conditions, record

import assay
from assay.insight.diff.columns import ks_distance
from assay.insight.diff.domain import tell_apart, vector_feature
from assay.models import lsa


def lines(name: str) -> list[dict[str, Any]]:
    raw = zstandard.ZstdDecompressor().stream_reader((SHARED / name).read_bytes()).read()
    return [json.loads(line) for line in raw.decode().splitlines()]


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        answer = work()
        spent.append(time.process_time() - started)
    return statistics.median(spent), answer


def classifier(rounds: int) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    read = lines("topics/clinc150.jsonl.zst")
    rows = {row["text"]: row["domain"] for row in read if row["domain"]}
    texts, domains = list(rows), list(rows.values())
    found = lsa.load(lsa.fit(texts)).embed(texts)
    few = set(sorted(set(domains))[:5])
    rng = np.random.default_rng(0)
    all_rows = rng.choice(len(texts), 4000, replace=False)
    some = rng.choice([i for i, d in enumerate(domains) if d in few], 4000, replace=False)
    at = np.concatenate([all_rows, some])
    in_b = np.arange(len(at)) >= 4000
    feature = vector_feature("embed.text", found[at])
    ours, told = timed(lambda: tell_apart([feature], in_b, at), rounds)

    def theirs() -> float:
        model = LogisticRegression(C=0.1, max_iter=1000)
        scores = cross_val_predict(model, feature.matrix, in_b, cv=5, method="decision_function")
        from sklearn.metrics import roc_auc_score

        return float(roc_auc_score(in_b, scores))

    cost, auroc = timed(theirs, rounds)
    return {
        "rows": len(at),
        "auroc": {"assay": told["auroc"], "scikit_learn": round(auroc, 4)},
        "interval": [told["low"], told["high"]],
        "cpu_seconds": {"assay_with_interval": round(ours, 3), "scikit_learn": round(cost, 3)},
    }


def columns() -> dict[str, Any]:
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(0)
    off = 0.0
    for shift in np.linspace(0, 2, 20):
        a, b = np.sort(rng.normal(size=997)), np.sort(np.round(rng.normal(shift, 2, 1501), 1))
        off = max(off, abs(ks_distance(a, b) - ks_2samp(a, b).statistic))
    return {"comparisons": 20, "largest_difference_to_scipy": off}


def whole(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    words = [word for row in lines("topics/clinc150.jsonl.zst") for word in row["text"].split()]
    project = assay.open(folder / "whole")
    for name, seed in (("a", 0), ("b", 1)):
        rng = np.random.default_rng(seed)
        starts = rng.integers(0, len(words) - 60, rows)
        texts = (" ".join(words[at : at + 20 + at % 40]) for at in starts)
        file = folder / f"{name}.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        project.dataset(name).add(file)
        embed = {"op": "embed.text", "model": "lsa"}
        if name == "a":
            project.dataset(name).compute("text.stats", "text.minhash", embed)
        else:
            project.dataset(name).compute("text.stats", "text.minhash")
            project.dataset(name).compute({**embed, "as": "embed.text"}, like="a")
    spent, told = timed(lambda: project.dataset("a").diff("b"), rounds)
    return {
        "rows_a_side": rows,
        "columns": len(told["statistics"]),
        "cpu_seconds": round(spent, 2),
        "rows_a_cpu_second": round(2 * rows / spent),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = {
            **conditions(["scikit-learn", "scipy"]),
            "columns": columns(),
            "classifier": classifier(options.rounds),
            "whole": whole(Path(folder), options.rows, options.rounds),
        }
    record("diff", result)


if __name__ == "__main__":
    main()
