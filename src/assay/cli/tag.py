"""The command about tags: tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import clean, out, plural, print_json, suggest
from assay.errors import UsageError

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def which_rows(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a command is told its rows: see `chosen`."""
    ids = click.option(
        "--ids",
        multiple=True,
        metavar="ID",
        help="This row, by the start of its id; may be given again.",
    )
    where = click.option(
        "--where", metavar="EXPR", help="Rows for which it is true, or of a row set."
    )
    return where(ids(command))


def chosen(target: Dataset, where: str | None, ids: Sequence[str], verb: str) -> list[str]:
    """Ids of the rows that a command is about.

    Raises:
        UsageError: It does not say which, or there is no such row.
    """
    from assay.project.row import full_id

    if (where is None) == (not ids):
        raise UsageError(f"Say which rows to {verb}.", allowed="--where EXPR, or --ids ID")
    if where is None:
        return [full_id(target, row_id) for row_id in ids]
    found: list[str] = target.where(where).to_table(["id"]).column("id").to_pylist()
    return found


@click.command()
@click.argument("dataset")
@click.argument("name", required=False)
@which_rows
@click.option("--remove", is_flag=True, help="Take the tag off.")
@click.option("--undo", metavar="EVENT", help="Undo one tagging.")
@project_option
@json_option
def tag(
    dataset: str,
    name: str | None,
    where: str | None,
    ids: tuple[str, ...],
    remove: bool,
    undo: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Tag rows of DATASET with NAME; without NAME, list its tags. Filter with --where tag:NAME."""
    from assay.project import tags

    target = opened(project).dataset(dataset)
    _ = target.source
    if undo:
        back = tags.untag(target, undo)
        shown = f"Undone: {plural(back['rows'], 'row')} tagged {clean(back['tag'])} now."
        print_json(back) if as_json else out().print(shown)
        return
    if name is None:
        found = tags.names(target)
        if as_json:
            print_json({"tags": found})
            return
        for each in found:
            out().print(f"  {clean(each['name'])}  [dim]{plural(each['rows'], 'row')}[/]")
        if not found:
            out().print("No tags yet.")
            suggest("tag", dataset, "NAME", "--where", "EXPR")
        return
    row_ids = chosen(target, where, ids, "tag")
    done = target.tag(name, row_ids, action="remove" if remove else "add")
    if as_json:
        print_json(done)
        return
    verb = "Untagged" if remove else "Tagged"
    out().print(
        f"{verb} {plural(done['changed'], 'row')}; {plural(done['rows'], 'row')} tagged "
        f"{clean(name)} now."
    )
    suggest("tag", dataset, "--undo", done["event"], label="Undo")
