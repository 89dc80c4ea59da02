"""Near-duplicate texts: candidates by MinHash bands, every pair verified exactly, then grouped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa

from assay import stopping
from assay.errors import UsageError
from assay.ops.text.minhash import PERMUTATIONS

Texts = Callable[[np.ndarray], "pa.Array | pa.ChunkedArray"]
_BLOCK_ROWS = 4096
# The agreement of two signatures falls short of their Jaccard similarity by more than four standard
# errors in one pair of 30,000; only pairs beyond that are spared the exact comparison.
_STANDARD_ERRORS = 4.0


@dataclass(frozen=True, eq=False)
class NearDuplicates:
    """Groups of near-duplicate rows, with the evidence. Shapes: n rows, g groups, m pairs.

    A group is what verified pairs connect, so two of its rows can be less alike than the threshold:
    `similarity` and `radius` say how much less. Jaccard distance obeys the triangle inequality: no
    two rows of a group are further apart than twice its radius.

    Attributes:
        threshold: The Jaccard similarity that every pair reaches.
        group: int64, shape (n,): group of each row, numbered by first row; -1 for none.
        similarity: float64, shape (n,), in [0, 1]: exact Jaccard similarity to the representative
            of the row's group (1 for the representative itself); nan without a group.
        representative: int64, shape (g,): the row in most verified pairs, the first of equals.
        size: int64, shape (g,): rows in each group, at least 2.
        radius: float64, shape (g,), in [0, 1]: largest Jaccard distance of a row to the
            representative. 0 is the tightest group; above 1 - threshold, rows were chained.
        left, right: int64, shape (m,): the verified pairs, left < right, sorted. Not all pairs of a
            group are there: rows with equal signatures are compared with the first of them only.
        jaccard: float64, shape (m,), in [threshold, 1]: exact similarity of each pair.
        candidates: How many pairs were compared exactly.
    """

    threshold: float
    group: np.ndarray
    similarity: np.ndarray
    representative: np.ndarray
    size: np.ndarray
    radius: np.ndarray
    left: np.ndarray
    right: np.ndarray
    jaccard: np.ndarray
    candidates: int


def bands_for(threshold: float, recall: float = 0.995) -> tuple[int, int]:
    """Bands and places in each: the tallest bands that still find a pair at the threshold.

    Taller bands mean fewer false candidates. A pair of Jaccard similarity s shares one of b bands
    of r places with the probability 1 - (1 - s^r)^b. At 0.8 this gives 18 bands of 6: 0.996 of the
    pairs at the threshold are found, where the customary 14 bands of 8 find 0.924. The price:
    of the pairs at 0.4, 7 in 100 have their signatures compared, not 1.

    Args:
        threshold: Jaccard similarity in (0, 1].
        recall: Least probability in (0, 1) with which a pair at the threshold is found.

    Returns:
        `(bands, height)`, with bands * height <= 112.

    Raises:
        UsageError: An argument is out of range, or no split of 112 places reaches the recall.

    Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets (3rd ed.), section 3.4.2.
    """
    if not 0.0 < threshold <= 1.0:
        raise UsageError(f"The threshold {threshold} is no Jaccard similarity.", allowed="(0, 1]")
    if not 0.0 < recall < 1.0:
        raise UsageError(f"The recall {recall} cannot be aimed at.", allowed="(0, 1)")
    for height in range(PERMUTATIONS, 0, -1):
        bands = PERMUTATIONS // height
        if 1.0 - (1.0 - threshold**height) ** bands >= recall:
            return bands, height
    raise UsageError(
        f"Signatures of {PERMUTATIONS} places cannot find {recall:.3f} of pairs at {threshold}.",
        remedy="raise the threshold or lower the recall",
    )


def near_duplicates(
    signatures: pa.Array | pa.ChunkedArray,
    texts: Texts,
    *,
    threshold: float = 0.8,
    recall: float = 0.995,
    block_rows: int = _BLOCK_ROWS,
) -> NearDuplicates:
    """Group rows whose sets of word 5-grams have a Jaccard similarity of at least the threshold.

    Candidates come from bands of the signatures; every reported pair was compared exactly, so
    precision is 1 and only recall is statistical. The result does not depend on chunks or
    `block_rows`.

    Args:
        signatures: n values of `text.minhash`; rows with null belong to no group.
        texts: `(indices) -> texts` of the rows at `indices` (int64, ascending), called for rows of
            candidate pairs only.
        threshold: Jaccard similarity in (0, 1].
        recall: Least probability of finding a pair right at the threshold; see `bands_for`.
        block_rows: How many texts are held at a time, at least 2.

    Returns:
        Groups, pairs and similarities.

    Raises:
        UsageError: The signatures have another type, or an argument is out of range.

    Source: Broder 1997 (On the resemblance and containment of documents).
    """
    from assay.ops.kernels.lsh import candidate_pairs, distinct_pairs, equal_pairs

    bands, height = bands_for(threshold, recall)
    values, rows = _signature_matrix(signatures)
    measure = partial(exact_jaccard, texts=texts, block_rows=block_rows)
    # Rows with equal signatures nearly always have equal texts: one of those stands for all.
    equal = equal_pairs(values, rows)
    same = measure(equal) == 1.0
    repeats, lookalikes = equal[same], equal[~same]
    spread = math.sqrt(threshold * (1.0 - threshold) / PERMUTATIONS)
    candidates = candidate_pairs(
        values,
        np.setdiff1d(rows, repeats[:, 1], assume_unique=True),
        bands=bands,
        height=height,
        near=math.floor(PERMUTATIONS * max(0.0, threshold - _STANDARD_ERRORS * spread)),
        alike=math.ceil(PERMUTATIONS * threshold),
    )
    candidates = distinct_pairs(np.concatenate([lookalikes, candidates]), len(values))
    pairs = np.concatenate([repeats, candidates])
    similarity = np.concatenate([np.ones(len(repeats)), measure(candidates)])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    order = order[similarity[order] >= threshold]
    return _grouped(len(values), pairs[order], similarity[order], measure, threshold, len(pairs))


def exact_jaccard(pairs: np.ndarray, texts: Texts, *, block_rows: int = _BLOCK_ROWS) -> np.ndarray:
    """Exact Jaccard similarity of the sets of word 5-grams of pairs of rows.

    Args:
        pairs: int64, shape (m, 2): rows.
        texts: `(indices) -> texts` of the rows at `indices` (int64, ascending).
        block_rows: How many texts are held at a time, at least 2.

    Returns:
        float64, shape (m,), in [0, 1]: 1 for equal sets. 0 where neither text has a word.

    Raises:
        UsageError: `block_rows` is less than 2, or `texts` gives not one text for each index.
    """
    from assay.ops.kernels.jaccard import jaccard

    if block_rows < 2:
        raise UsageError(f"A block of {block_rows} rows holds no pair.", allowed="2 or more")
    similarity = np.empty(len(pairs), np.float64)
    for block in _blocks(pairs, block_rows):
        stopping.check()
        rows, places = np.unique(pairs[block], return_inverse=True)
        places = places.reshape(-1, 2)
        fetched = texts(rows)
        if len(fetched) != len(rows):
            raise UsageError(
                f"texts() gave {len(fetched)} texts for {len(rows)} rows.",
                remedy="return one text for each index, in the order of the indices",
            )
        left, right = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        similarity[block] = jaccard(fetched, left, right)
    return similarity


def _signature_matrix(column: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Signatures as uint32 (n, 112), and the rows that have one."""
    expected = pa.list_(pa.uint32(), PERMUTATIONS)
    kind = column.type
    if not pa.types.is_fixed_size_list(kind) or (kind.list_size, kind.value_type) != (
        PERMUTATIONS,
        pa.uint32(),
    ):
        raise UsageError(
            f"Signatures of type {kind} cannot be compared.",
            allowed=str(expected),
            remedy="compute the signal text.minhash and pass its column 'signature'",
        )
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [
        np.asarray(chunk.values)[chunk.offset * PERMUTATIONS :][: len(chunk) * PERMUTATIONS]
        for chunk in chunks
    ]
    flat = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.uint32), *parts])
    values = np.ascontiguousarray(flat.reshape(-1, PERMUTATIONS))
    values.flags.writeable = False
    valid = np.ones(len(values), np.bool_)
    if column.null_count:
        valid = np.concatenate([np.asarray(chunk.is_valid()) for chunk in chunks])
    return values, np.flatnonzero(valid)


