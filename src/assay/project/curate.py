"""From a recipe to a named version: signals, verdicts, a selection, a record of why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import registry
from assay.errors import UsageError
from assay.project import rowsets
from assay.project.check import ensure
from assay.run.compute import Progress
from assay.run.recipe import Recipe
from assay.search.names import resolver
from assay.select.compiled import CompiledRule, compile_rules
from assay.select.rules import judge
from assay.store import runs

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.project import Project


@dataclass(frozen=True)
class CurateResult:
    """What a curation did.

    Attributes:
        input: Full name of what was curated and its number of rows.
        output: Full name of the version made and its number of rows.
        dropped: Rows by the rule they failed first; with `output` they add up to the input.
        failing: Rows by every rule they failed.
        made: Whether it is new; False where the same recipe had this outcome before, and
            `output` is the version that it made then.
        run: Id of the run that made it.
        seconds: Wall time.
    """

    input: Mapping[str, Any]
    output: Mapping[str, Any]
    dropped: Mapping[str, int]
    failing: Mapping[str, int]
    made: bool
    run: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "input": dict(self.input),
            "output": dict(self.output),
            "dropped": dict(self.dropped),
            "failing": dict(self.failing),
            "made": self.made,
            "run": self.run,
            "seconds": round(self.seconds, 3),
        }


def curate(
    project: Project,
    recipe: Recipe | Mapping[str, Any] | str | Path,
    *,
    progress: Progress | None = None,
) -> CurateResult:
    """Make the named version that a recipe describes.

    Signals that its rules name are computed where they are missing, and only there. The verdict of
    every rule on every row is recorded with the value it was reached on.

    Args:
        project: Where the input is and the version goes.
        recipe: A recipe, its fields as a mapping, or the path of a YAML file.
        progress: Told of rows while signals are computed.

    Raises:
        UsageError: The recipe, a rule, a name or a file it refers to is wrong.
    """
    plan = load(recipe)
    dataset = project.dataset(plan.input)
    rules = compile_rules(plan.rules, seed=plan.seed)
    if not rules:
        raise UsageError(
            f"The recipe '{plan.name}' has no rules, so it would keep everything.",
            remedy="add a rule, such as - keep: stats.words >= 50",
        )
    ready = ensure(dataset, [*plan.signals, *signals_of(dataset, plan.signals, rules)], progress)
    text = plan.to_yaml()
    inputs = {"version": dataset.full_name, "recipe": plan.name}
    with runs.record(project.events, "curate", dataset.name, inputs, recipe=text) as run:
        table = dataset.source
        rows = dataset.rows(table, ready=ready)
        readings = rowsets.readings(project.dataset(dataset.name), rules, rows)
        verdicts = judge(rules, rows, readings)
        dropped = verdicts.dropped()
        version = project.versions.save(
            dataset=dataset.name,
            name=plan.name,
            parent=dataset.full_name,
            table=table,
            recipe=text,
            verdicts=verdicts.table,
            dropped=dropped,
            thresholds=verdicts.thresholds,
            marks=[str(reading.note()["digest"]) for reading in readings.values()],
            run=run.key,
        )
        run.outputs = {"version": version.full_name, "rows": version.rows}
    return CurateResult(
        input={"name": dataset.full_name, "rows": version.rows_in},
        output={"name": version.full_name, "rows": version.rows},
        dropped=dropped,
        failing=verdicts.failing(),
        made=version.run == run.key,
        run=version.run,
        seconds=run.seconds,
    )


def load(recipe: Recipe | Mapping[str, Any] | str | Path) -> Recipe:
    """The recipe itself, from whatever form it came in."""
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, Mapping):
        return Recipe.from_mapping(recipe)
    return Recipe.from_file(Path(recipe))


def signals_of(
    dataset: Dataset, requests: Sequence[Any], rules: tuple[CompiledRule, ...]
) -> list[Any]:
    """The ops that the rules read from, beside those that the recipe asks for itself."""
    planned = {step.name: step for step in map(dataset.step, requests)}
    newest = dataset.source.schema
    schema = newest
    for step in planned.values():
        for field in step.stored(run=""):
            # Under an alias, only the recipe knows of a signal that is not computed yet.
            schema = schema if field.name in schema.names else schema.append(field)
    lookup = resolver(schema, registry.ops())
    stored = {
        (field.metadata or {}).get(b"assay.name", b"").decode().rpartition(".")[0]: field
        for field in newest
    }
    wanted: dict[str, Any] = {}
    for rule in rules:
        for name in rule.names:
            found = lookup(name)
            if found.op is None or found.op in planned:
                continue
            # A stored signal may lack new rows; it is asked for as it was made.
            field = stored.get(found.op)
            if field is not None and field.metadata[b"assay.op"].decode() not in registry.ops():
                continue  # such as the map: kept as signals, but not made by an op
            wanted[found.op] = dataset.request_of(field) if field is not None else found.op
        for op in rule.needs:
            if op not in planned:
                wanted.setdefault(op, op)
    return list(wanted.values())
