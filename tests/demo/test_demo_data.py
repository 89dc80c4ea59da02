"""The bundled data: small, licensed, as its manifest says, and made again from the same source."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from assay import registry
from assay.demo import folder
from assay.ops.match.near import near_duplicates
from assay.run.recipe import Recipe
from assay.schema import RESERVED, BadRow
from assay.select.rules import compile_rules
from assay.store.read import read, sources

ROOT = Path(__file__).resolve().parents[2]
MANIFEST: dict[str, Any] = json.loads((folder() / "manifest.json").read_text(encoding="utf-8"))
FILES: dict[str, dict[str, Any]] = {file["path"]: file for file in MANIFEST["files"]}
ALLOWED = {"Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY"}
SHARED = (
    "near_duplicates/doc_revisions.jsonl.zst",
    "language_id/sentences.jsonl.zst",
    "pii/spans.jsonl.zst",
    "sft/gsm8k_train.jsonl.zst",
    "benchmarks/gsm8k_test.jsonl.zst",
)


@pytest.fixture(scope="module")
def corpus() -> dict[str, tuple[list[dict[str, Any]], list[BadRow]]]:
    """Rows and bad rows of each file, as Assay reads them."""
    found = {}
    for source in sources([folder() / "corpus"]):
        rows, bad = [], []
        for item in read(source.path):
            if isinstance(item, BadRow):
                bad.append(item)
            else:
                rows += item.batch.to_pylist()
        found[f"corpus/{source.name}"] = rows, bad
    return found


@pytest.fixture(scope="module")
def evals() -> list[dict[str, str]]:
    lines = (folder() / "evals/gsm8k_test.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in folder().rglob("*") if path.is_file()) < 2 << 20


def test_the_manifest_lists_every_file_with_its_checksum() -> None:
    on_disk = {
        path.relative_to(folder()).as_posix()
        for part in ("corpus", "evals")
        for path in (folder() / part).rglob("*")
        if path.is_file()
    }
    assert on_disk == set(FILES)
    for name, file in FILES.items():
        data = (folder() / name).read_bytes()
        assert (len(data), sha256(data).hexdigest()) == (file["bytes"], file["sha256"]), name


def test_the_readme_states_what_the_manifest_states() -> None:
    readme = (folder() / "README.md").read_text(encoding="utf-8")
    for name, file in FILES.items():
        assert f"| `{name}` | {file['rows']:,} | {file['bytes']:,} |" in readme
        assert f"{file['sha256']}  {name}" in readme


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("corpus/")])
def test_each_file_reads_as_the_manifest_says(name: str, corpus: Any) -> None:
    rows, bad = corpus[name]
    assert len(rows) == FILES[name]["rows"]
    # A broken-off archive is reported twice: the record that is short, and the file that ends.
    expected = {item["position"] for item in FILES[name]["damage"]}
    assert expected <= {row.position for row in bad}
    assert len(bad) == len(expected) + name.endswith(".warc.gz")


def test_every_row_has_a_license_that_may_be_shipped(corpus: Any) -> None:
    for name, (rows, _) in corpus.items():
        stated = FILES[name]["license"]
        assert set(stated) <= ALLOWED
        if "license" in rows[0]:  # a crawled page does not say
            assert Counter(row["license"] for row in rows) == stated, name
    assert set(FILES["evals/gsm8k_test.jsonl"]["license"]) <= ALLOWED


def test_every_origin_is_credited_and_none_is_doubtful(corpus: Any) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    origins = {row["origin"] for rows, _ in corpus.values() for row in rows if "origin" in row}
    assert len(origins) == 13
    assert not [origin for origin in origins if origin not in notice]
    # Older revisions were GPL; the others are offensive, non-commercial or state no license.
    unfit = "trafilatura|hh-rlhf|toxicity|hate-speech|ag_news|Cranfield|crowd_truth|articles"
    assert not re.search(unfit, json.dumps([sorted(origins), MANIFEST]), re.IGNORECASE)


def test_columns_go_together_and_leave_our_names_alone(corpus: Any) -> None:
    kinds: dict[str, set[type]] = {}
    for rows, _ in corpus.values():
        assert "text" in rows[0]
        for row in rows:
            for column, value in row.items():
                if value is not None:
                    kinds.setdefault(column, set()).add(type(value))
    assert not set(kinds) & set(RESERVED)
    assert all(len(kind) == 1 for kind in kinds.values())


def test_the_bad_columns_are_there(corpus: Any) -> None:
    columns = MANIFEST["planted"]["columns"]
    rows = [row for rows, _ in corpus.values() for row in rows]
    (constant,), (empty,) = columns["constant"], columns["empty"]
    assert len({row[constant] for row in rows}) == 1
    assert {row[empty] for row in rows if empty in row} == {""}
    for column, exceptions in columns["numbers_as_text"].items():
        values = Counter(row[column].isdigit() for row in rows if column in row)
        assert values[False] == exceptions
        assert 0 < exceptions < values[True] / 9


def test_the_exact_duplicates_are_there(corpus: Any) -> None:
    texts = [row["text"] for rows, _ in corpus.values() for row in rows if row["text"]]
    planted = sum(MANIFEST["planted"]["exact_duplicates"].values())
    assert len(texts) - len(set(texts)) == planted
    assert planted >= 20


def test_the_near_duplicates_are_revisions_of_one_page(corpus: Any) -> None:
    rows, _ = corpus["corpus/docs.jsonl.zst"]
    pages: dict[tuple[str, str], list[set[tuple[str, ...]]]] = {}
    for row in rows:
        if row["text"]:
            path = row["url"].split("/blob/")[1].partition("/")[2]
            pages.setdefault((row["origin"], path), []).append(_grams(row["text"], 5))
    similar = [len(a & b) / len(a | b) for a, b in (two for two in pages.values() if len(two) == 2)]
    near = MANIFEST["planted"]["near_duplicates"]
    # Words are split a little differently from the source's: a few pairs stand at the threshold.
    assert abs(sum(s >= 0.8 for s in similar) - near["pairs"] - near["identical_pairs"]) <= 5
    assert near["pairs"] > 100


def test_near_duplicates_are_found_across_files_and_formats(corpus: Any) -> None:
    rows = [(name, row["text"]) for name, (found, _) in corpus.items() for row in found]
    texts = pa.array([text for _, text in rows], pa.string())
    signatures = registry.get("op", "text.minhash").fn(pa.record_batch([texts], ["text"])).column(0)
    found = near_duplicates(signatures, lambda places: texts.take(pa.array(places)))
    files: dict[int, set[str]] = {}
    for (name, _), group in zip(rows, found.group.tolist(), strict=True):
        if group >= 0:
            files.setdefault(group, set()).add(name)
    docs, crawl = "corpus/docs.jsonl.zst", "corpus/crawl.warc.gz"
    assert sum(names == {docs} for names in files.values()) > 100
    assert {docs, crawl} in files.values()


def test_languages_are_as_stated(corpus: Any) -> None:
    rows, _ = corpus["corpus/sentences.tsv"]
    assert Counter(row["lang"] for row in rows) == MANIFEST["planted"]["languages"]
    assert len(MANIFEST["planted"]["languages"]) >= 15


def test_personal_data_is_found_in_the_messages_and_nowhere_else(corpus: Any) -> None:
    pii = registry.get("op", "text.pii").fn
    for name, (rows, _) in corpus.items():
        found = _counts(pii, rows)
        if name == "corpus/support.jsonl":
            assert found >= 50
        else:  # but for mail at example.com, in documentation
            assert _counts(partial(pii, min_score=0.55), rows) == 0, name
    assert MANIFEST["planted"]["pii_spans"]["CREDIT_CARD"] >= 20


def test_the_leaks_share_13_words_with_the_benchmark(corpus: Any, evals: Any) -> None:
    known = set().union(*(_grams(item["question"], 13) for item in evals))
    by_file = {
        name: sum(bool(_grams(row["text"] or "", 13) & known) for row in rows)
        for name, (rows, _) in corpus.items()
    }
    leaks = MANIFEST["planted"]["benchmark_leaks"]
    assert by_file.pop("corpus/math.parquet") == sum(leaks.values()) == 30
    assert not any(by_file.values())


def test_some_benchmark_items_stand_verbatim_in_the_training_rows(corpus: Any, evals: Any) -> None:
    rows, _ = corpus["corpus/math.parquet"]
    texts = "\n".join(row["text"] for row in rows)
    leaked = [item for item in evals if item["question"] in texts]
    leaks = MANIFEST["planted"]["benchmark_leaks"]
    assert len(leaked) == leaks["verbatim"] + leaks["inside a worksheet of five"]


def test_rows_are_short_and_long(corpus: Any) -> None:
    words = [len((row["text"] or "").split()) for rows, _ in corpus.values() for row in rows]
    assert sum(count < 20 for count in words) > 200
    assert sum(count >= 50 for count in words) > 900


def test_the_recipe_names_the_benchmark_and_compiles_as_far_as_it_can() -> None:
    recipe = Recipe.from_file(folder() / "recipe.yaml")
    assert (recipe.name, recipe.input) == ("clean", "demo")
    (against,) = (rule["against"] for rule in recipe.rules if "against" in rule)
    assert Path(against).samefile(folder() / "evals/gsm8k_test.jsonl")
    expressions = [rule for rule in recipe.rules if {"keep", "drop"} & set(rule)]
    assert [rule.name for rule in compile_rules(expressions)] == [
        "language",
        "personal data",
        "too short",
    ]


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """The script, which is no part of the package; it finds its neighbors by its own folder."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("make_demo_data")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def remade(
    script: ModuleType,
    shared_data: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Path]:
    """The data made twice."""
    paths = [shared_data(name) for name in SHARED]  # each may skip
    source = paths[0].parents[1]
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    script.main(["--source", str(source), "--out", str(first)])
    script.main(["--source", str(source), "--out", str(second)])
    return first, second


