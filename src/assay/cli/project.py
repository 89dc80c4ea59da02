"""Commands about projects and their contents: init, add, ls, quarantine, export, lineage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assay.cli import hints
from assay.cli.hints import command
from assay.cli.main import json_option, note, opened, project_option
from assay.cli.output import (
    clean,
    err,
    grid,
    moment,
    out,
    plural,
    print_json,
    progress_bar,
    suggest,
)
from assay.errors import UsageError


@click.command()
@click.argument("folder", required=False)
@project_option
@json_option
def init(folder: str | None, project: str | None, as_json: bool) -> None:
    """Make FOLDER (here by default) an Assay project."""
    home = opened(folder or project, create=True)
    if as_json:
        print_json({"project": str(home.root), "datasets": home.datasets()})
        return
    out().print(f"Project ready in {clean(home.root)}")
    hints.remember(str(folder or project) if home.root != Path.cwd() else None)
    suggest("add", "NAME", "FILE...")


@click.command()
@click.argument("dataset")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format", "format_", metavar="NAME", help="Reader to use instead of looking at the content."
)
@click.option("--text", metavar="COLUMN", help="Input column that holds the text.")
@click.option("--source-id", metavar="COLUMN", help="Input column that identifies a row.")
@click.option("--source", metavar="NAME", help="Source to record instead of the relative path.")
@click.option("--licence", metavar="NAME", help="Licence to record on every row.")
@click.option(
    "--types",
    multiple=True,
    metavar="COLUMN=TYPE",
    help="Read a column as string, int, float, bool or json; may be given again.",
)
@click.option(
    "--max-line",
    type=click.IntRange(1),
    metavar="BYTES",
    help="Set lines that are longer aside.",
)
@project_option
@json_option
def add(
    dataset: str,
    files: tuple[Path, ...],
    format_: str | None,
    text: str | None,
    source_id: str | None,
    source: str | None,
    licence: str | None,
    types: tuple[str, ...],
    max_line: int | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Add FILES or folders to DATASET. The same file again adds nothing."""
    options: dict[str, object] = {}
    if types:
        options["types"] = dict(map(_typed, types))
    if max_line is not None:
        options["max_line"] = max_line
    target = opened(project, create=True).dataset(dataset)
    with progress_bar("Adding") as bar:
        result = target.add(
            *files,
            format=format_,
            text=text,
            source_id=source_id,
            source=source,
            licence=licence,
            **options,
            progress=lambda _, so_far: bar(so_far.rows_read, None),  # type: ignore[arg-type]
        )
    for each in result.notes:
        note(each)
    if as_json:
        print_json(
            {
                "rows_read": result.rows_read,
                "rows_added": result.rows_added,
                "rows_known": result.rows_known,
                "quarantined": result.quarantined,
                "version": result.version,
            }
        )
        return
    known = f", {plural(result.rows_known, 'row')} known already" if result.rows_known else ""
    out().print(f"Added {plural(result.rows_added, 'row')} to {clean(dataset)}{known}.")
    if result.quarantined:
        out().print(
            f"Quarantined {plural(result.quarantined, 'record')}; "
            f"see them with: {clean(command('quarantine', dataset))}"
        )


def _typed(pair: str) -> tuple[str, str]:
    column, equals, kind = pair.rpartition("=")
    if not (column and equals):
        raise UsageError(f"'{pair}' is not COLUMN=TYPE.", remedy="write --types price=string")
    return column, kind


