"""Routes of the report: made as a job, shown in the app, taken home as a file."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from assay.project import describe
from assay.project.dataset import Dataset
from assay.server.jobs import Job
from assay.server.service import NotFound, Service, Use
from assay.server.shapes import report as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api/datasets/{dataset}/report", tags=["report"])
_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}


@router.get("", response_model=shapes.ReportState)
def get_report(service: Use, dataset: str) -> Any:
    """The report as it was made last, and whether anything changed since."""
    found = service.dataset(dataset)
    made, state = service.memory.get(_key(found), (None, None))
    return {
        "report": made.to_dict() if made else None,
        "stale": made is not None and state != describe.state_of(found),
    }


@router.post("", response_model=Started)
def post_report(service: Use, dataset: str, target: str | None = None) -> Any:
    """Make the report anew; with a target, it tells what the dataset lacks beside it."""
    found = service.dataset(dataset)
    beside = service.dataset(target) if target is not None else None

    def work(job: Job) -> Any:
        job.report(0, None, "Trying the fixes")
        made = describe.report(found, target=beside, progress=job.report, on_step=job.report)
        service.memory[_key(found)] = (made, describe.state_of(found))
        return {"recommendations": len(made.advice)}

    label = f"Describing {found.full_name}"
    running = service.jobs.replace("report", found.name, label, f"{found.full_name} {target}", work)
    return {"job": running.id}


@router.get("/file", response_class=Response)
def get_report_file(
    service: Use, request: Request, dataset: str, form: Literal["html", "pdf", "json"] = "html"
) -> Response:
    """The report as one file."""
    found = service.dataset(dataset)
    app = f"{request.url.scheme}://{request.url.netloc}{service.base}"
    body = describe.render(_made(service, found), form, app=app)
    stem = found.full_name.replace("@", "-")
    headers = {"Content-Disposition": f'attachment; filename="{stem}-report.{form}"'}
    return Response(body, media_type=_TYPES[form], headers=headers)


def _made(service: Service, dataset: Dataset) -> Any:
    made, _ = service.memory.get(_key(dataset), (None, None))
    if made is None:
        raise NotFound(
            f"No report of '{dataset.full_name}' was made yet.",
            remedy=f"POST /api/datasets/{dataset.full_name}/report first",
        )
    return made


def _key(dataset: Dataset) -> str:
    return f"report {dataset.full_name}"
