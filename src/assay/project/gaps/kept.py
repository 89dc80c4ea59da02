"""Comparisons that were made: the newest of each pool and target, and whether it still holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from assay.errors import StoreError
from assay.project import tags
from assay.project.gaps.model import Gaps
from assay.run.plan import plan
from assay.search.spaces import is_embedding

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


@dataclass(frozen=True)
class Kept:
    """A comparison that was made.

    Attributes:
        key: Of the event.
        target: Full name of the target.
        state: What it depended on, in short; see `state_of`.
        time: When it was made: ISO 8601, UTC.
    """

    key: str
    target: str
    state: str
    time: str


def keep(pool: Dataset, target: Dataset, found: Gaps, *, key: str, state: str) -> None:
    """Append a comparison, with the rows of each gap as selections that views can show."""
    record = {
        "key": key,
        "dataset": pool.name,
        "pool": pool.full_name,
        "target": target.full_name,
        "state": state,
        "found": found.to_dict(),
    }
    searched = [each for gap in found.gaps for each in gap.next["search"]]
    try:
        pool.project.events.append("gaps", [record])
        tags.select_all(target, [gap.row_ids for gap in found.gaps])
        tags.select_all(pool, [gap.own_row_ids for gap in found.gaps])
        for name in {each["dataset"] for each in searched}:
            rows = [each["row_ids"] for each in searched if each["dataset"] == name]
            tags.select_all(pool.project.dataset(name), rows)
    except StoreError as error:
        # Somebody who may only read sees what was found, and keeps nothing.
        if not error.facts.get("refused"):
            raise


def newest(pool: Dataset, target: str | None = None) -> Kept | None:
    """The newest comparison of a pool with a target, or with any; None where there is none."""
    equal = {"pool": pool.full_name} | ({"target": target} if target is not None else {})
    made = pool.project.events.read("gaps", without=("found",), dataset=pool.name, **equal)
    if made.num_rows == 0:
        return None
    last = made.slice(made.num_rows - 1).to_pylist()[0]
    time = last["time"].isoformat(timespec="seconds")
    return Kept(last["key"], last["target"], last["state"], time)


def read(pool: Dataset, kept: Kept) -> Gaps:
    """What a comparison found, without the scores of single rows."""
    (found,) = pool.project.events.read("gaps", key=kept.key).column("found").to_pylist()
    return Gaps.from_dict(json.loads(found))


def state_of(pool: Dataset, target: Dataset) -> str:
    """What a comparison depends on: rows and vectors of both. It is out of date where it differs.

    Other signals change nothing of it.
    """
    text = json.dumps([_rows_and_vectors(pool), _rows_and_vectors(target)])
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _rows_and_vectors(dataset: Dataset) -> list[object]:
    made = []
    for field in dataset.schema:
        metadata = field.metadata or {}
        if is_embedding(field) and b"assay.run" in metadata:
            # Rows without vectors; not whether a newer Assay would make other ones.
            lacking = bool(plan(dataset.source, [dataset.step_of(field)]))
            made.append([field.name, metadata[b"assay.run"].decode(), lacking])
    return [dataset.full_name, dataset.table.num_rows, made]
