"""Columns of texts that are all dates: facets over time, and filters that mean the moments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay.errors import UsageError
from assay.project.view.dates import Form, common_form, form_of
from assay.project.view.engine import Engine
from assay.project.view.facets import facets

DAY = 86_400_000


def ms(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000


@pytest.fixture
def docs(tmp_path: Path) -> Any:
    rows = [
        {
            "text": f"Row {n}",
            "day": f"2024-05-{n + 1:02d}",
            "seen": f"2024-05-{n + 1:02d}T23:30:00+02:00",
            "almost": f"2024-02-{n + 10:02d}",
            "mixed": f"2024-05-{n + 1:02d}" + ("T00:00:00Z" if n % 2 else ""),
            "some": f"2024-05-{n + 1:02d}" if n > 3 else None,
        }
        for n in range(21)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "project").dataset("docs")
    dataset.add(file)
    return dataset


def test_only_columns_in_which_every_text_is_a_date_of_one_form_are_dates(docs) -> None:
    kinds = {c.name: c.kind for c in Engine(docs.project).snapshot(docs).columns}
    # February 2024 has no 30th; with and without a time, texts do not sort as moments.
    assert {name: kinds[name] == "date" for name in ("day", "seen", "almost", "mixed", "some")} == {
        "day": True,
        "seen": True,
        "almost": False,
        "mixed": False,
        "some": True,
    }


def test_their_facet_is_a_histogram_over_time(docs) -> None:
    view = Engine(docs.project).view(docs, {"filters": ["day <= '2024-05-10'"]})
    day, seen, some = facets(view, ["day", "seen", "some"])
    assert (day["kind"], day["min"], day["max"]) == ("date", ms("2024-05-01"), ms("2024-05-21"))
    assert (sum(day["all"]), sum(day["view"]), day["nulls"]["all"]) == (21, 10, 0)
    assert seen["min"] == ms("2024-05-01T21:30:00")
    assert (sum(some["view"]), some["nulls"]) == (6, {"all": 4, "view": 4})


@pytest.mark.parametrize(
    ("column", "op", "value", "rows"),
    [
        ("day", ">=", ms("2024-05-03T13:20:00"), 18),
        ("day", ">", ms("2024-05-03T13:20:00"), 18),
        ("day", ">", ms("2024-05-03"), 18),
        ("day", ">=", ms("2024-05-03"), 19),
        ("day", "<", ms("2024-05-03T13:20:00"), 3),
        ("day", "<=", ms("2024-05-03T13:20:00"), 3),
        ("day", "<", ms("2024-05-03"), 2),
        ("day", "<=", "2024-05-03T00:00:00Z", 3),
        ("day", "==", ms("2024-05-03"), 1),
        ("day", "==", ms("2024-05-03T00:00:01"), 0),
        ("day", "in", ["2024-05-03", "2024-05-04"], 2),
        ("day", "between", [ms("2024-05-03"), ms("2024-05-05")], 3),
        ("seen", ">=", ms("2024-05-03T21:30:00"), 19),
        ("seen", ">=", "2024-05-03T21:30:00.5", 18),
        ("seen", "<=", "2024-05-03T21:30Z", 3),
        ("some", "<", ms("2024-05-06"), 1),
        ("day", "<", ms("9999-12-31T23:59:59"), 21),
    ],
)
def test_a_filter_means_the_moments(docs, column: str, op: str, value: Any, rows: int) -> None:
    view = Engine(docs.project).view(
        docs, {"filters": [{"column": column, "op": op, "value": value}]}
    )
    assert view.count == rows
    assert docs.where(view.spec.filters[0].text).num_rows == rows


def test_a_range_takes_what_its_bars_showed(docs) -> None:
    engine = Engine(docs.project)
    for name in ("day", "seen", "some"):
        found = facets(engine.view(docs, {}), [name])[0]
        edges, bars = found["edges"], found["all"]
        for i in range(0, len(bars), 3):
            part = {"column": name, "op": "between", "value": edges[i : i + 2]}
            part |= {"right": "open"} if i + 1 < len(bars) else {}
            assert engine.view(docs, {"filters": [part]}).count == bars[i]


def test_a_moment_beyond_the_calendar_is_refused(docs) -> None:
    with pytest.raises(UsageError, match="is no date"):
        Engine(docs.project).view(docs, {"filters": [{"column": "day", "op": ">", "value": 1e300}]})


FORMS = [
    Form(),
    Form("T"),
    Form(" ", 0),
    Form("T", 0, "Z"),
    Form("T", 3, "-05:30"),
    Form("T", 6, "+14:00"),
    Form(" ", 9, ""),
]


@given(
    st.sampled_from(FORMS),
    st.lists(st.datetimes(datetime(1700, 1, 2), datetime(2250, 1, 1)), min_size=2, max_size=9),
)
def test_texts_of_one_form_sort_as_the_moments_they_name(form: Form, moments: list[Any]) -> None:
    texts = [form.write(moment, up=False) for moment in moments]
    assert common_form([pa.array(texts), pa.array([None], pa.string())]) == form
    read = form.moments(pa.array(texts)).cast(pa.timestamp("us"), safe=False).to_pylist()
    assert sorted(range(len(texts)), key=texts.__getitem__) == sorted(
        range(len(read)), key=read.__getitem__
    )
    for moment, text, back in zip(moments, texts, read, strict=True):
        assert form_of(text) == form
        assert back <= moment
        assert form.write(back, up=True) == text
        assert form.write(moment, up=True) >= text
