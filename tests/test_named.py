"""Everything that Assay promises by name is there, documented, and does what its name says.

The lists are written by hand. A name that goes missing, from the registry or from the
documentation, fails here; so does a check that no longer finds what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pytest

import assay
from assay import registry
from assay.ask.tools import TOOLS
from assay.cli.main import cli
from assay.errors import AssayError
from assay.models.embedder import embedder
from assay.project import describe
from assay.search.expression import evaluate, parse
from assay.testing.finders import MemoryRows, check_finder

DOCS = Path(__file__).parent.parent / "docs"
WORDS = ("sail harbor", "bread oven", "court judge", "goal match")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def vectors(matrix: np.ndarray) -> pa.Array:
    flat = pa.array(matrix.astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, matrix.shape[1])


def rows_of(texts: list[str], added: list[int] | None = None, **columns: Any) -> MemoryRows:
    n = len(texts)
    own: dict[str, Any] = {
        "id": [f"r{i}" for i in range(n)],
        "text": texts,
        "text_language__code": ["en"] * n,
        "text_language__score": pa.array([0.9] * n, pa.float32()),
    }
    return MemoryRows(pa.table({**own, **columns}), added=added)


def four_classes(n: int = 200) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts, codes and vectors of four subjects that lie apart."""
    rng = np.random.default_rng(0)
    code = np.arange(n) % 4
    return (
        [f"{WORDS[c]} {i}" for i, c in enumerate(code)],
        code,
        np.eye(4, 12)[code] * 3 + rng.normal(size=(n, 12)) / 2,
    )


def labeled(code: np.ndarray) -> list[str]:
    return [WORDS[c].split()[0] for c in code]


def leaking() -> tuple[MemoryRows, set[str]]:
    texts, _, near = four_classes(60)
    near[59] = near[3]
    split = ["train"] * 40 + ["test"] * 20
    signatures = pa.nulls(60, pa.list_(pa.uint32(), 112))
    columns = {"text_minhash__signature": signatures, "embed_text__vector": vectors(near)}
    return rows_of(texts, split=split, **columns), {"r3"}


def with_a_stray() -> tuple[MemoryRows, set[str]]:
    texts, _, near = four_classes()
    near[17] = -near.sum(axis=0)
    return rows_of(texts, embed_text__vector=vectors(near)), {"r17"}


def mislabeled() -> tuple[MemoryRows, set[str]]:
    texts, code, near = four_classes()
    given = code.copy()
    given[[8, 9, 10]] = [2, 3, 0]
    found = {"r8", "r9", "r10"}
    return rows_of(texts, label=labeled(given), embed_text__vector=vectors(near)), found


def between_classes() -> tuple[MemoryRows, set[str]]:
    texts, code, near = four_classes()
    middle = (np.eye(4, 12)[0] + np.eye(4, 12)[1]) * 1.5
    among = [i for i in range(80) if code[i] < 2][:24]
    near[among] = middle + np.random.default_rng(3).normal(size=(24, 12)) / 5
    found = {f"r{i}" for i in among}
    return rows_of(texts, label=labeled(code), embed_text__vector=vectors(near)), found


def one_class_rare() -> tuple[MemoryRows, set[str]]:
    label = ["sea"] * 100 + ["land"] * 95 + ["air"] * 2
    return rows_of(["t"] * 197, label=label), {"r195", "r196"}


def a_site_for_each_class() -> tuple[MemoryRows, set[str]]:
    texts, code, _ = four_classes(400)
    drawn = np.random.default_rng(1)
    site = np.where(drawn.random(400) < 0.7, code, drawn.integers(0, 4, 400))
    surplus = {f"r{i}" for i in np.flatnonzero(site == code)}
    return rows_of(texts, label=labeled(code), site=[f"s{x}" for x in site]), surplus


