"""The command about the map: map."""

from __future__ import annotations

from typing import Any

import click

from assay.cli.main import json_option, opened, project_option
from assay.cli.output import clean, err, out, plural, print_json, suggest
from assay.project.dataset import Dataset


@click.command()
@click.argument("dataset")
@click.option("--again", is_flag=True, help="Make it anew, though there is one.")
@click.option("--embedding", metavar="COLUMN", help="Vectors to lay out; the first by default.")
@click.option(
    "--method",
    type=click.Choice(["auto", "umap", "pca"]),
    default="auto",
    show_default=True,
    help="How to lay them out.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything random.")
@click.option(
    "--names",
    type=click.Choice(["auto", "terms", "model"]),
    default="auto",
    show_default=True,
    help="Name topics by their words (terms), by the chat model of ASSAY_LLM_URL, or by it where "
    "there is one (auto). The model is sent the beginnings of five texts a topic.",
)
@click.option(
    "--name",
    "named",
    nargs=2,
    metavar="TOPIC NAME",
    help="Call a topic, or a part of one, by another name.",
)
@click.option("--undo", metavar="EVENT", help="Take a name back.")
@project_option
@json_option
def map(
    dataset: str,
    again: bool,
    embedding: str | None,
    method: str,
    seed: int,
    names: str,
    named: tuple[str, str] | None,
    undo: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """Lay out the rows of DATASET by meaning, in named topics; show the topics; name them."""
    target = opened(project).dataset(dataset)
    if named is not None:
        done = target.name_topic(*named)
        if as_json:
            print_json(done)
            return
        out().print(
            f"{clean(done['was'])} is called {clean(done['name'])} now "
            f"({plural(done['rows'], 'row')})."
        )
        suggest("map", dataset, "--undo", done["event"], label="Undo")
        return
    if undo is not None:
        back = target.unname_topic(undo)
        shown = f"Taken back: the name {clean(back['name'])}."
        print_json(back) if as_json else out().print(shown)
        return
    _ = target.source
    made: dict[str, Any] | None = None
    told_how = embedding is not None or (method, seed, names) != ("auto", 0, "auto")
    if again or told_how or not target.topics():
        with err().status("Making the map") as line:
            made = target.make_map(
                embedding=embedding,
                method=method,
                seed=seed,
                names=names,
                report=lambda done, total=None, label="": line.update(label),
            )
    _show(target, made, as_json)


def _show(target: Dataset, made: dict[str, Any] | None, as_json: bool) -> None:
    topics = target.topics()
    if as_json:
        print_json({"made": made, "topics": topics})
        return
    if made is not None:
        out().print(f"{plural(made['rows'], 'row')} laid out by {made['method']}.")
        if made["model"]:
            given = sum(topic["by"] == "model" for topic in topics)
            out().print(f"{clean(made['model'])} named {given} of {len(topics)} topics and parts.")
        if made["note"]:
            out().print(f"[yellow]{clean(made['note'])}[/]")
    for topic in topics:
        if topic["level"] != "topic":
            continue
        out().print(f"  {clean(topic['label'])}  [dim]{plural(topic['count'], 'row')}[/]")
        for part in topics:
            if part["parent"] == topic["id"]:
                out().print(f"    {clean(part['label'])}  [dim]{part['count']:,}[/]")
    if not topics:
        out().print("No topics were found.")
        return
    suggest("map", target.name, "--name", topics[0]["label"], "NAME", label="Name one")
