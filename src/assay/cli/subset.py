"""The command subset: a few rows for a purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import (
    clean,
    grid,
    out,
    plural,
    print_json,
    progress_bar,
    short_id,
    snippet,
    suggest,
)

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.subset import SubsetResult

_SHOWN = 10  # rows that are listed


@click.command()
@click.argument("dataset")
@click.option("-k", metavar="N", type=click.IntRange(1), required=True, help="How many rows.")
@click.option(
    "--for", "purpose", metavar="PURPOSE", help="label, train or eval: choose by what suits that."
)
@click.option(
    "--by",
    multiple=True,
    metavar="CRITERION[=WEIGHT]",
    help="diversity, representative, typicality, balance:COLUMN or coverage:DATASET.",
)
@click.option("--name", metavar="NAME", help="Name of the version; the purpose by default.")
@click.option("--where", metavar="EXPR", help="Choose among rows for which this is true.")
@click.option("--embedding", metavar="COLUMN", help="Vectors to choose by; the first there are.")
@click.option(
    "--stay",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Rows chosen before stay unless others gain this much more.",
)
@project_option
@json_option
def subset(
    dataset: str,
    k: int,
    purpose: str | None,
    by: tuple[str, ...],
    name: str | None,
    where: str | None,
    embedding: str | None,
    stay: float,
    project: str | None,
    as_json: bool,
) -> None:
    """Choose the N rows of DATASET that serve a purpose best, as a version.

    Run again after rows came, it makes the next edition and tells what changed.
    """
    target = opened(project).dataset(dataset)
    if where is not None:
        target = target.where(where)
    with progress_bar("Computing signals") as bar:
        made = target.subset(
            k, purpose=purpose, by=by, name=name, embedding=embedding, stay=stay, progress=bar
        )
    if as_json:
        print_json(made.to_dict())
        return
    _show(target, made)


def _show(dataset: Dataset, made: SubsetResult) -> None:
    name, rows = made.output["name"], made.output["rows"]
    out().print(
        f"Chose {rows:,} of {plural(made.input['rows'], 'row')} as [bold]{clean(name)}[/], "
        f"by {clean(', '.join(made.criteria))}"
    )
    for criterion, value in made.attained.items():
        what = "similarity to the nearest chosen row, on average"
        if criterion == "diversity":
            what = "cosine distance to the nearest chosen row, at most"
        out().print(f"  {clean(criterion)}: {value:.3f} ({what})")
    if made.previous == name:
        out().print("Nothing changed since it was chosen.")
    elif made.previous is not None:
        changed = f"{len(made.entered):,} entered, {len(made.left):,} left"
        out().print(f"Against {clean(made.previous)}: {changed}.")
        _list(dataset, "\nEntered:", made.entered)
        _list(dataset, "\nLeft:", made.left)
    if made.previous is None:
        _list(dataset, "", made.rows)
    out().print()
    suggest("export", name, f"{name.replace('@', '-')}.jsonl")


def _list(dataset: Dataset, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from assay.project.row import text_of

    if not rows:
        return
    if title:
        out().print(title)
    shown = rows[:_SHOWN]
    grid(
        ["", "", ""],
        [
            (f"  {short_id(row['id'])}", row["why"], snippet(text_of(dataset, row["id"]) or "", 60))
            for row in shown
        ],
    )
    if len(shown) < len(rows):
        out().print(f"  [dim]and {len(rows) - len(shown):,} more; --json lists all[/]")
