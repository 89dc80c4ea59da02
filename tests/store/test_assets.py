"""Assets: stored once by their content, and given back only whole."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assay.errors import StoreError
from assay.store.assets import Assets
from assay.store.table import Table


def test_bytes_come_back_by_their_hash(tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    content = bytes(range(256)) * 1000
    key = assets.put(content, kind="op-state")
    assert key == hashlib.sha256(content).hexdigest()
    assert Assets(tmp_path).get(key) == content
    assert assets.get(assets.put(b"", kind="op-state")) == b""
    assert assets.get("") is None


def test_equal_bytes_are_stored_once_also_by_writers_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda n: Assets(tmp_path).put(b"%d" % (n % 2), kind="x"), range(8)))
    assert len(set(keys)) == 2
    assert Table.open(tmp_path / "assets.lance").num_rows == 2


@pytest.mark.parametrize("key", ["0" * 64, "x' OR '1'='1", "../x"])
def test_what_is_not_there_is_one_clear_error(tmp_path: Path, key: str) -> None:
    assets = Assets(tmp_path)
    with pytest.raises(StoreError, match="missing"):
        assets.get(key)
    assets.put(b"here", kind="x")
    with pytest.raises(StoreError, match="missing"):
        assets.get(key)
