"""Routes of findings: the list, triage, checks, what a fix would do; and computing signals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from assay.project import inbox
from assay.server.jobs import Job
from assay.server.service import Use, missing
from assay.server.shapes import findings as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["findings"])


@router.get("/findings", response_model=shapes.FindingList)
def get_findings(service: Use, dataset: str, state: str = "open") -> Any:
    """Findings of the newest checks, most serious first."""
    found = service.dataset(dataset)
    return inbox.finding_list(found, service.engine.view(found, {}), state, service.memory)


@router.post("/findings/{finding}/triage", response_model=shapes.FindingShape)
def post_triage(service: Use, dataset: str, finding: str, body: shapes.TriageBody) -> Any:
    """Snooze, apply, leave, or undo."""
    found = service.dataset(dataset)
    with missing():
        found.at(None).finding(finding)
    found.at(None).triage(finding, body.action, note=body.note)
    view = service.engine.view(found, {})
    return inbox.one_finding(found, view, finding, service.memory)


@router.post("/findings/{finding}/effect", response_model=Started)
def post_effect(service: Use, dataset: str, finding: str) -> Any:
    """Find out what the fix of a finding would remove."""
    found = service.dataset(dataset)
    with missing():
        found.at(None).finding(finding)

    def work(job: Job) -> Any:
        view = service.engine.view(found, {})
        return inbox.effect(found, view, finding, service.memory, job.report)

    return {"job": service.jobs.once("effect", found.name, "Trying the fix", finding, work).id}


@router.post("/check", response_model=Started)
def post_check(service: Use, dataset: str, body: shapes.CheckBody) -> Any:
    """Run checks."""
    found = service.dataset(dataset)
    inbox.known_checks(body.checks)

    def work(job: Job) -> Any:
        listed = found.check(*body.checks, against=body.against, progress=job.report)
        return {"findings": len(listed)}

    return {"job": service.jobs.start("check", found.name, "Running checks", work).id}


@router.post("/compute", response_model=Started)
def post_compute(service: Use, dataset: str, body: shapes.ComputeBody) -> Any:
    """Compute signals where they are missing."""
    found = service.dataset(dataset).at(None)
    for op in body.ops:
        found.step(op)  # an unknown op is refused now, not when the job starts

    def work(job: Job) -> Any:
        done = found.compute(*body.ops, progress=job.report)
        return {
            "rows": done.rows_computed,
            "version": done.version,
            "quarantined": done.quarantined,
        }

    return {"job": service.jobs.start("compute", found.name, "Computing signals", work).id}
