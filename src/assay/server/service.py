"""What routes share: the project, its views, its jobs, and names looked up with the right error."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from assay.errors import AssayError, UsageError
from assay.project.dataset import Dataset
from assay.project.project import Project
from assay.project.view.engine import Engine, View
from assay.project.view.facets import facets
from assay.server.jobs import Jobs
from assay.server.shapes.views import ChosenRows

MEMORY = 64
"""Answers of selectors and effects of fixes that are kept: at a million rows, 10 MB each."""


class NotFound(AssayError):
    """The path names something that is not there."""


class Memory(OrderedDict[str, Any]):
    """A mapping that forgets what was written longest ago."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > MEMORY:
            self.popitem(last=False)


class Service:
    """One project behind a server."""

    def __init__(self, project: Project, base: str = "") -> None:
        self.project = project
        self.base = base
        self.engine = Engine(project)
        self.jobs = Jobs()
        self.memory = Memory()

    def warm(self) -> None:
        """Load what the first screen needs, while the browser is still loading its scripts."""
        with contextlib.suppress(Exception):  # the request itself will say what is wrong
            for name in self.project.datasets()[:1]:
                facets(self.engine.view(self.project.dataset(name), {}))

    @property
    def name(self) -> str:
        """The project's folder name."""
        return Path(self.project.root).name

    def dataset(self, name: str) -> Dataset:
        """The dataset or version of that name.

        Raises:
            NotFound: There is none.
        """
        with missing():
            found = self.project.dataset(name)
            _ = found.source
        return found

    def view(self, name: str, key: str | None) -> View:
        """The view of that key on a dataset; all rows without a key."""
        return self.engine.get(self.dataset(name), key)

    def row_ids(self, name: str, body: ChosenRows) -> list[str]:
        """Ids of the rows that a request is about, of those that exist.

        Raises:
            UsageError: It names none.
        """
        snapshot = self.engine.snapshot(self.dataset(name))
        if body.ids is not None:
            return snapshot.ids_of(snapshot.indices_of(body.ids))
        if body.rows is not None:
            return snapshot.ids_of(snapshot.valid_rows(body.rows))
        if body.view is not None:
            return self.view(name, body.view).ids()
        raise UsageError("The request names no rows.", allowed="ids, rows or view")


@contextlib.contextmanager
def missing() -> Iterator[None]:
    """A name that is not known is answered with 404 here, and not with 400."""
    try:
        yield
    except UsageError as error:
        raise NotFound(
            error.what,
            where=error.where,
            allowed=error.allowed,
            remedy=error.remedy,
            **error.facts,
        ) from error


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


Use = Annotated[Service, Depends(_service)]
