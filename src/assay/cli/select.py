"""Commands about versions: curate, explain, versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import (
    clean,
    grid,
    moment,
    out,
    paragraph,
    plural,
    print_json,
    progress_bar,
    snippet,
    suggest,
)

_TEXT = 400  # characters of a row's text that `explain` shows
_RULE = 32  # of the name of a rule
_DONE = {"curate": "curated", "compute": "computed", "add": "added"}


@click.command()
@click.argument("recipe")
@project_option
@json_option
def curate(recipe: str, project: str | None, as_json: bool) -> None:
    """Make a named version of a dataset.

    RECIPE is a YAML file, or the name of a dataset whose applied findings are the rules.
    """
    home = opened(project)
    with progress_bar("Computing signals") as bar:
        # A folder may well bear the name of the dataset that was made from it.
        if not _is_file(recipe) and recipe.partition("@")[0] in home.datasets():
            result = home.dataset(recipe).curate_applied(progress=bar)
        else:
            result = home.curate(Path(recipe), progress=bar)
    if as_json:
        print_json(result.to_dict())
        return
    kept, judged = result.output["rows"], result.input["rows"]
    known = "" if result.made else ", which was there already"
    out().print(
        f"Kept {kept:,} of {plural(judged, 'row')} as "
        f"[bold]{clean(result.output['name'])}[/]{known}"
    )
    for rule, count in result.dropped.items():
        out().print(f"  {count:>9,}  {clean(rule)}")
    suggest("diff", result.input["name"], result.output["name"])


@click.command()
@click.argument("dataset")
@click.argument("row_id", metavar="ID")
@project_option
@json_option
def explain(dataset: str, row_id: str, project: str | None, as_json: bool) -> None:
    """Say why a row is in or out, and where it is from.

    ID is one that search or findings show; the start of it is enough.
    """
    target = opened(project).dataset(dataset)
    told = target.explain(row_id)
    if as_json:
        print_json(told)
        return
    from assay.project.row import text_of

    if told["version"] is None:
        verdict = f"is in {clean(dataset)}; no version was made from it yet"
    else:
        kept = "[green]kept[/]" if told["kept"] else "[red]dropped[/]"
        verdict = f"is {kept} in {clean(told['version'])}"
    out().print(f"{told['id']} {verdict}\n")
    if text := text_of(target, told["id"]):
        paragraph(snippet(text, _TEXT), 2)
        out().print()
    if told["rules"]:
        grid(["", "", ""], [_ruled(rule) for rule in told["rules"]])
        out().print()
    grid(["", ""], list(_lineage_rows(told["lineage"])))


def _is_file(path: str) -> bool:
    try:
        return Path(path).exists() and not Path(path).is_dir()
    except OSError:  # a name too long to be one
        return False


@click.command()
@click.argument("dataset", required=False)
@project_option
@json_option
def versions(dataset: str | None, project: str | None, as_json: bool) -> None:
    """List the named versions, oldest first."""
    found = opened(project).versions.list(dataset)
    if as_json:
        print_json(
            {
                "versions": [
                    {
                        "name": v.full_name,
                        "parent": v.parent,
                        "rows": v.rows,
                        "rows_in": v.rows_in,
                        "dropped": dict(v.dropped),
                        "run": v.run,
                        "time": v.time,
                    }
                    for v in found
                ]
            }
        )
    elif not found:
        out().print("No named versions yet.")
        suggest("curate", "RECIPE.yaml")
    else:
        rows = [
            (v.full_name, v.parent, f"{v.rows:,}", f"{v.rows_in:,}", moment(v.time)) for v in found
        ]
        grid(["version", "made from", "rows", "of", "time"], rows, right=(2, 3))


def _ruled(rule: dict[str, Any]) -> tuple[Text, str, str]:
    """A verdict as a row of a table: `-` where the rule was not asked."""
    if rule["reason"].startswith("not asked"):
        mark = Text("-", "dim")
    else:
        mark = Text(rule["verdict"], {"keep": "green", "drop": "red"}[rule["verdict"]])
    return mark, snippet(rule["rule"], _RULE), rule["reason"]


def _lineage_rows(lineage: list[dict[str, Any]]) -> Iterator[tuple[Text, str]]:
    """The steps back to the file: what was done, and with what, by name."""
    computed = dict.fromkeys(step["op"] for step in lineage if step["step"] == "compute")
    for step in lineage:
        told = {key: value for key, value in step.items() if key not in ("step", "time", "run")}
        if step["step"] == "curate":
            told = {"version": step["version"], "from": step["input"], "recipe": step["recipe"]}
        elif step["step"] == "compute":
            if not computed:
                continue
            told, computed = {"by": ", ".join(computed)}, {}
        named = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in told.items())
        when = f", {moment(step['time'])}" if step.get("time") else ""
        yield Text(_DONE.get(step["step"], step["step"]), "dim"), f"{named}{when}"
