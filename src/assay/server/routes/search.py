"""Routes of thumbs on a search, of the most likely rows, and of concepts."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter

from assay.project import concepts, thumbs
from assay.project.query import read_query
from assay.server.jobs import Job
from assay.server.service import Service, Use
from assay.server.shapes import search as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["search"])


@router.post("/search/standing", response_model=shapes.Standing)
def post_standing(service: Use, dataset: str, body: shapes.StandingBody) -> Any:
    """How a row stands to a search."""
    found = service.dataset(dataset)
    allowed = _allowed(service, dataset, body.view)
    return thumbs.standing(found, read_query(body.search.model_dump()), body.row, allowed=allowed)


@router.post("/search/thumb", response_model=shapes.Standing)
def post_thumb(service: Use, dataset: str, body: shapes.ThumbBody) -> Any:
    """Say whether a row is what a search looks for."""
    found = service.dataset(dataset)
    query = read_query(body.search.model_dump())
    thumbs.judge(found, query, body.row, body.answer)
    allowed = _allowed(service, dataset, body.view)
    return thumbs.standing(found, query, body.row, allowed=allowed)


@router.post("/search/most-likely", response_model=shapes.MostLikely)
def post_most_likely(service: Use, dataset: str, body: shapes.MostLikelyBody) -> Any:
    """Store the rows of a view that a search most likely looks for as a selection."""
    found = service.dataset(dataset)
    allowed = _allowed(service, dataset, body.view)
    return thumbs.most_likely(found, read_query(body.search.model_dump()), body.n, allowed=allowed)


@router.post("/concepts", response_model=Started)
def post_concept(service: Use, dataset: str, body: shapes.ConceptBody) -> Any:
    """Teach a concept by a search and the thumbs given to it."""
    found = service.dataset(dataset).at(None)
    like, unlike = thumbs.examples(found, read_query(body.search.model_dump()))
    concepts.check(found, body.name, like)

    def work(job: Job) -> Any:
        def progress(done: int, total: int) -> None:
            job.report(done, total, "Scoring rows")

        return concepts.teach(found, body.name, like, unlike, progress=progress).to_dict()

    job = service.jobs.start("concept", found.name, f"Teaching concept.{body.name}", work)
    return {"job": job.id}


def _allowed(service: Service, dataset: str, view: str | None) -> np.ndarray | None:
    return service.view(dataset, view).mask if view else None
