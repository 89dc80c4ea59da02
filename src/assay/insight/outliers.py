"""Rows whose meaning lies far from all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.insight.reading import blocks, ids, snippets
from assay.insight.severity import OUTLIER, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent
from assay.ops.match.neighbors import nearest, outlier_scores
from assay.registry import finder
from assay.schema import Finding, Rows

REFERENCE = 10_000
"""Rows are compared with at most this many others: exact search among all grows with the square."""
_VECTOR = "embed.text.vector"


@finder("outliers.embedding", version="1", needs=("embed.text",), columns=("text",))
def embedding_outliers(rows: Rows, *, k: int = 10, min_score: float = 0.5) -> Iterator[Finding]:
    """Rows far from their nearest neighbors: boilerplate, broken texts, strays from other sources.

    Distance is the mean cosine distance to the k nearest rows; its robust z-score decides
    (`ops.match.neighbors.outlier_scores`). Above 10,000 rows, neighbors come from a fixed random
    sample of that many. An outlier can as well be the rare row that is worth most, so there is no
    fix: this is a queue for review.

    Args:
        rows: The dataset.
        k: Neighbors.
        min_score: In [0, 1): 0.5 is a z-score of 3.5, the customary bound.

    Yields:
        At most one finding, the most distant rows first. Score: `severity` of the share of rows.
    """
    present = np.flatnonzero(np.asarray(rows.table(_VECTOR).column(0).is_valid(), bool))
    n = len(present)
    if n < 3 * k:  # too few to say what is usual
        return
    reference = present
    if n > REFERENCE:
        reference = np.sort(np.random.default_rng(0).choice(present, REFERENCE, replace=False))
    neighbors, similarities = _neighbors(rows, present, reference, k)
    scores = outlier_scores(similarities=similarities, k=k)
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
            "compared_with": len(reference),
            "outliers": len(far),
            "neighbors": k,
            "usual_similarity": round(usual, 4),
            "examples": _examples(
                rows, present[shown], scores[shown], neighbors[shown], similarities[shown]
            ),
        },
    )


def _neighbors(
    rows: Rows, present: np.ndarray, reference: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest reference rows of each present row, itself left out: row indices, similarities."""
    base = rows.take(reference, _VECTOR).column(0)
    indices, similarities = [], []
    for first, table in blocks(rows, _VECTOR):
        here = table.column(0).drop_null()
        row = present[(present >= first) & (present < first + table.num_rows)]
        found, alike = nearest(base, here, k + 1)
        found = reference[found]
        # A row of the reference is its own first neighbor, or an equal row is; either may go, but
        # of k + 1 exactly one has to.
        own = found == row[:, None]
        own[~own.any(axis=1), -1] = True
        indices.append(found[~own].reshape(-1, k))
        similarities.append(alike[~own].reshape(-1, k))
    return np.concatenate(indices), np.concatenate(similarities)


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
