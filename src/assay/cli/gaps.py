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
    suggest,
    visible,
)
from assay.insight.wording import percent

if TYPE_CHECKING:
    from assay.project.gaps import Gap, Gaps
    from assay.project.gaps.shopping import ShoppingList

_SHOWN = 2


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
    "--list",
    "shopping",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write how many rows to get for each sure gap: .csv, .json or .md.",
)
@click.option(
    "--cells",
    metavar="N",
    default=None,
    type=click.IntRange(1, 10_000),
    help="Parts that the target is divided into, at most; by default one for 15 of its rows, "
    "at most 200.",
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
    shopping: Path | None,
    cells: int | None,
    limit: int,
    seed: int,
    project: str | None,
    as_json: bool,
) -> None:
    """Find what POOL lacks beside a target, and what to get next.

    Both need the same embedding; `assay compute POOL embed.text` makes one.
    """
    from assay.project.gaps.shopping import shopping_list

    found = (
        opened(project)
        .dataset(pool)
        .gaps(target, sources=sources, cells=cells, limit=limit, seed=seed)
    )
    if scores is not None:
        written = found.write_scores(scores)
        err().print(f"[dim]Wrote {plural(written, 'score')} to {clean(scores)}.[/]")
    wanted = shopping_list(found)
    if shopping is not None:
        wanted.write(shopping)
        err().print(f"[dim]Wrote what to get to {clean(shopping)}.[/]")
    if as_json:
        print_json({**found.to_dict(), "list": wanted.to_dict()})
        return
    _show(found, wanted)


def _show(found: Gaps, wanted: ShoppingList) -> None:
    out().print(
        f"{clean(found.summary())} Compared by {clean(found.embedding)}: "
        f"{plural(found.rows['pool'], 'row')} and {found.rows['target']:,}."
    )
    sure = [gap for gap in found.gaps if gap.sure]
    if not sure:  # a group that only columns tell apart may be missing all the same
        suggest("diff", found.pool, found.target, label="By columns")
    if not found.gaps:
        return
    unsure = [gap for gap in found.gaps if not gap.sure]
    if sure:
        if not found.told_apart:
            out().print("What follows may be chance.")
        out().print()
        _table(sure)
        paragraph(
            f"{plural(wanted.rows, 'row')} for the sure gaps together would close "
            f"{100 * wanted.closes:.0f} % of what is missing."
        )
    if unsure:
        out().print()
        verb, them = ("is", "it") if len(unsure) == 1 else ("are", "them")
        paragraph(
            f"May be chance: {plural(len(unsure), 'region')} {verb} rarer here too, but no more "
            f"than chance may make {them}."
        )
        _table(unsure)
    for gap in (sure or unsure)[:_SHOWN]:
        _show_one(gap)


def _table(gaps: list[Gap]) -> None:
    heads = ["", "target", "own", "ratio", "95 %", "get"]
    grid(heads, [_row(gap) for gap in gaps], right=[1, 2, 3, 4, 5])


def _row(gap: Gap) -> list[str | Text]:
    low, high = gap.ci
    return [
        Text(visible(gap.name), style="bold" if gap.sure else ""),
        percent(gap.target_share, 1),
        percent(gap.own_share, 1),
        number(round(gap.ratio, 1)),
        f"{low:.1f} to {high:.1f}",
        f"{gap.next['need']:,}",
    ]


def _show_one(gap: Gap) -> None:
    out().print()
    paragraph(Text(visible(gap.name), "bold"))
    for rule in gap.rules:
        paragraph(
            f"{rule['rule']}  (holds for {percent(rule['covers'], 1)}; elsewhere "
            f"{percent(rule['elsewhere'], 1)})",
            2,
        )
    for example in gap.examples[:3]:
        paragraph(f"{short_id(example['id'])}  {example['text']}", 2)
        for near in example["nearest"][:1]:
            paragraph(f"nearest own, {near['similarity']:.2f}: {near['text']}", 4)
    for search in gap.next["search"]:
        paragraph(f"{search['dataset']} has {plural(search['rows'], 'row')} that would fit.", 2)
