"""What can be looked for in a dataset: words, examples, the most likely rows, concepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from assay.project import concepts, find, thumbs
from assay.project.concepts import Concept
from assay.project.handle import Handle
from assay.project.query import Query, read_query
from assay.project.thumbs import Likely
from assay.run.compute import Progress

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


@dataclass(frozen=True)
class SearchHit:
    """A row found.

    Attributes:
        id: Id of the row.
        score: In (0, 1]; 1 means first by text and by vector alike.
        text: The row's text.
        ranks: Rank (from 1) by `text` and by `vector`, where found by it.
        likely: How likely it is what was looked for; None until a thumb was given to this search.
    """

    id: str
    score: float
    text: str
    ranks: Mapping[str, int]
    likely: Likely | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        found = {"id": self.id, "score": self.score, "text": self.text, "ranks": dict(self.ranks)}
        return found if self.likely is None else {**found, "likely": asdict(self.likely)}


class Searching(Handle):
    """Search, thumbs and concepts; part of every dataset."""

    def search(
        self,
        query: str | None = None,
        *,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        mode: str = "hybrid",
        embedding: str | None = None,
        k: int = 10,
        where: str | None = None,
    ) -> list[SearchHit]:
        """The `k` best rows for a text, for examples, or for both; best first.

        Args:
            query: Words and meaning to look for; any length.
            like: Examples: ids of rows (or their starts), `text:ANY TEXT`, or filters whose rows
                are meant, such as `tag:good` or `map.topic == "refunds"`.
            unlike: Counter-examples, written the same way; they need `embed.text`.
            mode: `hybrid`, `text` or `vector`.
            embedding: Vectors to search by, where there are several: `embed.text`, or the name they
                were computed under. Those that were not made from the texts know rows alone.
            k: How many rows, at most 10,000.
            where: Only rows for which this is true.

        Raises:
            UsageError: Nothing is searched for, or an example is not known.
        """
        view = self.where(where) if where else self
        parts = {"query": query, "like": like, "unlike": unlike, "mode": mode}
        return _hits(view._whole(), read_query({**parts, "embedding": embedding}), k)

    def search_many(
        self,
        texts: Sequence[str],
        *,
        mode: str = "hybrid",
        embedding: str | None = None,
        k: int = 10,
        where: str | None = None,
    ) -> pa.Table:
        """The `k` best rows for each of many texts, in one pass.

        Returns:
            Columns `query` (place in `texts`), `id`, `score` and, where there is one, `source_id`;
            by query, best first.
        """
        view = self.where(where) if where else self
        asked = read_query({"mode": mode, "embedding": embedding})
        return find.search_many(
            view._whole(), texts, mode=asked.mode, embedding=asked.embedding, k=k
        )

    def judge(self, row_id: str, answer: bool | None, **searched: Any) -> dict[str, bool]:
        """Say whether a row is what a search looked for; None takes an answer back.

        Args:
            row_id: The row, by its id or the start of it.
            answer: Whether it is.
            **searched: `query`, `like`, `unlike`, `mode` and `embedding`, as for `search`.

        Returns:
            The answers to this search in force, by id. From the first on, its hits have `likely`.
        """
        return thumbs.judge(self._whole(), read_query(searched), row_id, answer)

    def most_likely(self, n: int, **searched: Any) -> dict[str, Any]:
        """Store the n rows that a search most likely looks for as a selection.

        Returns:
            `{selection, filter, rows, expected, low, high, yes, no}`: how many of them are expected
            to be meant, with a 95 % interval, by the thumbs given; None without.
        """
        return thumbs.most_likely(self._whole(), read_query(searched), n)

    def concept(
        self,
        name: str,
        *,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Concept:
        """Teach a scorer by examples, kept as the signal `concept.NAME`.

        Args:
            name: Lower-case words joined by "_".
            like: Examples, written as for `search`. None: compute what rows lack of a known one.
            unlike: Counter-examples.
            progress: Told of rows as they are scored.
        """
        sides = read_query({"like": like, "unlike": unlike})
        return concepts.teach(self._whole(), name, sides.like, sides.unlike, progress=progress)

    def concepts(self) -> list[Concept]:
        """The concepts taught on this dataset, by name."""
        return concepts.concepts(self._whole())

    def _whole(self) -> Dataset:
        return cast("Dataset", self)


def _hits(dataset: Dataset, query: Query, k: int) -> list[SearchHit]:
    found = thumbs.likely(dataset, query, k=max(1, min(k, thumbs.MOST_HITS)))
    rows = dataset.source.take(np.array([hit.row for hit in found.hits], np.int64), ["id", "text"])
    return [
        SearchHit(row["id"], hit.score, row["text"] or "", hit.ranks, likely)
        for hit, row, likely in zip(found.hits, rows.to_pylist(), found.likely(), strict=True)
    ]
