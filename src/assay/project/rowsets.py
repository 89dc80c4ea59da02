"""The rows behind the names of row sets: tags, findings, selections, versions and saved views."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project import check, tags
from assay.project.rows import StoredRows
from assay.search.expression import bind, values
from assay.search.expression import parse as parse_expression
from assay.select.compiled import CompiledRule
from assay.select.rowset import KINDS, Reading, RowSet, parse

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.handle import Handle

__all__ = ["KINDS", "RowSet", "filtered", "indices", "mask", "parse", "place", "read", "readings"]

# Saved views that are being looked up: one may name another, but not itself.
_within: ContextVar[tuple[str, ...]] = ContextVar("views", default=())


def filtered(rows: StoredRows, text: str) -> np.ndarray:
    """Row numbers (int64, ascending) of those of `rows` that a filter leaves.

    Raises:
        UsageError: It is no condition over the columns and the row sets there are.
    """
    expression = parse_expression(text)
    data = rows.table(*expression.names) if expression.names else rows.table("id")
    true = values(bind(expression, data.schema, truth=True), data).fill_null(False)
    found = np.flatnonzero(np.asarray(true))
    return found if rows.kept is None else rows.kept[found]


def mask(dataset: Dataset, name: str) -> np.ndarray:
    """Which of all source rows `tag:good` and its like mean: bool, shape (rows,).

    Raises:
        UsageError: There is no such tag, finding, selection, version, rule or view.
    """
    rowset = parse(name)
    if rowset is None:
        raise UsageError(f"'{name}' names no rows.", allowed=", ".join(KINDS))
    return read(dataset, rowset).true


def indices(dataset: Dataset, rowset: RowSet) -> np.ndarray:
    """Row numbers (int64, ascending) among all source rows.

    Raises:
        UsageError: There is no such tag, finding, selection, version, rule or view.
    """
    return np.flatnonzero(read(dataset, rowset).true)


def readings(
    dataset: Dataset, rules: Sequence[CompiledRule], rows: StoredRows
) -> dict[str, Reading]:
    """What the row sets in rules, alone or within expressions, mean now, by their text.

    Args:
        dataset: With all its source rows.
        rules: From `compile_rules`.
        rows: Those to be judged.
    """
    found: dict[str, Reading] = {}
    for rule in rules:
        named = rule.expression.row_sets if rule.expression else ()
        sets = [RowSet(each.kind, each.name) for each in named]
        for rowset in [rule.rowset.plain] if rule.rowset else sets:
            if str(rowset) not in found:
                found[str(rowset)] = read(dataset, rowset, rows)
    return found


def read(dataset: Dataset, rowset: RowSet, rows: StoredRows | None = None) -> Reading:
    """What a row set means now.

    Args:
        dataset: With all its source rows.
        rowset: The row set.
        rows: Those that `Reading.true` is about; all source rows if None.

    Raises:
        UsageError: There is no such tag, finding, selection, version, rule or view.
    """
    mask = np.zeros(dataset.source.num_rows, bool)
    event: str | None
    time: str | None
    if rowset.kind == "version":
        version = dataset.project.versions.get(dataset.name, rowset.name)
        kept = dataset.at(version.name).rows().kept
        mask[slice(None) if kept is None else kept] = True
        event, time = version.run, version.time
    elif rowset.kind == "dropped":
        version = dataset.project.versions.get(dataset.name, rowset.name.partition("/")[0])
        mask[_dropped(dataset, rowset.name)] = True
        event, time = version.run, version.time
    elif rowset.kind == "view":
        mask[_in_view(dataset, rowset.name)] = True
        event, time = None, None
    else:
        ids: Sequence[str] | pa.Array
        if rowset.kind == "tag":
            ids, event, time = tags.read(dataset, rowset.name)
        elif rowset.kind == "selection":
            ids, event, time = tags.selection(dataset, rowset.name), rowset.name, None
        else:
            one = check.find_named(dataset, rowset.name)
            ids, event, time = one.row_ids, one.id, one.time
        found = ids if isinstance(ids, pa.Array) else pa.array(ids, pa.string())
        mask[_places(dataset, found)] = True
    count = int(np.count_nonzero(mask))
    if rowset.negated:
        mask = ~mask
    if rows is not None:
        # Rows may have been added since those to be judged were read.
        mask = mask[: rows.num_rows] if rows.kept is None else mask[rows.kept]
    return Reading(mask, count, event, time)


def _in_view(dataset: Dataset, name: str) -> np.ndarray:
    """Row numbers of the rows of a saved view: what its filters leave and its search finds."""
    from assay.project import find
    from assay.project.view.engine import MAX_HITS, NEAR
    from assay.project.view.filters import read_view
    from assay.project.view.snapshot import Snapshot

    saved = {view["name"]: view["view"] for view in tags.saved_views(dataset)}
    if name not in saved:
        raise UsageError(
            f"'{dataset.name}' has no saved view '{name}'.",
            allowed=", ".join(saved) or "none is saved yet",
        )
    if name in _within.get():
        raise UsageError(
            f"The saved view '{name}' names itself.", where=" -> ".join((*_within.get(), name))
        )
    token = _within.set((*_within.get(), name))
    try:
        spec = read_view(saved[name], Snapshot(dataset.source))
        rows = dataset
        for each in spec.filters:
            rows = rows.where(each.text)
        kept = rows.rows().kept
        if spec.search:
            (hits,) = find.ranked(rows, [spec.search], k=MAX_HITS, near=NEAR)
            kept = np.array([hit.row for hit in hits], np.int64)
    finally:
        _within.reset(token)
    return np.arange(dataset.source.num_rows) if kept is None else kept


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
