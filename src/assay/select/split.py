"""Selectors that take one part of a split in which nothing leaks from part to part.

Each part is a stretch of a line on which every group has its place: a hash of what the group is
called, or a time. Places do not depend on other rows, and the stretches are written in the recipe,
so that rows which come later never move those that were there.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.registry import selector
from assay.schema import Rows, Selection
from assay.select._ranking import column_of
from assay.select.alike import Alike, equal_contents, limits, near_duplicates
from assay.select.sample import draws
from assay.store.identity import NO_CONTENT

REPEATS = ("drop", "near", "keep")
"""What may be done with rows that repeat a row of another part."""
_REPEATS = "repeats a row in another part"


@selector("split.group", version="2", needs_if={"repeats=near": ("text.minhash",)})
def by_group(
    rows: Rows,
    *,
    group: str = "content_id",
    low: float = 0.0,
    high: float = 1.0,
    seed: int = 0,
    repeats: str = "drop",
) -> Selection:
    """Keep the part of a split that whole groups draw, such as all rows of an author.

    A content that several groups have stays in one part: that of its first row, in row order.

    Args:
        rows: Needs `id` and `content_id`; for near duplicates also `text` and `text.minhash`.
        group: What makes groups: a column, or any expression. A row without a value is a group of
            its own. By default, equal contents are one.
        low: Where the part begins on the line from 0 to 1.
        high: Where it ends; what is drawn there belongs to the next part.
        seed: Another seed deals the groups anew.
        repeats: "drop" keeps rows that repeat the content of another part in no part; "near" those
            as well whose text is a near duplicate (Jaccard similarity of 0.8 or more) of a text
            before them that is in another part; "keep" lets both stand in several parts.

    Returns:
        `value` is the group's draw in [0, 1) (float64), from a hash of its value alone.

    Raises:
        UsageError: The stretch is empty or not within 0 and 1, or `repeats` is none of these.
    """
    _stretch(low, high)
    place = group_places(rows, group, seed)
    return _part(place, (low, high), _repeating(rows, place, (low, high), repeats), _REPEATS)


@selector("split.near", version="1", needs=("text.minhash",))
def by_near_duplicates(
    rows: Rows, *, threshold: float = 0.8, low: float = 0.0, high: float = 1.0, seed: int = 0
) -> Selection:
    """Keep the part of a split that whole sets of near-duplicate texts draw.

    A text belongs with the first one, in row order, that it is linked to by texts before it. One
    that links texts of several parts is kept in none: it would leak, and moving the others would
    change parts that may have been used. Pairs are found and verified as by `dedup.near`.

    Args:
        rows: Needs `id`, `content_id`, `text` and `text.minhash`.
        threshold: Jaccard similarity in (0, 1] from which texts are near duplicates.
        low: Where the part begins on the line from 0 to 1.
        high: Where it ends; what is drawn there belongs to the next part.
        seed: Another seed deals the sets anew.

    Returns:
        `value` is the draw of the row's set in [0, 1) (float64).

    Raises:
        UsageError: The stretch is empty or not within 0 and 1, or the threshold is out of range.
    """
    _stretch(low, high)
    place, first, last = near_places(rows, threshold, seed)
    inside = (first >= low) & (last < high)
    bridge = (first < high) & (last >= low) & ~inside
    return _part(place, (low, high), bridge, "near duplicate of rows in other parts")


@selector("split.time", version="2", needs_if={"repeats=near": ("text.minhash",)})
def by_time(
    rows: Rows,
    *,
    time: str = "",
    low: str | float | None = None,
    high: str | float | None = None,
    repeats: str = "drop",
) -> Selection:
    """Keep the part of a split that a stretch of time makes.

    A content that comes back in another part stays in one: that of its first row, in row order.

    Args:
        rows: Needs `id` and `content_id`; for near duplicates also `text` and `text.minhash`.
        time: A column of times, dates or numbers, or an expression that gives numbers.
        low: Where the part begins: a number, or a time as ISO 8601; open by default.
        high: Where it ends; rows of that very time belong to the next part.
        repeats: "drop" keeps rows that repeat the content of another part in no part; "near" those
            as well whose text is a near duplicate (Jaccard similarity of 0.8 or more) of a text
            before them that is in another part; "keep" lets both stand in several parts.

    Returns:
        `value` is the row's time: seconds since 1970 (float64), or the number; null without one.

    Raises:
        UsageError: `time` is missing or neither times nor numbers, a bound cannot be read, or
            `repeats` is none of these.
    """
    place = time_places(rows, time)
    bounds = (_moment(low, -np.inf), _moment(high, np.inf))
    again = _repeating(rows, place, bounds, repeats)
    return _part(place, bounds, again, _REPEATS, bare="has no time")


def group_places(rows: Rows, group: str, seed: int) -> np.ndarray:
    """The draw of each row's group: float64, shape (n,), in [0, 1)."""
    values = column_of(rows, group)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    coded = values.dictionary_encode()
    codes = np.asarray(pc.fill_null(coded.indices, -1), np.int64)
    names = [f"={value}" for value in coded.dictionary.to_pylist()]
    alone = np.flatnonzero(codes < 0)
    if len(alone):
        ids = rows.take(alone, "id")["id"].to_pylist()
        codes[alone] = len(names) + np.arange(len(alone))
        names += [f"#{row_id}" for row_id in ids]
    return _fractions(names, seed)[codes] if names else np.empty(0)


