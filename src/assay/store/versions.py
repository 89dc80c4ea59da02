"""Named versions: immutable selections pinned to a version of the dataset they were made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.store import _lance, runs
from assay.store.events import Events
from assay.store.locks import exclusive
from assay.store.table import Table


@dataclass(frozen=True)
class Version:
    """A named version as recorded.

    Attributes:
        dataset: The dataset it was made from.
        name: Its name within the dataset.
        parent: Full name of what was curated, `docs` or `docs@clean`.
        parent_version: Table version the verdicts were reached on.
        recipe: The recipe as YAML.
        selection: Name of the table with the verdicts of all rows.
        rows: Rows kept.
        rows_in: Rows judged.
        dropped: Rows dropped by each rule, counted where they failed first.
        thresholds: What selectors held their values against, and what row sets meant, by rule.
        run: Id of the run that made it.
        time: ISO 8601, UTC.
    """

    dataset: str
    name: str
    parent: str
    parent_version: int
    recipe: str
    selection: str
    rows: int
    rows_in: int
    dropped: Mapping[str, int]
    thresholds: Mapping[str, Any]
    run: str
    time: str

    @property
    def full_name(self) -> str:
        """`dataset@name`."""
        return f"{self.dataset}@{self.name}"


class Versions:
    """The named versions of one project."""

    def __init__(self, root: Path, events: Events) -> None:
        self._root = root
        self._events = events

    def list(self, dataset: str | None = None) -> list[Version]:
        """Versions in the order they were made, of one dataset or of all."""
        table = (
            self._events.read("versions", dataset=dataset)
            if dataset
            else self._events.read("versions")
        )
        return [_version(row) for row in table.to_pylist()]

    def newest(
        self, dataset: str, *, passing: Callable[[Version], bool] = lambda _: True
    ) -> Version | None:
        """The version that was curated last, be it made then or found again; None if none was.

        Args:
            dataset: Of which.
            passing: Asked of each version, the last first, until one passes.
        """
        made = {version.full_name: version for version in self.list(dataset)}
        for run in reversed(runs.done(self._events, dataset) if made else []):
            curated = run["outputs"].get("version") if run["kind"] == "curate" else None
            version = made.pop(curated, None) if curated else None
            if version is not None and passing(version):
                return version
        return next((version for version in reversed(made.values()) if passing(version)), None)

    def editions(self, dataset: str, name: str) -> Sequence[Version]:
        """Versions that were asked for under one name, oldest first: `clean`, `clean-2`, ..."""
        return [
            version
            for version in self.list(dataset)
            if version.name == name
            or (version.name.startswith(f"{name}-") and version.name[len(name) + 1 :].isdigit())
        ]

    def get(self, dataset: str, name: str) -> Version:
        """The version of that name, `clean` or `docs@clean`.

        Raises:
            UsageError: There is none; the error lists those there are.
        """
        base, at, short = name.rpartition("@")
        if at and base != dataset:
            raise UsageError(
                f"'{name}' is no version of '{dataset}'.",
                allowed=f"a version of '{dataset}', such as {dataset}@NAME",
                remedy=f"open it from its own dataset, '{base}'",
            )
        name = short
        found = self.list(dataset)
        for version in found:
            if version.name == name:
                return version
        raise UsageError(
            f"'{dataset}' has no version called '{name}'.",
            allowed=", ".join(v.name for v in found) or "no named version was made yet",
            remedy="make one with `assay curate RECIPE.yaml`",
        )

    def save(
        self,
        *,
        dataset: str,
        name: str,
        parent: str,
        table: Table,
        recipe: str,
        verdicts: pa.Table,
        dropped: Mapping[str, int],
        thresholds: Mapping[str, Any],
        run: str,
        marks: Sequence[str] = (),
    ) -> Version:
        """Record a version; the same recipe with the same outcome is recorded once.

        A name that stands for another outcome is not reused: the new version gets the next free
        number, `clean-2`.

        Args:
            dataset: The dataset it belongs to.
            name: The name asked for.
            parent: Full name of what was curated.
            table: The dataset's table at the version that was judged.
            recipe: The recipe as YAML.
            verdicts: One row a judged row, with at least `id` and `keep`.
            dropped: Rows dropped by each rule.
            thresholds: What selectors held their values against, by rule.
            run: Id of the run.
            marks: Digests of what else went into the decisions: a recipe that names a tag is
                another one when the tag means other rows.
        """
        outcome = _outcome(recipe, verdicts, marks)
        selections = self._root / "selections" / dataset
        with exclusive(selections / "versions.lock"):
            existing = self.list(dataset)
            taken = {version.name for version in existing}
            for version in self.editions(dataset, name):
                if version.selection == outcome:
                    return version
            free, number = name, 1
            while free in taken:
                number += 1
                free = f"{name}-{number}"
            # The selection is complete before the event that names it, so a kill leaves either
            # no version or a whole one.
            _lance.replace(selections / f"{outcome}.lance", verdicts)
            table.tag(f"version-{free}")
            self._events.append(
                "versions",
                [
                    {
                        "key": f"{dataset}@{free}",
                        "dataset": dataset,
                        "name": free,
                        "parent": parent,
                        "parent_version": table.version,
                        "recipe": recipe,
                        "recipe_hash": blake2b(recipe.encode(), digest_size=8).hexdigest(),
                        "selection": outcome,
                        "rows": int(pc.sum(verdicts.column("keep")).as_py() or 0),
                        "rows_in": verdicts.num_rows,
                        "dropped": dict(dropped),
                        "thresholds": dict(thresholds),
                        "run": run,
                    }
                ],
            )
        return self.get(dataset, free)

    def verdicts(self, version: Version) -> Table:
        """The table with the verdict of every rule on every judged row."""
        return Table.open(
            self._root / "selections" / version.dataset / f"{version.selection}.lance"
        )


def _outcome(recipe: str, verdicts: pa.Table, marks: Sequence[str]) -> str:
    """Hash of the recipe and of every row's fate: equal for equal decisions."""
    digest = blake2b("\0".join((recipe, *marks)).encode(), digest_size=12)
    digest.update("".join(verdicts.column("id").to_pylist()).encode())
    digest.update(np.asarray(verdicts.column("keep")).tobytes())
    return digest.hexdigest()


def _version(row: Mapping[str, Any]) -> Version:
    fields = ("dataset", "name", "parent", "parent_version", "recipe", "selection", "rows")
    return Version(
        **{name: row[name] for name in fields},
        rows_in=row["rows_in"],
        dropped=json.loads(row["dropped"] or "{}"),
        thresholds=json.loads(row["thresholds"] or "{}"),
        run=row["run"],
        time=row["time"].isoformat(timespec="seconds"),
    )
