"""Classes with far fewer rows than others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assay.insight.labels.columns import lacks_labels, read_labels
from assay.insight.reading import ids
from assay.insight.severity import IMBALANCE, severity
from assay.insight.wording import count, wilson
from assay.registry import finder
from assay.schema import Finding, Fix, Rows
from assay.search.syntax import quote_name

_SHOWN = 20


@finder("labels.imbalance", version="1", lacks=lacks_labels)
def imbalance(rows: Rows, *, label: str | None = None, least: float = 0.2) -> Iterator[Finding]:
    """Classes with less than a fifth of the rows that an equal share would be.

    Args:
        rows: The dataset.
        label: Column of labels; by default the one called label, class, category, intent or so.
        least: Part of an equal share below which a class is rare; the upper end of the 95 %
            interval of its own share has to be below, so that chance alone makes none.

    Yields:
        At most one finding; its rows are those of the rare classes, the rarest first. Score:
        `severity` of the classes that are rare. The fix takes at most the median class's rows from
        each class; more rows of the rare ones are better.
    """
    found = read_labels(rows, label)
    if found is None:
        return
    counts = found.counts
    total, classes = int(counts.sum()), len(counts)
    bound = least / classes
    rare = [c for c in range(classes) if wilson(int(counts[c]), total)[1] < bound]
    if not rare:
        return
    rare.sort(key=lambda c: (counts[c], c))
    place = np.full(classes + 1, classes)
    place[rare] = np.arange(len(rare))
    order = place[found.codes]
    concerned = np.flatnonzero(order < classes)
    concerned = concerned[np.argsort(order[concerned], kind="stable")]
    share = counts[counts > 0] / total
    yield Finding(
        check="labels.imbalance",
        title=f"{count(len(rare), 'class', 'classes')} of {classes:,} in '{found.column}' "
        f"{'has' if len(rare) == 1 else 'have'} less than {100 * least:.4g} % of "
        "an equal share of rows",
        row_ids=ids(rows, concerned),
        score=severity(IMBALANCE, len(rare), classes),
        subject=found.column,
        evidence={
            "column": found.column,
            "labeled": total,
            "classes": classes,
            "rare": len(rare),
            "equal_share": round(1 / classes, 6),
            "largest": int(counts.max()),
            "smallest": int(counts.min()),
            "evenness": round(float(-(share * np.log(share)).sum() / np.log(classes)), 4),
            "rare_classes": [
                {
                    "class": found.values[c],
                    "rows": int(counts[c]),
                    "share": round(float(counts[c] / total), 6),
                    "share_interval": [round(end, 6) for end in wilson(int(counts[c]), total)],
                }
                for c in rare[:_SHOWN]
            ],
        },
        fix=Fix(
            select="sample",
            params={
                "per_stratum": int(np.median(counts)),
                "stratify": quote_name(found.column),
            },
        ),
    )
