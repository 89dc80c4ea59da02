"""Shapes of recipes and their previews."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assay.server.shapes.views import Snippet


class HandleShape(BaseModel):
    id: int
    subject: str
    op: str
    value: float | list[float]
    side: Literal["min", "max", "range", "point"]


class CompiledRuleShape(BaseModel):
    index: int
    name: str
    kind: Literal["keep", "drop", "select"]
    text: str
    names: list[str]
    handles: list[HandleShape]


class RecipeFields(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    input: str
    description: str | None = None
    signals: list[str | dict[str, Any]] | None = None
    rules: list[dict[str, Any] | str] = []
    seed: int | None = None

    def fields(self) -> dict[str, Any]:
        """As the project takes it."""
        return self.model_dump(exclude_none=True)


class RecipeShape(BaseModel):
    recipe: RecipeFields
    yaml: str
    rules: list[CompiledRuleShape]


class StartShape(RecipeShape):
    model_config = ConfigDict(populate_by_name=True)
    origin: Literal["applied", "newest", "empty"] = Field(alias="from")


class YamlBody(BaseModel):
    yaml: str


class RecipeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    recipe: RecipeFields


class ThresholdBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    recipe: RecipeFields
    index: int
    name: str
    handle: int
    value: float | int | list[float | int]
    place: int
    samples: int = 6
    held: bool = False


class PreviewBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    recipe: RecipeFields
    samples: int = 6
    rule: str | None = None


class CurateBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    recipe: RecipeFields
    preview_key: str | None = None


class Histogram(BaseModel):
    subject: str
    scale: Literal["linear", "log"]
    integer: bool
    edges: list[float]
    all: list[int]
    alive: list[int]
    nulls: int
    handles: list[HandleShape]


class RulePreview(BaseModel):
    name: str
    kind: Literal["keep", "drop", "select"]
    text: str
    names: list[str]
    handles: list[HandleShape]
    state: Literal["exact", "estimate", "pending", "needs", "error"]
    needs: list[str] | None
    error: dict[str, Any] | None
    failing: int
    dropped: int
    dropped_tokens: int | None
    only: int
    remaining: int
    remaining_tokens: int | None
    histogram: Histogram | None


class Sample(Snippet):
    value: float | None
    reason: str | None


class Samples(BaseModel):
    rule: str
    subject: str | None
    near: bool
    kept: list[Sample]
    dropped: list[Sample]


class PreviewShape(BaseModel):
    preview_key: str
    rows_in: int
    kept: int
    tokens_in: int | None
    tokens_kept: int | None
    exact: bool
    rules: list[RulePreview]
    samples: Samples | None
    job: str | None


class MovedShape(RecipeShape):
    preview: PreviewShape


class FamilyRule(BaseModel):
    name: str
    keep: str


class Family(BaseModel):
    name: str
    description: str
    source: str
    definitions: list[str]
    rules: list[FamilyRule]


class Families(BaseModel):
    families: list[Family]


class Param(BaseModel):
    name: str
    default: Any
    type: str


class SelectorShape(BaseModel):
    name: str
    description: str
    params: list[Param]
    needs: list[str]


class Selectors(BaseModel):
    selectors: list[SelectorShape]


class OpOutput(BaseModel):
    name: str
    type: str


class OpShape(BaseModel):
    name: str
    version: str
    description: str
    params: dict[str, Any]
    inputs: list[str]
    outputs: list[OpOutput]
    computed: list[str]


class Ops(BaseModel):
    ops: list[OpShape]
