"""Shapes of gaps, and of the list of what to get."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RuleShape(BaseModel):
    rule: str
    covers: float
    elsewhere: float


class Likeness(BaseModel):
    id: str
    text: str
    similarity: float


class ExampleShape(BaseModel):
    id: str
    text: str
    nearest: list[Likeness]


class PoolRows(BaseModel):
    """Rows of another pool that would fit."""

    dataset: str
    rows: int
    filter: str
    hits: list[Likeness]


class GapShape(BaseModel):
    """A gap; `filter` shows its rows in the target, `own_filter` those of the pool."""

    id: str
    name: str
    sure: bool
    rows: int
    own_rows: int
    target_share: float
    own_share: float
    target_ci: list[float]
    own_ci: list[float]
    ratio: float
    ci: list[float]
    rules: list[RuleShape]
    examples: list[ExampleShape]
    brief: str
    pools: list[PoolRows]
    filter: str
    own_filter: str


class FoundShape(BaseModel):
    pool: str
    target: str
    embedding: str
    time: str
    target_rows: int
    pool_rows: int
    sampled: int | None
    auroc: float
    p_value: float
    told_apart: bool
    gaps: list[GapShape]
    more: int
    more_share: float
    code: str
    command: str


class ObstacleShape(BaseModel):
    what: str
    remedy: str
    embeddable: bool


class GapState(BaseModel):
    """`found` is the newest comparison; `obstacle` says why a new one cannot be made."""

    target: str | None
    found: FoundShape | None
    stale: bool
    obstacle: ObstacleShape | None


class GapsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    target: str
    sources: list[str] = []
    embed: bool = False


class ItemShape(BaseModel):
    gap: str
    name: str
    rows: int
    own_share: float
    share: float
    target_share: float
    brief: str


class ListShape(BaseModel):
    pool: str
    target: str
    items: list[ItemShape]
    rows: int
    closes: float
