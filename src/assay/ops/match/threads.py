"""Work on all cores by threads that each multiply matrices alone."""

from __future__ import annotations

import contextvars
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from assay import stopping

T = TypeVar("T")
MOST = 16
"""Threads at most: each has a result of its own."""
_lock = threading.Lock()
_inside = 0
_limits: Any = None


def threads_for(items: int) -> int:
    """How many threads to share so many items among; one for few, since starting costs as much.

    One as well without threadpoolctl (extra `insight`): matrix products that each take all cores
    wait for each other.
    """
    if importlib.util.find_spec("threadpoolctl") is None:
        return 1
    own = hasattr(os, "sched_getaffinity")  # not all systems tell the cores that are ours
    cores = len(os.sched_getaffinity(0)) if own else os.cpu_count() or 1
    return max(1, min(cores, MOST, items // 2))


def in_threads(work: Callable[[Iterator[T]], None], items: Sequence[T], workers: int) -> None:
    """Have `workers` threads each take items, in their order, until none is left.

    Args:
        work: Goes through the items that fall to one thread.
        items: What to do; the threads share them.
        workers: How many threads; with one, `work` is called here, with all cores for products.
    """
    if workers <= 1:
        work(iter(items))
        return
    left = iter(items)
    guard, ended = threading.Lock(), threading.Event()

    def taken() -> Iterator[T]:
        while not ended.is_set():
            with guard:
                try:
                    item = next(left)
                except StopIteration:
                    return
            yield item

    with _products_on_one_core(), ThreadPoolExecutor(workers) as pool:
        started = [
            pool.submit(contextvars.copy_context().run, work, taken()) for _ in range(workers)
        ]
        try:
            for each in started:
                each.result()
        finally:
            ended.set()  # after an error, no thread takes another item
    stopping.check()


@contextmanager
def _products_on_one_core() -> Iterator[None]:
    """Matrix products of any thread of the process take one core while somebody is inside."""
    global _inside, _limits
    from threadpoolctl import threadpool_limits

    with _lock:
        _inside += 1
        if _inside == 1:
            _limits = threadpool_limits(1, user_api="blas")
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limits.restore_original_limits()
                _limits = None
