"""Commands about signals: compute, ops, warmup, doctor."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from assay._version import __version__
from assay.cli.hints import command
from assay.cli.main import json_option, note, opened, pairs, project_option
from assay.cli.output import clean, grid, out, plural, print_json, progress_bar
from assay.errors import UsageError


@click.command()
@click.argument("dataset")
@click.argument("ops", nargs=-1, required=True)
@click.option("--column", metavar="NAME", help="Column to read instead of the op's own.")
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameter of the op."
)
@click.option(
    "--like", metavar="DATASET", help="Use the models that DATASET fitted, to compare vectors."
)
@click.option("--as", "alias", metavar="NAME", help="Name to store the signal under.")
@click.option(
    "--workers", metavar="N", type=click.IntRange(1, 1024), help="Threads; all cores by default."
)
@click.option("--retry", is_flag=True, help="Try rows in quarantine again.")
@click.option(
    "--max-quarantined", metavar="N", type=click.IntRange(0), help="Fail above this many bad rows."
)
@project_option
@json_option
def compute(
    dataset: str,
    ops: tuple[str, ...],
    column: str | None,
    params: tuple[str, ...],
    like: str | None,
    alias: str | None,
    workers: int | None,
    max_quarantined: int | None,
    retry: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """Compute signals for the rows that lack them.

    OPS are names such as text.stats or text.stats@datatrove; `assay ops` lists them.
    """
    from assay.project.steps import model_note, scope_note

    target = opened(project).dataset(dataset)
    requests: list[str | dict[str, Any]] = list(ops)
    if params or alias is not None:
        if len(ops) != 1:
            raise UsageError("--param and --as go with one op at a time.")
        given = pairs(params, "-p model=lsa")
        requests = [{"op": ops[0], **given, **({} if alias is None else {"as": alias})}]
    for request in requests:
        if (remark := model_note(target.step(request, column=column))) is not None:
            note(remark)
    if (remark := scope_note(target)) is not None:
        note(remark)
    with progress_bar("Computing") as bar:
        result = target.compute(
            *requests,
            column=column,
            like=like,
            workers=workers,
            max_quarantined=max_quarantined,
            retry=retry,
            progress=bar,
        )
    if as_json:
        print_json(
            {
                "rows": result.rows,
                "rows_computed": result.rows_computed,
                "signals": result.signals,
                "quarantined": result.quarantined,
                "seconds": round(result.seconds, 3),
            }
        )
        return
    if not result.rows_computed:
        out().print(f"Nothing to do: all {plural(result.rows, 'row')} have these signals.")
    else:
        count = plural(len(result.signals), "signal")
        out().print(
            f"Computed {count} for {plural(result.rows_computed, 'row')} in {result.seconds:.1f} s."
        )
    if result.quarantined:
        out().print(
            f"Quarantined {plural(result.quarantined, 'value')}; "
            f"see them with: {clean(command('quarantine', dataset))}"
        )


@click.command()
@json_option
def ops(as_json: bool) -> None:
    """List ops, checks, rules, selectors, readers and writers.

    Those of installed plug-ins are among them.
    """
    from assay import registry
    from assay.select.families import FAMILIES

    kinds: dict[str, dict[str, Any]] = {
        "ops": registry.ops(),
        "checks": registry.finders(),
        "rules": dict(FAMILIES),
        "selectors": registry.selectors(),
        "readers": registry.readers(),
        "writers": registry.exporters(),
    }
    if as_json:
        print_json(
            {kind: [_described(t) for t in things.values()] for kind, things in kinds.items()}
        )
        return
    for kind, things in kinds.items():
        out().print(f"[bold]{kind}[/]")
        rows = [(name, _described(thing)["summary"]) for name, thing in sorted(things.items())]
        grid(["name", "what it does"], rows)
        out().print()


@click.command()
@json_option
def warmup(as_json: bool) -> None:
    """Compile the kernels now.

    The first run then does not wait for it.
    """
    import time

    from assay import registry

    done = {}
    for op in registry.ops().values():
        if op.warmup is not None:
            started = time.perf_counter()
            op.warmup()
            done[op.name] = round(time.perf_counter() - started, 2)
            if not as_json:
                out().print(f"{op.name}: ready in {done[op.name]:.1f} s")
    if as_json:
        print_json({"seconds": done})


@click.command()
@project_option
@json_option
def doctor(project: str | None, as_json: bool) -> None:
    """Check the installation.

    Says which versions, extras, kernel cache and project are in use.
    """
    from assay import models
    from assay.ops.kernels.jit import cache_dir

    packages = {}
    for name in ("pylance", "pyarrow", "numba", "onnxruntime", "tokenizers"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    report = {
        "assay": __version__,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "packages": packages,
        "text_embedder": models.default_model(),
        "kernel_cache": str(cache_dir()),
    }
    try:
        home = opened(project)
        report["project"] = str(home.root)
        report["datasets"] = len(home.datasets())
    except UsageError:
        report["project"] = "none here"
    if as_json:
        print_json(report)
        return
    flat = {**report, **packages}
    del flat["packages"]
    grid(["what", "found"], [(key.replace("_", " "), value) for key, value in flat.items()])


def _described(thing: Any) -> dict[str, Any]:
    described = {"name": thing.name}
    if hasattr(thing, "definitions"):  # a family of rules, which is data and no function
        return {**described, "summary": thing.description, "definitions": list(thing.definitions)}
    described["summary"] = thing.summary
    for attribute in ("version", "defaults", "needs", "suffixes", "main"):
        value = getattr(thing, attribute, None)
        if value is not None:
            described[attribute] = value
    if hasattr(thing, "presets"):
        described["presets"] = sorted(thing.presets)
        described["outputs"] = [field.name for field in thing.schema()]
    return described
