"""A selector that chooses k rows by criteria, and says of each what spoke for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.errors import UsageError
from assay.registry import selector
from assay.schema import Rows, Selection
from assay.search.hybrid import as_matrix
from assay.search.names import resolver
from assay.search.spaces import as_embedding, is_embedding, space
from assay.select._ranking import column_of
from assay.select.sample import draws
from assay.select.subset.criteria import Balance, Criterion, Diversity, Facility, Static
from assay.select.subset.greedy import Chosen, choose
from assay.select.subset.spec import Part, parse_parts
from assay.select.subset.typicality import typicality

CELLS = 1 << 27
"""Similarities that a criterion may hold (float32): 512 MiB."""
EXACT = 11_585
"""Rows up to which every row is a candidate and a customer of `representative`."""
BINS = 10
"""Into so many quantiles a number is cut, to be balanced."""
_WHOLE = 50  # whole numbers of so many different values are groups as they are


@selector("subset", version="1")
def subset(
    rows: Rows,
    *,
    k: int | None = None,
    criteria: Sequence[str] = ("diversity",),
    embedding: str | None = None,
    follows: str | None = None,
    stay: float = 0.1,
    seed: int = 0,
) -> Selection:
    """Choose k rows by one criterion or several, and say of each what spoke for it.

    Rows are chosen one after another. At each turn every criterion says which share of its largest
    gain each row offers, and the row with the highest weighted mean is taken. `diversity`: far from
    all chosen rows (greedy k-center). `representative`: all rows become more similar to the chosen
    row nearest to them (facility location). `typicality`: close to the twenty rows nearest to it.
    `balance:COLUMN`: few chosen rows have its value; numbers are cut into ten quantiles.
    `coverage:DATASET`: the rows of another dataset become more similar to the chosen one nearest to
    them. Above 11,585 rows, `representative` and `coverage` see a sample drawn by a hash of ids.

    Args:
        rows: Needs `id`, and an embedding for all criteria but `balance`.
        k: How many rows; all, if there are fewer.
        criteria: What to choose by, each with a weight where it is not 1: `diversity=0.5`.
        embedding: Column of vectors; the first one there is by default.
        follows: A version made by this rule before, by its name without a number: its rows stay
            unless newcomers are clearly better. Nothing is followed by default.
        stay: What that means: by more than this share of the largest gain, in [0, 1].
        seed: Decides between equals, and what is sampled.

    Returns:
        `value` is `{rank, gain, by}` of chosen rows: the turn (from 1), the weighted mean of shares
        in [0, 1], and the criterion that weighed most; null for the others.

    Raises:
        UsageError: A parameter is wrong, there is no embedding, or the dataset to cover is not
            there or has none of the same model.

    Source: Gonzalez 1985 for k-center; Nemhauser, Wolsey and Fisher 1978 and Minoux 1978 for
    facility location; Hacohen, Dekel and Weinshall 2022 (arXiv:2202.02794), section 3, for
    typicality.
    """
    parts = parse_parts(criteria)
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise UsageError(f"'k' cannot be {k!r}.", allowed="a whole number from 1")
    if isinstance(stay, bool) or not isinstance(stay, int | float) or not 0 <= stay <= 1:
        raise UsageError(f"'stay' cannot be {stay!r}.", allowed="a share from 0 to 1")
    ids = rows.table("id")["id"].combine_chunks()
    before = _before(rows, ids, follows)
    order = np.argsort(draws(ids.to_pylist(), seed), kind="stable")
    pool = _pool(rows, order, before, parts, k, embedding)
    made = [_criterion(rows, part, pool, k) for part in parts]
    chosen = choose(
        made,
        [part.weight for part in parts],
        k,
        len(pool.rows),
        incumbent=before[pool.rows],
        stay=float(stay),
    )
    attained = {part.label: reached for part, each in zip(parts, made, strict=True)
                if (reached := _reached(each)) is not None}  # fmt: skip
    return _selection(rows.num_rows, pool, chosen, parts, before, {"k": k, "attained": attained})


@dataclass(frozen=True)
class _Pool:
    """The rows that can be chosen, in the order in which equals are taken.

    Attributes:
        rows: int64, shape (n,): their numbers.
        unit: float32, shape (n, d), of length 1; None where no criterion needs vectors.
        field: The stored column they are from.
        bare: int64: rows left out because they have no vector.
        customers: float32, shape (m, d): vectors of rows to stand for.
    """

    rows: np.ndarray
    unit: np.ndarray | None
    field: pa.Field | None
    bare: np.ndarray
    customers: np.ndarray | None


def _pool(
    rows: Rows,
    order: np.ndarray,
    before: np.ndarray,
    parts: Sequence[Part],
    k: int,
    embedding: str | None,
) -> _Pool:
    none = np.empty(0, np.int64)
    if not any(part.spatial for part in parts):
        return _Pool(order, None, None, none, None)
    field = _embedding(rows, embedding)
    pairwise = any(part.name in ("representative", "coverage") for part in parts)
    size = min(len(order), max(EXACT, 4 * k)) if pairwise else len(order)
    rest = order[size:]
    # Rows of the earlier edition are always candidates, or they could not stay.
    seen = np.concatenate([order[:size], rest[before[rest]]])
    matrix, known = as_matrix(rows.take(seen, field.name).column(0))
    lengths = np.linalg.norm(matrix, axis=1)
    known &= lengths > 0
    unit = np.ascontiguousarray(matrix[known] / lengths[known, None])
    drawn = int(known[:size].sum())
    customers = unit[: min(drawn, max(1, CELLS // max(1, len(unit))))]
    return _Pool(seen[known], unit, field, seen[~known], customers)


def _embedding(rows: Rows, name: str | None) -> pa.Field:
    fields = [field for field in rows.schema if is_embedding(field)]
    if name is not None:
        column = resolver(rows.schema, registry.ops())(name).column
        fields = [field for field in fields if field.name == column]
    if not fields:
        raise UsageError(
            f"'{name}' is no column of vectors." if name else "There is no embedding to choose by.",
            remedy=(as_embedding(rows.schema.field(column)) if name is not None else None)
            or "assay compute DATASET embed.text, or choose by balance:COLUMN alone",
        )
    return fields[0]


def _criterion(rows: Rows, part: Part, pool: _Pool, k: int) -> Criterion:
    if part.name == "balance":
        return Balance(part.label, _groups(column_of(rows, part.argument))[pool.rows])
    assert pool.unit is not None and pool.field is not None and pool.customers is not None
    if part.name == "diversity":
        return Diversity(part.label, pool.unit)
    if part.name == "typicality":
        return Static(part.label, typicality(pool.unit, k))
    if part.name == "representative":
        return Facility(part.label, pool.unit, pool.customers)
    return Facility(part.label, pool.unit, _target(rows, part.argument, pool))


def _target(rows: Rows, name: str, pool: _Pool) -> np.ndarray:
    """Vectors of the rows to cover; of a sample, where there are very many."""
    assert pool.unit is not None and pool.field is not None
    others = rows.beside(name)
    if others is None:
        raise UsageError(
            f"There is no dataset '{name}' to cover.", remedy="coverage:DATASET or DATASET@VERSION"
        )
    wanted = space(pool.field)
    field = next((f for f in others.schema if is_embedding(f) and space(f) == wanted), None)
    if field is None:
        raise UsageError(
            f"'{name}' has no embedding by the model that these rows were embedded with.",
            where=pool.field.name,
            remedy=f"assay compute {name.partition('@')[0]} embed.text --like DATASET, with the "
            "name of the dataset to choose from",
        )
    order = np.argsort(draws(others.table("id")["id"].to_pylist(), 0), kind="stable")
    some = np.sort(order[: max(1, CELLS // max(1, len(pool.unit)))])
    matrix, known = as_matrix(others.take(some, field.name).column(0))
    lengths = np.linalg.norm(matrix, axis=1)
    known &= lengths > 0
    return np.ascontiguousarray(matrix[known] / lengths[known, None])


def _groups(values: pa.Array) -> np.ndarray:
    """int64 a row, from 0: the value; of numbers, the quantile; no value is a group too."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    kind = values.type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if numeric and (pa.types.is_floating(kind) or pc.count_distinct(values).as_py() > _WHOLE):
        number = np.asarray(values.cast(pa.float64(), safe=False).fill_null(np.nan))
        known = np.isfinite(number)
        code = np.full(len(number), BINS)
        if known.any():
            edges = np.quantile(number[known], np.linspace(0, 1, BINS + 1)[1:-1])
            code[known] = np.searchsorted(edges, number[known], "left")
    else:
        code = np.asarray(pc.fill_null(values.dictionary_encode().indices, -1), np.int64)
    _, group = np.unique(code, return_inverse=True)
    return np.asarray(group, np.int64)


