"""Shapes of maps and colors."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Cluster(BaseModel):
    """A topic, or a part of the topic whose id is `parent`."""

    id: int
    level: Literal["topic", "subtopic"]
    parent: int | None
    label: str
    terms: list[str]
    by: Literal["terms", "model", "person"]
    count: int
    x: float
    y: float


class MapShape(BaseModel):
    state: Literal["ready", "missing", "stale", "running", "none"]
    job: str | None
    embedding: str | None
    embeddings: list[str]
    method: Literal["umap", "pca"] | None
    rows: int
    placed: int
    seed: int | None
    xy: str | None
    clusters: list[Cluster]


class MapBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    embedding: str | None = None
    method: Literal["auto", "umap", "pca"] = "auto"
    names: Literal["auto", "terms", "model"] = "auto"


class NameBody(BaseModel):
    """What a topic is called, or was, and what to call it."""

    model_config = ConfigDict(extra="forbid")
    topic: str
    name: str
    level: Literal["topic", "subtopic"] | None = None


class UnnameBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    event: str


class Missing(BaseModel):
    code: int
    rows: int


class Entry(BaseModel):
    code: int
    value: str | bool
    rows: int


class Other(BaseModel):
    code: int
    distinct: int
    rows: int


class Legend(BaseModel):
    """Categories have entries and other; numbers and dates a scale."""

    column: str
    label: str
    kind: Literal["category", "number", "date"]
    missing: Missing
    entries: list[Entry] | None = None
    other: Other | None = None
    min: float | None = None
    max: float | None = None
    scale: Literal["linear", "log"] | None = None
    codes: int | None = None
    edges: list[float] | None = None
