"""The shopping list: how many rows to get for each gap, and what they would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.errors import UsageError
from assay.insight.wording import count, percent
from assay.project.gaps.counts import MOST, counts
from assay.project.gaps.describe import brief
from assay.project.gaps.model import Gap, Gaps
from assay.store import write

FORMS = ("csv", "json", "md")


@dataclass(frozen=True)
class Item:
    """What to get for one gap.

    Attributes:
        gap: Its id.
        name: Its name.
        rows: How many to get.
        own_share: In [0, 1]: its share of the pool now.
        share: In [0, 1]: its share of the pool once everything on the list is there.
        target_share: In [0, 1]: its share of the target.
        brief: What to write, collect or buy.
    """

    gap: str
    name: str
    rows: int
    own_share: float
    share: float
    target_share: float
    brief: str


@dataclass(frozen=True)
class ShoppingList:
    """What to get next.

    Attributes:
        pool: Full name of the pool.
        target: Full name of the target.
        items: One a gap, in the order of the gaps.
        rows: How many rows in all.
        closes: In [0, 1]: how much of what the pool surely lacks would be there, if the rows got
            are like the gaps they are for.
    """

    pool: str
    target: str
    items: Sequence[Item]
    rows: int
    closes: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), "items": [vars(item) for item in self.items]}

    def markdown(self) -> str:
        """As a page for people."""
        lines = [
            f"# What {_plain(self.pool)} needs to be like {_plain(self.target)}",
            "",
            f"{count(self.rows, 'row')} for {count(len(self.items), 'gap')}; they would close "
            f"{100 * self.closes:.0f} % of what is missing.",
        ]
        for item in self.items:
            lines += [
                "",
                f"## {_plain(item.name)}: {count(item.rows, 'row')}",
                "",
                f"{percent(item.own_share, 1)} of the pool now, {percent(item.share, 1)} then, "
                f"{percent(item.target_share, 1)} of the target.",
                "",
                *(f"    {line}" for line in item.brief.splitlines()),
            ]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> None:
        """Write it in the form that the name of the file asks for: `.csv`, `.json` or `.md`.

        Raises:
            UsageError: There is no such form.
            InputError: It cannot be written there.
        """
        form = path.suffix.lower().lstrip(".")
        if form not in FORMS:
            raise UsageError(
                f"A shopping list cannot be written as '{path.name}'.",
                allowed=", ".join(f".{form}" for form in FORMS),
                remedy="choose one of these endings",
            )
        with write.target(path) as file:
            if form == "csv":
                self._write_csv(file)
            else:
                said = json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"
                file.write_text(said if form == "json" else self.markdown(), "utf-8")

    def _write_csv(self, path: Path) -> None:
        schema = pa.schema(
            [
                ("gap", pa.string()),
                ("name", pa.string()),
                ("rows", pa.int64()),
                ("own_share", pa.float64()),
                ("share", pa.float64()),
                ("target_share", pa.float64()),
                ("brief", pa.string()),
            ]
        )
        table = pa.Table.from_pylist([vars(item) for item in self.items], schema=schema)
        write.write(table.to_batches(), schema, path, format="csv")


def shopping_list(found: Gaps, chosen: Mapping[str, int | None] | None = None) -> ShoppingList:
    """How many rows to get for each gap, so that each has the share that it has in the target.

    Rows that come make the pool larger, and so every other share smaller: the counts are solved
    together.

    Args:
        found: The gaps.
        chosen: Ids of the gaps to fill, with how many rows to get, or None to have that worked out.
            All that are sure, if None.

    Raises:
        UsageError: There is no such gap, or a count is out of range.
    """
    if chosen is None:
        chosen = {gap.id: None for gap in found.gaps if gap.sure}
    known = {gap.id for gap in found.gaps}
    for name, rows in chosen.items():
        if name not in known:
            raise UsageError(
                f"There is no gap '{name[:40]}' among those of {found.pool} beside {found.target}.",
                allowed=", ".join(gap.id for gap in found.gaps) or "none",
            )
        if rows is not None and not 0 <= rows <= MOST:
            raise UsageError(f"{rows} rows cannot be got.", allowed=f"0 to {MOST:,}")
    wanted = [gap for gap in found.gaps if gap.id in chosen]
    shares = [(gap.target_share, gap.own_share) for gap in wanted]
    get = counts(found.pool_rows, shares, [chosen[gap.id] for gap in wanted])
    whole = found.pool_rows + sum(get)
    items = [
        Item(
            gap.id,
            gap.name,
            rows,
            gap.own_share,
            round(_share(gap, found.pool_rows, rows, whole), 6),
            gap.target_share,
            brief(rows, gap.next["about"], gap.examples),
        )
        for gap, rows in zip(wanted, get, strict=True)
    ]
    rows_of = {item.gap: item.rows for item in items}
    before = after = found.more_lacking
    for gap in found.gaps:
        if gap.sure or gap.id in rows_of:
            then = _share(gap, found.pool_rows, rows_of.get(gap.id, 0), whole)
            before += max(0.0, gap.target_share - gap.own_share)
            after += max(0.0, gap.target_share - then)
    closes = max(0.0, 1 - after / before) if before else 0.0
    return ShoppingList(found.pool, found.target, items, sum(get), round(closes, 4))


def _share(gap: Gap, pool: int, rows: int, whole: int) -> float:
    return (gap.own_share * pool + rows) / whole if whole else 0.0


def _plain(text: str) -> str:
    """Without what Markdown or HTML would read as markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in text)
