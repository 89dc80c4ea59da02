"""What is searched for: words, examples and counter-examples, and the vector they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.project import row, rowsets
from assay.search.hybrid import as_matrix
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

MODES = ("hybrid", "text", "vector")
MAX_CHARACTERS = 1_000_000
"""Of a text that is searched for."""
MAX_EXAMPLES = 50
"""In one query, however each is written."""
MAX_ROWS = 1_000
"""Rows that one example may stand for; of more, so many are taken evenly."""
# Words that are searched for; more cost time and find no better.
QUERY_WORDS, EXAMPLE_WORDS, MAX_WORD = 60, 6, 100
# Of so many examples at most the words are searched for; more speak by their vectors.
MAX_EXAMPLE_TEXTS = 3
# How much counter-examples weigh. Rocchio 1971 takes 0.25 over hundreds of judged documents; the
# few that a person picks by hand should be felt.
AGAINST = 0.5
_ROW = re.compile(r"\w+")
_TEXT = "text:"


@dataclass(frozen=True)
class Query:
    """A search, as written.

    Attributes:
        text: Words and meaning searched for.
        like: Examples: a row's id (or its start), `text:ANY TEXT`, or a filter whose rows are meant
            (`tag:good`, `selection:KEY`, `map.topic == "refunds"`).
        unlike: Counter-examples, written the same way.
        mode: `hybrid`, `text` (words alone) or `vector` (meaning alone).
        embedding: Name of the vectors to search by, as in expressions; the texts' own if None.
    """

    text: str | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    mode: str = "hybrid"
    embedding: str | None = None

    def __bool__(self) -> bool:
        return self.text is not None or bool(self.like or self.unlike)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without what is not set; `read_query` gives an equal query."""
        parts = {"query": self.text, "like": list(self.like), "unlike": list(self.unlike)}
        parts |= {"mode": None if self.mode == "hybrid" else self.mode, "embedding": self.embedding}
        return {key: value for key, value in parts.items() if value not in (None, [])}


NOTHING = Query()


@dataclass(frozen=True)
class Example:
    """An example looked up.

    Attributes:
        rows: Row numbers (int64) it stands for; none where it is a text.
        text: The text it is, or None.
    """

    rows: np.ndarray
    text: str | None = None


def read_query(fields: Mapping[str, Any]) -> Query:
    """A query from `{query, like, unlike, mode, embedding}`; examples may be one string or several.

    Raises:
        UsageError: A part has the wrong form, or there is nothing to search for.
    """
    unknown = fields.keys() - {"query", "like", "unlike", "mode", "embedding"}
    text, mode = fields.get("query"), fields.get("mode") or "hybrid"
    embedding = fields.get("embedding") or None
    if unknown or not (isinstance(text, str | None) and isinstance(embedding, str | None)):
        raise UsageError(
            f"A search cannot be {str(dict(fields))[:200]}.",
            allowed='{"query": TEXT, "like": [EXAMPLE, ...], "unlike": [...], "mode": MODE, '
            '"embedding": NAME}',
        )
    if mode not in MODES:
        raise UsageError(f"There is no search mode {mode!r}.", allowed=", ".join(MODES))
    if text is not None and len(text) > MAX_CHARACTERS:
        raise UsageError("The search text is too long.", allowed=f"{MAX_CHARACTERS:,} characters")
    return Query(text, _written(fields, "like"), _written(fields, "unlike"), mode, embedding)


