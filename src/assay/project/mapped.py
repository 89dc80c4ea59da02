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
        names: str = "auto",
        report: Callable[..., None] | None = None,
    ) -> dict[str, Any]:
        """Lay out an embedding, find and name topics, and store them as signals of the rows.

        They are `map.x`, `map.y` (in [0, 1], y upwards; null without a vector), `map.topic`, and
        `map.subtopic` where a topic has parts. A map that is made anew replaces the one before; a
        topic that has most of its rows in common with one that was named keeps that name.

        Args:
            embedding: Column of vectors; the first one there is by default.
            method: `umap`, `pca`, or `auto`: UMAP where it is installed and there are 16 rows.
            seed: Of everything random; the same seed gives the same map.
            names: How topics get their first names: by their words (`terms`), by the chat model
                that ASSAY_LLM_URL names (`model`), or by it where there is one (`auto`). The model
                is sent the words and the beginnings of five texts of each topic; without one,
                nothing leaves this machine.
            report: Told `(done, total, label)`; may raise to stop.

        Returns:
            `{rows, method, topics, subtopics, model, note}`: how many rows have a place, by which
            method, how many topics and parts of topics were found, the model that was asked for
            names, and why it did not name all.

        Raises:
            UsageError: There is no such embedding or method, or a model shall name topics and none
                is configured.
            MissingExtra: UMAP was asked for and the extra `insight` is not installed.
        """
        from assay.project import mapping
        from assay.project.view.engine import Engine

        found = self.project.dataset(self.name)
        snapshot = Engine(self.project).snapshot(found)
        return mapping.make_map(
            found,
            snapshot,
            embedding=embedding,
            method=method,
            seed=seed,
            names=names,
            report=report,
        )

    def topics(self) -> list[dict[str, Any]]:
        """The topics of the map, then their parts, by the names in force.

        Returns:
            `{id, level, parent, label, terms, by, count, x, y}` each: `level` is `topic` or
            `subtopic`, `parent` the id of the topic that it is a part of, `by` who gave the name
            (`terms`, `model` or `person`), `x` and `y` the middle of its places. Empty without a
            map.
        """
        from assay.project import mapping
        from assay.project.view.engine import Engine

        found = self.project.dataset(self.name)
        return mapping.clusters(Engine(self.project).snapshot(found))

    def name_topic(self, topic: str, name: str, *, level: str | None = None) -> dict[str, Any]:
        """Name a topic of the map, or a part of one.

        That is an event, kept when the map is made anew. `map.topic == "NAME"` means its rows from
        then on, and so does what it was called before.

        Args:
            topic: What it is called, or was.
            name: What to call it: 1 to 60 characters.
            level: `topic` or `subtopic`, where both have one of that name.

        Returns:
            `{event, level, was, name, rows}`; the event takes the name back: `unname_topic`.

        Raises:
            UsageError: There is no such topic, the name cannot be used or another topic has it.
        """
        from assay.project.topic_names import name_topic

        return name_topic(self.project.dataset(self.name), topic, name, level=level)

    def unname_topic(self, event: str) -> dict[str, Any]:
        """Take a naming back: the topic is called what it would be without it.

        Raises:
            UsageError: There is no such event, or it was taken back already.
        """
        from assay.project.topic_names import unname_topic

        return unname_topic(self.project.dataset(self.name), event)
