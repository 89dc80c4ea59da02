"""groups.identity: groups of people that texts hardly name, or name with other labels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.errors import UsageError
from assay.insight._identity_terms import TERMS
from assay.testing.finders import MemoryRows

TRADES = {"trade": {"bakers": ["baker", "bakers"], "smiths": ["smith", "smiths", "black smith"]}}


def rows_of(texts: list[str | None], code: str = "en", **columns) -> MemoryRows:
    n = len(texts)
    own = {
        "id": [f"r{i}" for i in range(n)],
        "text": pa.array(texts, pa.string()),
        "text_language__code": [code] * n,
        "text_language__score": pa.array([0.9] * n, pa.float32()),
    }
    return MemoryRows(pa.table({**own, **columns}))


def test_a_group_that_is_hardly_named_is_found_with_its_rows(find) -> None:
    texts = ["A Muslim prayed."] * 2 + ["The Christian choir sang."] * 90 + ["It rained."] * 8
    (found,) = find("groups.identity", rows_of(texts), least=0.2)
    assert found.subject == "religion" and found.fix.to_dict() == {"tag": "hardly named"}
    assert (
        found.title
        == "Religion: Jews named in no row, Christians in 90; 5 other groups hardly named"
    )
    assert found.row_ids == ["r0", "r1"]
    first, second = found.evidence["groups"][:2]
    assert (first["group"], first["rows"], first["hardly_named"]) == ("Christians", 90, False)
    assert (second["group"], second["rows"], second["to_collect"]) == ("Muslims", 2, 16)
    # 2 of the 92 rows that name a religion
    assert second["share"] == pytest.approx(2 / 92, abs=1e-6)
    assert second["share_interval"] == pytest.approx([0.006, 0.0758], abs=0.0005)
    low, high = second["ratio_interval"]
    assert low < 2 / 90 < high < 0.2
    assert found.evidence["judged"] == 100 and found.evidence["naming"] == 92


def test_whole_words_and_phrases_are_looked_for_in_any_case(find) -> None:
    named = ["The BAKER's oven", "two bakers", "(baker)", "black-smith", "a black\nsmith", "smith,"]
    unnamed = ["bakery", "blacksmith", "smithsonian", "", None]
    (found,) = find(
        "groups.identity", rows_of(named * 10 + ["bakers"] * 300 + unnamed), terms=TRADES
    )
    told = {each["group"]: each["rows"] for each in found.evidence["groups"]}
    assert told == {"bakers": 330, "smiths": 30}
    assert found.evidence["judged"] == 363


def test_two_groups_named_alike_are_no_finding(find) -> None:
    texts = ["Her mother came.", "His father came."] * 60
    assert find("groups.identity", rows_of(texts)) == []
    for seed in range(40):
        drawn = np.random.default_rng(seed).integers(0, 2, 120)
        assert not find_fast(rows_of([texts[x] for x in drawn], label=label_of(seed)))


def label_of(seed: int) -> list[str]:
    return [f"c{x}" for x in np.random.default_rng(seed + 99).integers(0, 3, 120)]


def find_fast(rows: MemoryRows) -> list:
    return list(registry.get("finder", "groups.identity").fn(rows))


def test_a_group_with_other_labels_is_found_with_the_difference(find) -> None:
    texts = ["A gay man sang."] * 60 + ["A man sang."] * 240
    label = ["toxic"] * 45 + ["fine"] * 15 + (["toxic"] * 1 + ["fine"] * 3) * 60
    found = {f.subject: f for f in find("groups.identity", rows_of(texts, label=label))}
    told = found["sexual orientation, label"]
    assert told.title == "75.0 % of 60 rows that name gay people are 'toxic', of the others 25.0 %"
    (rate,) = told.evidence["rates"]
    assert rate["difference"] == 0.5
    # Newcombe's interval of 45 of 60 against 60 of 240
    assert rate["difference_interval"] == pytest.approx([0.366, 0.606], abs=0.002)
    assert told.row_ids == [f"r{i}" for i in range(45)]
    assert told.fix.to_dict() == {"tag": "group and label"} and "gender, label" not in found


def test_template_sentences_of_a_bias_study_are_balanced_by_label(texts_of, find) -> None:
    data = texts_of("toxicity/identity_templates.jsonl.zst")
    rows = rows_of(data["phrase"].to_pylist(), label=data["toxicity"])
    found = find("groups.identity", rows)
    # The study filled its templates evenly: no group goes with a label, and some it left out.
    assert {f.subject for f in found} == {
        "religion",
        "ethnicity and origin",
        "disability",
        "gender identity",
    }
    religion = next(f for f in found if f.subject == "religion")
    counts = {each["group"]: each["rows"] for each in religion.evidence["groups"]}
    assert counts["Christians"] > 200 and counts["Hindus"] == 0


def test_other_languages_and_few_mentions_are_left_alone(find) -> None:
    texts = ["The Christian choir sang."] * 90
    assert find("groups.identity", rows_of(texts, code="de")) == []
    assert find("groups.identity", rows_of(texts[:29] + ["It rained."] * 50)) == []


def test_terms_have_to_be_words_by_group_by_axis() -> None:
    fn = registry.get("finder", "groups.identity").fn
    for wrong in ({"trade": ["baker"]}, {"trade": {"bakers": "baker"}}, {"trade": {"bakers": []}}):
        with pytest.raises(UsageError, match="not words by group by axis"):
            list(fn(rows_of(["baker"]), terms=wrong))
    assert list(fn(rows_of(["baker"]), terms={})) == []


@pytest.mark.parametrize("axis", TERMS)
def test_no_word_names_two_groups_of_an_axis(axis: str) -> None:
    words = [word for group in TERMS[axis].values() for word in group]
    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() and word for word in words)