def _blocks(pairs: np.ndarray, block_rows: int) -> Iterator[np.ndarray]:
    """Places of pairs, in blocks that touch at most `block_rows` rows.

    Pairs of one component stay together where they fit, so that few rows are fetched twice.
    """
    from assay.ops.kernels.unionfind import block_starts, components

    rows, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(-1, 2)
    left, right = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    order = np.lexsort((right, left, components(len(rows), left, right)[left]))
    starts = block_starts(left[order], right[order], len(rows), block_rows)
    for start, end in pairwise([*starts.tolist(), len(order)]):
        yield order[start:end]


def _grouped(
    n: int,
    pairs: np.ndarray,
    jaccard: np.ndarray,
    measure: Callable[[np.ndarray], np.ndarray],
    threshold: float,
    candidates: int,
) -> NearDuplicates:
    """Connect the verified pairs, and compare every row with its group's representative."""
    from assay.ops.kernels.unionfind import components

    left, right = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    root = components(n, left, right)
    degree = np.bincount(pairs.reshape(-1), minlength=n)
    members = np.flatnonzero(degree)
    _, number = np.unique(root[members], return_inverse=True)
    group = np.full(n, -1, np.int64)
    group[members] = number
    # By group, most pairs first, then the first row.
    ranked = members[np.lexsort((members, -degree[members], number))]
    _, firsts, size = np.unique(group[ranked], return_index=True, return_counts=True)
    representative = ranked[firsts].astype(np.int64)

    similarity = np.full(n, np.nan)
    similarity[representative] = 1.0
    central = representative[group[pairs[:, 0]]]
    for side, other in ((0, 1), (1, 0)):
        touches = pairs[:, side] == central
        similarity[pairs[touches, other]] = jaccard[touches]
    far = members[np.isnan(similarity[members])]
    links = np.stack([representative[group[far]], far], axis=1)
    similarity[far] = measure(links)
    radius = np.zeros(len(representative))
    np.maximum.at(radius, group[members], 1.0 - similarity[members])
    return NearDuplicates(
        threshold=threshold,
        group=group,
        similarity=similarity,
        representative=representative,
        size=size.astype(np.int64),
        radius=radius,
        left=left,
        right=right,
        jaccard=jaccard,
        candidates=candidates,
    )
