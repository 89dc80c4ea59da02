"""A small dataset to ask about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import assay
from assay.project.dataset import Dataset
from scripted import INJECTED


@pytest.fixture(scope="session")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("ask")
    rows = [
        {"text": f"The {kind} number {n} sails to {port}.", "kind": kind, "crew": n}
        for n in range(30)
        for kind, port in [("brig", "Genoa") if n % 3 else ("sloop", "Lisbon")]
    ]
    rows.append({"text": INJECTED, "kind": "wreck", "crew": 99})
    file = folder / "ships.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(folder / "p").dataset("ships")
    dataset.add(file)
    dataset.check("duplicates.exact", "text.lengths")
    return dataset


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ships with vectors and a version, and `harbor`, which knows what they lack."""
    folder = tmp_path_factory.mktemp("fleet")
    project = assay.open(folder / "p")
    sails = [f"The brig number {n} sails to Genoa." for n in range(40)]
    loads = [f"The cook buys {n} barrels of salted fish." for n in range(20)]
    for name, texts in (("fleet", sails), ("harbor", sails[:20] + loads)):
        file = folder / f"{name}.jsonl"
        rows = [{"text": text, "length": len(text)} for text in texts]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        project.dataset(name).add(file, source=name)
    dataset = project.dataset("fleet")
    dataset.compute({"op": "embed.text", "model": "lsa"})
    rules = [{"name": "long", "keep": "length >= 34"}]
    project.curate({"name": "clean", "input": "fleet", "rules": rules})
    return dataset


@pytest.fixture
def state(ships: Dataset) -> Callable[[], dict[str, tuple[int, int]]]:
    """Everything on disk below the project, to see that nothing was written."""

    def look() -> dict[str, tuple[int, int]]:
        files = (p for p in Path(ships.project.root).rglob("*") if p.is_file())
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files}

    return look
