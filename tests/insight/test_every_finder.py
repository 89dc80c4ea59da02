"""Every built-in check copes with data that has nothing in it."""

from __future__ import annotations

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


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_in_one_sentence_what_it_finds(name: str) -> None:
    summary = registry.get("finder", name).summary
    assert summary.endswith(".")
    assert len(summary) <= 100
