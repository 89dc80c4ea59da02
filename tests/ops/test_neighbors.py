"""Exact neighbors by cosine, and outlier scores from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import stopping
from assay.errors import Stopped, UsageError
from assay.ops.match import neighbors, threads
from assay.ops.match.neighbors import knn, nearest, outlier_scores


def cosines(queries: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    def unit(m: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(m.astype(np.float64), axis=1, keepdims=True)
        return m / np.where(norms == 0, 1, norms)

    return np.asarray(unit(queries) @ unit(vectors).T)


def gaussian(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 8), st.integers(1, 12), st.data())
def test_nearest_agrees_with_brute_force(
    n: int, q: int, d: int, k: int, data: st.DataObject
) -> None:
    seed = data.draw(st.integers(0, 2**16))
    vectors, queries = gaussian(n, d, seed), gaussian(q, d, seed + 1)
    indices, similarities = nearest(vectors, queries, k)
    exact = cosines(queries, vectors)
    m = min(n, k)
    assert indices.shape == similarities.shape == (q, k)
    assert (indices.dtype, similarities.dtype) == (np.int32, np.float32)
    np.testing.assert_allclose(similarities[:, :m], -np.sort(-exact, axis=1)[:, :m], atol=1e-5)
    np.testing.assert_allclose(
        np.take_along_axis(exact, indices[:, :m].astype(int), axis=1),
        similarities[:, :m],
        atol=1e-5,
    )
    assert all(len(set(row)) == m for row in indices[:, :m].tolist())
    assert (indices[:, m:] == -1).all()
    assert np.isnan(similarities[:, m:]).all()


@pytest.mark.parametrize("number", [2, 3, 8])
def test_the_number_of_threads_changes_nothing_even_where_rows_are_equally_similar(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = np.random.default_rng(1).integers(-1, 2, (300, 4)).astype(np.float32)  # 81 different
    monkeypatch.setattr(neighbors, "_BLOCK", 16)
    monkeypatch.setattr(neighbors, "threads_for", lambda items: 1)
    alone, among = nearest(vectors, vectors[:90], 5), knn(vectors, 9)
    monkeypatch.setattr(neighbors, "threads_for", lambda items: number)
    for one, several in ((alone, nearest(vectors, vectors[:90], 5)), (among, knn(vectors, 9))):
        np.testing.assert_array_equal(one[0], several[0])
        np.testing.assert_array_equal(one[1], several[1])


def test_work_in_threads_is_stopped_and_its_errors_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbors, "_BLOCK", 4)
    monkeypatch.setattr(neighbors, "threads_for", lambda items: 2)
    with stopping.when(lambda: True), pytest.raises(Stopped):
        knn(gaussian(40, 3), 2)
    monkeypatch.setattr(neighbors, "empty_neighbors", lambda rows, k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        knn(gaussian(40, 3), 2)
    assert threads._inside == 0


@pytest.mark.parametrize("block", [1, 7, 64, 1024])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = gaussian(150, 16)
    expected = np.argsort(-(cosines(vectors, vectors) - 9 * np.eye(150)), axis=1)[:, :5]
    monkeypatch.setattr(neighbors, "_BLOCK", block)
    indices, _ = knn(vectors, 5)
    np.testing.assert_array_equal(indices, expected)


def test_more_rows_than_a_block_agree_with_brute_force() -> None:
    vectors = gaussian(2300, 24)
    indices, similarities = knn(vectors, 10)
    exact = cosines(vectors, vectors)
    np.fill_diagonal(exact, -9)
    np.testing.assert_allclose(similarities, -np.sort(-exact, axis=1)[:, :10], atol=1e-5)
    assert (indices == np.argsort(-exact, axis=1)[:, :10]).mean() > 0.999


def test_equal_similarities_are_in_row_order() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 0, 2, 0, 1]]
    indices, similarities = knn(vectors, 5)
    assert indices[0].tolist() == [2, 4, 1, 3, 5]
    assert indices[4].tolist() == [0, 2, 1, 3, 5]
    assert similarities[0].tolist() == [1, 1, 0, 0, 0]
    assert nearest(vectors, vectors[:1], 3)[0].tolist() == [[0, 2, 4]]


def test_a_row_is_never_its_own_neighbor() -> None:
    indices, similarities = knn(np.ones((3, 2)), 3)
    assert indices.tolist() == [[1, 2, -1], [0, 2, -1], [0, 1, -1]]
    np.testing.assert_allclose(similarities[:, :2], 1.0, atol=1e-6)
    assert knn(np.ones((1, 2)), 2)[0].tolist() == [[-1, -1]]
    assert knn(np.ones((0, 2)), 2)[0].shape == (0, 2)


def test_length_does_not_count_and_a_vector_of_zeros_resembles_nothing() -> None:
    vectors = np.array([[1, 0], [1e-20, 1e-20], [0, 0], [1e18, 1e18]])
    indices, similarities = knn(vectors, 3)
    assert indices[3].tolist() == [1, 0, 2]
    np.testing.assert_allclose(similarities[3], [1, 0.5**0.5, 0], atol=1e-6)


def test_arrow_columns_are_vectors() -> None:
    vectors = gaussian(30, 4)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 4)
    chunks = pa.chunked_array([column[:7], column[7:7], column[7:]])
    for form in (column, chunks, vectors.astype(np.float64)):
        np.testing.assert_array_equal(knn(form, 3)[0], knn(vectors, 3)[0])
    np.testing.assert_array_equal(knn(column.slice(5), 3)[0], knn(vectors[5:], 3)[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: knn(gaussian(5, 2), 0), "0 neighbors"),
        (lambda: nearest(gaussian(5, 2), gaussian(5, 3), 1), "3 dimensions .* 2"),
        (lambda: knn(np.array([[1.0, 2.0], [np.nan, 1.0]]), 1), "Row 1 .* not finite"),
        (lambda: knn(np.array([[1.0, np.inf]]), 1), "Row 0 .* not finite"),
        (lambda: knn(np.ones(4), 1), "shape"),
        (lambda: knn(pa.array([[1.0], None], pa.list_(pa.float32(), 1)), 1), "1 nulls"),
        (lambda: knn(pa.array([[1.0]]), 1), "type"),
        (lambda: outlier_scores(), "need vectors"),
    ],
)
def test_what_cannot_be_compared_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()


def test_a_stray_vector_has_the_highest_score() -> None:
    cluster = gaussian(400, 16) * 0.2 + 1.0
    stray = -np.ones((1, 16), np.float32)
    scores = outlier_scores(np.vstack([cluster, stray]))
    assert scores.argmax() == 400
    assert scores[400] > 0.95
    assert (scores[:400] < 0.75).all()
    assert (scores[:400] > 0.5).mean() < 0.05
    assert (scores >= 0).all()


def test_scores_are_ordered_as_the_mean_distances() -> None:
    vectors = gaussian(300, 8)
    similarities = knn(vectors, 10)[1]
    distance = 1 - similarities.astype(np.float64).mean(axis=1)
    scores = outlier_scores(similarities=similarities)
    np.testing.assert_array_equal(scores, outlier_scores(vectors, k=10))
    above = scores > 0
    assert above.sum() == 150
    np.testing.assert_array_equal(
        np.argsort(scores[above], kind="stable"), np.argsort(distance[above], kind="stable")
    )
    # z = 3.5 robust standard deviations is 0.5.
    excess = distance - np.median(distance)
    z = excess / (1.4826 * np.median(np.abs(excess)))
    np.testing.assert_allclose(scores[above], z[above] / (z[above] + 3.5))


def test_rows_that_are_all_alike_hold_no_outlier() -> None:
    assert outlier_scores(np.ones((20, 3))).tolist() == [0.0] * 20
    assert outlier_scores(gaussian(2, 3)).tolist() == [0.0, 0.0]
    assert outlier_scores(np.empty((0, 3))).tolist() == []


def test_one_stray_among_copies_stands_out() -> None:
    """Most distances are equal: the median deviation is 0, and the mean one steps in."""
    vectors = np.vstack([np.ones((50, 3)), [[1.0, -1.0, 0.0]]])
    scores = outlier_scores(vectors)
    assert scores.argmax() == 50
    assert scores[50] > 0.5
    assert (scores[:50] < 0.01).all()


def test_few_rows_use_the_neighbors_there_are() -> None:
    scores = outlier_scores(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.05], [-1.0, 0.0]]), k=10)
    assert scores.argmax() == 3
    assert np.isfinite(scores).all()
