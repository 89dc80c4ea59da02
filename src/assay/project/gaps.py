"""Gaps of a pool: where a target has rows and the pool lacks them, and what to get next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.gaps.cells import CELLS
from assay.insight.gaps.density import POOL_ROWS, sample
from assay.insight.gaps.find import Compared, compare
from assay.insight.gaps.rules import Attributes
from assay.insight.terms import distinguishing, term_counts
from assay.insight.wording import snippet
from assay.ops.match.neighbors import nearest
from assay.project.compared import Side, per_row, sides
from assay.schema import RESERVED
from assay.store import runs, write

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

LIMIT = 20
"""Gaps that are described."""
EXAMPLES, NEAREST, HITS = 8, 2, 10


@dataclass(frozen=True)
class Gap:
    """A region where the target has rows and the pool has fewer than its share.

    Attributes:
        id: Hash of its target rows.
        name: The terms that set it apart, or its rule, or its number.
        rows: Target rows in it.
        own_rows: Pool rows in it.
        target_share: In [0, 1]: of the target's rows.
        own_share: In [0, 1]: of the pool's rows.
        ratio: The first over the second, each shrunk by half a row.
        ci: Its 95 % interval. Cells are chosen by what is missing, which it does not account for.
        rules: Descriptions by attributes: `{rule, covers, elsewhere}`.
        examples: Central target rows: `{id, text, score, nearest[{id, text, similarity}]}`, the
            latter from the pool.
        next: What to get: `{need, brief, search[{dataset, rows, hits[{id, text, similarity}]}]}`.
        row_ids: Ids of its target rows, most missing first.
    """

    id: str
    name: str
    rows: int
    own_rows: int
    target_share: float
    own_share: float
    ratio: float
    ci: tuple[float, float]
    rules: Sequence[Mapping[str, Any]]
    examples: Sequence[Mapping[str, Any]]
    next: Mapping[str, Any]
    row_ids: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), "ci": list(self.ci), "row_ids": list(self.row_ids)}


@dataclass(frozen=True)
class Gaps:
    """What a pool lacks beside a target.

    Attributes:
        pool: Full name of the pool.
        target: Full name of the target.
        embedding: What they were compared by.
        rows: Rows with a vector: `{pool, target}`.
        auroc: How well a nearest-neighbor classifier tells rows of the two apart; 0.5: not at all.
        p_value: Of a permutation test of that.
        gaps: The gaps, the surest and largest first.
        scores: Columns `id` and `score`, a row for each target row: higher is more missing from the
            pool; null where the row has no vector.
    """

    pool: str
    target: str
    embedding: str
    rows: Mapping[str, int]
    auroc: float
    p_value: float
    gaps: Sequence[Gap]
    scores: pa.Table = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without the scores."""
        found = {name: value for name, value in vars(self).items() if name != "scores"}
        return {**found, "gaps": [gap.to_dict() for gap in self.gaps]}

    def write_scores(self, path: Path) -> int:
        """Write `scores` to a Parquet file; returns its rows.

        Raises:
            InputError: It cannot be written there.
        """
        with write.target(path) as file:
            batches = self.scores.to_batches()
            return write.write(batches, self.scores.schema, file, format="parquet")


def gaps(
    pool: Dataset,
    target: Dataset,
    *,
    sources: Sequence[Dataset] = (),
    cells: int = CELLS,
    limit: int = LIMIT,
    seed: int = 0,
) -> Gaps:
    """Find and describe what the pool lacks; see `Dataset.gaps`."""
    if cells < 1 or limit < 0:
        raise UsageError(
            f"{cells} cells and {limit} gaps cannot be made.", allowed="cells >= 1, limit >= 0"
        )
    inputs = {
        "version": pool.full_name,
        "where": list(pool.filters),
        "target": target.full_name,
        "sources": [source.full_name for source in sources],
        "cells": cells,
        "seed": seed,
    }
    with runs.record(pool.project.events, "gaps", pool.name, inputs, optional=True) as run:
        name, own, wanted, others = sides(pool, target, sources, most=POOL_ROWS, seed=seed)
        texts = (own.texts(), wanted.texts()) if own.words_alone else None
        found = compare(own.vectors, wanted.vectors, texts=texts, cells=cells, seed=seed)
        order = [cell for cell in found.cells.order if _lacks(found, cell)]
        describer = _Describer(own, wanted, others, found)
        result = Gaps(
            pool.full_name,
            target.full_name,
            name,
            {"pool": own.known, "target": wanted.known},
            round(found.auroc, 4),
            round(found.p_value, 4),
            describer.all(order[:limit]),
            per_row(wanted, found.score),
        )
        run.outputs = {"gaps": len(result.gaps), "auroc": result.auroc, "p_value": result.p_value}
    return result


def _lacks(found: Compared, cell: int) -> bool:
    return bool(found.cells.ratio[cell] > 1 and found.cells.target[cell] > 0)


