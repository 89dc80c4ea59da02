"""CPU cost of finding near duplicates, texts to groups, beside rensa; and how many both find.

    python benchmarks/bench_minhash.py [--docs 3000] [--rounds 3]

Needs the dependency group `bench` and the shared data. Assay: signatures, bands, exact
verification, groups. Rensa: the same normalization and word 5-grams in Python (one `str.translate`,
one regular expression), then its RMinHash, LSH, its own similarity check, and groups; also without
the cost of its 5-grams. Both see the same documents in every round; rounds interleave the two, and
medians of process CPU time (all threads) are compared. Writes benchmarks/results/minhash.json.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import statistics
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rensa
import zstandard
from measuring import CORPUS, SHARED, conditions, record

from assay.ops.kernels.normalize import ALONE, DROPPED, SEPARATOR, load_normalization
from assay.ops.kernels.unionfind import components
from assay.ops.match.near import exact_jaccard, near_duplicates
from assay.ops.text.minhash import PERMUTATIONS, SHINGLE, text_minhash

THRESHOLD = 0.8
# Rensa wants as many places in every band: 16 of 7 come nearest to our 18 of 6.
RENSA_BANDS = 16


class Characters(dict[int, str]):
    """What `str.translate` asks for: our normalization, each character looked up once."""

    def __missing__(self, code_point: int) -> str:
        kind, new = load_normalization().entry(chr(code_point))
        self[code_point] = {SEPARATOR: " ", DROPPED: "", ALONE: f" {new} "}.get(kind, new)
        return self[code_point]


CHARACTERS = Characters()
DIGITS = re.compile("[0-9]+")


def shingles(text: str) -> list[str]:
    words = DIGITS.sub("0", text.translate(CHARACTERS)).split()
    if len(words) < SHINGLE:
        return [" ".join(words)] if words else []
    return [" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)]


def assay_groups(texts: pa.Array) -> np.ndarray:
    signatures = text_minhash(pa.record_batch({"text": texts})).column(0)
    return near_duplicates(
        signatures, lambda rows: texts.take(pa.array(rows)), threshold=THRESHOLD
    ).group


def rensa_pairs(sets: list[list[str]]) -> list[tuple[int, int]]:
    """Pairs that share a band and whose estimated similarity reaches the threshold."""
    rows = [i for i, tokens in enumerate(sets) if tokens]
    sketches = rensa.RMinHash.from_token_sets([sets[i] for i in rows], PERMUTATIONS, 42)
    index = rensa.RMinHashLSH(THRESHOLD, PERMUTATIONS, RENSA_BANDS)
    index.insert_many(sketches)
    return [
        (rows[a], rows[b])
        for b, candidates in enumerate(index.query_all(sketches))
        for a in candidates
        if a < b and sketches[a].jaccard(sketches[b]) >= THRESHOLD
    ]


def rensa_groups(sets: list[list[str]]) -> np.ndarray:
    pairs = np.array(rensa_pairs(sets), np.int64).reshape(-1, 2)
    root = components(len(sets), pairs[:, 0].copy(), pairs[:, 1].copy())
    return np.where(np.bincount(root, minlength=len(sets))[root] > 1, root, -1)


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def compare_cost(documents: int, rounds: int) -> dict[str, object]:
    column = pq.read_table(CORPUS, columns=["text"])["text"]
    rows = np.sort(np.random.default_rng(0).permutation(len(column))[:documents])
    texts = column.take(pa.array(rows)).combine_chunks()
    strings = texts.to_pylist()
    sets = [shingles(text) for text in strings]
    work: dict[str, Callable[[], object]] = {
        "assay": lambda: assay_groups(texts),
        "rensa": lambda: rensa_groups([shingles(text) for text in strings]),
        "rensa_given_shingles": lambda: rensa_groups(sets),
    }
    work["assay"]()  # compiles, or loads what was compiled
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            spent[name].append(cpu_seconds(run))
    median = {name: statistics.median(values) for name, values in spent.items()}
    megabytes = sum(len(text.encode()) for text in strings) / 1e6
    return {
        "documents": len(strings),
        "megabytes": round(megabytes, 2),
        "rounds": rounds,
        "cpu_seconds": {name: round(value, 3) for name, value in median.items()},
        "megabytes_per_cpu_second": {k: round(megabytes / v, 1) for k, v in median.items()},
        "assay_times_cheaper_than": {
            name: round(value / median["assay"], 1)
            for name, value in median.items()
            if name != "assay"
        },
    }


def compare_recall() -> dict[str, object]:
    """Which revisions of a document, exactly 0.8 alike or more, come into one group."""
    with zstandard.open(SHARED / "near_duplicates" / "doc_revisions.jsonl.zst", "rb") as file:
        rows = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    n = len(rows)
    strings = [row[side] for side in ("text_a", "text_b") for row in rows]
    texts = pa.array(strings)

    def fetch(indices: np.ndarray) -> pa.Array:
        return texts.take(pa.array(indices))

    exact = exact_jaccard(np.stack([np.arange(n), np.arange(n) + n], axis=1), fetch)
    sets = [shingles(text) for text in strings]
    for i, (a, b) in enumerate((set(sets[i]), set(sets[n + i])) for i in range(n)):
        assert exact[i] == len(a & b) / len(a | b), "the two do not see the same 5-grams"
    stated = np.array([row["jaccard_word5"] for row in rows])
    groups = {"assay": assay_groups(texts), "rensa": rensa_groups(sets)}

    def recall(group: np.ndarray, similarity: np.ndarray) -> float:
        found = (group[:n] == group[n:]) & (group[:n] >= 0)
        return round(float(found[similarity >= THRESHOLD].mean()), 4)

    found = near_duplicates(
        text_minhash(pa.record_batch({"text": texts})).column(0), fetch, threshold=THRESHOLD
    )
    ours = np.stack([found.left, found.right], axis=1)
    theirs = np.array(rensa_pairs(sets), np.int64).reshape(-1, 2)
    return {
        "pairs_at_or_above_0.8": int((exact >= THRESHOLD).sum()),
        "recall": {name: recall(group, exact) for name, group in groups.items()},
        "recall_by_the_stated_jaccard": {k: recall(g, stated) for k, g in groups.items()},
        "precision_of_pairs": {
            name: round(float((exact_jaccard(pairs, fetch) >= THRESHOLD).mean()), 4)
            for name, pairs in (("assay", ours), ("rensa", theirs))
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    result = {
        **conditions(["rensa"]),
        "threshold": THRESHOLD,
        "corpus": compare_cost(options.docs, options.rounds),
        "doc_revisions": compare_recall(),
    }
    record("minhash", result)


if __name__ == "__main__":
    main()
