"""Names of topics: people's are events, and the name in force is derived from them.

The columns `map.topic` and `map.subtopic` hold the names in force; their metadata keep the names
that were found, so that a name that is taken back leaves what stood there.
"""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.map.naming import free_name
from assay.project.actor import who
from assay.project.map_columns import Columns, write_columns
from assay.search.expression import RENAMED
from assay.store.table import Table

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

LEVELS = ("topic", "subtopic")
SKETCH = 512
"""Ids of a topic's rows that an event keeps: the smallest. Ids are hashes, so these are a sample of
which two tell how many rows their topics share (Broder 1997); all of a small topic."""
SAME = 0.5
"""Share of common rows among those of either from which two topics are the same."""
_TOPICS = b"assay.topics"
_NAME = re.compile(r'[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"\\]{1,60}')


@dataclass(frozen=True)
class Topic:
    """A topic by what it was found.

    Attributes:
        base: Its name before people named it; each once in a level.
        terms: Words that set it apart, best first.
        found_by: What gave it that name: `terms` or `model`.
        name: The name in force, where it is another one.
        named: Whether a person gave that.
    """

    base: str
    terms: tuple[str, ...] = ()
    found_by: str = "terms"
    name: str = ""
    named: bool = False

    @property
    def by(self) -> str:
        """Who gave the name in force: `terms`, `model` or `person`."""
        return "person" if self.named else self.found_by

    @property
    def now(self) -> str:
        """The name in force."""
        return self.name or self.base


@dataclass(frozen=True)
class Level:
    """The topics of one level, and which each row is in.

    Attributes:
        topics: By number.
        codes: int32, shape (rows,): the number of each row's topic; -1 for none.
        former: Names of earlier, and the names in force of the topics that had them.
    """

    topics: tuple[Topic, ...]
    codes: np.ndarray
    former: Mapping[str, str] = field(default_factory=dict)

    def column(self) -> tuple[pa.Array, dict[bytes, bytes]]:
        """The names in force, row by row, and what else is kept in the column's metadata."""
        names = pa.array([topic.now for topic in self.topics], pa.string())
        values = names.take(pa.array(self.codes, mask=self.codes < 0))
        told = [astuple(topic) for topic in self.topics]
        metadata = {_TOPICS: json.dumps(told).encode()}
        if self.former:
            metadata[RENAMED] = json.dumps(dict(self.former)).encode()
        return values, metadata


def read_topics(schema: pa.Schema, level: str) -> tuple[Topic, ...] | None:
    """The topics of a level, as a table's schema tells them; None where it does not."""
    stored = f"map__{level}"
    if stored not in schema.names:
        return None
    told = (schema.field(stored).metadata or {}).get(_TOPICS)
    if told is None:  # a map of an earlier release
        return None
    return tuple(Topic(base, tuple(terms), *more) for base, terms, *more in json.loads(told))


def read_level(table: Table, level: str) -> Level | None:
    """The topics of a level as a table has them; None where there are none."""
    stored = f"map__{level}"
    if stored not in table.schema.names:
        return None
    coded = table.read([stored]).column(0).dictionary_encode().unify_dictionaries().combine_chunks()
    values = coded.dictionary.to_pylist()
    topics = read_topics(table.schema, level)
    if topics is None:
        topics = tuple(Topic(value, tuple(value.split(", "))) for value in values)
    number = {topic.now: place for place, topic in enumerate(topics)}
    places = np.array([*(number[value] for value in values), -1], np.int32)
    codes = places[np.asarray(coded.indices.fill_null(len(values)))]
    written = (table.schema.field(stored).metadata or {}).get(RENAMED)
    return Level(topics, codes, json.loads(written) if written else {})


