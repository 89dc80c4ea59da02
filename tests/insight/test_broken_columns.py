"""columns.broken: columns that say nothing, or not what they seem to say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.testing.finders import MemoryRows


@pytest.fixture
def check(find):
    """Findings by column for columns of 20 rows or more."""

    def run(columns):
        n = len(next(iter(columns.values())))
        table = pa.table({"id": [f"r{i}" for i in range(n)], **columns})
        return {f.subject: f for f in find("columns.broken", MemoryRows(table))}

    return run


def test_health_records_have_one_useless_and_one_nearly_empty_column(check, shared_data) -> None:
    table = pq.read_table(shared_data("ehr_synthea/patients.parquet"))
    found = check(dict(zip(table.column_names, table.columns, strict=True)))
    assert {name: f.title for name, f in found.items()} == {
        "SUFFIX": "SUFFIX: 444 of 450 values are missing (98.7 %)",
        "STATE": 'STATE: is "Massachusetts" in all 450 rows',
    }
    assert found["STATE"].row_ids == []


def test_empty_means_null_or_blank_or_not_a_number(check) -> None:
    found = check(
        {
            "nulls": pa.nulls(20, pa.string()),
            "typeless": pa.nulls(20),
            "blanks": ["", " \t"] * 10,
            "nans": pa.array([float("nan")] * 20),
            "lists": pa.array([[]] * 20, pa.list_(pa.int32())),
        }
    )
    assert {f.title.partition(": ")[2] for f in found.values()} == {"is empty"}
    assert len(found) == 5


def test_a_dominated_column_lists_the_exceptions(check) -> None:
    values = [1] * 199 + [2]
    found = check({"c": values, "balanced": [0, 1] * 100, "flags": [True, None] * 100})
    assert list(found) == ["c"]
    assert found["c"].row_ids == ["r199"]
    assert found["c"].title == 'c: is "1" in 99.5 % of 200 values'


def test_one_exception_and_several_read_as_sentences(check) -> None:
    numbers = [str(i * 1.5) for i in range(28)]
    found = check({"one": [*numbers, "n/a", ""], "two": [*numbers, "n/a", "-"]})
    assert found["one"].title == "one: 1 value of 29 is not a number"
    assert found["two"].title == "two: 2 values of 30 are not numbers"


@pytest.mark.parametrize(
    ("values", "kind", "odd"),
    [
        ([*(str(i * 1.5) for i in range(28)), "n/a", "-"], "numbers", ["r28", "r29"]),
        ([*(f"2024-01-{i + 1:02}" for i in range(28)), "03/05/2024", ""], "dates", ["r28"]),
        ([*(["true", "False"] * 14), "yes", "TRUE"], "true or false", ["r28"]),
    ],
)
def test_text_that_is_mostly_of_one_kind_has_its_exceptions_named(check, values, kind, odd) -> None:
    found = check({"c": values})["c"]
    problem = next(p for p in found.evidence["problems"] if p["problem"] == "mixed")
    assert problem["expected"] == kind
    assert set(odd) <= set(found.row_ids)
    assert f"of {sum(map(bool, values))} " in found.title


def test_clean_numbers_in_text_are_no_problem(check) -> None:
    assert check({"c": [str(i) for i in range(50)]}) == {}


def test_spellings_of_one_value_are_found(check) -> None:
    found = check({"city": ["Boston"] * 20 + ["boston "] * 3 + ["Lynn"] * 20})["city"]
    assert found.row_ids == ["r20", "r21", "r22"]
    assert "1 value is written in several ways (case or spaces), in 3 rows" in found.title
    (spellings,) = found.evidence["problems"][0]["values"]
    assert spellings == [{"value": "'Boston'", "rows": 20}, {"value": "'boston '", "rows": 3}]


def test_damaged_values_show_what_was_meant(check) -> None:
    names = [f"name {i}" for i in range(30)] + ["MÃ¼ller", "Jos\ufffd", "SÃO JOÃO", "Noël »"]
    found = check({"name": names})["name"]
    assert found.row_ids == ["r30", "r31"]
    assert found.evidence["problems"][0]["examples"] == [
        {"value": "MÃ¼ller", "meant": "Müller"},
        {"value": "Jos\ufffd", "meant": None},
    ]


def test_a_column_that_repeats_another_is_found_once(check) -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(0, 5, 40)
    found = check({"a": a, "b": a + 1, "c": a, "d": a.astype(str), "e": a[::-1].copy()})
    assert {name: f.title for name, f in found.items()} == {
        "c": "c: equals the column a in all 40 rows"
    }


def test_a_source_id_has_to_be_unique_within_its_source(check) -> None:
    ids = [*map(str, range(20)), "3", "4", None]
    source = ["a"] * 20 + ["a", "b", "b"]
    found = check({"source": source, "source_id": ids})["source_id"]
    assert found.row_ids == ["r20"]
    assert "1 id repeats an earlier one (4.3 % of 23 rows)" in found.title
    assert found.score > 0.2


def test_own_columns_signals_texts_and_tiny_datasets_are_left_alone(check, dataset, find) -> None:
    assert find("columns.broken", dataset(["same"] * 30, "text.stats")) == []
    assert check({"c": ["x"] * 9}) == {}


def test_many_types_are_read_without_complaint(check) -> None:
    n = 20
    found = check(
        {
            "flag": pa.array([True] * n),
            "day": pa.array([1] * n, pa.date32()),
            "blob": pa.array([b"\xff"] * n),
            "list": pa.array([[1, 2]] * n),
            "struct": pa.array([{"a": 1}] * n),
            "category": pa.array(["x"] * n).dictionary_encode(),
        }
    )
    assert set(found) == {"flag", "day", "blob", "category"}
