"""Gaps on made-up vectors and words: found where they are, absent where nothing is missing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assay.insight.gaps.density import log_density_ratio, two_sample_test
from assay.insight.gaps.find import compare
from assay.insight.gaps.rules import Attributes
from assay.insight.terms import distinguishing, term_counts, unlike
from assay.ops.match.neighbors import unit_rows
from assay.search.expression import parse

TOPICS = 12


def drawn(topics: list[int], each: int, seed: int) -> np.ndarray:
    """Rows around directions of their own, `each` a topic."""
    middles = np.random.default_rng(99).normal(size=(TOPICS, 16)) * 2
    rng = np.random.default_rng(seed)
    rows = [middles[t] + rng.normal(size=(each, 16)) * 0.6 for t in topics]
    return unit_rows(np.concatenate(rows), "rows")


def test_the_rows_and_the_cell_of_a_missing_topic_come_first() -> None:
    pool = drawn(list(range(TOPICS - 1)), 60, seed=1)
    target = drawn(list(range(TOPICS)), 20, seed=2)
    missing = np.repeat(np.arange(TOPICS), 20) == TOPICS - 1
    found = compare(pool, target, cells=TOPICS)
    assert found.score[missing].min() > np.quantile(found.score[~missing], 0.95)
    first = found.cells.order[0]
    assert missing[found.cells.label == first].mean() > 0.9
    assert found.cells.low[first] > 2
    assert found.cells.own[first] == 0 and found.cells.target[first] >= 15
    assert found.p_value == pytest.approx(1 / 500) and found.auroc > 0.5


def test_nothing_is_missing_from_another_sample_of_the_same() -> None:
    p_values = []
    for seed in range(8):
        pool = drawn(list(range(TOPICS)), 25, seed=10 + seed)
        target = drawn(list(range(TOPICS)), 25, seed=50 + seed)
        p_values.append(two_sample_test(pool, target, permutations=99, seed=seed)[1])
    assert min(p_values) > 0.01 and np.mean(np.array(p_values) < 0.2) <= 0.5


def test_a_pool_of_another_size_alone_is_no_gap() -> None:
    target = drawn(list(range(TOPICS)), 25, seed=3)
    found = compare(drawn(list(range(TOPICS)), 100, seed=4), target, cells=TOPICS)
    assert np.median(found.score) == pytest.approx(0, abs=1e-9)
    assert np.median(found.cells.ratio) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(("pool", "target"), [(1, 1), (5, 1), (1, 5), (5, 0), (40, 3)])
def test_few_rows_of_either_side_are_no_error(pool: int, target: int) -> None:
    rows = drawn(list(range(TOPICS)), 5, seed=5)
    found = compare(rows[:pool], rows[:target])
    assert np.isfinite(found.score).all() and len(found.score) == target
    assert found.cells.label.shape == (target,) and 0 < found.p_value <= 1


def test_rows_that_are_all_the_same_score_the_same() -> None:
    same = np.tile(np.float32([1, 0, 0]), (60, 1))
    found = compare(same, same)
    assert (found.score == 0).all() and np.isfinite(found.cells.ratio).all()


def test_the_same_seed_gives_the_same_cells() -> None:
    pool, target = drawn([0, 1, 2], 30, seed=6), drawn([0, 1, 2, 3], 30, seed=7)
    first, second = compare(pool, target, seed=5), compare(pool, target, seed=5)
    np.testing.assert_array_equal(first.cells.label, second.cells.label)
    np.testing.assert_array_equal(first.cells.low, second.cells.low)


def test_a_ratio_of_densities_needs_neighbors_on_both_sides() -> None:
    nothing = np.full((4, 3), np.nan)
    assert (log_density_ratio(nothing, np.ones((4, 3))) == 0).all()
    near, far = np.full((2, 1), 0.9), np.array([[0.9], [0.1]])
    low, high = log_density_ratio(near, far)
    assert high - low == pytest.approx(np.log(0.901 / 0.101), rel=1e-6)


def test_words_that_the_pool_lacks_make_a_text_unlike_it() -> None:
    own = [f"please book a table for {n}" for n in range(6)] * 3
    texts = ["please set an alarm", "set the alarm for six", "please book a table"]
    high, higher, low = unlike(texts, term_counts(own), len(own))
    assert min(high, higher) > 0 > low
    assert unlike(["..."], term_counts(own), len(own)).tolist() == [0.0]


def test_names_tell_and_do_not_repeat_themselves() -> None:
    alarms = ["set an alarm", "set the alarms", "alarm at noon", "an alarm clock please"]
    others = ["set the table", "set a table at noon", "the weather please", "what a day"] * 30
    named = distinguishing(term_counts(alarms), 4, term_counts(others), len(others))
    assert "alarm" in named[0]
    assert sum("alarm" in name for name in named) == 1
    assert distinguishing(term_counts(others), len(others), term_counts(others), len(others)) == []


def people() -> pa.Table:
    rng = np.random.default_rng(0)
    n = 400
    return pa.table(
        {
            "sex": rng.choice(["female", "male"], n).tolist(),
            "age": rng.integers(18, 90, n),
            "smokes": rng.choice([True, False], n),
            "name": [f"person {i}" for i in range(n)],
            "empty": pa.nulls(n, pa.float64()),
        }
    )


def test_attributes_describe_a_group_by_a_rule_that_can_be_run() -> None:
    table = people()
    sex, age = table["sex"].to_pylist(), np.array(table["age"])
    inside = np.array([s == "female" for s in sex]) & (age >= 40) & (age <= 60)
    (rule,) = Attributes(table).describe(inside)
    assert 'sex == "female"' in rule.rule and "age >= 4" in rule.rule
    assert rule.covers > 0.85 and rule.elsewhere < 0.05
    parse(rule.rule)


def test_what_nothing_tells_apart_gets_no_rule() -> None:
    table = people()
    assert Attributes(table).describe(np.random.default_rng(1).random(400) < 0.2) == []
    assert Attributes(table).describe(np.zeros(400, bool)) == []
    assert Attributes(table.select([])).describe(np.ones(0, bool)) == []
