"""The command `search`."""

from __future__ import annotations

import click
from rich.text import Text

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import grid, out, print_json, short_id, snippet


@click.command()
@click.argument("dataset")
@click.argument("query", required=False)
@click.option(
    "--like", metavar="ID", help="Search by an existing row (the start of its id) instead."
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
    like: str | None,
    k: int,
    where: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Find rows by the text QUERY, or like a row.

    Full text, and vectors too where embed.text was computed.
    """
    hits = opened(project).dataset(dataset).search(query, like=like, k=k, where=where)
    if as_json:
        print_json({"hits": [hit.to_dict() for hit in hits]})
        return
    if not hits:
        out().print("Nothing found. Try other words, or fewer filters.")
        return
    rows = [(Text(f"{h.score:.2f}", "bold"), short_id(h.id), snippet(h.text)) for h in hits]
    grid(["", "", ""], rows)
