"""The command that describes a dataset for people: report."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from assay.cli.main import json_option, note, opened, project_option
from assay.cli.output import clean, out, paragraph, print_json, progress_bar, suggest


@click.command()
@click.argument("dataset")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to a .html, .pdf or .json file.",
)
@click.option("--target", metavar="DATASET", help="Tell what DATASET lacks beside this one.")
@click.option("--app", metavar="URL", help="Where `assay serve` answers, for links in the page.")
@project_option
@json_option
def report(
    dataset: str,
    output: Path | None,
    target: str | None,
    app: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Describe DATASET (or DATASET@VERSION): what it is, what is wrong, what to do about it.

    Checks that never ran run first. Every number in the report links to the view behind it.
    """
    described = opened(project).dataset(dataset)
    _ = described.source
    with progress_bar("Computing signals") as bar:
        made = described.report(output, target=target, app=app, progress=bar, on_note=note)
    if as_json:
        print_json(made.to_dict())
        return
    from assay.insight.report.model import sentence

    paragraph(Text(sentence(made.lead)))
    for place, advice in enumerate(made.advice[:5], 1):
        out().print(f"  {place}. {clean(advice.title)}: {clean(sentence(advice.effect))}")
    if len(made.advice) > 5:
        out().print(f"  and {len(made.advice) - 5} more")
    if output is not None:
        out().print(f"Wrote {clean(output)}.")
    else:
        suggest("report", dataset, "-o", f"{dataset.replace('@', '-')}.html")
