"""Search over a dataset: by words, examples and counter-examples, under any filter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assay.errors import StoreError, UsageError
from assay.project.query import (
    Example,
    Query,
    embed_texts,
    look_up,
    toward,
    unit,
    vectors_of,
    words_of,
)
from assay.schema import has_text
from assay.search.hybrid import DEPTH, Hit, as_matrix, fuse, rank_by_text, rank_by_vector
from assay.search.spaces import as_embedding, is_embedding, name_of
from assay.store import index
from assay.store.locks import exclusive
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def search_many(
    dataset: Dataset,
    texts: Sequence[str],
    *,
    mode: str = "hybrid",
    embedding: str | None = None,
    k: int = 10,
) -> pa.Table:
    """The best rows for each of many texts: embedded in one batch, compared in one pass.

    Returns:
        Columns `query` (int64, place in `texts`), `id`, `score` (float64) and, where the dataset
        has it, `source_id`; by query, best first.

    Raises:
        UsageError: As for `search`.
    """
    asked = [Query(text, mode=mode, embedding=embedding) for text in texts]
    found = ranked(dataset, asked, k=max(1, min(k, 10_000)))
    rows = np.array([hit.row for hits in found for hit in hits], np.int64)
    table = dataset.source
    names = [name for name in ("id", "source_id") if name in table.schema.names]
    unique, place = np.unique(rows, return_inverse=True)
    columns = table.take(unique, names).take(pa.array(place))
    queries = np.repeat(np.arange(len(found)), [len(hits) for hits in found])
    scores = np.array([hit.score for hits in found for hit in hits], np.float64)
    return pa.table({"query": queries, "score": scores} | dict(zip(names, columns, strict=True)))


def ranked(
    dataset: Dataset,
    queries: Sequence[Query],
    *,
    k: int,
    near: int | None = None,
    allowed: np.ndarray | None = None,
) -> list[list[Hit]]:
    """The rows behind `search`, by row number among all source rows, for each query.

    Args:
        dataset: Where to look.
        queries: What to look for, all by the same embedding.
        k: How many rows for each.
        near: At most this many of them by vector: every row is somehow near, few match.
        allowed: bool a source row, to search these instead of the dataset's rows.

    Raises:
        UsageError: As for `search`.
    """
    if not all(queries):
        raise UsageError(
            "Search needs a text or examples.",
            allowed="query, like or unlike",
            remedy="give words, or the id of a row as like",
        )
    table = dataset.source
    field = _searchable(dataset, table, queries)
    table = _indexed(dataset, table, field)
    like = [[look_up(dataset, each) for each in query.like] for query in queries]
    unlike = [[look_up(dataset, each) for each in query.unlike] for query in queries]
    directions = _directions(dataset, table, field, queries, like, unlike)
    allowed = _allowed(dataset, table, allowed)
    # What was shown as an example is known already, and is not found again.
    known = [
        {int(row) for example in (*like[at], *unlike[at]) for row in example.rows}
        for at in range(len(queries))
    ]
    depth = max(DEPTH, 2 * k) + max(map(len, known), default=0)
    words = [
        words_of(table, query, examples) if query.mode != "vector" else ""
        for query, examples in zip(queries, like, strict=True)
    ]
    by_vector: list[list[int]] = [[] for _ in queries]
    asked = [(at, d) for at, d in enumerate(directions) if d is not None]
    # Words are ranked while vectors are: both wait for the store more than they compute.
    with ThreadPoolExecutor(1) as beside:
        ranking = beside.submit(rank_by_text, table, "text", words, depth, allowed)
        if field is not None and asked:
            matrix = np.array([direction for _, direction in asked])
            found = rank_by_vector(table, field.name, matrix, min(depth, near or depth), allowed)
            for (at, _), rows in zip(asked, found, strict=True):
                by_vector[at] = rows
        by_text = ranking.result()
    hits = []
    for at, query in enumerate(queries):
        rankings = {"text": by_text[at], "vector": by_vector[at]}
        used = [name for name in rankings if query.mode in (name, "hybrid")]
        if directions[at] is None and "text" in used:
            used = ["text"]
        hits.append(fuse({n: [r for r in rankings[n] if r not in known[at]] for n in used}, k))
    return hits


def _searchable(dataset: Dataset, table: Table, queries: Sequence[Query]) -> pa.Field | None:
    """The embedding to search by, or None where words alone are searched."""
    if not has_text(table.schema):
        raise UsageError(
            f"'{dataset.name}' has no text to search.",
            allowed=", ".join(n for n in table.schema.names if "__" not in n),
            remedy="add the data with --text NAME",
        )
    name = queries[0].embedding if queries else None
    field = _named(dataset, table.schema, name) if name else text_embedding(table.schema)
    if field is None and any(query.mode == "vector" for query in queries):
        raise UsageError(
            f"The texts of '{dataset.name}' have no vectors to search by.",
            allowed="mode text",
            remedy=f"assay compute {dataset.name} embed.text",
        )
    return field


def _directions(
    dataset: Dataset,
    table: Table,
    field: pa.Field | None,
    queries: Sequence[Query],
    like: Sequence[Sequence[Example]],
    unlike: Sequence[Sequence[Example]],
) -> list[np.ndarray | None]:
    """What each query asks for as a vector; None where it asks for nothing of that kind."""
    if field is None:
        if any(unlike):
            raise UsageError(
                f"Counter-examples need vectors, and '{dataset.name}' has none.",
                remedy=f"assay compute {dataset.name} embed.text",
            )
        return [None] * len(queries)
    by_vector = [query.mode != "text" for query in queries]
    examples = [e for side in (*like, *unlike) for e in side]
    texts = [q.text for q, wanted in zip(queries, by_vector, strict=True) if wanted and q.text]
    texts += [e.text for e in examples if e.text is not None]
    if texts and not of_texts(field):
        raise UsageError(
            f"Words have no vector in '{name_of(field)}', which was not made from the texts.",
            allowed="examples that are rows",
            remedy="give rows as examples, choose mode text, or choose an embedding of the texts",
        )
    known = embed_texts(dataset, field, texts)
    return [
        toward(
            known.get(query.text or ""),
            vectors_of(table, field.name, like[at], known),
            vectors_of(table, field.name, unlike[at], known),
        )
        if by_vector[at]
        else None
        for at, query in enumerate(queries)
    ]


def _allowed(dataset: Dataset, table: Table, allowed: np.ndarray | None) -> np.ndarray | None:
    """Which rows may be found, bool a row of the newest table; None for all."""
    if allowed is not None:
        return np.pad(allowed, (0, max(0, table.num_rows - len(allowed))))
    kept = dataset.rows().kept
    if kept is None:
        return None
    allowed = np.zeros(table.num_rows, bool)
    allowed[kept[kept < table.num_rows]] = True
    return allowed


def neighbors(dataset: Dataset, row_id: str, *, k: int) -> list[tuple[int, float]] | None:
    """The `k` other rows nearest to a row by `embed.text`, as row number and cosine similarity.

    None where it is not computed for the row.
    """
    table = dataset.source
    row = dataset.row_index(row_id)
    field = text_embedding(table.schema)
    if field is None:
        return None
    own, valid = as_matrix(table.take(np.array([row]), [field.name]).column(0))
    if not valid[0]:
        return None
    (found,) = rank_by_vector(table, field.name, own, k + 1, None)
    rows = [r for r in found if r != row][:k]
    if not rows:
        return []
    likes = _likeness(table, field, own, rows)
    return list(zip(rows, likes, strict=True))


def likeness(dataset: Dataset, row_id: str, rows: Sequence[int]) -> list[float]:
    """Cosine similarity of a row to some rows, by row number; 0 where one has no vector.

    Raises:
        UsageError: There is no such row, or no embedding.
    """
    table, field = dataset.source, embedding_of(dataset)
    row = dataset.row_index(row_id)
    own, _ = as_matrix(table.take(np.array([row]), [field.name]).column(0))
    return _likeness(table, field, own, rows) if len(rows) else []


def _likeness(table: Table, field: pa.Field, own: np.ndarray, rows: Sequence[int]) -> list[float]:
    # Each row once and in order, as the store reads; then in the order that was asked for.
    unique, place = np.unique(np.array(rows), return_inverse=True)
    matrix, _ = as_matrix(table.take(unique, [field.name]).column(0))
    likes = unit(matrix) @ unit(own)[0]
    return [round(float(likes[at]), 4) for at in place]


def _indexed(dataset: Dataset, table: Table, field: pa.Field | None) -> Table:
    """The newest version of the table, with the indexes that the search needs."""
    try:
        with exclusive(dataset.path.with_suffix(".index.lock")):
            table = index.ensure_text(table, "text")
            if field is not None and table.num_rows >= index.VECTOR_INDEX_ROWS:
                table = index.ensure_ids(index.ensure_vectors(table, field.name))
    except StoreError as error:
        # Somebody who may only read searches with the indexes there are.
        if not error.facts.get("refused") or not index.has_text(table, "text"):
            raise
    return table


def embedding_of(dataset: Dataset) -> pa.Field:
    """The stored embedding that searches use.

    Raises:
        UsageError: There is none; the error names the command that makes it.
    """
    field = text_embedding(dataset.source.schema)
    if field is None:
        raise UsageError(
            f"The texts of '{dataset.name}' have no vectors.",
            remedy=f"assay compute {dataset.name} embed.text",
        )
    return field


def text_embedding(schema: pa.Schema) -> pa.Field | None:
    """The embedding of the texts that are searched: a query is near only to what is like them.

    Where there are several, the one that bears the op's own name, else the first.
    """
    found = [field for field in schema if of_texts(field)]
    own = (f for f in found if f.metadata[b"assay.name"].startswith(b"embed.text."))
    return next(own, found[0] if found else None)


def _named(dataset: Dataset, schema: pa.Schema, name: str) -> pa.Field:
    """The embedding that is called so in expressions, with its output or without."""
    known = {name_of(field): field for field in schema if is_embedding(field)}
    found = known.get(name) or known.get(f"{name}.vector")
    if found is None:
        listed = schema.field(name) if name in schema.names else None
        raise UsageError(
            f"'{dataset.name}' has no embedding called '{name}'.",
            allowed=", ".join(sorted(known)) or "none yet",
            remedy=(as_embedding(listed, dataset.name) if listed is not None else None)
            or f"assay compute {dataset.name} embed.text",
        )
    return found


def of_texts(field: pa.Field) -> bool:
    """Whether a stored column holds vectors of the column `text`, which words have too."""
    metadata = field.metadata or {}
    if metadata.get(b"assay.op") != b"embed.text":
        return False
    _, inputs = json.loads(metadata[b"assay.params"])
    return list(inputs.values()) == ["text"]
