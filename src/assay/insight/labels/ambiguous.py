"""Rows that stand between two classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assay.insight.labels.columns import lacks_labels, read_labels
from assay.insight.labels.confident import from_neighbors
from assay.insight.labels.copies import contradicted
from assay.insight.labels.errors import NEIGHBORS, VECTOR, pairs_of_classes
from assay.insight.reading import dropping, ids, snippets
from assay.insight.severity import AMBIGUOUS, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Rows


@finder(
    "labels.ambiguous",
    version="2",
    needs=("embed.text",),
    columns=("text",),
    lacks=lacks_labels,
)
def ambiguous(rows: Rows, *, label: str | None = None, least: float = 0.35) -> Iterator[Finding]:
    """Rows whose neighbors are split between their own class and one other.

    Both have at least `least` of the votes of the 15 nearest rows, weighed by similarity. Many such
    rows between two classes say that the classes, not the rows, have to be told apart better.
    So are rows that have only identical ones for neighbors, if less than 0.8 of these share a
    label: all identical rows vote there, and `identical` counts them.

    Args:
        rows: The dataset.
        label: Column of labels; by default the one called label, class, category, intent or so.
        least: In (0, 0.5]: votes that both classes need.

    Yields:
        At most one finding, the most even rows first. Score: `severity` of the share of rows. The
        fix drops the rows; a clearer definition of the classes is the better one.
    """
    found = read_labels(rows, label)
    if found is None:
        return
    near, alike = rows.neighbors(VECTOR, NEIGHBORS)
    votes = from_neighbors(near, alike, found.codes)
    other, share = votes.best_other(found.codes)
    judged = (found.codes >= 0) & (near[:, 0] >= 0)
    given = votes.given
    between = judged & (given >= least) & (share >= least)
    copies = contradicted(near, alike, found.codes)
    between[copies.rows] = True
    given[copies.rows], other[copies.rows] = copies.given, copies.other
    share[copies.rows] = copies.share
    split = np.flatnonzero(between)
    n = int(judged.sum())
    if len(split) == 0:
        return
    uneven = np.abs(given[split] - share[split])
    split = split[np.lexsort((split, uneven))]
    row_ids = ids(rows, split)
    shown = split[:MAX_EXAMPLES]
    low, high = wilson(len(split), n)
    identical = len(copies.rows)
    what = f"{'stands' if len(split) == 1 else 'stand'} between two classes of '{found.column}'"
    if identical == len(split):
        what = f"of identical content have different labels in '{found.column}'"
    elif identical:
        what += f"; {identical:,} of them are identical rows with different labels"
    yield dropping(
        Finding(
            check="labels.ambiguous",
            title=f"{count(len(split), 'row')} of {n:,} ({percent(len(split), n)}) {what}",
            row_ids=row_ids,
            score=severity(AMBIGUOUS, len(split), n),
            evidence={
                "column": found.column,
                "labeled": n,
                "ambiguous": len(split),
                "identical": identical,
                "share": round(len(split) / n, 6),
                "share_interval": [round(low, 6), round(high, 6)],
                "classes": pairs_of_classes(found, found.codes[split], other[split]),
                "examples": [
                    {
                        "id": row_id,
                        "given": found.values[found.codes[row]],
                        "given_votes": round(float(given[row]), 4),
                        "other": found.values[other[row]],
                        "other_votes": round(float(share[row]), 4),
                        "text": text,
                    }
                    for row_id, row, text in zip(
                        row_ids, shown, snippets(rows, shown), strict=False
                    )
                ],
            },
        )
    )
