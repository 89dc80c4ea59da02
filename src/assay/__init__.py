"""Assay: one engine for a foundation-model team's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay._version import __version__
from assay.errors import AssayError
from assay.registry import exporter, finder, op, reader, selector

if TYPE_CHECKING:
    from assay.project.project import Project
    from assay.project.project import open_project as open

__all__ = [
    "AssayError",
    "Project",
    "__version__",
    "exporter",
    "finder",
    "op",
    "open",
    "reader",
    "selector",
]


def __getattr__(name: str) -> Any:
    # The project brings the store with it; plug-ins that only register an op do without.
    if name in ("Project", "open"):
        from assay.project import project

        return project.Project if name == "Project" else project.open_project
    raise AttributeError(f"module 'assay' has no attribute '{name}'")
