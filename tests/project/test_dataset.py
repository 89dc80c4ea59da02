"""A dataset in Python: a table for any library, filters that add up, findings that remember."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

import assay
from assay.errors import UsageError


@pytest.fixture
def docs(tmp_path: Path):
    rows = [
        {"text": "the cat sat on the mat", "n": 1, "tag": "a", "same": 7},
        {"text": "the cat sat on the mat", "n": 2, "tag": "b", "same": 7},
        {"text": "a dog", "n": 3, "tag": "a", "same": 7},
        {"text": None, "n": None, "tag": "b", "same": 7},
    ]
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def numbers(view) -> list:
    return view.to_table(["n"])[0].to_pylist()


def test_other_libraries_take_it_as_an_arrow_stream(docs) -> None:
    table = pa.table(docs)
    assert table.equals(docs.to_table())
    assert pa.table(docs.where("n > 1")).column("n").to_pylist() == [2, 3]
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.register("docs", pa.table(docs))
        found = connection.sql("select tag, count(*) from docs group by tag order by tag")
        assert found.fetchall() == [("a", 2), ("b", 2)]


def test_filters_add_up_and_leave_the_dataset_as_it_was(docs) -> None:
    view = docs.where("n >= 2").where('tag == "a"')
    assert numbers(view) == [3]
    assert len(view) == 1
    assert numbers(docs) == [1, 2, 3, None]
    assert numbers(docs.where("n is null")) == [None]
    assert numbers(docs.where("true")) == [1, 2, 3, None]
    assert numbers(docs.where("false")) == []
    assert numbers(docs.where("not (n == 1)")) == [2, 3]
    assert docs.where("n < 0").to_table().num_rows == 0


def test_a_filter_that_is_no_condition_is_refused(docs) -> None:
    for text in ("text", "n", "n + 1", '"x"', "n >", "nope == 1"):
        with pytest.raises(UsageError):
            docs.where(text).to_table()


def test_a_table_has_the_columns_asked_for_under_those_names(docs) -> None:
    docs.compute("text.stats")
    table = docs.to_table(columns=["stats.words", "n"], where="stats.words > 2")
    assert table.to_pydict() == {"stats.words": [6, 6], "n": [1, 2]}
    with pytest.raises(UsageError, match=r"assay compute docs text\.language"):
        docs.to_table(columns=["language"])


def test_rules_given_here_come_after_the_filters(docs) -> None:
    made = docs.where("n < 3").curate(name="few", rules=['tag == "a"'])
    assert made.output == {"name": "docs@few", "rows": 1}
    assert numbers(docs.at("few")) == [1]
    with pytest.raises(UsageError, match="put the condition into the recipe"):
        docs.where("n < 3").curate({"name": "x", "input": "docs", "rules": ["n > 1"]})


def test_a_named_version_takes_no_rows(docs, tmp_path) -> None:
    docs.curate(name="v", rules=["n > 1"])
    with pytest.raises(UsageError, match="never changes"):
        docs.at("v").add(tmp_path / "a.jsonl")


def test_findings_are_those_of_the_rows_asked_about(docs) -> None:
    whole = docs.check("duplicates.exact")
    assert [finding.check for finding in whole] == ["duplicates.exact"]
    docs.curate(name="v", rules=["n > 1"])
    assert docs.at("v").check("duplicates.exact") == []
    assert docs.where('tag == "a"').check("duplicates.exact") == []
    assert docs.findings() == whole
    assert docs.at("v").findings() == []


def test_triage_survives_a_new_check_and_is_taken_back(docs) -> None:
    (finding,) = docs.check("duplicates.exact")
    assert docs.triage(finding.id, "snooze", note="known").state == "snoozed"
    assert docs.check("duplicates.exact") == []
    assert [f.state for f in docs.findings(state=None)] == ["snoozed"]
    docs.triage(finding.id, "undo")
    docs.triage(finding.id, "apply")
    assert [f.state for f in docs.check("duplicates.exact")] == []
    assert docs.findings(state="applied")[0].id == finding.id
    made = docs.curate_applied()
    assert made.output == {"name": "docs@applied", "rows": 3}
    history = docs.project.events.read("triage").to_pylist()
    assert [event["action"] for event in history] == ["snooze", "undo", "apply"]
    assert history[0]["note"] == "known"


def test_decisions_made_at_once_are_all_recorded(docs) -> None:
    from concurrent.futures import ThreadPoolExecutor

    (finding,) = docs.check("duplicates.exact")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: docs.triage(finding.id, "snooze"), range(4)))
    assert docs.project.events.read("triage").num_rows == 4


def test_a_new_check_replaces_the_findings_of_the_one_before(docs, tmp_path) -> None:
    (first,) = docs.check("duplicates.exact")
    (tmp_path / "b.jsonl").write_text('{"text": "a dog", "n": 9, "tag": "c", "same": 7}\n')
    docs.add(tmp_path / "b.jsonl")
    found = docs.check("duplicates.exact")
    assert first.id not in [finding.id for finding in found]
    assert docs.findings() == found


def test_nothing_applied_is_an_error_with_the_way_to_apply(docs) -> None:
    with pytest.raises(UsageError, match="--apply"):
        docs.curate_applied()


def test_a_dataset_that_is_not_there_names_those_that_are(docs) -> None:
    with pytest.raises(UsageError, match=r"'nope'.*Allowed: docs"):
        docs.project.dataset("nope").to_table()
    assert repr(docs.project.dataset("nope")) == "Dataset('nope', no rows)"
    assert repr(docs) == "Dataset('docs', 4 rows)"


def test_neighbors_need_an_embedding_and_are_counted_among_the_rows_at_hand(
    tmp_path: Path,
) -> None:
    docs = assay.open(tmp_path).dataset("docs")
    texts = ["a red apple", "a green apple", "the stock market fell", "the stock market rose"]
    lines = [json.dumps({"text": t, "n": n}) for n, t in enumerate(texts)]
    (tmp_path / "texts.jsonl").write_text("\n".join(lines), "utf-8")
    docs.add(tmp_path / "texts.jsonl")
    with pytest.raises(UsageError, match="not computed yet") as error:
        docs.neighbors()
    assert "assay compute docs embed.text" in str(error.value)
    docs.compute({"op": "embed.text", "model": "lsa"})
    rows, similarities = docs.neighbors(k=2)
    assert rows[:, 0].tolist() == [1, 0, 3, 2]
    assert (similarities[:, 0] > similarities[:, 1]).all()
    some, _ = docs.where("n != 1").neighbors(k=1)
    assert some.ravel().tolist()[1:] == [2, 1]
