"""check_finder: what a plug-in's finder is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay.errors import UsageError
from assay.registry import Finder
from assay.schema import Finding, Fix, Rows
from assay.testing.finders import MemoryRows, check_finder, with_signals

ROWS = MemoryRows(pa.table({"id": ["a", "b"], "text": ["one", "two words"]}))
GOOD = Finding("my.check", "1 row is odd", ["a"], 0.5, {"n": 2}, Fix(rule="words > 1"))


def _finder(*found: Finding) -> Finder:
    def fn(rows: Rows) -> Iterator[Finding]:
        """Finds what it is told to."""
        if rows.num_rows:
            yield from found

    return Finder("my.check", "1", fn)


def test_a_good_finder_passes_and_its_findings_are_returned() -> None:
    assert check_finder(_finder(GOOD), ROWS) == [GOOD]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"check": "other"}, "its check is 'other'"),
        ({"score": 1.5}, "score 1.5"),
        ({"title": "two\nlines"}, "not one line"),
        ({"row_ids": ["a", "a"]}, "a row twice"),
        ({"row_ids": ["z"]}, "do not exist"),
        ({"fix": Fix()}, "unclear fix"),
        ({"fix": Fix(rule="x", use="y")}, "unclear fix"),
    ],
)
def test_each_breach_of_the_contract_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_finder(_finder(replace(GOOD, **changes)), ROWS)


def test_evidence_has_to_be_json() -> None:
    with pytest.raises(TypeError):
        check_finder(_finder(replace(GOOD, evidence={"n": np.int64(2)})), ROWS)
    with pytest.raises(ValueError, match="not JSON compliant"):
        check_finder(_finder(replace(GOOD, evidence={"n": float("nan")})), ROWS)


def test_two_findings_need_different_keys() -> None:
    with pytest.raises(AssertionError, match="same key"):
        check_finder(_finder(GOOD, replace(GOOD, title="the same again")), ROWS)


def _finder_of(fn: Callable[..., Any]) -> Finder:
    return Finder("my.check", "1", fn)


def test_chance_and_findings_in_no_rows_are_noticed() -> None:
    calls = iter([0.1, 0.2])
    with pytest.raises(AssertionError, match="second run"):
        check_finder(_finder_of(lambda rows: [replace(GOOD, score=next(calls))]), ROWS)
    with pytest.raises(AssertionError, match="in no rows"):
        check_finder(_finder_of(lambda rows: [replace(GOOD, row_ids=[])]), ROWS)


def test_memory_rows_read_signals_by_the_names_of_expressions() -> None:
    rows = MemoryRows(with_signals(ROWS.table("id", "text"), "text.stats"))
    assert rows.table("stats.words", "text.stats.words").to_pydict() == {
        "stats.words": [1, 2],
        "text.stats.words": [1, 2],
    }
    taken = rows.take(np.array([1, 0, 1]), "id", "words")
    assert taken.to_pydict() == {"id": ["b", "a", "b"], "words": [2, 1, 2]}
    with pytest.raises(UsageError, match="not computed yet"):
        ROWS.table("stats.words")