def _before(rows: Rows, ids: pa.Array, follows: str | None) -> np.ndarray:
    """bool a row: whether the newest edition of the version that is followed has it."""
    earlier = rows.beside(f"@{follows}") if follows else None
    if earlier is None:
        return np.zeros(len(ids), bool)
    known = earlier.table("id")["id"].combine_chunks()
    return np.asarray(pc.is_in(ids, value_set=known), bool)


def _reached(criterion: Criterion) -> float | None:
    """What the whole choice is worth by a criterion that says so."""
    if isinstance(criterion, Diversity):
        return round(criterion.radius, 6) if np.isfinite(criterion.radius) else None
    return round(criterion.value, 6) if isinstance(criterion, Facility) else None


def _selection(
    n: int,
    pool: _Pool,
    chosen: Chosen,
    parts: Sequence[Part],
    before: np.ndarray,
    threshold: dict[str, Any],
) -> Selection:
    at = pool.rows[chosen.candidates]
    keep = np.zeros(n, bool)
    keep[at] = True
    turn = np.full(n, -1, np.int64)
    turn[at] = np.arange(len(at))
    weights = np.array([part.weight for part in parts])
    weighed = chosen.shares * weights / weights.sum()
    told = pa.StructArray.from_arrays(
        [
            pa.array(np.arange(1, len(at) + 1), pa.int64()),
            pa.array(np.round(weighed.sum(axis=1), 6), pa.float64()),
            pa.array([parts[i].label for i in weighed.argmax(axis=1)], pa.string()),
        ],
        names=["rank", "gain", "by"],
    )
    out = f"not among the {len(at):,} chosen"
    reasons = [out, f"{out} any more", "has no vector to be chosen by"]
    code = np.zeros(n, np.int32)
    code[before] = 1
    code[pool.bare] = 2
    code[at] = len(reasons) + np.arange(len(at))
    for place, (gains, shares) in enumerate(zip(chosen.gains, chosen.shares, strict=True), 1):
        said = [f"{part.label} {gain:.3g}" for part, gain in zip(parts, gains, strict=True)]
        if len(parts) > 1:
            said = [
                f"{x} ({100 * share:.0f} % of the most)"
                for x, share in zip(said, shares, strict=True)
            ]
        reasons.append(f"number {place:,}: {', '.join(said)}")
    return Selection(
        keep=pa.array(keep),
        value=told.take(pa.array(turn, mask=turn < 0)),
        threshold=threshold,
        reason=pa.DictionaryArray.from_arrays(pa.array(code), pa.array(reasons, pa.string())),
    )
