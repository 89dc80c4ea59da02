"""Routes of recipes: both forms, live previews, making a version."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from assay.project import recipes
from assay.project.preview import preview
from assay.server.jobs import Job
from assay.server.service import Service, Use
from assay.server.shapes import curate as shapes
from assay.server.shapes.jobs import Started

router = APIRouter(prefix="/api", tags=["curate"])


@router.post("/recipes/parse", response_model=shapes.RecipeShape)
def post_parse(service: Use, body: shapes.YamlBody) -> Any:
    """A recipe from YAML."""
    return recipes.from_yaml(service.project, body.yaml)


@router.post("/recipes/render", response_model=shapes.RecipeShape)
def post_render(service: Use, body: shapes.RecipeBody) -> Any:
    """A recipe from its fields."""
    return recipes.from_fields(service.project, body.recipe.fields())


@router.get("/families", response_model=shapes.Families)
def get_families(service: Use) -> Any:
    """Published families of rules."""
    return {"families": recipes.catalog_of_families()}


@router.get("/selectors", response_model=shapes.Selectors)
def get_selectors(service: Use) -> Any:
    """Selectors and their parameters."""
    return {"selectors": recipes.catalog_of_selectors()}


@router.get("/ops", response_model=shapes.Ops)
def get_ops(service: Use) -> Any:
    """Ops that signals can be computed by."""
    return {"ops": recipes.catalog_of_ops(service.project)}


@router.get("/datasets/{dataset}/recipe", response_model=shapes.StartShape)
def get_recipe(service: Use, dataset: str) -> Any:
    """Where curating starts."""
    return recipes.start(service.dataset(dataset))


@router.post("/datasets/{dataset}/curate/preview", response_model=shapes.PreviewShape)
def post_preview(service: Use, dataset: str, body: shapes.PreviewBody) -> Any:
    """What a recipe would do."""
    return _preview(service, dataset, body.recipe.fields(), body.samples, body.rule)


@router.post("/datasets/{dataset}/curate/threshold", response_model=shapes.MovedShape)
def post_threshold(service: Use, dataset: str, body: shapes.ThresholdBody) -> Any:
    """The recipe with one threshold moved, and what it would do.

    While it is held, selectors are not asked: their last answers stand in.
    """
    moved = recipes.with_threshold(
        service.project, body.recipe.fields(), body.index, body.name, body.handle, body.value
    )
    # A rule without a name of its own is called after its text, which has changed.
    names = dict(enumerate(rule["name"] for rule in moved["rules"]))
    rule = names.get(body.place)
    found = _preview(
        service, dataset, moved["recipe"], body.samples, rule, ask_selectors=not body.held
    )
    return {**moved, "preview": found}


def _preview(
    service: Service,
    dataset: str,
    fields: dict[str, Any],
    samples: int,
    rule: str | None,
    *,
    ask_selectors: bool = True,
) -> dict[str, Any]:
    found = service.dataset(dataset)
    snapshot = service.engine.snapshot(found)
    planned = preview(found, snapshot, fields, service.memory)
    answers = planned.answers()
    described = planned.describe(answers, samples, rule)
    unsure = any(answer.state in ("pending", "estimate") for answer in answers)
    job = None
    if unsure and ask_selectors:

        def work(job: Job) -> Any:
            planned.answers(lambda name: job.report(0, None, f"Comparing rows: {name}"))
            return {"preview_key": planned.key}

        job = service.jobs.replace("preview", found.name, "Comparing rows", planned.key, work).id
    return {**described, "job": job}


@router.post("/datasets/{dataset}/curate", response_model=Started)
def post_curate(service: Use, dataset: str, body: shapes.CurateBody) -> Any:
    """Make a version."""
    found = service.dataset(dataset)
    recipe = recipes.read(service.project, body.recipe.fields())

    def work(job: Job) -> Any:
        return service.project.curate(recipe, progress=job.report).to_dict()

    label = f"Making {found.name}@{recipe.name}"
    return {"job": service.jobs.start("curate", found.name, label, work).id}
