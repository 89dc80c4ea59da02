"""What two sets of rows share: equal contents, and texts that are nearly the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.ops.match.near import NearDuplicates, near_duplicates
from assay.schema import Rows

EXAMPLES = 5
SIGNATURE = "text.minhash.signature"


def exact_overlap(a: Rows, b: Rows) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Rows of each side whose content the other side has too, to the byte.

    Returns:
        `{a, b, contents}`: such rows of each side, and how many different contents they are; and
        for each row of `a` and of `b` whether it is one (bool). Rows without content are none.
    """
    left, right = (side.table("content_id").column(0).combine_chunks() for side in (a, b))
    in_b, in_a = _is_in(left, right), _is_in(right, left)
    contents = left.filter(pa.array(in_b)).unique()
    told = {"a": int(in_b.sum()), "b": int(in_a.sum()), "contents": len(contents)}
    return told, in_b, in_a


def near_overlap(
    a: Rows, b: Rows, *, exact_a: np.ndarray, exact_b: np.ndarray, threshold: float = 0.8
) -> dict[str, Any]:
    """Rows of each side whose text is nearly that of a row of the other side.

    Found by the stored MinHash signatures and verified by the exact Jaccard similarity of their
    sets of word 5-grams, as near duplicates within one dataset are. Rows that have an equal content
    on the other side are not counted again.

    Args:
        a: Needs `id`, `content_id`, `text` and `text.minhash`.
        b: Likewise, by the same version of the op.
        exact_a: bool a row of `a`, from `exact_overlap`.
        exact_b: bool a row of `b`.
        threshold: Jaccard similarity in (0, 1].

    Returns:
        `{a, b, threshold, examples[{a, b, jaccard}]}`: counts of rows, and ids of the pairs that
        are least alike.
    """
    from assay.ops.kernels.unionfind import components

    size = a.num_rows
    joined = pa.concat_tables([side.table("id", "content_id", SIGNATURE) for side in (a, b)])
    # One row stands for all of one content: copies would only be found equal again.
    first, group = _contents(joined["content_id"])

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        rows = first[indices]
        sides = ((a, np.flatnonzero(rows < size), 0), (b, np.flatnonzero(rows >= size), size))
        parts = [side.take(rows[at] - start, "text")["text"] for side, at, start in sides]
        chunks = [chunk.cast(pa.large_string()) for part in parts for chunk in part.chunks]
        place = np.argsort(np.concatenate([at for _, at, _ in sides]), kind="stable")
        return pa.chunked_array(chunks, pa.large_string()).take(pa.array(place))

    found = near_duplicates(joined[SIGNATURE].take(pa.array(first)), texts, threshold=threshold)
    on_a = np.bincount(group[:size], minlength=len(first)) > 0
    on_b = np.bincount(group[size:], minlength=len(first)) > 0
    # Texts with equal sets of 5-grams are compared through the first of them alone.
    same = found.jaccard == 1.0
    kin = components(len(first), found.left[same], found.right[same])
    kin_a, kin_b = (np.bincount(kin, on, minlength=len(kin)) > 0 for on in (on_a, on_b))
    touches_a, touches_b = kin_a.copy(), kin_b.copy()
    for x, y in ((found.left, found.right), (found.right, found.left)):
        np.logical_or.at(touches_b, kin[x], kin_b[kin[y]])
        np.logical_or.at(touches_a, kin[x], kin_a[kin[y]])
    near_a = touches_b[kin][group[:size]] & ~exact_a
    near_b = touches_a[kin][group[size:]] & ~exact_b
    return {
        "a": int(near_a.sum()),
        "b": int(near_b.sum()),
        "threshold": threshold,
        "examples": _examples(found, on_a, on_b, joined["id"], first, group, size),
    }


def _examples(
    found: NearDuplicates,
    on_a: np.ndarray,
    on_b: np.ndarray,
    ids: pa.ChunkedArray,
    first: np.ndarray,
    group: np.ndarray,
    size: int,
) -> list[dict[str, Any]]:
    """The pairs across that are least alike: they are where a wrong match would show."""
    x = np.concatenate([found.left, found.right])
    y = np.concatenate([found.right, found.left])
    jaccard = np.tile(found.jaccard, 2)
    # Contents that both sides have show no overlap that was not known.
    across = np.flatnonzero(on_a[x] & on_b[y] & ~(on_b[x] & on_a[y]))
    shown = across[np.lexsort((y[across], x[across], jaccard[across]))][:EXAMPLES]
    in_b = {int(g): size + place for place, g in reversed(list(enumerate(group[size:])))}
    return [
        {
            "a": ids[int(first[x[i]])].as_py(),
            "b": ids[in_b[int(y[i])]].as_py(),
            "jaccard": round(float(jaccard[i]), 4),
        }
        for i in shown
    ]


def _contents(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each different content, and the content of each row; nulls all differ."""
    coded = column.combine_chunks().dictionary_encode()
    codes = np.asarray(pc.fill_null(coded.indices, -1), np.int64)
    missing = codes < 0
    codes[missing] = len(coded.dictionary) + np.arange(int(missing.sum()))
    _, first, group = np.unique(codes, return_index=True, return_inverse=True)
    return first.astype(np.int64), group


def _is_in(values: pa.Array, known: pa.Array) -> np.ndarray:
    found = pc.and_(pc.is_valid(values), pc.is_in(values, value_set=known))
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)
