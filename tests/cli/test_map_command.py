"""The command `map`: made once, shown after that; topics are named and names taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("sklearn", reason="the extra insight is not installed")

WORDS = {"baker oven rye": (0, 0), "ship anchor sail": (8, 0), "comet orbit planet": (4, 6)}


@pytest.fixture
def docs(assay, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(place, 0.1, (30, 2)) for place in WORDS.values()])
    column = pa.FixedSizeListArray.from_arrays(pa.array(points.astype(np.float32).ravel()), 2)
    texts = [f"{words} {n}" for words in WORDS for n in range(30)]
    pq.write_table(pa.table({"text": texts, "place": column}), tmp_path / "docs.parquet")
    assert assay("add", "docs", "docs.parquet").code == 0
    assert assay("map", "docs", "--method", "pca", "--names", "terms").code == 0


def test_a_map_is_made_once_and_shown_after_that(assay, docs) -> None:
    told = assay("map", "docs", "--json").json
    assert told["made"] is None
    assert sorted(topic["count"] for topic in told["topics"]) == [30, 30, 30]
    shown = assay("map", "docs").stdout
    assert "laid out" not in shown and "30 rows" in shown
    again = assay("map", "docs", "--again", "--method", "pca").stdout
    assert again.startswith("90 rows laid out by pca.\n")


def test_a_topic_is_named_and_the_name_taken_back(assay, docs) -> None:
    was = assay("map", "docs", "--json").json["topics"][0]["label"]
    named = assay("map", "docs", "--name", was, "[b]Sky[/b]")
    assert named.stdout.startswith(f"{was} is called [b]Sky[/b] now (30 rows).\n")
    assert "  [b]Sky[/b]  30 rows\n" in assay("map", "docs").stdout
    event = named.stdout.split("--undo ")[1].strip()
    assert assay("map", "docs", "--undo", event).code == 0
    assert f"  {was}  30 rows\n" in assay("map", "docs").stdout
    twice = assay("map", "docs", "--undo", event)
    assert (twice.code, "can be undone" in twice.stderr) == (2, True)
