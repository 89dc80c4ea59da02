"""Shapes of the report."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from assay.server.shapes.gaps import ObstacleShape


class NumberView(BaseModel):
    dataset: str | None
    filters: list[str]


class NumberShape(BaseModel):
    """A number with the view that it was measured on."""

    value: float
    text: str
    measure: str
    view: NumberView


class FigureShape(NumberShape):
    label: str
    note: str


class BarShape(NumberShape):
    label: str
    share: float
    note: str


class BarsShape(BaseModel):
    kind: Literal["bars"]
    title: str
    scale: float | None
    bars: list[BarShape]


class HistogramShape(BaseModel):
    kind: Literal["histogram"]
    title: str
    edges: list[float]
    counts: list[int]
    scale: Literal["linear", "log"]
    median: NumberShape | None


class SectionShape(BaseModel):
    id: str
    title: str
    text: str
    lead: list[str | NumberShape]
    figures: list[FigureShape]
    blocks: list[BarsShape | HistogramShape]


class AdviceShape(BaseModel):
    title: str
    action: str
    command: str
    effect: str
    parts: list[str | NumberShape]
    reason: str


class SourceShape(BaseModel):
    signal: str
    made_by: str


class ReportShape(BaseModel):
    dataset: str
    project: str
    time: str
    table_version: int
    summary: str
    lead: list[str | NumberShape]
    figures: list[FigureShape]
    sections: list[SectionShape]
    recommendations: list[AdviceShape]
    sources: list[SourceShape]


class ReportState(BaseModel):
    """`obstacle` says why the dataset cannot be held against the target that was named."""

    report: ReportShape | None
    stale: bool
    obstacle: ObstacleShape | None
