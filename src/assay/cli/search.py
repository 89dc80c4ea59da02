"""The command `search`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import grid, out, print_json, short_id, snippet
from assay.errors import UsageError
from assay.project.query import MODES
from assay.store.read.jsonl import json_objects


@click.command()
@click.argument("dataset")
@click.argument("query", required=False)
@click.option(
    "--like",
    metavar="EXAMPLE",
    multiple=True,
    help="More like this: a row's id (or its start), `text:ANY TEXT`, or a filter such as "
    "tag:good. May be repeated.",
)
@click.option(
    "--unlike", metavar="EXAMPLE", multiple=True, help="Less like this; written as for --like."
)
@click.option(
    "--queries",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Answer many at once: JSON Lines of {id, text}.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="hybrid",
    show_default=True,
    help="By words, by meaning, or by both.",
)
@click.option(
    "-k",
    metavar="N",
    default=10,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many rows.",
)
@click.option("--where", metavar="EXPR", help="Only rows for which this expression is true.")
@project_option
@json_option
def search(
    dataset: str,
    query: str | None,
    like: tuple[str, ...],
    unlike: tuple[str, ...],
    queries: Path | None,
    mode: str,
    k: int,
    where: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Find rows by the text QUERY, by examples, or by both.

    Full text, and vectors too where embed.text was computed.
    """
    rows = opened(project).dataset(dataset)
    if queries is not None:
        if query is not None or like or unlike:
            raise UsageError(
                "--queries brings its own questions, so QUERY, --like and --unlike cannot stand "
                "beside it.",
                remedy="leave them out, or leave out --queries",
            )
        many(rows, read_queries(queries), mode=mode, k=k, where=where, as_json=as_json)
        return
    hits = rows.search(query, like=like, unlike=unlike, mode=mode, k=k, where=where)
    if as_json:
        print_json({"hits": [hit.to_dict() for hit in hits]})
        return
    if not hits:
        out().print("Nothing found. Try other words, or fewer filters.")
        return
    lines = [(Text(f"{h.score:.2f}", "bold"), short_id(h.id), snippet(h.text)) for h in hits]
    grid(["", "", ""], lines)


def many(
    rows: Any, asked: list[dict[str, Any]], *, mode: str, k: int, where: str | None, as_json: bool
) -> None:
    """Answer many queries and print what was found for each."""
    texts = [query["text"] for query in asked]
    found = rows.search_many(texts, mode=mode, k=k, where=where).to_pylist()
    results: list[dict[str, Any]] = [{"query": query["id"], "hits": []} for query in asked]
    for hit in found:
        results[hit.pop("query")]["hits"].append(hit)
    if as_json:
        print_json({"results": results})
        return
    lines = [
        (str(result["query"]), f"{hit['score']:.2f}", hit["id"])
        for result in results
        for hit in result["hits"]
    ]
    grid(["query", "score", "row"], lines)


def read_queries(path: Path) -> list[dict[str, Any]]:
    """Queries `{id, text}` of a JSON Lines file, plain, gzip or zstd.

    Raises:
        UsageError: A line is no such object.
    """
    asked = []
    for line, row in json_objects(path):
        text = row.get("text") if isinstance(row, dict) else None
        if not isinstance(text, str) or not isinstance(row.get("id"), str | int):
            raise UsageError(
                f"Line {line} is no query: {json.dumps(row, ensure_ascii=False)[:120]}",
                where=str(path),
                allowed='one object a line with a text and an id: {"id": "q1", "text": "..."}',
            )
        asked.append(row)
    return asked
