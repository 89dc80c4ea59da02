"""A real server on a real project: the demo's corpus, added, computed, checked and curated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from server_client import Client, Serving

import assay
import assay.demo

CORPUS = Path(assay.demo.__file__).parent / "data" / "corpus"
RECIPE = {
    "name": "clean",
    "input": "demo",
    "rules": [
        {"name": "language", "keep": 'text.language.code in ("en", "de")'},
        {"name": "too short", "keep": "text.stats.words >= 20"},
        {"use": "gopher.quality"},
        {"name": "copies", "select": "dedup.exact"},
    ],
}


@pytest.fixture(scope="session")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server") / "project"
    dataset = assay.open(folder).dataset("demo")
    dataset.add(CORPUS)
    dataset.compute(
        "text.stats",
        "text.language",
        "text.pii",
        "text.tokens",
        {"op": "embed.text", "model": "lsa"},
    )
    dataset.check(
        "text.lengths", "pii.found", "columns.broken", "duplicates.exact", "quality.rules"
    )
    assay.open(folder).curate(RECIPE)
    return folder


@pytest.fixture(scope="session")
def client(project_folder: Path) -> Iterator[Client]:
    with Serving(project_folder) as found:
        yield found
