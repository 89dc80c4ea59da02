"""The one object that all doors use: a folder of datasets with their history."""

from __future__ import annotations

import json
import re
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.errors import StoreError, UsageError
from assay.project.curate import CurateResult, curate
from assay.project.dataset import Dataset
from assay.run.compute import Progress
from assay.run.recipe import Recipe
from assay.store import runs
from assay.store.assets import Assets
from assay.store.events import Events
from assay.store.failures import failed_write
from assay.store.table import Table
from assay.store.versions import Versions

MARKER = "assay.json"
FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Project:
    """A folder of datasets, their signals, versions, findings and history."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.events = Events(root / "events")
        self.assets = Assets(root)
        self.versions = Versions(root, self.events)

    def __repr__(self) -> str:
        return f"Project({str(self.root)!r}, datasets={self.datasets()})"

    def dataset(self, name: str) -> Dataset:
        """The dataset `name`, or the named version `name@version`. It may not exist yet.

        Raises:
            UsageError: The name is not usable, or there is no such version.
        """
        base, at, version = name.partition("@")
        if not _NAME.fullmatch(base) or bool(at) != bool(version):
            raise UsageError(
                f"'{name}' cannot be the name of a dataset.",
                allowed="letters, digits, '_', '-' and '.', at most 100, starting with a letter "
                "or a digit; a named version is written NAME@VERSION",
            )
        return Dataset(self, base, self.versions.get(base, version) if version else None)

    def datasets(self) -> list[str]:
        """Names of the datasets, sorted."""
        folder = self.root / "datasets"
        if not folder.is_dir():
            return []
        return sorted(path.stem for path in folder.glob("*.lance") if Table.exists(path))

    def runs(self, dataset: str | None = None) -> list[dict[str, Any]]:
        """Records of what was executed, oldest first."""
        return runs.history(self.events, dataset)

    def curate(
        self,
        recipe: Recipe | Mapping[str, Any] | str | Path,
        *,
        progress: Progress | None = None,
    ) -> CurateResult:
        """Make the named version that a recipe (or the path of its YAML file) describes."""
        return curate(self, recipe, progress=progress)

    def quarantine(self, dataset: str | None = None) -> list[dict[str, Any]]:
        """Input and values that could not be used, with the reason, by source and position."""
        table = (
            self.events.read("quarantine", dataset=dataset)
            if dataset
            else self.events.read("quarantine")
        )
        rows: list[dict[str, Any]] = table.drop_columns(["key"]).to_pylist()
        for row in rows:
            row["time"] = row["time"].isoformat(timespec="seconds")
        return sorted(rows, key=lambda row: (row["dataset"], row["source"] or "", row["position"]))


def open_project(path: str | Path = ".", *, create: bool = True) -> Project:
    """Open the project in a folder; a folder without one, or a missing one, becomes a new project.

    Args:
        path: The folder.
        create: Whether to make a project where there is none.

    Raises:
        UsageError: There is no project and `create` is false, or the path is that of a file.
        StoreError: The folder cannot be read or written, or belongs to a newer release.
    """
    root = Path(path).expanduser().resolve()
    marker = root / MARKER
    try:
        if marker.is_file():
            found = json.loads(marker.read_text("utf-8"))["format"]
            if not isinstance(found, int):
                raise ValueError(f"{MARKER} names the format {found!r}")
            if found > FORMAT:
                raise StoreError(
                    f"The project has format {found}; this release reads up to {FORMAT}.",
                    where=str(root),
                    remedy="upgrade: pip install -U assay-engine",
                )
            return Project(root)
        if not create:
            raise UsageError(
                "There is no Assay project here.",
                where=str(root),
                remedy=f"assay init {shlex.quote(str(path))}, or name another folder with "
                "--project DIR",
            )
        if root.exists() and not root.is_dir():
            raise UsageError("A project is a folder; this is a file.", where=str(root))
        root.mkdir(parents=True, exist_ok=True)
        draft = root / f".{MARKER}.{secrets.token_hex(4)}.new"  # others may be at it too
        draft.write_text(json.dumps({"format": FORMAT}) + "\n", "utf-8")
        draft.replace(marker)  # a kill leaves no half-written marker
    except OSError as error:
        raise failed_write(root, error) from error
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"The file that marks the project is damaged: {error}.",
            where=str(marker),
            allowed=json.dumps({"format": FORMAT}),
            remedy=f"restore it from a backup, or write this line: "
            f"echo '{json.dumps({'format': FORMAT})}' > {marker}",
        ) from error
    return Project(root)
