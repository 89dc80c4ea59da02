"""The command `gaps`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import (
    clean,
    err,
    grid,
    number,
    out,
    paragraph,
    plural,
    print_json,
    short_id,
    visible,
)

if TYPE_CHECKING:
    from assay.project.gaps import Gap, Gaps

_SHOWN, _ALPHA = 2, 0.05


@click.command()
@click.argument("pool")
@click.option(
    "--target", required=True, metavar="DATASET", help="The rows that POOL should be like."
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="DATASET",
    help="Look here for what is missing. May be repeated.",
)
@click.option(
    "--scores",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a Parquet file of (id, score) for each row of the target; high is missing.",
)
@click.option(
    "--cells",
    metavar="N",
    default=200,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Parts that the target is divided into, at most.",
)
@click.option(
    "--limit",
    metavar="N",
    default=20,
    show_default=True,
    type=click.IntRange(0, 1000),
    help="Gaps to show.",
)
@click.option("--seed", metavar="N", default=0, show_default=True, help="Of everything random.")
@project_option
@json_option
def gaps(
    pool: str,
    target: str,
    sources: tuple[str, ...],
    scores: Path | None,
    cells: int,
    limit: int,
    seed: int,
    project: str | None,
    as_json: bool,
) -> None:
    """Find what POOL lacks beside a target, and what to get next.

    Both need the same embedding; `assay compute POOL embed.text` makes one.
    """
    found = (
        opened(project)
        .dataset(pool)
        .gaps(target, sources=sources, cells=cells, limit=limit, seed=seed)
    )
    if scores is not None:
        written = found.write_scores(scores)
        err().print(f"[dim]Wrote {plural(written, 'score')} to {clean(scores)}.[/]")
    if as_json:
        print_json(found.to_dict())
        return
    _show(found)


def _show(found: Gaps) -> None:
    told = "are told apart" if found.p_value <= _ALPHA else "are not told apart"
    out().print(
        f"{clean(found.pool)} ({found.rows['pool']:,} rows) and {clean(found.target)} "
        f"({found.rows['target']:,}) {told} by {clean(found.embedding)}: "
        f"AUROC {found.auroc:.2f}, p = {found.p_value:.3f}."
    )
    if not found.gaps:
        out().print("No part of the target is missing.")
        return
    if found.p_value > _ALPHA:
        out().print("What follows may be chance.")
    out().print()
    rows = [_row(gap) for gap in found.gaps]
    grid(["", "target", "own", "ratio", "95 %", "get"], rows, right=[1, 2, 3, 4, 5])
    for gap in found.gaps[:_SHOWN]:
        _show_one(gap)


def _row(gap: Gap) -> list[str | Text]:
    low, high = gap.ci
    return [
        Text(visible(gap.name), style="bold"),
        f"{gap.target_share:.1%}",
        f"{gap.own_share:.1%}",
        number(round(gap.ratio, 1)),
        f"{low:.1f} to {high:.1f}",
        f"{gap.next['need']:,}",
    ]


def _show_one(gap: Gap) -> None:
    out().print()
    paragraph(Text(visible(gap.name), "bold"))
    for rule in gap.rules:
        paragraph(
            f"{rule['rule']}  (holds for {rule['covers']:.0%}; elsewhere {rule['elsewhere']:.0%})",
            2,
        )
    for example in gap.examples[:3]:
        paragraph(f"{short_id(example['id'])}  {example['text']}", 2)
        for near in example["nearest"][:1]:
            paragraph(f"nearest own, {near['similarity']:.2f}: {near['text']}", 4)
    for search in gap.next["search"]:
        paragraph(f"{search['dataset']} has {plural(search['rows'], 'row')} that would fit.", 2)
