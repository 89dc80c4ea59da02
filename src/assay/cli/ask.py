"""Commands for questions in words: ask, mcp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from assay.cli.main import json_option, note, opened, project_option
from assay.cli.output import (
    clean,
    err,
    grid,
    number,
    out,
    paragraph,
    print_json,
    short_id,
    snippet,
    suggest,
)

if TYPE_CHECKING:
    from assay.ask.conversation import Answer, Step
    from assay.ask.tool import Shown

NOT_LOOKED = "Not looked up in the data; the model's own words"


@click.command()
@click.argument("dataset")
@click.argument("question", nargs=-1, required=True)
@project_option
@json_option
def ask(dataset: str, question: tuple[str, ...], project: str | None, as_json: bool) -> None:
    """Ask a question about DATASET in words.

    A chat model answers, behind the OpenAI-compatible endpoint that ASSAY_LLM_URL and
    ASSAY_LLM_MODEL name. It can only look, by building views, charts and searches; each answer
    shows them. Without a model, search answers.
    """
    from assay.ask.conversation import ask as answer_question
    from assay.models.llm import configured

    target = opened(project).dataset(dataset)
    answer = answer_question(target, " ".join(question), configured(), on_step=_told)
    if as_json:
        print_json(answer.to_dict())
        return
    _show(answer)


@click.command()
@project_option
def mcp(project: str | None) -> None:
    """Serve the project's read-only tools by MCP, on standard input and output.

    Assistants that speak the Model Context Protocol start this command themselves.
    """
    from assay.ask.mcp import serve

    serve(opened(project))


def _told(step: Step) -> None:
    refused = f": {step.error}" if step.error else ""
    err().print(Text(f"  {step.tool} {step.arguments[:100]}{refused}", style="dim"))


def _show(answer: Answer) -> None:
    if answer.note:
        note(answer.note)
    if answer.looked is False:
        # With the words, where they go: notes go to another stream, and may be lost.
        out().print(f"[yellow]{NOT_LOOKED}:[/]")
    if answer.text:
        paragraph(Text(clean(answer.text)))
    if answer.looked is False and answer.shown:
        out().print("\nWhat search finds:")
    for shown in answer.shown:
        counted = f"{number(shown.count)} of {number(shown.total)} rows"
        out().print(Text(f"{clean(shown.title)}: {counted}", style="bold"))
        for heads, rows in _table(shown):
            grid(heads, rows, right=() if shown.kind == "rows" else (1,))
    views = [shown for shown in answer.shown if shown.kind == "rows"]
    if views:
        search = (views[-1].view.get("search") or {}).get("query")
        filters = views[-1].view["filters"]
        where = [part for text in filters for part in ("--where", text)]
        if search:
            suggest("search", views[-1].dataset, search, *where)
        elif filters:
            suggest("export", views[-1].dataset, "rows.jsonl", *where)


def _table(shown: Shown) -> list[tuple[list[str], list[list[Any]]]]:
    data = shown.data
    if shown.kind == "findings":
        rows = [[each["title"], number(each["rows"])] for each in data[:10]]
        return [(["finding", "rows"], [[clean(a), b] for a, b in rows])]
    if shown.kind == "rows" and data:
        rows = [[short_id(each["id"]), snippet(each["snippet"], 100)] for each in data[:5]]
        return [(["id", "text"], rows)]
    if shown.kind == "chart" and "values" in data:
        rows = [[clean(str(each["value"])), number(each["rows"])] for each in data["values"][:10]]
        return [([clean(data["column"]), "rows"], rows)]
    return []
