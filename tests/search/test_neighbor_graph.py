"""The stored neighbor graph of an embedding: right, extended by new rows alone, and read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assay.errors import UsageError
from assay.ops.match.cells import Cells, knn_in_cells
from assay.ops.match.neighbors import nearest, unit_rows
from assay.search import neighbors
from assay.search.neighbors import neighbors_of, stored_neighbors
from assay.store.graphs import graph_folder
from assay.store.table import Table

WIDTH = 8


def vectors(n: int, seed: int = 0, width: int = WIDTH) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)


def column(matrix: np.ndarray, *, missing: tuple[int, ...] = ()) -> pa.Array:
    mask = np.zeros(len(matrix), bool)
    mask[list(missing)] = True
    values = pa.array(matrix.ravel(), pa.float32())
    return pa.FixedSizeListArray.from_arrays(values, matrix.shape[1], mask=pa.array(mask))


def brute_force(matrix: np.ndarray, k: int) -> np.ndarray:
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.argsort(-(unit @ unit.T - 9 * np.eye(len(unit))), axis=1)[:, :k]


def stored(tmp_path: Path, *parts: pa.Array, name: str = "v") -> Table:
    path = tmp_path / "datasets" / "docs.lance"
    table = Table.create(path, pa.schema([(name, parts[0].type)]))
    for part in parts:
        table = table.append(pa.table({name: part}), "rows")
    return table


def graph(table: Table, k: int = 5, name: str = "v") -> neighbors.Neighbors:
    return stored_neighbors(table, name, graph_folder(table), k)


def test_neighbors_are_the_most_similar_other_rows() -> None:
    matrix = vectors(60)
    found = neighbors_of(column(matrix), 4)
    np.testing.assert_array_equal(found.rows, brute_force(matrix, 4))
    assert found.exact and found.known.all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_rows_without_a_usable_vector_have_no_neighbors_and_are_nobodys(bad: float) -> None:
    matrix = vectors(20)
    matrix[3, 2] = bad
    found = neighbors_of(column(matrix, missing=(7,)), 4)
    assert not found.known[[3, 7]].any()
    assert (found.rows[[3, 7]] == -1).all() and np.isnan(found.similarities[[3, 7]]).all()
    assert not np.isin(found.rows, [3, 7]).any()
    others = np.setdiff1d(np.arange(20), [3, 7])
    np.testing.assert_array_equal(found.rows[others], others[brute_force(matrix[others], 4)])


def test_no_rows_one_row_and_rows_that_are_all_the_same() -> None:
    assert neighbors_of(column(vectors(0)), 3).rows.shape == (0, 3)
    alone = neighbors_of(column(vectors(1)), 3)
    assert alone.rows.tolist() == [[-1, -1, -1]] and alone.known.tolist() == [True]
    same = neighbors_of(column(np.ones((5, WIDTH), np.float32)), 3)
    assert same.rows.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [0, 1, 2]]
    np.testing.assert_allclose(same.similarities, 1.0, atol=1e-6)
    nothing = neighbors_of(column(vectors(3), missing=(0, 1, 2)), 2)
    assert (nothing.rows == -1).all()


def test_a_column_that_holds_no_vectors_is_refused() -> None:
    with pytest.raises(UsageError, match="fixed-size lists"):
        neighbors_of(pa.array([1.0, 2.0]))


def test_the_graph_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = vectors(40)
    table = stored(tmp_path, column(matrix))
    first = graph(table)

    def made_again(*_: object) -> None:
        raise AssertionError("the graph was made again")

    monkeypatch.setattr(neighbors, "knn", made_again)
    second = graph(table)
    np.testing.assert_array_equal(second.rows, first.rows)
    np.testing.assert_array_equal(second.similarities, first.similarities)
    assert graph(table, 2).rows.shape == (40, 2)


@pytest.mark.parametrize("block", [16, 1024])
def test_new_rows_extend_the_graph_and_become_neighbors_of_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    from assay.ops.match import neighbors as kernels

    monkeypatch.setattr(kernels, "_BLOCK", block)
    matrix = vectors(120)
    matrix[110] = matrix[5] + np.float32(0.02)  # the nearest row of an old one comes late
    table = stored(tmp_path, column(matrix[:100], missing=(50,)))
    graph(table)
    monkeypatch.setattr(neighbors, "knn", None)
    table = table.append(pa.table({"v": column(matrix[100:])}), "more")
    extended = graph(table)
    known = np.setdiff1d(np.arange(120), [50])
    np.testing.assert_array_equal(extended.rows[known], known[brute_force(matrix[known], 5)])
    assert extended.rows[5, 0] == 110 and (extended.rows[50] == -1).all()
    np.testing.assert_array_equal(graph(table).rows, extended.rows)


def test_many_new_rows_make_it_anew_and_an_older_version_is_read_right(tmp_path: Path) -> None:
    matrix = vectors(60)
    old = stored(tmp_path, column(matrix[:20]))
    graph(old)
    table = old.append(pa.table({"v": column(matrix[20:])}), "more")
    np.testing.assert_array_equal(graph(table).rows, brute_force(matrix, 5))
    np.testing.assert_array_equal(graph(old).rows, brute_force(matrix[:20], 5))
    np.testing.assert_array_equal(graph(table).rows, brute_force(matrix, 5))


def test_two_embeddings_of_different_width_have_two_graphs(tmp_path: Path) -> None:
    narrow, wide = vectors(30), vectors(30, 1, 12)
    path = tmp_path / "datasets" / "docs.lance"
    data = pa.table({"narrow": column(narrow), "wide": column(wide)})
    table = Table.create(path, data.schema).append(data, "rows")
    np.testing.assert_array_equal(graph(table, name="narrow").rows, brute_force(narrow, 5))
    np.testing.assert_array_equal(graph(table, name="wide").rows, brute_force(wide, 5))


def test_above_a_size_cells_are_searched_and_nearly_all_neighbors_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbors, "EXACT_ROWS", 500)
    centers = vectors(40, 2, 16) * 2
    matrix = (centers[np.arange(2000) % 40] + vectors(2000, 3, 16)).astype(np.float32)
    found = neighbors_of(column(matrix), 10)
    assert not found.exact
    right = brute_force(matrix, 10)
    recall = np.mean([np.isin(a, b).mean() for a, b in zip(found.rows, right, strict=True)])
    assert recall > 0.98
    assert not (found.rows == np.arange(2000)[:, None]).any()
    assert all(len(set(row)) == 10 for row in found.rows.tolist())


def test_cells_hold_rows_that_are_all_alike() -> None:
    unit = unit_rows(np.ones((300, 4), np.float32), "vectors")
    indices, similarities = knn_in_cells(unit, 3, probes=2)
    assert (indices >= 0).all() and np.allclose(similarities, 1.0)


def test_others_find_their_nearest_in_cells() -> None:
    base, asked = unit_rows(vectors(900), "base"), unit_rows(vectors(50, 5), "asked")
    cells = Cells.of(base)
    right, alike = nearest(base, asked, 4)
    found, similarities = cells.nearest(asked, 4, probes=len(cells.centers))
    np.testing.assert_array_equal(found, right)
    np.testing.assert_allclose(similarities, alike, atol=1e-6)
    some, _ = cells.nearest(base[:50], 1, probes=1)
    assert some[:, 0].tolist() == list(range(50))  # an asked row may be one of the base