@click.command()
@project_option
@json_option
def ls(project: str | None, as_json: bool) -> None:
    """List the datasets with their rows, signals and versions."""
    home = opened(project)
    found = []
    for name in home.datasets():
        dataset = home.dataset(name)
        found.append(
            {
                "name": name,
                "rows": dataset.num_rows,
                "signals": dataset.signals,
                "versions": [version.name for version in home.versions.list(name)],
            }
        )
    if as_json:
        print_json({"project": str(home.root), "datasets": found})
    elif not found:
        out().print("No datasets yet.")
        suggest("add", "NAME", "FILE...")
    else:
        rows = [
            (d["name"], f"{d['rows']:,}", len(d["signals"]), ", ".join(d["versions"]) or "-")
            for d in found
        ]
        grid(["dataset", "rows", "signals", "versions"], rows, right=(1, 2))


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "-n",
    "limit",
    metavar="N",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    help="How many to show.",
)
@project_option
@json_option
def quarantine(dataset: str | None, limit: int, project: str | None, as_json: bool) -> None:
    """Show what could not be used, with file, position and reason."""
    rows = opened(project).quarantine(dataset)
    if as_json:
        print_json({"count": len(rows), "records": rows})
        return
    if not rows:
        out().print("Nothing is in quarantine.")
        return
    table = [
        (r["source"] or "-", "-" if r["position"] < 0 else r["position"], r["op"], r["error"])
        for r in rows[:limit]
    ]
    grid(["source", "position", "step", "reason"], table, right=(1,))
    if len(rows) > limit:
        out().print(f"[dim]The first {limit} of {len(rows):,}; more with -n.[/]")


@click.command()
@click.argument("dataset")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--format", "format_", metavar="NAME", help="Writer to use instead of the suffix.")
@click.option("--columns", metavar="NAMES", help="Comma-separated names, as in expressions.")
@click.option("--where", metavar="EXPR", help="Only rows for which this expression is true.")
@project_option
@json_option
def export(
    dataset: str,
    file: Path,
    format_: str | None,
    columns: str | None,
    where: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Write DATASET (or DATASET@VERSION) to FILE; - is standard output, with --format."""
    piped = str(file) in ("-", "/dev/stdout")
    if piped and as_json:
        raise UsageError(
            "With --json, standard output is taken by the report, so the rows cannot go there.",
            remedy="leave out --json, or name a file",
        )
    chosen = [name.strip() for name in columns.split(",")] if columns else None
    rows = (
        opened(project).dataset(dataset).export(file, format=format_, columns=chosen, where=where)
    )
    if as_json:
        print_json({"rows": rows, "file": str(file)})
    else:
        told = err() if piped else out()
        told.print(f"Wrote {plural(rows, 'row')} to {'standard output' if piped else clean(file)}.")


@click.command()
@click.argument("dataset", required=False)
@project_option
@json_option
def lineage(dataset: str | None, project: str | None, as_json: bool) -> None:
    """Show the runs that made what is here, oldest first."""
    runs = opened(project).runs(dataset.partition("@")[0] if dataset else None)
    if as_json:
        print_json({"runs": runs})
    elif not runs:
        out().print("Nothing was run yet.")
    else:
        heads = ["time", "run", "took", "from what to what"]
        rows = [[moment(r["time"]), r["kind"], _took(r), _told(r)] for r in runs]
        if dataset is None:
            heads.insert(2, "dataset")
            for row, run in zip(rows, runs, strict=True):
                row.insert(2, run["dataset"])
        grid(heads, rows, right=(len(heads) - 2,))


def _took(run: dict[str, Any]) -> str:
    return "-" if run["seconds"] is None else f"{run['seconds']:.1f} s"


def _told(run: dict[str, Any]) -> str:
    end = _named(run["outputs"]) if run["state"] == "done" else run["state"]
    error = f": {run['error']}" if run["error"] else ""
    return f"{_named(run['inputs'])} → {end}{error}"


def _named(part: object) -> str:
    """Values with their names; lists by their first members."""
    if not isinstance(part, dict):
        return "-"
    return ", ".join(f"{key} {_shown(v)}" for key, v in part.items() if v not in ([], {}, None))


def _shown(value: object) -> str:
    if not isinstance(value, list):
        return f"{value:,}" if isinstance(value, int) else str(value)
    first = ", ".join(map(str, value[:3]))
    return f"{first} and {len(value) - 3} more" if value[3:] else first
