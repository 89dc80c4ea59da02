"""The one place that sets Numba up: where compiled kernels are kept, and how they are compiled.

Kernels use `njit` from here: no parallel=True (numba #8563, #10565), the GIL released so that
threads can drive them, compiled once a machine. Numba's own cache asks for two things we cannot
promise: a writable place (it raises at import otherwise, numba #5566) and that a kernel depends on
its own file alone (a helper inlined from another file would leave it stale). So kernels are kept in
a directory that was verified to be writable, under the hash of all kernel sources: a changed helper
recompiles, and every checkout and environment with the same sources shares one cache.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config
from numba.core.caching import CompileResultCacheImpl, FunctionCache


@functools.cache
def cache_dir() -> Path:
    """Where compiled kernels are kept: the first candidate that can really be written to."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    user = os.getuid() if hasattr(os, "getuid") else 0
    for candidate in (
        os.environ.get("ASSAY_CACHE_DIR"),
        os.environ.get("NUMBA_CACHE_DIR"),
        f"{home}/assay/kernels",
        f"{tempfile.gettempdir()}/assay-kernels-{user}",
    ):
        if not candidate:
            continue
        path = Path(candidate)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path):
                return path
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="assay-kernels-"))


@functools.cache
def sources_hash() -> str:
    """Hash of the sources of all kernels, and of the setting that changes what they compile to."""
    digest = hashlib.blake2b(str(vars(config).get("BOUNDSCHECK")).encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class _Locator:
    """Tells Numba's cache where a kernel is kept and when it is stale."""

    def __init__(self, function: Any, file: str) -> None:
        self._line = function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, function: Any, file: str) -> _Locator:
        return cls(function, file)

    def ensure_cache_path(self) -> None:
        Path(self.get_cache_path()).mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        return str(cache_dir() / sources_hash())

    def get_source_stamp(self) -> str:
        return sources_hash()

    def get_disambiguator(self) -> str:
        return str(self._line)


class _CacheImpl(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_Locator]  # noqa: RUF012  (so declared by Numba)


class _KernelCache(FunctionCache):
    _impl_class = _CacheImpl


def njit(function: Callable[..., Any] | None = None, *, inline: bool = False) -> Any:
    """Compile with the project's settings; `inline=True` for small helpers used inside kernels."""
    if function is None:
        return functools.partial(njit, inline=inline)
    if inline:
        return numba.njit(nogil=True, inline="always")(function)
    kernel: Any = numba.njit(nogil=True)(function)
    kernel._cache = _KernelCache(function)  # what `cache=True` does, with our locator
    return kernel
