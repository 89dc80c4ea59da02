"""Routes of gaps: compared as a job, kept, and the list of what to get next."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from assay.errors import UsageError
from assay.project import tags
from assay.project.dataset import Dataset
from assay.project.gaps import Gap, Gaps, kept
from assay.project.gaps.shopping import ShoppingList, shopping_list
from assay.project.gaps.space import embed_alike, obstacle
from assay.server.jobs import Job
from assay.server.service import NotFound, Service, Use, missing
from assay.server.shapes import gaps as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api/datasets/{dataset}/gaps", tags=["gaps"])
SHOWN = 40
"""Gaps that are described."""
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
}
Chosen = Annotated[list[str] | None, Query()]


@router.get("", response_model=shapes.GapState)
def get_gaps(service: Use, dataset: str, target: str | None = None) -> Any:
    """The newest comparison with a target, or with any; and what stands in the way of a new one."""
    pool = service.dataset(dataset)
    made = kept.newest(pool, target)
    name = target or (made.target if made else None)
    if name is None:
        return {"target": None, "found": None, "stale": False, "obstacle": None}
    try:
        beside = service.dataset(name)
    except NotFound:
        if made is None:
            raise
        beside = None  # it is gone; what was found stays
    stale = made is not None and (beside is None or kept.state_of(pool, beside) != made.state)
    found = _found(service, pool, made) if made else None
    return {
        "target": name,
        "found": _shown(pool, found, made.time) if found and made else None,
        "stale": stale,
        "obstacle": obstacle(pool, beside) if beside else None,
    }


@router.post("", response_model=Started)
def post_gaps(service: Use, dataset: str, body: shapes.GapsBody) -> Any:
    """Hold the dataset against a target; with `embed`, a missing embedding is computed first."""
    pool, target = service.dataset(dataset), service.dataset(body.target)
    if pool.full_name == target.full_name:
        raise UsageError(f"'{dataset}' cannot be held against itself.")
    with missing():
        sources = [service.dataset(name) for name in body.sources]

    def work(job: Job) -> Any:
        if body.embed:
            job.report(0, None, "Computing an embedding")
            embed_alike(pool, target, job.report)
        blocked = obstacle(pool, target)
        if blocked is not None:
            raise UsageError(blocked.what, remedy=blocked.remedy)
        found = pool.gaps(target, sources=sources, limit=SHOWN, on_step=job.report)
        return {"gaps": sum(gap.sure for gap in found.gaps)}

    label = f"Comparing {pool.full_name} with {target.full_name}"
    about = " ".join([pool.full_name, target.full_name, *body.sources])
    return {"job": service.jobs.replace("gaps", pool.name, label, about, work).id}


@router.get("/list", response_model=shapes.ListShape)
def get_list(service: Use, dataset: str, target: str, gap: Chosen = None) -> Any:
    """What to get: of each `gap=ID` or `gap=ID:ROWS`; of all sure gaps if none is named."""
    return _list(service, dataset, target, gap).to_dict()


@router.get("/list/file", response_class=Response)
def get_list_file(
    service: Use,
    dataset: str,
    target: str,
    gap: Chosen = None,
    form: Literal["csv", "json", "md"] = "csv",
) -> Response:
    """The list as one file."""
    wanted = _list(service, dataset, target, gap)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{form}"
        wanted.write(path)
        body = path.read_bytes()
    stem = f"{wanted.pool}-for-{wanted.target}".replace("@", "-")
    headers = {"Content-Disposition": f'attachment; filename="{stem}.{form}"'}
    return Response(body, media_type=_TYPES[form], headers=headers)


def _list(service: Service, dataset: str, target: str, chosen: list[str] | None) -> ShoppingList:
    pool = service.dataset(dataset)
    made = kept.newest(pool, target)
    if made is None:
        raise NotFound(
            f"'{pool.full_name}' was not held against '{target[:100]}' yet.",
            remedy=f"POST /api/datasets/{pool.full_name}/gaps first",
        )
    counts = None if chosen is None else dict(_choice(each) for each in chosen if each)
    return shopping_list(_found(service, pool, made), counts)


def _choice(text: str) -> tuple[str, int | None]:
    name, colon, rows = text.partition(":")
    if colon and not (rows.isascii() and rows.isdecimal() and len(rows) < 12):
        raise UsageError(f"'{text[:60]}' is no choice of a gap.", allowed="ID or ID:ROWS")
    return name, int(rows) if colon else None


def _found(service: Service, pool: Dataset, made: kept.Kept) -> Gaps:
    key = f"gaps {made.key}"
    found: Gaps | None = service.memory.get(key)
    if found is None:
        found = service.memory[key] = kept.read(pool, made)
    return found


def _shown(pool: Dataset, found: Gaps, time: str) -> dict[str, Any]:
    sampled = found.rows["pool"] < found.pool_rows
    root = str(pool.project.root)
    said = f"assay.open({root!r}).dataset({found.pool!r}).gaps({found.target!r})"
    return {
        "pool": found.pool,
        "target": found.target,
        "embedding": found.embedding,
        "time": time,
        "target_rows": found.rows["target"],
        "pool_rows": found.pool_rows,
        "sampled": found.rows["pool"] if sampled else None,
        "auroc": found.auroc,
        "p_value": found.p_value,
        "told_apart": found.told_apart,
        "gaps": [_gap(gap) for gap in found.gaps],
        "more": found.more,
        "more_share": found.more_share,
        "code": f"import assay\n\ngaps = {said}\n",
        "command": f"assay gaps {found.pool} --target {found.target}",
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        **vars(gap),
        "sure": gap.sure,
        "brief": gap.next["brief"],
        "pools": [
            {**each, "filter": f"selection:{tags.selection_key(each['row_ids'])}"}
            for each in gap.next["search"]
        ],
        "filter": f"selection:{tags.selection_key(gap.row_ids)}",
        "own_filter": f"selection:{tags.selection_key(gap.own_row_ids)}",
    }
