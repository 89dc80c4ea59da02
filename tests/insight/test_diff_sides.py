"""What tells two sets of rows apart, and what they share."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest

from assay.insight.diff.cells import cell_shares
from assay.insight.diff.domain import (
    category_features,
    number_features,
    tell_apart,
    vector_feature,
)
from assay.insight.diff.overlap import exact_overlap, near_overlap
from assay.testing.finders import MemoryRows, with_signals

N = 600
SIDE = np.arange(2 * N) >= N
ALONE = np.arange(2 * N)
WORDS = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)]


def draw(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=2 * N)


def test_sides_of_one_source_cannot_be_told_apart() -> None:
    features = number_features("x", draw()) + category_features("c", (draw(1) > 0).tolist())
    found = tell_apart(features, SIDE, ALONE)
    assert found is not None
    assert found["low"] <= 0.5 <= found["high"]
    assert (found["n_a"], found["n_b"]) == (N, N)


@pytest.mark.parametrize(
    ("name", "features", "detail"),
    [("shifted", number_features("shifted", draw() + 2 * SIDE), ""),
     ("wider", number_features("wider", draw() * (1 + 9 * SIDE)), "spread"),
     ("gone", number_features("gone", np.where(SIDE & (draw(3) > -1), np.nan, draw())), "missing"),
     ("color", category_features("color", (SIDE & (draw(4) > 0)).tolist()), None)],
)  # fmt: skip
def test_what_differs_is_the_feature_that_tells_most(name, features, detail) -> None:
    noise = number_features("noise", draw(7))
    found = tell_apart([*noise, *features], SIDE, ALONE)
    first = found["features"][0]
    assert first["name"] == name
    assert detail is None or first["detail"] == detail
    assert found["low"] > 0.6
    assert abs(first["auroc"] - 0.5) > 0.2


def test_the_direction_is_that_of_b() -> None:
    found = tell_apart(number_features("x", draw() - 3 * SIDE), SIDE, ALONE)
    assert found["features"][0]["auroc"] < 0.05  # lower in b
    assert found["auroc"] > 0.95


def test_an_embedding_counts_as_one_feature() -> None:
    matrix = np.random.default_rng(0).normal(size=(2 * N, 16)).astype(np.float32)
    matrix[SIDE, 3] += 2
    found = tell_apart([vector_feature("embed.text", matrix)], SIDE, ALONE)
    assert [each["name"] for each in found["features"]] == ["embed.text"]
    assert found["auroc"] > 0.85


def test_of_features_that_say_the_same_one_is_told() -> None:
    x = draw() + SIDE
    found = tell_apart([*number_features("x", x), *number_features("twice x", 2 * x)], SIDE, ALONE)
    assert [each["name"] for each in found["features"] if each["detail"] == ""] == ["x"]


def test_the_same_contents_on_both_sides_are_no_help() -> None:
    """A classifier that had seen each row's twin would know nothing, and think it knew."""
    x = draw()[:N]
    features = number_features("x", np.concatenate([x, x]))
    found = tell_apart(features, SIDE, np.tile(np.arange(N), 2))
    assert found["auroc"] == pytest.approx(0.5, abs=0.02)


def test_too_few_rows_give_no_classifier() -> None:
    few = np.arange(25) >= 19
    assert tell_apart(number_features("x", draw()[:25]), few[::-1], np.arange(25)) is None
    assert tell_apart([], SIDE, ALONE) is None


