"""Every check that the bundled data is meant to trip finds something in it, and none cries wolf."""

from __future__ import annotations

from collections import Counter

import pytest

import assay
from assay import demo, registry
from assay.project.check import StoredFinding

FOUND = {
    "columns.broken": 6,
    "duplicates.exact": 1,
    "duplicates.near": 1,
    "language.mix": 1,
    "leak.benchmark": 1,
    "outliers.embedding": 1,
    "pii.found": 5,
    "quality.rules": 4,
    "sources.imbalance": 2,
    "text.encoding": 1,
    "text.lengths": 1,
}
"""Findings by check. The embedding is one without a model, which knows other outliers."""
SILENT = {
    "drift.versions": "all rows come in one addition",
    "groups.identity": "men and women are named alike, other groups too seldom to say",
    "label_errors": "no column of labels",
    "labels.ambiguous": "no column of labels",
    "labels.imbalance": "no column of labels",
    "labels.spurious": "no column of labels",
    "leak.splits": "no column of splits",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[StoredFinding]:
    dataset = assay.open(tmp_path_factory.mktemp("demo")).dataset("demo")
    dataset.add(demo.folder() / "corpus")
    dataset.compute({"op": "embed.text", "model": "lsa"})
    return dataset.check(against=[demo.folder() / "evals" / "gsm8k_test.jsonl"])


def test_every_check_is_meant_to_find_something_or_not() -> None:
    own = (n for n, f in registry.finders().items() if f.fn.__module__.startswith("assay."))
    assert sorted(own) == sorted([*FOUND, *SILENT])


@pytest.mark.parametrize("name", FOUND)
def test_a_check_finds_what_the_demo_has_for_it(name: str, found: list[StoredFinding]) -> None:
    assert Counter(each.check for each in found)[name] == FOUND[name]


@pytest.mark.parametrize("name", SILENT)
def test_a_check_without_a_reason_says_nothing(name: str, found: list[StoredFinding]) -> None:
    assert [each.title for each in found if each.check == name] == []
