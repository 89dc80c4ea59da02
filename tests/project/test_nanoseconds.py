"""Times finer than Python's own: kept as they came in, and shown by every door."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.project.view.facets import facets
from assay.project.view.inspect import inspect_row
from assay.project.view.pages import page

START = 1_700_000_000_123_456_789
STAMPS = [START, START + 1_001, None]
WRITTEN = ["2023-11-14T22:13:20.123456789", "2023-11-14T22:13:20.123457790", None]


@pytest.fixture
def sensor(tmp_path: Path):
    kind = pa.timestamp("ns")
    table = pa.table(
        {
            "at": pa.array(STAMPS, kind),
            "utc": pa.array(STAMPS, pa.timestamp("ns", "UTC")),
            "took": pa.array([7, 1_000, None], pa.duration("ns")),
            "clock": pa.array([7, 1_000, None], pa.time64("ns")),
            "trace": pa.array(
                [{"ats": STAMPS}, None, {"ats": []}], pa.struct([("ats", pa.list_(kind))])
            ),
            "text": ["a", "b", "c"],
        }
    )
    pq.write_table(table, tmp_path / "log.parquet")
    dataset = assay.open(tmp_path / "p").dataset("sensor")
    result = dataset.add(tmp_path / "log.parquet")
    assert (result.rows_added, result.quarantined) == (3, 0)
    return dataset


def test_nothing_is_lost_on_the_way_in_and_out(sensor, tmp_path) -> None:
    assert sensor.to_table(["at"])["at"].cast(pa.int64()).to_pylist() == STAMPS
    sensor.export(tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["at"].cast(pa.int64()).to_pylist() == STAMPS
    again = sensor.add(tmp_path / "log.parquet")
    assert (again.rows_added, again.rows_known) == (0, 3)


def test_json_lines_and_csv_have_all_nine_digits(sensor, tmp_path) -> None:
    sensor.export(tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["at"] for row in rows] == WRITTEN
    assert rows[0]["utc"] == f"{WRITTEN[0]}Z"
    assert rows[0]["trace"] == {"ats": WRITTEN}
    sensor.export(tmp_path / "out.csv", columns=["at", "clock"])
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == [
        f"{WRITTEN[0]},00:00:00.000000007",
        f"{WRITTEN[1]},00:00:00.000001000",
        ",",
    ]


def test_the_web_app_shows_them(sensor) -> None:
    view = sensor.view(sort=[{"column": "at", "desc": True}])
    rows = page(view, 0, 10, ["at", "trace.ats", "took"], 300)
    assert rows["at"].to_pylist() == [WRITTEN[1], WRITTEN[0], None]
    assert json.loads(rows["trace.ats"][1].as_py()) == WRITTEN
    assert rows["took"].to_pylist() == ["0:00:00.000001", "7 ns", None]
    (facet,) = facets(view, ["at"])
    assert facet["nulls"] == {"all": 1, "view": 1} and sum(facet["all"]) == 2
    row = inspect_row(sensor, view, sensor.to_table(["id"])["id"][0].as_py())
    assert row["values"]["utc"] == f"{WRITTEN[0]}Z"
    assert row["values"]["trace.ats"] == WRITTEN


def test_rules_compare_them_to_the_microsecond(sensor) -> None:
    rule = "at >= '2023-11-14T22:13:20.123457'"
    assert sensor.where(rule).to_table(["text"])["text"].to_pylist() == ["b"]
    sensor.curate(name="late", rules=[rule])
    told = sensor.at("late").explain(sensor.to_table(["id"])["id"][0].as_py())
    assert (told["kept"], told["rules"][0]["value"]) == (False, "2023-11-14T22:13:20.123456")


def test_checks_show_them(sensor, tmp_path) -> None:
    same = pa.table({"at": pa.array([START] * 10, pa.timestamp("ns")), "n": range(10)})
    pq.write_table(same, tmp_path / "same.parquet")
    still = sensor.project.dataset("still")
    still.add(tmp_path / "same.parquet")
    (finding,) = still.check("columns.broken")
    assert finding.evidence["problems"][0]["value"] == WRITTEN[0]


def test_a_coarser_column_keeps_its_type_and_says_which_value_does_not_fit(
    sensor, tmp_path
) -> None:
    days = sensor.project.dataset("days")
    pq.write_table(pa.table({"at": pa.array([1], pa.timestamp("us"))}), tmp_path / "us.parquet")
    days.add(tmp_path / "us.parquet")
    pq.write_table(
        pa.table({"at": pa.array([1_000, 1], pa.timestamp("ns"))}), tmp_path / "ns.parquet"
    )
    result = days.add(tmp_path / "ns.parquet")
    assert (result.rows_added, result.quarantined) == (1, 1)
    assert "holds timestamp[us] in this dataset; this row has '1970-01-01T00:00:00.000000001'" in (
        result.errors[0][1].error
    )
