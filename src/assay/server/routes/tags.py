"""Routes of tags, stored selections and saved views."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Request

from assay.errors import UsageError
from assay.project import tags
from assay.server.service import Use, missing
from assay.server.shapes import views as shapes
from assay.server.wire import mask_from

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["tags"])


@router.get("/tags", response_model=shapes.Tags)
def get_tags(service: Use, dataset: str) -> Any:
    """Tags that some row carries."""
    return {"tags": tags.names(service.dataset(dataset))}


@router.post("/tags", response_model=shapes.Tagged)
def post_tag(service: Use, dataset: str, body: shapes.TagBody) -> Any:
    """Put a tag on rows or take it off: by ids, row numbers, or all rows of a view."""
    found = service.dataset(dataset)
    done = tags.tag(found, body.tag, service.row_ids(dataset, body), action=body.action)
    return {**done, "undo": done["event"]}


@router.post("/tags/undo", response_model=shapes.Untagged)
def post_untag(service: Use, dataset: str, body: shapes.UndoBody) -> Any:
    """Undo one tagging."""
    with missing():
        return tags.untag(service.dataset(dataset), body.event)


@router.post("/selections", response_model=shapes.SelectionShape)
async def post_selection(
    service: Use, dataset: str, request: Request, view: str | None = None
) -> Any:
    """Store a selection, given as a mask of bytes or as JSON row numbers.

    With the key of a view it also answers what of that view is selected.
    """
    from starlette.concurrency import run_in_threadpool

    kind = request.headers.get("content-type", "").partition(";")[0]
    body = await request.body()
    rows = None
    if kind == "application/json":
        given = await request.json()
        rows = given.get("rows") if isinstance(given, dict) else None
        if not isinstance(rows, list):
            raise UsageError("A selection as JSON is {rows: [row numbers]}.")

    def store() -> dict[str, Any]:
        found = service.dataset(dataset)
        snapshot = service.engine.snapshot(found)
        if rows is None:
            mask = mask_from(body, snapshot.num_rows)
        else:
            mask = np.zeros(snapshot.num_rows, bool)
            mask[snapshot.valid_rows(rows)] = True
        filter = service.engine.select(found, mask)
        selected = None
        if view is not None:
            fields = service.view(dataset, view).spec.to_dict()
            fields["filters"] = [*fields["filters"], filter]
            selected = service.engine.view(found, fields).describe()
        key = filter.partition(":")[2]
        count = int(np.count_nonzero(mask))
        return {"selection": key, "filter": filter, "count": count, "view": selected}

    return await run_in_threadpool(store)


@router.get("/views", response_model=shapes.SavedViews)
def get_views(service: Use, dataset: str) -> Any:
    """Saved views."""
    return {"views": tags.saved_views(service.dataset(dataset))}


@router.put("/views/{name}", response_model=shapes.NameTime)
def put_view(service: Use, dataset: str, name: str, body: dict[str, Any]) -> Any:
    """Save a view by name."""
    return tags.save_view(service.dataset(dataset), name, body)


@router.delete("/views/{name}", response_model=shapes.NameTime)
def delete_view(service: Use, dataset: str, name: str) -> Any:
    """Forget a saved view."""
    return tags.save_view(service.dataset(dataset), name, None)
