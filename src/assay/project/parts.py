"""Versions that are a part of a dataset, a subset or a side of a split: they curate nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.run.recipe import Recipe
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.project import Project


def is_part(project: Project, version: Version) -> bool:
    """Whether a subset or a split made a version, or what it was curated from.

    What it lacks was left out, not dropped. Its recipe tells: filters, and then the one choice.
    """
    *filters, last = Recipe.from_yaml(version.recipe).rules
    choice = str(last.get("select", ""))
    filtered = all(set(rule) == {"keep"} for rule in filters)
    if filtered and (choice == "subset" or choice.startswith("split.")):
        return True
    base, _, name = version.parent.partition("@")
    return bool(name) and is_part(project, project.versions.get(base, name))


def newest_curated(project: Project, dataset: str) -> Version | None:
    """The version that says what is kept of a dataset: the newest that is no part of it."""
    return project.versions.newest(dataset, passing=lambda version: not is_part(project, version))
