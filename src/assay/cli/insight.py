"""Commands about findings: check, findings."""

from __future__ import annotations

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import clean, err, out, plural, print_json, progress_bar
from assay.errors import UsageError


@click.command()
@click.argument("dataset")
@click.argument("checks", nargs=-1)
@click.option("--against", multiple=True, metavar="FILE", help="Evaluation file, for leak checks.")
@project_option
@json_option
def check(
    dataset: str,
    checks: tuple[str, ...],
    against: tuple[str, ...],
    project: str | None,
    as_json: bool,
) -> None:
    """Look for what is wrong, and list the findings.

    Runs CHECKS, or all that apply; `assay ops` lists them.
    """
    target = opened(project).dataset(dataset)
    with progress_bar("Computing signals") as bar:
        found = target.check(
            *checks, against=against, progress=bar, on_note=lambda note: err().print(clean(note))
        )
    _show(dataset, found, as_json)


@click.command()
@click.argument("dataset")
@click.option("--snooze", metavar="ID", help="Set a finding aside.")
@click.option("--apply", metavar="ID", help="Take its fix into the next curation.")
@click.option("--undo", metavar="ID", help="Take back a snooze or an apply.")
@click.option("--note", default="", help="Why, for the record.")
@click.option("--all", "everything", is_flag=True, help="Also those snoozed or applied.")
@project_option
@json_option
def findings(
    dataset: str,
    snooze: str | None,
    apply: str | None,
    undo: str | None,
    note: str,
    everything: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """List the findings of DATASET, or decide about one."""
    target = opened(project).dataset(dataset)
    actions = [
        (verb, key) for verb, key in (("snooze", snooze), ("apply", apply), ("undo", undo)) if key
    ]
    if len(actions) > 1:
        raise UsageError("One decision at a time.", allowed="--snooze, --apply or --undo")
    if actions:
        (verb, key) = actions[0]
        found = target.triage(key, verb, note=note)
        if as_json:
            print_json(found.to_dict())
            return
        out().print(f"{found.state.capitalize()}: {clean(found.title)}")
        if found.state == "applied":
            out().print(f"[dim]Next:[/] assay curate {clean(dataset)} makes a version with it.")
        return
    _show(dataset, target.findings(state=None if everything else "open"), as_json)


def _show(dataset: str, found: list, as_json: bool) -> None:  # type: ignore[type-arg]
    if as_json:
        print_json({"findings": [finding.to_dict() for finding in found]})
        return
    if not found:
        out().print(f"No open findings. Look again with: assay check {clean(dataset)}")
        return
    out().print(f"{plural(len(found), 'finding')}, most serious first:")
    for finding in found:
        state = "" if finding.state == "open" else f" [dim]({finding.state})[/]"
        out().print(
            f"  [bold]{finding.score:.2f}[/]  {clean(finding.title)}{state}  "
            f"[dim]{finding.check} {finding.id[:8]}[/]"
        )
    fixable = next((finding for finding in found if finding.fix), None)
    if fixable is not None:
        out().print(f"[dim]Next:[/] assay findings {clean(dataset)} --apply {fixable.id[:8]}")
