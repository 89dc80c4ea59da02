"""The map of a dataset: computed once, kept as the signals `map.x`, `map.y` and `map.topic`."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.map.projection import choose, lay_out
from assay.insight.map.topics import TEXTS, name_topics, topics
from assay.project.view.columns import Column
from assay.project.view.snapshot import Snapshot
from assay.search.neighbors import Neighbors, stored_neighbors
from assay.search.spaces import usable
from assay.store import runs
from assay.store.graphs import graph_folder
from assay.store.locks import exclusive
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

VERSION = "1"
NO_PLACE = 65_535
Report = Callable[..., None]


def embeddings(snapshot: Snapshot) -> list[Column]:
    """Columns of vectors that a map can be made of."""
    vectors = [c for c in snapshot.columns if c.kind == "vector" and c.op != "text.minhash"]
    return [column for column in vectors if column.stored in snapshot.filled]


def state(snapshot: Snapshot, embedding: str | None) -> dict[str, Any]:
    """Whether there is a map, of what, and its topics.

    Raises:
        UsageError: There is no such embedding.
    """
    known = [column.name for column in embeddings(snapshot)]
    chosen = _chosen(snapshot, embedding)
    made = snapshot.op_column("map", "x")
    head = {
        "embedding": chosen.name if chosen else None,
        "embeddings": known,
        "rows": snapshot.num_rows,
        "method": None,
        "seed": None,
        "placed": 0,
        "clusters": [],
    }
    if chosen is None:
        return {**head, "state": "none"}
    params = (made.details.get("params") or {}) if made else {}
    if made is None or params.get("embedding") != chosen.name:
        return {**head, "state": "missing"}
    placed = int(np.count_nonzero(~np.isnan(snapshot.numbers("map.x"))))
    return {
        **head,
        "state": "stale" if params.get("rows", placed) != snapshot.num_rows else "ready",
        "method": params.get("method"),
        "seed": params.get("seed"),
        "placed": placed,
        "clusters": _clusters(snapshot),
    }


def places(snapshot: Snapshot) -> bytes:
    """u16 x and y of every row, little-endian; 65535 twice where a row has no place."""
    packed = np.full((snapshot.num_rows, 2), NO_PLACE, "<u2")
    if snapshot.op_column("map", "x") is not None:
        for axis, name in enumerate(("map.x", "map.y")):
            values = snapshot.numbers(name)
            known = ~np.isnan(values)
            scaled = np.clip(np.round(values[known] * (NO_PLACE - 1)), 0, NO_PLACE - 1)
            packed[known, axis] = scaled.astype("<u2")
    return packed.tobytes()


def make_map(
    dataset: Dataset,
    snapshot: Snapshot,
    *,
    embedding: str | None = None,
    method: str = "auto",
    seed: int = 0,
    report: Report | None = None,
) -> dict[str, Any]:
    """Lay out an embedding, find and name topics, and store them with the rows.

    Raises:
        UsageError: There is no embedding, or no such method.
        MissingExtra: The method is not installed.
    """
    tell = report or (lambda *_: None)
    column = _chosen(snapshot, embedding)
    if column is None:
        raise UsageError(
            f"'{dataset.name}' has no embedding to make a map of.",
            remedy=f"assay compute {dataset.name} embed.text",
        )
    tell(0, None, "Reading vectors")
    matrix, valid = usable(snapshot.table.read([column.stored]).column(0))
    rows = np.flatnonzero(valid)
    used = choose(method, len(rows))
    inputs = {"version": snapshot.version, "embedding": column.name, "method": used}
    with runs.record(dataset.project.events, "compute", dataset.name, inputs) as run:
        run.inputs["signals"] = ["map"]

        def graph() -> Neighbors:
            folder = graph_folder(snapshot.table)
            return stored_neighbors(snapshot.table, column.stored, folder).among_known()

        laid = lay_out(matrix[rows], used, graph=graph, seed=seed, report=tell)
        tell(100, 100, "Finding topics")
        labels = topics(laid, seed=seed)
        names = _names(snapshot, rows, labels)
        params = {
            "embedding": column.name,
            "method": used,
            "seed": seed,
            "rows": snapshot.num_rows,
        }
        xy = np.full((snapshot.num_rows, 2), np.nan, np.float32)
        xy[rows] = laid
        topic = np.full(snapshot.num_rows, -1, np.int64)
        topic[rows] = labels
        columns = {
            "x": pa.array(xy[:, 0], mask=~valid),
            "y": pa.array(xy[:, 1], mask=~valid),
            "topic": pa.array(names, pa.string()).take(pa.array(topic, mask=topic < 0)),
        }
        version = _store(dataset, columns, params, run.key)
        run.outputs = {"version": version, "rows": len(rows)}
    return {"rows": len(rows), "method": used, "topics": len(names)}


def _chosen(snapshot: Snapshot, embedding: str | None) -> Column | None:
    known = embeddings(snapshot)
    if embedding is None:
        return known[0] if known else None
    for column in known:
        if column.name == snapshot.column(embedding).name:
            return column
    raise UsageError(
        f"'{embedding}' is no embedding.", allowed=", ".join(c.name for c in known) or "none yet"
    )


def _clusters(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Topics with their size and the middle of their places."""
    coded = snapshot.coded("map.topic")
    x, y = snapshot.numbers("map.x"), snapshot.numbers("map.y")
    found = []
    for place, label in enumerate(coded.values):
        rows = np.flatnonzero(coded.codes == place)
        found.append(
            {
                "id": place,
                "label": label,
                "terms": str(label).split(", "),
                "count": len(rows),
                "x": round(float(np.nanmedian(x[rows])), 4),
                "y": round(float(np.nanmedian(y[rows])), 4),
            }
        )
    return found


