"""Shapes of jobs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from assay.server.jobs import JobKind


class Progress(BaseModel):
    done: int
    total: int | None
    label: str
    rate: float | None


class JobShape(BaseModel):
    id: str
    kind: JobKind
    dataset: str
    label: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    progress: Progress
    created: str
    started: str | None
    ended: str | None
    result: Any
    error: dict[str, Any] | None


class JobList(BaseModel):
    jobs: list[JobShape]


class Started(BaseModel):
    """A job that was queued."""

    job: str
