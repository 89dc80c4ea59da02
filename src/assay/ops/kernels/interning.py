"""Keys to dense integer ids, with counts: the one hash table of the statistics.

A table is `(keys, counts, firsts, slots)`: uint64 keys, int32 counts and int32 first positions, dense
by id, and int32 slots of a power-of-two length, -1 where free. Ids are handed out in order of first
occurrence. The caller keeps the count of ids, and keeps it below the number of slots.
"""

from __future__ import annotations

import numpy as np

from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at

_HALF = np.uint64(32)


@njit(inline=True)
def cleared(slots, entries):
    """The head of `slots` that suits so many entries, all free."""
    size = np.int64(64)
    while size < entries and size < len(slots):
        size *= 2
    head = slots[:size]
    head[:] = -1
    return head


@njit(inline=True)
def intern(key, hashed, keys, counts, firsts, slots, n_ids, position):
    """Count one occurrence of `key` (its uint64 hash in `hashed`); its id, n_ids if it is new."""
    mask = np.int64(len(slots) - 1)
    s = np.int64(hashed >> _HALF) & mask
    found = at(slots, s)
    while found >= 0 and at(keys, found) != key:
        s = (s + 1) & mask
        found = at(slots, s)
    if found < 0:
        found = np.int32(n_ids)
        slots[s] = found
        keys[found] = key
        counts[found] = 1
        firsts[found] = position
    else:
        counts[found] += 1
    return found
