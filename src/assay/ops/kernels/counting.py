"""Counting small codes under a mask: what a facet of a filtered view is."""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit


@njit
def _count(codes, mask, first, counts):
    # Adding the mask instead of branching on it: half of all branches would be guessed wrong.
    for i in range(len(codes)):
        counts[np.int64(codes[i]) - first] += mask[i]


def count_codes(codes: np.ndarray, mask: np.ndarray, first: int, size: int) -> np.ndarray:
    """How often each code from `first` on occurs where `mask` is true.

    Args:
        codes: uint8 or int32, shape (n,), each in [first, first + size).
        mask: bool, shape (n,).
        first: The smallest code.
        size: How many codes there are.

    Returns:
        int64, shape (size,).
    """
    counts = np.zeros(size, np.int64)
    _count(codes, mask.view(np.uint8), first, counts)
    return counts
