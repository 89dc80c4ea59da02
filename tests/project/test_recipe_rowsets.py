"""Row sets in recipes: what was tagged, found or dropped decides, and the version says how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import assay
from assay.errors import UsageError
from assay.project import tags


@pytest.fixture
def docs(tmp_path: Path) -> Any:
    file = tmp_path / "rows.jsonl"
    rows = [{"text": f"Row number {n % 8}", "n": n} for n in range(10)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def ids(docs: Any, where: str) -> list[str]:
    return docs.where(where).to_table(["id"]).column("id").to_pylist()


def numbers(docs: Any, version: str) -> list[int]:
    return docs.at(version).to_table(["n"]).column("n").to_pylist()


def curate(docs: Any, *rules: Any, input: str = "docs") -> str:
    made = docs.project.curate({"name": "clean", "input": input, "rules": list(rules)})
    return str(made.output["name"]).partition("@")[2]


def why(docs: Any, n: int, version: str) -> dict[str, Any]:
    (rule,) = docs.at(version).explain(ids(docs, f"n == {n}")[0])["rules"]
    return rule


def test_a_tag_decides_as_it_was_when_the_version_was_made(docs) -> None:
    event = tags.tag(docs, "good", ids(docs, "n < 4"))["event"]
    assert curate(docs, {"keep": "tag:good"}) == "clean"
    assert numbers(docs, "clean") == [0, 1, 2, 3]
    # Unchanged, it is the same version; when the tag means other rows, another one.
    assert curate(docs, {"keep": "tag:good"}) == "clean"
    tags.tag(docs, "good", ids(docs, "n == 0"), action="remove")
    assert curate(docs, {"keep": "tag:good"}) == "clean-2"
    assert (numbers(docs, "clean"), numbers(docs, "clean-2")) == ([0, 1, 2, 3], [1, 2, 3])
    kept, dropped, later = why(docs, 0, "clean"), why(docs, 7, "clean"), why(docs, 0, "clean-2")
    assert (kept["verdict"], kept["value"], kept["threshold"]) == ("keep", True, "tag:good")
    assert kept["reason"].startswith('has the tag "good", a set of 4 rows as of 20')
    assert kept["reason"].endswith(f"({event})")
    assert dropped["reason"].startswith('does not have the tag "good", a set of 4 rows')
    assert (dropped["verdict"], later["verdict"]) == ("drop", "drop")
    assert "a set of 3 rows" in later["reason"]


def test_a_tag_on_rows_that_other_rules_drop_makes_another_version_too(docs) -> None:
    """The same rows stay, but what the version says of why would not be true of it."""
    tags.tag(docs, "bad", ids(docs, "n == 9"))
    rules = [{"keep": "n < 5"}, {"drop": "tag:bad"}]
    assert curate(docs, *rules) == "clean"
    tags.tag(docs, "bad", ids(docs, "n == 8"))
    assert curate(docs, *rules) == "clean-2"
    assert numbers(docs, "clean") == numbers(docs, "clean-2") == [0, 1, 2, 3, 4]


def test_a_tag_within_an_expression_is_recorded_as_well(docs) -> None:
    tags.tag(docs, "good", ids(docs, "n < 4"))
    rule = {"name": "some", "keep": "tag:good and n > 0 or n == 9"}
    assert curate(docs, rule) == curate(docs, rule) == "clean"
    note = docs.project.versions.get("docs", "clean").thresholds["tag:good"]
    assert (note["rows"], note["event"]) == (4, tags.read(docs, "good")[1])
    tags.tag(docs, "good", ids(docs, "n == 0"), action="remove")
    assert curate(docs, rule) == "clean-2"
    assert numbers(docs, "clean") == numbers(docs, "clean-2") == [1, 2, 3, 9]
    assert why(docs, 7, "clean")["value"] == {"tag:good": False, "n": 7}
    assert why(docs, 0, "clean")["verdict"] == "drop"


def test_every_kind_of_row_set_decides(docs) -> None:
    first = curate(docs, {"name": "few", "keep": "n >= 3"}, {"name": "even", "keep": "n % 2 == 0"})
    found = docs.check("duplicates.exact")[0]
    copies = docs.where(f"finding:{found.id}").to_table(["n"]).column("n").to_pylist()
    key = tags.select(docs, ids(docs, "n > 7"))
    for text, expected in {
        f"version:{first}": [4, 6, 8],
        f"not version:{first}": [0, 1, 2, 3, 5, 7, 9],
        f"dropped:{first}": [0, 1, 2, 3, 5, 7, 9],
        f"dropped:{first}/few": [0, 1, 2],
        f"selection:{key}": [8, 9],
        f"finding:{found.id}": copies,
    }.items():
        kept = curate(docs, {"keep": text})
        assert numbers(docs, kept) == expected, text
        left = curate(docs, {"drop": text})
        assert numbers(docs, left) == [n for n in range(10) if n not in expected], text
        for n in (expected[0], *[n for n in range(10) if n not in expected][:1]):
            said = why(docs, n, left)
            assert said["verdict"] == ("drop" if n in expected else "keep")
            outside = (n in expected) == text.startswith("not ")
            assert (" not " in said["reason"]) is outside, said
    assert copies == [8, 9]


def test_a_version_of_a_version_reads_row_sets_about_its_own_rows(docs) -> None:
    tags.tag(docs, "good", ids(docs, "n in (1, 2, 7)"))
    half = curate(docs, {"keep": "n < 5"})
    made = curate(docs, {"keep": "tag:good"}, input=f"docs@{half}")
    assert numbers(docs, made) == [1, 2]
    assert docs.project.versions.get("docs", made).rows_in == 5


def test_a_finding_of_a_version_means_its_rows_wherever_it_is_named(docs) -> None:
    part = docs.at(curate(docs, {"keep": "n != 0"}))
    docs.check("duplicates.exact")
    (found,) = part.check("duplicates.exact")  # 9 repeats 1; that 8 repeats 0 is no more to see
    for rows in (part, docs, docs.where("n > 2")):
        chosen = rows.where(f"finding:{found.id}").to_table(["n"])[0].to_pylist()
        assert chosen == [9]
    made = part.curate(name="once", rules=[{"drop": f"finding:{found.id[:8]}"}])
    assert numbers(docs, made.output["name"].partition("@")[2]) == [1, 2, 3, 4, 5, 6, 7, 8]
    with pytest.raises(UsageError, match="is no finding of 'docs'"):
        docs.where("finding:ffff").to_table()


def test_rows_chosen_by_a_row_set_are_curated_as_by_its_rule(docs) -> None:
    tags.tag(docs, "good", ids(docs, "n < 4"))
    made = docs.where("tag:good").where("n > 0").curate(name="some")
    assert made.dropped == {"tag:good": 6, "n > 0": 1}


def test_an_unknown_row_set_is_refused_and_makes_nothing(docs) -> None:
    tags.tag(docs, "good", ids(docs, "n < 4"))
    with pytest.raises(UsageError, match="No row of 'docs' has the tag 'godo'") as error:
        curate(docs, {"keep": "tag:godo"})
    assert error.value.allowed == "good"
    assert docs.project.versions.list("docs") == []
