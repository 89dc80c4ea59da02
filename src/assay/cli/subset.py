"""Commands that choose: subset, split."""

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
from assay.errors import UsageError
from assay.insight.wording import percent

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.subset import SubsetResult

_SHOWN = 10  # rows that are listed
_OUT = {
    "repeats": "that repeat a row in another part",
    "linking": "nearly repeating rows of several parts",
    "no_time": "without a time",
}


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
    help="diversity, representative, typicality, balance:COLUMN or coverage:DATASET, added to what "
    "the purpose chooses by; its own weights are replaced.",
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


@click.command()
@click.argument("dataset")
@click.option(
    "--parts",
    metavar="NAME=SHARE,...",
    default="train=0.8,val=0.1,test=0.1",
    show_default=True,
    help="The parts, each of which becomes a version.",
)
@click.option(
    "--by", metavar="WHAT", help="What stays together: near, content, group:COLUMN or time:COLUMN."
)
@click.option(
    "--repeats",
    metavar="drop|near|keep",
    default="drop",
    show_default=True,
    help="By group or time: drop rows whose content is in another part, near duplicates of those "
    "as well, or none.",
)
@click.option("--seed", metavar="N", type=int, default=0, help="Another one deals rows anew.")
@project_option
@json_option
def split(
    dataset: str,
    parts: str,
    by: str | None,
    repeats: str,
    seed: int,
    project: str | None,
    as_json: bool,
) -> None:
    """Deal the rows of DATASET into parts, without leaks.

    Near-duplicate texts stay together, unless --by says what does; then each content stays in the
    part of its first row, and near duplicates in several parts are counted. Run again after rows
    came, it deals those too, and no row moves that was there.
    """
    target = opened(project).dataset(dataset)
    with progress_bar("Computing signals") as bar:
        made = target.split(_parts(parts), by=by, repeats=repeats, seed=seed, progress=bar)
    if as_json:
        print_json(made.to_dict())
        return
    out().print(f"Split {plural(made.input['rows'], 'row')} by {clean(made.by)}:")
    rows = [
        (
            f"  {part['version']}",
            f"{part['rows']:,}",
            percent(part["share"], 1),
            f"of {percent(part['asked'], 1)} asked for",
        )
        for part in made.parts
    ]
    grid(["", "", "", ""], rows, right=(1, 2))
    for why, rows_out in made.why_left_out.items():
        if rows_out:
            out().print(f"  In no part: {plural(rows_out, 'row')} {_OUT[why]}.")
    for note in made.notes:
        out().print(f"  [yellow]{clean(note[0].upper() + note[1:])}.[/]")
    if made.kept_cuts:
        out().print("The bounds are those of the split before, so no row moved.")
    suggest("diff", made.parts[0]["version"], made.parts[-1]["version"])


def _parts(text: str) -> dict[str, float]:
    """Names and shares, as they are written."""
    found: dict[str, float] = {}
    for pair in text.split(","):
        name, equals, share = (piece.strip() for piece in pair.partition("="))
        try:
            number = float(share)
        except ValueError:
            number = -1.0
        if not equals or not name or name in found or not 0 < number < 1e9:
            raise UsageError(
                f"'{pair}' is no part with its share.", remedy="write --parts train=0.8,test=0.2"
            )
        found[name] = number
    return found


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
