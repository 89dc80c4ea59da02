"""From requested signals to the tasks that are still missing: (ops, fragment) pairs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from assay import registry
from assay.errors import UsageError
from assay.registry import Op
from assay.schema import signal_column
from assay.store.table import Fragment, Table

_ALIAS = re.compile(r"(?=.{1,100}\Z)(?!.*__)[A-Za-z]\w*([.@]\w+)*", re.ASCII)


@dataclass(frozen=True)
class Step:
    """One op with its parameters, and the name its columns are stored under.

    Attributes:
        op: The op.
        params: Full parameters, defaults filled in.
        name: `text.stats`, `text.stats@datatrove` or an alias: the prefix in expressions.
        inputs: Input name of the op to stored column.
        state: What `op.fit` returned; None where there is nothing to fit or it is not fitted yet.
        state_id: Asset id of the state.
    """

    op: Op
    params: Mapping[str, Any]
    name: str
    inputs: Mapping[str, str]
    state: bytes | None = None
    state_id: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """What makes two columns the same fact: op, version, parameters, inputs."""
        described = json.dumps([self.params, self.inputs], sort_keys=True, default=str)
        return {
            "assay.op": self.op.name,
            "assay.version": self.op.version,
            "assay.params": described,
            "assay.hash": blake2b(described.encode(), digest_size=8).hexdigest(),
        }

    def stored(self, run: str) -> pa.Schema:
        """The columns as stored: prefixed names, provenance in the field metadata."""
        provenance = {**self.identity, "assay.run": run, "assay.state": self.state_id}
        return pa.schema(
            [
                pa.field(signal_column(self.name, f.name), f.type).with_metadata(
                    {**provenance, "assay.name": f"{self.name}.{f.name}"}
                )
                for f in self.op.schema(self.params)
            ]
        )

    @property
    def signals(self) -> list[str]:
        """Names of the columns as written in expressions."""
        return [f"{self.name}.{field.name}" for field in self.op.schema(self.params)]


@dataclass(frozen=True)
class Task:
    """The unit of execution, commit and resume: some steps over one fragment."""

    fragment: Fragment
    first_row: int
    steps: tuple[Step, ...]


def make_step(request: str | Mapping[str, Any], *, column: str | None = None) -> Step:
    """Read a request: `text.stats`, `text.stats@datatrove`, or a mapping with `op` and parameters.

    Args:
        request: The op's name, with a preset after `@` or parameters beside it.
        column: Stored column to read instead of the op's own (ops with one input).

    Raises:
        UsageError: Unknown op, preset or parameter.
    """
    options = dict(request) if isinstance(request, Mapping) else {"op": request}
    called = options.pop("op", None)
    if not isinstance(called, str):
        raise UsageError(
            f"A signal needs an 'op': {request!r}.", remedy="write it as {op: text.stats}"
        )
    column = options.pop("column", column)
    name, _, preset = called.partition("@")
    op: Op = registry.get("op", name)
    alias = _alias(options.pop("as", None), op.name)
    params = dict(op.defaults)
    if preset:
        if preset not in op.presets:
            raise UsageError(
                f"The op '{name}' has no preset '{preset}'.",
                allowed=", ".join(sorted(op.presets)) or "none",
                remedy=f"leave out '@{preset}', or give parameters with an alias",
            )
        params.update(op.presets[preset])
    for key, value in options.items():
        if key not in params:
            raise UsageError(
                f"The op '{name}' has no parameter '{key}'.",
                allowed=", ".join(sorted(params)) or "none",
                remedy="check the spelling; `assay ops` lists every op with its parameters",
            )
        params[key] = in_type_of(params[key], value, f"{name}.{key}")
    if column is not None and len(op.inputs) != 1:
        raise UsageError(
            f"The op '{name}' reads {len(op.inputs)} columns, so one 'column' does not say which.",
            allowed=", ".join(op.inputs),
        )
    inputs = {own: column or own for own in op.inputs}
    return Step(op, params, alias or called, inputs)


def _alias(name: Any, op: str) -> str | None:
    """A name for the signals of `op`, one that expressions can spell without quotes.

    Raises:
        UsageError: It is none, or the name of another op.
    """
    if name is None:
        return None
    if not isinstance(name, str) or not _ALIAS.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a signal.",
            allowed="letters, digits and '_', starting with a letter; parts may be joined by '.' "
            "or '@'; no '__', at most 100 characters",
            remedy="name it like text2 or stats@mine",
        )
    if name.partition("@")[0] in registry.ops().keys() - {op}:
        raise UsageError(
            f"'{name}' is the name of another op, so its signals could not be told apart.",
            remedy="choose another name",
        )
    return name


def plan(
    table: Table, steps: Sequence[Step], again: Mapping[str, Set[int]] | None = None
) -> list[Task]:
    """The tasks whose columns are declared but not stored yet, fragment by fragment.

    Args:
        table: The table.
        steps: Signals to have.
        again: Fragments to compute once more although they are stored, by name of the step.
    """
    tasks, first = [], 0
    for fragment in table.fragments():
        missing = tuple(
            step
            for step in steps
            if not fragment.columns >= {field.name for field in step.stored("")}
            or fragment.id in (again or {}).get(step.name, ())
        )
        if missing:
            tasks.append(Task(fragment, first, missing))
        first += fragment.rows
    return tasks


def check_inputs(table: Table, step: Step, dataset: str) -> None:
    """Refuse a step whose input columns are not there, or hold no texts where it reads some.

    Raises:
        UsageError: With the columns there are, and how to name another.
    """
    for own, stored in step.inputs.items():
        if table.schema.get_field_index(stored) < 0:
            raise UsageError(
                f"'{step.op.name}' reads the column '{stored}', which '{dataset}' does not have.",
                allowed=", ".join(n for n in table.schema.names if "__" not in n),
                remedy=f"compute with --column NAME to read another column as '{own}', "
                "or add the data with --text NAME",
            )
        kind = table.schema.field(stored).type
        if own == "text" and not pa.types.is_string(kind):
            raise UsageError(
                f"'{step.op.name}' reads texts; the column '{stored}' of '{dataset}' holds {kind}.",
                allowed=", ".join(f.name for f in table.schema if pa.types.is_string(f.type)),
                remedy=f"compute with --column NAME to read another column as '{own}'",
            )


def same_fact(field: pa.Field, step: Step) -> bool:
    """Whether a stored column was made by the same op, version and parameters."""
    metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    return all(metadata.get(key) == value for key, value in step.identity.items())


def same_question(field: pa.Field, step: Step) -> bool:
    """Whether a stored column has the same op and parameters, in whatever version of the op.

    A parameter that the op did not have then counts as its default.
    """
    metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    if metadata.get("assay.op") != step.op.name:
        return False
    params, inputs = json.loads(metadata["assay.params"])
    described = [{**step.op.defaults, **params}, inputs]
    return bool(json.dumps(described, sort_keys=True) == step.identity["assay.params"])


def made_by(field: pa.Field, step: Step) -> bool:
    """Whether a stored column bears the step's name and comes from its op, with any parameters."""
    metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    prefix = metadata.get("assay.name", "").rpartition(".")[0]
    return metadata.get("assay.op") == step.op.name and prefix == step.name


def is_current(table: Table, step: Step) -> bool:
    """Whether the step's columns are declared, by this version of the op and these parameters."""
    schema = table.schema
    return all(
        schema.get_field_index(field.name) >= 0 and same_fact(schema.field(field.name), step)
        for field in step.stored("")
    )


def in_type_of(default: Any, value: Any, where: str) -> Any:
    """A value given as text on a command line, in the type of the default; lists have commas."""
    if not isinstance(value, str) or isinstance(default, str) or default is None:
        return value
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[value.lower()]
        if isinstance(default, tuple | list):
            return type(default)(part.strip() for part in value.split(",") if part.strip())
        return type(default)(value)
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"The parameter '{where}' cannot be '{value}'.",
            allowed=f"a {type(default).__name__}, such as {default}",
        ) from error
