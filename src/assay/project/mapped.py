"""What a dataset offers of its map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.project.handle import Handle


class Mapped(Handle):
    """A dataset that can be laid out in two dimensions."""

    def make_map(
        self,
        *,
        embedding: str | None = None,
        method: str = "auto",
        seed: int = 0,
        report: Callable[..., None] | None = None,
    ) -> dict[str, Any]:
        """Lay out an embedding, find and name topics, and store them as signals of the rows.

        They are `map.x`, `map.y` (in [0, 1], y upwards; null without a vector) and `map.topic`.
        A map that is made anew replaces the one before.

        Args:
            embedding: Column of vectors; the first one there is by default.
            method: `umap`, `pca`, or `auto`: UMAP where it is installed and there are 16 rows.
            seed: Of everything random; the same seed gives the same map.
            report: Told `(done, total, label)`; may raise to stop.

        Returns:
            `{rows, method, topics}`: how many rows have a place, by which method, how many topics.

        Raises:
            UsageError: There is no such embedding or method.
            MissingExtra: UMAP was asked for and the extra `insight` is not installed.
        """
        from assay.project import mapping
        from assay.project.view.engine import Engine

        found = self.project.dataset(self.name)
        snapshot = Engine(self.project).snapshot(found)
        return mapping.make_map(
            found, snapshot, embedding=embedding, method=method, seed=seed, report=report
        )
