"""A few rows for a purpose, as a version that follows its dataset: what came, what left, and why.

A subset is a recipe, so it is made again as any version is. Made again after rows came, it follows
its last edition: rows stay unless newcomers are clearly better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.project.check import ensure
from assay.project.curate import curate, signals_of
from assay.project.unmatched import unmatched
from assay.run.compute import Progress
from assay.search.spaces import is_embedding, name_of
from assay.select.compiled import compile_rules
from assay.select.conditions import column
from assay.select.subset.spec import PURPOSES, parts_for
from assay.store.versions import Version

if TYPE_CHECKING:
    from assay.project.handle import Handle

RULE = "subset"
"""Name of the rule that chooses, in the recipes made here."""


@dataclass(frozen=True)
class SubsetResult:
    """What was chosen, and how that differs from the edition before.

    Attributes:
        input: Full name of what was chosen from and its number of rows.
        output: Full name of the version and its number of rows.
        previous: Full name of the edition before; None for the first one. The version itself where
            nothing changed.
        criteria: What was chosen by, with weights.
        attained: What the choice is worth: for `diversity` the largest cosine distance of a row to
            the nearest chosen one, for `representative` and `coverage` the mean similarity to the
            nearest chosen one.
        rows: Chosen rows in order: `{id, rank, gain, by, why}`.
        entered: Those of them that the edition before lacks, likewise.
        left: Rows of the edition before that are not chosen now: `{id, rule, why}`.
    """

    input: Mapping[str, Any]
    output: Mapping[str, Any]
    previous: str | None
    criteria: Sequence[str]
    attained: Mapping[str, float]
    rows: Sequence[Mapping[str, Any]]
    entered: Sequence[Mapping[str, Any]]
    left: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "input": dict(self.input),
            "output": dict(self.output),
            "previous": self.previous,
            "criteria": list(self.criteria),
            "attained": dict(self.attained),
            "rows": [dict(row) for row in self.rows],
            "entered": [dict(row) for row in self.entered],
            "left": [dict(row) for row in self.left],
        }


def subset(
    dataset: Handle,
    k: int,
    *,
    purpose: str | None = None,
    by: Sequence[str] = (),
    name: str | None = None,
    embedding: str | None = None,
    stay: float = 0.1,
    seed: int = 0,
    progress: Progress | None = None,
) -> SubsetResult:
    """Choose `k` rows of a dataset; see `Dataset.subset`."""
    if purpose is not None and purpose not in PURPOSES:
        raise UsageError(f"There is no purpose '{purpose}'.", allowed=", ".join(PURPOSES))
    if purpose is None and not by:
        raise UsageError(
            "What are the rows for?",
            allowed=f"a purpose ({', '.join(PURPOSES)}), or criteria to choose by",
        )
    parts = parts_for(purpose, by)
    rule: dict[str, Any] = {"name": RULE, "select": "subset", "k": k}
    rule["criteria"] = [
        part.label if part.weight == 1 else f"{part.label}={part.weight:g}" for part in parts
    ]
    if any(part.spatial for part in parts):
        rule["embedding"] = embedding or _embedding(dataset)
    if dataset.filters:
        _some_match(dataset, progress)
    title = name or purpose or RULE
    rule |= {"follows": title, "stay": stay}
    recipe = {
        "name": title,
        "input": dataset.full_name,
        "rules": [*({"keep": text} for text in dataset.filters), rule],
        "seed": seed,
    }
    editions = dataset.project.versions.editions(dataset.name, title)
    before = editions[-1] if editions else None
    made = curate(dataset.project, recipe, progress=progress)
    version = dataset.project.versions.get(dataset.name, made.output["name"])
    rows = _chosen(dataset, version)
    known = _kept(dataset, before)
    return SubsetResult(
        input=made.input,
        output=made.output,
        previous=before.full_name if before else None,
        criteria=rule["criteria"],
        attained=version.thresholds[RULE]["attained"],
        rows=rows,
        entered=[row for row in rows if row["id"] not in known] if before else rows,
        left=_left(dataset, version, known - {row["id"] for row in rows}),
    )


def _some_match(dataset: Handle, progress: Progress | None) -> None:
    """Refuse filters that leave no row, where there are rows."""
    whole = dataset.project.dataset(dataset.full_name)
    rules = compile_rules([{"keep": text} for text in dataset.filters])
    ensure(whole, signals_of(whole, [], rules), progress)
    if whole.num_rows and not dataset.num_rows:
        raise unmatched(dataset)


def _embedding(dataset: Handle) -> str:
    """The first embedding there is, else the one of the text, which is then computed."""
    field = next((field for field in dataset.schema if is_embedding(field)), None)
    return "embed.text" if field is None else name_of(field)


def _chosen(dataset: Handle, version: Version) -> list[dict[str, Any]]:
    """The rows of an edition in the order they were chosen in."""
    value, reason = column("value", RULE), column("reason", RULE)
    table = dataset.project.versions.verdicts(version).read(["id", "keep", value, reason])
    table = table.filter(table["keep"])
    found = [
        {"id": row_id, **picked, "why": str(why)}
        for row_id, picked, why in zip(
            table["id"].to_pylist(),
            table[value].to_pylist(),
            table[reason].cast(pa.string()).to_pylist(),
            strict=True,
        )
    ]
    return sorted(found, key=lambda row: int(row["rank"]))


def _kept(dataset: Handle, version: Version | None) -> set[str]:
    if version is None:
        return set()
    table = dataset.project.versions.verdicts(version).read(["id", "keep"])
    return set(table["id"].filter(table["keep"]).to_pylist())


def _left(dataset: Handle, version: Version, gone: set[str]) -> list[dict[str, Any]]:
    """Rows of the edition before, with the rule that keeps them out now."""
    if not gone:
        return []
    reason = column("reason", RULE)
    table = dataset.project.versions.verdicts(version).read(["id", "dropped_by", reason])
    table = table.filter(pc.is_in(table["id"], value_set=pa.array(sorted(gone), pa.string())))
    left = [
        {"id": row_id, "rule": rule, "why": why or f"the rule '{rule}' drops it now"}
        for row_id, rule, why in zip(
            table["id"].to_pylist(),
            table["dropped_by"].cast(pa.string()).to_pylist(),
            table[reason].cast(pa.string()).to_pylist(),
            strict=True,
        )
    ]
    known = {row["id"] for row in left}
    missing = sorted(gone - known)
    why = f"it is not in {version.parent} any more"
    return [*left, *({"id": row_id, "rule": "input", "why": why} for row_id in missing)]
