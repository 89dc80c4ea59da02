"""A dataset dealt into parts, such as train and test, in which nothing leaks from part to part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.insight.wording import count
from assay.project.across import across
from assay.project.check import ensure
from assay.project.curate import curate, signals_of
from assay.run.compute import Progress
from assay.run.recipe import Recipe
from assay.schema import has_text
from assay.select._ranking import column_of
from assay.select.alike import THRESHOLD, first_places
from assay.select.compiled import compile_rules
from assay.select.split import REPEATS, group_places, near_places, parted, time_places

if TYPE_CHECKING:
    from assay.project.handle import Handle

KINDS = "near, content, group:COLUMN, time:COLUMN"
PARTS = {"train": 0.8, "val": 0.1, "test": 0.1}


@dataclass(frozen=True)
class SplitResult:
    """The versions that a split made.

    Attributes:
        input: Full name of what was split and its number of rows.
        by: What was kept together.
        parts: `{name, version, rows, share, asked, low, high}` each: `asked` is the share asked
            for, `share` that of the rows in all parts; `low` and `high` bound it on the line on
            which groups, or times, have their places.
        left_out: Rows in no part.
        why_left_out: `{repeats, linking, no_time}`, which add up to `left_out`: rows whose content
            (or nearly, with `repeats="near"`) is in another part, texts that are near duplicates of
            several parts, rows without a time.
        across: What stands in several parts all the same, `{exact, near}`, each
            `{rows, groups}`: rows of equal content, and near duplicates, whose parts differ. `near`
            is None where that is not known, because signatures are not computed.
        kept_cuts: Whether the bounds are those of an earlier split, so that no row moved.
        notes: What to do about rows across parts, one sentence each.
    """

    input: Mapping[str, Any]
    by: str
    parts: tuple[Mapping[str, Any], ...]
    left_out: int
    why_left_out: Mapping[str, int]
    across: Mapping[str, Mapping[str, int] | None]
    kept_cuts: bool
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "input": dict(self.input),
            "by": self.by,
            "parts": [dict(part) for part in self.parts],
            "left_out": self.left_out,
            "why_left_out": dict(self.why_left_out),
            "across": {key: value and dict(value) for key, value in self.across.items()},
            "kept_cuts": self.kept_cuts,
            "notes": list(self.notes),
        }


def split(
    dataset: Handle,
    parts: Mapping[str, float] | None = None,
    *,
    by: str | None = None,
    repeats: str = "drop",
    seed: int = 0,
    progress: Progress | None = None,
) -> SplitResult:
    """Deal the rows into parts; see `Dataset.split`."""
    shares = _shares(parts or PARTS)
    by = by or ("near" if has_text(dataset.schema) else "content")
    rule = _rule(by, seed, repeats)
    asked = ", ".join(f"{name} {share:.6g}" for name, share in shares.items())
    told = f"a split into {asked} by {by}"
    cuts = _earlier(dataset, list(shares), rule, told)
    kept = cuts is not None
    if cuts is None:
        whole = dataset.project.dataset(dataset.name)
        ensure(whole, signals_of(whole, [], compile_rules([rule])), progress)
        found = _cuts(dataset, rule, list(shares.values()))
        cuts = [_written(dataset, rule, bound) for bound in found]
    made = []
    for (name, share), low, high in zip(shares.items(), cuts[:-1], cuts[1:], strict=True):
        bounds = {key: at for key, at in (("low", low), ("high", high)) if at is not None}
        rules = [*({"keep": text} for text in dataset.filters), {**rule, **bounds}]
        recipe = {
            "name": name,
            "input": dataset.full_name,
            "description": told,
            "rules": rules,
        }
        result = curate(dataset.project, recipe, progress=progress)
        part = {"name": name, "version": result.output["name"], "rows": result.output["rows"]}
        made.append({**part, "asked": share, "low": low, "high": high})
    total = sum(part["rows"] for part in made)
    left_out = dataset.num_rows - total
    untimed = 0
    if rule["select"] == "split.time":
        untimed = int(np.isnan(time_places(dataset.rows(), rule["time"])).sum())
    near = rule["select"] == "split.near"
    found_across = across(dataset, [part["version"] for part in made])
    return SplitResult(
        input={"name": dataset.full_name, "rows": dataset.num_rows},
        by=by,
        parts=tuple(
            {**part, "share": round(part["rows"] / total, 6) if total else 0.0} for part in made
        ),
        left_out=left_out,
        why_left_out={
            "repeats": 0 if near else left_out - untimed,
            "linking": left_out if near else 0,
            "no_time": untimed,
        },
        across=found_across,
        kept_cuts=kept,
        notes=_notes(dataset, found_across),
    )


def _notes(dataset: Handle, found: Mapping[str, Mapping[str, int] | None]) -> tuple[str, ...]:
    """What to do about rows that stand in several parts."""
    notes = []
    exact, near = found["exact"], found["near"]
    if exact is not None and exact["groups"]:
        notes.append(
            f"{exact['rows']:,} rows of {count(exact['groups'], 'equal content')} are in several "
            "parts; with repeats=drop, or --repeats drop, each content stays in one"
        )
    if near is None:
        notes.append(
            "whether near duplicates are in several parts is not known; "
            f"assay compute {dataset.name} text.minhash, then split again, to be told"
        )
    elif near["groups"]:
        notes.append(
            f"{near['rows']:,} rows of {count(near['groups'], 'set')} of near duplicates are in "
            "several parts; with repeats=near, or --repeats near, each set stays in one"
        )
    return tuple(notes)


def _shares(parts: Mapping[str, float]) -> dict[str, float]:
    """Shares that add up to 1."""
    wrong = [
        name
        for name, share in parts.items()
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1e9
    ]
    if wrong or len(parts) < 2:
        raise UsageError(
            f"'{wrong[0]}' cannot have the share {parts[wrong[0]]!r}."
            if wrong
            else "A split needs two parts.",
            allowed="two or more names with shares above 0, such as train=0.8 and test=0.2",
        )
    total = sum(parts.values())
    return {name: share / total for name, share in parts.items()}


def _rule(by: str, seed: int, repeats: str) -> dict[str, Any]:
    """The rule that takes a part, without its bounds."""
    kind, _, argument = by.partition(":")
    argument = argument.strip()
    dealt = {"seed": seed} if seed else {}
    if repeats not in REPEATS:
        raise UsageError(f"'repeats' cannot be '{repeats}'.", allowed=", ".join(REPEATS))
    if repeats != "drop" and kind not in ("group", "time"):
        raise UsageError(
            f"A split by '{by}' leaves no repeats to decide about: they are dealt together.",
            remedy="leave 'repeats' out, or split by group:COLUMN or time:COLUMN",
        )
    keeping = {"repeats": repeats} if repeats != "drop" else {}
    if kind == "group" and argument:
        return {"select": "split.group", "group": argument, **dealt, **keeping}
    if kind == "time" and argument:
        return {"select": "split.time", "time": argument, **keeping}
    if kind == "near" and not argument:
        return {"select": "split.near", **dealt}
    if kind == "content" and not argument:
        return {"select": "split.group", **dealt}
    raise UsageError(f"Rows cannot be split by '{by}'.", allowed=KINDS)


def _places(dataset: Handle, rule: Mapping[str, Any]) -> np.ndarray:
    rows = dataset.rows()
    seed = int(rule.get("seed", 0))
    if rule["select"] == "split.near":
        return near_places(rows, THRESHOLD, seed)[0]
    timed = rule["select"] == "split.time"
    place = (
        time_places(rows, rule["time"])
        if timed
        else group_places(rows, rule.get("group", "content_id"), seed)
    )
    if timed and len(place) and np.isnan(place).all():
        raise _timeless(dataset, rule["time"])
    alike = parted(rows, rule.get("repeats", "drop"))
    # A content counts where its first row is: its other rows are there, or in no part.
    return place if alike is None else first_places(alike, place)


def _timeless(dataset: Handle, time: str) -> UsageError:
    """No row has a time: what stands there instead, and what would have been read."""
    seen = column_of(dataset.rows(), time).drop_null()
    filled = f"values such as '{str(seen[0].as_py())[:40]}'" if len(seen) else "only empty values"
    return UsageError(
        f"None of the {dataset.num_rows:,} rows has a time in '{time}', which has {filled}.",
        where=f"the column '{time}' of {dataset.full_name}",
        allowed="a time, a date, a number, or texts such as 2026-03-14T09:26:53Z (ISO 8601)",
        remedy="write the times so in the file and add it again, or split by another column",
    )


def _cuts(dataset: Handle, rule: Mapping[str, Any], shares: list[float]) -> list[float | None]:
    """Bounds between places so that each part gets its share of rows, to within one group.

    A bound is the place of the first group behind it. Every part gets a group.

    Raises:
        UsageError: There are fewer groups than parts, or no times.
    """
    places = _places(dataset, rule)
    known = np.sort(places[~np.isnan(places)])
    groups, starts = np.unique(known, return_index=True)
    if len(groups) < len(shares):
        timed = rule["select"] == "split.time"
        what = "time" if timed else "group"
        raise UsageError(
            f"{len(shares)} parts cannot be made of {len(groups)} {what}"
            f"{'' if len(groups) == 1 else 's'}"
            f"{'' if timed else ' that stay together'}.",
            where=dataset.full_name,
            remedy="ask for fewer parts, or split by something finer",
        )
    cuts: list[float | None] = [None]
    last = 0
    for number, share in enumerate(np.cumsum(shares)[:-1], start=1):
        most = len(groups) - (len(shares) - number)
        last = int(np.clip(np.abs(starts - share * len(known)).argmin(), last + 1, most))
        cuts.append(float(groups[last]))
    return [*cuts, None]


def _written(dataset: Handle, rule: Mapping[str, Any], bound: float | None) -> float | str | None:
    """A bound as it stands in a recipe: times as people write them."""
    if bound is None or rule["select"] != "split.time":
        return bound
    names = dataset.schema.names
    kind = dataset.schema.field(rule["time"]).type if rule["time"] in names else pa.float64()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return bound
    return datetime.fromtimestamp(bound, UTC).isoformat()


def _earlier(
    dataset: Handle, names: list[str], rule: Mapping[str, Any], told: str
) -> list[Any] | None:
    """The bounds of the newest split of this description and rule, if all its parts are there."""
    found = []
    for name in names:
        editions = dataset.project.versions.editions(dataset.name, name)
        recipes = (Recipe.from_yaml(version.recipe) for version in reversed(editions))
        known = (_bounds(recipe, rule) for recipe in recipes if recipe.description == told)
        bounds = next((each for each in known if each is not None), None)
        if bounds is None:
            return None
        found.append(bounds)
    joined = [low for low, _ in found] + [found[-1][1]]
    fits = all(a[1] == b[0] for a, b in pairwise(found))
    return joined if fits else None


def _bounds(recipe: Recipe, rule: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Where the part begins and ends that a recipe takes by this rule; None if by another."""
    last = dict(recipe.rules[-1])
    bounds = last.pop("low", None), last.pop("high", None)
    return bounds if last == rule else None
