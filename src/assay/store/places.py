"""Where sources were read from: what tells one file from another of the same name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from assay.store.events import Events
from assay.store.read.source import COMPRESSED, Source

_SHOWN = 3  # a folder may hold thousands of files, a note is a line


class _Places:
    """The paths that each source of a dataset was read from."""

    def __init__(self, records: Iterable[tuple[str, str]]) -> None:
        self.names: dict[str, str] = {}  # path to the name it has now
        self._paths: dict[str, list[str]] = {}
        for path, name in records:
            self.put(path, name)

    def put(self, path: str, name: str) -> None:
        self.names[path] = name
        self._paths.setdefault(name, []).append(path)

    def taken(self, name: str) -> bool:
        return name in self._paths

    def packed(self, name: str, path: str) -> str | None:
        """The source that the file is, compressed or unpacked since, if its old file is gone."""
        if self.taken(name):
            return None
        plain = next((name.removesuffix(end) for end in COMPRESSED if name.endswith(end)), name)
        kin = (plain, *(plain + end for end in COMPRESSED))
        return next((other for other in kin if self.taken(other) and self.gone(other, path)), None)

    def gone(self, name: str, path: str) -> str | None:
        """Where the source was, if nothing but `path` itself is there any more; else None."""
        others = self._paths[name]
        return others[-1] if all(_same_or_gone(other, path) for other in others) else None


def settle(
    events: Events, dataset: str, sources: Sequence[Source], *, name: str | None, run: str
) -> tuple[list[Source], list[str]]:
    """The sources under the names that their rows get, and notes on those that are not as usual.

    A path keeps the name it was recorded with. A new path takes its own name; where that belongs to
    another file, parent folders are put before it until it is free; where that other file is gone,
    it is taken for the same one, moved. The paths are recorded before anything is read, so that a
    killed add goes on under the same names. Whether a file is compressed is no part of what it is:
    `a.jsonl.gz` is `a.jsonl` where that is gone. To be called by one process at a time.

    Args:
        events: Where the paths are recorded.
        dataset: Name of the dataset.
        sources: Files to be read.
        name: What to call them all instead.
        run: Id of the run.
    """
    known = events.read("sources", dataset=dataset)
    places = _Places(
        zip(known.column("path").to_pylist(), known.column("source").to_pylist(), strict=True)
    )
    settled, fresh = list[Source](), dict[str, dict[str, str]]()
    longer, moved = list[str](), list[str]()
    for source in sources:
        path = _text(os.path.abspath(source.path))  # noqa: PTH100  # links stay what they are
        recorded = places.names.get(path) or places.names.get(_text(os.path.realpath(source.path)))
        own = name or recorded or source.name
        if not source.problem and name is None and recorded is None:
            own = places.packed(own, path) or own
        if not source.problem and name is None and recorded is None and places.taken(own):
            before = places.gone(own, path)
            if before is None:
                own = _longer(path, own, places)
                longer.append(own)
            elif not _same(before, path):
                moved.append(f"'{own}' ({before}, now {path})")
        if not source.problem and places.names.get(path) != own:
            places.put(path, own)
            fresh[path] = {
                "key": blake2b(f"{dataset}\0{path}\0{run}".encode(), digest_size=16).hexdigest(),
                "dataset": dataset,
                "source": own,
                "path": path,
                "run": run,
            }
        settled.append(replace(source, name=own))
    events.append("sources", list(fresh.values()))
    return settled, _notes(longer, moved)


def _notes(longer: Sequence[str], moved: Sequence[str]) -> list[str]:
    notes = []
    if longer:
        notes.append(
            f"other files were added under the same name, so these are the source {_some(longer)}; "
            "if they are the same files, add them with --source NAME"
        )
    if moved:
        notes.append(
            f"taken for the same source, moved, as the old file is gone: {_some(moved)}; "
            "if they are other files, add them with --source NAME"
        )
    return notes


def _some(items: Sequence[str]) -> str:
    rest = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + rest


def _longer(path: str, name: str, places: _Places) -> str:
    """The name with as many parent folders before it as set it apart."""
    parts = Path(path).parts[1:]
    for count in range(name.count("/") + 2, len(parts) + 1):
        longer = "/".join(parts[-count:])
        if not places.taken(longer):
            return longer
    number = 2
    while places.taken(f"{path}-{number}"):
        number += 1
    return f"{path}-{number}"


def _same(other: str, path: str) -> bool:
    try:
        return Path(other).samefile(path)
    except OSError:
        return False


def _same_or_gone(other: str, path: str) -> bool:
    return _same(other, path) or not os.path.lexists(other)


def _text(path: str) -> str:
    # As source names: file names are bytes, and an escape keeps apart those that are not UTF-8.
    return os.fsencode(path).decode("utf-8", "backslashreplace")
