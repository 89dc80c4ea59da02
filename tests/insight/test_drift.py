"""drift.versions: what the rows added last are like, held against the rows before them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import assay
from assay import registry
from assay.errors import UsageError
from assay.insight.diff.shift import log_ratio, shift
from assay.testing.finders import MemoryRows


def table(n: int, seed: int, **more: Any) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "id": [f"s{seed}r{i}" for i in range(n)],
        "site": [f"s{x}" for x in rng.integers(0, 5, n)],
        "words": rng.integers(1, 500, n),
        "level": rng.normal(size=n),
        "flag": rng.random(n) < 0.2,
        **more,
    }


def vectors(matrix: np.ndarray) -> pa.Array:
    flat = pa.array(matrix.astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, matrix.shape[1])


def in_turn(*tables: dict[str, Any]) -> MemoryRows:
    """Rows that came in several additions."""
    made = [pa.table(each) for each in tables]
    added = np.repeat(np.arange(len(made)), [each.num_rows for each in made])
    return MemoryRows(pa.concat_tables(made).combine_chunks(), added=added.tolist())


def test_a_column_that_changed_is_found_with_its_values(find) -> None:
    before = table(800, 0)
    after = table(200, 1, site=["s0"] * 120 + ["s9"] * 40 + ["s1"] * 40)
    (found,) = find("drift.versions", in_turn(before, after))
    assert found.title == (
        "The 200 rows added last differ from the 800 rows before in 1 column of 4, most in site"
    )
    (site,) = found.evidence["columns"]
    low, high = site["distance_interval"]
    assert 0.45 < low < site["distance"] < high < 0.75
    assert site["p_value"] < 0.01 and site["by_chance"] < 0.15 and site["psi"] > 0.25
    s9 = next(value for value in site["values"] if value["value"] == "s9")
    assert (s9["rows_before"], s9["rows_after"], s9["after"]) == (0, 40, 0.2)
    # The least like the old rows come first, and those of sites as before are not among them.
    assert set(found.row_ids[:40]) == {f"s1r{i}" for i in range(120, 160)}
    assert set(found.row_ids) == {f"s1r{i}" for i in range(160)}
    assert found.fix.to_dict() == {"tag": "drifted"}  # it may be just what was missing


def test_numbers_that_shift_are_found_in_bins_and_gaps_count_as_a_value(find) -> None:
    after = table(300, 3)
    after["level"] = after["level"] + 1.5
    after["words"] = pa.array([None] * 150 + list(range(150)), pa.int64())
    before = table(900, 2)
    before["words"] = pa.array(before["words"], pa.int64())
    (found,) = find("drift.versions", in_turn(before, after))
    told = {each["column"]: each for each in found.evidence["columns"]}
    assert set(told) == {"level", "words"}
    assert told["words"]["values"][0]["value"] == "no value"
    assert told["words"]["values"][0]["after"] == 0.5


def test_a_new_subject_is_found_by_its_cells(find) -> None:
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(6, 16)) * 3
    kinds = ["sail boat harbor", "bread oven flour", "court judge law", "goal match team",
             "engine wheel road", "virus cell blood"]  # fmt: skip

    def some(n: int, subjects: int, seed: int) -> dict[str, Any]:
        drawn = np.random.default_rng(seed).integers(0, subjects, n)
        near = middles[drawn] + np.random.default_rng(seed + 9).normal(size=(n, 16)) / 2
        return table(n, seed, text=[kinds[x] for x in drawn], embed_text__vector=vectors(near))

    new = some(120, 6, 1)
    (found,) = find("drift.versions", in_turn(some(600, 4, 0), new))
    (cells,) = found.evidence["columns"]
    assert cells["kind"] == "cell"
    assert set(cells["values"][0]["value"].split()) & {"engine", "road", "virus", "cell"}
    told = dict(zip(new["id"], new["text"], strict=True))
    assert {told[row] for row in found.row_ids} == {"engine wheel road", "virus cell blood"}
    assert find("drift.versions", in_turn(some(600, 6, 2), some(120, 6, 3))) == []


def test_columns_that_tell_additions_apart_by_their_nature_are_left_out(find) -> None:
    def one(seed: int, day: str) -> dict[str, Any]:
        own = table(100, seed)
        own |= {"source": [f"{seed}.jsonl"] * 100, "date": [day] * 100, "created_at": [day] * 100}
        return {**own, "run_id": [seed] * 100, "empty": pa.nulls(100), "nested": [[seed]] * 100}

    assert find("drift.versions", in_turn(one(0, "monday"), one(1, "friday"))) == []


def test_names_of_users_are_left_out_and_categories_with_rare_values_are_not(find) -> None:
    rng = np.random.default_rng(0)

    def one(seed: int, n: int, cities: list[str]) -> dict[str, Any]:
        drawn = rng.integers(0, n // 3, n)  # each user about three times
        often = rng.integers(0, 60, n)
        some = np.where(
            rng.random(n) < 0.9, rng.choice(cities, n), [f"v{seed}x{i}" for i in range(n)]
        )
        return table(
            n, seed,
            writer=[f"w{seed}-{x}" for x in drawn],
            user_name=[f"u{seed}-{x}" for x in often],
            account=often + 1000 * seed,
            city=[str(x) for x in some],
        )  # fmt: skip

    before, after = one(0, 900, ["Rome", "Oslo"]), one(1, 600, ["Rome", "Oslo"])
    assert find("drift.versions", in_turn(before, after)) == []
    (found,) = find("drift.versions", in_turn(before, one(2, 600, ["Rome", "Lima"])))
    assert [each["column"] for each in found.evidence["columns"]] == ["city"]


def test_few_names_are_a_category_like_any_other(find) -> None:
    def one(seed: int, n: int, who: list[str]) -> dict[str, Any]:
        return table(n, seed, author=[who[i % len(who)] for i in range(n)])

    (found,) = find("drift.versions", in_turn(one(0, 300, ["ann", "bob"]), one(1, 200, ["ann"])))
    assert [each["column"] for each in found.evidence["columns"]] == ["author"]


def test_the_same_source_of_rows_raises_no_false_alarm() -> None:
    fn = registry.get("finder", "drift.versions").fn
    for seed in range(40):
        sides = []
        for at, n in ((seed, 400 + seed), (1000 + seed, 40 + 3 * seed)):
            noise = np.random.default_rng(at).normal(size=(n, 8))
            sides.append(table(n, at, text=["t"] * n, embed_text__vector=vectors(noise)))
        assert list(fn(in_turn(*sides), least=0.0)) == [], seed


def test_small_additions_are_taken_together_and_one_addition_has_no_before(find) -> None:
    old, site = table(200, 0), {"site": ["new"] * 12}
    drips = [table(12, seed, **site) for seed in (1, 2, 3)]
    (found,) = find("drift.versions", in_turn(old, *drips))
    assert found.evidence["after"] == 36 and found.evidence["before"] == 200
    assert find("drift.versions", in_turn(old, *drips[:2])) == []
    assert find("drift.versions", in_turn(old)) == []
    assert find("drift.versions", in_turn(table(20, 0), table(200, 1, site=["x"] * 200))) == []


def test_rows_can_be_held_against_others_of_the_project(find) -> None:
    base = MemoryRows(pa.table(table(300, 0)))
    rows = MemoryRows(pa.table(table(300, 1, site=["s0"] * 300)), {"docs@clean": base})
    (found,) = find_against(rows, "docs@clean")
    assert (
        found.title == "The 300 rows differ from 300 of 'docs@clean' in 1 column of 4, most in site"
    )
    with pytest.raises(UsageError, match="no rows called 'other'"):
        find_against(rows, "other")


def find_against(rows: MemoryRows, name: str) -> list[Any]:
    return list(registry.get("finder", "drift.versions").fn(rows, baseline=name))


def test_a_project_knows_which_rows_were_added_last(tmp_path: Path) -> None:
    project = assay.open(tmp_path / "p")
    docs = project.dataset("docs")
    for name, word, n in (("a", "sail", 60), ("b", "bread", 40)):
        path = tmp_path / f"{name}.jsonl"
        lines = (f'{{"text": "{word} {i}", "kind": "{word}"}}\n' for i in range(n))
        path.write_text("".join(lines))
        docs.add(path)
        docs.compute("text.stats")  # writes columns of old rows anew, which adds none
    docs.add(tmp_path / "b.jsonl")  # brings nothing new
    assert docs.rows().added().tolist() == [0] * 60 + [1] * 40
    assert docs.where('kind == "bread"').rows().added().tolist() == [1] * 40
    (found,) = docs.check("drift.versions")
    assert (found.rows, found.evidence["before"], found.evidence["after"]) == (40, 60, 40)
    assert "kind" in {each["column"] for each in found.evidence["columns"]}
    assert docs.triage(found.id, "apply").state == "applied"
    assert docs.where("tag:drifted").num_rows == 40
    docs.triage(found.id, "undo")
    assert docs.where("tag:drifted").num_rows == 0


def test_distances_done_by_hand() -> None:
    told = shift(np.array([50, 50, 0]), np.array([25, 50, 25]))
    assert told.distance == pytest.approx(0.25)
    assert 0 < told.low < 0.25 < told.high < 0.5 and told.p_value <= 0.003
    even = shift(np.array([500, 500]), np.array([50, 50]))
    assert (even.distance, even.low, even.p_value) == (0.0, 0.0, 1.0)
    assert log_ratio(np.array([10, 30]), np.array([30, 10]))[0] == pytest.approx(
        np.log(30.5 / 10.5)
    )


def test_the_p_value_and_the_interval_keep_their_promise() -> None:
    below, inside = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        p, q = np.array([0.4, 0.3, 0.3]), np.array([0.2, 0.3, 0.5])
        below += shift(rng.multinomial(300, p), rng.multinomial(80, p), times=99).p_value <= 0.05
        told = shift(rng.multinomial(300, p), rng.multinomial(80, q), times=9)
        inside += told.low <= 0.2 <= told.high
    assert below <= 20
    assert inside >= 180
