"""From vectors to places in two dimensions: UMAP in a process of its own, else PCA."""

from __future__ import annotations

import importlib.util
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from assay import stopping
from assay.errors import AssayError, MissingExtra, UsageError
from assay.insight.map._umap_worker import NEIGHBORS
from assay.search.neighbors import K, Neighbors, neighbors_of_matrix

METHODS = ("auto", "umap", "pca")
SAMPLE = 100_000
"""Rows that UMAP lays out; the rest is placed by its neighbors among them."""
FEW = 16
"""With fewer different rows UMAP has nothing to lay out."""
_SPREAD = 3.0
_ROUNDING = 1e-6
_BLOCK = 4096

Report = Callable[..., None]


def choose(method: str, rows: int) -> str:
    """The method that will be used.

    Args:
        method: One of `METHODS`.
        rows: How many different vectors there are; see `distinct`.

    Raises:
        UsageError: There is no such method.
        MissingExtra: UMAP was asked for and is not installed.
    """
    if method not in METHODS:
        raise UsageError(f"There is no method '{method}'.", allowed=", ".join(METHODS))
    installed = importlib.util.find_spec("umap") is not None
    if method == "umap" and not installed:
        raise MissingExtra("A UMAP map", "insight")
    if method == "auto":
        return "umap" if installed and rows >= FEW else "pca"
    return "pca" if rows < FEW else method


def distinct(vectors: np.ndarray) -> int:
    """How many different vectors there are, within rounding; counted up to `FEW`."""
    found: list[np.ndarray] = []
    for first in range(0, len(vectors), _BLOCK):
        left = vectors[first : first + _BLOCK]
        for one in found:
            left = left[_unlike(left, one)]
        while len(left):
            found.append(left[0])
            if len(found) == FEW:
                return FEW
            left = left[_unlike(left, left[0])]
    return len(found)


def lay_out(
    vectors: np.ndarray,
    method: str,
    *,
    graph: Callable[[], Neighbors] | None = None,
    seed: int = 0,
    report: Report | None = None,
) -> np.ndarray:
    """Places of vectors: float32, shape (n, 2), in [0, 1], the aspect kept, y upwards.

    Args:
        vectors: float32, shape (n, d), finite.
        method: `umap` or `pca`, from `choose`.
        graph: Gives the neighbors of all these rows, at least `NEIGHBORS` each, where they are
            known; asked for only where UMAP lays out all of them.
        seed: What everything random starts from.
        report: Told `(done, total, label)`; may raise to stop.
    """
    if len(vectors) == 0:
        return np.empty((0, 2), np.float32)
    if distinct(vectors) == 1:  # else rounding would be laid out
        return np.full((len(vectors), 2), 0.5, np.float32)
    tell = report or (lambda *_: None)
    places = _umap(vectors, graph, seed, tell) if method == "umap" else pca(vectors, seed)
    return normalize(places)


def pca(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """The first two principal components: float32, shape (n, 2); each axis' sign is fixed."""
    sample = _sample(len(vectors), SAMPLE, seed)
    some = vectors[sample].astype(np.float64)
    mean = some.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(some - mean, rowvar=False, ddof=0).reshape(len(mean), -1))
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    if axes.shape[1] < 2:
        axes = np.hstack([axes, np.zeros((len(mean), 2 - axes.shape[1]))])
    flat = np.empty((len(vectors), 2), np.float32)
    for first in range(0, len(vectors), 65_536):
        block = slice(first, first + 65_536)
        flat[block] = (vectors[block] - mean) @ axes
    return flat


def normalize(places: np.ndarray) -> np.ndarray:
    """Places in [0, 1] by one scale for both axes; few far away are moved to the edge."""
    low, high = np.percentile(places, [0.5, 99.5], axis=0)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    clipped = np.clip(places, middle - _SPREAD * half, middle + _SPREAD * half)
    low, high = clipped.min(axis=0), clipped.max(axis=0)
    extent = float(max((high - low).max(), 1e-9)) * 1.04
    result: np.ndarray = ((clipped - (low + high) / 2) / extent + 0.5).astype(np.float32)
    return result


def _unlike(vectors: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Which vectors are not this one: bool, shape (n,)."""
    differs: np.ndarray = (np.abs(vectors - one) > _ROUNDING * max(1.0, np.abs(one).max())).any(1)
    return differs


def _umap(
    vectors: np.ndarray, graph: Callable[[], Neighbors] | None, seed: int, report: Report
) -> np.ndarray:
    """UMAP in its own process: two at once abort a process, and a process can be stopped."""
    with tempfile.TemporaryDirectory(prefix="assay-map-") as folder:
        source, result = Path(folder) / "vectors.npy", Path(folder) / "places.npy"
        sample = _sample(len(vectors), SAMPLE, seed)
        report(0, 100, "Finding neighbors")
        if graph is not None and len(sample) == len(vectors):
            near = graph()
        else:
            near = neighbors_of_matrix(vectors[sample], K)
        rows, distances = knn_with_self(near)
        np.save(Path(folder) / "rows.npy", rows)
        np.save(Path(folder) / "distances.npy", distances)
        np.save(source, vectors)
        np.save(Path(folder) / "sample.npy", sample)
        log = Path(folder) / "log.txt"
        command = [sys.executable, "-m", "assay.insight.map._umap_worker", folder, str(seed)]
        with (
            log.open("wb") as errors,
            subprocess.Popen(  # noqa: S603  (our own module, no outside input)
                command, stdout=subprocess.PIPE, stderr=errors, bufsize=0
            ) as worker,
        ):
            assert worker.stdout is not None
            try:
                report(10, 100, "Laying out")
                for line in _lines(worker.stdout):
                    done, _, label = line.partition(" ")
                    if done.isdigit():
                        report(int(done), 100, label)
            except BaseException:
                worker.kill()
                raise
            code = worker.wait()
        if code != 0 or not result.exists():
            last = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {code}"]
            raise AssayError(
                f"UMAP failed: {last[0][:300]}",
                remedy="make the map with the method pca, or report this with the data's size",
            )
        places: np.ndarray = np.load(result)
        return places


def knn_with_self(graph: Neighbors) -> tuple[np.ndarray, np.ndarray]:
    """Neighbors as UMAP reads them: each row is its own first one.

    Returns:
        `(rows, distances)`: int32 and float32, shape (n, `NEIGHBORS`, fewer if n is); distances
        are 1 - cosine, infinite where there is no row.
    """
    n = len(graph.rows)
    others = graph.first(min(NEIGHBORS, n) - 1)
    distances = np.where(others.rows < 0, np.inf, np.maximum(0, 1 - others.similarities))
    return (
        np.hstack([np.arange(n, dtype=np.int32)[:, None], others.rows]),
        np.hstack([np.zeros((n, 1), np.float32), distances.astype(np.float32)]),
    )


def _lines(output: IO[bytes]) -> Iterator[str]:
    """Lines as they come from an unbuffered pipe; between them, whoever wants to stop is heard."""
    while True:
        while not select.select([output], [], [], 0.25)[0]:
            stopping.check()
        line = output.readline()
        if not line:
            return
        yield line.decode("utf-8", "replace").strip()


def _sample(rows: int, most: int, seed: int) -> np.ndarray:
    if rows <= most:
        return np.arange(rows)
    chosen: np.ndarray = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    return chosen
