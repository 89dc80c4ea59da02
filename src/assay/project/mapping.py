"""The map of a dataset: computed once, kept as the signals `map.x`, `map.y` and `map.topic`."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.map.projection import choose, distinct, lay_out
from assay.insight.map.topics import subtopics, topics
from assay.project.first_names import by_model, named, namer
from assay.project.map_columns import write_columns
from assay.project.topic_names import (
    LEVELS,
    Level,
    Topic,
    history,
    in_force,
    read_level,
    read_topics,
)
from assay.project.view.columns import Column
from assay.project.view.snapshot import Snapshot
from assay.search.hybrid import as_matrix
from assay.search.neighbors import Neighbors, stored_neighbors
from assay.search.spaces import as_embedding
from assay.store import runs
from assay.store.graphs import graph_folder

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

VERSION = "2"
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
        "clusters": clusters(snapshot),
    }


def made(snapshot: Snapshot) -> str:
    """A key of the places of a snapshot: they stay when topics are named."""
    column = snapshot.op_column("map", "x")
    return f"{column.details.get('run') if column else ''}-{snapshot.num_rows}"


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
    names: str = "auto",
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
    matrix, valid = as_matrix(snapshot.table.read([column.stored]).column(0))
    rows = np.flatnonzero(valid)
    used = choose(method, distinct(matrix[rows]))
    model, note = namer(names)
    inputs = {"version": snapshot.version, "embedding": column.name, "method": used}
    with runs.record(dataset.project.events, "compute", dataset.name, inputs) as run:
        run.inputs["signals"] = ["map"]

        def graph() -> Neighbors:
            folder = graph_folder(snapshot.table)
            return stored_neighbors(snapshot.table, column.stored, folder).among_known()

        laid = lay_out(matrix[rows], used, graph=graph, seed=seed, report=tell)
        tell(100, 100, "Finding topics")
        at = {"topic": topics(laid, seed=seed)}
        at["subtopic"] = subtopics(laid, at["topic"], seed=seed)
        params = {
            "embedding": column.name,
            "method": used,
            "seed": seed,
            "rows": snapshot.num_rows,
        }
        about = _provenance(params, run.key)
        xy = np.full((snapshot.num_rows, 2), np.nan, np.float32)
        xy[rows] = laid
        columns = {
            axis: (
                pa.array(xy[:, place], mask=~valid),
                {**about, b"assay.name": b"map." + axis.encode()},
            )
            for place, axis in enumerate("xy")
        }
        ids, events = snapshot.table.read(["id"]).column("id"), history(dataset)
        found = named(snapshot, rows, at)
        if model is not None:
            found, note = by_model(model, found, tell)
        for level, each in found.levels.items():
            codes = np.full(snapshot.num_rows, -1, np.int32)
            codes[rows] = at[level]
            before = read_level(snapshot.table, level)
            known = in_force(level, Level(each, codes), ids, events, before)
            values, metadata = known.column()
            name = f"map.{level}".encode()
            columns[level] = (values, {**about, **metadata, b"assay.name": name})
        version = write_columns(dataset, lambda _: columns, f"map, run {run.key}")
        run.outputs = {"version": version, "rows": len(rows)}
    sizes = {f"{level}s": len(each) for level, each in found.levels.items()}
    asked = model.model if model else None
    return {"rows": len(rows), "method": used, **sizes, "model": asked, "note": note}


def _chosen(snapshot: Snapshot, embedding: str | None) -> Column | None:
    known = embeddings(snapshot)
    if embedding is None:
        return known[0] if known else None
    asked = snapshot.column(embedding)
    for column in known:
        if column.name == asked.name:
            return column
    raise UsageError(
        f"'{embedding}' is no embedding.",
        allowed=", ".join(c.name for c in known) or "none yet",
        remedy=as_embedding(snapshot.table.schema.field(asked.stored), snapshot.table.path.stem),
    )


def clusters(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Topics, then their parts, each with its size and the middle of its places."""
    if snapshot.op_column("map", "x") is None:
        return []
    x, y = snapshot.numbers("map.x"), snapshot.numbers("map.y")
    found: list[dict[str, Any]] = []
    above = np.empty(0, np.int64)
    for level in LEVELS:
        if snapshot.op_column("map", level) is None:
            continue
        coded = snapshot.coded(f"map.{level}")
        known = {
            one.name or one.base: one for one in read_topics(snapshot.table.schema, level) or ()
        }
        codes = coded.codes.astype(np.int16)  # few: sorted by counting
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(coded.values) + 1))
        first = len(found)
        for place, label in enumerate(coded.values):
            rows = order[starts[place] : starts[place + 1]]
            topic = known.get(str(label), Topic(str(label), tuple(str(label).split(", "))))
            found.append(
                {
                    "id": first + place,
                    "level": level,
                    "parent": int(above[rows[0]]) if len(above) else None,
                    "label": label,
                    "terms": topic.terms,
                    "by": topic.by,
                    "count": len(rows),
                    "x": round(float(np.nanmedian(x[rows])), 4),
                    "y": round(float(np.nanmedian(y[rows])), 4),
                }
            )
        above = coded.codes
    return found


def _provenance(params: dict[str, Any], run: str) -> dict[bytes, bytes]:
    described = json.dumps([params, {}], sort_keys=True)
    told = {
        "op": "map",
        "version": VERSION,
        "params": described,
        "hash": blake2b(described.encode(), digest_size=8).hexdigest(),
        "run": run,
        "state": "",
    }
    return {f"assay.{key}".encode(): value.encode() for key, value in told.items()}
