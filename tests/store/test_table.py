"""Tables: versions, columns that come later, and writers that come first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assay.errors import StoreError
from assay.store import _lance
from assay.store.table import Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    created = Table.create(tmp_path / "t.lance", pa.schema([("id", pa.string())]), key="id")
    return created.append(_rows(created, "abc"), "first").append(_rows(created, "de"), "second")


def _rows(table: Table, ids: str) -> pa.Table:
    return pa.table({"id": list(ids)}, schema=pa.schema([table.schema.field("id")]))


def _computed(table: Table, fragment: int, values: list[int]) -> _lance.ColumnFile:
    schema = pa.schema([("n", pa.int64())])
    file = table.column_file(fragment, schema)
    file.write(pa.record_batch({"n": values}, schema=schema))
    file.close()
    return file


def test_each_commit_is_a_version_and_older_ones_stay(table: Table) -> None:
    assert table.read().column("id").to_pylist() == list("abcde")
    older = table.at(table.version - 1)
    assert older.read().column("id").to_pylist() == list("abc")
    assert (table.num_rows, older.num_rows) == (5, 3)


def test_a_declared_column_is_null_until_its_fragment_has_values(table: Table) -> None:
    table = table.declare(pa.schema([("n", pa.int64())]))
    first, second = table.fragments()
    assert "n" not in first.columns | second.columns
    table = table.commit_columns([_computed(table, second.id, [4, 5])], "compute")
    assert table.read(["n"]).column("n").to_pylist() == [None, None, None, 4, 5]
    first, second = table.fragments()
    assert ("n" in first.columns, "n" in second.columns) == (False, True)


def test_a_commit_that_another_process_preceded_is_made_on_top_of_it(table: Table) -> None:
    prepared = table.declare(pa.schema([("n", pa.int64())]))
    file = _computed(prepared, 0, [1, 2, 3])
    other = Table.open(table.path).declare(pa.schema([("later", pa.string())]))
    other.append(_rows(other, "f"), "appended meanwhile")
    done = prepared.commit_columns([file], "compute")
    assert done.read(["id", "n", "later"]).to_pydict() == {
        "id": list("abcdef"),
        "n": [1, 2, 3, None, None, None],
        "later": [None] * 6,
    }
    # An append prepared on an old version lands on the newest as well.
    assert table.append(_rows(table, "g"), "late").num_rows == 7


def test_values_of_a_column_of_any_name_are_found(tmp_path: Path) -> None:
    name = "it's a `text`".replace("`", "")
    table = Table.create(
        tmp_path / "t.lance", pa.schema([("id", pa.string()), (name, pa.string())])
    )
    data = pa.table({"id": ["a", "b"], name: ["x", "y' OR '1'='1"]}, schema=table.schema)
    table = table.append(data, "rows")
    assert table.find(name, "y' OR '1'='1") == 1
    assert table.find(name, "' OR '1'='1") is None


def test_rows_are_taken_in_the_order_asked_for(table: Table) -> None:
    taken = table.take(np.array([4, 0, 2]), ["id"])
    assert taken.column("id").to_pylist() == ["e", "a", "c"]


def test_a_file_given_up_leaves_nothing_behind(table: Table) -> None:
    table = table.declare(pa.schema([("n", pa.int64())]))
    before = sorted((table.path / "data").iterdir())
    file = table.column_file(0, pa.schema([("n", pa.int64())]))
    file.write(pa.record_batch({"n": [1, 2, 3]}))
    file.discard()
    assert sorted((table.path / "data").iterdir()) == before


def test_what_is_not_there_is_one_clear_error(tmp_path: Path, table: Table) -> None:
    with pytest.raises(StoreError, match=r"cannot be read.*t2\.lance"):
        Table.open(tmp_path / "t2.lance")
    with pytest.raises(StoreError, match="cannot be read"):
        table.at(99)
    assert not Table.exists(tmp_path / "t2.lance")
