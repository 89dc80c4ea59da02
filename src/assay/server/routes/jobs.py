"""Routes of jobs, and the events that follow them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from assay.project.watch import changes, fingerprint
from assay.server.jobs import ENDED, Job
from assay.server.service import Service, Use, missing
from assay.server.shapes import jobs as shapes

router = APIRouter(prefix="/api", tags=["jobs"])
POLL, WATCH, KEEP_OPEN = 0.1, 2.0, 15.0
_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


@router.get("/jobs", response_model=shapes.JobList)
def get_jobs(service: Use) -> Any:
    """All jobs of this server, newest first."""
    return {"jobs": [job.to_dict() for job in service.jobs.list()]}


@router.get("/jobs/{job}", response_model=shapes.JobShape)
def get_job(service: Use, job: str) -> Any:
    """One job."""
    with missing():
        return service.jobs.get(job).to_dict()


@router.post("/jobs/{job}/cancel", response_model=shapes.JobShape)
def post_cancel(service: Use, job: str) -> Any:
    """Ask a job to stop; what it committed stays."""
    with missing():
        return service.jobs.cancel(job).to_dict()


@router.get("/jobs/{job}/events", response_class=StreamingResponse, responses=_STREAM)
def get_job_events(service: Use, job: str) -> StreamingResponse:
    """Follow one job to its end."""
    with missing():
        found = service.jobs.get(job)
    return _stream(_follow(found))


@router.get("/events", response_class=StreamingResponse, responses=_STREAM)
def get_events(service: Use) -> StreamingResponse:
    """Follow the whole project: jobs, and what changed."""
    return _stream(_project(service))


async def _follow(job: Job) -> AsyncIterator[str]:
    seen, quiet = -1, 0.0
    while True:
        if job.changes != seen:
            seen, quiet = job.changes, 0.0
            ended = job.state in ENDED
            yield _event(job.state if ended else "progress", job.to_dict())
            if ended:
                return
        elif quiet >= KEEP_OPEN:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(POLL)
        quiet += POLL


async def _project(service: Service) -> AsyncIterator[str]:
    seen = {job.id: job.changes for job in service.jobs.list() if job.state in ENDED}
    before = await asyncio.to_thread(fingerprint, service.project)
    since_watch = quiet = 0.0
    yield ": welcome\n\n"
    while True:
        told = False
        for job in reversed(service.jobs.list()):
            if seen.get(job.id) != job.changes:
                seen[job.id] = job.changes
                told = True
                yield _event("job", job.to_dict())
        if since_watch >= WATCH:
            since_watch = 0.0
            after = await asyncio.to_thread(fingerprint, service.project)
            for change in changes(before, after):
                told = True
                yield _event("changed", change)
            before = after
        if told:
            quiet = 0.0
        elif quiet >= KEEP_OPEN:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(POLL)
        since_watch += POLL
        quiet += POLL


def _stream(events: AsyncIterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, default=str)}\n\n"
