"""Make the data that `assay demo` runs on: `python scripts/make_demo_data.py --source DIR`.

DIR is the folder of shared test data. The same source gives the same bytes: nothing depends on the
clock or on a random state, and samples are drawn in the order of a hash. Other releases of Arrow or
zstd may pack the same content differently.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import demo_pages
import demo_readme
import demo_rows
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from demo_rows import Row

OUT = Path(__file__).resolve().parents[1] / "src" / "assay" / "demo" / "data"


@dataclass(frozen=True)
class Made:
    """One bundled file before it is written: its bytes, and what the manifest says of it."""

    path: str
    data: bytes
    rows: int
    origin: str
    holds: str
    licenses: dict[str, int]
    damage: tuple[dict[str, Any], ...] = ()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--out", type=Path, default=OUT, help="default: %(default)s")
    options = parser.parse_args(arguments)
    manifest = make(options.source, options.out)
    total = sum(file["bytes"] for file in manifest["files"])
    print(f"{len(manifest['files'])} files, {total:,} bytes in {options.out}")


def make(source: Path, out: Path) -> dict[str, Any]:
    """Write all files below `out`; returns the manifest, which is written too."""
    pairs = demo_rows.pages_fit_to_show(_read(source / "near_duplicates/doc_revisions.jsonl.zst"))
    docs, pages = demo_rows.documents(pairs)
    sentences = demo_rows.sentences(_read(source / "language_id/sentences.jsonl.zst"))
    support, spans = demo_rows.support(_read(source / "pii/spans.jsonl.zst"))
    math, evals, leaks = demo_rows.math(
        _read(source / "sft/gsm8k_train.jsonl.zst"),
        _read(source / "benchmarks/gsm8k_test.jsonl.zst"),
    )
    files = [
        _docs_file(docs),
        _crawl_file(pages),
        _sentences_file(sentences),
        _support_file(support),
        _math_file(math),
        _evals_file(evals),
    ]
    tables = {"docs": docs, "sentences": sentences, "support": support, "math": math}
    manifest = {
        "files": [_entry(file) for file in files],
        "planted": {
            "exact_duplicates": _repeats(tables),
            "near_duplicates": _near(pairs, docs),
            "languages": dict(sorted(Counter(row["lang"] for row in sentences).items())),
            "pii_spans": spans,
            "benchmark_leaks": leaks,
            "texts_missing": sum(not row["text"] for row in docs),
            "columns": {
                "constant": ["date"],
                "empty": ["notes"],
                "numbers_as_text": {"chars": sum(row["chars"] == "N/A" for row in docs)},
            },
        },
    }
    for file in files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(demo_readme.render(manifest), encoding="utf-8")
    return manifest


def _read(path: Path) -> list[Row]:
    with path.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().decode().split("\n")
    return [json.loads(line) for line in lines if line]


# The files.


def _docs_file(docs: list[Row]) -> Made:
    lines = [_json(row).encode() for row in docs]
    listed = {**docs[40], "text": docs[40]["text"].split("\n\n")}
    accented = _json({**docs[60], "notes": "relu par José"}).encode("latin-1", "replace")
    # From the end, so that earlier places stay where they are: (line, what stands there, why).
    damaged = [
        (401, lines[20] + lines[21], "two objects on one line"),
        (287, _json(listed).encode(), "text is a list, not a string"),
        (123, accented, "Latin-1 instead of UTF-8"),
        (57, lines[10][: len(lines[10]) // 2], "the line is cut off"),
    ]
    for line, content, _ in damaged:
        lines.insert(line - 1, content)
    places = [(line + before, why) for before, (line, _, why) in enumerate(reversed(damaged))]
    data = zstandard.ZstdCompressor(level=19, write_checksum=True).compress(_lines(lines))
    return Made(
        "corpus/docs.jsonl.zst",
        data,
        len(docs),
        "documentation of the repositories in `origin`",
        "two revisions of each page, some of them unchanged",
        _licenses(docs),
        tuple({"position": line, "kind": why} for line, why in places),
    )


def _crawl_file(pages: Sequence[tuple[str, str, str]]) -> Made:
    data, whole = demo_pages.archive(pages)
    cut = {"position": whole + 1, "kind": "the last record is cut off in the middle"}
    return Made(
        "corpus/crawl.warc.gz",
        data,
        whole,
        "fastapi/typer, rendered to HTML",
        "one newer revision a page; the older ones are in docs.jsonl.zst",
        {"MIT": whole},
        (cut,),
    )


def _sentences_file(rows: list[Row]) -> Made:
    names = list(rows[0])
    cells = [names, *([row[name] for name in names] for row in rows)]
    lines = ["\t".join(_cell(cell) for cell in line).encode() for line in cells]
    lines.insert(149, lines[150].replace(b" ", b"\t", 2))
    return Made(
        "corpus/sentences.tsv",
        _lines(lines),
        len(rows),
        "Leipzig Corpora Collection, as chosen by pemistahl/lingua-py",
        f"sentences in {len(demo_rows.LANGUAGES)} languages; `lang` is the true one",
        _licenses(rows),
        ({"position": 150, "kind": "two tabs too many"},),
    )


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text else text


def _support_file(rows: list[Row]) -> Made:
    return Made(
        "corpus/support.jsonl",
        _lines(_json(row).encode() for row in rows),
        len(rows),
        "microsoft/presidio-research",
        "messages with names, addresses, cards and telephones of persons who do not exist",
        _licenses(rows),
    )


def _math_file(rows: list[Row]) -> Made:
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, sink, compression="zstd", compression_level=19, row_group_size=256)
    return Made(
        "corpus/math.parquet",
        sink.getvalue().to_pybytes(),
        len(rows),
        "openai/grade-school-math (GSM8K), train and test",
        "arithmetic problems with answers; some are items of evals/gsm8k_test.jsonl",
        _licenses(rows),
    )


def _evals_file(rows: list[Row]) -> Made:
    return Made(
        "evals/gsm8k_test.jsonl",
        _lines(_json({k: row[k] for k in ("question", "answer")}).encode() for row in rows),
        len(rows),
        "openai/grade-school-math (GSM8K), test",
        "the benchmark to keep out of the dataset; never add it",
        {"MIT": len(rows)},
    )


# What the manifest says.


def _entry(file: Made) -> dict[str, Any]:
    return {
        "path": file.path,
        "rows": file.rows,
        "bytes": len(file.data),
        "sha256": sha256(file.data).hexdigest(),
        "license": file.licenses,
        "origin": file.origin,
        "holds": file.holds,
        "damage": list(file.damage),
    }


def _licenses(rows: list[Row]) -> dict[str, int]:
    return dict(sorted(Counter(row["license"] for row in rows).items()))


def _repeats(tables: dict[str, list[Row]]) -> dict[str, int]:
    """Rows whose text stands in an earlier row, by file."""
    seen: set[str] = set()
    counts = {}
    for name, rows in tables.items():
        texts = [row["text"] for row in rows if row["text"]]
        counts[name] = len(texts) - len(set(texts) - seen)
        seen |= set(texts)
    return counts


def _near(pairs: list[Row], docs: list[Row]) -> dict[str, int]:
    """Pairs of pages that differ little: word 5-gram Jaccard similarity as the source states it."""
    there = {row["text"] for row in docs}
    close = [
        pair
        for pair in pairs
        if pair["jaccard_word5"] >= 0.8 and {pair["text_a"], pair["text_b"]} <= there
    ]
    same = sum(pair["text_a"] == pair["text_b"] for pair in close)
    return {"pairs": len(close) - same, "identical_pairs": same}


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def _lines(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


if __name__ == "__main__":
    main()
