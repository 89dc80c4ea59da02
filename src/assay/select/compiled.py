"""The entries of a recipe's `rules:`, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assay import registry
from assay.errors import UsageError
from assay.search.expression import Expression, parse
from assay.select import rowset as rowsets
from assay.select.rowset import RowSet
from assay.select.subset.spec import named_columns

FORMS = "keep: EXPR, drop: EXPR (or a row set such as tag:NAME), use: FAMILY, select: SELECTOR"
NAMING_PARAMS = ("by", "stratify", "embedding", "group", "time")
"""Parameters of selectors that are expressions over columns and signals."""
MAX_NAME = 120
"""Characters of a name made from an expression."""


@dataclass(frozen=True)
class CompiledRule:
    """One rule, ready to be judged.

    Attributes:
        name: Unique within its recipe.
        kind: "keep", "drop" or "select".
        expression: For keep and drop.
        rowset: For keep and drop, in place of an expression.
        selector: Name of the selector, for select.
        params: Its parameters as given.
    """

    name: str
    kind: str
    expression: Expression | None = None
    selector: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    rowset: RowSet | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Columns and signals it reads that are named in the recipe."""
        if self.expression is not None:
            return self.expression.names
        given = [self.params.get(key) for key in NAMING_PARAMS]
        given += named_columns(self.params.get("criteria", ()))
        names = [name for text in given if isinstance(text, str) for name in parse(text).names]
        return tuple(dict.fromkeys(names))

    @property
    def needs(self) -> tuple[str, ...]:
        """Ops whose signals its selector reads."""
        if self.selector is None:
            return ()
        found = registry.selectors()[self.selector]
        given = [found.needs_if.get(f"{key}={value}", ()) for key, value in self.params.items()]
        return (*found.needs, *(op for ops in given for op in ops))


def compile_rules(
    entries: Iterable[Mapping[str, Any] | str], *, seed: int | None = None
) -> tuple[CompiledRule, ...]:
    """Rules from the entries of a recipe.

    Args:
        entries: `{keep: EXPR}`, `{drop: EXPR}`, `{use: FAMILY[@DEFINITION]}`, or
            `{select: SELECTOR, ...parameters}`, each optionally with a `name`; a bare string is a
            keep; in place of EXPR may stand a row set (`tag:NAME`). Without a name, an expression
            is its own name and a selector gives its name.
        seed: The recipe's, for selectors that take a `seed` and are not given one.

    Returns:
        The rules in order, with unique names; a family gives several.

    Raises:
        UsageError: An entry has no known form, a bad expression, an unknown family, selector or
            parameter, or two entries are given the same name.
    """
    rules: dict[str, CompiledRule] = {}
    for number, entry in enumerate(entries, 1):
        where = f"rule {number}"
        if isinstance(entry, str):
            entry = {"keep": entry}
        if not isinstance(entry, Mapping):
            raise UsageError(f"A rule cannot be {entry!r}.", where=where, allowed=FORMS)
        chosen = bool(entry.get("name")) and "use" not in entry
        for rule in _compile(entry, where, seed):
            name, copy = rule.name, 1
            while name in rules:
                if chosen:
                    raise UsageError(
                        f"Two rules are called '{name}'.",
                        where=where,
                        remedy="give each its own name",
                    )
                copy += 1
                name = f"{rule.name} ({copy})"
            rules[name] = replace(rule, name=name)
    return tuple(rules.values())


def _compile(entry: Mapping[str, Any], where: str, seed: int | None) -> list[CompiledRule]:
    """The rules of one entry; their names may not be unique yet."""
    # A selector may have a parameter `keep`, so the more special forms are looked for first.
    kind = next((k for k in ("select", "use", "keep", "drop") if k in entry), None)
    if kind is None:
        raise UsageError(
            f"A rule needs one of keep, drop, use and select: {dict(entry)!r}.",
            where=where,
            allowed=FORMS,
        )
    name = str(entry.get("name") or "")
    rest = {key: value for key, value in entry.items() if key not in (kind, "name")}
    if kind == "select":
        return [_selector(name, str(entry[kind]), rest, where, seed)]
    if rest:
        raise UsageError(
            f"A rule with '{kind}' has the unknown key '{next(iter(rest))}'.",
            where=where,
            allowed=f"name, {kind}",
        )
    if kind == "use":
        return _family(name, str(entry[kind]))
    written = _written(entry[kind], where)
    rowset = rowsets.parse(written)
    expression = None if rowset else parse(written)
    described = str(rowset or expression)
    if len(described) > MAX_NAME:
        described = described[: MAX_NAME - 3] + "..."
    default = described if kind == "keep" else f"drop {described}"
    return [CompiledRule(name or default, kind, expression, rowset=rowset)]


def _written(value: object, where: str) -> str:
    """An expression as YAML gives it: `keep: true` is not a string there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise UsageError(f"An expression is a text, not {value!r}.", where=where)
    return value


def _family(name: str, family: str) -> list[CompiledRule]:
    from assay.select.families import expand

    prefix = f"{name}: " if name else ""
    return [
        CompiledRule(f"{prefix}{rule.name}", "keep", parse(rule.keep)) for rule in expand(family)
    ]


def _selector(
    name: str, selector: str, params: dict[str, Any], where: str, seed: int | None
) -> CompiledRule:
    found = registry.get("selector", selector)
    for key in params:
        if key not in found.defaults:
            raise UsageError(
                f"The selector '{selector}' has no parameter '{key}'.",
                where=where,
                allowed=", ".join(found.defaults) or "no parameters",
            )
    if seed is not None and "seed" in found.defaults:
        params = {"seed": seed, **params}
    return CompiledRule(name or found.name, "select", selector=found.name, params=params)
