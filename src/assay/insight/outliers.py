"""Rows whose meaning lies far from all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.insight.reading import ids, snippets
from assay.insight.severity import OUTLIER, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.ops.match.cells import kmeans
from assay.ops.match.neighbors import outlier_scores
from assay.registry import finder
from assay.schema import Finding, Rows
from assay.search.hybrid import as_matrix

CLUSTER_ROWS = 500
"""Rows a cluster has on average: enough to say what is usual in it."""
CLUSTERS = 64
_VECTOR = "embed.text.vector"


@finder("outliers.embedding", version="3", needs=("embed.text",), columns=("text",))
def embedding_outliers(rows: Rows, *, k: int = 10, min_score: float = 0.5) -> Iterator[Finding]:
    """Rows far from their nearest neighbors: boilerplate, broken texts, strays from other sources.

    Distance is the mean cosine distance to the k nearest rows; its robust z-score decides
    (`ops.match.neighbors.outlier_scores`), among the rows of the same cluster (k-means, some 500
    rows each), since some subjects lie closer together than others. A cluster of fewer than 3 k
    rows has no usual distance of its own, and is judged among all. An outlier can as well be the
    rare row that is worth most, so there is no fix: this is a queue for review.

    Args:
        rows: The dataset.
        k: Neighbors.
        min_score: In [0, 1): 0.5 is a z-score of 3.5, the customary bound.

    Yields:
        At most one finding, the most distant rows first. Score: `severity` of the share of rows.
    """
    neighbors, similarities = rows.neighbors(_VECTOR, k)
    present = np.flatnonzero(neighbors[:, k - 1] >= 0)
    n = len(present)
    if n < 3 * k:  # too few to say what is usual
        return
    neighbors, similarities = neighbors[present], similarities[present]
    cluster = _clusters(rows, present)
    scores = _scores(similarities, cluster, k)
    far = np.flatnonzero(scores > min_score)
    if len(far) == 0:
        return
    far = far[np.lexsort((far, -scores[far]))]
    usual = float(np.median(similarities.mean(axis=1)))
    shown = far[:MAX_EXAMPLES]
    yield Finding(
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
    )


def _clusters(rows: Rows, present: np.ndarray) -> np.ndarray:
    """The cluster of each row: int64, from 0."""
    count = int(np.clip(len(present) // CLUSTER_ROWS, 1, CLUSTERS))
    if count == 1:
        return np.zeros(len(present), np.int64)
    column = rows.take(present, _VECTOR).column(0)
    return kmeans(as_matrix(column)[0], count, passes=10)[0]


def _scores(similarities: np.ndarray, cluster: np.ndarray, k: int) -> np.ndarray:
    """A row's score among those of its cluster; among all rows where that is too small."""
    scores = outlier_scores(similarities=similarities, k=k)
    for each in range(int(cluster.max()) + 1):
        inside = np.flatnonzero(cluster == each)
        if len(inside) >= 3 * k:
            scores[inside] = outlier_scores(similarities=similarities[inside], k=k)
    return scores


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