def _names(snapshot: Snapshot, rows: np.ndarray, labels: np.ndarray) -> list[str]:
    """A name a topic, each once."""
    count = int(labels.max(initial=-1)) + 1
    texts: list[list[str]] = []
    for topic in range(count):
        some = rows[labels == topic]
        some = some[np.linspace(0, len(some) - 1, min(len(some), TEXTS)).astype(int)]
        if snapshot.table.schema.get_field_index("text") < 0:
            texts.append([])
            continue
        found = snapshot.take(some, ["text"]).column(0).to_pylist()
        texts.append([text for text in found if text])
    names: list[str] = []
    for number, terms in enumerate(name_topics(labels, texts)):
        name = ", ".join(terms) or f"topic {number + 1}"
        names.append(name if name not in names else f"{name} ({number + 1})")
    return names


def _store(dataset: Dataset, columns: dict[str, pa.Array], params: dict[str, Any], run: str) -> int:
    """Write the columns as signals of the dataset's table; returns the table's version."""
    described = json.dumps([params, {}], sort_keys=True)
    schema = pa.schema(
        [
            pa.field(
                f"map__{name}",
                values.type,
                metadata={
                    "assay.op": "map",
                    "assay.version": VERSION,
                    "assay.params": described,
                    "assay.hash": blake2b(described.encode(), digest_size=8).hexdigest(),
                    "assay.run": run,
                    "assay.state": "",
                    "assay.name": f"map.{name}",
                },
            )
            for name, values in columns.items()
        ]
    )
    path = dataset.path
    with exclusive(path.with_suffix(".compute.lock")):
        table = Table.open(path)
        present = [name for name in schema.names if name in table.schema.names]
        if present:
            table = table.drop(present)
        table = table.declare(schema)
        data = pa.table(list(columns.values()), schema=schema)
        files, first = [], 0
        for fragment in table.fragments():
            part = data.slice(first, fragment.rows)
            if part.num_rows < fragment.rows:
                break  # rows that were added meanwhile have no place yet
            first += fragment.rows
            file = table.column_file(fragment.id, schema)
            for batch in part.combine_chunks().to_batches(max_chunksize=65_536):
                file.write(batch)
            file.close()
            files.append(file)
        if files:
            table = table.commit_columns(files, f"map, run {run}")
        return table.version
