"""Routes of the map: its state, its places, its colors."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from assay.insight.map.projection import choose
from assay.project import mapping
from assay.project.first_names import namer
from assay.project.topic_names import checked
from assay.project.view.colors import color_codes, color_legend
from assay.server.jobs import Job
from assay.server.routes.views import BYTES_ANSWER
from assay.server.service import Use
from assay.server.shapes import maps as shapes
from assay.server.shapes.jobs import Started
from assay.server.wire import tagged

router = APIRouter(prefix="/api/datasets/{dataset}", tags=["map"])
_BYTES = "application/octet-stream"


@router.get("/map", response_model=shapes.MapShape)
def get_map(service: Use, dataset: str, embedding: str | None = None) -> Any:
    """Whether there is a map, and its topics."""
    found = service.dataset(dataset)
    snapshot = service.engine.snapshot(found)
    known = mapping.state(snapshot, embedding)
    job = service.jobs.running("map", found.name)
    if job is not None and known["state"] != "ready":
        known["state"] = "running"
    place = None
    if known["placed"]:
        place = f"api/datasets/{quote(dataset)}/map/xy?v={mapping.made(snapshot)}"
    return {**known, "job": job.id if job else None, "xy": place}


@router.get("/map/xy", response_class=Response, responses=BYTES_ANSWER)
def get_map_xy(service: Use, request: Request, dataset: str, v: str = "") -> Response:
    """Places of all source rows: u16 x, u16 y."""
    snapshot = service.engine.snapshot(service.dataset(dataset))
    identity = f"xy {dataset} {mapping.made(snapshot)}"
    body = mapping.places(snapshot)
    rows = {"X-Assay-Rows": str(snapshot.num_rows)}
    return tagged(request, identity, _BYTES, body, **rows) or Response(body)


@router.post("/map", response_model=Started)
def post_map(service: Use, dataset: str, body: shapes.MapBody) -> Any:
    """Make the map."""
    found = service.dataset(dataset).at(None)
    snapshot = service.engine.snapshot(found)
    choose(body.method, snapshot.num_rows)
    namer(body.names)
    mapping.state(snapshot, body.embedding)

    def work(job: Job) -> Any:
        now = service.engine.snapshot(found)
        return mapping.make_map(
            found,
            now,
            embedding=body.embedding,
            method=body.method,
            names=body.names,
            report=job.report,
        )

    running = service.jobs.running("map", found.name)
    job = running or service.jobs.start("map", found.name, "Making the map", work)
    return {"job": job.id}


@router.post("/map/names", response_model=Started)
def post_topic_name(service: Use, dataset: str, body: shapes.NameBody) -> Any:
    """Name a topic. The job's result has the event, to take it back by."""
    found = service.dataset(dataset).at(None)
    checked(body.name)

    def work(job: Job) -> Any:
        return found.name_topic(body.topic, body.name, level=body.level)

    return {"job": service.jobs.start("names", found.name, "Naming a topic", work).id}


@router.post("/map/names/undo", response_model=Started)
def post_topic_unname(service: Use, dataset: str, body: shapes.UnnameBody) -> Any:
    """Take a topic's name back."""
    found = service.dataset(dataset).at(None)

    def work(job: Job) -> Any:
        return found.unname_topic(body.event)

    return {"job": service.jobs.start("names", found.name, "Taking a name back", work).id}


@router.get("/color", response_class=Response, responses=BYTES_ANSWER)
def get_color(service: Use, request: Request, dataset: str, column: str) -> Response:
    """One code a source row; see the legend."""
    snapshot = service.engine.snapshot(service.dataset(dataset))
    body = color_codes(snapshot, column).tobytes()
    identity = f"color {dataset} {snapshot.edition} {column}"
    return tagged(request, identity, _BYTES, body) or Response(body)


@router.get("/color/legend", response_model=shapes.Legend)
def get_color_legend(service: Use, dataset: str, column: str) -> Any:
    """What the codes of a column stand for."""
    return color_legend(service.engine.snapshot(service.dataset(dataset)), column)
