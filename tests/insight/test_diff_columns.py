"""One column of two sets of rows, and which columns there are."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from assay.insight.diff.columns import compare_columns, ks_distance, total_variation
from assay.insight.diff.schema import compare_schemas


def told(a: list, b: list, kind: pa.DataType | None = None) -> dict:
    return compare_columns(*(pa.chunked_array([pa.array(x, kind)]) for x in (a, b)))


def test_numbers_are_counted_and_held_against_each_other() -> None:
    found = told([1, 2, 3, None], [3, 4, 5, 6])

    assert (found["kind"], found["measure"]) == ("number", "ks")
    assert (found["a"]["n"], found["a"]["nulls"], found["b"]["nulls"]) == (3, 1, 0)
    assert (found["a"]["mean"], found["a"]["sum"], found["b"]["mean"]) == (2.0, 6.0, 4.5)
    assert found["a"]["quantiles"][0::3] == [1.0, 2.0, 3.0]
    # Below 3 lie two of three values of a, and none of b.
    assert found["distance"] == pytest.approx(3 / 3 - 1 / 4)


def test_what_is_not_finite_counts_as_missing() -> None:
    found = told([1.0, float("nan"), float("inf"), None], [1.0])
    assert (found["a"]["n"], found["a"]["nulls"], found["a"]["mean"]) == (1, 3, 1.0)
    json.dumps(found, allow_nan=False)


def test_a_difference_of_one_deviation_is_an_effect_of_one_with_its_interval() -> None:
    draw = np.random.default_rng(0).normal(size=4000)
    found = told(draw[:2000].tolist(), (draw[2000:] + 1).tolist())
    effect = found["effect"]
    assert effect["d"] == pytest.approx(1, abs=0.1)
    assert effect["low"] < effect["d"] < effect["high"]
    wide = 2 * 1.96 * (2 / 2000 + 1 / 8000) ** 0.5
    assert effect["high"] - effect["low"] == pytest.approx(wide, abs=0.01)
    # The largest gap between two normal distributions a deviation apart.
    assert found["distance"] == pytest.approx(0.383, abs=0.03)


@pytest.mark.parametrize("kind", ["number", "category"])
def test_two_samples_of_one_source_stay_below_what_chance_does(kind: str) -> None:
    rng = np.random.default_rng(1)
    below = 0
    for _ in range(200):
        draw = rng.geometric(0.3, 900).tolist()
        values = draw if kind == "number" else [f"v{v}" for v in draw]
        found = told(values[:300], values[300:])
        assert found["kind"] == kind
        below += found["distance"] <= found["by_chance"]
    assert 0.9 <= below / 200 <= 1.0


def test_categories_show_the_shares_that_moved_most() -> None:
    found = told(["en"] * 6 + ["de"] * 2 + [None], ["en"] * 2 + ["de"] * 2 + ["fr"] * 4)
    assert (found["kind"], found["measure"], found["distance"]) == ("category", "tv", 0.5)
    assert found["values"][:2] == [
        {"value": "en", "a": 0.75, "b": 0.25},
        {"value": "fr", "a": 0.0, "b": 0.5},
    ]
    assert (found["a"]["distinct"], found["b"]["distinct"], found["a"]["nulls"]) == (2, 3, 1)


def test_times_are_told_as_times() -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    found = told(days, days[1:])
    assert (found["kind"], found["b"]["quantiles"][0]) == ("time", "2026-01-02T00:00:00")
    assert found["distance"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("a", "b"),
    [([], [1]), ([None, None], [1]), ([[1], [2]], [[3]]), ([{"x": 1}], [{"x": 2}]),
     ([f"text {i}" for i in range(50)], [f"prose {i}" for i in range(50)]), ([1], ["1"]), ([], [])],
)  # fmt: skip
def test_what_cannot_be_held_against_each_other_is_counted(a: list, b: list) -> None:
    found = told(a, b)
    assert found["distance"] is None
    assert found["a"]["n"] + found["a"]["nulls"] == len(a)
    assert found["b"]["n"] + found["b"]["nulls"] == len(b)


def test_distances_are_0_for_equal_and_1_for_nothing_in_common() -> None:
    same, low, high = np.arange(5.0), np.arange(5.0), np.arange(5.0) + 9
    assert (ks_distance(same, low), ks_distance(low, high)) == (0.0, 1.0)
    assert total_variation(np.array([1.0, 3.0]), np.array([2.0, 6.0]))[0] == 0.0
    assert total_variation(np.array([5.0, 0.0]), np.array([0.0, 7.0]))[0] == 1.0


def test_a_schema_says_what_came_what_went_and_what_is_of_another_kind() -> None:
    def signal(version: str) -> pa.Field:
        made = {"assay.name": "test.size.size", "assay.op": "test.size", "assay.version": version}
        return pa.field("test_size__size", pa.int64()).with_metadata(made)

    both = [("id", pa.string()), ("text", pa.string())]
    a = pa.schema([*both, ("n", pa.int32()), ("old", pa.bool_()), signal("1")])
    b = pa.schema([*both, ("n", pa.string()), ("new", pa.float64()), signal("2")])

    assert compare_schemas(a, b) == {
        "added": [{"name": "new", "type": "double"}],
        "missing": [{"name": "old", "type": "bool"}],
        "changed": [
            {"name": "n", "a": "int32", "b": "string"},
            {"name": "test.size.size", "a": "test.size 1", "b": "test.size 2"},
        ],
        "shared": 3,
    }
