"""The command about labels: label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import clean, out, plural, print_json, suggest
from assay.cli.tag import chosen, which_rows
from assay.errors import UsageError

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_SHOWN = 8  # values of a field that are listed


@click.command()
@click.argument("dataset")
@click.argument("field", required=False)
@click.argument("value", required=False)
@which_rows
@click.option("--clear", is_flag=True, help="Take answers back instead of giving VALUE.")
@click.option("--undo", metavar="EVENT", help="Undo one act of labelling.")
@project_option
@json_option
def label(
    dataset: str,
    field: str | None,
    value: str | None,
    where: str | None,
    ids: tuple[str, ...],
    clear: bool,
    undo: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Answer FIELD of rows of DATASET with VALUE; without FIELD, list what was answered.

    FIELD is a column of texts, whole numbers or true/false, or a new name. The labels in force read
    as the column labels.FIELD: the last answer about a row, else what the row came with.
    """
    target = opened(project).dataset(dataset)
    _ = target.source
    if undo:
        back = target.unlabel(undo)
        said = f"Undone: {plural(back['rows'], 'row')} answered in {clean(back['field'])} now."
        print_json(back) if as_json else out().print(said)
        return
    if field is None:
        _list(target, as_json)
        return
    if (value is None) != clear:
        raise UsageError("Say what the label is.", allowed="VALUE, or --clear to take answers back")
    done = target.label(field, value, chosen(target, where, ids, "label"))
    if as_json:
        print_json(done)
        return
    said = "taken back" if clear else f"labelled {clean(done['value'])}"
    out().print(
        f"{plural(done['changed'], 'row')} {said}; {plural(done['rows'], 'row')} answered in "
        f"{clean(field)} now. What is in force: {clean(done['column'])}"
    )
    suggest("label", dataset, "--undo", done["event"], label="Undo")


def _list(target: Dataset, as_json: bool) -> None:
    found = target.labels()
    if as_json:
        print_json({"labels": found})
        return
    for each in found:
        values = [f"{clean(v['value'])} {v['rows']:,}" for v in each["values"][:_SHOWN]]
        if len(each["values"]) > _SHOWN:
            values.append(f"{len(each['values']) - _SHOWN:,} more")
        out().print(f"  {clean(each['field'])}  [dim]{plural(each['rows'], 'row')}:[/] ", end="")
        out().print(", ".join(values))
    if not found:
        out().print("No labels yet.")
        suggest("label", target.full_name, "FIELD", "VALUE", "--where", "EXPR")
