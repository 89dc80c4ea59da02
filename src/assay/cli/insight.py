"""Commands about findings: check, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click
from rich.text import Text

from assay.cli.hints import command
from assay.cli.main import json_option, note, opened, pairs, project_option
from assay.cli.output import (
    clean,
    err,
    grid,
    moment,
    out,
    paragraph,
    plural,
    print_json,
    progress_bar,
    short_id,
    snippet,
    suggest,
    visible,
)
from assay.errors import UsageError

if TYPE_CHECKING:
    from assay.project.check import StoredFinding
    from assay.project.dataset import Dataset
    from assay.project.finding_rows import FoundRow


_STATES = {"snoozed": "snoozed", "applied": "applied", "wontfix": "won't be fixed"}


@click.command()
@click.argument("dataset")
@click.argument("checks", nargs=-1)
@click.option("--against", multiple=True, metavar="FILE", help="Evaluation file, for leak checks.")
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameter of the check."
)
@project_option
@json_option
def check(
    dataset: str,
    checks: tuple[str, ...],
    against: tuple[str, ...],
    params: tuple[str, ...],
    project: str | None,
    as_json: bool,
) -> None:
    """Look for what is wrong, and list the findings.

    Runs CHECKS, or all that apply; `assay ops` lists them.
    """
    target = opened(project).dataset(dataset)
    if params and len(checks) != 1:
        raise UsageError("--param goes with one check at a time.", allowed="one of CHECKS")
    given = {checks[0]: pairs(params, "-p label=topic")} if params else {}
    with progress_bar("Computing signals") as bar:
        found = target.check(*checks, params=given, against=against, progress=bar, on_note=note)
    from assay.project.check import ran_last, states

    _show(target, found, as_json, counts=states(target, ran_last(target)))


@click.command()
@click.argument("dataset")
@click.argument("finding", required=False, metavar="[ID]")
@click.option("--snooze", metavar="ID", help="Set a finding aside.")
@click.option(
    "--apply",
    metavar="ID",
    help="Take its fix into the next curation, or put the tag it suggests on the rows.",
)
@click.option("--undo", metavar="ID", help="Take back a snooze or an apply.")
@click.option("--note", "why", metavar="TEXT", default="", help="Why, for the record.")
@click.option(
    "--check", "only", metavar="CHECK", help="Those of one check; with --all, one for each row."
)
@click.option("--all", "everything", is_flag=True, help="Also those decided on; all evidence.")
@project_option
@json_option
def findings(
    dataset: str,
    finding: str | None,
    snooze: str | None,
    apply: str | None,
    undo: str | None,
    why: str,
    only: str | None,
    everything: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """List the findings of DATASET, show one, or decide about one.

    With ID, or its first digits: the evidence of that finding, and its fix.
    """
    target = opened(project).dataset(dataset)
    _ = target.source  # a dataset that is not there has no findings, but that is not the answer
    actions = [
        (verb, key) for verb, key in (("snooze", snooze), ("apply", apply), ("undo", undo)) if key
    ]
    if len(actions) + (finding is not None) > 1:
        raise UsageError(
            "One finding and one decision at a time.",
            allowed="ID alone, or one of --snooze ID, --apply ID and --undo ID",
        )
    if actions:
        (verb, key) = actions[0]
        decided = target.triage(key, verb, note=why)
        if as_json:
            print_json(decided.to_dict())
            return
        out().print(f"{decided.state.capitalize()}: {clean(decided.title)}")
        if decided.state == "applied" and decided.rule is not None:
            suggest("curate", dataset)
        elif decided.state == "applied" and decided.fix is not None:
            tagged = f"tag:{decided.fix['tag']}"
            out().print(f"{plural(decided.rows, 'row')} can be found by {clean(tagged)} now.")
            suggest("label", dataset, "FIELD", "VALUE", "--where", tagged)
        return
    if finding is not None:
        found = target.finding(finding)
        if as_json:
            print_json({"findings": [found.to_dict()]})
            return
        from assay.cli.evidence import show_finding

        show_finding(dataset, found, everything=everything)
        return
    from assay.project.check import states

    listed = target.findings(state=None if everything else "open")
    counts = states(target, [only] if only else [])
    if only is not None:
        from assay.project.finding_rows import of_check, row_by_row

        listed = of_check(listed, only)
        if everything:
            _show_rows(target, row_by_row(listed), as_json, counts)
            return
    _show(target, listed, as_json, counts=counts, everything=everything)


def _show_rows(
    dataset: Dataset, found: Sequence[FoundRow], as_json: bool, counts: Mapping[str, int]
) -> None:
    """One line a row, worst first."""
    from assay.project.finding_rows import beginnings

    if as_json:
        print_json({"findings": [each.to_dict() for each in found], "states": dict(counts)})
        return
    if not found:
        out().print("No findings.")
        return
    whole = {each.finding.id: each.finding for each in found}
    for finding in whole.values():
        told = f"{finding.id[:8]}  {finding.title}"
        paragraph(told if finding.state == "open" else f"{told}  {finding.state}")
    out().print(f"\n{plural(len(found), 'row')}, worst first:\n")
    rows, scored = [], any(each.evidence for each in found)
    for each, text in zip(found, beginnings(dataset, found), strict=True):
        said = [f"{k.replace('_', ' ')} {v}" for k, v in each.evidence.items() if k != "text"]
        cells = [Text(f"{each.score:.2f}", style="bold"), short_id(each.id)]
        cells += [each.finding.id[:8]] if len(whole) > 1 else []
        rows.append((*cells, *(["  ".join(said)] if scored else []), snippet(text, 80)))
    grid([""] * len(rows[0]), rows)
    out().print()
    suggest("explain", dataset.full_name, found[0].id)


def _show(
    dataset: Dataset,
    found: Sequence[StoredFinding],
    as_json: bool,
    *,
    counts: Mapping[str, int],
    everything: bool = False,
) -> None:
    if as_json:
        listed = [finding.to_dict() for finding in found]
        print_json({"findings": listed, "states": dict(counts)})
        return
    from assay.project.check import last_check

    name, looked = dataset.full_name, last_check(dataset)
    if looked is None:
        out().print(f"{clean(name)} was not checked yet.")
        suggest("check", name)
        return
    if looked.rows_since:
        since = f"{plural(looked.rows_since, 'row')} came in since the check of"
        err().print(
            f"[dim]Note:[/] {since} {moment(looked.time)}; "
            f"check again with: {clean(command('check', name))}"
        )
    decided = [f"{n:,} {_STATES[state]}" for state, n in counts.items() if n and state != "open"]
    rest = "" if everything or not decided else f"Not listed: {', '.join(decided)}."
    if not found:
        out().print(f"No {'' if everything else 'open '}findings.{rest and ' '}{rest}")
        if rest:
            suggest("findings", name, "--all")
        return
    out().print(f"{plural(len(found), 'finding')}, most serious first:\n")
    rows = []
    for each in found:
        told = Text(visible(each.title))
        told.append(f"  {each.check}", style="dim")
        if each.state != "open":
            told.append(f"  {each.state}", style="green")
        rows.append((Text(f"{each.score:.2f}", style="bold"), each.id[:8], told))
    grid(["", "", ""], rows)
    out().print()
    if rest:
        out().print(f"{rest} --all lists them.")
    suggest("findings", name, found[0].id[:8])
