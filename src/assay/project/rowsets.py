"""Row sets by name: what was tagged, found, selected, kept or dropped, as filters.

    tag:NAME             rows that carry the tag
    finding:ID           rows of a finding
    selection:KEY        rows of a stored selection (a lasso)
    version:NAME         rows that a named version keeps
    dropped:VERSION      rows that were judged for a version and dropped
    dropped:VERSION/RULE those that failed that rule first

Each may stand after "not ". No expression has a colon, so the two cannot be confused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project import check, tags
from assay.project.rows import StoredRows
from assay.search.expression import bind, values
from assay.search.expression import parse as parse_expression

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.handle import Handle

KINDS = ("tag", "finding", "selection", "version", "dropped")
_PATTERN = re.compile(rf"\s*(not\s+)?({'|'.join(KINDS)}):(.+?)\s*", re.DOTALL)


@dataclass(frozen=True)
class RowSet:
    """A row set as written.

    Attributes:
        kind: One of `KINDS`.
        name: What it is called within its kind.
        negated: Whether the rows outside are meant.
    """

    kind: str
    name: str
    negated: bool = False

    def __str__(self) -> str:
        return f"{'not ' if self.negated else ''}{self.kind}:{self.name}"


def parse(text: str) -> RowSet | None:
    """The row set that `text` names; None where it is an expression."""
    match = _PATTERN.fullmatch(text)
    return RowSet(match[2], match[3], match[1] is not None) if match else None


def filtered(dataset: Handle, rows: StoredRows, text: str) -> np.ndarray:
    """Row numbers (int64, ascending) of those of `rows` that a filter leaves.

    Raises:
        UsageError: It is neither a row set nor a condition over the columns there are.
    """
    rowset = parse(text)
    if rowset is not None:
        found = indices(dataset.project.dataset(dataset.name), rowset)
        return found if rows.kept is None else np.intersect1d(rows.kept, found)
    expression = parse_expression(text)
    data = rows.table(*expression.names) if expression.names else rows.table("id")
    true = values(bind(expression, data.schema, truth=True), data).fill_null(False)
    found = np.flatnonzero(np.asarray(true))
    return found if rows.kept is None else rows.kept[found]


def indices(dataset: Dataset, rowset: RowSet) -> np.ndarray:
    """Row numbers (int64, ascending) among all source rows.

    Raises:
        UsageError: There is no such tag, finding, selection, version or rule.
    """
    rows = dataset.source.num_rows
    mask = np.zeros(rows, bool)
    if rowset.kind == "version":
        kept = dataset.at(rowset.name).rows().kept
        mask[slice(None) if kept is None else kept] = True
    elif rowset.kind == "dropped":
        mask[_dropped(dataset, rowset.name)] = True
    else:
        if rowset.kind == "tag":
            ids = pa.array(tags.ids(dataset, rowset.name), pa.string())
        elif rowset.kind == "selection":
            ids = tags.selection(dataset, rowset.name)
        else:
            ids = pa.array(check.find_one(dataset, rowset.name).row_ids, pa.string())
        mask[_places(dataset, ids)] = True
    return np.flatnonzero(~mask if rowset.negated else mask)


def _dropped(dataset: Dataset, name: str) -> np.ndarray:
    version_name, slash, rule = name.partition("/")
    version = dataset.project.versions.get(dataset.name, version_name)
    if slash and rule not in version.dropped:
        raise UsageError(
            f"The version '{version.full_name}' has no rule called '{rule}'.",
            allowed=", ".join(version.dropped),
        )
    verdicts = dataset.project.versions.verdicts(version).read(["id", "keep", "dropped_by"])
    if slash:
        chosen = pc.equal(verdicts.column("dropped_by").cast(pa.string()), rule)
    else:
        chosen = pc.invert(verdicts.column("keep"))
    ids: Any = verdicts.column("id").filter(chosen.fill_null(False))
    return _places(dataset, ids.combine_chunks())


def place(dataset: Handle, row_id: str) -> int:
    """Row number of a row among all source rows.

    Raises:
        UsageError: There is no such row.
    """
    found = dataset.source.find("id", row_id)
    if found is None:
        raise UsageError(
            f"'{dataset.name}' has no row with the id '{row_id}'.",
            remedy="copy an id from `assay search` or `assay findings`",
        )
    return found


def _places(dataset: Dataset, ids: pa.Array) -> np.ndarray:
    """Row numbers of the rows with these ids; ids that are gone are left out."""
    if len(ids) == 0:
        return np.empty(0, np.int64)
    if len(ids) == 1:
        found = dataset.source.find("id", ids[0].as_py())
        return np.array([] if found is None else [found], np.int64)
    all_ids = dataset.source.read(["id"]).column("id")
    return np.flatnonzero(np.asarray(pc.is_in(all_ids, value_set=ids)))
