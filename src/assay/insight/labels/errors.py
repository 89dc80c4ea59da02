"""Rows whose label is probably wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.labels.columns import (
    Labels,
    answered,
    lacks_labels,
    read_labels,
    read_probabilities,
)
from assay.insight.labels.confident import (
    Votes,
    calibrated_margin,
    doubted_in_rounds,
    from_matrix,
    from_neighbors,
    wrong_labels,
)
from assay.insight.labels.copies import contradicted
from assay.insight.reading import dropping, ids, snippets
from assay.insight.severity import LABEL_ERROR, severity
from assay.insight.wording import count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Rows, has_text

NEIGHBORS = 15
VECTOR, STORED = "embed.text.vector", "embed_text__vector"
_TEXTS = 20  # rows whose text is shown; of the others the id is enough


def lacks(schema: pa.Schema) -> str | None:
    """Labels, and something to judge them by."""
    missing = lacks_labels(schema)
    if missing is not None:
        return missing
    listed = any(pa.types.is_list(f.type) or pa.types.is_fixed_size_list(f.type) for f in schema)
    if has_text(schema) or STORED in schema.names or listed:
        return None
    return "texts to embed, or a column of class probabilities, to judge labels by"


@finder("label_errors", version="3", lacks=lacks, may_read=("embed.text",))
def label_errors(
    rows: Rows, *, label: str | None = None, probabilities: str | None = None
) -> Iterator[Finding]:
    """Rows whose label is probably wrong, by class probabilities or by the labels of neighbors.

    Confident learning says which rows; see `confident.wrong_labels`. It reads out-of-sample
    probabilities where a column has them, else those that the 15 nearest rows vote for, in rounds:
    rows that were flagged vote no more (`confident.doubted_in_rounds`). Identical rows that
    disagree are not judged by each other; `labels.ambiguous` names them. Labels that people gave
    here are not flagged: somebody looked. Worst first is the
    calibrated margin of the best other class over the given one, averaged with that of the
    neighbors' votes where there are both. A flag is a reason to look: of flags in ten benchmarks,
    reviewers confirmed a fifth to nine tenths.

    Args:
        rows: The dataset.
        label: Column of labels; by default the one called label, class, category, intent or so.
        probabilities: Column of lists, a number a class for labels 0, 1, 2, ...; by default any
            that sums to 1.

    Yields:
        At most one finding. The evidence has a record for each of its rows, in the same order: the
        given label, the suggested one, and a score in [0, 1] (above 0.5 the other is more likely).
        Score: `severity` of the share of rows. The fix drops the rows.
    """
    found = read_labels(rows, label)
    if found is None:
        return
    codes, classes = found.codes.copy(), len(found.values)
    matrix = read_probabilities(rows, found, probabilities)
    embedded = STORED in rows.schema.names
    if embedded:
        near, alike = rows.neighbors(VECTOR, NEIGHBORS)
        if matrix is None:
            codes[contradicted(near, alike, codes).rows] = -1
    known = np.flatnonzero(codes >= 0)
    if len(known) == 0:
        return
    code = codes[known]
    votes, wrong = [], np.zeros(0, np.int64)
    if matrix is not None:  # a model's probabilities decide; neighbors help to rank
        votes.append(from_matrix(matrix[known], code))
        wrong = np.flatnonzero(wrong_labels(votes[0], code, classes))
    if embedded:
        voted = from_neighbors(near, alike, codes)
        if matrix is None:
            voted, doubted = doubted_in_rounds(near, alike, codes, classes)
            wrong = np.flatnonzero(doubted[known])
        votes.append(voted.of(known))
    if not votes:
        return
    wrong = wrong[~answered(rows, found)[known[wrong]]]
    margin = np.mean([calibrated_margin(each, code) for each in votes], axis=0)
    if len(wrong) == 0:
        return
    wrong = wrong[np.lexsort((wrong, -margin[wrong]))]
    yield dropping(_finding(rows, found, known, wrong, margin, votes, matrix is not None))


def _finding(
    rows: Rows,
    labels: Labels,
    known: np.ndarray,
    wrong: np.ndarray,
    margin: np.ndarray,
    votes: list[Votes],
    by_model: bool,
) -> Finding:
    n = len(known)
    row_ids = ids(rows, known[wrong])
    code = labels.codes[known]
    other = votes[0].best_other(code)[0]
    low, high = wilson(len(wrong), n)
    return Finding(
        check="label_errors",
        title=f"{count(len(wrong), 'row')} of {n:,} ({percent(len(wrong), n)}) "
        f"{'has' if len(wrong) == 1 else 'have'} a label in '{labels.column}' that is "
        "probably wrong",
        row_ids=row_ids,
        score=severity(LABEL_ERROR, len(wrong), n),
        evidence={
            "column": labels.column,
            "labeled": n,
            "flagged": len(wrong),
            "share": round(len(wrong) / n, 6),
            "share_interval": [round(low, 6), round(high, 6)],
            "judged_by": "probabilities" if by_model else "neighbors",
            "classes": pairs_of_classes(labels, code[wrong], other[wrong]),
            "ranked": [
                {
                    "id": row_id,
                    "score": round(float(0.5 + margin[i] / 2), 6),
                    "given": labels.values[code[i]],
                    "suggested": labels.values[other[i]],
                    "text": text,
                }
                for row_id, i, text in zip(row_ids, wrong, _texts(rows, known[wrong]), strict=True)
            ],
        },
    )


def _texts(rows: Rows, at: np.ndarray) -> list[str]:
    shown = snippets(rows, at[:_TEXTS])
    return shown + [""] * (len(at) - len(shown))


def pairs_of_classes(labels: Labels, given: np.ndarray, other: np.ndarray) -> list[dict[str, Any]]:
    """The pairs of classes that are taken for each other most often."""
    pairs, counts = np.unique(given * len(labels.values) + other, return_counts=True)
    most = np.lexsort((pairs, -counts))[:10]
    return [
        {
            "given": labels.values[pairs[i] // len(labels.values)],
            "suggested": labels.values[pairs[i] % len(labels.values)],
            "rows": int(counts[i]),
        }
        for i in most
    ]