def two_languages() -> tuple[MemoryRows, set[str]]:
    codes = ["en"] * 90 + ["fr"] * 10
    sure = pa.array([0.97] * 100, pa.float32())
    columns = {"text_language__code": codes, "text_language__score": sure}
    return rows_of(["t"] * 100, **columns), {f"r{i}" for i in range(90, 100)}


def one_site() -> tuple[MemoryRows, set[str]]:
    site = ["big"] * 90 + ["small", "tiny"] * 5
    return rows_of(["t"] * 100, site=site), {f"r{i}" for i in range(90)}


def new_rows_of_another_kind() -> tuple[MemoryRows, set[str]]:
    kind = ["a", "b"] * 60 + ["c"] * 40
    added = [0] * 120 + [1] * 40
    return rows_of(["t"] * 160, added=added, kind=kind), {f"r{i}" for i in range(120, 160)}


def one_faith() -> tuple[MemoryRows, set[str]]:
    texts = ["A Sikh spoke."] + ["A Buddhist spoke."] * 80
    return rows_of(texts), {"r0"}


CHECKS: dict[str, tuple[str, Callable[[], tuple[MemoryRows, set[str]]]]] = {
    "near-duplicates across splits": ("leak.splits", leaking),
    "outliers": ("outliers.embedding", with_a_stray),
    "label errors": ("label_errors", mislabeled),
    "class imbalance": ("labels.imbalance", one_class_rare),
    "spurious correlation of a metadata column with the label": (
        "labels.spurious",
        a_site_for_each_class,
    ),
    "language imbalance": ("language.mix", two_languages),
    "source imbalance": ("sources.imbalance", one_site),
    "drift between versions": ("drift.versions", new_rows_of_another_kind),
    "under-represented groups by identity term": ("groups.identity", one_faith),
    "ambiguous rows": ("labels.ambiguous", between_classes),
}
TAGGED = {
    "outliers.embedding": "outlier",  # the rarest row may be worth most
    "groups.identity": "hardly named",  # dropping rows helps nobody
    "drift.versions": "drifted",  # what differs may be just what was missing
}
OTHER_CHECKS = (
    "columns.broken duplicates.exact duplicates.near leak.benchmark pii.found quality.rules "
    "text.encoding text.lengths"
)


@pytest.mark.parametrize("asked", CHECKS)
def test_a_named_check_finds_what_it_is_for(asked: str) -> None:
    name, planted = CHECKS[asked]
    rows, meant = planted()
    found = check_finder(registry.get("finder", name), rows)
    assert found, f"{name} finds nothing in rows planted for it"
    rows_found = set(found[0].row_ids)
    assert found[0].row_ids[0] in meant and len(rows_found - meant) <= len(rows_found) / 2
    assert "_interval" in str(found[0].evidence), f"{name} says no interval"
    assert found[0].fix is not None
    assert found[0].fix.tag == TAGGED.get(name)
    assert found[0].fix.to_dict()


@pytest.mark.parametrize(
    "name", sorted({name for name, _ in CHECKS.values()} | set(OTHER_CHECKS.split()))
)
def test_a_named_check_is_registered_and_documented(name: str) -> None:
    assert registry.get("finder", name).summary
    assert f"\n### {name}\n" in page("reference/checks.md")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> assay.Project:
    """120 rows of four subjects with vectors, a tag and a map's topic, in `docs`."""
    folder = tmp_path_factory.mktemp("named")
    texts, code, _ = four_classes(120)
    lines = [
        f'{{"text": "{t}", "subject": "{WORDS[c]}"}}\n' for t, c in zip(texts, code, strict=True)
    ]
    (folder / "rows.jsonl").write_text("".join(lines))
    home = assay.open(folder / "p")
    docs = home.dataset("docs")
    docs.add(folder / "rows.jsonl")
    docs.compute("text.stats", {"op": "embed.text", "model": "lsa"})
    ids = docs.to_table(["id", "subject"]).to_pylist()
    docs.tag("sea", [row["id"] for row in ids if row["subject"] == "sail harbor"][:3])
    return home


