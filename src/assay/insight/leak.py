"""Evaluation items that a dataset would teach by heart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.insight.reading import blocks, ids
from assay.insight.severity import LEAK, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, snippet
from assay.ops.match.overlap import Benchmark, Overlap, benchmark, overlap
from assay.registry import finder
from assay.schema import Finding, Fix, Rows

# The finding and its fix have to mean the same items, so there is one reader of evaluation files.
from assay.select.decontaminate import evaluation_items

WHOLE = 0.8
"""An item of which a text covers at least this share of tokens is there as good as whole."""


@finder("leak.benchmark", version="1", columns=("text",))
def benchmark_leak(
    rows: Rows,
    *,
    against: str | Sequence[str | Path] = (),
    field: str | None = None,
    n: int = 13,
    threshold: float = 0.5,
) -> Iterator[Finding]:
    """Rows that contain items of evaluation files, or large parts of them, word for word.

    Items are looked for by their n-grams, in lower case and without punctuation. Paraphrases and
    translations are not found. The rows of a finding are those that `decontaminate` would drop.

    Args:
        rows: The dataset.
        against: Evaluation files, in any format that can be read; without any, nothing is done.
        field: Their column with the item; by default `question`, `prompt` and the like.
        n: Tokens of an n-gram.
        threshold: Share of an item's tokens, in (0, 1], from which a row contains it.

    Yields:
        A finding an evaluation file of which something was found, the most covered rows first.
        Score: `severity` of the share of items found, half of the whole from the first one on.

    Raises:
        UsageError: A file is not there, or has no texts.
        InputError: A file has rows that cannot be read.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C, for 13-grams; Touvron et al. 2023
    (arXiv:2307.09288), appendix A.6, for shares of tokens.
    """
    paths = [against] if isinstance(against, str) else list(against)
    if not paths or rows.num_rows == 0:
        return
    searches = [_search(Path(path), field, n) for path in paths]
    # One pass over the texts serves all evaluation files.
    for first, table in blocks(rows, "text"):
        for search in searches:
            search.add(first, overlap(table.column("text"), search.ready), threshold)
    options = {"field": (field, None), "n": (n, 13), "threshold": (threshold, 0.5)}
    changed = {key: given for key, (given, default) in options.items() if given != default}
    for search in searches:
        if search.hits:
            fix = Fix(select="decontaminate", params={"against": [search.path], **changed})
            yield _finding(rows, search, threshold, fix)


@dataclass(frozen=True)
class _Hit:
    row: int
    coverage: float
    matches: int
    item: int
    start: int
    end: int


@dataclass(frozen=True)
class _Search:
    """An evaluation file, what was found of it so far, and how much of each item."""

    path: str
    name: str
    texts: pa.ChunkedArray
    positions: np.ndarray
    ready: Benchmark
    hits: list[_Hit]
    covered: np.ndarray

    def add(self, first: int, found: Overlap, threshold: float) -> None:
        np.maximum(self.covered, found.item_coverage, out=self.covered)
        for i in np.flatnonzero((found.item >= 0) & (found.coverage >= threshold)):
            span = (int(found.start[i]), int(found.end[i]))
            of = (float(found.coverage[i]), int(found.matches[i]), int(found.item[i]))
            self.hits.append(_Hit(first + int(i), *of, *span))


def _search(path: Path, field: str | None, n: int) -> _Search:
    parts = evaluation_items(path, field)
    texts = pa.chunked_array([part.texts for part in parts], pa.large_string())
    positions = np.concatenate([np.zeros(0, np.int64), *(part.positions for part in parts)])
    ready = benchmark(texts, n=n)
    return _Search(str(path), path.name, texts, positions, ready, [], np.zeros(len(texts)))


def _finding(rows: Rows, search: _Search, threshold: float, fix: Fix) -> Finding:
    total = len(search.texts)
    hits = sorted(search.hits, key=lambda hit: (-hit.coverage, -hit.matches, hit.row))
    # A row is listed with the item it covers most, so items are counted by their own coverage.
    found = int((search.covered >= threshold).sum())
    return Finding(
        check="leak.benchmark",
        title=f"{count(found, 'item')} of {total:,} ({percent(found, total)}) in "
        f"{search.name} {'is' if found == 1 else 'are'} contained in "
        f"{count(len(hits), 'row')} of {rows.num_rows:,}",
        row_ids=ids(rows, np.array([hit.row for hit in hits])),
        score=severity(LEAK, found, total),
        evidence={
            "rows": rows.num_rows,
            "affected_rows": len(hits),
            "file": search.path,
            "items": total,
            "items_found": found,
            "items_whole": int((search.covered >= WHOLE).sum()),
            "items_too_short": len(search.ready.too_short),
            "ngram": search.ready.n,
            "threshold": threshold,
            "examples": _examples(rows, search, hits[:MAX_EXAMPLES]),
        },
        fix=fix,
        subject=search.name,
    )


def _examples(rows: Rows, search: _Search, hits: list[_Hit]) -> list[dict[str, Any]]:
    indices = np.array([hit.row for hit in hits])
    texts = rows.take(indices, "text").column("text").to_pylist()
    return [
        {
            "id": row_id,
            "item": int(search.positions[hit.item]),
            "coverage": round(hit.coverage, 4),
            "matches": hit.matches,
            "text": snippet(text, hit.start, hit.end),
            "item_text": snippet(search.texts[hit.item].as_py()),
        }
        for hit, row_id, text in zip(hits, ids(rows, indices), texts, strict=True)
    ]
