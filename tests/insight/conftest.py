"""Small datasets in memory, as a project would hand them to a finder."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json
import pytest
import zstandard

from assay import registry
from assay.schema import Finding
from assay.testing.finders import MemoryRows, check_finder, with_signals


@pytest.fixture
def texts_of(shared_data: Callable[[str], Path]) -> Callable[[str], pa.Table]:
    """A compressed JSON Lines file of the shared data as a table."""

    def load(relative: str) -> pa.Table:
        with shared_data(relative).open("rb") as file:
            data = zstandard.ZstdDecompressor().stream_reader(file).read()
        return pa.json.read_json(
            io.BytesIO(data), read_options=pa.json.ReadOptions(block_size=1 << 26)
        )

    return load


def _digest(text: str | None) -> str:
    return hashlib.blake2b((text or "").encode(), digest_size=16).hexdigest()


@pytest.fixture
def dataset() -> Callable[..., MemoryRows]:
    """Rows r0, r1, ... with these texts (and further columns), and the signals of `ops`."""

    def build(texts: Sequence[str | None], *ops: Any, **columns: Any) -> MemoryRows:
        column = pa.array(texts, pa.string())
        own = {
            "id": [f"r{i}" for i in range(len(texts))],
            "content_id": [_digest(t) for t in texts],
        }
        return MemoryRows(with_signals(pa.table({**own, "text": column, **columns}), *ops))

    return build


@pytest.fixture
def find() -> Callable[..., list[Finding]]:
    """Findings of a check, which is held to the contract of finders on the way."""

    def run(name: str, rows: MemoryRows, **params: Any) -> list[Finding]:
        return check_finder(registry.get("finder", name), rows, **params)

    return run


@pytest.fixture
def kept_by_fix() -> Callable[[Finding, MemoryRows], set[str]]:
    """Ids of the rows that the suggested rule of a finding keeps."""

    def keep(finding: Finding, rows: MemoryRows) -> set[str]:
        from assay.select.rules import compile_rules, judge

        assert finding.fix is not None
        verdicts = judge(compile_rules([finding.fix.to_dict()]), rows)
        return set(verdicts.table.filter(verdicts.keep).column("id").to_pylist())

    return keep
