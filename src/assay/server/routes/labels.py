"""Routes of labels: answers that people give to a field of rows."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from assay.project import labels
from assay.project.view import answering
from assay.server.service import Use, missing
from assay.server.shapes import labels as shapes

router = APIRouter(prefix="/api/datasets/{dataset}/labels", tags=["labels"])


@router.get("", response_model=shapes.Fields)
def get_labels(service: Use, dataset: str) -> Any:
    """Fields that can be answered, with the values they know."""
    found = service.dataset(dataset)
    return {"fields": answering.fields(found, service.engine.snapshot(found))}


@router.post("", response_model=shapes.Labelled)
def post_label(service: Use, dataset: str, body: shapes.LabelBody) -> Any:
    """Answer a field of rows: ids, row numbers, or all of a view. Null takes answers back."""
    found = service.dataset(dataset)
    done = labels.label(found, body.field, body.value, service.row_ids(dataset, body))
    return {**done, "undo": done["event"]}


@router.post("/undo", response_model=shapes.Unlabelled)
def post_unlabel(service: Use, dataset: str, body: shapes.UndoBody) -> Any:
    """Undo one act of labelling."""
    with missing():
        return labels.unlabel(service.dataset(dataset), body.event)
