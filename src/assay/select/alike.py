"""Rows with equal contents or nearly the same text, and where the first of them has its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.schema import Rows
from assay.store.identity import NO_CONTENT

SIGNATURE = "text.minhash.signature"
THRESHOLD = 0.8
"""Jaccard similarity from which texts are near duplicates, where nothing else is said."""


@dataclass(frozen=True, eq=False)
class Alike:
    """Rows by what they hold. Shapes: n rows, k contents, m links.

    Attributes:
        of: int64, shape (n,): the content of each row; contents are numbered by first row.
        left, right: int64, shape (m,): contents that are nearly the same.
        names: What each of the k contents is called, the same whatever rows come.
    """

    of: np.ndarray
    left: np.ndarray
    right: np.ndarray
    names: list[str]


def equal_contents(rows: Rows) -> Alike:
    """Rows of equal `content_id`; a row without content is alone."""
    of, names = _contents(rows.table("id", "content_id"), blank=NO_CONTENT)
    none = np.empty(0, np.int64)
    return Alike(of, none, none, names)


def near_duplicates(rows: Rows, threshold: float = THRESHOLD, *, blank: str | None = None) -> Alike:
    """Rows of equal contents and of texts whose sets of word 5-grams are equal or overlap.

    Args:
        rows: Needs `id`, `content_id`, `text` and `text.minhash`.
        threshold: Jaccard similarity in (0, 1]; every pair is verified.
        blank: The `content_id` of rows that are each alone, such as `NO_CONTENT`.
    """
    from assay.ops.kernels.unionfind import components
    from assay.ops.match.near import near_duplicates as verified

    table = rows.table("id", "content_id", SIGNATURE)
    content, names = _contents(table, blank)
    _, head = np.unique(content, return_index=True)

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        return rows.take(head[indices], "text")["text"]

    found = verified(table[SIGNATURE].take(pa.array(head)), texts, threshold=threshold)
    # Texts with equal sets of 5-grams are one, compared through the first of them.
    same = found.jaccard == 1.0
    node = components(len(head), found.left[same], found.right[same])
    left, right = node[found.left], node[found.right]
    apart = left != right
    return Alike(node[content], left[apart], right[apart], names)


def first_places(alike: Alike, place: np.ndarray) -> np.ndarray:
    """The place of the first row, in row order, that has a place and the row's content.

    Args:
        alike: Of n rows.
        place: float64, shape (n,); nan for rows that have none.

    Returns:
        float64, shape (n,); nan where no row of the content has a place.
    """
    own, _ = _own(alike, place)
    return np.asarray(own[alike.of])


def limits(alike: Alike, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest place of what each row may not be parted from.

    That is the row itself, the first row of its content, and of the contents that are nearly the
    same and came before it. A part that holds all of it holds nothing that leaks into another, and
    rows that come later change neither for the rows that were there.

    Args:
        alike: Of n rows.
        place: float64, shape (n,); nan for rows that have none.

    Returns:
        Two times float64, shape (n,).
    """
    own, first = _own(alike, place)
    low, high = own.copy(), own.copy()
    earlier = first[alike.left] < first[alike.right]
    before = np.where(earlier, alike.left, alike.right)
    after = np.where(earlier, alike.right, alike.left)
    placed = first[after] < len(place)
    np.minimum.at(low, after[placed], own[before[placed]])
    np.maximum.at(high, after[placed], own[before[placed]])
    return np.minimum(place, low[alike.of]), np.maximum(place, high[alike.of])


def _own(alike: Alike, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of each content, nan for none, and its first row that has one, n for none."""
    n, placed = len(place), np.flatnonzero(~np.isnan(place))
    first = np.full(len(alike.names), n, np.int64)
    np.minimum.at(first, alike.of[placed], placed)
    return np.append(place, np.nan)[first], first


def _contents(table: pa.Table, blank: str | None = None) -> tuple[np.ndarray, list[str]]:
    """The content of each row, numbered by first row, and what each is called.

    Rows without content, or with the content that is called `blank`, are each their own.
    """
    coded = table["content_id"].combine_chunks().dictionary_encode()
    codes = np.asarray(pc.fill_null(coded.indices, -1), np.int64)
    names = coded.dictionary.to_pylist()
    if blank in names:
        codes[codes == names.index(blank)] = -1
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(names) + np.arange(len(alone))
    names += table["id"].take(pa.array(alone)).to_pylist()
    known, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[inverse], [names[known[i]] for i in np.argsort(first)]