def in_force(
    level: str,
    found: Level,
    ids: pa.ChunkedArray,
    events: Sequence[Mapping[str, Any]],
    before: Level | None = None,
) -> Level:
    """The level with the names that events give its topics: the last one that is not undone.

    Args:
        level: One of `LEVELS`.
        found: Its topics; the names in force are not read.
        ids: Of the rows.
        events: All namings of the dataset, in order.
        before: The level of the map before this one, whose names are known again.
    """
    undone = {event["undoes"] for event in events}
    own = [each for each in events if each["level"] == level and not each["undoes"]]
    sketches = sketched(ids, found.codes, len(found.topics)) if own else []
    at = [_same(each["row_ids"], each["rows"], sketches, found.codes) for each in own]
    given: dict[int, str] = {}
    for place, event in zip(at, own, strict=True):
        if place is not None and event["key"] not in undone:
            given[place] = event["name"]
    names: list[str] = [given.get(place, "") for place in range(len(found.topics))]
    taken = [name for name in names if name]
    topics = []
    for topic, name in zip(found.topics, names, strict=True):
        named = bool(name)
        if not name and topic.base in taken:
            name = free_name(topic.base, taken)
        topics.append(Topic(topic.base, topic.terms, topic.found_by, name, named))
        taken.append(name or topic.base)
    now = [topic.now for topic in topics]
    former: dict[str, str] = {}
    for old, place in _carried(before, found):
        former[old] = now[place]
    known = {topic.now: now[place] for place, topic in enumerate(found.topics)}
    former |= {old: known[name] for old, name in found.former.items()} | known
    for place, event in zip(at, own, strict=True):
        if place is not None:
            former |= {event["was"]: now[place], event["name"]: now[place]}
    former |= {topic.base: name for topic, name in zip(topics, now, strict=True)}
    return Level(
        tuple(topics), found.codes, {old: new for old, new in former.items() if old not in now}
    )


def name_topic(
    dataset: Dataset, topic: str, name: str, *, level: str | None = None
) -> dict[str, Any]:
    """Name a topic of the map; see `Dataset.name_topic`."""
    name = checked(name)
    table = dataset.project.dataset(dataset.name).source
    where, place, known = _find(table, topic, level, dataset.name)
    now = [each.now for each in known.topics]
    if name in now and name != now[place]:
        raise UsageError(
            f"Another {where} is called '{name}' already.",
            remedy="give one of them a name that tells them apart",
        )
    rows = int(np.count_nonzero(known.codes == place))
    key = uuid.uuid4().hex[:12]
    ids = table.read(["id"]).column("id")
    record = {
        "key": key,
        "dataset": dataset.name,
        "level": where,
        "was": now[place],
        "name": name,
        "rows": rows,
        "row_ids": sketched(ids, np.where(known.codes == place, 0, -1), 1)[0].tolist(),
        "by": who(),
        "undoes": None,
    }
    dataset.project.events.append("topics", [record])
    _renew(dataset)
    return {"event": key, "level": where, "was": now[place], "name": name, "rows": rows}


def unname_topic(dataset: Dataset, event: str) -> dict[str, Any]:
    """Take back a naming; see `Dataset.unname_topic`."""
    told = history(dataset)
    undone = {each["undoes"] for each in told}
    live = [each for each in told if not each["undoes"] and each["key"] not in undone]
    found = next((each for each in live if each["key"] == event), None)
    if found is None:
        raise UsageError(
            f"'{event}' is no naming of a topic of '{dataset.name}' that can be undone.",
            allowed=", ".join(each["key"] for each in live[-5:]) or "none",
        )
    taken_back = {"key": uuid.uuid4().hex[:12], "undoes": event, "by": who(), "row_ids": []}
    kept = {name: found[name] for name in ("dataset", "level", "was", "name", "rows")}
    dataset.project.events.append("topics", [{**kept, **taken_back}])
    _renew(dataset)
    return {"event": event, "level": found["level"], "was": found["was"], "name": found["name"]}


def history(dataset: Dataset) -> list[dict[str, Any]]:
    """All namings and what took them back, in order."""
    rows: list[dict[str, Any]] = dataset.project.events.read(
        "topics", dataset=dataset.name
    ).to_pylist()
    return rows


def checked(name: str) -> str:
    """The name without space around it.

    Raises:
        UsageError: A filter or a screen could not carry it.
    """
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"A topic cannot be called {name[:80]!r}.",
            allowed='1 to 60 characters without ", \\ and control characters',
        )
    return name


