"""Makes a project of N rows that every screen of the web app works on.

    python benchmarks/web/make_rows.py --rows 100000 --project /tmp/rows/100000 [--again]

Texts are sentences of the bundled demo data put together anew, some repeated whole; beside them
stand categories (one with 5,000 values), numbers of several shapes, booleans, dates, lists, a
column that is missing everywhere, and a vector from which the map is made. Then the project does
what a user does: add, compute, map, check, curate. The same number of rows gives the same rows on
any machine, and fewer rows are the beginning of more.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import assay
from assay import demo
from assay.project.mapping import make_map
from assay.project.view.engine import Engine

DATASET = "rows"
OPS = ("text.stats", "text.language", "text.pii", "text.tokens")
CHECKS = (
    "columns.broken",
    "duplicates.exact",
    "language.mix",
    "pii.found",
    "quality.rules",
    "text.lengths",
)
RECIPE = {
    "name": "clean",
    "input": DATASET,
    "rules": [
        {"name": "language", "keep": 'text.language.code in ("en", "de", "fr", "es")'},
        {"name": "personal data", "drop": "text.pii.count > 2"},
        {"name": "too short", "keep": "text.stats.words >= 20"},
        {"name": "certain", "keep": "confidence >= 0.1 or confidence is null"},
        {"use": "gopher.quality"},
        {"name": "exact duplicate", "select": "dedup.exact"},
    ],
}
BLOCK = 50_000
TOPICS, SITES, COUNTRIES, VECTOR = 24, 5_000, 40, 8
REPEATED = 0.02
SINCE, UNTIL = (int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (2019, 2026))


def sentences() -> list[pa.Array]:
    """Sentences of the bundled corpus: one array for each of its files, large string."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = assay.open(folder).dataset("demo")
        dataset.add(demo.folder() / "corpus")
        table = dataset.to_table(["source", "text"])
    by_source: dict[str, list[str]] = {}
    for source, text in zip(*(c.to_pylist() for c in table.columns), strict=True):
        found = re.split(r"(?<=[.!?。！？])\s+|\n+", text or "")
        kept = (s.strip() for s in found)
        by_source.setdefault(source, []).extend(s for s in kept if 12 <= len(s) <= 400)
    return [pa.array(by_source[name], pa.large_string()) for name in sorted(by_source)]


def blocks(rows: int, pools: list[pa.Array]) -> Iterator[pa.Table]:
    """The rows in tables of at most `BLOCK`."""
    for number, first in enumerate(range(0, rows, BLOCK)):
        block = _block(np.random.default_rng([7, number]), first, pools)
        yield block.slice(0, min(BLOCK, rows - first))


def _block(rng: np.random.Generator, first: int, pools: list[pa.Array]) -> pa.Table:
    n = BLOCK
    # Everything that follows leans on the topic, so that facets and slices have something to say.
    topic = np.minimum(rng.geometric(0.12, n) - 1, TOPICS - 1)
    texts = _texts(rng, topic, pools)
    same = np.flatnonzero(rng.random(n) < REPEATED)
    place = np.arange(n)
    place[same] = (same * rng.random(len(same))).astype(int)
    topic = topic[place]
    created = rng.integers(SINCE, UNTIL, n)
    price = rng.lognormal(2.5 + 0.1 * topic, 1.1)
    confidence = np.clip(rng.normal(0.55 + 0.015 * topic, 0.18), 0, 1)
    country = np.minimum(rng.geometric(0.11, n), COUNTRIES)
    words = np.array(["draft", "review", "gold", "weak", "mixed", "long", "code", "math"])
    listed = rng.integers(0, 4, n)
    return pa.table(
        {
            "text": texts.take(pa.array(place)),
            "shelf": _named("shelf", topic),
            "site": _named("site", np.minimum(rng.zipf(1.25, n), SITES) - 1, ".example.org"),
            "country": _named("c", country, mask=rng.random(n) < 0.08),
            "split": _choice(rng, ["train", "valid", "test"], [0.9, 0.05, 0.05]),
            "licence": _choice(rng, ["cc-by-4.0", "cc0", "mit", "unknown"], [0.5, 0.2, 0.2, 0.1]),
            "annotator": _named("annotator", rng.integers(0, 25, n), mask=rng.random(n) < 0.6),
            "score": pa.array(rng.normal(0.2 * (topic % 5), 1.0)),
            "price": pa.array(np.round(price, 2)),
            "confidence": pa.array(confidence, mask=rng.random(n) < 0.3),
            "loss": pa.array(rng.gamma(2.0, 1.0 + 0.05 * topic), pa.float32()),
            "drift": pa.array(np.full(n, np.nan)),
            "rating": pa.array(np.clip(np.round(rng.normal(3.6, 1.1, n)), 1, 5).astype(np.int8)),
            "votes": pa.array(np.minimum(rng.zipf(1.7, n), 100_000).astype(np.int32)),
            "year": pa.array((1990 + 34 * rng.beta(5, 1.5, n)).astype(np.int16)),
            "reviewed": pa.array(rng.random(n) < 0.25 + 0.02 * topic),
            "toxic": pa.array(rng.random(n) < 0.03, mask=rng.random(n) < 0.2),
            "created": pa.array(created, pa.timestamp("s", "UTC")),
            "updated": pa.array(
                created + rng.integers(0, 3e7, n), pa.timestamp("s", "UTC"), rng.random(n) < 0.4
            ),
            "labels": pa.ListArray.from_arrays(
                pa.array(np.concatenate([[0], np.cumsum(listed)]), pa.int32()),
                pa.array(rng.choice(words, listed.sum())),
            ),
            "number": pa.array(np.arange(first, first + n)),
            "vector": pa.FixedSizeListArray.from_arrays(
                pa.array(_vectors(rng, topic).ravel(), pa.float32()), VECTOR
            ),
        }
    )


