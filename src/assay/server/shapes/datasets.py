"""Shapes of the project, its datasets and their history."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class ErrorBody(BaseModel):
    """What every status of 400 and above carries."""

    model_config = ConfigDict(extra="allow")
    error: str
    what: str
    where: str | None = None
    allowed: str | None = None
    remedy: str | None = None


class VersionShort(BaseModel):
    name: str
    full_name: str
    rows: int
    time: str


class Summary(BaseModel):
    name: str
    rows: int
    table_version: int
    signals: int
    versions: list[VersionShort]
    last_change: str | None


class Extras(BaseModel):
    embed: bool
    insight: bool


class ProjectShape(BaseModel):
    name: str
    root: str
    version: str
    extras: Extras
    datasets: list[Summary]


class Datasets(BaseModel):
    datasets: list[Summary]


Kind = Literal[
    "text", "number", "category", "boolean", "date", "list", "spans", "vector", "id", "other"
]


class ColumnShape(BaseModel):
    name: str
    stored: str
    label: str
    kind: Kind
    type: str
    group: str
    op: str | None
    op_version: str | None
    params: dict[str, Any] | None
    run: str | None
    input: bool
    facet: bool
    table: bool
    unit: str | None
    range: list[float] | None
    description: str | None
    good: str | None


class Tokens(BaseModel):
    count: int
    column: str
    vocabulary: str | None


class LanguageRows(BaseModel):
    code: str
    name: str
    rows: int


class SourceRows(BaseModel):
    source: str
    rows: int


class RuleRows(BaseModel):
    rule: str
    rows: int


class Dropped(BaseModel):
    version: str
    rows_in: int
    rows: int
    by: list[RuleRows]


class FindingCounts(BaseModel):
    open: int
    snoozed: int
    applied: int
    wontfix: int


class TagRows(BaseModel):
    name: str
    rows: int


class Detail(Summary):
    full_name: str
    edition: str
    dataset: str
    version: str | None
    source_rows: int
    has_text: bool
    tokens: Tokens | None
    languages: list[LanguageRows] | None
    sources: list[SourceRows]
    dropped: Dropped | None
    findings: FindingCounts
    columns: list[ColumnShape]
    embeddings: list[str]
    tags: list[TagRows]


class VersionShape(VersionShort):
    parent: str
    rows_in: int
    dropped: list[RuleRows]
    recipe: str
    run: str


class Versions(BaseModel):
    versions: list[VersionShape]


class LineageNode(BaseModel):
    id: str
    kind: Literal["files", "dataset", "signal", "findings", "version", "export"]
    label: str
    rows: int | None
    time: str | None


class LineageEdge(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    start: str = Field(alias="from")
    to: str
    run: str
    kind: str
    seconds: float | None


class Lineage(BaseModel):
    nodes: list[LineageNode]
    edges: list[LineageEdge]


class DiffName(BaseModel):
    name: str
    rows: int


class DiffSide(BaseModel):
    rows: int
    reasons: dict[str, int]
    examples: list[str]


class Statistic(BaseModel):
    n: int
    nulls: int
    mean: float | None
    sum: float | None


class StatisticPair(BaseModel):
    kind: Literal["number", "time", "category", "other"]
    a: Statistic
    b: Statistic
    distance: float | None
    measure: Literal["ks", "tv"] | None
    by_chance: float | None


class ColumnType(BaseModel):
    name: str
    type: str


class ColumnChange(BaseModel):
    name: str
    a: str
    b: str


class SchemaDiff(BaseModel):
    added: list[ColumnType]
    missing: list[ColumnType]
    changed: list[ColumnChange]
    shared: int


class TellingFeature(BaseModel):
    name: str
    detail: str
    auroc: float
    weight: float


class SideClassifier(BaseModel):
    auroc: float
    low: float
    high: float
    n_a: int
    n_b: int
    features: list[TellingFeature]


class CellShare(BaseModel):
    name: str
    a: float
    b: float
    rows_a: int
    rows_b: int
    ratio: float
    low: float
    high: float
    examples_a: list[str]
    examples_b: list[str]


class Cells(BaseModel):
    embedding: str
    cells: int
    distance: float
    by_chance: float
    shares: list[CellShare]


class ExactOverlap(BaseModel):
    a: int
    b: int
    contents: int


class NearPair(BaseModel):
    a: str
    b: str
    jaccard: float


class NearOverlap(BaseModel):
    a: int
    b: int
    threshold: float
    examples: list[NearPair]


class Overlap(BaseModel):
    exact: ExactOverlap
    near: NearOverlap | None


class Diff(BaseModel):
    a: DiffName
    b: DiffName
    common: int
    only_a: DiffSide
    only_b: DiffSide
    columns: SchemaDiff = Field(alias="schema")
    statistics: dict[str, StatisticPair]
    cells: Cells | None
    classifier: SideClassifier | None
    overlap: Overlap
    notes: list[str]


class RunShape(BaseModel):
    key: str
    kind: str
    dataset: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    recipe: str | None
    seconds: float | None
    time: str
    code_version: str | None
    state: Literal["done", "running", "failed", "interrupted"]
    error: str | None


class Runs(BaseModel):
    runs: list[RunShape]
