"""Finding gaps: a pool and a target in one space, compared, described, and kept as a fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assay.errors import UsageError
from assay.insight.gaps.cells import LEAST
from assay.insight.gaps.density import POOL_ROWS
from assay.insight.gaps.find import Compared, compare
from assay.project.compared import per_row, sides
from assay.project.gaps.describe import Describer
from assay.project.gaps.kept import keep, state_of
from assay.project.gaps.model import Gaps
from assay.project.gaps.space import obstacle
from assay.store import runs

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

LIMIT = 20
"""Gaps that are described."""
OnStep = Callable[[int, int, str], None]
_STEPS = 6


def gaps(
    pool: Dataset,
    target: Dataset,
    *,
    sources: Sequence[Dataset] = (),
    cells: int | None = None,
    limit: int = LIMIT,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> Gaps:
    """Find and describe what the pool lacks; see `Dataset.gaps`.

    What was found of whole datasets or versions is kept, as long as the project can be written to.
    """
    inputs = {
        "version": pool.full_name,
        "where": list(pool.filters),
        "target": target.full_name,
        "sources": [source.full_name for source in sources],
        "cells": cells,
        "seed": seed,
    }
    with runs.record(pool.project.events, "gaps", pool.name, inputs, optional=True) as run:
        # Before it starts: what comes to the data meanwhile is not in the result.
        state = state_of(pool, target)
        found = find(
            pool, target, sources=sources, cells=cells, limit=limit, seed=seed, on_step=on_step
        )
        run.outputs = {"gaps": len(found.gaps), "auroc": found.auroc, "p_value": found.p_value}
        if not (pool.filters or target.filters):
            keep(pool, target, found, key=run.key, state=state)
    return found


def find(
    pool: Dataset,
    target: Dataset,
    *,
    sources: Sequence[Dataset] = (),
    cells: int | None = None,
    limit: int = LIMIT,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> Gaps:
    """As `gaps`, without a record of it: nothing is written."""
    if (cells is not None and cells < 1) or limit < 0:
        raise UsageError(
            f"{cells} cells and {limit} gaps cannot be made.", allowed="cells >= 1, limit >= 0"
        )
    blocked = obstacle(pool, target)
    if blocked is not None and pool.num_rows and target.num_rows:
        raise UsageError(blocked.what, remedy=" && ".join(blocked.remedy.splitlines()))
    tell = on_step or (lambda done, total, label: None)
    tell(0, _STEPS, "Reading vectors")
    name, own, wanted, others = sides(pool, target, sources, most=POOL_ROWS, seed=seed)
    texts = (own.texts(), wanted.texts()) if own.words_alone else None
    found = compare(
        own.vectors,
        wanted.vectors,
        texts=texts,
        cells=cells,
        seed=seed,
        on_step=lambda done, _, label: tell(1 + done, _STEPS, label),
    )
    tell(_STEPS - 1, _STEPS, "Describing the gaps")
    describer = Describer(own, wanted, others, found)
    found = describer.join(_lacking(found), seed=seed)
    order = _lacking(found)
    described = describer.all(order[:limit])
    beyond = [cell for cell in order[limit:] if found.cells.sure[cell]]
    n, m = wanted.known, own.known
    held = sum(int(found.cells.target[cell]) / n for cell in beyond)
    short = sum(found.cells.target[cell] / n - found.cells.own[cell] / m for cell in beyond)
    return Gaps(
        pool.full_name,
        target.full_name,
        name,
        {"pool": m, "target": n},
        round(m * own.scale),
        round(found.auroc, 4),
        round(found.p_value, 4),
        described,
        len(beyond),
        round(held, 6),
        round(float(short), 6),
        per_row(wanted, found.score),
    )


def _lacking(found: Compared) -> list[int]:
    """The cells of which the pool has less than its share, the sure ones first."""
    order = [int(cell) for cell in found.cells.order if _lacks(found, cell)]
    return sorted(order, key=lambda cell: not found.cells.sure[cell])


def _lacks(found: Compared, cell: int) -> bool:
    cells = found.cells
    return bool(cells.ratio[cell] > 1 and cells.target[cell] >= min(LEAST, len(cells.label)))
