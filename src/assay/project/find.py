"""Search over a dataset: by text or by an existing row, under any filter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay import models
from assay.errors import StoreError, UsageError
from assay.search.hybrid import DEPTH, Hit, as_matrix, fuse, rank_by_text, rank_by_vector
from assay.store import index
from assay.store.locks import exclusive
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

# Words of an example row that are searched for; more cost time and find no better.
EXAMPLE_WORDS = 40


@dataclass(frozen=True)
class SearchHit:
    """A row found.

    Attributes:
        id: Id of the row.
        score: In (0, 1]; 1 means first by text and by vector alike.
        text: The row's text.
        ranks: Rank (from 1) by `text` and by `vector`, where found by it.
    """

    id: str
    score: float
    text: str
    ranks: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"id": self.id, "score": self.score, "text": self.text, "ranks": dict(self.ranks)}


def with_model(request: str | Mapping[str, Any]) -> dict[str, Any]:
    """The request with `model: auto` replaced by the model that this installation can run."""
    options = dict(request) if isinstance(request, Mapping) else {"op": request}
    return {**options, "model": models.default_model()}


def search(
    dataset: Dataset, query: str | None, *, like: str | None = None, k: int = 10
) -> list[SearchHit]:
    """The best rows, by full text and, where it was computed, by `embed.text`.

    Raises:
        UsageError: Neither or both of `query` and `like` are given, there is no text, no such row.
    """
    k = max(1, min(k, 10_000))
    hits = ranked(dataset, query, like=like, k=k)
    if not hits:
        return []
    found = dataset.source.take(np.array([hit.row for hit in hits]), ["id", "text"]).to_pylist()
    return [
        SearchHit(row["id"], hit.score, row["text"] or "", hit.ranks)
        for hit, row in zip(hits, found, strict=True)
    ]


def ranked(
    dataset: Dataset,
    query: str | None,
    *,
    like: str | None,
    k: int,
    near: int | None = None,
    allowed: np.ndarray | None = None,
) -> list[Hit]:
    """The rows behind `search`, by row number among all source rows.

    Args:
        dataset: Where to look.
        query: A text.
        like: Or the id of a row.
        k: How many rows.
        near: At most this many of them by vector: every row is somehow near, few match.
        allowed: bool a source row, to search these instead of the dataset's rows.

    Raises:
        UsageError: As for `search`.
    """
    if (query is None) == (like is None):
        raise UsageError(
            "Search needs a text or the id of a row, not both.", allowed="query or like"
        )
    table = dataset.source
    if "text" not in table.schema.names or not pa.types.is_string(table.schema.field("text").type):
        raise UsageError(
            f"'{dataset.name}' has no text to search.",
            allowed=", ".join(n for n in table.schema.names if "__" not in n),
            remedy="add the data with --text NAME",
        )
    depth = max(DEPTH, 2 * k)
    example = None
    if like is not None:
        example = dataset.row_index(like)
        row = table.take(np.array([example]), ["text"]).column("text")[0].as_py() or ""
        query = " ".join(row.split()[:EXAMPLE_WORDS])
        depth += 1
    assert query is not None
    vector = _query_vector(dataset, table, query, example)
    table = _indexed(dataset, table, vector)
    kept = dataset.rows().kept if allowed is None else None
    if allowed is not None:
        allowed = np.pad(allowed, (0, max(0, table.num_rows - len(allowed))))
    elif kept is not None:
        allowed = np.zeros(table.num_rows, bool)
        allowed[kept[kept < table.num_rows]] = True
    rankings = {"text": rank_by_text(table, "text", query, depth, allowed)}
    if vector is not None:
        column, values = vector
        depth = min(depth, near or depth)
        rankings["vector"] = rank_by_vector(table, column, values, depth, allowed)
    if example is not None:
        rankings = {name: [r for r in rows if r != example] for name, rows in rankings.items()}
    return fuse(rankings, k)


def neighbors(dataset: Dataset, row_id: str, *, k: int) -> list[tuple[int, float]] | None:
    """The `k` other rows nearest to a row by `embed.text`, as row number and cosine similarity.

    None where it is not computed for the row.
    """
    table = dataset.source
    row = dataset.row_index(row_id)
    found = _query_vector(dataset, table, "", row)
    if found is None:
        return None
    column, query = found
    rows = [r for r in rank_by_vector(table, column, query, k + 1, None) if r != row][:k]
    if not rows:
        return []
    # Each row once and in order, as the store reads; then in the order of the ranking.
    unique, place = np.unique(np.array(rows), return_inverse=True)
    matrix, _ = as_matrix(table.take(unique, [column]).column(0))
    lengths = np.linalg.norm(matrix, axis=1) * max(float(np.linalg.norm(query)), 1e-12)
    likes = (matrix @ query) / np.maximum(lengths, 1e-12)
    return [(row, round(float(likes[at]), 4)) for row, at in zip(rows, place, strict=True)]


def _indexed(dataset: Dataset, table: Table, vector: tuple[str, np.ndarray] | None) -> Table:
    """The newest version of the table, with the indexes that the search needs."""
    try:
        with exclusive(dataset.path.with_suffix(".index.lock")):
            table = index.ensure_text(table, "text")
            if vector is not None and table.num_rows >= index.VECTOR_INDEX_ROWS:
                table = index.ensure_vectors(table, vector[0])
    except StoreError as error:
        # Somebody who may only read searches with the indexes there are.
        if not error.facts.get("refused") or not index.has_text(table, "text"):
            raise
    return table


def _query_vector(
    dataset: Dataset, table: Table, query: str, example: int | None
) -> tuple[str, np.ndarray] | None:
    """The stored column of the text embedding and the query in its space; None if not computed."""
    field = _embedding(table.schema)
    if field is None:
        return None
    if example is not None:
        value = table.take(np.array([example]), [field.name]).column(0)[0].as_py()
        return None if value is None else (field.name, np.array(value, np.float32))
    step = dataset.step_of(field)
    batch = pa.RecordBatch.from_arrays([pa.array([query])], names=list(step.inputs))
    extra = {"state": step.state or b""} if step.op.fit is not None else {}
    value = step.op.fn(batch, **step.params, **extra).column(0)[0].as_py()
    return None if value is None else (field.name, np.array(value, np.float32))


def _embedding(schema: pa.Schema) -> pa.Field | None:
    """The embedding of the texts that are searched: a query is near only to what is like them.

    Where there are several, the one that bears the op's own name, else the first.
    """
    found = []
    for field in schema:
        metadata = field.metadata or {}
        if metadata.get(b"assay.op") == b"embed.text":
            _, inputs = json.loads(metadata[b"assay.params"])
            if list(inputs.values()) == ["text"]:
                found.append(field)
    own = (f for f in found if f.metadata[b"assay.name"].startswith(b"embed.text."))
    return next(own, found[0] if found else None)
