"""How unlike all that is known a row is: out-of-scope questions, strays, new subjects."""

from __future__ import annotations

import numpy as np

from assay.errors import MissingExtra
from assay.ops.match.neighbors import nearest

NEIGHBORS = 10
_STRENGTH = 30.0  # inverse of the penalty on weights
_STEPS = 200


def novelty(known: np.ndarray, asked: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """A score for each row that is high where nothing known is like it.

    Without labels: the mean cosine distance to the 10 nearest known rows (Ramaswamy, Rastogi and
    Shim 2000; Angiulli and Pizzuti 2002). With labels: minus the largest logit of a multinomial
    logistic regression (Hendrycks et al. 2022, arXiv:1911.11132, section 3) plus the distance to
    the nearest known row, both in standard deviations: what fits no class is new even where its
    words are known.

    Args:
        known: float32, shape (n, d), rows of length 1.
        asked: float32, shape (m, d), likewise.
        labels: int64, shape (n,), the class of each known row, -1 where it has none.

    Returns:
        float64, shape (m,).

    Raises:
        MissingExtra: Labels are given and scikit-learn is not installed.
    """
    if len(asked) == 0 or len(known) == 0:
        return np.zeros(len(asked))
    k = min(NEIGHBORS, len(known))
    distance = 1.0 - nearest(known, asked, k)[1].astype(np.float64)
    if labels is None or len(np.unique(labels[labels >= 0])) < 2:
        return np.asarray(distance.mean(axis=1))
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("Novelty by labels", "insight") from error
    there = labels >= 0
    model = LogisticRegression(C=_STRENGTH, max_iter=_STEPS, tol=1e-3)
    logits = model.fit(known[there], labels[there]).decision_function(asked)
    fits = np.abs(logits) if logits.ndim == 1 else logits.max(axis=1)
    return np.asarray(_standard(distance[:, 0]) - _standard(fits))


def _standard(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean()) / (values.std() or 1.0))
