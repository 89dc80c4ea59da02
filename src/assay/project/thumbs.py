"""Thumbs on what a search found: judgments, and the probabilities that follow from them."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.errors import UsageError
from assay.project import find, row, tags
from assay.project.actor import who
from assay.project.query import Query
from assay.search.calibration import Calibration, calibrate
from assay.search.hybrid import Hit

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

ANSWERS = {True: "yes", False: "no", None: "withdrawn"}
MOST_HITS = 10_000
# So deep a search goes to find the rows that got a thumb.
NEAR = 1_000


@dataclass(frozen=True)
class Likely:
    """How likely a row is what was looked for.

    Attributes:
        value: Probability in (0, 1).
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """What a search found, with what is known about how likely each row is meant.

    Attributes:
        hits: Rows, best first; the order of the scores is that of the probabilities.
        calibration: None as long as no thumb was given.
    """

    hits: list[Hit]
    calibration: Calibration | None

    def likely(self) -> list[Likely | None]:
        """For each hit, how likely it is meant; None without thumbs."""
        if self.calibration is None:
            return [None] * len(self.hits)
        found = self.calibration.likelihood(np.array([hit.score for hit in self.hits]))
        ends = zip(found.value, found.low, found.high, strict=True)
        return [Likely(*(round(float(end), 4) for end in three)) for three in ends]


def judge(dataset: Dataset, query: Query, row_id: str, answer: bool | None) -> dict[str, bool]:
    """Record whether a row is what a search looked for; None takes an answer back.

    Returns:
        The answers to this search in force, by id of the row.

    Raises:
        UsageError: Nothing is searched for, or there is no such row.
    """
    if not query:
        raise UsageError("A thumb answers a search, and there is none.", allowed="query or like")
    record = {
        "key": uuid.uuid4().hex,
        "dataset": dataset.name,
        "unit": row.full_id(dataset, row_id),
        "field": field_of(query),
        "value": ANSWERS[answer],
        "annotator": who(),
        "spec_version": _written(query),
    }
    dataset.project.events.append("judgments", [record])
    return thumbs(dataset, query)


def thumbs(dataset: Dataset, query: Query) -> dict[str, bool]:
    """The answers to a search in force, by id of the row: the last one about each counts."""
    events = dataset.project.events
    found = events.read("judgments", dataset=dataset.name, field=field_of(query)).to_pylist()
    last = {event["unit"]: event["value"] for event in found}
    return {unit: value == "yes" for unit, value in last.items() if value in ("yes", "no")}


def likely(dataset: Dataset, query: Query, *, k: int, allowed: np.ndarray | None = None) -> Judged:
    """The rows that a search finds, and their probabilities as far as thumbs were given.

    Args:
        dataset: Where to look.
        query: What for.
        k: How many rows.
        allowed: bool a source row, to search these instead of the dataset's rows.

    Raises:
        UsageError: As for `search`.
    """
    given = thumbs(dataset, query) if query else {}
    deep = max(k, NEAR) if given else k
    (hits,) = find.ranked(dataset, [query], k=deep, allowed=allowed)
    if not given or not hits:
        return Judged(hits, None)
    scores = {hit.row: hit.score for hit in hits}
    places = _places(dataset, list(given))
    # A row that is not even found has at most the score of the last one.
    judged = np.array([scores.get(place, hits[-1].score) for place in places.values()])
    truth = np.array([given[unit] for unit in places], bool)
    return Judged(hits[:k], calibrate(judged, truth) if len(judged) else None)


def standing(
    dataset: Dataset, query: Query, row_id: str, *, allowed: np.ndarray | None = None
) -> dict[str, Any]:
    """How a row stands to a search: `{yes, no, answer, likely}`.

    `answer` is the thumb it got, None for none; `likely` is None as long as no thumb was given, or
    where the search does not find the row.

    Raises:
        UsageError: As for `search`; there is no such row.
    """
    place, given = dataset.row_index(row_id), thumbs(dataset, query)
    found = likely(dataset, query, k=NEAR, allowed=allowed) if given else Judged([], None)
    chance = next(
        (each for hit, each in zip(found.hits, found.likely(), strict=True) if hit.row == place),
        None,
    )
    return {
        "yes": sum(given.values()),
        "no": len(given) - sum(given.values()),
        "answer": given.get(row_id),
        "likely": asdict(chance) if chance else None,
    }


def examples(dataset: Dataset, query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a search and its thumbs teach: examples and counter-examples.

    Raises:
        UsageError: There is no example among them.
    """
    given = thumbs(dataset, query)
    words = (f"text:{query.text}",) if query.text else ()
    yes, no = (tuple(u for u, up in given.items() if up is side) for side in (True, False))
    like = (*words, *query.like, *yes)
    if not like:
        raise UsageError(
            "Counter-examples alone teach nothing.", remedy="give a thumb up, or words"
        )
    return like, (*query.unlike, *no)


def most_likely(
    dataset: Dataset, query: Query, n: int, *, allowed: np.ndarray | None = None
) -> dict[str, Any]:
    """Store the n rows most likely meant as a selection.

    Args:
        dataset: Where to look.
        query: What for.
        n: How many rows, at most 10,000.
        allowed: bool a source row, to choose from these instead of the dataset's rows.

    Returns:
        `{selection, filter, rows, expected, low, high, yes, no}`: its key and filter, and how many
        of its rows are expected to be meant, with a 95 % interval; those None without thumbs.

    Raises:
        UsageError: As for `search`; n is below 1.
    """
    if not 1 <= n <= MOST_HITS:
        raise UsageError(f"The {n} most likely cannot be chosen.", allowed=f"1 to {MOST_HITS:,}")
    found = likely(dataset, query, k=n, allowed=allowed)
    chosen = found.hits
    table = dataset.source
    order = np.sort(np.array([hit.row for hit in chosen], np.int64))
    key = tags.select(dataset, table.take(order, ["id"]).column("id").combine_chunks())
    scores = np.array([hit.score for hit in chosen])
    expected = found.calibration.expected(scores) if found.calibration and chosen else None
    return {
        "selection": key,
        "filter": f"selection:{key}",
        "rows": len(chosen),
        "expected": expected and expected[0],
        "low": expected and expected[1],
        "high": expected and expected[2],
        "yes": found.calibration.yes if found.calibration else 0,
        "no": found.calibration.no if found.calibration else 0,
    }


def field_of(query: Query) -> str:
    """The field that a thumb on this search answers; equal searches share it."""
    return f"search:{blake2b(_written(query).encode(), digest_size=8).hexdigest()}"


def _written(query: Query) -> str:
    return json.dumps(query.to_dict(), ensure_ascii=False, sort_keys=True)


def _places(dataset: Dataset, ids: list[str]) -> dict[str, int]:
    found = {row_id: dataset.source.find("id", row_id) for row_id in ids}
    return {row_id: place for row_id, place in found.items() if place is not None}