def an_id(docs: Any, subject: str, at: int = 0) -> str:
    found: str = docs.where(f'subject == "{subject}"').to_table(["id"])["id"][at].as_py()
    return found


SEARCHES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "a text": lambda docs: {"query": "harbor"},
    "a pasted text": lambda docs: {"like": "text:" + "we sail into the harbor and out. " * 9},
    "a row": lambda docs: {"like": an_id(docs, "sail harbor")},
    "several rows": lambda docs: {"like": [an_id(docs, "sail harbor", i) for i in range(3)]},
    "positive and negative examples": lambda docs: {
        "like": an_id(docs, "sail harbor"),
        "unlike": an_id(docs, "bread oven"),
    },
    "a text with examples": lambda docs: {"query": "sail", "like": an_id(docs, "sail harbor")},
    "a cluster, or the rows of any view": lambda docs: {
        "like": 'subject == "sail harbor" and position < 60'
    },
    "tagged rows": lambda docs: {"like": "tag:sea"},
    "a span of a text": lambda docs: {"like": "text:sail harbor"},
    "words alone": lambda docs: {"query": "harbor", "mode": "text"},
    "meaning alone": lambda docs: {"query": "harbor", "mode": "vector"},
    "within a view": lambda docs: {"query": "harbor", "where": "stats.words > 1"},
}


@pytest.mark.parametrize("question", SEARCHES)
def test_a_named_question_is_answered(question: str, project: assay.Project) -> None:
    docs = project.dataset("docs")
    hits = docs.search(k=5, **SEARCHES[question](docs))
    assert len(hits) == 5 and all("sail" in hit.text for hit in hits)


@pytest.mark.parametrize(
    "option", ["like", "unlike", "queries", "mode", "yes", "no", "most-likely"]
)
def test_a_named_way_to_search_is_documented(option: str) -> None:
    assert re.search(rf"^\| `--{option}\b", page("cli.md"), re.MULTILINE)


EXPRESSIONS = {
    "columns": "stars > 3",
    "layers": "stars > 3 and stars < 5",
    "spans": "pii.email > 0",
    "objects with attributes": 'obj(objects, class == "car" and size == "large")',
}


@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_a_named_part_of_the_query_language_picks_its_rows(kind: str) -> None:
    span = {"start": 0, "end": 3, "label": "email", "score": 1.0}
    spans = pa.list_(
        pa.struct(
            {"start": pa.int32(), "end": pa.int32(), "label": pa.string(), "score": pa.float32()}
        )
    )
    table = pa.table(
        {
            "stars": [4, 1],
            "objects": [[{"class": "car", "size": "large"}], [{"class": "car", "size": "small"}]],
            "text_pii__spans": pa.array([[span], []], spans),
        }
    )
    assert evaluate(parse(EXPRESSIONS[kind]), table).to_pylist() == [True, False]


@pytest.mark.parametrize("filter", ["tag:sea", "not tag:sea", "tag:sea and not stats.words > 9"])
def test_named_rows_can_be_combined(filter: str, project: assay.Project) -> None:
    found = project.dataset("docs").view(filters=[filter])
    assert len(found) == (117 if filter.startswith("not") else 3)


@pytest.mark.parametrize("kind", ["tag", "finding", "selection", "version", "dropped", "view"])
def test_a_named_kind_of_rows_is_documented(kind: str) -> None:
    assert re.search(rf"^\| `{kind}:", page("expressions.md"), re.MULTILINE)


READ = ("arrow", "chat", "csv", "html", "jsonl", "markdown", "parquet", "text", "tsv", "warc")
WRITTEN = {
    "arrow": "x.arrow",
    "chat": "x.chat.jsonl",
    "csv": "x.csv",
    "jsonl": "x.jsonl",
    "parquet": "x.parquet",
    "tsv": "x.tsv",
}


