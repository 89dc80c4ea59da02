"""Routes of questions in words."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from assay.ask.conversation import Step, ask
from assay.models.llm import configured
from assay.server.jobs import Job
from assay.server.service import Use
from assay.server.shapes import ask as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api", tags=["ask"])


@router.get("/ask", response_model=shapes.AskState)
def get_ask(service: Use) -> Any:
    """Which model answers questions; none: search does."""
    endpoint = configured()
    return {"model": endpoint.model if endpoint else None, "host": endpoint and endpoint.host}


@router.post("/datasets/{dataset}/ask", response_model=Started)
def post_ask(service: Use, dataset: str, body: shapes.AskBody) -> Any:
    """Answer a question; the job's result is the answer."""
    found = service.dataset(dataset)
    endpoint = configured()
    history = [turn.model_dump() for turn in body.history]

    def work(job: Job) -> Any:
        taken: list[Step] = []

        def told(step: Step) -> None:
            taken.append(step)
            job.report(len(taken), None, f"Looking: {step.tool.replace('_', ' ')}")

        job.report(0, None, "Thinking")
        answer = ask(
            found, body.question, endpoint, history=history, engine=service.engine, on_step=told
        )
        return answer.to_dict()

    return {"job": service.jobs.start("ask", found.name, "Answering", work).id}
