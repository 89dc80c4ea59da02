"""labels.spurious: metadata that gives the label away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.insight.labels.association import (
    Pairs,
    accuracy,
    cramers_v,
    explained,
    pairs,
    permutation_p,
    without_surplus,
)
from assay.testing.finders import MemoryRows


def columns(n: int, seed: int, **more: Any) -> dict[str, Any]:
    """A label and columns that have nothing to do with it."""
    rng = np.random.default_rng(seed)
    return {
        "id": [f"r{i}" for i in range(n)],
        "label": [f"c{x}" for x in rng.integers(0, 3, n)],
        "site": [f"s{x}" for x in rng.integers(0, 5, n)],
        "author": [f"a{x}" for x in rng.integers(0, n // 4, n)],
        "score": rng.normal(size=n),
        "flag": rng.random(n) < 0.1,
        "empty": pa.nulls(n, pa.string()),
        "not_numbers": np.full(n, np.nan),
        "key": [f"k{i}" for i in range(n)],
        **more,
    }


def rows_of(table: dict[str, Any]) -> MemoryRows:
    return MemoryRows(pa.table(table))


def planted(n: int = 1200, right: float = 0.7) -> dict[str, Any]:
    """Each class comes mostly from a site of its own."""
    own = columns(n, 1)
    rng = np.random.default_rng(2)
    given = rng.random(n) < right
    sites = np.array([f"s{name[1:]}" for name in own["label"]])
    return {**own, "site": np.where(given, sites, np.array(own["site"])).tolist()}


def table(*counts: list[int]) -> Pairs:
    held = np.array(counts)
    first, second = np.indices(held.shape)
    return Pairs(first.ravel(), second.ravel(), held.ravel(), *held.shape)


def test_a_site_that_predicts_the_label_is_found_with_its_strongest_pairs(find) -> None:
    (found,) = find("labels.spurious", rows_of(planted()))
    told = found.evidence
    assert (found.subject, told["column"], told["label"]) == ("site", "site", "label")
    low, high = told["association_interval"]
    assert 0.6 < low < told["association"] < high < 0.8
    assert told["accuracy"] > 0.75 and told["majority"] < 0.4
    assert told["p_value"] < 0.05 and told["columns_looked_at"] == 4
    assert {(p["value"], p["class"]) for p in told["pairs"]} == {
        ("s0", "c0"), ("s1", "c1"), ("s2", "c2")
    }  # fmt: skip
    assert all(p["rows"] > 2 * p["expected"] for p in told["pairs"])


def test_the_fix_takes_the_association_away(find, kept_by_fix) -> None:
    rows = rows_of(planted())
    (found,) = find("labels.spurious", rows)
    assert found.fix is not None and found.fix.rule == f"not finding:{found.key}"
    kept = np.isin(
        rows.table("id")["id"].to_numpy(zero_copy_only=False), found.row_ids, invert=True
    )
    rest = rows.table(*rows.schema.names).filter(pa.array(kept))
    assert found.evidence["association_after_fix"] <= 0.1
    assert kept.sum() > 0.25 * rows.num_rows
    assert list(registry.get("finder", "labels.spurious").fn(MemoryRows(rest), least=0.12)) == []


def test_a_class_of_one_site_alone_cannot_be_mended_by_dropping(find) -> None:
    own = columns(600, 3)
    (found,) = find("labels.spurious", rows_of({**own, "site": [f"x{c}" for c in own["label"]]}))
    assert found.fix is None and found.evidence["association_after_fix"] is None
    assert found.evidence["association"] == 1.0
    assert len(found.row_ids) == 600


def test_a_rare_class_can_be_given_away_without_better_guesses(find) -> None:
    n = 1000
    rare = np.arange(n) < 60
    sites = np.where(rare | (np.arange(n) >= n - 60), "lab", "field")
    own = {"id": [f"r{i}" for i in range(n)], "label": np.where(rare, "ill", "well"), "site": sites}
    (found,) = find("labels.spurious", rows_of(own))
    assert found.title == (
        "'site' and 'label' go together: lab has 60 rows of ill, by chance it would be 7"
    )


def test_a_number_is_held_against_the_label_in_bins(find) -> None:
    own = columns(1500, 4)
    code = np.array([int(c[1:]) for c in own["label"]])
    shifted = np.random.default_rng(5).normal(size=1500) + 2 * code
    (found,) = find("labels.spurious", rows_of({**own, "score": shifted}))
    assert (found.subject, found.evidence["kind"]) == ("score", "number")
    assert " to " in found.evidence["pairs"][0]["value"]


def test_the_length_of_a_text_can_be_a_shortcut(dataset, find) -> None:
    rng = np.random.default_rng(0)
    label = ["short", "long"] * 60
    texts = ["word " * int(rng.integers(2, 9) * (1 if c == "short" else 12)) for c in label]
    (found,) = find("labels.spurious", dataset(texts, "text.stats", label=label))
    assert found.subject == "text.stats.words"


def test_columns_that_are_the_label_itself_are_named_and_not_found(find) -> None:
    own = planted()
    code = [int(c[1:]) for c in own["label"]]
    same = {
        "label_id": code,
        "name": [["ant", "bee", "cow"][c] for c in code],
        "kingdom": [["insect", "insect", "mammal"][c] for c in code],
        "predicted": own["label"][:1000] + own["label"][:200],
    }
    (found,) = find("labels.spurious", rows_of({**own, **same}))
    assert found.subject == "site"
    assert {each["column"]: each["why"] for each in found.evidence["left_out"]} == {
        "label_id": "is the label under another name",
        "name": "is the label under another name",
        "kingdom": "is a coarser label",
        "predicted": "holds the same classes",
    }


def test_a_clean_dataset_raises_no_false_alarm() -> None:
    fn = registry.get("finder", "labels.spurious").fn
    assert not [seed for seed in range(40) if list(fn(rows_of(columns(120 + 20 * seed, seed))))]


def test_the_p_value_keeps_its_promise_where_nothing_goes_together() -> None:
    """Of 200 independent tables at most some 5 % have a p-value below 5 %."""
    below = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        a, b = rng.integers(0, 4, 80), rng.integers(0, 3, 80)
        below += permutation_p(a, b, 4, 3, times=99) <= 0.05
    assert below <= 20


def test_five_thousand_classes_and_a_column_of_gaps_are_no_trouble(find) -> None:
    n = 12_000
    own = {
        "id": [f"r{i}" for i in range(n)],
        "label": np.arange(n) % 5000,
        "site": ["a", "b", None] * (n // 3),
        "score": np.where(np.arange(n) % 2, np.nan, np.arange(n)),
        "nested": [[1]] * n,
    }
    assert all(f.fix is None for f in find("labels.spurious", rows_of(own)))


def test_fewer_rows_than_thirty_say_nothing(find) -> None:
    own = planted()
    assert (
        find("labels.spurious", rows_of({name: column[:29] for name, column in own.items()})) == []
    )


def test_cramers_v_of_tables_done_by_hand() -> None:
    # Squared contingency 0.36; without its bias of 1/99, and min(2 - 1/99) - 1 below the line.
    v, low, high = cramers_v(table([40, 10], [10, 40]))
    assert v == pytest.approx(np.sqrt((0.36 - 1 / 99) / (1 - 1 / 99)))
    assert low < v < high
    assert cramers_v(table([25, 25], [25, 25]))[0] == 0.0
    assert cramers_v(table([50, 0], [0, 50])) == (1.0, 1.0, 1.0)
    assert cramers_v(table([50, 50], [0, 0])) == (0.0, 0.0, 0.0)


def test_the_interval_of_cramers_v_covers_it() -> None:
    p = np.array([[0.3, 0.1, 0.05], [0.05, 0.2, 0.3]])
    truth = cramers_v(
        Pairs(*(x.ravel() for x in np.indices(p.shape)), (p * 1e8).astype(int).ravel(), 2, 3)
    )[0]
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(300):
        v = cramers_v(table(*rng.multinomial(400, p.ravel()).reshape(2, 3).tolist()))
        inside += v[1] <= truth <= v[2]
    assert 270 <= inside <= 297


def test_what_a_column_explains_and_how_often_it_is_right() -> None:
    assert explained(table([40, 10], [10, 40])) == pytest.approx(0.353, abs=0.001)
    assert explained(table([25, 25], [25, 25])) == 0.0
    rng = np.random.default_rng(7)
    site = rng.integers(0, 2, 1000)
    label = np.where(rng.random(1000) < 0.8, site, 1 - site)
    right, usual = accuracy(site, label, 2, 2)
    assert right == (site == label).sum() and usual == max(label.sum(), 1000 - label.sum())
    unique = np.arange(1000)  # a column of ids knows nothing of rows it has not seen
    assert accuracy(unique, label, 1000, 2)[0] == pytest.approx(usual, abs=40)


def test_rows_go_until_hardly_any_association_is_left() -> None:
    rest = without_surplus(table([450, 50], [50, 450]), most=0.1, least_kept=0.1)
    assert rest is not None and cramers_v(rest)[0] <= 0.1
    assert rest.count.tolist()[1:3] == [50, 50] and rest.n < 250
    assert without_surplus(table([500, 0], [0, 500]), most=0.1, least_kept=0.1) is None
    assert pairs(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, 2).count.tolist() == [2, 1]
