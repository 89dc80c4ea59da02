"""The application: routes, errors as JSON, the web app, and the guard before all of them."""

from __future__ import annotations

import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assay._version import __version__
from assay.errors import AssayError, MissingExtra, UsageError
from assay.project.project import Project
from assay.project.view.engine import ViewExpired
from assay.server.auth import Access
from assay.server.guard import Guard
from assay.server.routes import (
    ask,
    curate,
    datasets,
    findings,
    gaps,
    jobs,
    labels,
    maps,
    report,
    search,
    tags,
    views,
)
from assay.server.service import NotFound, Service
from assay.server.shapes.datasets import ErrorBody
from assay.server.static_files import FOLDER, WebApp

_STATUS: tuple[tuple[type[AssayError], int], ...] = (
    (NotFound, 404),
    (ViewExpired, 410),
    (MissingExtra, 424),
    (UsageError, 400),
)


def make_app(project: Project, access: Access, *, base: str = "", static: Path = FOLDER) -> Guard:
    """The ASGI application of one project.

    Args:
        project: What it shows.
        access: What requests have to show.
        base: Path prefix it is reached under, without a slash at its end.
        static: Where the web app was built to.
    """
    api = make_api(project, base=base, static=static)
    threading.Thread(target=api.state.service.warm, name="warm", daemon=True).start()
    return Guard(api, access, base)


def make_api(project: Project, *, base: str = "", static: Path = FOLDER) -> FastAPI:
    """The routes alone, without the guard: for the OpenAPI document."""
    api = FastAPI(
        title="Assay",
        version=__version__,
        description="The web API of one Assay project; see design/002-web-api.md.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        responses={"4XX": {"model": ErrorBody, "description": "What is wrong and what to do."}},
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.service = Service(project, base)
    shown = (views, findings, curate, maps, tags, labels, search, report, gaps)
    for room in (datasets, *shown, ask, jobs):
        api.include_router(room.router)
    web = WebApp(static, base)

    @api.get("/api/{rest:path}", include_in_schema=False)
    def no_such_route(rest: str) -> Response:
        raise NotFound(f"There is no route '/api/{rest[:100]}'.", allowed="see /openapi.json")

    @api.get("/{rest:path}", include_in_schema=False)
    def page(request: Request, rest: str) -> Response:
        return web.answer(request)

    api.add_exception_handler(AssayError, _failed)
    api.add_exception_handler(RequestValidationError, _misshapen)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(Exception, _unexpected)
    return api


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, AssayError)
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    return JSONResponse(_plain(error.to_dict()), status)


def _misshapen(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    problem = UsageError(f"The request has the wrong form: {first['msg']}.", where=place)
    return JSONResponse(problem.to_dict(), 422)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = HTTPStatus(error.status_code).phrase
    problem = UsageError(f"{words}: {request.method} {request.url.path[:200]}.")
    return JSONResponse(problem.to_dict(), error.status_code)


def _unexpected(request: Request, error: Exception) -> Response:
    problem = AssayError(
        f"Something unexpected failed: {type(error).__name__}.",
        remedy="the server's log has the traceback",
    )
    return JSONResponse(problem.to_dict(), 500)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    from assay.project.view.pages import jsonable

    return {key: jsonable(value) for key, value in fields.items()}
