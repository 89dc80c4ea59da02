"""Exact nearest neighbors by cosine similarity, and how far from its neighbors each row lies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from assay import stopping
from assay.errors import UsageError
from assay.ops.match.threads import in_threads, threads_for

_BLOCK = 1024  # rows and columns of a similarity block: 4 MiB, read back from the cache
_MAD_TO_SIGMA = 1.4826
_MEAN_TO_SIGMA = 1.2533
_SUSPECT = 3.5


def nearest(
    vectors: np.ndarray | pa.Array | pa.ChunkedArray,
    queries: np.ndarray | pa.Array | pa.ChunkedArray,
    k: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The k vectors most similar to each query, exactly.

    Every query is compared with every vector by matrix products of 1024 x 1024 blocks: the cost is
    queries * n * d multiplications, the memory beside input and result a float32 copy of the input
    and some 4 MiB. Equal similarities are ordered by row.

    Args:
        vectors: Shape (n, d), finite: an array, or fixed-size lists without nulls.
        queries: Shape (q, d), likewise.
        k: How many, at least 1.

    Returns:
        `(indices, similarities)`, shape (q, k), most similar first: int32 rows of `vectors`, and
        float32 cosines in [-1, 1]. With k > n, the rest is -1 and nan. A vector of zeros has the
        similarity 0 to all.

    Raises:
        UsageError: The shapes do not fit, a value is not finite or null, or `k` is less than 1.
    """
    base, asked = unit_rows(vectors, "vectors"), unit_rows(queries, "queries")
    if base.shape[1] != asked.shape[1]:
        raise UsageError(
            f"Queries of {asked.shape[1]} dimensions cannot be compared with vectors of "
            f"{base.shape[1]}.",
            remedy="embed both with the same model",
        )
    return _search(base, asked, k, without_self=False)