@pytest.mark.parametrize("name", READ)
def test_a_named_format_is_read_and_documented(name: str) -> None:
    assert registry.get("reader", name).suffixes
    assert f"\n### {name}\n" in page("reference/formats.md").partition("## Writing")[0]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_named_format_is_written_and_read_again(name: str, tmp_path: Path) -> None:
    lines = '{"messages": [{"role": "user", "content": "hi"}]}\n{"messages": []}\n'
    if name != "chat":
        lines = '{"text": "a, \\"quoted\\" line", "n": 1}\n{"text": "two\\nlines", "n": 2}\n'
    (tmp_path / ("in.chat.jsonl" if name == "chat" else "in.jsonl")).write_text(lines)
    home = assay.open(tmp_path / "p")
    first, again = home.dataset("first"), home.dataset("again")
    first.add(next(tmp_path.glob("in.*")))
    assert first.export(tmp_path / WRITTEN[name], format=name) == first.num_rows > 0
    again.add(tmp_path / WRITTEN[name])
    assert again.to_table(["text"]) == first.to_table(["text"])
    assert f"\n### {name}\n" in page("reference/formats.md").partition("## Writing")[2]


SELECTORS = (
    *("decontaminate", "dedup.exact", "dedup.near", "sample", "subset"),
    *("split.group", "split.near", "split.time"),
)
TOOLS_NAMED = (
    *("describe_data", "show_rows", "count_rows", "chart", "list_findings", "explain_row"),
    *("neighbors", "gaps", "diff"),
)
VERBS = (
    *("demo", "init", "add", "compute", "search", "check", "findings", "curate", "explain"),
    *("diff", "export", "lineage", "serve", "doctor", "warmup", "ops", "gaps", "subset", "split"),
    *("report", "ask", "concept", "map", "mcp"),
)
CRITERIA = {
    "k-center": "diversity",
    "facility location": "representative",
    "typicality": "typicality",
    "balance over columns": "balance:subject",
    "coverage of a target": "coverage:docs",
}


@pytest.mark.parametrize("name", SELECTORS)
def test_a_named_selector_is_registered_and_documented(name: str) -> None:
    assert registry.get("selector", name).summary
    assert f"\n### {name}\n" in page("reference/selectors.md")


@pytest.mark.parametrize("asked", CRITERIA)
def test_rows_are_chosen_by_a_named_criterion(asked: str, project: assay.Project) -> None:
    criterion = CRITERIA[asked]
    chosen = registry.get("selector", "subset").fn(
        project.dataset("docs").rows(), k=8, criteria=[criterion]
    )
    assert sum(chosen.keep.to_pylist()) == 8
    assert f"`{criterion.partition(':')[0]}" in page("reference/selectors.md")


@pytest.mark.parametrize("name", ["lsa", "minilm", "file:nowhere", "hub:nothing"])
def test_a_named_embedder_is_known_and_documented(name: str) -> None:
    """It loads, or says what it lacks; it is not an unknown name."""
    kind = name.partition(":")[0] + (":" if ":" in name else "")
    assert kind in page("reference/ops.md").partition("### embed.text")[2]
    try:
        assert embedder(name).dim > 0
    except AssayError as error:
        assert "There is no embedding model" not in str(error)


@pytest.mark.parametrize("form", ["html", "pdf", "json"])
def test_a_named_form_of_a_report_is_known_and_documented(form: str) -> None:
    assert describe.known_form(Path(f"r.{form}")) == form
    assert form in page("report.md").lower()


@pytest.mark.parametrize("name", TOOLS_NAMED)
def test_a_named_tool_is_there_and_documented(name: str) -> None:
    assert TOOLS[name].name == name
    assert f"`{name}`" in page("ask.md")


@pytest.mark.parametrize("verb", VERBS)
def test_a_named_verb_is_there_and_documented(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None and command.help
    assert f"\n## {verb}\n" in page("cli.md")
