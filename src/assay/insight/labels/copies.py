"""Identical rows whose labels contradict each other: no vote among them says which is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AGREE = 0.8
"""Share of identical rows that have to have one label for the others to count as wrong."""
_SAME = 1 - 1e-5  # cosines of equal float32 vectors miss 1 by less


@dataclass(frozen=True)
class Contradicted:
    """Rows that are alike to the last neighbor, and whose labels no clear majority of them shares.

    Attributes:
        rows: int64, shape (n,), ascending.
        given: float64, shape (n,): share of the row's own label among the labeled copies.
        other: int64, shape (n,): the most common other label among them.
        share: float64, shape (n,): its share.
    """

    rows: np.ndarray
    given: np.ndarray
    other: np.ndarray
    share: np.ndarray


def contradicted(near: np.ndarray, alike: np.ndarray, label: np.ndarray) -> Contradicted:
    """Rows that have only copies for neighbors, less than `AGREE` of which share a label.

    All copies count, also where they are more than there are neighbors.

    Args:
        near: int, shape (n, k): nearest other rows, -1 where there is none.
        alike: float, shape (n, k): their similarities.
        label: int64, shape (n,): -1 where a row has none.
    """
    from assay.ops.kernels.unionfind import components

    there = near >= 0
    same = there & (np.nan_to_num(alike) >= _SAME)
    alone = there.any(axis=1) & (same == there).all(axis=1) & (label >= 0)
    if not alone.any():
        return Contradicted(np.zeros(0, np.int64), *(np.zeros(0, t) for t in (float, int, float)))
    row, column = np.nonzero(same)
    group = components(len(near), row, near[row, column].astype(np.int64))
    labeled = np.flatnonzero((label >= 0) & np.isin(group, group[alone]))
    labeled = labeled[np.argsort(group[labeled], kind="stable")]
    starts = np.flatnonzero(np.diff(group[labeled], prepend=-1))
    given, share = np.zeros(len(label)), np.zeros(len(label))
    other = np.full(len(label), -1, np.int64)
    for rows in np.split(labeled, starts[1:]):
        names, own, counts = np.unique(label[rows], return_inverse=True, return_counts=True)
        if counts.max() >= AGREE * len(rows):
            continue
        most = np.argsort(-counts, kind="stable")
        rival = np.where(own == most[0], most[1], most[0])
        given[rows], share[rows] = counts[own] / len(rows), counts[rival] / len(rows)
        other[rows] = names[rival]
    found = np.flatnonzero(alone & (other >= 0))
    return Contradicted(found, given[found], other[found], share[found])
