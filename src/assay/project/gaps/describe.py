"""What a gap is: its name, its rules, its rows, the nearest the pool has, and what to get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np

from assay.insight.gaps.cells import join
from assay.insight.gaps.density import sample
from assay.insight.gaps.find import Compared
from assay.insight.gaps.rules import Attributes
from assay.insight.terms import distinguishing, term_counts
from assay.insight.wording import snippet, wilson
from assay.ops.match.neighbors import nearest
from assay.project.compared import Side
from assay.project.gaps.counts import needs
from assay.project.gaps.model import Gap
from assay.schema import RESERVED

EXAMPLES, NEAREST, HITS = 8, 2, 10
LONGEST = 60
"""Characters of a term in a name: what is longer is no word."""


class Describer:
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

    def join(self, cells: Sequence[int], *, seed: int) -> Compared:
        """Make one of those cells that would have one name, and go on with what that gives.

        Names are one where two words or more are all the words of one of them.
        """
        made = self._found.cells
        first: dict[frozenset[str], int] = {}
        into = np.arange(len(made.target))
        for cell in cells:
            terms = self._names(np.flatnonzero(made.label == cell))
            words = frozenset(word for term in terms for word in term.split())
            same = (
                one
                for one in first
                if one == words or (len(one & words) > 1 and (one <= words or words <= one))
            )
            if words:
                into[cell] = first.setdefault(next(same, words), cell)
        if (into != np.arange(len(into))).any():
            joined = join(made, into, self._found.near_target, seed=seed)
            self._found = replace(self._found, cells=joined)
        return self._found

    def all(self, cells: Sequence[int]) -> list[Gap]:
        """The gaps that some cells are, in that order, each with a name of its own."""
        taken: Counter[str] = Counter()
        described: list[Gap] = []
        found, pool = self._found.cells, round(self._own.known * self._own.scale)
        get = needs(pool, [self._shares(cell) for cell in cells], [found.sure[c] for c in cells])
        for cell, need in zip(cells, get, strict=True):
            gap = self._one(int(cell), len(described) + 1, need)
            taken[gap.name] += 1
            if taken[gap.name] > 1:
                gap = replace(gap, name=f"{gap.name} ({taken[gap.name]})")
            described.append(gap)
        return described

    def _shares(self, cell: int) -> tuple[float, float]:
        """Of the target and of the pool, as they are told."""
        cells, n, m = self._found.cells, self._wanted.known, self._own.known
        own = round(int(cells.own[cell]) / m, 6) if m else 0.0
        return round(int(cells.target[cell]) / n, 6), own

    def _one(self, cell: int, number: int, need: int) -> Gap:
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
        target_share, own_share = self._shares(cell)
        about = _about(terms, [rule.rule for rule in rules])
        return Gap(
            id=blake2b("".join(sorted(row_ids)).encode(), digest_size=8).hexdigest(),
            name=name,
            sure=bool(cells.sure[cell]),
            rows=held,
            own_rows=own,
            target_share=target_share,
            own_share=own_share,
            target_ci=_ends(wilson(held, n)),
            own_ci=_ends(wilson(own, m)),
            ratio=round(float(cells.ratio[cell]), 4),
            ci=_ends((float(cells.low[cell]), float(cells.high[cell])), 4),
            rules=[rule.to_dict() for rule in rules],
            examples=examples,
            next={
                "need": need,
                "about": about,
                "brief": brief(need, about, examples),
                "search": [self._search(name, cell, need) for name in self._others],
            },
            row_ids=row_ids,
            own_row_ids=self._own.ids(_of_cell(found.near_target, inside)) if own else [],
        )

    def _names(self, members: np.ndarray) -> list[str]:
        """Terms of the gap that neither the rest of the target nor the pool has as often."""
        inside = term_counts(self._texts[i] for i in members)
        outside = self._terms - inside + self._own_terms
        others = len(self._texts) - len(members) + self._own_texts
        found = distinguishing(inside, len(members), outside, others)
        return [term for term in found if len(term) <= LONGEST]

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


def brief(need: int, about: str, examples: Sequence[Mapping[str, Any]]) -> str:
    """What to write, collect or buy, for a person or a model; examples are quoted as data.

    Args:
        need: How many rows.
        about: What tells them from others, or nothing.
        examples: Of a gap.
    """
    lines = [f"Get {need:,} more {'row' if need == 1 else 'rows'}{about}."]
    shown = [example["text"] for example in examples if example["text"]][:5]
    if shown:
        lines += ["Rows like these, varied in wording and content:", *(f"- {t}" for t in shown)]
    return "\n".join(lines)


def _about(terms: Sequence[str], rules: Sequence[str]) -> str:
    about = f" about {', '.join(terms)}" if terms else ""
    return about + (f" where {' and '.join(rules)}" if rules else "")


def _ends(interval: tuple[float, float], digits: int = 6) -> tuple[float, float]:
    low, high = interval
    return round(low, digits), round(high, digits)


def _of_cell(near_target: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The rows of the pool that are near a target row of the cell."""
    return np.flatnonzero((near_target >= 0) & inside[near_target])
