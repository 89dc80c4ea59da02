"""sources.imbalance: one source that has most of the rows, or of the text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.testing.finders import MemoryRows


def rows_of(**columns) -> MemoryRows:
    n = len(next(iter(columns.values())))
    return MemoryRows(pa.table({"id": [f"r{i}" for i in range(n)], **columns}))


def test_a_site_with_most_rows_is_found_and_the_fix_leaves_it_its_bound(find) -> None:
    sites = ["big"] * 800 + [f"small{i % 4}" for i in range(200)]
    (found,) = find("sources.imbalance", rows_of(site=sites))
    assert found.title == "'big', one of 5 values in 'site', has 800 rows of 1,000 (80.0 %)"
    told = found.evidence["by_rows"]
    assert told["share"] == 0.8
    assert told["share_interval"] == pytest.approx([0.774, 0.8236], abs=0.001)
    # exp of the entropy of 0.8 and four of 0.05
    assert told["effective_sources"] == pytest.approx(2.18, abs=0.005)
    assert found.evidence["shares"][0] == {"value": "big", "rows": 800, "share": 0.8}
    assert found.fix is not None and found.fix.rule == f"not finding:{found.key}"
    # 200 of the 800 stay beside the 200 of all others: half.
    assert len(found.row_ids) == 600 and set(found.row_ids) <= {f"r{i}" for i in range(800)}


def test_one_long_source_is_found_by_its_text(dataset, find) -> None:
    texts = ["word " * 400] * 30 + ["short text"] * 70
    sites = ["manual"] * 30 + ["chat", "mail"] * 35
    (found,) = find("sources.imbalance", dataset(texts, "text.stats", site=sites))
    assert found.evidence["largest_by"] == "text"
    assert found.title.endswith("has 98.8 % of the text")
    assert found.evidence["by_rows"]["share"] == 0.35
    low, high = found.evidence["by_text"]["share_interval"]
    assert low < found.evidence["by_text"]["share"] <= high <= 1.0


def test_hosts_of_addresses_are_sources(find) -> None:
    urls = [f"https://www.Docs.example.org/page/{i}?q=1" for i in range(90)]
    urls += [f"http://user@other{i}.net:8080/x" for i in range(5)] + ["no address", None] * 3
    (found,) = find("sources.imbalance", rows_of(url=urls))
    assert found.evidence["largest"] == "docs.example.org"
    assert found.evidence["of"] == "host" and found.evidence["sources"] == 6
    assert found.evidence["by_rows"]["share"] == pytest.approx(90 / 95)


@pytest.mark.parametrize(
    "sites",
    [
        ["a", "b"] * 100,
        ["a"] * 120 + ["b"] * 80,  # of two, one may well have more than half
        ["only"] * 200,
        [f"author {i}" for i in range(200)],
        [None] * 200,
        ["a"] * 9 + ["b"],  # too few rows to say
        [f"s{i % 7}" for i in range(200)],
    ],
    ids=["even", "one more", "one", "each its own", "none", "few", "seven"],
)
def test_what_is_no_imbalance(find, sites) -> None:
    assert find("sources.imbalance", rows_of(source=sites)) == []


def test_even_sources_raise_no_false_alarm() -> None:
    fn = registry.get("finder", "sources.imbalance").fn
    for seed in range(40):
        drawn = np.random.default_rng(seed).integers(0, 3, 60)
        assert list(fn(rows_of(source=[f"s{x}" for x in drawn]))) == []


def test_columns_of_numbers_and_of_nothing_are_no_trouble(find) -> None:
    n = 100
    columns = {"source": [1] * 99 + [2], "author": pa.nulls(n), "site": np.full(n, np.nan)}
    (found,) = find("sources.imbalance", rows_of(**columns))
    assert found.subject == "source" and found.evidence["largest"] == "1"
