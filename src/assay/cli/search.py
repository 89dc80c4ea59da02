"""The command `search`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import grid, out, plural, print_json, short_id, snippet
from assay.errors import UsageError
from assay.insight.wording import chance
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
@click.option("--embedding", metavar="NAME", help="Vectors to search by, where there are several.")
@click.option(
    "-k",
    metavar="N",
    default=10,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many rows.",
)
@click.option("--yes", metavar="ID", multiple=True, help="Thumb up: this row is what I look for.")
@click.option("--no", metavar="ID", multiple=True, help="Thumb down: this row is not.")
@click.option(
    "--most-likely",
    metavar="N",
    type=click.IntRange(1, 10_000),
    help="Store the N most likely rows as a selection, and say how many of them are expected.",
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
    embedding: str | None,
    k: int,
    yes: tuple[str, ...],
    no: tuple[str, ...],
    most_likely: int | None,
    where: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Find rows by the text QUERY, by examples, or by both.

    Full text, and vectors too where embed.text was computed. Thumbs are kept with the search they
    were given to; from the first one on, hits say how likely they are what is looked for.
    """
    rows = opened(project).dataset(dataset)
    if queries is not None:
        if query is not None or like or unlike or yes or no or most_likely:
            raise UsageError(
                "--queries brings its own questions, so QUERY, --like, --unlike, thumbs and "
                "--most-likely cannot stand beside it.",
                remedy="leave them out, or leave out --queries",
            )
        options = {"mode": mode, "embedding": embedding, "k": k, "where": where}
        many(rows, read_queries(queries), options, as_json=as_json)
        return
    searched: dict[str, Any] = {"query": query, "like": like, "unlike": unlike}
    searched |= {"mode": mode, "embedding": embedding}
    for answer, ids in ((True, yes), (False, no)):
        for row_id in ids:
            rows.judge(row_id, answer, **searched)
    stored = None
    if most_likely:
        stored = (rows.where(where) if where else rows).most_likely(most_likely, **searched)
    hits = rows.search(k=k, where=where, **searched)
    if as_json:
        found = {"hits": [hit.to_dict() for hit in hits]}
        print_json(found if stored is None else {**found, "most_likely": stored})
        return
    if not hits:
        out().print("Nothing found. Try other words, or fewer filters.")
        return
    lines = [(Text(standing(h), "bold"), short_id(h.id), snippet(h.text)) for h in hits]
    grid(["", "", ""], lines)
    if stored is not None:
        said = "give thumbs (--yes, --no) to learn how many of them are expected to be meant"
        if stored["expected"] is not None:
            low, high = round(stored["low"]), round(stored["high"])
            said = f"about {round(stored['expected'])} of them are expected ({low} to {high})"
        out().print(f"\n{plural(stored['rows'], 'row')} are {stored['filter']}; {said}.")


def standing(hit: Any) -> str:
    """What a hit is worth: how likely it is, or its score as long as nobody gave a thumb."""
    if hit.likely is None:
        return f"{hit.score:.2f}"
    low, high = hit.likely.low, hit.likely.high
    return f"likely {chance(hit.likely.value)} ({chance(low)} to {chance(high)})"


def many(rows: Any, asked: list[dict[str, Any]], options: dict[str, Any], *, as_json: bool) -> None:
    """Answer many queries and print what was found for each."""
    texts = [query["text"] for query in asked]
    found = rows.search_many(texts, **options).to_pylist()
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
