"""Noticing that a project changed, whoever changed it: the times of its files, nothing opened."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.project.project import Project

_WHAT = {
    "findings": "findings",
    "triage": "findings",
    "gaps": "findings",
    "versions": "versions",
    "tags": "tags",
    "labels": "rows",
    "selections": "tags",
    "views": "views",
}

Fingerprint = dict[tuple[str | None, str], int]


def fingerprint(project: Project) -> Fingerprint:
    """When each dataset and each kind of event last changed, in nanoseconds."""
    found: Fingerprint = {}
    for name in project.datasets():
        folder = project.root / "datasets" / f"{name}.lance" / "_versions"
        with contextlib.suppress(OSError):
            found[(name, "rows")] = folder.stat().st_mtime_ns
    for kind, what in _WHAT.items():
        folder = project.root / "events" / f"{kind}.lance" / "_versions"
        with contextlib.suppress(OSError):
            key = (None, what)
            found[key] = max(found.get(key, 0), folder.stat().st_mtime_ns)
    return found


def changes(before: Fingerprint, after: Fingerprint) -> list[dict[str, Any]]:
    """What is different: `{dataset, what}`, the dataset null where any may be meant."""
    different = [key for key, time in after.items() if before.get(key) != time]
    different += [key for key in before if key not in after]
    return [{"dataset": name, "what": what} for name, what in different]