def test_made_twice_the_bytes_are_the_same(remade: tuple[Path, Path]) -> None:
    first, second = remade
    for name in [*FILES, "manifest.json", "README.md"]:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.parametrize("name", FILES)
def test_made_again_from_the_source_the_content_is_the_same(
    name: str, remade: tuple[Path, Path]
) -> None:
    # Not the bytes: another release of a compressor may pack the same content differently.
    assert _content(remade[0] / name) == _content(folder() / name)


def test_made_again_the_manifest_is_the_same(remade: tuple[Path, Path]) -> None:
    again = json.loads((remade[0] / "manifest.json").read_text(encoding="utf-8"))
    for manifest in (again, known := json.loads(json.dumps(MANIFEST))):
        for file in manifest["files"]:
            del file["bytes"], file["sha256"]
    assert again == known


def _content(path: Path) -> object:
    if path.suffix == ".parquet":
        return pq.read_table(path)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    if path.suffix == ".gz":  # cut off, so only what can be read is sure to be equal
        good = [item for item in read(path) if not isinstance(item, BadRow)]
        return [item.batch.to_pylist() for item in good]
    return path.read_bytes()


def _grams(text: str, size: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"(?<=\w)[^\w\s](?=\w)", "", text.lower()))
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def _counts(op: Callable[..., Any], rows: list[dict[str, Any]]) -> int:
    batch = pa.record_batch([pa.array([row["text"] for row in rows], pa.string())], ["text"])
    return sum(bool(count) for count in op(batch).column("count").to_pylist())
