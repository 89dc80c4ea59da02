"""The tools that a chat model, or another program by MCP, may use: all of them only look.

Arguments are trusted in nothing. What rows hold goes out as data, cut short, and never decides
which tool runs: only the tools listed here exist, and none writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assay.ask import comparing, looking
from assay.ask.arguments import checked
from assay.ask.tool import Shown, Tool
from assay.errors import AssayError, UsageError
from assay.project.dataset import Dataset
from assay.project.view.engine import Engine, View

TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in (*looking.TOOLS, *comparing.TOOLS)}
"""Every tool there is."""


@dataclass
class Toolbox:
    """The tools on one dataset, and what was shown with them.

    Attributes:
        dataset: What is asked about.
        shown: Views, charts and findings behind the answer, in the order they were asked for.
    """

    dataset: Dataset
    engine: Engine
    shown: list[Shown] = field(default_factory=list)

    def call(self, name: str, arguments: Any) -> dict[str, Any]:
        """Run an allowed tool.

        Raises:
            UsageError: There is no such tool, or the arguments do not fit; nothing was run.
            AssayError: The tool failed.
        """
        tool = TOOLS.get(name)
        if tool is None:
            raise UsageError(
                f"There is no tool '{name[:60]}', and nothing was run.", allowed=", ".join(TOOLS)
            )
        return tool.run(self, **checked(tool.parameters, arguments))

    def view(self, filters: list[str], search: str | None = None, **more: Any) -> View:
        """The rows for which all filters hold."""
        fields: dict[str, Any] = {"filters": filters, **more}
        if search:
            fields["search"] = {"query": search}
        return self.engine.view(self.dataset, fields)

    def show(self, kind: str, title: str, view: View, data: Any = None) -> None:
        """Keep what a person can check."""
        name = view.dataset.full_name
        made = Shown(
            kind, title, name, view.spec.texts(), view.count, view.total, view.python(), data
        )
        if made not in self.shown:
            self.shown.append(made)


def failure(error: AssayError) -> dict[str, Any]:
    """An error as a tool's answer, so that a model can do better."""
    told = {"error": error.what, "allowed": error.allowed, "remedy": error.remedy}
    return {name: value for name, value in told.items() if value}
