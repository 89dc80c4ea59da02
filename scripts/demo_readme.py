"""The manifest of the demo data for people to read."""

from __future__ import annotations

from typing import Any

_HEAD = """# Data of `assay demo`

Made by `scripts/make_demo_data.py`; do not edit. The same facts for machines are in
`manifest.json`; notices of copyright are in `NOTICE`. `recipe.yaml` is written by hand.

`corpus/` is one dataset. `evals/` is a benchmark to hold against it, never to be added to it. The
texts are real; what was done to them is listed below. Persons in `support.jsonl` are invented.

| file | rows | bytes | license (rows) | from | what |
|---|---:|---:|---|---|---|
"""


def render(manifest: dict[str, Any]) -> str:
    """Markdown: one row a file, then what was damaged and what was planted."""
    table = "".join(_row(file) for file in manifest["files"])
    damage = "".join(
        f"| `{file['path']}` | {item['position']} | {item['kind']} |\n"
        for file in manifest["files"]
        for item in file["damage"]
    )
    sums = "".join(f"{file['sha256']}  {file['path']}\n" for file in manifest["files"])
    return (
        f"{_HEAD}{table}\n"
        "## Damaged on purpose\n\nRows above are whole ones; these come on top. A position is a "
        "line, or a record counted from 0.\n\n"
        f"| file | position | what |\n|---|---:|---|\n{damage}\n"
        f"## To be found\n\n{_planted(manifest['planted'])}\n"
        f"## SHA-256\n\n```\n{sums}```\n"
    )


def _row(file: dict[str, Any]) -> str:
    licenses = ", ".join(f"{name} ({rows})" for name, rows in file["license"].items())
    return (
        f"| `{file['path']}` | {file['rows']:,} | {file['bytes']:,} | {licenses} "
        f"| {file['origin']} | {file['holds']} |\n"
    )


def _planted(planted: dict[str, Any]) -> str:
    near, columns = planted["near_duplicates"], planted["columns"]
    numbers = ", ".join(f"`{k}` ({n} times N/A)" for k, n in columns["numbers_as_text"].items())
    items = [
        "Exact duplicates, rows that repeat an earlier text: "
        f"{_counts(planted['exact_duplicates'])}.",
        f"Near duplicates in `docs.jsonl.zst`: {near['pairs']} pairs of revisions with a word "
        "5-gram Jaccard similarity of 0.8 or more that are not identical, and "
        f"{near['identical_pairs']} that are. Pages in `crawl.warc.gz` are newer revisions of "
        "pages in `docs.jsonl.zst`.",
        f"Benchmark items in `math.parquet`: {_counts(planted['benchmark_leaks'])}.",
        f"Languages in `sentences.tsv`: {_counts(planted['languages'])}.",
        f"Personal data in `support.jsonl`, spans by type: {_counts(planted['pii_spans'])}.",
        f"Pages without text in `docs.jsonl.zst`: {planted['texts_missing']}.",
        f"Columns: {_names(columns['constant'])} is constant, {_names(columns['empty'])} is empty, "
        f"{numbers} holds numbers as text.",
    ]
    return "".join(f"- {item}\n" for item in items)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
