"""Routes of the report: made as a job, shown in the app, taken home as a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from assay.errors import UsageError
from assay.project import describe
from assay.project.dataset import Dataset
from assay.project.gaps import kept
from assay.project.gaps.space import obstacle
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


Target = Annotated[str | None, Query(description="Dataset or version that it is held against.")]


@router.get("", response_model=shapes.ReportState)
def get_report(service: Use, dataset: str, target: Target = None) -> Any:
    """The report as it was made last, whether anything changed since, and what is in the way."""
    found, beside = _sides(service, dataset, target)
    made, state = service.memory.get(_key(found, beside), (None, None))
    return {
        "report": made.to_dict() if made else None,
        "stale": made is not None and state != _state(found, beside),
        "obstacle": obstacle(found, beside) if beside else None,
    }


@router.post("", response_model=Started)
def post_report(service: Use, dataset: str, target: Target = None) -> Any:
    """Make the report anew; with a target, it tells what the dataset lacks beside it."""
    found, beside = _sides(service, dataset, target)
    blocked = obstacle(found, beside) if beside else None
    if blocked is not None:  # said now, not after all fixes were tried
        raise UsageError(blocked.what, remedy=blocked.remedy)

    def work(job: Job) -> Any:
        job.report(0, None, "Trying the fixes")
        made = describe.report(found, target=beside, progress=job.report, on_step=job.report)
        service.memory[_key(found, beside)] = (made, _state(found, beside))
        return {"recommendations": len(made.advice)}

    label = f"Describing {found.full_name}" + (f" beside {beside.full_name}" if beside else "")
    return {"job": service.jobs.replace("report", found.name, label, label, work).id}


@router.get("/file", response_class=Response)
def get_report_file(
    service: Use,
    request: Request,
    dataset: str,
    form: Literal["html", "pdf", "json"] = "html",
    target: Target = None,
) -> Response:
    """The report as one file."""
    found, beside = _sides(service, dataset, target)
    app = f"{request.url.scheme}://{request.url.netloc}{service.base}"
    body = describe.render(_made(service, found, beside), form, app=app)
    stem = found.full_name.replace("@", "-")
    headers = {"Content-Disposition": f'attachment; filename="{stem}-report.{form}"'}
    return Response(body, media_type=_TYPES[form], headers=headers)


def _sides(service: Service, dataset: str, target: str | None) -> tuple[Dataset, Dataset | None]:
    found = service.dataset(dataset)
    beside = None if target is None else service.dataset(target)
    if beside is not None and beside.full_name == found.full_name:
        raise UsageError(f"'{dataset}' cannot be held against itself.")
    return found, beside


def _made(service: Service, dataset: Dataset, target: Dataset | None) -> Any:
    made, _ = service.memory.get(_key(dataset, target), (None, None))
    if made is None:
        asked = f"?target={target.full_name}" if target else ""
        raise NotFound(
            f"No such report of '{dataset.full_name}' was made yet.",
            remedy=f"POST /api/datasets/{dataset.full_name}/report{asked} first",
        )
    return made


def _state(dataset: Dataset, target: Dataset | None) -> str:
    return describe.state_of(dataset) + (kept.state_of(dataset, target) if target else "")


def _key(dataset: Dataset, target: Dataset | None) -> str:
    return f"report {dataset.full_name} {target.full_name if target else ''}"
