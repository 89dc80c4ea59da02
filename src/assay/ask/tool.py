"""What a tool is, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TEXTS = {"type": "array", "items": {"type": "string"}, "maxItems": 20}
FILTERS = {
    **TEXTS,
    "description": "Conditions that must all hold, in the expression language, e.g. "
    '`text.stats.words > 50`, `text.language.code == "en"`, `has(text.pii.spans, "email")`, '
    "or row sets: tag:NAME, finding:ID, version:NAME.",
}


@dataclass(frozen=True)
class Shown:
    """What a person can look at to check an answer.

    Attributes:
        kind: `rows`, `chart` or `findings`.
        title: What it shows, in words.
        dataset: Full name of the dataset or version that it is a view of.
        view: The view object behind it: filters, search, sort.
        count: Rows in that view.
        total: Rows of the dataset.
        code: Python that gives the same rows.
        data: The first rows, the bars of a chart, or findings.
    """

    kind: str
    title: str
    dataset: str
    view: Mapping[str, Any]
    count: int
    total: int
    code: str
    data: Any = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": self.kind,
            "title": self.title,
            "dataset": self.dataset,
            "view": dict(self.view),
            "count": self.count,
            "total": self.total,
            "code": self.code,
            "data": self.data,
        }


@dataclass(frozen=True)
class Tool:
    """A read-only verb.

    Attributes:
        name: What a model calls it by.
        description: What it is for.
        parameters: JSON schema of its arguments.
        run: Called with a `Toolbox` and checked arguments; gives what the model is told.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    run: Callable[..., dict[str, Any]]

    def schema(self) -> dict[str, Any]:
        """As chat endpoints want it."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }


def parameters(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """The JSON schema of a tool's arguments: the properties, and which of them must be there."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
