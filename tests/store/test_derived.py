"""Columns that are made from others as they are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assay.store.derived import Derived, Deriving
from assay.store.table import Table

DOUBLE = Derived(
    pa.field("double", pa.int64()), ("n",), lambda data: pc.multiply(data.column("n"), 2)
)
SHOUT = Derived(
    pa.field("shout", pa.string()), ("id",), lambda data: pc.utf8_upper(data.column("id"))
)


@pytest.fixture
def table(tmp_path: Path) -> Deriving:
    """Seven rows in two fragments, with two derived columns."""
    schema = pa.schema([("id", pa.string()), ("n", pa.int64())])
    stored = Table.create(tmp_path / "t.lance", schema)
    for first, end in ((0, 4), (4, 7)):
        ids = [f"r{i}" for i in range(first, end)]
        stored = stored.append(pa.table([ids, range(first, end)], schema=schema), "rows")
    return Deriving(stored, [DOUBLE, SHOUT], "mark")


def test_derived_columns_stand_behind_the_stored_ones(table: Deriving) -> None:
    assert table.schema.names == ["id", "n", "double", "shout"]
    assert table.read().column("double").to_pylist() == [0, 2, 4, 6, 8, 10, 12]
    assert all({"double", "shout"} <= piece.columns for piece in table.fragments())
    assert table.computed(5) == {"id", "n", "double", "shout"}


def test_reading_taking_and_streaming_agree(table: Deriving) -> None:
    names = ["shout", "double"]
    read = table.read(names)
    assert read.column_names == names
    rows = np.array([6, 0, 3])
    assert table.take(rows, names).to_pylist() == read.take(pa.array(rows)).to_pylist()
    batches = list(table.scan(names, batch_rows=2))
    assert pa.Table.from_batches(batches).to_pylist() == read.to_pylist()


def test_a_filter_is_over_stored_columns(table: Deriving) -> None:
    assert table.read(["double"], where="n > 4").column(0).to_pylist() == [10, 12]


def test_the_edition_names_the_version_and_the_derivation(table: Deriving) -> None:
    other = Deriving(Table.open(table.path), [DOUBLE], "another mark")
    assert table.version == other.version
    assert table.edition != other.edition
    assert other.edition != Table.open(table.path).edition
