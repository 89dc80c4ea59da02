"""Recipes as screens edit them: YAML and structure, thresholds moved, a place to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay import registry
from assay.errors import UsageError
from assay.project import triage
from assay.project.parts import is_part, newest_curated
from assay.run.recipe import Recipe
from assay.search.expression import parse
from assay.search.syntax import describe
from assay.select.compiled import CompiledRule, compile_rules
from assay.select.families import FAMILIES, expand
from assay.select.handles import handles, moved

if TYPE_CHECKING:
    from assay.project.dataset import Dataset
    from assay.project.project import Project


def from_yaml(project: Project, text: str) -> dict[str, Any]:
    """A recipe written as YAML, as structure.

    Raises:
        UsageError: It is no recipe, or a rule in it is none; with the line where known.
    """
    return described(Recipe.from_yaml(text, folder=project.root))


def from_fields(project: Project, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe given as structure, checked, and as YAML.

    Raises:
        UsageError: It is no recipe.
    """
    return described(read(project, fields))


def read(project: Project, fields: Mapping[str, Any]) -> Recipe:
    """The recipe itself; relative paths in it start at the project's folder."""
    return Recipe.from_mapping(fields, folder=project.root)


def described(recipe: Recipe) -> dict[str, Any]:
    """`{recipe, yaml, rules}`, the rules as they will be judged."""
    mapping = {"rules": [], **recipe.to_mapping()}
    return {"recipe": mapping, "yaml": recipe.to_yaml(), "rules": rules_of(recipe)}


def rules_of(recipe: Recipe) -> list[dict[str, Any]]:
    """Every rule with the entry it comes from and the thresholds in it."""
    compiled = iter(compile_rules(recipe.rules, seed=recipe.seed))
    return [
        {"index": index, **rule_dict(next(compiled))}
        for index, entry in enumerate(recipe.rules)
        for _ in compile_rules([entry], seed=recipe.seed)
    ]


def rule_dict(rule: CompiledRule) -> dict[str, Any]:
    """A rule, JSON-ready."""
    if rule.rowset is not None:
        text = str(rule.rowset)
        return {"name": rule.name, "kind": rule.kind, "text": text, "names": [], "handles": []}
    if rule.expression is None:
        text = f"{rule.selector}" + "".join(f", {k}: {v}" for k, v in rule.params.items())
        return {"name": rule.name, "kind": rule.kind, "text": text, "names": [], "handles": []}
    return {
        "name": rule.name,
        "kind": rule.kind,
        "text": rule.expression.describe(),
        "names": list(rule.names),
        "handles": [handle.to_dict() for handle in handles(rule.expression.root)],
    }


def with_threshold(
    project: Project,
    fields: Mapping[str, Any],
    index: int,
    name: str,
    handle: int,
    value: float | Sequence[float],
) -> dict[str, Any]:
    """The recipe with one threshold moved; a family is unfolded into its rules for that.

    Raises:
        UsageError: There is no such entry, rule or threshold.
    """
    recipe = read(project, fields)
    rules = list(recipe.rules)
    if not 0 <= index < len(rules):
        raise UsageError(f"The recipe has no rule {index}.", allowed=f"0 to {len(rules) - 1}")
    entry = dict(rules[index])
    if "use" in entry:
        prefix = f"{entry['name']}: " if entry.get("name") else ""
        unfolded = [{"name": prefix + r.name, "keep": r.keep} for r in expand(str(entry["use"]))]
        # Names are unique within the recipe, so a later copy of a family carries a number.
        base = name.rpartition(" (")[0] if name.endswith(")") else name
        place = next((i for i, r in enumerate(unfolded) if r["name"] in (name, base)), None)
        if place is None:
            raise UsageError(
                f"The family '{entry['use']}' has no rule '{name}'.",
                allowed=", ".join(r["name"] for r in unfolded),
            )
        unfolded[place] = _moved(unfolded[place], handle, value)
        rules[index : index + 1] = unfolded
    else:
        rules[index] = _moved(entry, handle, value)
    return described(read(project, {**fields, "rules": rules}))


def start(dataset: Dataset) -> dict[str, Any]:
    """Where curating starts: the newest version's recipe, and applied fixes that it lacks.

    A subset, or a part of a split, is none to start from, only one to curate: its recipe would
    drop all the rest.
    """
    project = dataset.project
    applied = [dict(rule) for rule in triage.applied_rules(dataset.at(None))]
    newest = dataset.version or newest_curated(project, dataset.name)
    if newest is not None and not is_part(project, newest):
        fields = Recipe.from_yaml(newest.recipe).to_mapping()
        missing = [rule for rule in applied if rule not in fields.get("rules", [])]
        fields["rules"] = [*fields.get("rules", []), *missing]
        origin = "newest"
    else:
        fields = {"name": "clean", "input": dataset.full_name, "rules": applied}
        origin = "applied" if applied else "empty"
    recipe = Recipe.from_mapping(fields)
    return {**described(recipe), "from": origin}


def catalog_of_families() -> list[dict[str, Any]]:
    """Published families of rules, with the rules of their default definition."""
    return [
        {
            "name": family.name,
            "description": family.description,
            "source": family.source,
            "definitions": list(family.definitions),
            "rules": [{"name": rule.name, "keep": rule.keep} for rule in expand(family.name)],
        }
        for family in FAMILIES.values()
    ]


def catalog_of_selectors() -> list[dict[str, Any]]:
    """Selectors with their parameters."""
    return [
        {
            "name": selector.name,
            "description": selector.summary,
            "params": [
                {"name": name, "default": default, "type": type(default).__name__}
                for name, default in selector.defaults.items()
            ],
            "needs": list(selector.needs),
        }
        for selector in registry.selectors().values()
    ]


def catalog_of_ops(project: Project) -> list[dict[str, Any]]:
    """Ops with their outputs, and the datasets that have them computed."""
    made: dict[str, list[str]] = {}
    for name in project.datasets():
        found = {(f.metadata or {}).get(b"assay.op", b"") for f in project.dataset(name).schema}
        for op in found - {b""}:
            made.setdefault(op.decode(), []).append(name)
    return [
        {
            "name": op.name,
            "version": op.version,
            "description": op.summary,
            "params": dict(op.defaults),
            "inputs": list(op.inputs),
            "outputs": [{"name": f.name, "type": str(f.type)} for f in op.schema()],
            "computed": made.get(op.name, []),
        }
        for op in registry.ops().values()
    ]


def _moved(entry: Mapping[str, Any], handle: int, value: float | Sequence[float]) -> dict[str, Any]:
    form = next((key for key in ("keep", "drop") if key in entry and "select" not in entry), None)
    if form is None:
        if handle == -1 and not isinstance(value, list | tuple):
            return {**entry, "threshold": value}
        raise UsageError(
            "Only the thresholds of expressions and selectors can be moved.",
            allowed="a rule with keep or drop, or a selector with a threshold",
        )
    root = parse(str(entry[form])).root
    return {**entry, form: describe(moved(root, handle, value))}
