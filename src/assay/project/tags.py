"""Tags, stored selections and saved views: what people marked, as events that can be undone."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

ACTIONS = ("add", "remove")
_NAME = re.compile(r'[^\x00-\x1f\x7f"/:\\]{1,60}')


def tag(
    dataset: Dataset,
    name: str,
    row_ids: Sequence[str],
    *,
    action: str = "add",
    event: str | None = None,
) -> dict[str, Any]:
    """Put a tag on rows or take it off; `event` is the key to undo it by, a new one if None.

    Returns:
        `{event, tag, changed, rows}`: the key of the event (for `untag`), how many rows changed,
        and how many carry the tag now.

    Raises:
        UsageError: The name or the action cannot be used.
    """
    if action not in ACTIONS:
        raise UsageError(f"A tag cannot be '{action}'ed.", allowed=", ".join(ACTIONS))
    check_name(name, "tag")
    before = set(_tagged(_history(dataset)).get(name, ()))
    chosen = dict.fromkeys(row_ids)
    changed = [i for i in chosen if (i in before) == (action == "remove")]
    key = event or uuid.uuid4().hex[:12]
    _append(dataset, key, name, action, changed)
    after = len(before) + (len(changed) if action == "add" else -len(changed))
    return {"event": key, "tag": name, "changed": len(changed), "rows": after}


def untag(dataset: Dataset, event: str) -> dict[str, Any]:
    """Undo one tagging: the rows it changed are as they were.

    Raises:
        UsageError: There is no such event, or it was undone already.
    """
    history = _history(dataset)
    found = next((row for row in history if row["key"] == event), None)
    undone = {row["undoes"] for row in history}
    if found is None or event in undone:
        raise UsageError(
            f"'{event}' is no tagging of '{dataset.name}' that can be undone.",
            allowed=", ".join(r["key"] for r in history[-5:] if r["key"] not in undone) or "none",
        )
    back = "remove" if found["action"] == "add" else "add"
    _append(dataset, uuid.uuid4().hex[:12], found["tag"], back, found["row_ids"], undoes=event)
    return {"tag": found["tag"], "rows": len(_tagged(_history(dataset)).get(found["tag"], ()))}


def names(dataset: Dataset) -> list[dict[str, Any]]:
    """Every tag that some row carries: `{name, rows, time}`, by name."""
    history = _history(dataset)
    times = {row["tag"]: row["time"].isoformat(timespec="seconds") for row in history}
    tagged = _tagged(history)
    return [
        {"name": name, "rows": len(rows), "time": times[name]}
        for name, rows in sorted(tagged.items())
        if rows
    ]


def read(dataset: Dataset, name: str) -> tuple[list[str], str, str]:
    """Ids of the rows that carry a tag, and key and time of the last event that changed it.

    Raises:
        UsageError: No row ever carried it.
    """
    history = _history(dataset)
    tagged = _tagged(history)
    if name not in tagged:
        raise UsageError(
            f"No row of '{dataset.name}' has the tag '{name}'.",
            allowed=", ".join(sorted(tagged)) or "nothing is tagged yet",
            remedy=f"assay tag {dataset.name} {name} --where EXPR",
        )
    last = next(row for row in reversed(history) if row["tag"] == name)
    return list(tagged[name]), last["key"], last["time"].isoformat(timespec="seconds")


def of_row(dataset: Dataset, row_id: str) -> list[str]:
    """The tags that a row carries."""
    return sorted(name for name, rows in _tagged(_history(dataset)).items() if row_id in rows)


def select(dataset: Dataset, row_ids: pa.Array) -> str:
    """Store a set of rows, given in the order of the dataset; the same rows get the same key."""
    return select_all(dataset, [row_ids])[0]


def select_all(dataset: Dataset, sets: Sequence[Any]) -> list[str]:
    """Store several sets of rows (lists or arrays of ids) at once; returns their keys."""
    keys = [selection_key(row_ids) for row_ids in sets]
    named = {"dataset": dataset.name}
    records = [
        {**named, "key": f"{dataset.name}-{key}", "selection": key, "row_ids": row_ids}
        for key, row_ids in zip(keys, sets, strict=True)
    ]
    dataset.project.events.append("selections", records)
    return keys


def selection_key(row_ids: Any) -> str:
    """The key that a set of rows is stored under, given as a list or an array of ids."""
    ids = row_ids if isinstance(row_ids, pa.Array) else pa.array(row_ids, pa.string())
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(ids)], ids), "\n")[0]
    return blake2b(joined.as_buffer() or b"", digest_size=8).hexdigest()


def selection(dataset: Dataset, key: str) -> pa.Array:
    """Ids of the rows of a stored selection.

    Raises:
        UsageError: There is none of that key.
    """
    events = dataset.project.events
    found = events.read("selections", dataset=dataset.name, selection=key)
    if found.num_rows == 0:
        raise UsageError(f"'{dataset.name}' has no stored selection '{key}'.")
    return found.column("row_ids")[0].values


def save_view(dataset: Dataset, name: str, view: Mapping[str, Any] | None) -> dict[str, Any]:
    """Save a view by name, over one of that name; None forgets it."""
    check_name(name, "saved view")
    record = {
        "key": uuid.uuid4().hex[:12],
        "dataset": dataset.name,
        "name": name,
        "view": json.dumps(view, ensure_ascii=False) if view is not None else None,
    }
    dataset.project.events.append("views", [record])
    return next((v for v in saved_views(dataset) if v["name"] == name), {"name": name})


def saved_views(dataset: Dataset) -> list[dict[str, Any]]:
    """Saved views as `{name, view, time}`, by name."""
    found: dict[str, dict[str, Any]] = {}
    for row in dataset.project.events.read("views", dataset=dataset.name).to_pylist():
        found.pop(row["name"], None)
        if row["view"] is not None:
            found[row["name"]] = {
                "name": row["name"],
                "view": json.loads(row["view"]),
                "time": row["time"].isoformat(timespec="seconds"),
            }
    return sorted(found.values(), key=lambda view: str(view["name"]))


def check_name(name: str, what: str) -> None:
    """Refuse a name that a filter or a URL could not carry."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise UsageError(
            f"A {what} cannot be called {name[:80]!r}.",
            allowed='1 to 60 characters without ", /, \\, : and control characters',
        )


def _history(dataset: Dataset) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = dataset.project.events.read(
        "tags", dataset=dataset.name
    ).to_pylist()
    return rows


def _tagged(history: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, None]]:
    """Row ids by tag, in the order they were tagged."""
    found: dict[str, dict[str, None]] = {}
    for row in history:
        rows = found.setdefault(row["tag"], {})
        for row_id in row["row_ids"]:
            if row["action"] == "add":
                rows[row_id] = None
            else:
                rows.pop(row_id, None)
    return found


def _append(
    dataset: Dataset,
    key: str,
    name: str,
    action: str,
    row_ids: Sequence[str],
    *,
    undoes: str | None = None,
) -> None:
    record = {
        "key": key,
        "dataset": dataset.name,
        "tag": name,
        "action": action,
        "row_ids": list(row_ids),
        "undoes": undoes,
    }
    dataset.project.events.append("tags", [record])
