"""From a view object to its rows: masks, order, counts; remembered under a key."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import AssayError
from assay.project import find, rowsets, tags
from assay.project.view.filters import ViewSpec, label_of, read_view
from assay.project.view.snapshot import Snapshot
from assay.search.evaluation import below
from assay.search.expression import parse
from assay.search.syntax import RowSet
from assay.store.pinned import Pinned

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.project import Project

MAX_HITS = 10_000
NEAR = 100
"""Rows that a search adds because their vectors are near, beyond those that match its words."""
_KEEP_SNAPSHOTS, _KEEP_VIEWS = 3, 64
_KEEP_ORDERS = 8
"""Views that keep the order of their rows: at a million rows, 16 MB each; others find it anew."""


class ViewExpired(AssayError):
    """The key names no view of this process: ask for the view again."""

    def __init__(self, key: str) -> None:
        super().__init__("This view is not known any more.", remedy="POST the view again", key=key)


@dataclass
class View:
    """The rows of a view.

    Attributes:
        dataset: What it is a view of.
        snapshot: The pinned table.
        spec: The view object.
        key: 16 hex digits; equal for equal rows in equal order.
        base: bool over all source rows: those of the dataset or version.
        mask: bool over all source rows: those in view.
        ranking: Row numbers in the order of a search; None without one.
        scores: Score of each of these in (0, 1], never rising; None without a search.
        held: For each filter, the rows of `base` for which it holds, as packed bits.
    """

    dataset: Dataset
    snapshot: Snapshot
    spec: ViewSpec
    key: str
    base: np.ndarray
    mask: np.ndarray
    ranking: np.ndarray | None = None
    scores: np.ndarray | None = None
    held: tuple[np.ndarray, ...] = ()

    def __len__(self) -> int:
        return self.count

    @property
    def whole(self) -> bool:
        """Whether all rows of the dataset or version are in view."""
        return not self.spec.filters and self.ranking is None

    def without(self, column: str) -> View:
        """The view as it were without what was chosen on a column; itself if nothing was."""
        kept = [i for i, each in enumerate(self.spec.filters) if each.column != column]
        if len(kept) == len(self.spec.filters):
            return self
        spec = replace(self.spec, filters=tuple(self.spec.filters[i] for i in kept))
        held = tuple(self.held[i] for i in kept)
        return _combine(self.dataset, self.snapshot, spec, self.base, held)

    @property
    def searched(self) -> np.ndarray:
        """bool over all source rows: those that the filters leave, found by a search or not."""
        return _meeting(self.base, self.held)

    @cached_property
    def total(self) -> int:
        """Rows of the dataset or version."""
        return int(np.count_nonzero(self.base))

    @cached_property
    def count(self) -> int:
        """Rows in view."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def members(self) -> np.ndarray:
        """Row numbers in view, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def order(self) -> np.ndarray:
        """Row numbers in view, in view order."""
        if self.spec.sort:
            return self._sorted()
        if self.ranking is not None:
            ranked: np.ndarray = self.ranking[self.mask[self.ranking]]
            return ranked
        return self.members

    def forget_order(self) -> None:
        """Let go of what can be found anew."""
        for name in ("members", "order"):
            self.__dict__.pop(name, None)

    def ids(self) -> list[str]:
        """Ids of the rows in view order."""
        return self.snapshot.ids_of(self.order)

    def to_table(self, columns: list[str] | None = None) -> pa.Table:
        """The rows in view order, with columns by their names in expressions."""
        chosen = [
            self.snapshot.column(name) for name in columns or self.snapshot.table.schema.names
        ]
        data = self.snapshot.take(self.order, list(dict.fromkeys(c.stored for c in chosen)))
        return pa.table(
            [below(data.column(c.stored), c.path) for c in chosen],
            names=[c.name for c in chosen],
        )

    def tokens(self) -> tuple[int, int] | None:
        """Tokens of the rows in view and of all rows; None where none were counted."""
        column = self.snapshot.op_column("text.tokens", "count")
        if column is None:
            return None
        counts = self.snapshot.weights(column.name)
        in_view = int(np.sum(counts, where=self.mask))
        return in_view, in_view if self.whole else int(np.sum(counts, where=self.base))

    def python(self) -> str:
        """Code that gives the same rows in the same order."""
        fields = self.spec.texts()
        root = str(self.dataset.project.root)
        start = f"rows = assay.open({root!r}).dataset({self.dataset.full_name!r})"
        plain = not fields["search"] and not fields["sort"]
        if plain:
            wheres = "".join(f".where({text!r})" for text in fields["filters"])
            return f"import assay\n\n{start}{wheres}.to_table()\n"
        parts = ", ".join(f"{name}={value!r}" for name, value in fields.items() if value)
        return f"import assay\n\n{start}.view({parts}).to_table()\n"

    def describe(self) -> dict[str, Any]:
        """What a screen shows of the view before any row: counts, chips, tokens."""
        tokens = self.tokens()
        return {
            "view_key": self.key,
            "table_version": self.snapshot.version,
            "edition": self.snapshot.edition,
            "total": self.total,
            "count": self.count,
            "tokens": tokens[0] if tokens else None,
            "tokens_total": tokens[1] if tokens else None,
            "filters": [
                {
                    "text": each.text,
                    "label": label_of(each.text, self.snapshot),
                    "count": int(np.bitwise_count(held).sum()),
                }
                for each, held in zip(self.spec.filters, self.held, strict=True)
            ],
            "normalized": self.spec.to_dict(),
        }

    def _sorted(self) -> np.ndarray:
        rows = self.members
        place = pa.array(rows)
        columns: dict[str, Any] = {"_row": place}
        keys = []
        for number, (name, desc) in enumerate(self.spec.sort):
            values = self.snapshot.values(name).take(place)
            if pa.types.is_floating(values.type):
                values = pc.if_else(pc.is_nan(values), None, values)
            if pa.types.is_string_view(values.type) or pa.types.is_dictionary(values.type):
                values = values.cast(pa.large_string())
            columns[str(number)] = values
            keys.append((str(number), "descending" if desc else "ascending"))
        order = pc.sort_indices(pa.table(columns), sort_keys=[*keys, ("_row", "ascending")])
        ordered: np.ndarray = rows[np.asarray(order)]
        return ordered


class Engine:
    """Views of one project, with what they share in memory."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lock = threading.RLock()
        self._snapshots: OrderedDict[str, Snapshot] = OrderedDict()
        self._views: OrderedDict[str, View] = OrderedDict()

    def snapshot(self, dataset: Dataset) -> Snapshot:
        """The dataset's table as it is now; versions share it unless they keep older signals."""
        table = dataset.table
        name = dataset.full_name if isinstance(table, Pinned) else dataset.name
        with self._lock:
            known = self._snapshots.get(name)
            if known is None or known.edition != table.edition:
                whole = self.project.dataset(dataset.name)
                known = Snapshot(table, lambda rows: rowsets.mask(whole, rows), known)
                self._snapshots[name] = known
            self._snapshots.move_to_end(name)
            while len(self._snapshots) > _KEEP_SNAPSHOTS:
                self._snapshots.popitem(last=False)
            return known

    def view(self, dataset: Dataset, fields: Mapping[str, Any]) -> View:
        """The view that these fields describe, remembered under its key.

        Raises:
            UsageError: A part of it is wrong.
        """
        snapshot = self.snapshot(dataset)
        spec = read_view(fields, snapshot)
        view = _evaluate(dataset, snapshot, spec)
        with self._lock:
            view = self._views.setdefault(view.key, view)
            self._used(view.key)
            while len(self._views) > _KEEP_VIEWS:
                self._views.popitem(last=False)
        return view

    def select(self, dataset: Dataset, mask: np.ndarray) -> str:
        """Store the rows in `mask` (bool, over all source rows) as a selection; returns its filter.

        Views of it know its rows at once.
        """
        snapshot = self.snapshot(dataset)
        key = tags.select(dataset, snapshot.id_array(np.flatnonzero(mask)))
        rowset = RowSet("selection", key)
        snapshot.row_set(str(rowset), lambda _: mask)
        return str(rowset)

    def get(self, dataset: Dataset, key: str | None) -> View:
        """The view of that key; all rows for none.

        Raises:
            ViewExpired: The key is not known here.
        """
        if not key:
            return self.view(dataset, {})
        with self._lock:
            found = self._views.get(key)
            if found is None or found.dataset.full_name != dataset.full_name:
                raise ViewExpired(key)
            self._used(key)
            return found

    def _used(self, key: str) -> None:
        self._views.move_to_end(key)
        for old in list(self._views.values())[:-_KEEP_ORDERS]:
            old.forget_order()


