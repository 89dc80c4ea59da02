"""Shapes of thumbs, likely rows and concepts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from assay.server.shapes.views import Search


class StandingBody(BaseModel):
    """A row, and the search that may have found it."""

    model_config = ConfigDict(extra="forbid")
    search: Search
    row: str
    view: str | None = None


class ThumbBody(StandingBody):
    """An answer to a search; null takes it back."""

    answer: bool | None


class LikelyShape(BaseModel):
    value: float
    low: float
    high: float


class Standing(BaseModel):
    """How a row stands to a search: the answer in force, and how likely it is meant."""

    yes: int
    no: int
    answer: bool | None
    likely: LikelyShape | None


class RowStanding(BaseModel):
    id: str
    answer: bool | None
    likely: LikelyShape | None


class Standings(BaseModel):
    """Thumbs given to a search, and how each row of a page stands to it."""

    yes: int
    no: int
    rows: list[RowStanding]


class MostLikelyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    search: Search
    n: int = Field(ge=1, le=10_000)
    view: str | None = None


class MostLikely(BaseModel):
    selection: str
    filter: str
    rows: int
    expected: float | None
    low: float | None
    high: float | None
    yes: int
    no: int


class ConceptBody(BaseModel):
    """A concept taught by a search: its words, examples, counter-examples and thumbs."""

    model_config = ConfigDict(extra="forbid")
    name: str
    search: Search
