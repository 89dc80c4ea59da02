"""What a dataset lacks beside a target, as a section and as advice on what to get."""

from __future__ import annotations

from collections.abc import Sequence

from assay.insight.report.model import Advice, Bar, Bars, Inline, Number, Section
from assay.insight.wording import count, percent
from assay.project import tags
from assay.project.dataset import Dataset
from assay.project.describe.measure import spoken
from assay.project.gaps import Gap, Gaps

SHOWN, ADVISED = 12, 5
"""Gaps that are shown, and those for which something is to be got."""


def gap_section(dataset: Dataset, target: Dataset, found: Gaps) -> Section:
    """The gaps by size, each with its target rows as a view."""
    whole = Number(found.rows["target"], f"{found.rows['target']:,}", dataset=target.full_name)
    lead: list[Inline] = [f"Held against {target.full_name} (", whole, " rows): "]
    sure = [gap for gap in found.gaps if gap.sure]
    tested = f"AUROC {found.auroc:.2f}, p = {found.p_value:.2g} by permutation"
    if not sure:
        lead.append(f"no region of the target is surely rarer here; {tested}.")
        return Section("gaps", "Gaps", tuple(lead))
    verb = "is" if len(sure) + found.more == 1 else "are"
    regions = f"{count(len(sure) + found.more, 'region')} of the target {verb} rarer here."
    lead.append(f"{regions} How well a classifier tells the two apart: {tested}.")
    bars = [
        Bar(
            gap.name,
            _rows(target, gap),
            gap.target_share,
            f"{spoken(gap.ratio)} times ({_interval(*gap.ci)})",
        )
        for gap in sure[:SHOWN]
    ]
    title = "Rows of the target, and how much larger their share is there (95 % interval)"
    return Section("gaps", "Gaps", tuple(lead), blocks=(Bars(title, tuple(bars)),))


def gap_advice(dataset: Dataset, target: Dataset, gaps: Sequence[Gap]) -> tuple[Advice, ...]:
    """What to get next for the surest gaps."""
    name = dataset.full_name
    return tuple(
        Advice(
            title=f"{name} lacks: {gap.name}",
            action=f"get {count(int(gap.next['need']), 'row')} like these",
            command=f"assay gaps {name} --target {target.full_name}",
            effect=(
                "brings its share to that of the ",
                _rows(target, gap),
                f" rows in {target.full_name} ({percent(gap.own_share, 1)} here, "
                f"{percent(gap.target_share, 1)} there)",
            ),
            reason=gap.id,
        )
        for gap in [each for each in gaps if each.sure and each.next["need"]][:ADVISED]
    )


def _interval(low: float, high: float) -> str:
    # With no own row in it, the upper end says nothing: it hangs on the prior alone.
    return f"{spoken(low)} or more" if high >= 1000 else f"{spoken(low)} to {spoken(high)}"


def _rows(target: Dataset, gap: Gap) -> Number:
    key = tags.select(target, list(gap.row_ids))
    return Number(gap.rows, f"{gap.rows:,}", (f"selection:{key}",), dataset=target.full_name)