def cloud(center: int, n: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(scale=0.05, size=(n, 6))
    return (np.eye(6)[center] + noise).astype(np.float32)


def shares(a: np.ndarray, b: np.ndarray, **params) -> dict | None:
    named = tuple(lambda rows, side=side: [f"{side}{i}" for i in rows] for side in "ab")
    return cell_shares(a, b, ids=named, **params)


def test_cells_tell_where_one_side_has_more_and_by_how_much() -> None:
    a = np.concatenate([cloud(0, 900, 0), cloud(1, 100, 1)])
    b = np.concatenate([cloud(0, 300, 2), cloud(1, 100, 3), cloud(2, 100, 4)])
    topic = (
        ["cat purr"] * 900 + ["court plea"] * 100,
        ["cat purr"] * 300 + ["court plea"] * 100 + ["wave tide"] * 100,
    )
    texts = tuple(lambda rows, side=side: [topic[side][i] for i in rows] for side in (0, 1))

    found = shares(a, b, texts=texts)

    assert found["distance"] == pytest.approx(0.3, abs=0.03)
    assert found["distance"] > found["by_chance"]
    sea = [cell for cell in found["shares"] if re.fullmatch(r"tide, wave( \(\d\))?", cell["name"])]
    assert sum(cell["b"] for cell in sea) == pytest.approx(0.2)
    assert all(cell["rows_a"] == 0 and cell["low"] > 1 for cell in sea)
    assert all(int(row[1:]) >= 400 for cell in sea for row in cell["examples_b"])
    # The interval holds what is true: 0.2 of b and 0.1 of a are judgments.
    law = [cell for cell in found["shares"] if "court" in cell["name"]]
    assert all(cell["low"] < cell["ratio"] < cell["high"] for cell in law)


def test_cells_that_no_word_tells_apart_have_a_name_each() -> None:
    """A word that a few rows have names no cell, and rows that begin alike are numbered."""
    a, b = cloud(0, 60, 1), np.concatenate([cloud(0, 30, 2), cloud(3, 60, 3)])
    lines = [f"my address number {i}" + " changed" * (i % 30 == 0) for i in range(len(a) + len(b))]
    texts = (lambda at: [lines[i] for i in at], lambda at: [lines[len(a) + i] for i in at])
    found = shares(a, b, texts=texts)
    assert found is not None
    names = [cell["name"] for cell in found["shares"]]
    assert len(set(names)) == len(names) > 1
    assert not any("changed" in name.split(", ") for name in names)


def test_cells_of_one_source_differ_by_no_more_than_chance() -> None:
    below = 0
    for seed in range(20):
        both = np.random.default_rng(seed).normal(size=(1000, 6)).astype(np.float32)
        found = shares(both[:500], both[500:])
        below += found["distance"] <= found["by_chance"]
    assert below >= 16


def test_cells_need_enough_rows_and_survive_equal_ones() -> None:
    few, many = cloud(0, 39, 0), np.ones((80, 6), np.float32)
    assert shares(few, many) is None
    found = shares(many, many)
    assert (found["cells"], found["distance"]) == (1, 0.0)
    assert shares(np.zeros_like(many), many)["distance"] == 1.0


def line(first: int, last: int) -> str:
    return " ".join(WORDS[first:last])


def rows(*texts: str | None) -> MemoryRows:
    ids = [f"{i} {text}" for i, text in enumerate(texts)]
    columns = {"id": ids, "content_id": texts, "text": texts}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return MemoryRows(with_signals(table, "text.minhash"))


def overlaps(a: MemoryRows, b: MemoryRows) -> tuple[dict, dict]:
    exact, in_b, in_a = exact_overlap(a, b)
    return exact, near_overlap(a, b, exact_a=in_b, exact_b=in_a)


def test_equal_and_nearly_equal_texts_are_counted_apart_on_both_sides() -> None:
    whole, cut, other = line(0, 100), line(0, 98), line(120, 220)
    a = rows(whole, whole, other, line(230, 290), None)
    b = rows(cut, other, cut + " " + WORDS[250], None)

    exact, near = overlaps(a, b)

    assert exact == {"a": 1, "b": 1, "contents": 1}  # `other`; texts that are missing are not equal
    assert (near["a"], near["b"]) == (2, 2)  # `whole`, twice, and the two that are cut
    assert all(0.8 <= pair["jaccard"] < 1 for pair in near["examples"])
    assert {pair["a"].partition(" ")[2] for pair in near["examples"]} == {whole}


def test_near_duplicates_within_one_side_are_no_overlap() -> None:
    a = rows(line(0, 100), line(0, 98))
    exact, near = overlaps(a, rows(line(120, 220)))
    assert (exact["a"], near["a"], near["b"], near["examples"]) == (0, 0, 0, [])


def test_texts_that_differ_in_case_alone_are_near_not_equal() -> None:
    exact, near = overlaps(rows(line(0, 50), line(0, 50).title()), rows(line(0, 50).upper()))
    assert (exact["contents"], near["a"], near["b"]) == (0, 2, 1)


def test_sides_without_rows_overlap_in_nothing() -> None:
    full = rows(line(0, 50))
    empty = MemoryRows(full.schema.empty_table())
    for pair in ((full, empty), (empty, full), (empty, empty)):
        exact, near = overlaps(*pair)
        assert (exact["a"], exact["b"], near["a"], near["b"]) == (0, 0, 0, 0)