def sketched(ids: pa.ChunkedArray, codes: np.ndarray, count: int) -> list[np.ndarray]:
    """The `SKETCH` smallest ids of the rows of each topic, ascending."""
    plain = _bytes(ids)
    heads = plain.view(">u8").reshape(len(plain), -1)[:, 0].astype(np.uint64)
    order = np.argsort(heads, kind="stable")
    order = order[np.argsort(codes[order].astype(np.int16), kind="stable")]
    starts = np.searchsorted(codes[order], np.arange(count + 1))
    return [
        np.sort(plain[order[first : min(end, first + SKETCH)]]).astype(str)
        for first, end in itertools.pairwise(starts)
    ]


def _bytes(ids: pa.ChunkedArray) -> np.ndarray:
    """Ids, all of 32 hexadecimal digits, as bytes of that length."""
    parts = [np.empty(0, "S32")]
    for chunk in filter(len, ids.chunks):
        text = chunk.cast(pa.large_string())
        ends = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
        data = np.frombuffer(text.buffers()[2], np.uint8)[ends[0] : ends[-1]]
        parts.append(data.view("S32"))
    return np.concatenate(parts)


def _same(
    row_ids: Sequence[str], rows: int, sketches: Sequence[np.ndarray], codes: np.ndarray
) -> int | None:
    """The topic that has at least half of its rows in common with that of an event."""
    sizes = np.bincount(codes[codes >= 0], minlength=len(sketches))
    theirs, best = set(row_ids), (SAME, -1)
    for place, sketch in enumerate(sketches):
        ours = set(sketch.tolist())
        both = theirs & ours
        if not both:
            continue
        either = sorted(theirs | ours)
        if max(rows, int(sizes[place])) > SKETCH:
            either = either[:SKETCH]
        share = sum(one in both for one in either) / len(either)
        best = max(best, (share, place), key=lambda one: one[0]) if share >= SAME else best
    return best[1] if best[1] >= 0 else None


def _carried(before: Level | None, now: Level) -> list[tuple[str, int]]:
    """Names of an earlier level, with the topics that are the same by their rows."""
    if before is None:
        return []
    rows = min(len(before.codes), len(now.codes))
    shape = len(before.topics) + 1, len(now.topics) + 1
    pairs = np.ravel_multi_index((before.codes[:rows] + 1, now.codes[:rows] + 1), shape)
    common = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)
    either = common.sum(axis=1)[:, None] + common.sum(axis=0)[None, :] - common
    same = common[1:, 1:] >= np.maximum(1, SAME * either[1:, 1:])
    found = {before.topics[a].now: int(b) for a, b in np.argwhere(same)}
    found |= {former: found[name] for former, name in before.former.items() if name in found}
    return list(found.items())


def _find(table: Table, topic: str, level: str | None, dataset: str) -> tuple[str, int, Level]:
    """The level and number of the topic that has a name, or had it."""
    if level is not None and level not in LEVELS:
        raise UsageError(f"There is no level '{level}'.", allowed=", ".join(LEVELS))
    known = {each: read_level(table, each) for each in ([level] if level else LEVELS)}
    there = {each: found for each, found in known.items() if found is not None}
    for former in (False, True):
        for each, found in there.items():
            name = found.former.get(topic) if former else topic
            for place, one in enumerate(found.topics):
                if one.now == name:
                    return each, place, found
    if not there:
        raise UsageError(f"'{dataset}' has no map yet.", remedy=f"assay map {dataset}")
    names = [one.now for found in there.values() for one in found.topics]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    raise UsageError(
        f"'{dataset}' has no topic '{topic[:80]}'.",
        allowed="; ".join(names[:20]) + more or "none: no topics were found",
        remedy=f"assay map {dataset}",
    )


def _renew(dataset: Dataset) -> None:
    """Write the names in force where they are not what the table has."""

    def changed(table: Table) -> Columns:
        events = history(dataset)
        ids = table.read(["id"]).column("id")
        found = {}
        for level in LEVELS:
            now = read_level(table, level)
            if now is None:
                continue
            then = in_force(level, now, ids, events)
            if then.topics != now.topics or then.former != now.former:
                found[level] = then.column()
        return found

    write_columns(dataset, changed, "name topics")
