"""Thumbs on what a search found: judgments, and the probabilities that follow from them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
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
class Ranking:
    """The rows that a search found, among those it was asked of.

    Attributes:
        rows: Row numbers (int64, shape (n,)), best first.
        scores: Their scores (float64) in (0, 1], never rising.
        allowed: bool a source row: those it was asked of; None for the dataset's.
    """

    rows: np.ndarray
    scores: np.ndarray
    allowed: np.ndarray | None = None


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
        return list(_likely(self.calibration, np.array([hit.score for hit in self.hits])))


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


def likely(dataset: Dataset, query: Query, *, k: int) -> Judged:
    """The rows that a search finds, and their probabilities as far as thumbs were given.

    Args:
        dataset: Where to look.
        query: What for.
        k: How many rows.

    Raises:
        UsageError: As for `search`.
    """
    given = thumbs(dataset, query) if query else {}
    deep = max(k, NEAR) if given else k
    (hits,) = find.ranked(dataset, [query], k=deep)
    return Judged(hits[:k], _calibration(dataset, given, _ranking(hits)))


def ranked(
    dataset: Dataset, query: Query, *, k: int = NEAR, allowed: np.ndarray | None = None
) -> Ranking:
    """The k rows that a search finds best.

    Args:
        dataset: Where to look.
        query: What for.
        k: How many rows.
        allowed: bool a source row, to search these instead of the dataset's rows.

    Raises:
        UsageError: As for `search`.
    """
    (hits,) = find.ranked(dataset, [query], k=k, allowed=allowed)
    return _ranking(hits, allowed)


def standing(dataset: Dataset, query: Query, row_id: str, ranking: Ranking) -> dict[str, Any]:
    """How a row stands to a search: `{yes, no, answer, likely}`.

    `answer` is the thumb it got, None for none; `likely` is None as long as no thumb was given, or
    where the search does not find the row.

    Raises:
        UsageError: There is no such row.
    """
    row_id = row.full_id(dataset, row_id)
    place = dataset.row_index(row_id)
    found = standings(dataset, query, np.array([place]), ranking)
    answer, (chance,) = found["answers"].get(row_id), found["likely"]
    return {"yes": found["yes"], "no": found["no"], "answer": answer, "likely": chance}


def standings(dataset: Dataset, query: Query, rows: np.ndarray, ranking: Ranking) -> dict[str, Any]:
    """How rows stand to a search.

    Args:
        dataset: Where it looked.
        query: What for.
        rows: Row numbers, shape (n,).
        ranking: What it found.

    Returns:
        `{yes, no, answers, likely}`: the thumbs in force by id of their row, how many of each, and
        for each of `rows` its `Likely`, or None: no thumb was given to a row that the search was
        asked of, or the search does not find this one.
    """
    given = thumbs(dataset, query)
    calibration = _calibration(dataset, given, ranking)
    chances: list[Likely | None] = [None] * len(rows)
    if calibration is not None:
        scores = dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))
        found = [at for at, row in enumerate(rows.tolist()) if row in scores]
        values = _likely(calibration, np.array([scores[int(rows[at])] for at in found]))
        for at, value in zip(found, values, strict=True):
            chances[at] = value
    return {
        "yes": sum(given.values()),
        "no": len(given) - sum(given.values()),
        "answers": given,
        "likely": [chance and asdict(chance) for chance in chances],
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
    dataset: Dataset, query: Query, n: int, ranking: Ranking | None = None
) -> dict[str, Any]:
    """Store the n rows most likely meant as a selection.

    Args:
        dataset: Where to look.
        query: What for.
        n: How many rows, at most 10,000.
        ranking: What it found, where that is known.

    Returns:
        `{selection, filter, rows, expected, low, high, yes, no}`: its key and filter, and how many
        of its rows are expected to be meant, with a 95 % interval; those None without thumbs.

    Raises:
        UsageError: As for `search`; n is below 1.
    """
    if not 1 <= n <= MOST_HITS:
        raise UsageError(f"The {n} most likely cannot be chosen.", allowed=f"1 to {MOST_HITS:,}")
    found = ranking or ranked(dataset, query, k=max(n, NEAR))
    chosen, scores = np.sort(found.rows[:n]), found.scores[:n]
    key = tags.select(dataset, dataset.source.take(chosen, ["id"]).column("id").combine_chunks())
    calibration = _calibration(dataset, thumbs(dataset, query), found)
    expected = calibration.expected(scores) if calibration and len(chosen) else None
    return {
        "selection": key,
        "filter": f"selection:{key}",
        "rows": len(chosen),
        "expected": expected and expected[0],
        "low": expected and expected[1],
        "high": expected and expected[2],
        "yes": calibration.yes if calibration else 0,
        "no": calibration.no if calibration else 0,
    }


def field_of(query: Query) -> str:
    """The field that a thumb on this search answers; equal searches share it."""
    return f"search:{blake2b(_written(query).encode(), digest_size=8).hexdigest()}"


def _written(query: Query) -> str:
    return json.dumps(query.to_dict(), ensure_ascii=False, sort_keys=True)


def _ranking(hits: list[Hit], allowed: np.ndarray | None = None) -> Ranking:
    rows = np.array([hit.row for hit in hits], np.int64)
    return Ranking(rows, np.array([hit.score for hit in hits], np.float64), allowed)


def _calibration(dataset: Dataset, given: dict[str, bool], ranking: Ranking) -> Calibration | None:
    """What thumbs say about the scores of a search; None where none speaks of its rows."""
    if not given or not len(ranking.rows):
        return None
    scores = dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))
    # A row that a filter hides has no score here, so its thumb says nothing about this search.
    asked = _asked(dataset, ranking)
    places = dataset.source.find_all("id", list(given))
    heard = {row_id: place for row_id, place in places.items() if asked(place)}
    if not heard:
        return None
    # A row that is asked of and not found has at most the score of the last one.
    judged = [scores.get(place, float(ranking.scores[-1])) for place in heard.values()]
    return calibrate(np.array(judged), np.array([given[row_id] for row_id in heard], bool))


def _asked(dataset: Dataset, ranking: Ranking) -> Callable[[int], bool]:
    """Whether a search was asked of a row."""
    allowed, kept = ranking.allowed, dataset.rows().kept
    if allowed is not None:
        return lambda row: row < len(allowed) and bool(allowed[row])
    return lambda row: kept is None or bool(np.isin(row, kept))


def _likely(calibration: Calibration, scores: np.ndarray) -> Iterator[Likely]:
    found = calibration.likelihood(scores)
    for three in zip(found.value, found.low, found.high, strict=True):
        yield Likely(*(round(float(end), 4) for end in three))
