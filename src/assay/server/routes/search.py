"""Routes of thumbs on a search, of the most likely rows, and of concepts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from assay.project import concepts, thumbs
from assay.project.query import Query as Searched
from assay.project.query import read_query
from assay.project.view.pages import MAX_ROWS
from assay.server.jobs import Job
from assay.server.service import Service, Use
from assay.server.shapes import search as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["search"])


@router.post("/search/standing", response_model=shapes.Standing)
def post_standing(service: Use, dataset: str, body: shapes.StandingBody) -> Any:
    """How a row stands to a search."""
    query = read_query(body.search.model_dump())
    ranking = _ranking(service, dataset, query, body.view)
    return thumbs.standing(service.dataset(dataset), query, body.row, ranking)


@router.post("/search/thumb", response_model=shapes.Standing)
def post_thumb(service: Use, dataset: str, body: shapes.ThumbBody) -> Any:
    """Say whether a row is what a search looks for."""
    found, query = service.dataset(dataset), read_query(body.search.model_dump())
    # Before the answer is recorded, so that one that is refused is not kept.
    ranking = _ranking(service, dataset, query, body.view)
    thumbs.judge(found, query, body.row, body.answer)
    return thumbs.standing(found, query, body.row, ranking)


@router.get("/search/likely", response_model=shapes.Standings)
def get_likely(
    service: Use,
    dataset: str,
    view: Annotated[str, Query(description="Key of a view that searches.")],
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 100,
) -> Any:
    """How the rows of a view stand to its search, in view order."""
    shown = service.view(dataset, view)
    rows = shown.order[offset : offset + limit]
    ranking = _ranking(service, dataset, shown.spec.search, view)
    found = thumbs.standings(shown.dataset, shown.spec.search, rows, ranking)
    each = zip(shown.snapshot.ids_of(rows), found["likely"], strict=True)
    answers = found["answers"]
    pairs = [{"id": i, "answer": answers.get(i), "likely": likely} for i, likely in each]
    return {"yes": found["yes"], "no": found["no"], "rows": pairs}


@router.post("/search/most-likely", response_model=shapes.MostLikely)
def post_most_likely(service: Use, dataset: str, body: shapes.MostLikelyBody) -> Any:
    """Store the rows of a view that a search most likely looks for as a selection."""
    query = read_query(body.search.model_dump())
    ranking = _ranking(service, dataset, query, body.view, least=body.n)
    return thumbs.most_likely(service.dataset(dataset), query, body.n, ranking)


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


def _ranking(
    service: Service, dataset: str, query: Searched, view: str | None, least: int = thumbs.NEAR
) -> thumbs.Ranking:
    """What a search found: that of a view that searches for it is what its table shows."""
    found = service.dataset(dataset)
    shown = service.view(dataset, view) if view else None
    if shown is not None and shown.spec.search == query:
        rows, scores = shown.ranking, shown.scores
        if rows is not None and scores is not None:
            return thumbs.Ranking(rows, scores, shown.searched)
    allowed = None if shown is None else shown.mask
    return thumbs.ranked(found, query, k=max(least, thumbs.NEAR), allowed=allowed)
