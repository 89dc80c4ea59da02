"""Graphs between the rows of a table: facts beside it, each named by what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.store import _lance
from assay.store.table import Table


def graph_folder(table: Table) -> Path:
    """Where graphs between the rows of a dataset's table are kept."""
    return table.path.parent.parent / "graphs" / table.path.stem


def load_graph(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """The graph stored at `path`, as `save_graph` was given it; None if there is none.

    Raises:
        StoreError: It is damaged.
    """
    if not Table.exists(path):
        return None
    stored = Table.open(path).read(["known", "rows", "similarities"])
    k = stored.schema.field("rows").type.list_size

    def values(name: str) -> np.ndarray:
        chunks = [chunk.flatten().to_numpy() for chunk in stored.column(name).chunks]
        return np.concatenate(chunks).reshape(-1, k) if chunks else np.empty((0, k), np.float32)

    known = np.asarray(stored.column("known"), bool)
    return values("rows").astype(np.int32), values("similarities").astype(np.float32), known


def save_graph(
    path: Path,
    rows: np.ndarray,
    similarities: np.ndarray,
    known: np.ndarray,
    made: Mapping[str, str],
) -> None:
    """Store a graph in one commit, over one of fewer rows that may stand there.

    Args:
        path: Where.
        rows: int32, shape (n, k): row indices; -1 where there is none.
        similarities: float32, shape (n, k); nan where there is none.
        known: bool, shape (n,): which rows take part.
        made: Producer, version and parameters, kept with it.
    """
    k = rows.shape[1]
    columns = {
        "known": pa.array(known),
        "rows": pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel(), pa.int32()), k),
        "similarities": pa.FixedSizeListArray.from_arrays(
            pa.array(similarities.ravel(), pa.float32()), k
        ),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    _lance.replace(path, pa.table(columns).replace_schema_metadata(dict(made)))
