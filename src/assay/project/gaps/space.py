"""What has to be there before a pool can be held against a target, and making it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay import models, registry
from assay.project.find import text_embedding
from assay.project.shared_vectors import shared_space
from assay.registry import Op
from assay.run.compute import Progress
from assay.schema import has_text
from assay.search.spaces import words_alone

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_WORD = re.compile(r"\W+", re.ASCII)


@dataclass(frozen=True)
class Obstacle:
    """Why two datasets cannot be compared.

    Attributes:
        what: In one sentence.
        remedy: The commands that change it, one a line.
        embeddable: Whether `embed_alike` changes it.
    """

    what: str
    remedy: str
    embeddable: bool = False


def obstacle(pool: Dataset, target: Dataset) -> Obstacle | None:
    """Why they cannot be compared; None where they can."""
    for side in (pool, target):
        if side.num_rows == 0:
            # Of a version, the difference says which rules dropped everything.
            command = f"assay add {side.name} FILE"
            if side.version is not None:
                command = f"assay diff {side.name} {side.full_name}"
            return Obstacle(f"{side.full_name} has no rows.", command)
    if shared_space(pool.schema, target.schema) is not None:
        return None
    for side in (pool, target):
        if not has_text(side.schema):
            return Obstacle(
                f"{side.full_name} has no text to embed, and no embedding in common with the other "
                "dataset.",
                f"assay add {side.name} FILE --text COLUMN",
            )
    return Obstacle(
        f"{pool.full_name} and {target.full_name} have no embedding in common.",
        "\n".join(_command(dataset, request) for dataset, request in _lacking(pool, target)),
        embeddable=True,
    )


def embed_alike(pool: Dataset, target: Dataset, progress: Progress | None = None) -> None:
    """Compute what is missing for both to have vectors of one model.

    The model is that of the pool's embedding, else that of the target's, else the one this
    installation can run. Embeddings that are there stay.
    """
    if shared_space(pool.schema, target.schema) is None:
        for dataset, request in _lacking(pool, target):
            dataset.compute(request, progress=progress)


def _lacking(pool: Dataset, target: Dataset) -> list[tuple[Dataset, dict[str, Any]]]:
    """The signals that are missing for vectors of one model, in the order to compute them."""
    if (field := text_embedding(pool.schema)) is not None:
        return [(target, _beside(target, pool.request_of(field), pool))]
    field = text_embedding(target.schema)
    if field is not None and not words_alone(field):
        return [(pool, _beside(pool, target.request_of(field), target))]
    made = {"op": "embed.text", "model": models.default_model(), "as": "embed.text"}
    if made["model"] == "lsa":  # a space of words is fitted on both sides anew
        return [(pool, made)]
    return [(pool, made), (target, _beside(target, made, pool))]


def _beside(dataset: Dataset, request: Mapping[str, Any], other: Dataset) -> dict[str, Any]:
    """The request under a name that is free in a dataset."""
    taken = any(signal.startswith(f"{request['as']}.") for signal in dataset.signals)
    return {**request, "as": f"embed.{_WORD.sub('_', other.name)}" if taken else request["as"]}


def _command(dataset: Dataset, request: Mapping[str, Any]) -> str:
    op: Op = registry.get("op", request["op"])
    # A model that is not named is the one used here, so it is named.
    given = {
        k: v for k, v in request.items() if k == "model" or v != op.defaults.get(k, request[k])
    }
    words = ["assay", "compute", dataset.name, op.name]
    words += [word for k, v in given.items() for word in ("-p", f"{k}={v}")]
    words += ["--as", request["as"]] if request["as"] != op.name else []
    return shlex.join(words)
