"""Routes of views: counts, rows, masks, facets, one row, code."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from assay.project.view.complete import check_expression, complete
from assay.project.view.export import view_file
from assay.project.view.facets import facets, values
from assay.project.view.inspect import inspect_row, position, whole_text
from assay.project.view.pages import page, some_rows
from assay.server.service import Use, missing
from assay.server.shapes import views as shapes
from assay.server.wire import ARROW, arrow, mask_bytes, names_in, tagged

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["views"])
View = Annotated[str | None, Query(description="View key; all rows without one.")]
ARROW_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {ARROW: {"schema": {"type": "string", "format": "binary"}}}}
}
BYTES_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
}


@router.post("/view", response_model=shapes.ViewShape)
def post_view(service: Use, dataset: str, body: shapes.ViewBody) -> Any:
    """Evaluate a view: its key and its counts."""
    return service.engine.view(service.dataset(dataset), body.fields()).describe()


@router.get("/rows", response_class=Response, responses=ARROW_ANSWER)
def get_rows(
    service: Use,
    request: Request,
    dataset: str,
    view: View = None,
    offset: int = 0,
    limit: int = 200,
    columns: str | None = None,
    cut: int = 300,
) -> Response:
    """Rows of a view in view order, as an Arrow stream."""
    found = service.view(dataset, view)
    identity = f"rows {found.key} {offset} {limit} {columns} {cut}"
    known = tagged(request, identity, ARROW)
    if known is not None:
        return known
    names = None if columns is None else names_in(columns)
    body = arrow(page(found, offset, limit, names, cut))
    return tagged(request, identity, ARROW, body) or Response(body)


@router.post("/rows", response_class=Response, responses=ARROW_ANSWER)
def post_rows(service: Use, dataset: str, body: shapes.RowsBody) -> Response:
    """The rows with these numbers, as an Arrow stream."""
    found = service.view(dataset, body.view)
    table = some_rows(found.snapshot, body.rows, body.columns, body.cut)
    return Response(arrow(table), media_type=ARROW)


@router.get("/position", response_model=shapes.Position)
def get_position(service: Use, dataset: str, row: int, view: View = None) -> Any:
    """Where a row stands in the view."""
    return {"offset": position(service.view(dataset, view), row)}


@router.get("/mask", response_class=Response, responses=BYTES_ANSWER)
def get_mask(service: Use, request: Request, dataset: str, view: View = None) -> Response:
    """Which rows are in view: one bit a row of the source."""
    found = service.view(dataset, view)
    body = mask_bytes(found.mask)
    kind = "application/octet-stream"
    rows = {"X-Assay-Rows": str(found.snapshot.num_rows)}
    return tagged(request, f"mask {found.key}", kind, body, **rows) or Response(body)


@router.get("/facets", response_model=shapes.Facets)
def get_facets(
    service: Use,
    request: Request,
    response: Response,
    dataset: str,
    view: View = None,
    columns: str | None = None,
) -> Any:
    """How columns are spread, over all rows and over those in view."""
    found = service.view(dataset, view)
    known = tagged(request, f"facets {found.key} {columns}", "application/json")
    if known is not None:
        return known
    response.headers["Cache-Control"] = "private, max-age=3600"
    names = names_in(columns or "")
    return {
        "view_key": found.key,
        "total": found.total,
        "count": found.count,
        "facets": facets(found, names),
    }


@router.get("/values", response_model=shapes.Values)
def get_values(
    service: Use, dataset: str, column: str, view: View = None, q: str = "", limit: int = 50
) -> Any:
    """Categories of a column that contain `q`."""
    return values(service.view(dataset, view), column, part=q, limit=limit)


@router.get("/row/{row_id}", response_model=shapes.Row)
def get_row(service: Use, dataset: str, row_id: str, view: View = None) -> Any:
    """Everything about one row."""
    found = service.view(dataset, view)
    with missing():
        found.dataset.row_index(row_id)
    return inspect_row(found.dataset, found, row_id)


@router.get("/row/{row_id}/text", response_class=Response)
def get_row_text(service: Use, dataset: str, row_id: str) -> Response:
    """The whole text of one row, as a file."""
    with missing():
        text = whole_text(service.dataset(dataset), row_id)
    headers = {"Content-Disposition": f'attachment; filename="{row_id[:16]}.txt"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/python", response_model=shapes.Code)
def get_python(service: Use, dataset: str, view: View = None) -> Any:
    """Code that gives the same rows in the same order."""
    return {"code": service.view(dataset, view).python()}


@router.get("/export", response_class=Response, responses=BYTES_ANSWER)
def get_export(
    service: Use,
    dataset: str,
    view: View = None,
    format: str = "jsonl",
    columns: str | None = None,
) -> Response:
    """The rows of a view as a file."""
    found = service.view(dataset, view)
    names = names_in(columns or "")
    body, suffix = view_file(found, format, names)
    stem = found.dataset.full_name.replace("@", "-")
    headers = {"Content-Disposition": f'attachment; filename="{stem}{suffix}"'}
    return Response(body, media_type="application/octet-stream", headers=headers)


@router.get("/complete", response_model=shapes.Completion)
def get_complete(service: Use, dataset: str, text: str = "", at: int | None = None) -> Any:
    """What may be typed next in an expression."""
    found = service.dataset(dataset)
    snapshot = service.engine.snapshot(found)
    return complete(found, snapshot, text, len(text) if at is None else at)


@router.post("/check-expression", response_model=shapes.CheckedExpression)
def post_check_expression(service: Use, dataset: str, body: shapes.TextBody) -> Any:
    """Whether a text is a condition over this dataset."""
    found = service.dataset(dataset)
    return check_expression(found, service.engine.snapshot(found), body.text)
