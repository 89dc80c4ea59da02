"""The map: neighbors lie together, by the stored graph; the same seed gives the same map."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import UsageError
from assay.insight.map import projection
from assay.insight.map.projection import distinct, knn_with_self, lay_out
from assay.ops.match.neighbors import unit_rows
from assay.project.dataset import Dataset
from assay.search.neighbors import Neighbors, neighbors_of_matrix

pytest.importorskip("umap", reason="the extra insight is not installed")


def groups(n: int, *, of: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors in groups, and the group of each."""
    rng = np.random.default_rng(seed)
    which = rng.integers(of, size=n)
    middles = 3 * rng.standard_normal((of, 24))
    return unit_rows(middles[which] + rng.standard_normal((n, 24)), "rows"), which


def together(places: np.ndarray, which: np.ndarray) -> float:
    """The share of rows whose nearest other place is of the same group."""
    away = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(away, np.inf)
    return float((which[away.argmin(axis=1)] == which).mean())


def stored(folder: Path, vectors: np.ndarray, missing: tuple[int, ...] = ()) -> Dataset:
    mask = np.isin(np.arange(len(vectors)), missing)
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(vectors.ravel()), vectors.shape[1], mask=pa.array(mask)
    )
    texts = [f"text number {i}" for i in range(len(vectors))]
    pq.write_table(pa.table({"text": texts, "meaning": column}), folder / "rows.parquet")
    dataset = assay.open(folder / "p").dataset("rows")
    dataset.add(folder / "rows.parquet")
    return dataset


def test_umap_reads_each_row_as_its_own_nearest_and_then_the_others() -> None:
    vectors, _ = groups(40)
    graph = neighbors_of_matrix(vectors, 16)
    rows, distances = knn_with_self(graph)
    assert rows.shape == distances.shape == (40, 15)
    np.testing.assert_array_equal(rows[:, 0], np.arange(40))
    assert (distances[:, 0] == 0).all()
    np.testing.assert_array_equal(rows[:, 1:], graph.rows[:, :14])
    np.testing.assert_allclose(distances[3, 1], 1 - vectors[3] @ vectors[rows[3, 1]], atol=1e-6)


def test_the_graph_that_is_given_decides_what_lies_together() -> None:
    vectors, seen = groups(120)
    other = np.arange(120) % 3  # groups that the vectors know nothing of
    rows = np.array(
        [[j for j in np.flatnonzero(other == other[i]) if j != i][:16] for i in range(120)]
    )
    graph = Neighbors(rows.astype(np.int32), np.full(rows.shape, 0.5, np.float32), seen >= 0, True)
    laid = lay_out(vectors, "umap", graph=lambda: graph)
    assert together(laid, other) > 0.9 > together(laid, seen)


def test_a_map_reads_the_stored_graph_and_rows_without_a_vector_have_no_place(
    tmp_path: Path,
) -> None:
    vectors, which = groups(90)
    dataset = stored(tmp_path, vectors, missing=(0, 41))
    assert dataset.make_map()["method"] == "umap"
    graphs = list((tmp_path / "p" / "graphs" / "rows").glob("*.lance"))
    assert len(graphs) == 1
    placed = dataset.to_table(["map.x", "map.y"])
    assert np.flatnonzero(placed.column(0).is_null()).tolist() == [0, 41]
    places = np.column_stack([placed.column(0).to_numpy(), placed.column(1).to_numpy()])
    some = np.setdiff1d(np.arange(90), [0, 41])
    assert together(places[some], which[some]) > 0.95
    before = graphs[0].stat().st_mtime_ns
    dataset.make_map()
    again = dataset.to_table(["map.x", "map.y"])
    assert again.equals(placed)
    assert [p.stat().st_mtime_ns for p in graphs] == [before]


def test_rows_beyond_the_sample_lie_with_their_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "SAMPLE", 100)
    vectors, which = groups(600)
    assert together(lay_out(vectors, "umap"), which) > 0.95


def test_few_rows_are_laid_out_too(tmp_path: Path) -> None:
    for n in (1, 3, 16):
        vectors, _ = groups(n)
        folder = tmp_path / str(n)
        folder.mkdir()
        made = stored(folder, vectors).make_map()
        assert (made["rows"], made["method"]) == (n, "umap" if n >= 16 else "pca")


def test_identical_rows_are_one_topic(tmp_path: Path) -> None:
    vectors = np.tile(groups(1)[0], (200, 1))
    dataset = stored(tmp_path, vectors)
    made = dataset.make_map()
    assert (made["method"], made["topics"], made["subtopics"]) == ("pca", 1, 0)
    assert len(set(dataset.to_table(["map.topic"])[0].to_pylist())) == 1


def test_a_few_different_rows_many_times_over_are_a_topic_each(tmp_path: Path) -> None:
    vectors, _ = groups(3)
    which = np.arange(300) % 3
    dataset = stored(tmp_path, vectors[which])
    assert dataset.make_map()["topics"] == 3
    found = np.array(dataset.to_table(["map.topic"])[0].to_pylist())
    assert all(len(set(found[which == each])) == 1 for each in range(3))


def test_different_vectors_are_counted_within_rounding() -> None:
    vectors, _ = groups(7)
    many = np.tile(vectors, (2000, 1)) + np.float32(1e-8)
    assert (distinct(many), distinct(vectors[:0]), distinct(groups(900)[0])) == (7, 0, 16)


def test_lists_of_any_length_are_no_embedding_and_what_to_do_is_said(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"text {i}", "meaning": [i, 0.5]}) for i in range(5)]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines))
    dataset = assay.open(tmp_path / "p").dataset("rows")
    dataset.add(tmp_path / "rows.jsonl")
    for refused in (
        lambda: dataset.make_map(embedding="meaning"),
        lambda: dataset.subset(2, by=["diversity"], embedding="meaning"),
    ):
        with pytest.raises(UsageError, match="--column meaning -p dimensions=LENGTH"):
            refused()
