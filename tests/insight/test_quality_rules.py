"""quality.rules: rows that published rules would drop, and how near to the limits they are."""

from __future__ import annotations

import pyarrow.parquet as pq


def test_a_family_names_the_rules_that_fail_and_by_how_much(dataset, find, kept_by_fix) -> None:
    good = (
        "The people of the town have been at work on the bridge, and with that the river is safe "
        "to cross. " * 4
    ) + "They were glad of it, as the old one was about to fall into the water of the river."
    rows = dataset([good, "Too short to be of use.", None, "# " * 60], "text.stats")
    (found,) = find("quality.rules", rows, families=["gopher.quality"])
    assert found.subject == "gopher.quality"
    assert found.title == "3 rows of 4 (75.0 %) fail gopher.quality"
    assert found.row_ids[-1] != "r0" and set(found.row_ids) == {"r1", "r2", "r3"}
    assert found.fix.to_dict() == {"use": "gopher.quality"}
    assert kept_by_fix(found, rows) == {"r0"}
    words = next(r for r in found.evidence["rules"] if "words between" in r["keep"])
    assert words["failing"] >= 2
    assert words["unknown"] == 1  # the null text was not measured
    shown = {e["id"]: e["value"] for e in words["nearest"]}
    assert shown["r1"] == 6


def test_real_documents_fail_in_every_family_and_evidence_stays_small(
    shared_data, dataset, find
) -> None:
    texts = pq.read_table(shared_data("text_corpus/docs.parquet"))["text"].to_pylist()[:600]
    rows = dataset(texts, "text.stats")
    found = find("quality.rules", rows)
    assert [f.subject for f in found] == [
        "gopher.quality", "gopher.repetition", "c4.quality", "fineweb.quality"
    ]  # fmt: skip
    for finding in found:
        rules = finding.evidence["rules"]
        assert all(0 < rule["failing"] <= len(finding.row_ids) for rule in rules)
        assert sum(rule["alone"] for rule in rules) <= len(finding.row_ids)
        assert rules == sorted(rules, key=lambda rule: -rule["failing"])
        for rule in rules:
            near, far = rule.get("nearest", []), rule.get("farthest", [])
            assert len(near) <= 2 and len(far) <= 2


def test_rules_that_nearly_everything_fails_are_said_not_to_suit(dataset, find) -> None:
    rows = dataset(["A short question?"] * 30, "text.stats")
    (found,) = find("quality.rules", rows, families=["gopher.quality"])
    assert (
        found.title
        == "30 rows of 30 (100.0 %) fail gopher.quality: these rules may not suit these data"
    )
    assert found.fix is None
    assert found.score == 0.0
