"""What stands in several parts of a split: equal contents and near duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.schema import Rows, has_text
from assay.select.alike import SIGNATURE
from assay.store.identity import NO_CONTENT

if TYPE_CHECKING:
    from assay.project.handle import Handle

Across = dict[str, dict[str, int] | None]


def across(dataset: Handle, versions: Sequence[str]) -> Across:
    """Rows whose like is in another part.

    Args:
        dataset: What was split.
        versions: Full names of the parts.

    Returns:
        `{exact, near}`, each `{rows, groups}`: rows of equal content (`content_id`; empty contents
        do not count) and of near duplicates (Jaccard similarity of word 5-grams of 0.8 or more,
        verified) that are in more than one part. `near` is None where a row of the parts has no
        signature of `text.minhash`: nothing is computed for it.
    """
    rows = dataset.rows()
    ids = rows.table("id", "content_id")
    part = np.full(rows.num_rows, -1, np.int64)
    for number, name in enumerate(versions):
        inside = dataset.project.dataset(name).to_table(["id"])["id"]
        part[np.asarray(pc.is_in(ids["id"], value_set=inside.combine_chunks()))] = number
    dealt = np.flatnonzero(part >= 0)
    content = ids["content_id"].combine_chunks().take(pa.array(dealt)).dictionary_encode()
    codes = np.asarray(pc.fill_null(content.indices, -1), np.int64)
    nothing = pc.index(content.dictionary, pa.scalar(NO_CONTENT, content.dictionary.type)).as_py()
    codes[codes == nothing] = -1
    return {"exact": _spread(codes, part[dealt]), "near": _near(rows, dealt, part)}


def _near(rows: Rows, dealt: np.ndarray, part: np.ndarray) -> dict[str, int] | None:
    from assay.ops.match.near import near_duplicates

    if not has_text(rows.schema):
        return {"rows": 0, "groups": 0}
    try:
        signatures = rows.table(SIGNATURE).column(0).take(pa.array(dealt))
    except UsageError:  # not computed
        return None

    def texts(indices: np.ndarray) -> pa.ChunkedArray:
        return rows.take(dealt[indices], "text")["text"]

    unsigned = np.flatnonzero(np.asarray(signatures.is_null()))
    if pc.any(pc.match_substring_regex(texts(unsigned), r"[\p{L}\p{N}]")).as_py():
        return None  # rows came since; only a text without a word has no signature
    found = near_duplicates(signatures, texts)
    return _spread(found.group, part[dealt])


def _spread(group: np.ndarray, part: np.ndarray) -> dict[str, int]:
    """Groups with rows in several parts; -1 is no group."""
    members = np.flatnonzero(group >= 0)
    if len(members) == 0:
        return {"rows": 0, "groups": 0}
    _, code = np.unique(group[members], return_inverse=True)
    low = np.full(code.max() + 1, np.iinfo(np.int64).max)
    high = np.full(code.max() + 1, -1)
    np.minimum.at(low, code, part[members])
    np.maximum.at(high, code, part[members])
    spread = low < high
    return {"rows": int(spread[code].sum()), "groups": int(spread.sum())}
