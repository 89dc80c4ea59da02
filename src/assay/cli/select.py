"""Commands about versions: curate, explain, diff, versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import clean, grid, number, out, plural, print_json, progress_bar, suggest


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
    out().print(
        f"Kept {kept:,} of {plural(judged, 'row')} as [bold]{clean(result.output['name'])}[/]"
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

    ID is one that search, findings or an export show.
    """
    told = opened(project).dataset(dataset).explain(row_id)
    if as_json:
        print_json(told)
        return
    if told["version"] is None:
        out().print(f"{clean(row_id)} is in {clean(dataset)}; no version was made from it yet.")
    else:
        verdict = "[green]kept[/]" if told["kept"] else "[red]dropped[/]"
        out().print(f"{clean(row_id)} is {verdict} in {clean(told['version'])}")
    for rule in told["rules"]:
        mark = "[green]keep[/]" if rule["verdict"] == "keep" else "[red]drop[/]"
        out().print(f"  {mark}  [bold]{clean(rule['rule'])}[/]  {clean(rule['reason'])}")
    out().print("[dim]Lineage[/]")
    for line in _lineage_lines(told["lineage"]):
        out().print(f"  {clean(line)}")


@click.command()
@click.argument("a")
@click.argument("b")
@project_option
@json_option
def diff(a: str, b: str, project: str | None, as_json: bool) -> None:
    """Compare two versions, such as docs and docs@clean.

    Shows the rows that only one has, by reason, and the statistics of both.
    """
    told = opened(project).dataset(a).diff(b)
    if as_json:
        print_json(told)
        return
    out().print(
        f"{clean(a)} has {plural(told['a']['rows'], 'row')}, {clean(b)} {told['b']['rows']:,}; "
        f"{told['common']:,} in both."
    )
    for side, name, other in (("only_a", a, b), ("only_b", b, a)):
        part = told[side]
        if part["rows"]:
            out().print(
                f"{plural(part['rows'], 'row')} only in {clean(name)}, "
                f"by the rule that keeps them out of {clean(other)}:"
            )
            for reason, count in part["reasons"].items():
                out().print(f"  {count:>9,}  {clean(reason)}")
    rows = [
        (name, number(v["a"]["mean"]), number(v["b"]["mean"]), _change(v))
        for name, v in told["statistics"].items()
        if v["a"]["mean"] is not None and v["b"]["mean"] is not None
    ]
    grid(["statistic", f"mean {a}", f"mean {b}", "sum"], rows, right=(1, 2, 3))


def _is_file(path: str) -> bool:
    try:
        return Path(path).exists() and not Path(path).is_dir()
    except OSError:  # a name too long to be one
        return False


def _change(sides: dict[str, Any]) -> str:
    """Change of the sum from one side to the other, in percent."""
    before, after = sides["a"]["sum"], sides["b"]["sum"]
    return f"{100 * (after - before) / before:+.1f} %" if before else "-"


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
        rows = [(v.full_name, v.parent, f"{v.rows:,}", f"{v.rows_in:,}", v.time) for v in found]
        grid(["version", "made from", "rows", "of", "time"], rows, right=(2, 3))


def _lineage_lines(lineage: list[dict[str, Any]]) -> list[str]:
    lines, computed = [], []
    for step in lineage:
        if step["step"] == "curate":
            lines.append(
                f"curated from {step['input']} by recipe '{step['recipe']}', {step['time']}"
            )
        elif step["step"] == "compute":
            computed.append(step["op"])
        else:
            if computed:
                lines.append(f"signals: {', '.join(dict.fromkeys(computed))}")
            when = f", {step['time']}" if step.get("time") else ""
            lines.append(f"added from {step['source']}, position {step['position']}{when}")
    return lines
