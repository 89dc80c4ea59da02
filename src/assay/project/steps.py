"""Requests for signals, read in the light of what a dataset has already."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assay import models, registry
from assay.errors import UsageError
from assay.run.plan import Step, made_by, make_step, same_fact

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

_WORD = re.compile(r"\W+", re.ASCII)


def step(dataset: Dataset, request: str | Mapping[str, Any], column: str | None) -> Step:
    """Read a request; a model that was not named is the one used here, else the default."""
    made = make_step(request, column=column)
    preset = made.op.presets.get(_called(request).partition("@")[2], {})
    named = "model" in preset or (isinstance(request, Mapping) and "model" in request)
    if "model" not in made.op.defaults or named:
        return made
    if dataset.exists:
        field = next((f for f in dataset.source.schema if made_by(f, made)), None)
        if field is not None:
            known = step_of(dataset, field)
            given = _given(request)
            if all(made.params[key] == known.params[key] for key in given):
                return known
            model = known.params["model"]
            return make_step(
                {**_as_mapping(request), "model": model, "as": made.name}, column=column
            )
    return make_step({**_with_model(request), "as": made.name}, column=column)


def _with_model(request: str | Mapping[str, Any]) -> dict[str, Any]:
    """The request with `model: auto` replaced by the model that this installation can run."""
    return {**_as_mapping(request), "model": models.default_model()}


def _as_mapping(request: str | Mapping[str, Any]) -> dict[str, Any]:
    return dict(request) if isinstance(request, Mapping) else {"op": request}


def _given(request: str | Mapping[str, Any]) -> set[str]:
    """Parameters that the request names."""
    return set(_as_mapping(request)) - {"op", "as", "column"}


def _called(request: str | Mapping[str, Any]) -> str:
    return str(request["op"]) if isinstance(request, Mapping) else request


def step_like(other: Dataset, request: str | Mapping[str, Any], column: str | None) -> Step:
    """The step with the model that another dataset fitted on its own rows.

    Raises:
        UsageError: The other dataset has no such signal.
    """
    given = {"op": request} if isinstance(request, str) else dict(request)
    alias = given.pop("as", None)
    made = make_step(given, column=column)
    if made.op.fit is None:
        return make_step(request, column=column)
    chosen = "model" in given
    field = next(
        (f for f in other.source.schema if made_by(f, made) and (same_fact(f, made) or not chosen)),
        None,
    )
    theirs = step_of(other, field) if field is not None else made
    if not theirs.state_id:
        raise UsageError(
            f"'{other.name}' has no '{made.name}' whose model could be used.",
            remedy=f"assay compute {other.name} {made.op.name}",
        )
    own = f"{made.op.name.partition('.')[0]}.{_WORD.sub('_', other.name)}"
    return replace(theirs, name=own if alias is None else make_step({**given, "as": alias}).name)


def scope_note(dataset: Dataset) -> str | None:
    """That signals asked for on a version are computed for all rows; None where it is none."""
    if dataset.version is None:
        return None
    everything = dataset.at(None)
    return (
        f"signals belong to the source rows, so this computes what is missing of all "
        f"{everything.num_rows:,} rows of {dataset.name}, not of the {dataset.num_rows:,} of "
        f"{dataset.full_name} alone; to pay for those alone, export them and add them as a dataset"
    )


def step_of(dataset: Dataset, field: pa.Field) -> Step:
    """The step, with its fitted state, that made a stored column."""
    metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    params, inputs = json.loads(metadata["assay.params"])
    state_id = metadata.get("assay.state", "")
    state = dataset.project.assets.get(state_id)
    name = metadata["assay.name"].rpartition(".")[0]
    op = registry.get("op", metadata["assay.op"])
    return Step(op, {**op.defaults, **params}, name, inputs, state, state_id)


def model_note(made: Step) -> str | None:
    """What a step computes with, for people, where it is a model; None for other steps."""
    model = made.params.get("model")
    return None if model is None else f"'{made.name}' uses the model '{model}'."


def request_of(dataset: Dataset, field: pa.Field) -> dict[str, Any]:
    """The request that made a stored column, to ask for it again."""
    made = step_of(dataset, field)
    request = {"op": made.op.name, **made.params, "as": made.name}
    own, stored = next(iter(made.inputs.items()))
    return request if own == stored else {**request, "column": stored}
