"""Shapes of views, facets and rows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assay.server.shapes.datasets import Kind


class FilterParts(BaseModel):
    """A condition on one column; the server writes the expression."""

    model_config = ConfigDict(extra="forbid")
    column: str
    op: Literal[
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "between",
        "in",
        "not in",
        "contains",
        "icontains",
        "starts with",
        "ends with",
        "matches",
        "is null",
        "is not null",
        "has",
    ] = "=="
    value: Any = None
    right: Literal["open", "closed"] = "closed"


class Search(BaseModel):
    """Words, examples, or both. An example is a row's id, `text:ANY TEXT`, or a filter."""

    model_config = ConfigDict(extra="forbid")
    query: str | None = None
    like: list[str] = Field(default_factory=list)
    unlike: list[str] = Field(default_factory=list)
    mode: Literal["hybrid", "text", "vector"] = "hybrid"
    embedding: str | None = None


class Sort(BaseModel):
    model_config = ConfigDict(extra="forbid")
    column: str
    desc: bool = False


class ViewBody(BaseModel):
    """The one object that says what is shown."""

    filters: list[str | FilterParts] = Field(default_factory=list)
    search: Search | None = None
    sort: list[Sort] = Field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        """As the project takes it."""
        return self.model_dump(include={"filters", "search", "sort"})


class FilterShape(BaseModel):
    text: str
    label: str
    count: int


class NormalizedView(BaseModel):
    filters: list[str | FilterParts]
    search: Search | None
    sort: list[Sort]


class ViewShape(BaseModel):
    view_key: str
    table_version: int
    edition: str
    total: int
    count: int
    tokens: int | None
    tokens_total: int | None
    filters: list[FilterShape]
    normalized: NormalizedView


class RowsBody(BaseModel):
    rows: list[int]
    view: str | None = None
    columns: list[str] | None = None
    cut: int = 300


class Position(BaseModel):
    offset: int | None


class Nulls(BaseModel):
    all: int
    view: int


class ValueCount(BaseModel):
    value: str | bool
    all: int
    view: int


class OtherCount(BaseModel):
    distinct: int
    all: int
    view: int


class BinStats(BaseModel):
    min: float
    max: float
    mean: float
    median: float


class Facet(BaseModel):
    """Numbers and dates have edges, all and view; the others values and other."""

    column: str
    label: str
    group: str
    kind: Kind
    nulls: Nulls
    relevance: float
    hidden: Literal["constant", "id-like", "empty"] | None
    min: float | None = None
    max: float | None = None
    integer: bool | None = None
    scale: Literal["linear", "log"] | None = None
    edges: list[float] | None = None
    all: list[int] | None = None
    view: list[int] | None = None
    stats: BinStats | None = None
    distinct: int | None = None
    values: list[ValueCount] | None = None
    other: OtherCount | None = None


class Facets(BaseModel):
    view_key: str
    total: int
    count: int
    facets: list[Facet]


class Values(BaseModel):
    column: str
    distinct: int
    values: list[ValueCount]


class SignalOutput(BaseModel):
    column: str
    label: str
    kind: Kind
    value: Any
    percentile: float | None
    median: float | None
    unit: str | None


class SignalGroup(BaseModel):
    op: str
    version: str | None
    outputs: list[SignalOutput]


class Span(BaseModel):
    model_config = ConfigDict(extra="allow")
    start: int
    end: int
    label: str | None = None
    score: float | None = None


class SpanGroup(BaseModel):
    column: str
    label: str
    spans: list[Span]


class RuleVerdictShape(BaseModel):
    rule: str
    value: Any
    threshold: Any
    verdict: Literal["keep", "drop"]
    reason: str


class Verdicts(BaseModel):
    version: str
    kept: bool
    rules: list[RuleVerdictShape]


class Snippet(BaseModel):
    id: str
    row: int
    snippet: str


class Neighbor(Snippet):
    similarity: float


class Duplicates(BaseModel):
    exact: list[Snippet]


class FindingRef(BaseModel):
    id: str
    check: str
    title: str
    state: str


class Label(BaseModel):
    field: str
    value: str
    by: str
    time: str


class Row(BaseModel):
    id: str
    row: int
    dataset: str
    table_version: int
    cut: bool
    values: dict[str, Any]
    signals: list[SignalGroup]
    spans: list[SpanGroup]
    verdicts: Verdicts | None
    lineage: list[dict[str, Any]]
    neighbors: list[Neighbor] | None
    duplicates: Duplicates
    findings: list[FindingRef]
    tags: list[str]
    labels: list[Label]
    in_view: bool
    previous: str | None
    next: str | None


class Code(BaseModel):
    code: str


class Option(BaseModel):
    text: str
    kind: Literal["column", "operator", "value", "function", "set"]
    detail: str


class Completion(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    start: int = Field(alias="from")
    to: int
    options: list[Option]


class TextBody(BaseModel):
    text: str


class CheckedExpression(BaseModel):
    ok: bool
    canonical: str
    names: list[str]


class SavedView(BaseModel):
    name: str
    view: dict[str, Any]
    time: str


class SavedViews(BaseModel):
    views: list[SavedView]


class NameTime(BaseModel):
    name: str
    time: str | None = None


class SelectionShape(BaseModel):
    selection: str
    filter: str
    count: int
    view: ViewShape | None = None


class TagShape(BaseModel):
    name: str
    rows: int
    time: str


class Tags(BaseModel):
    tags: list[TagShape]


class ChosenRows(BaseModel):
    """Rows by their ids, by their numbers, or all of a view."""

    ids: list[str] | None = None
    rows: list[int] | None = None
    view: str | None = None


class TagBody(ChosenRows):
    model_config = ConfigDict(extra="forbid")
    tag: str
    action: Literal["add", "remove"] = "add"


class Tagged(BaseModel):
    event: str
    tag: str
    changed: int
    rows: int
    undo: str


class UndoBody(BaseModel):
    event: str


class Untagged(BaseModel):
    tag: str
    rows: int
