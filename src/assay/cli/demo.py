"""The command `demo`: Assay's main job on bundled real data, told in a dozen lines."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from assay.cli.hints import command, remember
from assay.cli.main import json_option
from assay.cli.output import clean, grid, out, plural, print_json, progress_bar, short_id

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

DATASET = "demo"
TOLD = 3  # findings
OPS = ("text.stats", "text.language", "text.pii", "text.minhash", "text.tokens", "embed.text")


@click.command()
@click.option(
    "--dir",
    "folder",
    default="assay-demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo project goes.",
)
@click.option(
    "--serve/--no-serve",
    default=None,
    help="Open the web app at the end; by default where a person is watching, in a terminal.",
)
@json_option
def demo(folder: Path, serve: bool | None, as_json: bool) -> None:
    """Ingest, understand and curate bundled real data, and say why."""
    story = Story(quiet=as_json)
    told = tell(folder, story)
    if as_json:
        print_json(told)
        return
    remember(str(folder) if folder.resolve() != Path.cwd() else None)
    recipe = folder / "recipe.yaml"
    out().print(f"\n[bold]Try next[/], or change a threshold in {clean(recipe)} and curate again:")
    for words in (
        ("serve",),
        ("findings", DATASET),
        ("explain", DATASET, story.row),
        ("curate", recipe),
    ):
        out().print(f"  {clean(command(*words))}")
    if serve or (serve is None and sys.stdout.isatty()):
        from assay.cli.serve import show
        from assay.project.project import open_project

        out().print("\n[bold]The web app[/]")
        show(open_project(folder))


class Story:
    """Prints the steps as they are done and keeps their times."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.seconds: dict[str, float] = {}
        self.row = "ID"

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)

    def say(self, name: str, line: str) -> None:
        """One line about a finished step."""
        if not self.quiet:
            seconds = self.seconds.get(name)
            timed = f"{seconds:6.1f} s" if seconds is not None else " " * 8
            grid(["", "", ""], [(Text(f"{name:<7}", "bold"), Text(timed, "dim"), line)])


def tell(folder: Path, story: Story) -> dict[str, Any]:
    """Run the demo in `folder` and return what happened, JSON-ready."""
    from assay import demo as bundle
    from assay.project.project import open_project

    started = time.perf_counter()
    project = open_project(folder)
    dataset = project.dataset(DATASET)
    with story.step("add"), progress_bar("Adding") as bar:
        added = dataset.add(
            bundle.folder() / "corpus", progress=lambda _, so_far: bar(so_far.rows_read, 0)
        )
    rows = dataset.num_rows
    story.say(
        "add",
        f"{plural(rows, 'row')} from {_sources(dataset)} files; "
        f"{plural(added.quarantined, 'damaged record')} set aside",
    )
    with story.step("compute"), progress_bar("Computing") as bar:
        computed = dataset.compute(*OPS, progress=bar)
    model = dataset.step("embed.text").params["model"]
    story.say(
        "compute",
        f"{plural(len(computed.signals), 'signal')} a row, "
        f"from statistics to an embedding ({model})",
    )
    evaluation = bundle.folder() / "evals" / "gsm8k_test.jsonl"
    with story.step("check"):
        found = dataset.check(against=[str(evaluation)])
    story.say("check", f"{plural(len(found), 'finding')}; the most serious:")
    for finding in _one_a_check(found)[:TOLD]:
        story.say("", f"{finding.score:.2f}  {finding.title}")
    recipe = _own_recipe(project.root, bundle.folder())
    with story.step("curate"):
        made = project.curate(recipe)
    kept = made.output["rows"]
    story.say(
        "curate",
        f"{made.output['name']} keeps {kept:,} of {plural(rows, 'row')}, "
        f"by {plural(len(made.dropped), 'rule')}",
    )
    with story.step("explain"):
        story.row, explained = _explain_one(dataset, made.output["name"])
    story.say("explain", explained)
    story.seconds["total"] = round(time.perf_counter() - started, 3)
    story.say("total", f"in {project.root}")
    dropped = {rule: rows for rule, rows in made.dropped.items() if rows}
    return {
        "dataset": DATASET,
        "project": str(project.root),
        "rows": rows,
        "quarantined": added.quarantined,
        "signals": computed.signals,
        "findings": dict(Counter(finding.check for finding in found)),
        "version": {"name": made.output["name"], "rows": kept, "dropped": dropped},
        "seconds": story.seconds,
    }


def _sources(dataset: Dataset) -> int:
    return len(set(dataset.to_table(["source"]).column(0).to_pylist()))


def _one_a_check(found: list[Any]) -> list[Any]:
    """The most serious finding of each check, so that every kind is seen once."""
    seen: dict[str, Any] = {}
    for finding in found:
        seen.setdefault(finding.check, finding)
    return list(seen.values())


def _own_recipe(root: Path, bundled: Path) -> Path:
    """A copy of the recipe beside the project, for the reader to change; a changed one is kept."""
    own = root / "recipe.yaml"
    if not own.exists():
        text = (bundled / "recipe.yaml").read_text()
        own.write_text(text.replace("evals/", f"{bundled.as_posix()}/evals/"))
    return own


def _explain_one(dataset: Dataset, version: str) -> tuple[str, str]:
    """A dropped row, and why it was dropped: one that overlaps a benchmark, if there is one."""
    project = dataset.project
    made = project.dataset(version).version
    assert made is not None
    verdicts = project.versions.verdicts(made).read(["id", "dropped_by"])
    by = verdicts.column("dropped_by").cast("string").to_pylist()
    ids = verdicts.column("id").to_pylist()
    dropped = [(rule, row) for rule, row in zip(by, ids, strict=True) if rule is not None]
    if not dropped:
        return short_id(ids[0]), "every row was kept"
    telling = [pair for pair in dropped if "benchmark" in pair[0]] or dropped
    told = project.dataset(version).explain(telling[0][1])
    reason = next(r["reason"] for r in told["rules"] if r["verdict"] == "drop")
    origin = told["lineage"][-1]
    why = f"row {origin['position']} of {origin['source']} is dropped: {reason}"
    return short_id(told["id"]), why
