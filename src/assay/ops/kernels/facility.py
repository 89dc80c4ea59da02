"""Facility location: how much better the best chosen row stands for every customer."""

from __future__ import annotations

from assay.ops.kernels.jit import njit


@njit
def gain_of(similarity, best):
    """What a candidate adds to the summed similarity of customers to their best chosen row.

    Args:
        similarity: float32, shape (m,), C order: of the candidate to each customer.
        best: float32, shape (m,): of each customer to the best row chosen so far.
    """
    # Four sums: one would wait for itself at every addition.
    a = b = c = d = 0.0
    n = len(best)
    whole = n - n % 4
    for j in range(0, whole, 4):
        a += max(similarity[j] - best[j], 0.0)
        b += max(similarity[j + 1] - best[j + 1], 0.0)
        c += max(similarity[j + 2] - best[j + 2], 0.0)
        d += max(similarity[j + 3] - best[j + 3], 0.0)
    for j in range(whole, n):
        a += max(similarity[j] - best[j], 0.0)
    return a + b + c + d


@njit
def refresh_best(similarity, best, bounds, fresh, taken):
    """The candidate that gains most; only those that may be it are computed anew.

    Gains shrink as rows are chosen, so an old gain bounds a new one (Minoux 1978).

    Args:
        similarity: float32, shape (n, m), C order: of candidates to customers.
        best: float32, shape (m,).
        bounds: float64, shape (n,): gain of each candidate when last computed; updated.
        fresh: bool, shape (n,): whether it is that of now; updated.
        taken: bool, shape (n,): candidates that are chosen already.

    Returns:
        The first candidate with the largest gain; -1 where all are taken.
    """
    while True:
        at = -1
        top = -1.0
        for i in range(len(bounds)):
            if bounds[i] > top and not taken[i]:
                top = bounds[i]
                at = i
        if at < 0 or fresh[at]:
            return at
        bounds[at] = gain_of(similarity[at], best)
        fresh[at] = True