def _texts(rng: np.random.Generator, topic: np.ndarray, pools: list[pa.Array]) -> pa.Array:
    """Two to a few dozen sentences a row, all from one file of the corpus."""
    counts = np.clip(rng.lognormal(1.7, 0.6, len(topic)), 2, 40).astype(np.int64)
    sizes = np.array([len(pool) for pool in pools])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of_row = np.repeat(topic % len(pools), counts)
    chosen = starts[of_row] + (rng.random(len(of_row)) * sizes[of_row]).astype(np.int64)
    parts = pa.chunked_array(pools).combine_chunks().take(pa.array(chosen))
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int64())
    return pc.binary_join(
        pa.LargeListArray.from_arrays(offsets, parts), pa.scalar(" ", pa.large_string())
    )


def _vectors(rng: np.random.Generator, topic: np.ndarray) -> np.ndarray:
    """Clouds of several shapes: the first two directions hold most of what varies."""
    fixed = np.random.default_rng(0)
    center = fixed.uniform(-1, 1, (TOPICS * 3, 2))
    spread = fixed.uniform(0.03, 0.16, (TOPICS * 3, 2))
    turn = fixed.uniform(0, np.pi, TOPICS * 3)
    cloud = topic * 3 + rng.integers(0, 3, len(topic))
    flat = rng.normal(size=(len(topic), 2)) * spread[cloud]
    sine, cosine = np.sin(turn[cloud]), np.cos(turn[cloud])
    vectors = rng.normal(size=(len(topic), VECTOR)) * 0.05
    vectors[:, 0] = center[cloud, 0] + cosine * flat[:, 0] - sine * flat[:, 1]
    vectors[:, 1] = center[cloud, 1] + sine * flat[:, 0] + cosine * flat[:, 1]
    return vectors


def _named(
    stem: str, numbers: np.ndarray, tail: str = "", mask: np.ndarray | None = None
) -> pa.Array:
    names = pa.array([f"{stem}{i:02d}{tail}" for i in range(int(numbers.max()) + 1)])
    return names.take(pa.array(numbers.astype(np.int64), mask=mask))


def _choice(rng: np.random.Generator, values: list[str], shares: list[float]) -> pa.Array:
    return pa.array(rng.choice(np.array(values), BLOCK, p=shares))


def make(folder: Path, rows: int) -> dict[str, float]:
    """Make the project; seconds by step."""
    seconds: dict[str, float] = {}
    dataset = assay.open(folder).dataset(DATASET)

    def step(name: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        work()
        seconds[name] = round(time.perf_counter() - started, 1)
        print(f"{name:8} {seconds[name]:7.1f} s", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / f"{DATASET}.parquet"
        step("write", lambda: _write(path, rows))
        step("add", lambda: dataset.add(path))
    if rows:
        step("compute", lambda: dataset.compute(*OPS))
        snapshot = Engine(dataset.project).snapshot(dataset)
        step("map", lambda: make_map(dataset, snapshot, method="pca"))
        step("check", lambda: dataset.check(*CHECKS))
        step("curate", lambda: dataset.project.curate(RECIPE))
    return seconds


def _write(path: Path, rows: int) -> None:
    pools = sentences()
    schema = _block(np.random.default_rng(0), 0, pools).schema
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for block in blocks(rows, pools):
            writer.write_table(block)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--again", action="store_true", help="make it again if it is there")
    options = parser.parse_args()
    if options.rows < 0:
        parser.error("--rows: 0 or more")
    done = options.project / "made.json"
    if done.exists() and not options.again:
        print(done.read_text())
        return
    # A folder that is not a project of ours is never emptied.
    if (options.project / "assay.json").exists():
        shutil.rmtree(options.project)
    seconds = make(options.project, options.rows)
    told = {"rows": options.rows, "dataset": DATASET, "seconds": seconds}
    done.write_text(json.dumps(told) + "\n")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
