"""The command diff: two datasets or versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from assay.cli.main import json_option, note, opened, project_option
from assay.cli.output import clean, grid, number, out, plural, print_json, suggest
from assay.insight.wording import percent

_SHOWN = 10  # columns, and reasons, that are told without --all
_FEATURES = 6


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--all", "everything", is_flag=True, help="All columns, not the ten that differ most."
)
@project_option
@json_option
def diff(a: str, b: str, everything: bool, project: str | None, as_json: bool) -> None:
    """Compare two datasets or versions, such as docs and docs@clean.

    Shows which rows and columns only one has, how far apart the others are, which texts both have,
    and by what rows of the two can be told apart.
    """
    home = opened(project)
    told = home.dataset(a).diff(home.dataset(b))
    if as_json:
        print_json(told)
        return
    out().print(
        f"{clean(a)} has {plural(told['a']['rows'], 'row')}, {clean(b)} {told['b']['rows']:,}; "
        f"{told['common']:,} in both."
    )
    for side, name, other in (("only_a", a, b), ("only_b", b, a)):
        _reasons(told[side], name, other)
    _schema(told["schema"], a, b)
    _overlap(told, a, b)
    _classifier(told["classifier"], b)
    _cells(told["cells"], a, b)
    _statistics(told["statistics"], a, b, everything)
    for remark in told["notes"]:
        note(remark)


def _reasons(part: Mapping[str, Any], name: str, other: str) -> None:
    if not part["reasons"]:
        return
    out().print(
        f"\n{plural(part['rows'], 'row')} only in {clean(name)}, "
        f"by the rule that keeps them out of {clean(other)}:"
    )
    for reason, count in part["reasons"].items():
        out().print(f"  {count:>9,}  {clean(reason)}")


def _schema(schema: Mapping[str, Any], a: str, b: str) -> None:
    """Nothing where both have the same columns."""
    rows = []
    for name, key in ((a, "missing"), (b, "added")):
        rows += [(each["name"], f"only in {name}: {each['type']}") for each in schema[key]]
    rows += [(each["name"], f"{each['a']} -> {each['b']}") for each in schema["changed"]]
    if rows:
        out().print(f"\n{plural(schema['shared'], 'column')} in both; others, or of another kind:")
        grid(["", ""], [("  " + name, what) for name, what in rows])


def _overlap(told: Mapping[str, Any], a: str, b: str) -> None:
    exact, near = told["overlap"]["exact"], told["overlap"]["near"]
    rows = []
    for side, name, other in (("a", a, b), ("b", b, a)):
        total = told[side]["rows"]
        shares = [f"{exact[side]:,} ({percent(exact[side], total)})"]
        shares.append("-" if near is None else f"{near[side]:,} ({percent(near[side], total)})")
        rows.append((f"  of {name}", *shares, f"in {other}"))
    out().print()
    grid(["rows whose content is", "equal", "nearly equal", ""], rows, right=(1, 2))


def _classifier(found: Mapping[str, Any] | None, b: str) -> None:
    if found is None:
        return
    out().print(
        f"\nA classifier tells their rows apart with AUROC [bold]{found['auroc']:.2f}[/] "
        f"({found['low']:.2f} to {found['high']:.2f}); 0.5 is not at all, 1 is always."
    )
    rows = [
        (f"  {_called(each)}", f"{each['auroc']:.2f}", f"{_direction(each)} in {b}")
        for each in found["features"][:_FEATURES]
    ]
    grid(["  by", "alone", ""], rows, right=(1,))


def _cells(found: Mapping[str, Any] | None, a: str, b: str) -> None:
    if found is None:
        return
    out().print(
        f"\nTheir shares of {found['cells']} cells of {clean(found['embedding'])} are "
        f"{found['distance']:.3f} apart; chance alone makes {found['by_chance']:.3f}."
    )
    rows = [
        (
            f"  {each['name']}",
            percent(each["a"], 1),
            percent(each["b"], 1),
            f"x {each['ratio']:.2f}",
            f"{each['low']:.2f} to {each['high']:.2f}",
        )
        for each in found["shares"][:_FEATURES]
    ]
    grid(["  cell", a, b, "ratio", ""], rows, right=(1, 2, 3))


def _called(feature: Mapping[str, Any]) -> str:
    """A feature for people."""
    name, detail = feature["name"], feature["detail"]
    told = {"": "", "spread": ", distance from the middle", "missing": " is missing"}
    return f"{name}{told.get(detail, f' = {detail}')}"


def _direction(feature: Mapping[str, Any]) -> str:
    graded = feature["detail"] in ("", "spread")
    if feature["auroc"] > 0.5:
        return "higher" if graded else "more often"
    return "lower" if graded else "less often"


def _statistics(
    statistics: Mapping[str, Mapping[str, Any]], a: str, b: str, everything: bool
) -> None:
    measured = {name: told for name, told in statistics.items() if told["distance"] is not None}
    if not measured:
        return
    shown = list(measured)
    if not everything:  # Python sorts stably: what is as far apart stays in the order of the table
        shown = sorted(measured, key=lambda name: -measured[name]["distance"])[:_SHOWN]
    rows = []
    for name in shown:
        told = measured[name]
        rows.append(
            (
                name,
                *_middle(told),
                f"{told['distance']:.3f}",
                f"{told['by_chance']:.3f}",
                _effect(told),
            )
        )
    out().print()
    headers = ["column", a, b, "distance", "by chance", "effect"]
    grid(headers, rows, right=(1, 2, 3, 4, 5))
    if len(shown) < len(measured):
        out().print(f"\n[dim]The {len(shown)} of {len(measured)} columns that differ most.[/]")
        suggest("diff", a, b, "--all", label="All")


def _middle(told: Mapping[str, Any]) -> tuple[str, str]:
    """The mean of a number, the median of a time, the share of the value that moved most."""
    if told["kind"] == "number":
        return number(told["a"]["mean"]), number(told["b"]["mean"])
    if told["kind"] == "time":
        return told["a"]["quantiles"][3][:16], told["b"]["quantiles"][3][:16]
    most = told["values"][0]
    value = str(most["value"])[:24]
    return f"{value} {percent(most['a'], 1)}", f"{value} {percent(most['b'], 1)}"


def _effect(told: Mapping[str, Any]) -> str:
    effect = told.get("effect")
    return "" if effect is None else f"{effect['d']:+.2f} d"
