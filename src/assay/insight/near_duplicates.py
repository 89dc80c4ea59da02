"""Rows whose text nearly repeats another row's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.reading import Subset, flags, ids
from assay.insight.severity import NEAR_DUPLICATE, severity
from assay.insight.wording import count, percent, snippet
from assay.ops.match.near import NearDuplicates, near_duplicates
from assay.registry import finder
from assay.schema import Finding, Fix, Rows
from assay.select import dedup

SHOWN_GROUPS = 10
SHOWN_MEMBERS = 3


@finder("duplicates.near", version="1", needs=("text.minhash", "text.stats"), columns=("text",))
def nearly_repeated(rows: Rows, *, threshold: float = 0.8) -> Iterator[Finding]:
    """Rows whose word 5-grams overlap with another row's, each pair verified exactly.

    One finding: its rows are those that `dedup.near` would drop, of the largest groups first. The
    evidence shows the largest groups: the representative of each, which is the row most like the
    others, beside the members least like it, at the place where they first differ. A group is what
    pairs connect, so it says how far its rows lie apart: its radius is the largest Jaccard distance
    to the representative (no two rows are further apart than twice that); a radius above
    1 - threshold means that rows were chained, and then more than one of them stays.

    Args:
        rows: The dataset.
        threshold: Jaccard similarity in (0, 1] from which two texts are near duplicates.

    Yields:
        At most one finding, largest groups first. Exact repeats are among the rows and counted in
        the evidence. Score: `severity` of the share of rows.
    """
    n = rows.num_rows
    if n < 2:
        return

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        return rows.take(indices, "text").column("text")

    found = near_duplicates(
        rows.table("text.minhash.signature").column(0), texts, threshold=threshold
    )
    members = np.flatnonzero(found.group >= 0)
    if len(members) == 0:
        return
    verdict = dedup.near(Subset(rows, members), threshold=threshold)
    repeats = members[~flags(verdict.keep)]
    group = found.group[repeats]
    order = np.lexsort((repeats, -found.similarity[repeats], group, -found.size[group]))
    yield Finding(
        check="duplicates.near",
        title=f"{count(len(repeats), 'row')} of {n:,} ({percent(len(repeats), n)}) nearly "
        f"{'repeats' if len(repeats) == 1 else 'repeat'} another row "
        f"(Jaccard similarity of {threshold:g} or more)",
        row_ids=ids(rows, repeats[order]),
        score=severity(NEAR_DUPLICATE, len(repeats), n),
        evidence={
            "rows": n,
            "repeats": len(repeats),
            "exact_repeats": _exact(rows, found),
            "groups": len(found.size),
            "largest_group": int(found.size.max()),
            "chained_groups": int((found.radius > 1.0 - threshold + 1e-9).sum()),
            "pairs": len(found.jaccard),
            "pairs_compared": found.candidates,
            "threshold": threshold,
            "examples": _groups(rows, found, texts),
        },
        fix=Fix(select="dedup.near", params={"threshold": threshold}),
    )


def _exact(rows: Rows, found: NearDuplicates) -> int:
    """Members of groups whose content repeats an earlier member's to the byte."""
    if rows.schema.get_field_index("content_id") < 0:
        return 0
    members = np.flatnonzero(found.group >= 0)
    content = rows.take(members, "content_id").column(0).drop_null()
    return len(content) - len(content.unique())


def _groups(rows: Rows, found: NearDuplicates, texts: Any) -> list[dict[str, Any]]:
    """The largest groups: their size, radius, and members beside the representative."""
    out = []
    for g in np.lexsort((found.representative, -found.size))[:SHOWN_GROUPS]:
        central = int(found.representative[g])
        members = np.flatnonzero(found.group == g)
        members = members[members != central]
        # The least alike first: they are where a wrong group would show.
        members = members[np.lexsort((members, found.similarity[members]))][:SHOWN_MEMBERS]
        shown = np.array([central, *members])
        central_id, *member_ids = ids(rows, shown)
        central_text, *member_texts = texts(shown).to_pylist()
        out.append(
            {
                "size": int(found.size[g]),
                "radius": round(float(found.radius[g]), 4),
                "representative": central_id,
                "text": snippet(central_text),
                "members": [
                    _beside(central_text, text, row_id, float(found.similarity[row]))
                    for row, row_id, text in zip(members, member_ids, member_texts, strict=True)
                ],
            }
        )
    return out


def _beside(kept: str, text: str, row_id: str, jaccard: float) -> dict[str, Any]:
    """A member, and both texts where they first differ."""
    pairs = enumerate(zip(kept, text, strict=False))
    start = next((i for i, (a, b) in pairs if a != b), min(len(kept), len(text)))
    return {
        "id": row_id,
        "jaccard": round(jaccard, 4),
        "text": snippet(text, min(start, max(0, len(text) - 1)), start),
        "representative_text": snippet(kept, min(start, max(0, len(kept) - 1)), start),
    }
