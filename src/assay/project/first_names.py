"""The names under which topics are found: words of their texts, or what a chat model calls them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.errors import UsageError
from assay.insight.map.model_names import SAMPLES, model_names
from assay.insight.map.naming import TEXTS, name_topics, names_of
from assay.insight.terms import CHARACTERS
from assay.models.llm import Endpoint, configured
from assay.project.topic_names import Topic
from assay.project.view.snapshot import Snapshot
from assay.schema import has_text

NAMES = ("auto", "terms", "model")
TEXTS_OF_PART = 60
"""Texts of a part that its name is taken from."""
Report = Callable[..., None]


@dataclass(frozen=True)
class Found:
    """Topics and their parts, with what they are named by.

    Attributes:
        levels: The topics of each level.
        texts: For each level, some texts of each topic.
        owner: The topic that each part is a part of.
    """

    levels: dict[str, tuple[Topic, ...]]
    texts: dict[str, list[list[str]]]
    owner: list[int]


def named(snapshot: Snapshot, rows: np.ndarray, at: dict[str, np.ndarray]) -> Found:
    """Topics and their parts with the words that set them apart, each name once."""
    labels, parts = at["topic"], at["subtopic"]
    owner = labels[_firsts(parts)].tolist()
    some = [*_spread(rows, labels, TEXTS), *_spread(rows, parts, TEXTS_OF_PART)]
    texts = _texts(snapshot, some)
    split = len(texts) - len(owner)
    whole, divided = texts[:split], texts[split:]
    above = name_topics(whole)
    names = names_of(above, [f"topic {number + 1}" for number in range(len(whole))])
    below = name_topics(divided, parents=owner, above=above)
    spare = [f"{names[parent]}: part {number}" for parent, number in _counted(owner)]
    own = names_of(below, spare)
    levels = {
        "topic": tuple(Topic(n, tuple(t)) for n, t in zip(names, above, strict=True)),
        "subtopic": tuple(Topic(n, tuple(t)) for n, t in zip(own, below, strict=True)),
    }
    return Found(levels, {"topic": whole, "subtopic": divided}, owner)


def namer(names: str) -> tuple[Endpoint | None, str | None]:
    """The model that names topics, if one does; and why it does not, if it should."""
    if names not in NAMES:
        raise UsageError(f"Topics cannot be named by '{names}'.", allowed=", ".join(NAMES))
    if names == "terms":
        return None, None
    try:
        endpoint = configured()
    except UsageError as error:
        if names == "model":
            raise
        return None, error.what
    if endpoint is None and names == "model":
        raise UsageError(
            "No chat model is named, so none can name topics.",
            remedy="set ASSAY_LLM_URL and ASSAY_LLM_MODEL, or name them by their words",
        )
    return endpoint, None


def by_model(endpoint: Endpoint, found: Found, tell: Report) -> tuple[Found, str | None]:
    """The topics under the names that a model gives them, where these can be used."""
    listed = [*found.levels["topic"], *found.levels["subtopic"]]
    texts = [*found.texts["topic"], *found.texts["subtopic"]]
    first = len(found.levels["topic"])
    # A topic is told from the other topics, a part from the other parts of its topic.
    groups = [-1] * first + found.owner
    around = [
        [listed[i].base for i, other in enumerate(groups) if other == group and i != place]
        for place, group in enumerate(groups)
    ]
    spread = [each[:: max(1, len(each) // SAMPLES)] for each in texts]
    given, failed = model_names(
        endpoint, [one.terms for one in listed], spread, around, report=tell
    )
    levels: dict[str, tuple[Topic, ...]] = {}
    for level, part in (("topic", slice(0, first)), ("subtopic", slice(first, None))):
        taken: set[str] = {one.base for one in listed[part]}
        topics: list[Topic] = []
        for topic, name in zip(listed[part], given[part], strict=True):
            if name is None or name in taken:
                topics.append(topic)
            else:
                taken.add(name)
                topics.append(replace(topic, base=name, found_by="model"))
        levels[level] = tuple(topics)
    note = f"{endpoint.model} stopped naming topics: {failed}" if failed else None
    return replace(found, levels=levels), note


def _firsts(labels: np.ndarray) -> np.ndarray:
    """The first place of each label from 0."""
    known, first = np.unique(labels, return_index=True)
    return first[known >= 0]


def _counted(owners: Sequence[int]) -> Iterator[tuple[int, int]]:
    counts: Counter[int] = Counter()
    for owner in owners:
        counts[owner] += 1
        yield owner, counts[owner]


def _spread(rows: np.ndarray, labels: np.ndarray, most: int) -> list[np.ndarray]:
    """Up to so many of the rows of each label, spread over them."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 2))
    found = []
    for first, end in itertools.pairwise(starts):
        size = end - first
        found.append(rows[order[first + np.linspace(0, size - 1, min(size, most)).astype(int)]])
    return found


def _texts(snapshot: Snapshot, rows: Sequence[np.ndarray]) -> list[list[str]]:
    """The texts of each group of rows, read at once; none where there is no text."""
    if not rows or not has_text(snapshot.table.schema):
        return [[] for _ in rows]
    wanted, place = np.unique(np.concatenate(rows), return_inverse=True)
    read = snapshot.take(wanted, ["text"]).column(0).to_pylist()
    ends = np.cumsum([len(each) for each in rows])[:-1]
    return [[read[at][:CHARACTERS] for at in group if read[at]] for group in np.split(place, ends)]
