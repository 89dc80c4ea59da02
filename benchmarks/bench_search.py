"""How good search is on the Cranfield questions: nDCG@10 by words, by vectors and by both.

    python benchmarks/bench_search.py [--docs 1400] [--models lsa minilm]

The dataset is `rag/cranfield_docs.jsonl.zst`, the questions and their graded answers
`rag/cranfield_queries.jsonl.zst` (113, the odd ids). All questions are answered by one call of
`search_many`, and one by one for the cost. No parameter was fit on these questions: both rankings
enter alike, by the constant of the paper (reciprocal rank fusion, 60). Writes
benchmarks/results/search.json.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import zstandard
from measuring import SHARED, conditions, record

import assay

DOCS = SHARED / "rag" / "cranfield_docs.jsonl.zst"
QUESTIONS = SHARED / "rag" / "cranfield_queries.jsonl.zst"
MODES = ("text", "vector", "hybrid")


def lines(path: Path) -> list[str]:
    return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read().decode().split("\n")


def ndcg(found: list[str], relevant: dict[str, int], k: int = 10) -> float:
    """Normalized discounted cumulative gain (Jarvelin and Kekalainen 2002, section 2.2)."""
    gains = [relevant.get(name, 0) / math.log2(rank + 2) for rank, name in enumerate(found[:k])]
    best = sorted(relevant.values(), reverse=True)[:k]
    ideal = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(best))
    return sum(gains) / ideal if ideal else 0.0


def measure(model: str, docs: int, folder: Path) -> dict[str, Any]:
    part = folder / "docs.jsonl"
    part.write_text("\n".join(lines(DOCS)[:docs]) + "\n")
    dataset = assay.open(folder / model).dataset("docs")
    dataset.add(part)
    started = time.process_time()
    dataset.compute({"op": "embed.text", "model": model})
    embedding = time.process_time() - started
    asked = [json.loads(line) for line in lines(QUESTIONS) if line]
    texts = [question["text"] for question in asked]
    quality, cost = {}, {}
    for mode in MODES:
        dataset.search(texts[0], mode=mode)  # the index is built once, by whoever asks first
        started = time.process_time()
        hits = dataset.search_many(texts, mode=mode).to_pylist()
        together = time.process_time() - started
        started = time.process_time()
        for text in texts:
            dataset.search(text, mode=mode)
        alone = time.process_time() - started
        found: list[list[str]] = [[] for _ in asked]
        for hit in hits:
            found[hit["query"]].append(hit["source_id"])
        scores = [ndcg(f, q["relevant"]) for f, q in zip(found, asked, strict=True)]
        quality[mode] = round(sum(scores) / len(scores), 4)
        cost[mode] = round(alone / max(together, 1e-9), 1)
    return {
        "ndcg_at_10": quality,
        "hybrid_over_better_part": round(
            quality["hybrid"] - max(quality["text"], quality["vector"]), 4
        ),
        "cpu_times_cheaper_in_bulk_than_one_by_one": cost,
        "cpu_seconds_to_embed": round(embedding, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, default=1400)
    parser.add_argument("--models", nargs="+", default=["lsa", "minilm"])
    options = parser.parse_args()
    before = conditions(("onnxruntime",))
    result: dict[str, Any] = {"docs": options.docs}
    with tempfile.TemporaryDirectory() as folder:
        for model in options.models:
            result[model] = measure(model, options.docs, Path(folder))
    record("search", before | result)


if __name__ == "__main__":
    main()