def knn(vectors: np.ndarray | pa.Array | pa.ChunkedArray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k other rows most similar to each row, exactly; see `nearest`.

    Args:
        vectors: Shape (n, d), finite: an array, or fixed-size lists without nulls.
        k: How many, at least 1.

    Returns:
        `(indices, similarities)`, shape (n, k), most similar first. A row is not its own neighbor,
        an equal row is. With k >= n, the rest is -1 and nan.

    Raises:
        UsageError: A value is not finite or null, or `k` is less than 1.
    """
    return _among_themselves(unit_rows(vectors, "vectors"), k)


def extend_knn(
    unit: np.ndarray, indices: np.ndarray, similarities: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The neighbors of all rows, when those of the first rows among themselves are known.

    Only pairs with a new row are compared.

    Args:
        unit: float32, shape (n, d), C order, rows of length 1 or 0.
        indices: int32, shape (first rows, k), as `knn` returned for them.
        similarities: float32, shape (first rows, k), likewise.
        k: How many.

    Returns:
        As `knn` of all rows; `similarities` may differ in the last bit.
    """
    from assay.ops.kernels.topk import keep_largest, keep_largest_turned

    old, n = len(indices), len(unit)
    found, alike = empty_neighbors(n, k)
    found[:old], alike[:old] = indices, np.where(indices >= 0, similarities, -np.inf)
    firsts = [*range(0, old, _BLOCK), *range(old, n, _BLOCK)]
    for column in range(old, n, _BLOCK):
        columns = slice(column, column + _BLOCK)
        for row in firsts:
            rows = slice(row, min(row + _BLOCK, old if row < old else n))
            block = unit[columns] @ unit[rows].T
            keep_largest(block, row, column, True, found[columns], alike[columns])
            if row < old:  # new rows meet each other in their own turn
                keep_largest_turned(block, column, found[rows], alike[rows])
    return finished(found, alike)


def outlier_scores(
    vectors: np.ndarray | pa.Array | pa.ChunkedArray | None = None,
    k: int = 10,
    *,
    similarities: np.ndarray | None = None,
) -> np.ndarray:
    """How anomalous each row is, by its mean cosine distance to its k nearest rows.

    With z the distance's excess over the median in robust standard deviations (1.4826 * median
    absolute deviation; 1.2533 * mean absolute deviation where that is 0), the score is
    z / (z + 3.5) above the median and 0 below: 0.5 is the customary bound of an outlier, and no
    score is so high that another cannot be higher.

    Args:
        vectors: Shape (n, d); not read when `similarities` is given.
        k: Neighbors, at least 1; n - 1 where that is less.
        similarities: float, shape (n, at least k), from `knn`, where already at hand.

    Returns:
        float64, shape (n,), in [0, 1); 1 is the most anomalous. All 0 for fewer than 3 rows.

    Raises:
        UsageError: As `knn`; or neither `vectors` nor `similarities` is given.

    Source: Angiulli and Pizzuti 2002 (Fast outlier detection in high dimensional spaces), section
    2, for the sum of distances; Iglewicz and Hoaglin 1993 (How to detect and handle outliers),
    section 3.3, for the robust z and 3.5.
    """
    if similarities is None:
        if vectors is None:
            raise UsageError("Outlier scores need vectors or similarities.")
        similarities = knn(vectors, k)[1]
    k = min(k, similarities.shape[1], max(1, len(similarities) - 1))
    if len(similarities) < 3:
        return np.zeros(len(similarities))
    return suspicion(robust_z(1.0 - similarities[:, :k].astype(np.float64).mean(axis=1)))


def robust_z(values: np.ndarray) -> np.ndarray:
    """How many robust standard deviations each value lies above (or below) the median.

    The deviation is 1.4826 times the median absolute one; 1.2533 times the mean absolute one where
    that is 0, as it is when more than half the values are equal.

    Args:
        values: float, shape (n,), finite.

    Returns:
        float64, shape (n,); all 0 where no value differs.

    Source: Iglewicz and Hoaglin 1993 (How to detect and handle outliers), section 3.3.
    """
    if len(values) == 0:
        return np.zeros(0)
    excess = values - np.median(values)
    sigma = _MAD_TO_SIGMA * float(np.median(np.abs(excess)))
    if sigma < 1e-9:
        sigma = _MEAN_TO_SIGMA * float(np.mean(np.abs(excess)))
    return np.zeros(len(values)) if sigma < 1e-9 else np.asarray(excess / sigma, np.float64)


def suspicion(z: np.ndarray) -> np.ndarray:
    """z / (z + 3.5) above 0, else 0: in [0, 1); 0.5 is the customary bound of an outlier."""
    above = np.maximum(z, 0.0)
    return np.asarray(above / (above + _SUSPECT), np.float64)


def unit_rows(vectors: np.ndarray | pa.Array | pa.ChunkedArray, name: str) -> np.ndarray:
    """The rows as float32 of length 1, contiguous; rows of zeros stay.

    Raises:
        UsageError: The shape or type does not fit, or a value is not finite or null.
    """
    matrix = vectors if isinstance(vectors, np.ndarray) else _matrix(vectors, name)
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu":
        raise UsageError(
            f"The {name} have the shape {matrix.shape} and type {matrix.dtype}.",
            allowed="numbers of shape (rows, dimensions)",
        )
    rows = np.array(matrix, np.float32, order="C")
    # One sum, accumulated in float64, is finite only if every value is.
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    if not np.isfinite(norms).all():
        bad = int(np.flatnonzero(~np.isfinite(norms))[0])
        raise UsageError(
            f"Row {bad} of the {name} has a value that is not finite.",
            remedy="drop such rows, or compute their embedding again",
            row=bad,
        )
    norms[norms == 0.0] = 1.0
    rows /= norms[:, None].astype(np.float32)
    return rows


def _matrix(column: pa.Array | pa.ChunkedArray, name: str) -> np.ndarray:
    """Fixed-size lists as an array of shape (n, d)."""
    if not pa.types.is_fixed_size_list(column.type) or column.null_count:
        raise UsageError(
            f"The {name} are of type {column.type} with {column.null_count} nulls.",
            allowed="an array of shape (rows, dimensions), or fixed-size lists without nulls",
        )
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    width = column.type.list_size
    parts = [chunk.flatten().to_numpy(zero_copy_only=False).reshape(-1, width) for chunk in chunks]
    return np.concatenate(parts) if parts else np.empty((0, width), np.float32)


def _search(
    base: np.ndarray, queries: np.ndarray, k: int, *, without_self: bool
) -> tuple[np.ndarray, np.ndarray]:
    from assay.ops.kernels.topk import keep_largest

    indices, similarities = empty_neighbors(len(queries), k)

    def work(firsts: Iterator[int]) -> None:
        for row in firsts:
            stopping.check()
            rows = slice(row, row + _BLOCK)
            for column in range(0, len(base), _BLOCK):
                block = queries[rows] @ base[column : column + _BLOCK].T
                keep_largest(block, column, row, without_self, indices[rows], similarities[rows])

    firsts = range(0, len(queries), _BLOCK)
    in_threads(work, firsts, threads_for(len(firsts)))
    return finished(indices, similarities)


def _among_themselves(base: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """As `_search` for the rows themselves, with each pair of blocks multiplied once.

    Each thread keeps the k largest of the pairs it met, as both rows of a pair see it. Merged, they
    are the same whichever thread met which.
    """
    from assay.ops.kernels.topk import keep_largest, keep_largest_turned, merge_largest

    firsts = range(0, len(base), _BLOCK)
    found: list[tuple[np.ndarray, np.ndarray]] = []

    def work(firsts: Iterator[int]) -> None:
        indices, similarities = empty_neighbors(len(base), k)
        found.append((indices, similarities))
        for row in firsts:
            stopping.check()
            rows = slice(row, row + _BLOCK)
            for column in range(row, len(base), _BLOCK):
                columns = slice(column, column + _BLOCK)
                block = base[rows] @ base[columns].T
                keep_largest(block, column, row, True, indices[rows], similarities[rows])
                if column > row:  # each row sees its columns in ascending order all the same
                    keep_largest_turned(block, row, indices[columns], similarities[columns])

    in_threads(work, firsts, threads_for(len(firsts)))
    (indices, similarities), *others = found
    for more in others:
        merge_largest(*more, indices, similarities)
    return finished(indices, similarities)


def empty_neighbors(rows: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Places for k neighbors of each row, for the kernels to fill: see `kernels.topk`.

    Raises:
        UsageError: `k` is less than 1.
    """
    if k < 1:
        raise UsageError(f"{k} neighbors cannot be found.", allowed="k >= 1")
    return np.full((rows, k), -1, np.int32), np.full((rows, k), -np.inf, np.float32)


def finished(indices: np.ndarray, similarities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the kernels filled, as it is returned: in [-1, 1], nan where there is no neighbor."""
    np.clip(similarities, -1.0, 1.0, out=similarities, where=indices >= 0)
    similarities[indices < 0] = np.nan
    return indices, similarities
