"""The process in which UMAP runs: `python -m assay.insight.map._umap_worker FOLDER SEED`."""

from __future__ import annotations

import io
import re
import sys
import warnings
from pathlib import Path

import numpy as np

NEIGHBORS, MIN_DISTANCE = 15, 0.1
PLACED_BY, PROBES, PLACED_AT_ONCE = 5, 10, 100_000
_EPOCHS = re.compile(r"completed\s+(\d+)\s*/\s*(\d+)")


def main(folder: Path, seed: int) -> None:
    """Read vectors, sample and neighbors (.npy), write places.npy; progress goes to stdout."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    sample = np.load(folder / "sample.npy")
    warnings.filterwarnings("ignore")
    # UMAP would go on and find neighbors of its own.
    warnings.filterwarnings("error", message="precomputed_knn has")
    sys.stdout = _Listening()
    import umap

    chosen = np.ascontiguousarray(vectors[sample], np.float32)
    model = umap.UMAP(
        n_neighbors=min(NEIGHBORS, len(chosen) - 1),
        min_dist=MIN_DISTANCE,
        metric="cosine",
        precomputed_knn=(np.load(folder / "rows.npy"), np.load(folder / "distances.npy")),
        random_state=seed,
        n_jobs=1,
        verbose=True,
        tqdm_kwds={"file": sys.stdout, "bar_format": "completed {n} / {total}", "mininterval": 0.5},
    )
    laid = model.fit_transform(chosen)
    places = np.empty((len(vectors), 2), np.float32)
    places[sample] = laid
    rest = np.setdiff1d(np.arange(len(vectors)), sample, assume_unique=True)
    if len(rest):
        _place(vectors, rest, chosen, laid, places)
    np.save(folder / "places.npy", places)


def _place(
    vectors: np.ndarray,
    rest: np.ndarray,
    chosen: np.ndarray,
    laid: np.ndarray,
    places: np.ndarray,
) -> None:
    """Put each remaining row at the median of its nearest rows in the sample."""
    from assay.ops.match.cells import Cells
    from assay.ops.match.neighbors import unit_rows

    cells = Cells.of(unit_rows(chosen, "vectors"))
    for first in range(0, len(rest), PLACED_AT_ONCE):
        tell(80 + 20 * first / len(rest), "Placing the rest")
        rows = rest[first : first + PLACED_AT_ONCE]
        near, _ = cells.nearest(unit_rows(vectors[rows], "vectors"), PLACED_BY, probes=PROBES)
        # A row whose cells hold fewer rows stands with those it found.
        there = np.where(near[:, :, None] >= 0, laid[near], np.nan)
        places[rows] = np.nanmedian(there, axis=1)


def tell(percent: float, label: str) -> None:
    """One line of progress."""
    out = sys.__stdout__
    assert out is not None
    out.write(f"{int(percent)} {label}\n")
    out.flush()


class _Listening(io.TextIOBase):
    """UMAP prints its epochs; that is the only progress it gives."""

    def write(self, text: str) -> int:
        match = _EPOCHS.search(text)
        if match:
            tell(20 + 60 * int(match[1]) / int(match[2]), "Laying out")
        return len(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
