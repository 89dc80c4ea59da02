"""Rows of several datasets in one space: what comparing a pool with a target reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.gaps.density import sample
from assay.insight.wording import snippet
from assay.models import lsa
from assay.ops.match.neighbors import unit_rows
from assay.project.rows import StoredRows
from assay.project.shared_vectors import SharedSpace, shared_space, vectors
from assay.schema import has_text
from assay.search.spaces import words_alone

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_FITTED = 20_000
"""Texts of a side that a space of words is fitted on; `lsa.fit` reads no more."""


@dataclass(frozen=True)
class Side:
    """Rows of a dataset with their vectors.

    Attributes:
        rows: All rows of it.
        at: int64, shape (m,): those with a vector, or a sample of them.
        vectors: float32, shape (m, d), of length 1 or 0.
        words_alone: Whether the vectors know words and not their meaning.
        scale: Rows that each of these stands for: more than 1 where a sample is read.
    """

    rows: StoredRows
    at: np.ndarray
    vectors: np.ndarray
    words_alone: bool
    scale: float = 1.0

    @property
    def known(self) -> int:
        """How many rows have a vector here."""
        return len(self.at)

    def texts(self, some: np.ndarray | None = None) -> list[str]:
        """Texts of the rows (or of some of them, int64 places in `at`); empty where none."""
        at = self.at if some is None else self.at[some]
        if not has_text(self.rows.schema):
            return [""] * len(at)
        return [text or "" for text in self.rows.take(at, "text").column(0).to_pylist()]

    def ids(self, some: np.ndarray) -> list[str]:
        """Ids of the rows at some places in `at`, in that order."""
        found: list[str] = self.rows.take(self.at[some], "id").column(0).to_pylist()
        return found

    def described(self, some: np.ndarray) -> list[dict[str, Any]]:
        """Id and the beginning of the text of the rows at some places in `at`, in that order."""
        texts = self.texts(some)
        return [
            {"id": row_id, "text": snippet(text)}
            for row_id, text in zip(self.ids(some), texts, strict=True)
        ]


def sides(
    pool: Dataset, target: Dataset, others: Sequence[Dataset], *, most: int, seed: int
) -> tuple[str, Side, Side, Mapping[str, Side]]:
    """A pool, a target and other pools in one embedding.

    A space that was fitted on the words of one dataset (`lsa`) is fitted anew on the pool and the
    target: what the pool lacks are words that its own space does not know.

    Args:
        pool: What lacks.
        target: What it is held against.
        others: Where the lacking may be found.
        most: Rows of the pool and of each other pool that are read at most, a random sample.
        seed: Of samples.

    Returns:
        The name of the embedding and the sides; other pools by full name.

    Raises:
        UsageError: There is no embedding that all have, or one side has no row with a vector.
    """
    everything = [pool, target, *others]
    spaces = [_shared(pool, other) for other in everything[1:]]
    found = spaces[0]
    limits = [most, None, *(most for _ in others)]
    rows = [dataset.rows() for dataset in everything]
    at = [
        np.arange(r.num_rows) if limit is None else sample(r.num_rows, limit, seed)
        for r, limit in zip(rows, limits, strict=True)
    ]
    if words_alone(found.a):
        made = _fitted(rows, at)
    else:
        shared = [found, *spaces]
        made = [
            _known(r, where, *vectors(s, "a" if i == 0 else "b", r, where, pool))
            for i, (r, where, s) in enumerate(zip(rows, at, shared, strict=True))
        ]
    for dataset, side in zip(everything[:2], made, strict=False):
        if side.known == 0:
            raise UsageError(
                f"'{dataset.full_name}' has no row with a vector to compare.",
                remedy=f"assay compute {dataset.name} {found.name}, or look at its filters",
            )
    made = [
        replace(side, scale=r.num_rows / max(1, len(where)))
        for side, r, where in zip(made, rows, at, strict=True)
    ]
    names = [dataset.full_name for dataset in others]
    return found.name, made[0], made[1], dict(zip(names, made[2:], strict=True))


def per_row(side: Side, score: np.ndarray) -> pa.Table:
    """Columns `id` and `score` of all rows of a side; null where a row has no vector."""
    values = np.full(side.rows.num_rows, np.nan)
    values[side.at] = score
    known = np.zeros(len(values), bool)
    known[side.at] = True
    ids = side.rows.table("id").column("id")
    return pa.table({"id": ids, "score": pa.array(values, mask=~known)})


def _shared(pool: Dataset, other: Dataset) -> SharedSpace:
    found = shared_space(pool.schema, other.schema)
    if found is None:
        raise UsageError(
            f"'{pool.full_name}' and '{other.full_name}' have no embedding in common.",
            remedy=f"assay compute {pool.name} embed.text && assay compute {other.name} embed.text",
        )
    return found


def _fitted(rows: Sequence[StoredRows], at: Sequence[np.ndarray]) -> list[Side]:
    """Sides in a space of words fitted on the first two together."""
    empty = np.empty((0, lsa.DIM), np.float32)
    bare = [Side(r, where, empty, words_alone=True) for r, where in zip(rows, at, strict=True)]
    texts = [side.texts() for side in bare]
    fit_on = [t for some in texts[:2] for t in (some[i] for i in sample(len(some), _FITTED)) if t]
    model = lsa.load(lsa.fit(fit_on))
    made = []
    for side, some in zip(bare, texts, strict=True):
        matrix = model.embed(some)
        known = np.asarray(matrix.any(axis=1))
        made.append(_known(side.rows, side.at, matrix, known, words_alone=True))
    return made


def _known(
    rows: StoredRows,
    at: np.ndarray,
    matrix: np.ndarray,
    known: np.ndarray,
    *,
    words_alone: bool = False,
) -> Side:
    known_rows = matrix if known.all() else matrix[known]
    return Side(rows, at[known], unit_rows(known_rows, "vectors"), words_alone)