def near_places(
    rows: Rows, threshold: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws of the sets that each row belongs with: its own, the lowest and the highest.

    They differ where a text links sets that were there before it.

    Returns:
        Three times float64, shape (n,), in [0, 1).
    """
    alike = near_duplicates(rows, threshold)
    own = _fractions(alike.names, seed)
    anchor, low, high = np.arange(len(own)), own.copy(), own.copy()
    before, after = np.minimum(alike.left, alike.right), np.maximum(alike.left, alike.right)
    order = np.argsort(after, kind="stable")  # what a content links to is settled before it
    linked = np.zeros(len(own), bool)
    for u, v in zip(before[order].tolist(), after[order].tolist(), strict=True):
        draw = own[anchor[u]]
        if not linked[v]:
            linked[v], anchor[v], low[v], high[v] = True, anchor[u], draw, draw
        else:
            anchor[v] = min(anchor[v], anchor[u])
            low[v], high[v] = min(low[v], draw), max(high[v], draw)
    of = alike.of
    return own[anchor[of]], low[of], high[of]


def time_places(rows: Rows, time: str) -> np.ndarray:
    """Seconds since 1970, or the number: float64, shape (n,), nan without one."""
    if not time:
        raise UsageError("'split.time' needs 'time'.", remedy="add time: COLUMN")
    values = rows.table(time).column(0) if time in rows.schema.names else column_of(rows, time)
    kind = values.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        since = values.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return np.asarray(since.cast(pa.float64()).fill_null(np.nan)) / 1e6
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        found = np.asarray(values.cast(pa.float64(), safe=False).fill_null(np.nan))
        return np.where(np.isfinite(found), found, np.nan)
    texts = values.to_pylist() if pa.types.is_string(kind) or pa.types.is_large_string(kind) else []
    if not texts and len(values):
        raise UsageError(
            f"Rows cannot be split by '{time}', which is {kind}.",
            allowed="a time, a date, a number, or texts such as 2026-03-14T09:26:53Z",
        )
    return np.array([np.nan if text is None else _moment(text, np.nan) for text in texts], float)


def parted(rows: Rows, repeats: str) -> Alike | None:
    """What `repeats` keeps from standing in several parts; None for nothing.

    Raises:
        UsageError: `repeats` is none of `REPEATS`.
    """
    if repeats not in REPEATS:
        raise UsageError(f"'repeats' cannot be '{repeats}'.", allowed=", ".join(REPEATS))
    if repeats == "keep":
        return None
    if repeats == "near":
        return near_duplicates(rows, blank=NO_CONTENT)
    return equal_contents(rows)


def _repeating(
    rows: Rows, place: np.ndarray, bounds: tuple[float, float], repeats: str
) -> np.ndarray:
    """Rows that have to stay out of the part: bool, shape (n,)."""
    alike = parted(rows, repeats)
    if alike is None:
        return np.zeros(len(place), bool)
    low, high = limits(alike, place)
    inside = _within(place, *bounds)
    return np.asarray(inside & ~(_within(low, *bounds) & _within(high, *bounds)))


def _fractions(names: list[str], seed: int) -> np.ndarray:
    # 53 bits: what a float64 holds without rounding up to 1.
    return (draws(names, seed) >> np.uint64(11)).astype(np.float64) / 2.0**53


def _stretch(low: object, high: object) -> None:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (low, high))
    if not numbers or not 0 <= float(str(low)) < float(str(high)) <= 1:
        raise UsageError(
            f"A part cannot go from {low!r} to {high!r}.", allowed="0 <= low < high <= 1"
        )


def _within(place: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.asarray((place >= low) & (place < high))


def _part(
    place: np.ndarray, bounds: tuple[float, float], out: np.ndarray, why: str, bare: str = ""
) -> Selection:
    """The verdict: rows within the bounds, but for those that are `out` because of `why`."""
    placeless = np.isnan(place)
    keep = _within(place, *bounds) & ~out
    code = np.where(out, 1, np.where(placeless, 2, 0)).astype(np.int32)
    finite = [None if np.isinf(bound) else bound for bound in bounds]
    words = pa.array(["belongs to another part", why, bare], pa.string())
    return Selection(
        keep=pa.array(keep),
        value=pa.array(place, mask=placeless),
        threshold=finite,
        reason=pa.DictionaryArray.from_arrays(pa.array(code, mask=keep), words),
    )


def _moment(value: object, missing: float) -> float:
    """A bound as a number: times as seconds since 1970, UTC where no zone is given."""
    if value is None or value == "":
        return missing
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        if np.isnan(missing):
            return missing
        raise UsageError(
            f"'{value}' is no time.", allowed="a number, or a time such as 2026-03-14T09:26:53Z"
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
