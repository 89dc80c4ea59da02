"""Shapes of findings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assay.server.shapes.views import Snippet


class Effect(BaseModel):
    rows: int
    tokens: int | None
    rows_share: float
    tokens_share: float | None


class FindingShape(BaseModel):
    id: str
    check: str
    title: str
    rows: int
    row_ids: list[str]
    score: float
    evidence: dict[str, Any]
    fix: dict[str, Any] | None
    fix_text: str | None
    state: Literal["open", "snoozed", "applied", "wontfix"]
    share: float
    effect: Effect | None
    note: str
    time: str | None
    filter: str
    examples: list[Snippet]


class FindingList(BaseModel):
    checked: str | None
    findings: list[FindingShape]


class TriageBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: Literal["snooze", "apply", "wontfix", "undo"]
    note: str = ""


class CheckBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    checks: list[str] = []
    against: list[str] = []


class ComputeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ops: list[str | dict[str, Any]]
