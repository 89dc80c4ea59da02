"""What has to be there before a pool can be held against a target, and making it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assay.project.find import text_embedding
from assay.project.shared_vectors import shared_space
from assay.run.compute import Progress
from assay.search.spaces import words_alone

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_WORD = re.compile(r"\W+", re.ASCII)


@dataclass(frozen=True)
class Obstacle:
    """Why two datasets cannot be compared.

    Attributes:
        what: In one sentence.
        remedy: The command that changes it.
        embeddable: Whether `embed_alike` changes it.
    """

    what: str
    remedy: str
    embeddable: bool = False


def obstacle(pool: Dataset, target: Dataset) -> Obstacle | None:
    """Why they cannot be compared; None where they can."""
    for side in (pool, target):
        if side.num_rows == 0:
            return Obstacle(f"{side.full_name} has no rows.", f"assay add {side.name} FILE")
    if shared_space(pool.schema, target.schema) is not None:
        return None
    for side in (pool, target):
        if not _has_text(side):
            return Obstacle(
                f"{side.full_name} has no text to embed, and no embedding in common with the other "
                "dataset.",
                f"assay add {side.name} FILE --text COLUMN",
            )
    return Obstacle(
        f"{pool.full_name} and {target.full_name} have no embedding in common.",
        f"assay compute {pool.name} embed.text, and the same for {target.name}",
        embeddable=True,
    )


def embed_alike(pool: Dataset, target: Dataset, progress: Progress | None = None) -> None:
    """Compute what is missing for both to have vectors of one model.

    The model is that of the pool's embedding, else that of the target's, else the one this
    installation can run. Embeddings that are there stay.
    """
    if shared_space(pool.schema, target.schema) is not None:
        return
    if (field := text_embedding(pool.schema)) is not None:
        _embed_as(target, pool.request_of(field), pool, progress)
    elif (field := text_embedding(target.schema)) is not None and not words_alone(field):
        _embed_as(pool, target.request_of(field), target, progress)
    else:
        pool.compute("embed.text", progress=progress)
        embed_alike(pool, target, progress)


def _embed_as(
    dataset: Dataset, request: Mapping[str, Any], other: Dataset, progress: Progress | None
) -> None:
    taken = any(signal.startswith(f"{request['as']}.") for signal in dataset.signals)
    name = f"embed.{_WORD.sub('_', other.name)}" if taken else request["as"]
    dataset.compute({**request, "as": name}, progress=progress)


def _has_text(dataset: Dataset) -> bool:
    schema = dataset.schema
    return "text" in schema.names and pa.types.is_string(schema.field("text").type)