def _written(fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = fields.get(key)
    listed = [given] if isinstance(given, str) else list(given or ())
    if len(listed) > MAX_EXAMPLES or not all(isinstance(each, str) for each in listed):
        raise UsageError(
            f"'{key}' of a search is a list of at most {MAX_EXAMPLES} examples.",
            allowed='ids of rows, "text:ANY TEXT", or filters such as tag:NAME',
        )
    return tuple(dict.fromkeys(each for each in listed if each.strip()))


def look_up(dataset: Dataset, written: str) -> Example:
    """The rows or the text that an example stands for.

    Raises:
        UsageError: There is no such row, or the filter is wrong or leaves no row.
    """
    if written.startswith(_TEXT):
        return Example(np.empty(0, np.int64), written.removeprefix(_TEXT)[:MAX_CHARACTERS])
    whole = dataset.project.dataset(dataset.name)
    if _ROW.fullmatch(written.strip()):
        start = written.strip()
        whole_id = start if len(start) == row.ID_LENGTH else row.full_id(whole, start)
        return Example(np.array([whole.row_index(whole_id)], np.int64))
    rows = rowsets.filtered(whole.rows(), written)
    if len(rows) == 0:
        raise UsageError(f"No row is an example: '{written}' leaves none.", where=dataset.full_name)
    if len(rows) > MAX_ROWS:
        rows = rows[np.linspace(0, len(rows) - 1, MAX_ROWS).astype(np.int64)]
    return Example(rows)


def words_of(table: Table, query: Query, like: Sequence[Example]) -> str:
    """The words to search for: those of the text, and the most telling of the examples."""
    texts = [e.text for e in like if e.text]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *(e.rows for e in like)]))
    if 0 < len(rows) <= MAX_EXAMPLE_TEXTS:
        texts += [text or "" for text in table.take(rows, ["text"]).column("text").to_pylist()]
    parts = [_telling(query.text, QUERY_WORDS)] if query.text else []
    parts += [_telling(text, max(1, EXAMPLE_WORDS // len(texts))) for text in texts]
    return " ".join(part for part in parts if part)


def _telling(text: str, most: int) -> str:
    """At most so many words of a text: of more, the longest, which are rare in any language."""
    words = text.split()
    if len(words) <= most:
        return text
    chosen = sorted(dict.fromkeys(words), key=len, reverse=True)[:most]
    return " ".join(word[:MAX_WORD] for word in chosen)


def vectors_of(
    table: Table, column: str, examples: Sequence[Example], texts: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Mean direction of each example that has one, float32 (n, d).

    Args:
        table: The rows.
        column: The embedding.
        examples: Looked up.
        texts: Vectors by text.
    """
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *(e.rows for e in examples)]))
    matrix = np.zeros((0, table.schema.field(column).type.list_size), np.float32)
    if len(rows):
        matrix = unit(as_matrix(table.take(rows, [column]).column(0))[0])
    found = [
        texts[e.text] if e.text is not None else matrix[np.searchsorted(rows, e.rows)].mean(axis=0)
        for e in examples
    ]
    known = [vector for vector in found if np.isfinite(vector).all() and vector.any()]
    return unit(np.array(known, np.float32).reshape(-1, matrix.shape[1]))


def toward(text: np.ndarray | None, like: np.ndarray, unlike: np.ndarray) -> np.ndarray | None:
    """The direction asked for: the text and the examples, less the counter-examples.

    Rocchio 1971, "Relevance feedback in information retrieval": each side enters as its mean
    direction, so that a hundred examples weigh what one does.

    Args:
        text: float32, shape (d,), or None.
        like: float32, shape (n, d).
        unlike: float32, shape (m, d).

    Returns:
        float32, shape (d,), of length 1; None where nothing is left to go by.
    """
    wanted = [] if text is None or not text.any() else [text]
    if len(like):
        wanted.append(unit(like.mean(axis=0)[None])[0])
    if not wanted and not len(unlike):
        return None
    total = unit(np.sum(wanted, axis=0)[None])[0] if wanted else 0.0
    if len(unlike):
        total = total - AGAINST * unit(unlike.mean(axis=0)[None])[0]
    asked = unit(np.asarray(total, np.float32)[None])[0]
    return asked if asked.any() else None


def unit(matrix: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; zeros stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 1e-12, lengths, 1), np.float32)


def embed_texts(dataset: Dataset, field: pa.Field, texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Vectors of texts in the space of a stored embedding; zeros where the model knows nothing."""
    listed = list(dict.fromkeys(texts))
    if not listed:
        return {}
    step = dataset.step_of(field)
    batch = pa.RecordBatch.from_arrays([pa.array(listed, pa.string())], names=list(step.inputs))
    extra = {"state": step.state or b""} if step.op.fit is not None else {}
    matrix, _ = as_matrix(step.op.fn(batch, **step.params, **extra).column(0))
    return dict(zip(listed, matrix, strict=True))
