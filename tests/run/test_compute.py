"""Computing signals: only what is missing, the same for any threads, bad rows set aside."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import assay
from assay import registry, stopping
from assay.errors import AssayError, Stopped, UsageError
from assay.run import compute as compute_module
from assay.store import add as add_module
from assay.store import runs

SEEN: list[int] = []


@pytest.fixture
def fussy() -> Iterator[None]:
    """An op that refuses texts with a bomb in them and counts the rows it is given."""
    registry.ops()

    @assay.op("test.fussy", version="1", outputs=pa.schema({"length": pa.int32()}))
    def fussy(batch: pa.RecordBatch, *, factor: int = 1) -> pa.RecordBatch:
        """Length of a text, times a factor."""
        SEEN.append(batch.num_rows)
        texts = batch.column("text")
        if pc.any(pc.match_substring(texts, "bomb")).as_py():
            raise ValueError("boom")
        lengths = pc.multiply(pc.utf8_length(texts), factor).cast(pa.int32())
        return pa.RecordBatch.from_arrays([lengths], names=["length"])

    SEEN.clear()
    yield
    del registry._registered["op"]["test.fussy"]


@pytest.fixture
def docs(tmp_path: Path):
    file = tmp_path / "a.jsonl"
    texts = ["bomb" if i in (7, 31) else "x" * i for i in range(50)]
    file.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    dataset = assay.open(tmp_path / "project").dataset("docs")
    dataset.add(file)
    return dataset


def test_one_bad_row_does_not_take_its_batch_along(fussy, docs) -> None:
    result = docs.compute("test.fussy")
    values = docs.to_table(["test.fussy.length"]).column(0).to_pylist()
    assert values == [None if i in (7, 31) else i for i in range(50)]
    assert result.quarantined == 2
    records = docs.project.quarantine("docs")
    assert [(r["position"], r["op"], r["error"]) for r in records] == [
        (8, "test.fussy", "ValueError: boom"),
        (32, "test.fussy", "ValueError: boom"),
    ]


def test_a_limit_on_bad_rows_fails_the_run(fussy, docs) -> None:
    for retry in (False, False, True):  # what an earlier run could not handle counts too
        with pytest.raises(AssayError, match=r"^2 rows .* more than the limit of 1"):
            docs.compute("test.fussy", max_quarantined=1, retry=retry)
    assert docs.compute("test.fussy", max_quarantined=2).quarantined == 0


def test_rows_in_quarantine_are_tried_again_when_asked(fussy, docs, monkeypatch) -> None:
    docs.compute("test.fussy")
    assert docs.compute("test.fussy", retry=True).quarantined == 2

    def mended(batch: pa.RecordBatch, *, factor: int = 1) -> pa.RecordBatch:
        lengths = pc.utf8_length(batch.column("text")).cast(pa.int32())
        return pa.RecordBatch.from_arrays([lengths], names=["length"])

    broken = registry._registered["op"]["test.fussy"]
    monkeypatch.setitem(registry._registered["op"], "test.fussy", replace(broken, fn=mended))
    assert docs.compute("test.fussy").rows_computed == 0
    assert docs.compute("test.fussy", retry=True).quarantined == 0
    values = docs.to_table(["test.fussy.length"]).column(0).to_pylist()
    assert values == [4 if i in (7, 31) else i for i in range(50)]


def test_an_op_that_fails_on_every_row_is_to_blame_and_stores_nothing(
    fussy, docs, monkeypatch
) -> None:
    def broken(batch: pa.RecordBatch, *, factor: int = 1) -> pa.RecordBatch:
        raise ValueError("always")

    op = registry._registered["op"]["test.fussy"]
    monkeypatch.setitem(registry._registered["op"], "test.fussy", replace(op, fn=broken))
    with pytest.raises(AssayError, match="failed on all of 50 rows: ValueError: always"):
        docs.compute("test.fussy")
    monkeypatch.setitem(registry._registered["op"], "test.fussy", op)
    assert docs.compute("test.fussy").rows_computed == 50


def test_asking_again_computes_nothing(fussy, docs) -> None:
    docs.compute("test.fussy")
    SEEN.clear()
    assert docs.compute("test.fussy").rows_computed == 0
    assert SEEN == []


def test_new_rows_cost_what_the_new_rows_cost(fussy, docs, tmp_path) -> None:
    docs.compute("test.fussy")
    SEEN.clear()
    (tmp_path / "b.jsonl").write_text('{"text": "four"}\n')
    docs.add(tmp_path / "b.jsonl")
    result = docs.compute("test.fussy")
    assert (result.rows, result.rows_computed, sum(SEEN)) == (51, 1, 1)
    assert docs.to_table(["fussy.length"]).column(0).to_pylist()[-1] == 4


def test_a_killed_run_goes_on_at_the_fragment(fussy, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(add_module, "FRAGMENT_ROWS", 10)
    monkeypatch.setattr(compute_module, "COMMIT_SECONDS", 0.0)
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps({"text": "x" * i}) + "\n" for i in range(50)))
    docs = assay.open(tmp_path / "project").dataset("docs")
    docs.add(file, batch_rows=10)

    def stop(done: int, total: int) -> None:
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        docs.compute("test.fussy", progress=stop)
    SEEN.clear()
    assert docs.compute("test.fussy").rows_computed == sum(SEEN) == 30
    assert docs.to_table(["test.fussy.length"]).column(0).to_pylist() == list(range(50))


def test_the_result_does_not_depend_on_the_number_of_threads(shared_data, tmp_path) -> None:
    tables = []
    for workers in (1, 4):
        docs = assay.open(tmp_path / str(workers)).dataset("docs")
        docs.add(shared_data("language_id/sentences.jsonl.zst"))
        docs.compute("text.stats", "text.minhash", "text.language", workers=workers)
        tables.append(docs.to_table())
    assert tables[0].equals(tables[1])


def test_parameters_live_side_by_side_under_an_alias(fussy, docs) -> None:
    docs.compute("test.fussy")
    docs.compute({"op": "test.fussy", "factor": 3, "as": "thrice"})
    row = docs.to_table(["test.fussy.length", "thrice.length"]).to_pylist()[5]
    assert row == {"test.fussy.length": 5, "thrice.length": 15}
    with pytest.raises(UsageError, match="--as"):
        docs.compute({"op": "test.fussy", "factor": 2})


def test_columns_say_which_op_version_and_run_made_them(fussy, docs) -> None:
    docs.compute("test.fussy")
    metadata = docs.schema.field("test_fussy__length").metadata
    assert metadata[b"assay.op"] == b"test.fussy"
    assert metadata[b"assay.version"] == b"1"
    assert metadata[b"assay.run"].decode() in [run["key"] for run in docs.project.runs("docs")]


def test_a_missing_input_column_names_those_there_are(docs) -> None:
    with pytest.raises(UsageError, match=r"'body'.*Allowed:.*text"):
        docs.compute("text.stats", column="body")


def test_an_unknown_op_or_parameter_names_what_there_is(docs) -> None:
    with pytest.raises(UsageError, match=r"text\.stats"):
        docs.compute("text.stat")
    with pytest.raises(UsageError, match="no parameter 'wrods'"):
        docs.compute({"op": "text.stats", "wrods": "x"})


def test_work_that_is_stopped_ends_within_a_batch_and_goes_on_as_if_it_had_not(tmp_path) -> None:
    """The model is asked between its own small runs, long before a batch of rows is done."""
    file = tmp_path / "a.jsonl"
    texts = [f"Sentence number {n} of a corpus that takes a while to embed." for n in range(400)]
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    docs = assay.open(tmp_path / "stopped").dataset("docs")
    whole = assay.open(tmp_path / "whole").dataset("docs")
    for dataset in (docs, whole):
        dataset.add(file)
    asked = iter(range(5))
    with pytest.raises(Stopped), stopping.when(lambda: next(asked, None) is None):
        docs.compute("text.stats", {"op": "embed.text", "model": "minilm"})
    assert list(asked) == []
    assert docs.project.quarantine("docs") == []
    assert runs.history(docs.project.events, "docs")[-1]["state"] == "interrupted"
    assert docs.compute({"op": "embed.text", "model": "minilm"}).rows_computed == 400
    whole.compute({"op": "embed.text", "model": "minilm"})
    vectors = ["embed.text.vector"]
    assert docs.to_table(vectors).equals(whole.to_table(vectors))


def test_ctrl_c_does_not_wait_for_batches_under_way(fussy, docs) -> None:
    waited = []

    @assay.op("test.slow", version="1", outputs=pa.schema({"n": pa.int32()}))
    def slow(batch: pa.RecordBatch) -> pa.RecordBatch:
        """Works until it is stopped."""
        if not waited:
            waited.append("began")
            time.sleep(0.1)  # a pool does not know a thread that it was interrupted in starting
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        with pytest.raises(Stopped):
            for _ in range(1000):
                time.sleep(0.01)
                stopping.check()
        waited.append("stopped")
        raise Stopped

    try:
        with pytest.raises(KeyboardInterrupt):
            docs.compute("test.slow")
    finally:
        del registry._registered["op"]["test.slow"]
    assert waited == ["began", "stopped"]


def test_a_newer_op_with_one_parameter_more_replaces_what_the_older_one_made(fussy, docs) -> None:
    docs.compute("test.fussy")
    del registry._registered["op"]["test.fussy"]

    @assay.op("test.fussy", version="2", outputs=pa.schema({"length": pa.int32()}))
    def fussier(batch: pa.RecordBatch, *, factor: int = 1, plus: int = 5) -> pa.RecordBatch:
        """Length of a text, times a factor, and some more."""
        lengths = pc.add(pc.multiply(pc.utf8_length(batch.column("text")), factor), plus)
        return pa.RecordBatch.from_arrays([lengths.cast(pa.int32())], names=["length"])

    assert docs.compute("test.fussy").rows_computed == 50
    assert docs.to_table(["test.fussy.length"]).column(0).to_pylist()[:3] == [5, 6, 7]
    with pytest.raises(UsageError, match="with other parameters"):
        docs.compute({"op": "test.fussy", "plus": 6})


def test_a_parameter_is_heard_where_the_model_is_taken_from_what_is_there(docs) -> None:
    docs.compute({"op": "embed.text", "model": "lsa"})
    assert docs.step("embed.text").params["model"] == "lsa"
    assert docs.compute("embed.text").rows_computed == 0
    with pytest.raises(UsageError, match="with other parameters"):
        docs.compute({"op": "embed.text", "windows": 9})
    docs.compute({"op": "embed.text", "model": "lsa", "windows": 9, "as": "wide"})
    assert docs.step({"op": "embed.text", "as": "wide"}).params == {"model": "lsa", "windows": 9}
