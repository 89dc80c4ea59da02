"""What a comparison of a pool with a target found, as a fact that can be kept and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.errors import UsageError
from assay.insight.gaps.density import told_apart
from assay.insight.wording import count, percent
from assay.store import write

_INTERVALS = ("target_ci", "own_ci", "ci")


@dataclass(frozen=True)
class Gap:
    """A region where the target has rows and the pool has fewer than its share.

    Attributes:
        id: Hash of its target rows.
        name: The terms that set it apart, or its rule, or its number.
        sure: Whether it is larger than chance makes one of so many regions (false discovery rate
            of 10 %). One that is not may be chance.
        rows: Target rows in it.
        own_rows: Pool rows in it.
        target_share: In [0, 1]: of the target's rows.
        own_share: In [0, 1]: of the pool's rows.
        target_ci: 95 % interval of the target's share (Wilson).
        own_ci: That of the pool's share.
        ratio: The first share over the second, each shrunk by half a row.
        ci: Its 95 % interval. Cells are chosen by what is missing, which it does not account for.
        rules: Descriptions by attributes: `{rule, covers, elsewhere}`.
        examples: Central target rows: `{id, text, score, nearest[{id, text, similarity}]}`, the
            latter from the pool.
        next: What to get: `{need, about, brief, search[{dataset, rows, hits[{id, text,
            similarity}], row_ids}]}`. `need` is the number on the list of all sure gaps, whose
            counts are solved together; of another gap, what it would be if put on that list.
        row_ids: Ids of its target rows, most missing first.
        own_row_ids: Ids of the pool rows in it.
    """

    id: str
    name: str
    sure: bool
    rows: int
    own_rows: int
    target_share: float
    own_share: float
    target_ci: tuple[float, float]
    own_ci: tuple[float, float]
    ratio: float
    ci: tuple[float, float]
    rules: Sequence[Mapping[str, Any]]
    examples: Sequence[Mapping[str, Any]]
    next: Mapping[str, Any]
    row_ids: Sequence[str]
    own_row_ids: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), **{name: list(vars(self)[name]) for name in _INTERVALS}}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Gap:
        """As `to_dict` wrote it."""
        return cls(**{**found, **{name: tuple(found[name]) for name in _INTERVALS}})


@dataclass(frozen=True)
class Gaps:
    """What a pool lacks beside a target.

    Attributes:
        pool: Full name of the pool.
        target: Full name of the target.
        embedding: What they were compared by.
        rows: Rows with a vector that were compared: `{pool, target}`; of a larger pool, a sample.
        pool_rows: Rows of the pool with a vector; where a sample was compared, about so many.
        auroc: How well a nearest-neighbor classifier tells rows of the two apart; 0.5: not at all.
        p_value: Of a permutation test of that.
        gaps: The gaps: those that are sure first, each the surest and largest first.
        more: Sure gaps beyond the limit, which are not described.
        more_share: In [0, 1]: of the target's rows, in those.
        more_lacking: In [0, 1]: what the pool's shares of those fall short of the target's.
        scores: Columns `id` and `score`, a row for each target row: higher is more missing from the
            pool; null where the row has no vector. None once it is read again.
    """

    pool: str
    target: str
    embedding: str
    rows: Mapping[str, int]
    pool_rows: int
    auroc: float
    p_value: float
    gaps: Sequence[Gap]
    more: int = 0
    more_share: float = 0.0
    more_lacking: float = 0.0
    scores: pa.Table | None = field(default=None, repr=False, compare=False)

    @property
    def told_apart(self) -> bool:
        """Whether the test tells the two apart; below 0.5, rows lie nearer to the other side."""
        return told_apart(self.auroc, self.p_value)

    def summary(self) -> str:
        """The conclusion in one sentence."""
        told = "can" if self.told_apart else "cannot"
        apart = (
            f"{self.pool} {told} be told from {self.target}: AUROC {self.auroc:.2f}, "
            f"p = {self.p_value:.2g}"
        )
        sure = [gap for gap in self.gaps if gap.sure]
        found = len(sure) + self.more
        if found == 0:
            return f"{apart}; no part of the target is surely missing."
        held = sum(gap.target_share for gap in sure) + self.more_share
        verb = "holds" if found == 1 else "hold"
        return f"{apart}; {count(found, 'gap')} {verb} {percent(held, 1)} of the target."

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without the scores."""
        found = {name: value for name, value in vars(self).items() if name != "scores"}
        found["rows"] = dict(self.rows)
        return {**found, "gaps": [gap.to_dict() for gap in self.gaps]}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Gaps:
        """As `to_dict` wrote it."""
        return cls(**{**found, "gaps": [Gap.from_dict(gap) for gap in found["gaps"]]})

    def write_scores(self, path: Path) -> int:
        """Write `scores` to a Parquet file; returns its rows.

        Raises:
            InputError: It cannot be written there.
            UsageError: These gaps were read again, and their scores were not kept.
        """
        if self.scores is None:
            raise UsageError("The scores of single rows are not kept.", remedy="find the gaps anew")
        with write.target(path) as file:
            batches = self.scores.to_batches()
            return write.write(batches, self.scores.schema, file, format="parquet")
