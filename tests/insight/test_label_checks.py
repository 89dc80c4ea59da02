"""Checks of labels and splits, on made-up vectors whose faults are known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.errors import UsageError
from assay.insight.labels.confident import (
    calibrated_margin,
    doubted_in_rounds,
    from_matrix,
    from_neighbors,
    wrong_labels,
)
from assay.insight.novelty import novelty
from assay.ops.match.neighbors import unit_rows
from assay.search.expression import parse
from assay.search.neighbors import neighbors_of
from assay.select.rowset import parse as parse_rows
from assay.testing.finders import MemoryRows, check_finder, with_signals

CLASSES, EACH = 4, 50
MIDDLES = np.random.default_rng(5).normal(size=(CLASSES, 12)) * 2


def cloud(count: int, classes: list[int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = [MIDDLES[c] + rng.normal(size=(count, 12)) for c in classes]
    return np.concatenate(rows).astype(np.float32)


def vectors(matrix: np.ndarray) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1])


def labeled(wrong: dict[int, int], **columns: object) -> MemoryRows:
    """200 rows in four classes, some with the label of another one."""
    label = np.repeat(np.arange(CLASSES), EACH)
    for row, given in wrong.items():
        label[row] = given
    names = np.array(["ant", "bee", "cat", "dog"])[label]
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(len(label))],
            "text": [f"text {i}" for i in range(len(label))],
            "label": names.tolist(),
            "embed_text__vector": vectors(cloud(EACH, list(range(CLASSES)), 1)),
            **columns,
        }
    )
    return MemoryRows(table)


def only(name: str, rows: MemoryRows, **params: object):
    (found,) = check_finder(registry.get("finder", name), rows, **params)
    return found


def test_wrong_labels_are_found_by_neighbors_and_come_worst_first() -> None:
    wrong = {3: 2, 60: 0, 61: 3, 120: 1, 199: 0}
    found = only("label_errors", labeled(wrong))
    assert len(found.row_ids) >= 4 and set(found.row_ids) <= {f"r{i}" for i in wrong}
    ranked = found.evidence["ranked"]
    assert [r["id"] for r in ranked] == list(found.row_ids)
    assert [r["score"] for r in ranked] == sorted((r["score"] for r in ranked), reverse=True)
    by_id = {r["id"]: r for r in ranked}
    assert (by_id["r3"]["given"], by_id["r3"]["suggested"]) == ("cat", "ant")
    low, high = found.evidence["share_interval"]
    assert low < found.evidence["share"] < high
    assert str(parse_rows(found.fix.rule)) == f"not finding:{found.key}"


def test_right_labels_are_no_finding() -> None:
    assert list(registry.get("finder", "label_errors").fn(labeled({}))) == []


def test_a_column_of_probabilities_is_believed_first() -> None:
    label = np.repeat(np.arange(3), 60)
    sure = np.eye(3)[label] * 0.85 + 0.05
    given = label.copy()
    given[[5, 70, 150]] = [1, 2, 0]
    table = pa.table({"id": [f"r{i}" for i in range(180)], "label": given, "pyx": sure.tolist()})
    found = only("label_errors", MemoryRows(table))
    assert set(found.row_ids) == {"r5", "r70", "r150"}
    assert found.evidence["judged_by"] == "probabilities"
    with pytest.raises(UsageError, match="no probabilities"):
        list(registry.get("finder", "label_errors").fn(MemoryRows(table), probabilities="gone"))


def test_votes_are_gathered_by_class_and_sum_to_one() -> None:
    near = np.array([[1, 2, 3], [0, -1, -1], [-1, -1, -1], [-1, -1, -1]])
    alike = np.where(near >= 0, [[0.9, 0.5, 0.5]] * 4, np.nan)
    votes = from_neighbors(near, alike, np.array([0, 1, 2, 1]))
    assert votes.classes[0].tolist() == [1, 2, -1]
    np.testing.assert_allclose(votes.probabilities[0], [1.4 / 1.9, 0.5 / 1.9, 0])
    assert votes.given.tolist() == [0.0, 0.0, 0.0, 0.0]
    other, share = votes.best_other(np.array([0, 1, 2, 1]))
    assert other.tolist() == [1, 0, -1, -1] and share.tolist()[1:] == [1.0, 0.0, 0.0]


def test_small_classes_are_not_judged_and_margins_have_their_sign() -> None:
    probabilities = np.array([[0.9, 0.1]] * 20 + [[0.95, 0.05]] * 3)
    label = np.array([0] * 20 + [1] * 3)
    votes = from_matrix(probabilities, label)
    assert not wrong_labels(votes, label, 2).any()
    margin = calibrated_margin(votes, label)
    assert (margin[:20] < 0).all() and (margin[20:] > 0).all() and np.abs(margin).max() <= 1


def test_rows_between_two_classes_are_ambiguous() -> None:
    matrix = cloud(EACH, list(range(CLASSES)), 1)
    matrix[:10] = (MIDDLES[0] + MIDDLES[1]) / 2 + np.random.default_rng(3).normal(size=(10, 12)) / 4
    matrix[50:60] = matrix[:10] + np.float32(0.05)
    rows = labeled({})
    table = rows.table(*rows.schema.names).drop_columns(["embed_text__vector"])
    found = only(
        "labels.ambiguous", MemoryRows(table.append_column("embed_text__vector", vectors(matrix)))
    )
    assert set(found.row_ids) <= {f"r{i}" for i in [*range(10), *range(50, 60)]}
    assert len(found.row_ids) >= 10
    assert found.evidence["classes"][0]["given"] in ("ant", "bee")


def identical(labels: list[str], beside: int = 0) -> MemoryRows:
    """Identical rows with these labels, and rows of four classes beside them."""
    others = cloud(beside, list(range(CLASSES)), 1) if beside else np.zeros((0, 12), np.float32)
    same = np.tile(np.float32(MIDDLES[0] * -3), (len(labels), 1))
    n = len(labels) + len(others)
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(n)],
            "text": ["the same"] * len(labels) + [f"text {i}" for i in range(len(others))],
            "label": [*labels, *np.repeat(["ant", "bee", "cat", "dog"], beside).tolist()],
            "embed_text__vector": vectors(np.concatenate([same, others])),
        }
    )
    return MemoryRows(table)


@pytest.mark.parametrize(
    "labels", [["a", "b"] * 100, ["a"] * 100 + ["b"] * 100, (["a"] * 3 + ["b"] * 2) * 40]
)
@pytest.mark.parametrize("beside", [0, EACH])
def test_identical_rows_with_different_labels_are_ambiguous_and_no_errors(labels, beside) -> None:
    rows = identical(labels, beside)
    assert list(registry.get("finder", "label_errors").fn(rows)) == []
    found = only("labels.ambiguous", rows)
    assert set(found.row_ids) >= {f"r{i}" for i in range(200)}
    assert found.evidence["identical"] == 200
    assert "identical" in found.title and "different labels" in found.title
    shares = {e["given"]: (e["given_votes"], e["other_votes"]) for e in found.evidence["examples"]}
    a = labels.count("a") / 200
    assert shares["a"] == (a, round(1 - a, 4))


def test_one_label_against_many_identical_rows_is_still_an_error() -> None:
    labels = ["a"] * 100
    labels[7] = labels[60] = "ant"  # a class that others have
    found = only("label_errors", identical(labels, EACH))
    assert set(found.row_ids) == {"r7", "r60"}


def test_rare_classes_are_counted_with_an_interval_and_the_fix_balances() -> None:
    counts = {"a": 100, "b": 90, "c": 95, "d": 2}
    label = [name for name, n in counts.items() for _ in range(n)]
    table = pa.table({"id": [f"r{i}" for i in range(len(label))], "class": label})
    found = only("labels.imbalance", MemoryRows(table))
    assert found.row_ids == ["r285", "r286"]
    (rare,) = found.evidence["rare_classes"]
    assert rare["class"] == "d" and rare["share_interval"][1] < 0.05
    assert found.fix.to_dict() == {
        "select": "sample",
        "per_stratum": 92,
        "stratify": "`class`",
    } or (found.fix.params["per_stratum"] == 92)
    parse(found.fix.params["stratify"])
    even = pa.table({"id": ["a", "b", "c", "d"] * 10, "class": ["x", "y"] * 20})
    assert list(registry.get("finder", "labels.imbalance").fn(MemoryRows(even))) == []


@pytest.mark.parametrize("name", ["label_errors", "labels.ambiguous", "labels.imbalance"])
def test_columns_that_are_no_labels_are_left_alone(name: str) -> None:
    n = 40
    for label in ([f"text {i}" for i in range(n)], ["same"] * n, [None] * n, list(range(n))):
        table = pa.table(
            {
                "id": [f"r{i}" for i in range(n)],
                "text": ["t"] * n,
                "label": label,
                "embed_text__vector": vectors(np.ones((n, 3), np.float32)),
            }
        )
        assert list(registry.get("finder", name).fn(MemoryRows(table))) == []


def test_five_thousand_classes_are_judged() -> None:
    n = 10_000
    matrix = np.random.default_rng(0).normal(size=(n // 2, 8)).astype(np.float32)
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(n)],
            "text": ["t"] * n,
            "label": np.tile(np.arange(5_000), 2),
            "embed_text__vector": vectors(np.concatenate([matrix, matrix])),
        }
    )
    assert list(registry.get("finder", "label_errors").fn(MemoryRows(table))) == []


TRAIN = [
    "the quick brown fox jumps over the lazy dog near the river bank today",
    "a completely different text about cooking pasta with tomatoes and basil",
    "the quick brown fox jumps over the lazy dog near the river bank today",
    "short one",
]
TEST = [
    "the quick brown fox jumps over the lazy dog near the river bank today",
    "nobody has said this sentence about sailing boats in the training split",
    "short one!",
]


def split_rows(train: str = "train") -> MemoryRows:
    texts = TRAIN + TEST
    table = pa.table(
        {
            "id": [f"r{i}" for i in range(len(texts))],
            "text": texts,
            "split": [train] * len(TRAIN) + ["test"] * len(TEST),
        }
    )
    return MemoryRows(with_signals(table, "text.minhash", ("embed.text", {"model": "lsa"})))


def test_training_rows_that_repeat_the_test_split_leak() -> None:
    found = only("leak.splits", split_rows())
    assert set(found.row_ids) == {"r0", "r2", "r3"}
    assert found.evidence["leaked"] == 2 and found.evidence["held_out"] == 3
    assert found.evidence["training_split"] == "train"
    assert found.evidence["splits"] == [{"split": "test", "rows": 3, "leaked": 2}]
    assert {e["other_split"] for e in found.evidence["examples"]} == {"test"}
    assert found.fix.rule == f"not finding:{found.key}"


def test_one_split_alone_cannot_leak() -> None:
    assert list(registry.get("finder", "leak.splits").fn(split_rows("test"))) == []


def test_what_fits_no_class_is_new() -> None:
    known = unit_rows(cloud(60, [0, 1, 2], 1), "known")
    asked = unit_rows(np.concatenate([cloud(30, [0, 1, 2], 2), cloud(30, [3], 2)]), "asked")
    new = np.repeat([False, True], [90, 30])
    labels = np.repeat([0, 1, 2], 60)
    for scores in (novelty(known, asked), novelty(known, asked, labels)):
        assert np.mean(scores[new][:, None] > scores[~new][None]) > 0.95
    assert novelty(known, asked[:0]).shape == (0,)
    assert np.isfinite(novelty(known[:1], asked, labels[:1])).all()


def test_wrong_labels_that_vouch_for_each_other_come_out_in_rounds() -> None:
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(6), 60)
    points = 2.2 * np.eye(6, 24)[true] + 0.5 * rng.normal(size=(360, 24))
    graph = neighbors_of(as_vectors(points), 15)
    given = true.copy()
    planted = rng.choice(np.flatnonzero(true == 2), 25, replace=False)
    given[planted] = 4
    votes, wrong = doubted_in_rounds(graph.rows, graph.similarities, given, 6)
    once = wrong_labels(from_neighbors(graph.rows, graph.similarities, given), given, 6)
    assert set(np.flatnonzero(once)) < set(np.flatnonzero(wrong)) <= set(planted.tolist())
    assert (votes.best_other(given)[0][wrong] == 2).all()
    none, clean = doubted_in_rounds(graph.rows, graph.similarities, true, 6)
    assert not clean.any() and none.given.mean() > 0.9


def as_vectors(matrix: np.ndarray) -> pa.Array:
    flat = pa.array(matrix.astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, matrix.shape[1])
