"""The command `concept`."""

from __future__ import annotations

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import grid, out, plural, print_json, progress_bar
from assay.errors import UsageError


@click.command()
@click.argument("dataset")
@click.argument("name", required=False)
@click.option(
    "--like",
    metavar="EXAMPLE",
    multiple=True,
    help="An example: a row's id (or its start), `text:ANY TEXT`, or a filter such as tag:good. "
    "May be repeated.",
)
@click.option("--unlike", metavar="EXAMPLE", multiple=True, help="A counter-example.")
@project_option
@json_option
def concept(
    dataset: str,
    name: str | None,
    like: tuple[str, ...],
    unlike: tuple[str, ...],
    project: str | None,
    as_json: bool,
) -> None:
    """Teach a scorer by a few examples, and keep it as the signal concept.NAME.

    Without examples, rows that lack its score get one; without NAME, the concepts are listed.
    """
    rows = opened(project).dataset(dataset)
    if name is None:
        if like or unlike:
            raise UsageError("A concept needs a name.", remedy=f"assay concept {dataset} NAME ...")
        known = rows.concepts()
        if as_json:
            print_json({"concepts": [each.to_dict() for each in known]})
        elif not known:
            out().print("No concept is taught yet. Teach one: assay concept D NAME --like ID")
        else:
            lines = [(c.signal, f"{c.rows:,}", f"{c.above:,}") for c in known]
            grid(["concept", "rows", "score >= 0.5"], lines)
        return
    if unlike and not like:
        raise UsageError("Counter-examples alone teach nothing.", remedy="give --like EXAMPLE too")
    with progress_bar("Scoring") as bar:
        taught = rows.concept(name, like=like, unlike=unlike, progress=bar)
    if as_json:
        print_json(taught.to_dict())
        return
    out().print(
        f"{taught.signal} scores {plural(taught.rows, 'row')}; {taught.above:,} have 0.5 or more. "
        f"Filter by it: --where '{taught.signal} >= 0.5'"
    )
