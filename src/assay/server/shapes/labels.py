"""Shapes of labels."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assay.server.shapes.views import ChosenRows, UndoBody

__all__ = ["AnswerField", "Fields", "LabelBody", "Labelled", "UndoBody", "Unlabelled"]


class AnswerField(BaseModel):
    field: str
    label: str
    column: str
    kind: str
    rows: int
    values: list[str]


class Fields(BaseModel):
    fields: list[AnswerField]


class LabelBody(ChosenRows):
    model_config = ConfigDict(extra="forbid")
    field: str
    value: str | int | bool | None


class Labelled(BaseModel):
    event: str
    field: str
    column: str
    value: str | None
    changed: int
    rows: int
    undo: str


class Unlabelled(BaseModel):
    field: str
    rows: int