def _evaluate(dataset: Dataset, snapshot: Snapshot, spec: ViewSpec) -> View:
    base = np.ones(snapshot.num_rows, bool)
    kept = dataset.rows().kept
    if kept is not None:
        base[:] = False
        base[kept[kept < snapshot.num_rows]] = True
    bits = np.packbits(base)
    held = tuple(snapshot.truth_bits(each.text) & bits for each in spec.filters)
    return _combine(dataset, snapshot, spec, base, held)


def _combine(
    dataset: Dataset,
    snapshot: Snapshot,
    spec: ViewSpec,
    base: np.ndarray,
    held: tuple[np.ndarray, ...],
) -> View:
    digest = blake2b(digest_size=8)
    chosen = [each.column for each in spec.filters]
    described = [dataset.full_name, snapshot.edition, spec.texts(), chosen]
    digest.update(json.dumps(described, ensure_ascii=False).encode("utf-8", "replace"))
    for each, bits in zip(spec.filters, held, strict=True):
        if parse(each.text).row_sets:
            digest.update(bits.tobytes())  # what is tagged or found may change
    mask, ranking, scores = _meeting(base, held), None, None
    if spec.search:
        ranking, scores = _search(dataset, snapshot, spec, mask)
        found = np.zeros(snapshot.num_rows, bool)
        found[ranking] = True
        mask = mask & found
    key = digest.hexdigest()
    return View(dataset, snapshot, spec, key, base, mask, ranking, scores, held)


def _meeting(base: np.ndarray, held: tuple[np.ndarray, ...]) -> np.ndarray:
    if not held:
        return base
    return np.unpackbits(np.bitwise_and.reduce(held), count=len(base)).view(bool)


def _search(
    dataset: Dataset, snapshot: Snapshot, spec: ViewSpec, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    (hits,) = find.ranked(dataset, [spec.search], k=MAX_HITS, near=NEAR, allowed=mask)
    rows = np.array([hit.row for hit in hits], np.int64)
    scores = np.array([hit.score for hit in hits], np.float64)
    known = rows < snapshot.num_rows
    return rows[known], scores[known]
