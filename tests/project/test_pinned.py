"""A named version keeps the values it was made from, whatever is computed after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import assay
from assay import registry
from assay.errors import UsageError
from assay.project.view.engine import Engine
from assay.store.pinned import pinned


def release(version: str, factor: int, *, more: bool = False) -> None:
    """The op `test.size` as a later release brings it: another factor, perhaps another column."""
    registry.ops()
    registry._registered["op"].pop("test.size", None)
    fields = {"size": pa.int64(), **({"extra": pa.int64()} if more else {})}

    @assay.op("test.size", version=version, outputs=pa.schema(fields), main="size")
    def size(batch: pa.RecordBatch) -> pa.RecordBatch:
        """Length of a text, times a factor."""
        values = pc.multiply(pc.utf8_length(batch.column("text")), factor).cast(pa.int64())
        return pa.RecordBatch.from_arrays([values] * len(fields), names=list(fields))


@pytest.fixture
def docs(tmp_path: Path) -> Iterator[assay.Project]:
    """A version made by release 1 of an op, and the same op computed anew by release 2."""
    release("1", 1)
    dataset = assay.open(tmp_path / "p").dataset("docs")
    add(dataset, tmp_path / "a.jsonl", [1, 2, 3])
    dataset.where("test.size >= 2").curate(name="one")
    add(dataset, tmp_path / "b.jsonl", [4, 5])
    release("2", 10, more=True)
    dataset.compute("test.size", {"op": "text.stats"})
    yield dataset
    registry._registered["op"].pop("test.size", None)


def add(dataset, file: Path, sizes: list[int]) -> None:
    file.write_text("".join(json.dumps({"text": "x" * size}) + "\n" for size in sizes))
    dataset.add(file)
    dataset.compute("test.size")


def sizes(dataset, name: str = "test.size") -> list[int]:
    return dataset.to_table([name]).column(0).to_pylist()


def test_a_version_reads_the_values_it_was_made_from(docs) -> None:
    one = docs.at("one")
    assert sizes(docs) == [10, 20, 30, 40, 50]
    assert sizes(one) == [2, 3]
    assert sizes(one.where("test.size > 2")) == [3]
    assert sizes(one, "text.stats.chars") == [2, 3]  # a signal that came later is read as it is
    assert [b.to_pydict() for b in one.rows().scan("test.size")] == [{"test.size": [2, 3]}]


def test_what_is_exported_found_and_compared_has_these_values(docs, tmp_path) -> None:
    one = docs.at("one")
    one.export(tmp_path / "one.jsonl", columns=["test.size"])
    assert [json.loads(x) for x in (tmp_path / "one.jsonl").read_text().splitlines()] == [
        {"test.size": 2},
        {"test.size": 3},
    ]
    found = one.search("x" * 3, where="test.size == 3")
    assert [hit.text for hit in found] == ["xxx"]
    statistics = docs.diff("docs@one")["statistics"]["test.size.size"]
    assert (statistics["a"]["sum"], statistics["b"]["sum"]) == (150, 5)


def test_explain_names_the_release_that_the_verdict_rests_on(docs) -> None:
    row = docs.to_table(["id"]).column(0)[1].as_py()
    told = docs.at("one").explain(row)
    assert told["rules"][0]["value"] == 2
    made = {s["signal"]: s["op"] for s in told["lineage"] if s["step"] == "compute"}
    assert made["test.size.size"] == "test.size 1"
    assert "test.size.extra" in made  # release 1 knew no such column


def test_explain_tells_of_a_row_only_what_happened_to_it(docs, tmp_path) -> None:
    ids = docs.to_table(["id"]).column(0).to_pylist()
    late = docs.explain(ids[4])  # added, and computed, after the version was made
    assert [step["step"] for step in late["lineage"] if step["step"] != "compute"] == ["add"]
    assert "test.size 2" in {step.get("op") for step in late["lineage"]}
    (tmp_path / "c.jsonl").write_text('{"text": "new"}\n')
    docs.add(tmp_path / "c.jsonl")
    row = docs.to_table(["id"]).column(0)[5].as_py()
    assert [step["step"] for step in docs.explain(row)["lineage"]] == ["add"]
    docs.at("one").where("test.size > 20").curate(name="two")
    dropped = docs.explain(ids[0])  # by the first version, so the second never saw it
    assert dropped["version"] == "docs@two" and not dropped["kept"]
    assert [s["version"] for s in dropped["lineage"] if s["step"] == "curate"] == ["docs@one"]


def test_explain_answers_for_the_outcome_that_was_curated_last(docs) -> None:
    docs.where("text.stats.chars > 3").curate(name="long")
    docs.where("text.stats.chars > 4").curate(name="longer")
    row = docs.to_table(["id"]).column(0)[3].as_py()
    assert docs.explain(row)["version"] == "docs@longer"
    again = docs.where("text.stats.chars > 3").curate(name="long").output["name"]
    assert (again, docs.explain(row)["version"]) == ("docs@long", "docs@long")


def test_views_of_a_version_have_these_values_too(docs) -> None:
    engine = Engine(docs.project)
    view = engine.view(docs.at("one"), {"filters": ["test.size < 10"], "sort": []})
    assert view.to_table(["test.size.size"]).column(0).to_pylist() == [2, 3]
    assert engine.view(docs, {"filters": ["test.size < 20"]}).count == 1
    assert engine.snapshot(docs) is not engine.snapshot(docs.at("one"))


def test_a_version_of_a_version_is_judged_on_the_newest_values(docs) -> None:
    two = docs.at("one").where("test.size >= 30").curate(name="two").output["name"]
    assert sizes(docs.project.dataset(two)) == [30]


def test_old_and_new_columns_come_in_the_rows_asked_for(docs) -> None:
    table = pinned(docs.source, docs.source.at(docs.at("one").version.parent_version))
    names = ["test_size__size", "text_stats__chars"]
    both = {"test_size__size": [1, 2, 3, None, None], "text_stats__chars": [1, 2, 3, 4, 5]}
    assert table.read(names).to_pydict() == both
    assert table.take(np.array([4, 2, 2]), names).to_pydict() == {
        "test_size__size": [None, 3, 3],
        "text_stats__chars": [5, 3, 3],
    }
    for rows in (1, 2, 100):
        scanned = pa.Table.from_batches(table.scan(names, batch_rows=rows))
        assert scanned.to_pydict() == both
    assert [b.to_pydict() for b in table.scan(names[:1], batch_rows=9)][-1].keys() == {names[0]}
    assert set(table.read().schema.names) == set(table.schema.names)


def test_a_version_of_another_dataset_is_refused(docs) -> None:
    assert docs.at("docs@one").full_name == "docs@one"
    with pytest.raises(UsageError, match="'other@one' is no version of 'docs'"):
        docs.at("other@one")
