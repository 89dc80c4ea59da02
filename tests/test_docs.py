"""The documentation is true: examples run, tables are current, everything registered is there."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pyarrow as pa
import pytest
import yaml

import assay
from assay import demo, registry
from assay.run.recipe import Recipe
from assay.search.expression import evaluate, parse
from docs_blocks import (
    PAGES,
    ROOT,
    arguments,
    blocks,
    page_id,
    run_assay,
    run_console,
    run_python,
)

DOCS = ROOT / "docs"
_spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
assert _spec is not None and _spec.loader is not None
make_docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_docs)

REGISTERED = [
    (page, name)
    for page, things in (
        ("ops", registry.ops()),
        ("checks", registry.finders()),
        ("selectors", registry.selectors()),
        ("formats", registry.readers()),
        ("formats", registry.exporters()),
    )
    for name in make_docs.builtin(things)
]
COMMANDS = make_docs.commands()
MARKDOWN = [(page, b) for page in PAGES for b in blocks(page, "", "bash", "console")]
EXPRESSIONS = re.findall(
    r"^\| `(.+?)` \| ([a-d ]+) \|", (DOCS / "expressions.md").read_text("utf-8"), re.MULTILINE
)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder as the current one; what examples register or import is forgotten again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("ASSAY_PROJECT", raising=False)
    registry.ops()  # what is built in is loaded before it is remembered
    before = {kind: dict(things) for kind, things in registry._registered.items()}
    modules = set(sys.modules)
    yield tmp_path
    for kind, things in before.items():
        registry._registered[kind] = things
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> assay.Project:
    """A project with a dataset `docs` of 300 messages, computed, checked, tagged and curated."""
    folder = tmp_path_factory.mktemp("project")
    home = assay.open(folder)
    docs = home.dataset("docs")
    docs.add(demo.folder() / "corpus" / "support.jsonl")
    docs.compute("text.stats", "text.language", "text.pii", {"op": "embed.text", "model": "lsa"})
    docs.check("duplicates.exact")
    docs.tag("good", docs.to_table(["id"])[0].to_pylist()[:200])
    docs.curate(name="clean", rules=["text.pii.count == 0"])
    (folder / "recipe.yaml").write_text("{name: long, input: docs, rules: [stats.words > 9]}")
    (folder / "evals.jsonl").write_bytes((demo.folder() / "evals/gsm8k_test.jsonl").read_bytes())
    return home


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=page_id)
def test_the_python_examples_of_a_page_run(page: Path, reader: Path) -> None:
    run_python(page, reader)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "console")], ids=page_id)
def test_the_commands_of_a_page_print_what_it_says(page: Path, reader: Path) -> None:
    run_console(page, reader)


def test_the_example_in_the_readme_has_at_most_ten_lines() -> None:
    (example,) = blocks(ROOT / "README.md", "python")
    assert len(example.text.splitlines()) <= 10


def test_the_readme_names_two_set_up_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"\bmake \w+", text) == ["make demo", "make test"]


@pytest.mark.parametrize("page", [p for p in PAGES if p.is_relative_to(DOCS)], ids=page_id)
def test_the_generated_parts_of_a_page_are_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert make_docs.renew(text) == text, f"run: {make_docs.COMMAND}"


@pytest.mark.parametrize(("page", "name"), REGISTERED, ids=lambda value: value)
def test_everything_registered_is_documented(page: str, name: str) -> None:
    text = (DOCS / "reference" / f"{page}.md").read_text("utf-8")
    assert f"\n### {name}\n" in text, f"run: {make_docs.COMMAND}"


@pytest.mark.parametrize(("page", "name"), REGISTERED, ids=lambda value: value)
def test_every_parameter_of_what_is_registered_has_a_meaning(page: str, name: str) -> None:
    text = (DOCS / "reference" / f"{page}.md").read_text("utf-8")
    for section in text.split("\n### ")[1:]:
        if section.startswith(f"{name}\n"):
            assert not re.findall(r"^\| `\w+` \| .* \|  \|$", section, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    assert f"\n## {name}\n\n<!-- generated: command {name} -->\n" in text
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts[0]} has no help"


# Arguments with which each command answers on the project of this module; `demo` has tests of
# its own, for it takes longer than all others together.
CALLS: dict[str, str] = {
    "init": "init",
    "add": "add docs evals.jsonl",
    "ls": "ls",
    "quarantine": "quarantine",
    "export": "export docs out.csv",
    "lineage": "lineage",
    "compute": "compute docs text.tokens",
    "ops": "ops",
    "doctor": "doctor",
    "warmup": "warmup",
    "search": "search docs card",
    "concept": "concept docs",
    "map": "map docs --method pca",
    "check": "check docs duplicates.exact",
    "findings": "findings docs",
    "curate": "curate recipe.yaml",
    "explain": "explain docs@clean 70ec68acb482023bd73555112b460c70",
    "diff": "diff docs docs@clean",
    "split": "split docs --parts a=1,b=1 --by content",
    "gaps": "gaps docs --target docs@clean --cells 5",
    "subset": "subset docs -k 5 --by balance:stats.words",
    "report": "report docs",
    "ask": "ask docs card",
    "versions": "versions",
    "tag": "tag docs good --where version:clean",
    "label": "label docs tone dry --where version:clean",
}


@pytest.mark.parametrize("name", [n for n in COMMANDS if n != "mcp"])  # it speaks JSON-RPC
def test_the_json_of_a_command_has_the_documented_keys(
    name: str, project: assay.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = (DOCS / "cli.md").read_text("utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    shape = re.search(r"^JSON: `\{([^`]*)\}`", section, re.MULTILINE)
    assert shape, f"the section '{name}' does not say what --json gives"
    if name in ("demo", "serve"):  # these have tests of their own
        return
    monkeypatch.chdir(project.root)
    answer = json.loads(run_assay(*CALLS[name].split(), "--json").splitlines()[-1])
    assert sorted(_keys(shape[1])) == sorted(answer)
    for key, inner in _keys(shape[1]).items():
        rows = answer[key] if isinstance(answer[key], list) else []
        if "{" in inner and rows:
            assert sorted(_keys(inner.strip("[]{}"))) == sorted(rows[0])


def _keys(shape: str) -> dict[str, str]:
    """Names at the top level of `a, b{x, y}, c[{z}]`, each with what follows it in brackets."""
    found: dict[str, str] = {}
    depth, name = 0, ""
    for character in f"{shape},":
        depth -= character in "]}"
        if character == "," and depth == 0:
            key, inner = re.fullmatch(r"\s*(\w+)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr] # a shape that cannot be read has to fail
            found[key] = inner
            name = ""
        else:
            name += character
        depth += character in "[{"
    return found


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_named_in_prose_exist_with_their_options(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for code in re.findall(r"`assay ([a-z][^`]*)`", prose):
        name, *rest = code.split()
        assert name in COMMANDS, f"there is no `assay {name}`"
        options = {o for p in COMMANDS[name].params for o in (*p.opts, *p.secondary_opts)}
        for word in rest:
            if word.startswith("-"):
                assert word in options, f"`assay {name}` has no {word}"


@pytest.mark.parametrize(
    ("page", "block"), MARKDOWN, ids=lambda v: page_id(v) if isinstance(v, Path) else f"l{v.line}"
)
def test_commands_in_blocks_are_understood(page: Path, block) -> None:
    from assay.cli.main import cli

    for line in block.text.splitlines():
        typed = line.removeprefix("$ ").removeprefix(".venv/bin/")
        if typed.startswith("assay "):
            name, *rest = arguments(typed)
            if not name.startswith("-"):
                cli.get_command(click.Context(cli), name).make_context(name, rest)


def test_every_environment_variable_is_documented() -> None:
    sources = (ROOT / "src" / "assay").rglob("*.py")
    read = {v for path in sources for v in re.findall(r'"(ASSAY_[A-Z_]+)"', path.read_text())}
    text = (DOCS / "cli.md").read_text("utf-8")
    assert read and [name for name in sorted(read) if f"| `{name}` |" not in text] == []


def test_the_changelog_has_this_release() -> None:
    assert f"\n## {assay.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        other = page.parent / path if path else page
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", other.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
            assert anchor in slugs, target


@pytest.fixture(scope="module")
def four_rows() -> pa.Table:
    (example,) = blocks(DOCS / "expressions.md", "jsonl")
    return pa.Table.from_pylist([json.loads(line) for line in example.text.splitlines()])


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_an_expression_is_true_for_the_rows_shown(
    expression: str, expected: str, four_rows: pa.Table
) -> None:
    true = evaluate(parse(expression), four_rows).fill_null(False)
    assert four_rows.filter(true)["row"].to_pylist() == expected.split()


def test_every_function_of_the_language_is_described() -> None:
    from assay.search.syntax import FUNCTIONS

    text = (DOCS / "expressions.md").read_text("utf-8")
    assert [name for name in FUNCTIONS if f"{name}(" not in text] == []
    assert len(EXPRESSIONS) >= 15


RECIPES = blocks(DOCS / "recipes.md", "yaml")


@pytest.mark.parametrize("block", RECIPES, ids=lambda block: f"l{block.line}")
def test_a_recipe_of_the_page_makes_a_version(block, project: assay.Project) -> None:
    fields = yaml.safe_load(block.text)
    if isinstance(fields, list):  # rules alone
        fields = {"name": "rules", "input": "docs", "rules": fields}
    made = project.curate(Recipe.from_mapping(fields, folder=Path(project.root)))
    assert made.output["rows"] + sum(made.dropped.values()) == project.dataset("docs").num_rows


def test_the_recipe_fields_of_the_page_are_those_there_are() -> None:
    from assay.run.recipe import FORMS, KEYS

    text = (DOCS / "recipes.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == sorted(KEYS)
    assert [form for form in FORMS if f"- {form}:" not in text] == []


def test_a_plug_in_as_described_uses_the_entry_point_group() -> None:
    (manifest,) = blocks(DOCS / "extending.md", "toml")
    described = tomllib.loads(manifest.text)["project"]
    example = ROOT / "examples" / "assay-readability" / "pyproject.toml"
    real = tomllib.loads(example.read_text("utf-8"))["project"]
    assert list(described["entry-points"]) == list(real["entry-points"]) == ["assay.plugins"]
    assert described["dependencies"] == real["dependencies"]


def test_every_page_is_listed_in_the_index() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    pages = [os.path.relpath(p, DOCS) for p in PAGES if p.is_relative_to(DOCS)]
    assert [page for page in pages if page != "README.md" and f"({page})" not in index] == []