class _Describer:
    """Says of cells what they are, in names, rules, examples and what to get."""

    def __init__(
        self, own: Side, wanted: Side, others: Mapping[str, Side], found: Compared
    ) -> None:
        self._own, self._wanted, self._others, self._found = own, wanted, others, found
        self._texts = wanted.texts()
        self._terms = term_counts(self._texts)
        self._own_terms = term_counts(own.texts(sample(own.known, len(self._texts) * 4)))
        self._own_texts = min(own.known, len(self._texts) * 4)
        names = [n for n in wanted.rows.schema.names if "__" not in n]
        named = [n for n in names if n not in (*RESERVED, "text", "source_id")]
        self._attributes = Attributes(wanted.rows.take(wanted.at, *named)) if named else None
        # Which cell each row of the other pools would fall into.
        self._fits = {
            name: nearest(wanted.vectors, side.vectors, 1) for name, side in others.items()
        }

    def all(self, cells: Sequence[int]) -> list[Gap]:
        taken: Counter[str] = Counter()
        described: list[Gap] = []
        for cell in cells:
            gap = self._one(int(cell), len(described) + 1)
            taken[gap.name] += 1
            if taken[gap.name] > 1:
                gap = Gap(**{**vars(gap), "name": f"{gap.name} ({taken[gap.name]})"})
            described.append(gap)
        return described

    def _one(self, cell: int, number: int) -> Gap:
        cells, found = self._found.cells, self._found
        members = np.flatnonzero(cells.label == cell)
        n, m = self._wanted.known, self._own.known
        held, own = int(cells.target[cell]), int(cells.own[cell])
        inside = cells.label == cell
        rules = self._attributes.describe(inside) if self._attributes else []
        terms = self._names(members)
        name = ", ".join(terms) or (rules[0].rule if rules else f"gap {number}")
        worst = members[np.lexsort((members, -found.score[members]))]
        row_ids = self._wanted.ids(worst)
        examples = self._examples(members)
        # So many more that its share of the pool becomes that of the target.
        share = held / n
        need = int(np.ceil(max(0.0, (share * m - own) / max(1 - share, 0.5 / n))))
        return Gap(
            id=blake2b("".join(sorted(row_ids)).encode(), digest_size=8).hexdigest(),
            name=name,
            rows=held,
            own_rows=own,
            target_share=round(share, 6),
            own_share=round(own / m, 6) if m else 0.0,
            ratio=round(float(cells.ratio[cell]), 4),
            ci=(round(float(cells.low[cell]), 4), round(float(cells.high[cell]), 4)),
            rules=[rule.to_dict() for rule in rules],
            examples=examples,
            next={
                "need": need,
                "brief": _brief(need, terms, [rule.rule for rule in rules], examples),
                "search": [self._search(name, cell, need) for name in self._others],
            },
            row_ids=row_ids,
        )

    def _names(self, members: np.ndarray) -> list[str]:
        """Terms of the gap that neither the rest of the target nor the pool has as often."""
        inside = term_counts(self._texts[i] for i in members)
        outside = self._terms - inside + self._own_terms
        others = len(self._texts) - len(members) + self._own_texts
        return distinguishing(inside, len(members), outside, others)

    def _examples(self, members: np.ndarray) -> list[dict[str, Any]]:
        """The rows of the middle, each with the rows of the pool that come nearest."""
        vectors = self._wanted.vectors[members]
        central = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:EXAMPLES]
        shown = members[central]
        near = self._found.near_pool[shown, :NEAREST]
        said = iter(self._own.described(near[near >= 0]))
        return [
            {
                "id": row_id,
                "text": text,
                "score": round(float(self._found.score[row]), 4),
                "nearest": [
                    {
                        **next(said),
                        "similarity": round(
                            float(self._wanted.vectors[row] @ self._own.vectors[other]), 4
                        ),
                    }
                    for other in others
                    if other >= 0
                ],
            }
            for row, row_id, text, others in zip(
                shown,
                self._wanted.ids(shown),
                (snippet(self._texts[row]) for row in shown),
                near,
                strict=True,
            )
        ]

    def _search(self, name: str, cell: int, need: int) -> dict[str, Any]:
        """Rows of another pool that fall into the cell and are as near as its own rows are."""
        rows, alike = self._fits[name]
        members = np.flatnonzero(self._found.cells.label == cell)
        vectors = self._wanted.vectors[members]
        middle = vectors.mean(axis=0)
        bound = float(np.quantile(vectors @ middle, 0.1))
        side = self._others[name]
        inside = np.flatnonzero(np.isin(rows[:, 0], members) & (alike[:, 0] > 0))
        close = side.vectors[inside] @ middle
        inside, close = inside[close >= bound], close[close >= bound]
        best = inside[np.argsort(-close, kind="stable")]
        wanted = best[: max(need, HITS)]
        hits = [
            {**row, "similarity": round(float(alike[i, 0]), 4)}
            for i, row in zip(best[:HITS], side.described(best[:HITS]), strict=True)
        ]
        return {"dataset": name, "rows": len(best), "hits": hits, "row_ids": side.ids(wanted)}


def _brief(
    need: int, terms: Sequence[str], rules: Sequence[str], examples: Sequence[Mapping[str, Any]]
) -> str:
    """What to write, collect or buy, for a person or a model; examples are quoted as data."""
    about = f" about {', '.join(terms)}" if terms else ""
    where = f" where {' and '.join(rules)}" if rules else ""
    lines = [f"Get {need:,} more {'row' if need == 1 else 'rows'}{about}{where}."]
    shown = [example["text"] for example in examples if example["text"]][:5]
    if shown:
        lines += ["Rows like these, varied in wording and content:", *(f"- {t}" for t in shown)]
    return "\n".join(lines)
