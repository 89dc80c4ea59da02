"""How two datasets, or two versions of one, differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import stopping
from assay.insight.diff import cells, columns, domain, overlap
from assay.insight.diff.schema import Shared, compare_schemas, shared
from assay.project.rows import StoredRows
from assay.project.shared_vectors import shared_space, vectors
from assay.schema import has_text
from assay.search.spaces import is_embedding
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

EXAMPLES = 20
CLASSIFIED = 10_000
"""Rows of each side that the classifier sees, where there are more."""
CONTENT = ("text", "messages", "source_id")
"""Columns that are the row itself, or its name: nothing to tell sides apart by."""


@dataclass(frozen=True)
class _Side:
    dataset: Dataset
    rows: StoredRows
    seed: int

    @property
    def name(self) -> str:
        return self.dataset.full_name

    @cached_property
    def sample(self) -> np.ndarray:
        """int64, ascending: the rows that the classifier sees."""
        n = self.rows.num_rows
        if n <= CLASSIFIED:
            return np.arange(n)
        rng = np.random.default_rng(self.seed)
        return np.sort(rng.choice(n, CLASSIFIED, replace=False))

    @property
    def has_text(self) -> bool:
        return has_text(self.rows.schema)

    @property
    def has_embedding(self) -> bool:
        return any(is_embedding(field) for field in self.rows.schema)

    @cached_property
    def ids(self) -> pa.Array:
        return self.rows.table("id").column(0).combine_chunks()


def diff(a: Dataset, b: Dataset, *, deep: bool = True, seed: int = 0) -> dict[str, Any]:
    """How `b` differs from `a`; nothing is computed that is not there, and nothing stored.

    Args:
        a: One side.
        b: The other.
        deep: Whether to compare what rows say too: classifier, cells and near overlap, which take
            most of the time, and are None without.
        seed: Of samples, folds and cells.

    Returns:
        `a`, `b`: `{name, rows}`; `common`, and `only_a`, `only_b` `{rows, reasons, examples}`, by
        row id, with the rules of the version that lacks the rows; `schema` as `compare_schemas`;
        `statistics` as `compare_columns`, by name; `cells` as `cell_shares`;
        `classifier` as `tell_apart`; `overlap`
        `{exact, near}` as `exact_overlap` and `near_overlap`; `notes`, what could not be compared
        and the command that changes that.
    """
    left, right = _Side(a, a.rows(), seed), _Side(b, b.rows(), seed)
    notes: list[str] = []
    exact, in_b, in_a = overlap.exact_overlap(left.rows, right.rows)
    statistics, features = _columns(left, right, deep)
    space = _space(left, right, notes) if deep else None
    return {
        "a": {"name": a.full_name, "rows": left.rows.num_rows},
        "b": {"name": b.full_name, "rows": right.rows.num_rows},
        **_membership(left, right),
        "schema": compare_schemas(left.rows.schema, right.rows.schema),
        "statistics": statistics,
        "cells": _cells(left, right, space),
        "classifier": _classifier(left, right, features, space, notes) if deep else None,
        "overlap": {
            "exact": exact,
            "near": _near(left, right, in_b, in_a, notes) if deep else None,
        },
        "notes": notes,
    }


def _membership(a: _Side, b: _Side) -> dict[str, Any]:
    """Rows by id: those of both, and those of one side alone with the reasons of the other."""
    in_b = np.asarray(pc.is_in(a.ids, value_set=b.ids))
    in_a = np.asarray(pc.is_in(b.ids, value_set=a.ids))
    related = a.dataset.name == b.dataset.name
    return {
        "common": int(in_b.sum()),
        "only_a": _only(a, ~in_b, b.dataset.version if related else None),
        "only_b": _only(b, ~in_a, a.dataset.version if related else None),
    }


def _only(side: _Side, alone: np.ndarray, judge: Version | None) -> dict[str, Any]:
    ids = side.ids.filter(pa.array(alone))
    reasons: Counter[str] = Counter()
    if judge is not None and len(ids):
        verdicts = side.dataset.project.versions.verdicts(judge).read(["id", "dropped_by"])
        where = pc.index_in(ids, verdicts.column("id").combine_chunks())
        found = verdicts.column("dropped_by").take(where).cast(pa.string())
        for each in pc.value_counts(found.combine_chunks()).to_pylist():
            reasons[each["values"] or "not in its input"] += each["counts"]
    return {
        "rows": len(ids),
        "reasons": dict(reasons.most_common()),
        "examples": ids[:EXAMPLES].to_pylist(),
    }


def _columns(a: _Side, b: _Side, deep: bool) -> tuple[dict[str, Any], list[domain.Feature]]:
    """Statistics of the columns of both sides, and what a classifier may know from them."""
    statistics: dict[str, Any] = {}
    features: list[domain.Feature] = []
    for each in shared(a.rows.schema, b.rows.schema):
        stopping.check()
        if _own_to_each(each, a, b):
            continue
        left = a.rows.table(each.a.name).column(0)
        right = b.rows.table(each.b.name).column(0)
        if each.name in CONTENT:
            told = columns.counts_only(left, right)
        else:
            told = columns.compare_columns(left, right)
        statistics[each.name] = told
        if deep and each.made_alike and told["kind"] != "other":
            pair = left.take(pa.array(a.sample)), right.take(pa.array(b.sample))
            features += _features(each.name, told["kind"], *pair)
    return statistics, features


def _own_to_each(column: Shared, a: _Side, b: _Side) -> bool:
    """Places on a map mean nothing on another map."""
    return column.name.startswith("map.") and a.dataset.name != b.dataset.name


def _features(name: str, kind: str, a: pa.ChunkedArray, b: pa.ChunkedArray) -> list[domain.Feature]:
    if kind == "category":
        return domain.category_features(name, a.to_pylist() + b.to_pylist())
    values = np.concatenate([columns.as_numbers(a), columns.as_numbers(b)])
    return domain.number_features(name, values)


@dataclass(frozen=True)
class _Space:
    """Vectors of the sampled rows of both sides, in one space; zeros, and False, without one."""

    name: str
    a: np.ndarray
    b: np.ndarray
    known_a: np.ndarray
    known_b: np.ndarray


def _space(a: _Side, b: _Side, notes: list[str]) -> _Space | None:
    found = shared_space(a.rows.schema, b.rows.schema)
    if found is None:
        lacking = next((s.name for s in (a, b) if not s.has_embedding), b.name)
        notes.append(
            f"Meanings are not compared: {a.name} and {b.name} have no embedding of one model; "
            f"run `assay compute {lacking.partition('@')[0]} embed.text`"
        )
        return None
    if not (len(a.sample) and len(b.sample)):
        return None
    left, known_a = vectors(found, "a", a.rows, a.sample, a.dataset)
    right, known_b = vectors(found, "b", b.rows, b.sample, a.dataset)
    return _Space(found.name, left, right, known_a, known_b)


def _cells(a: _Side, b: _Side, space: _Space | None) -> dict[str, Any] | None:
    if space is None:
        return None
    at = (a.sample[space.known_a], b.sample[space.known_b])

    def fetch(name: str) -> tuple[cells.Fetch, cells.Fetch]:
        def of(side: _Side, rows: np.ndarray) -> cells.Fetch:
            return lambda places: side.rows.take(rows[places], name).column(0).to_pylist()

        return of(a, at[0]), of(b, at[1])

    told = cells.cell_shares(
        space.a[space.known_a],
        space.b[space.known_b],
        ids=fetch("id"),
        texts=fetch("text") if a.has_text and b.has_text else None,
        seed=a.seed,
    )
    return None if told is None else {"embedding": space.name, **told}


def _classifier(
    a: _Side, b: _Side, features: list[domain.Feature], space: _Space | None, notes: list[str]
) -> dict[str, Any] | None:
    if space is not None:
        joined = np.concatenate([space.a, space.b])
        features = [domain.vector_feature(space.name, joined), *features]
    content = pa.chunked_array(
        [side.rows.take(side.sample, "content_id").column(0).combine_chunks() for side in (a, b)]
    )
    coded = content.combine_chunks().dictionary_encode()
    groups = np.asarray(pc.fill_null(coded.indices, 0), np.int64)
    in_b = np.arange(len(groups)) >= len(a.sample)
    told = domain.tell_apart(features, in_b, groups, seed=a.seed)
    if told is None:
        notes.append(
            "No classifier was trained: that needs 20 rows on each side, and columns that both have"
        )
    return told


def _near(
    a: _Side, b: _Side, in_b: np.ndarray, in_a: np.ndarray, notes: list[str]
) -> dict[str, Any] | None:
    """Near overlap, where both sides have texts and signatures of one kind."""
    if not (a.has_text and b.has_text):
        return None
    both = {each.name: each for each in shared(a.rows.schema, b.rows.schema)}
    signature = both.get(overlap.SIGNATURE)
    if signature is not None and signature.made_alike:
        return overlap.near_overlap(a.rows, b.rows, exact_a=in_b, exact_b=in_a)
    lacking = [s for s in (a, b) if signature or overlap.SIGNATURE not in s.dataset.signals]
    names = dict.fromkeys(side.dataset.name for side in lacking)
    what = "Nearly equal texts are not looked for"
    notes.extend(f"{what}: run `assay compute {name} text.minhash`" for name in names)
    return None
