"""Choosing few rows: what each criterion chooses, all together, and again after rows came."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.select.compiled import compile_rules
from assay.select.rules import judge
from assay.select.subset.criteria import Balance, Diversity, Facility
from assay.select.subset.greedy import choose
from assay.select.subset.selector import subset
from assay.select.subset.spec import PURPOSES, parse_parts
from assay.select.subset.typicality import typicality
from assay.testing.finders import MemoryRows

MADE = {"assay.op": "embed.text", "assay.name": "embed.text.vector", "assay.state": "one fit"}


def unit(n: int, d: int = 8, seed: int = 0) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def rows(
    vectors: np.ndarray | None, ids: list[str] | None = None, others=None, made=MADE, **columns
) -> MemoryRows:
    n = len(vectors) if vectors is not None else len(next(iter(columns.values())))
    table = pa.table({"id": ids or [f"r{i}" for i in range(n)], **columns})
    if vectors is not None:
        known = np.isfinite(vectors).all(axis=1)
        stored = pa.FixedSizeListArray.from_arrays(
            pa.array(vectors.ravel()), vectors.shape[1], mask=pa.array(~known)
        )
        field = pa.field("embed_text__vector", stored.type).with_metadata(made)
        table = table.append_column(field, stored)
    return MemoryRows(table, others)


def chosen(selection) -> list[int]:
    """Rows in the order they were chosen in."""
    found = [(v["rank"], i) for i, v in enumerate(selection.value.to_pylist()) if v is not None]
    assert [i for i, keep in enumerate(selection.keep.to_pylist()) if keep] == sorted(
        i for _, i in found
    )
    assert [rank for rank, _ in sorted(found)] == list(range(1, len(found) + 1))
    return [i for _, i in sorted(found)]


def circle(*degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def test_diversity_takes_the_row_farthest_from_all_that_are_chosen() -> None:
    found = subset(rows(circle(0, 1, 2, 90, 91, 180)), k=3, criteria=["diversity"])
    assert chosen(found) == [2, 5, 4]  # the nearest to the mean, then the farthest each time
    assert found.threshold["attained"]["diversity"] == pytest.approx(
        1 - np.cos(np.radians(2)), abs=1e-4
    )


def plain_facility(vectors: np.ndarray, k: int) -> float:
    """The value of a greedy choice with every gain computed anew at every turn."""
    likes = np.maximum(vectors @ vectors.T, 0).astype(np.float64)
    best, picked = np.zeros(len(vectors)), []
    for _ in range(k):
        gains = np.maximum(likes - best, 0).sum(axis=1)
        gains[picked] = -1
        picked.append(int(gains.argmax()))
        best = np.maximum(best, likes[picked[-1]])
    return float(best.mean())


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(1, 12), st.integers(0, 1000))
def test_lazy_facility_location_is_the_plain_greedy_one(n: int, k: int, seed: int) -> None:
    vectors = unit(n, seed=seed)
    facility = Facility("representative", vectors, vectors)
    lazy = choose([facility], [1.0], k, n)
    # Two rows that are each other's nearest may offer the same: only the value tells.
    assert facility.value == pytest.approx(plain_facility(vectors, min(k, n)), rel=1e-5)
    assert len(set(lazy.candidates.tolist())) == min(k, n)
    assert (np.diff(lazy.gains[:, 0]) <= 1e-6).all()  # gains shrink


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(1, 20), st.integers(0, 1000))
def test_a_mixture_takes_what_scores_most_at_every_turn(n: int, k: int, seed: int) -> None:
    vectors, group = unit(n, seed=seed), np.random.default_rng(seed).integers(0, 4, n)
    weights = [1.0, 0.7, 0.4]

    def criteria():
        return [Facility("f", vectors, vectors), Diversity("d", vectors), Balance("b", group)]

    found = choose(criteria(), weights, k, n)
    again = criteria()  # with every gain computed anew at every turn
    taken = np.zeros(n, bool)
    for turn, at in enumerate(found.candidates):
        score = np.zeros(n)
        for criterion, weight in zip(again, weights, strict=True):
            for i in range(n):
                criterion.refresh(i)
            top = criterion.bounds[~taken].max()
            score += weight * criterion.bounds / top if top > 0 else 0
        assert score[at] == pytest.approx(score[~taken].max(), rel=1e-6), turn
        for criterion in again:
            criterion.add(at)
        taken[at] = True


def test_balance_takes_as_many_of_each_value_as_there_are() -> None:
    color = ["red"] * 50 + ["blue"] * 5 + [None] * 2 + ["green"] * 20
    found = chosen(subset(rows(None, color=color), k=17, criteria=["balance:color"]))
    counts = {c: sum(color[i] == c for i in found) for c in set(color)}
    assert counts == {"red": 5, "blue": 5, None: 2, "green": 5}


def test_numbers_are_balanced_over_quantiles_and_expressions_over_their_values() -> None:
    size = np.arange(1000.0)
    found = chosen(subset(rows(None, size=size), k=50, criteria=["balance:size"]))
    assert np.bincount(size[found].astype(int) // 100).tolist() == [5] * 10
    halves = chosen(subset(rows(None, size=size), k=50, criteria=["balance:size < 10"]))
    assert sum(size[i] < 10 for i in halves) == 10  # all there are


def test_coverage_takes_what_the_other_dataset_has() -> None:
    own = circle(*range(0, 180, 2))
    target = rows(circle(169, 170, 171, 4))
    found = subset(rows(own, others={"evals": target}), k=2, criteria=["coverage:evals"])
    assert chosen(found) == [85, 2]
    assert found.threshold["attained"]["coverage:evals"] > 0.999


def test_a_target_of_another_model_is_refused_with_the_command_that_helps() -> None:
    other = rows(circle(0), made={**MADE, "assay.state": "another fit"})
    with pytest.raises(UsageError, match="no embedding by the model") as caught:
        subset(rows(circle(0, 9), others={"evals": other}), k=1, criteria=["coverage:evals"])
    assert "assay compute evals embed.text --like" in caught.value.remedy
    with pytest.raises(UsageError, match="no dataset 'nothing'"):
        subset(rows(circle(0, 9)), k=1, criteria=["coverage:nothing"])


def test_the_typical_row_is_the_one_with_near_rows_around_it() -> None:
    rng = np.random.default_rng(0)
    crowd, sparse = circle(*rng.normal(20, 1, 100)), circle(*rng.normal(120, 15, 100))
    vectors = np.concatenate([sparse, circle(300, 300.01), crowd])
    rank = typicality(vectors, cells=1)
    assert rank[102:].min() > rank[:100].max()  # all of the crowd before all of the sparse
    assert rank[100:102].max() < 0.1  # two rows alone, however near to each other
    first = chosen(subset(rows(vectors), k=1, criteria=["typicality"]))
    assert first[0] >= 102


def test_typicality_is_the_rank_of_the_mean_distance_to_the_nearest() -> None:
    vectors = unit(30)
    likes = vectors @ vectors.T
    np.fill_diagonal(likes, -np.inf)
    mean = np.sort(likes, axis=1)[:, -5:].mean(axis=1)
    rank = typicality(vectors, cells=1, neighbors=5)
    assert np.argsort(rank).tolist() == np.argsort(mean).tolist()
    assert typicality(np.repeat(vectors[:1], 4, axis=0), 3).tolist() == [0.5] * 4


def test_each_chosen_row_says_what_spoke_for_it() -> None:
    found = subset(
        rows(circle(0, 40, 90), kind=["a", "b", "b"]), k=2, criteria=["diversity", "balance:kind=3"]
    )
    first, second = chosen(found)
    value = found.value.to_pylist()
    assert (value[first]["rank"], value[first]["gain"]) == (1, 1.0)
    assert value[second]["by"] == "balance:kind"
    reasons = found.reason.to_pylist()
    assert reasons[second].startswith("number 2: diversity 0.")
    assert "balance:kind 1 (100 % of the most)" in reasons[second]
    alone = subset(rows(circle(0, 40, 90)), k=1, criteria=["balance:id"])
    assert alone.reason[chosen(alone)[0]].as_py() == "number 1: balance:id 1"
    (out,) = {0, 1, 2} - {first, second}
    assert (reasons[out], value[out]) == ("not among the 2 chosen", None)


def test_the_order_of_rows_does_not_matter() -> None:
    vectors, ids = unit(80), [f"r{i}" for i in range(80)]
    turned = np.random.default_rng(1).permutation(80)
    criteria = ["representative", "diversity=0.5"]
    once = [ids[i] for i in chosen(subset(rows(vectors, ids), k=12, criteria=criteria))]
    other = rows(vectors[turned], [ids[i] for i in turned])
    assert [ids[turned[i]] for i in chosen(subset(other, k=12, criteria=criteria))] == once


@pytest.mark.parametrize(
    "criteria", [["diversity"], ["representative"], ["representative=2", "balance:kind"]]
)
def test_an_edition_stays_where_nothing_came_and_changes_little_where_little_did(criteria) -> None:
    vectors, kind = unit(300, 4), [f"k{i % 5}" for i in range(300)]
    ids = [f"r{i}" for i in range(300)]
    first = chosen(subset(rows(vectors[:280], ids[:280], kind=kind[:280]), k=30, criteria=criteria))
    before = {"@label": rows(None, [ids[i] for i in first], kind=[""] * 30)}
    params = {"k": 30, "criteria": criteria, "follows": "label"}

    same = subset(rows(vectors[:280], ids[:280], before, kind=kind[:280]), **params)
    assert chosen(same) == first

    grown = subset(rows(vectors, ids, before, kind=kind), **params)
    entered = set(chosen(grown)) - set(first)
    loose = subset(rows(vectors, ids, before, kind=kind), **params, stay=0.0)
    assert len(entered) <= len(set(chosen(loose)) - set(first))
    assert len(entered) <= 10
    left = set(first) - set(chosen(grown))
    assert {grown.reason[i].as_py() for i in left} <= {"not among the 30 chosen any more"}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_has_criteria_that_choose(purpose: str) -> None:
    found = subset(rows(unit(100)), k=10, criteria=PURPOSES[purpose])
    assert len(chosen(found)) == 10


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("name", ["diversity", "representative", "typicality", "balance:kind"])
def test_fewer_rows_than_were_asked_for_are_all_chosen(n: int, name: str) -> None:
    found = subset(rows(unit(n), kind=["x"] * n), k=5, criteria=[name])
    assert sorted(chosen(found)) == list(range(n))
    assert all(np.isfinite(reached) for reached in found.threshold["attained"].values())


def test_equal_rows_and_rows_without_a_vector_are_no_trouble() -> None:
    vectors = np.repeat(circle(10), 6, axis=0)
    vectors[1] = np.nan
    vectors[2] = 0
    for criterion in ("diversity", "representative", "typicality"):
        found = subset(rows(vectors), k=3, criteria=[criterion])
        assert len(chosen(found)) == 3
        assert {found.reason[i].as_py() for i in (1, 2)} == {"has no vector to be chosen by"}


@pytest.mark.parametrize(
    ("params", "says"),
    [({"k": 0}, "'k' cannot be 0"), ({}, "'k' cannot be None"), ({"k": 2, "stay": 2}, "'stay'"),
     ({"k": 2, "criteria": []}, "needs a criterion"),
     ({"k": 2, "criteria": ["variety"]}, "no criterion"),
     ({"k": 2, "criteria": ["balance"]}, "of what"),
     ({"k": 2, "criteria": ["diversity:x"]}, "takes nothing"),
     ({"k": 2, "criteria": ["diversity=0"]}, "above 0"), ({"k": 2, "criteria": [3]}, "cannot be 3"),
     ({"k": 2, "criteria": ["diversity", "diversity=2"]}, "twice"),
     ({"k": 2, "embedding": "kind"}, "no column of vectors")],
)  # fmt: skip
def test_what_is_wrong_is_said(params, says) -> None:
    with pytest.raises(UsageError, match=says):
        subset(rows(circle(1, 2), kind=["a", "b"]), **params)
    with pytest.raises(UsageError, match="no embedding to choose by"):
        subset(rows(None, kind=["a"]), k=1)


def test_a_weight_stands_after_one_sign() -> None:
    parsed = [
        (p.label, p.weight)
        for p in parse_parts(["balance:n == 3", "balance:n>=3=0.5", "diversity = .5"])
    ]
    assert parsed == [("balance:n == 3", 1.0), ("balance:n>=3", 0.5), ("diversity", 0.5)]


def test_a_recipe_knows_the_columns_that_are_balanced_over() -> None:
    criteria = ["balance:kind", "diversity"]
    (rule,) = compile_rules([{"select": "subset", "k": 2, "criteria": criteria}])
    assert rule.names == ("kind",)
    data = rows(unit(6), kind=list("aabbab"), n=[1, 2, 3, 4, 5, 6])
    choice = {"select": "subset", "k": 2, "criteria": "balance:kind"}
    verdicts = judge(compile_rules([{"keep": "n > 2"}, choice]), data)
    assert verdicts.kept == 2
    assert verdicts.table["value:subset"].to_pylist()[:2] == [None, None]
