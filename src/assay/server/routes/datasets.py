"""Routes of the project and its datasets: lists, details, versions, lineage, diffs, runs."""

from __future__ import annotations

import importlib.util
from typing import Any

from fastapi import APIRouter

from assay._version import __version__
from assay.project.lineage import lineage
from assay.project.summary import described, detail, summary
from assay.server.service import Use, missing
from assay.server.shapes import datasets as shapes

router = APIRouter(prefix="/api", tags=["datasets"])


@router.get("/project", response_model=shapes.ProjectShape)
def get_project(service: Use) -> Any:
    """The project and what this installation can do."""
    return {
        "name": service.name,
        "root": str(service.project.root),
        "version": __version__,
        "extras": {
            "embed": importlib.util.find_spec("onnxruntime") is not None,
            "insight": importlib.util.find_spec("umap") is not None,
        },
        "datasets": [summary(service.project.dataset(n)) for n in service.project.datasets()],
    }


@router.get("/datasets", response_model=shapes.Datasets)
def get_datasets(service: Use) -> Any:
    """All datasets."""
    names = service.project.datasets()
    return {"datasets": [summary(service.project.dataset(name)) for name in names]}


@router.get("/datasets/{dataset}", response_model=shapes.Detail)
def get_dataset(service: Use, dataset: str) -> Any:
    """One dataset or named version: columns, sizes, what was dropped."""
    found = service.dataset(dataset)
    return detail(found, service.engine.view(found, {}))


@router.get("/datasets/{dataset}/versions", response_model=shapes.Versions)
def get_versions(service: Use, dataset: str) -> Any:
    """Named versions in the order they were made."""
    found = service.dataset(dataset)
    return {"versions": [described(v) for v in service.project.versions.list(found.name)]}


@router.get("/datasets/{dataset}/lineage", response_model=shapes.Lineage)
def get_lineage(service: Use, dataset: str) -> Any:
    """What was made from what."""
    return lineage(service.dataset(dataset))


@router.get("/datasets/{dataset}/diff", response_model=shapes.Diff)
def get_diff(service: Use, dataset: str, a: str, b: str, deep: bool = False) -> Any:
    """How `b` differs from `a`; each is a full name, `demo` or `demo@clean`.

    With `deep`, what rows say is compared too: near overlap, cells, and what tells them apart.
    """
    service.dataset(dataset)
    return service.dataset(a).diff(service.dataset(b), deep=deep)


@router.get("/datasets/{dataset}/runs", response_model=shapes.Runs)
def get_runs(service: Use, dataset: str, limit: int = 100) -> Any:
    """What was executed, newest first."""
    with missing():
        history = service.project.runs(service.dataset(dataset).name)
    return {"runs": list(reversed(history))[: max(1, min(limit, 10_000))]}
