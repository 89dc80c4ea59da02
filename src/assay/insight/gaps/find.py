"""From vectors of a pool and a target to the score of each target row and the cells of gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.insight.gaps.cells import Cells, make_cells
from assay.insight.gaps.density import (
    SCALES,
    log_density_ratio,
    nearest_in,
    told_apart,
    two_sample_test,
)
from assay.insight.terms import term_counts, unlike
from assay.ops.match.neighbors import nearest
from assay.search.neighbors import neighbors_of_matrix

# How much further than its own neighbors a row of the pool may lie from a target row and still
# count, and the distance below which it always does.
_REACH, _CLOSE = 1.25, 0.1


@dataclass(frozen=True)
class Compared:
    """A target beside a pool.

    Attributes:
        score: float64, shape (n,): how much each target row is missing from the pool; higher is
            more, 0 is the target's median.
        cells: Parts of the target.
        near_pool: int32, shape (n, j): the rows of the pool nearest to each target row; -1 where
            there are no more.
        near_target: int64, shape (m,): the target row nearest to each row of the pool; -1 where
            that is far from it.
        auroc: How well a nearest-neighbor classifier tells the two apart.
        p_value: Of what it tells.
    """

    score: np.ndarray
    cells: Cells
    near_pool: np.ndarray
    near_target: np.ndarray
    auroc: float
    p_value: float


def compare(
    pool: np.ndarray,
    target: np.ndarray,
    *,
    texts: tuple[Sequence[str], Sequence[str]] | None = None,
    cells: int | None = None,
    seed: int = 0,
    on_step: Callable[[int, int, str], None] = lambda done, total, label: None,
) -> Compared:
    """Find where the target has rows and the pool lacks them.

    Args:
        pool: float32, shape (m, d), rows of length 1 or 0.
        target: float32, shape (n, d), likewise.
        texts: Of both, where the vectors know words alone (`lsa`): then how much more frequent a
            row's terms are in the target counts as much as the distances do, because the few
            dimensions of such a space drop rare words.
        cells: At most how many cells; None: as `make_cells` has it.
        seed: What everything random starts from.
        on_step: Told which of the steps comes next: how many are done, of how many, and its name.
    """
    on_step(0, 4, "Comparing with the pool")
    near_pool, to_pool = nearest_in(pool, target)
    on_step(1, 4, "Comparing the target with itself")
    among = neighbors_of_matrix(target, max(SCALES))
    score = log_density_ratio(among.similarities, to_pool)
    if texts is not None:
        words = unlike(texts[1], term_counts(texts[0]), len(texts[0]))
        score = _standard(score) + _standard(words)
    first = _nearest_alike(pool, target, among.similarities)
    on_step(2, 4, "Testing whether the two differ")
    auroc, p_value = two_sample_test(pool, target, seed=seed)
    on_step(3, 4, "Dividing the target into cells")
    made = make_cells(target, among.rows, score, first, cells=cells, seed=seed)
    if told_apart(auroc, p_value):  # that they differ is sure: each cell is judged for itself
        made = replace(made, sure=made.sure | (made.low > 1))
    return Compared(score, made, near_pool, first, auroc, p_value)


def _nearest_alike(pool: np.ndarray, target: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The target row nearest to each row of the pool: int64, shape (m,); -1 where it is far.

    Far is what lies further from it than its own furthest neighbors in the target do, and a bit:
    every row is nearest to some cell, also one that has nothing to do with it.
    """
    if len(target) == 0:
        return np.empty(0, np.int64)
    found, alike = (part[:, 0] for part in nearest(target, pool, 1))
    known = np.isfinite(among)
    last = np.maximum(known.sum(axis=1) - 1, 0)
    reach = 1.0 - np.where(known.any(axis=1), among[np.arange(len(among)), last], -np.inf)
    # Copies of one text have no distance among them; what says the same in other words counts.
    far = 1.0 - alike > _REACH * np.maximum(reach, _CLOSE)[found]
    return np.where(far, -1, found)


def _standard(values: np.ndarray) -> np.ndarray:
    if len(values) == 0:
        return values
    return np.asarray((values - np.median(values)) / (values.std() or 1.0))
