"""Rows whose meaning lies far from all others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.insight.reading import ids, snippets, tagging
from assay.insight.severity import OUTLIER, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.ops.match.cells import kmeans
from assay.ops.match.neighbors import robust_z, suspicion, unit_rows
from assay.registry import finder
from assay.schema import Finding, Rows
from assay.search.hybrid import as_matrix

CLUSTER_ROWS = 500
"""Rows a cluster has on average: enough to say what is usual in it."""
CLUSTERS = 64
_VECTOR = "embed.text.vector"
_ALONE = 3.0
"""Being far from all subjects counts at most twice as much as being alone."""


@finder("outliers.embedding", version="4", needs=("embed.text",), columns=("text",))
def embedding_outliers(rows: Rows, *, k: int = 10, min_score: float = 0.5) -> Iterator[Finding]:
    """Rows far from their nearest neighbors: boilerplate, broken texts, strays from other sources.

    Two distances decide, each as a robust z-score (`ops.match.neighbors.robust_z`). The first is
    the mean cosine distance to the k nearest rows: the smaller of its z among all rows and its z
    among those of the same cluster (k-means, some 500 rows each), since a subject may lie loosely
    as a whole, and a tight one makes much of little. A cluster of fewer than 3 k rows has no usual
    distance of its own. The second is the distance to the nearest center of a cluster, which a few
    strays that resemble each other do not bring nearer; it counts only as far as the row is alone
    as well. An outlier can as well be the rare row that is worth most, so there is no fix: this is
    a queue for review.

    Args:
        rows: The dataset.
        k: Neighbors.
        min_score: In [0, 1): 0.5 is a z-score of 3.5 of both together, the customary bound.

    Yields:
        At most one finding, the most distant rows first. Score: `severity` of the share of rows.
        The fix tags the rows: the rarest may be worth most.

    Source: Stouffer et al. 1949 (The American Soldier, volume 1, page 45) for the sum of two
    z-scores over the root of two.
    """
    neighbors, similarities = rows.neighbors(_VECTOR, k)
    present = np.flatnonzero(neighbors[:, k - 1] >= 0)
    n = len(present)
    if n < 3 * k:  # too few to say what is usual
        return
    neighbors, similarities = neighbors[present], similarities[present]
    vectors = unit_rows(as_matrix(rows.take(present, _VECTOR).column(0))[0], "vectors")
    clusters = int(np.clip(n // CLUSTER_ROWS, 1, CLUSTERS))
    cluster, centers = kmeans(vectors, clusters, passes=10)
    scores = _scores(similarities[:, :k], vectors, cluster, centers)
    far = np.flatnonzero(scores > min_score)
    if len(far) == 0:
        return
    far = far[np.lexsort((far, -scores[far]))]
    usual = float(np.median(similarities.mean(axis=1)))
    shown = far[:MAX_EXAMPLES]
    yield tagging(
        Finding(
            check="outliers.embedding",
            title=f"{count(len(far), 'row')} of {n:,} ({percent(len(far), n)}) "
            f"{'lies' if len(far) == 1 else 'lie'} far from all others in meaning",
            row_ids=ids(rows, present[far]),
            score=severity(OUTLIER, len(far), n),
            evidence={
                "rows": rows.num_rows,
                "embedded": n,
                "clusters": int(cluster.max()) + 1,
                "outliers": len(far),
                "share": round(len(far) / n, 6),
                "share_interval": [round(end, 6) for end in wilson(len(far), n)],
                "neighbors": k,
                "usual_similarity": round(usual, 4),
                "examples": _examples(
                    rows, present[shown], scores[shown], neighbors[shown], similarities[shown]
                ),
            },
        ),
        "outlier",
    )


def _scores(
    similarities: np.ndarray, vectors: np.ndarray, cluster: np.ndarray, centers: np.ndarray
) -> np.ndarray:
    """How far a row lies from its nearest rows and from all clusters: float64 in [0, 1)."""
    distance = 1.0 - similarities.astype(np.float64).mean(axis=1)
    alone = robust_z(distance)
    for each in range(len(centers)):
        inside = np.flatnonzero(cluster == each)
        if len(inside) >= 3 * similarities.shape[1]:
            alone[inside] = np.minimum(alone[inside], robust_z(distance[inside]))
    middle = centers / np.maximum(np.linalg.norm(centers, axis=1, keepdims=True), 1e-12)
    apart = robust_z(1.0 - (vectors @ middle.T).max(axis=1).astype(np.float64))
    return suspicion(np.minimum(alone + apart, _ALONE * alone) / math.sqrt(2))


def _examples(
    rows: Rows,
    shown: np.ndarray,
    scores: np.ndarray,
    neighbors: np.ndarray,
    similarities: np.ndarray,
) -> list[dict[str, Any]]:
    """The most distant rows, each with the three rows that are nearest all the same."""
    near = neighbors[:, :3]
    near_ids = iter(ids(rows, near.ravel()))
    near_texts = iter(snippets(rows, near.ravel()))
    return [
        {
            "id": row_id,
            "score": round(float(score), 4),
            "text": text,
            "nearest": [
                {
                    "id": next(near_ids),
                    "similarity": round(float(value), 4),
                    "text": next(near_texts),
                }
                for value in alike[:3]
            ],
        }
        for row_id, score, text, alike in zip(
            ids(rows, shown), scores, snippets(rows, shown), similarities, strict=True
        )
    ]
