"""Concepts: scorers taught by a few examples, kept as signals `concept.NAME`."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.models.probe import fit_logistic
from assay.ops.embed.concept import pack
from assay.project import find
from assay.project.query import embed_texts, look_up, unit, vectors_of
from assay.run.compute import Progress
from assay.search.hybrid import as_matrix
from assay.store.locks import exclusive
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Rows taken at random stand for all that the concept is not: most rows are no instance of it.
BACKGROUND = 500


@dataclass(frozen=True)
class Concept:
    """A concept as taught.

    Attributes:
        name: As given.
        signal: Its name in expressions.
        like: Examples, as written.
        unlike: Counter-examples, as written.
        rows: Rows that have a score.
        above: Rows with a score of at least 0.5.
    """

    name: str
    signal: str
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    rows: int
    above: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**self.__dict__, "like": list(self.like), "unlike": list(self.unlike)}


def teach(
    dataset: Dataset,
    name: str,
    like: Sequence[str],
    unlike: Sequence[str] = (),
    *,
    progress: Progress | None = None,
) -> Concept:
    """Fit a scorer to examples and compute it for all rows; one of that name is taught anew.

    Args:
        dataset: Whose texts; `embed.text` has to be computed.
        name: Lower-case words joined by "_".
        like: Examples, written as for `search`; none: compute what rows lack of a known concept.
        unlike: Counter-examples. Rows at random count as such beside them, all together as much as
            the examples.
        progress: Told of rows as they are scored.

    Raises:
        UsageError: The name, an example or an embedding is missing or wrong.
    """
    field = check(dataset, name, like)
    signal = f"concept.{name}"
    if not like:
        return _renewed(dataset, name, signal, progress)
    weights = _fit(dataset, field, like, unlike)
    _forget(dataset, signal)
    request = {"op": "concept", "as": signal, "weights": pack(weights)}
    dataset.compute(request, column=field.name, progress=progress)
    record = {"like": list(like), "unlike": list(unlike), "embedding": field.name}
    dataset.project.events.append("concepts", [_event(dataset, name, record)])
    return known(dataset, name)


def check(dataset: Dataset, name: str, like: Sequence[str]) -> pa.Field:
    """Refuse a concept that cannot be taught; returns the embedding it is taught on.

    Raises:
        UsageError: The name is no plain one, there is no embedding, or an example is not known.
    """
    if not _NAME.fullmatch(name) or len(name) > 60:
        raise UsageError(
            f"A concept cannot be called '{name[:80]}'.",
            allowed='lower-case letters and digits, words joined by "_", such as late_refund',
        )
    for example in like:
        look_up(dataset, example)
    return find.embedding_of(dataset)


def known(dataset: Dataset, name: str) -> Concept:
    """The concept of that name.

    Raises:
        UsageError: There is none.
    """
    found = {concept.name: concept for concept in concepts(dataset)}
    if name not in found:
        raise UsageError(
            f"'{dataset.name}' has no concept '{name}'.",
            allowed=", ".join(found) or "none is taught yet",
            remedy=f"assay concept {dataset.name} {name} --like EXAMPLE",
        )
    return found[name]


def concepts(dataset: Dataset) -> list[Concept]:
    """The concepts taught on a dataset, by name."""
    events = dataset.project.events.read("concepts", dataset=dataset.name).to_pylist()
    last = {event["name"]: json.loads(event["taught"]) for event in events}
    found = []
    for name, taught in sorted(last.items()):
        column = f"concept_{name}__score"
        if column not in dataset.source.schema.names:
            continue
        scores = dataset.source.read([column]).column(0)
        values = np.asarray(scores.drop_null())
        above = int(np.count_nonzero(values >= 0.5))
        sides = (tuple(taught["like"]), tuple(taught["unlike"]))
        found.append(Concept(name, f"concept.{name}", *sides, len(values), above))
    return found


def _fit(dataset: Dataset, field: Any, like: Sequence[str], unlike: Sequence[str]) -> np.ndarray:
    table = dataset.source
    sides = [[look_up(dataset, each) for each in side] for side in (like, unlike)]
    texts = [e.text for side in sides for e in side if e.text is not None]
    of_texts = embed_texts(dataset, field, texts)
    positive, negative = (vectors_of(table, field.name, side, of_texts) for side in sides)
    if len(positive) == 0:
        raise UsageError(
            "No example has a vector: its text is empty, or has no word that the model knows.",
            where=", ".join(like)[:200],
            remedy="give other examples, such as rows that a search finds",
        )
    shown = {int(r) for side in sides for e in side for r in e.rows}
    drawn = np.random.default_rng(0).permutation(table.num_rows)[: BACKGROUND + len(shown)]
    chosen = np.sort([r for r in drawn if int(r) not in shown][:BACKGROUND]).astype(np.int64)
    matrix, valid = as_matrix(table.take(chosen, [field.name]).column(0))
    background = unit(matrix[valid])
    # All counter-examples together, and all of the background, weigh what the examples do.
    groups = [group for group in (positive, negative, background) if len(group)]
    weights = np.concatenate([np.full(len(group), 1.0 / len(group)) for group in groups])
    truth = np.arange(len(weights)) < len(positive)
    return fit_logistic(np.vstack(groups), truth, weights=weights)


def _renewed(dataset: Dataset, name: str, signal: str, progress: Progress | None) -> Concept:
    column = f"concept_{name}__score"
    if column not in dataset.source.schema.names:
        return known(dataset, name)  # says that there is none
    stored = dataset.source.schema.field(column)
    dataset.compute(dataset.request_of(stored), progress=progress)
    return known(dataset, name)


def _forget(dataset: Dataset, signal: str) -> None:
    """Drop the scores of a concept that is taught anew; earlier versions of the table keep them."""
    with exclusive(dataset.path.with_suffix(".compute.lock")):
        table = Table.open(dataset.path)
        names = [
            field.name
            for field in table.schema
            if (field.metadata or {}).get(b"assay.name", b"").decode() == f"{signal}.score"
        ]
        if names:
            table.drop(names)


def _event(dataset: Dataset, name: str, taught: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid.uuid4().hex, "dataset": dataset.name, "name": name, "taught": taught}
