"""Every built-in check copes with data that has nothing in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.testing.finders import MemoryRows, check_finder, with_signals

SIGNALS = ("text.stats", "text.minhash", "text.language", "text.pii")
NAMES = sorted(
    name for name, f in registry.finders().items() if f.fn.__module__.startswith("assay.insight")
)


def _rows(texts: list[str | None]) -> MemoryRows:
    n = len(texts)
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(n)],
            "content_id": pa.nulls(n, pa.string()),
            "text": pa.array(texts, pa.string()),
            "nothing": pa.nulls(n, pa.string()),
        }
    )
    vectors = pa.nulls(n, pa.list_(pa.float32(), 4))
    return MemoryRows(with_signals(table, *SIGNALS).append_column("embed_text__vector", vectors))


def test_the_built_in_checks_are_these() -> None:
    assert NAMES == [
        "columns.broken",
        "drift.versions",
        "duplicates.exact",
        "duplicates.near",
        "groups.identity",
        "label_errors",
        "labels.ambiguous",
        "labels.imbalance",
        "labels.spurious",
        "language.mix",
        "leak.benchmark",
        "leak.splits",
        "outliers.embedding",
        "pii.found",
        "quality.rules",
        "sources.imbalance",
        "text.encoding",
        "text.lengths",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_one_row_and_null_texts_are_no_trouble(name: str) -> None:
    for texts in (["The only text there is."], [None], [None] * 40, [""] * 40):
        check_finder(registry.get("finder", name), _rows(texts))


HOSTILE = [
    "<script>alert(1)</script>\nsecond line",
    "\x1b[31mred",
    "'quoted' \"name\"",
    "x" * 20_000,
]


def _odd(n: int, classes: int) -> MemoryRows:
    """Rows in two additions with columns of every type, hostile names and values, and gaps."""
    rng = np.random.default_rng(0)
    code = rng.integers(0, classes, n)
    told = np.where(rng.random(n) < 0.7, code % 4, rng.integers(0, 4, n))
    plain: dict[str, Any] = {
        "label": [f"{HOSTILE[c % 4]} {c}" for c in code],
        "source": [HOSTILE[x] for x in told],
        "url": [f"https://{x}.net/{i}" if x else "no address" for i, x in enumerate(told)],
        "author": pa.array([f"a{x}" for x in told]).dictionary_encode(),
        "coded": pa.array(told).dictionary_encode(),
        "split": ["train", "test"] * (n // 2),
        "name with `ticks` and 'quotes'": told,
        "nans": np.full(n, np.nan),
        "huge": np.where(told == 1, np.inf, 1e300),
        "uint": pa.array(told, pa.uint64()),
        "half": pa.array(told.astype(np.float16)),
        "decimal": pa.array(told.tolist(), pa.int64()).cast(pa.decimal128(30, 2)),
        "day": pa.array(told.astype(np.int32), pa.date32()),
        "moment": pa.array(told, pa.timestamp("ns", "UTC")),
        "span": pa.array(told, pa.duration("s")),
        "bytes": pa.array([b"\xff\x00"] * n),
        "nested": [{"a": [1]}] * n,
        "listed": [[x] for x in told.tolist()],
        "nothing": pa.nulls(n),
    }
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(n)],
            "content_id": pa.nulls(n, pa.string()),
            "text": [f"She is a nurse {i}. {HOSTILE[x][:99]}" for i, x in enumerate(told)],
            **plain,
        }
    )
    flat = pa.array(rng.normal(size=n * 4).astype(np.float32))
    vectors = pa.FixedSizeListArray.from_arrays(flat, 4)
    table = with_signals(table, *SIGNALS).append_column("embed_text__vector", vectors)
    return MemoryRows(table, added=[0] * (n // 2) + [1] * (n - n // 2))


@pytest.mark.parametrize("name", NAMES)
def test_odd_columns_and_hostile_values_are_no_trouble(name: str) -> None:
    check_finder(registry.get("finder", name), _odd(400, 4))


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("label", "drift", "groups"))])
def test_five_thousand_classes_are_no_trouble(name: str) -> None:
    check_finder(registry.get("finder", name), _odd(12_000, 5_000))


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_in_one_sentence_what_it_finds(name: str) -> None:
    summary = registry.get("finder", name).summary
    assert summary.endswith(".")
    assert len(summary) <= 100
