"""Parts of a split: whole groups, places that never change, and texts that would leak."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from assay.errors import UsageError
from assay.select.compiled import compile_rules
from assay.select.split import by_group, by_near_duplicates, by_time
from assay.store.identity import NO_CONTENT
from assay.testing.finders import MemoryRows, with_signals

WORDS = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(400)]
CUTS = (0.0, 0.5, 0.8, 1.0)


def rows(n: int, **columns) -> MemoryRows:
    ids = [f"r{i}" for i in range(n)]
    return MemoryRows(pa.table({"id": ids, "content_id": ids, **columns}))


def texts(*values: str | None) -> MemoryRows:
    column = pa.array(values, pa.string())
    ids = [f"r{i}" for i in range(len(values))]
    table = pa.table({"id": ids, "content_id": column, "text": column})
    return MemoryRows(with_signals(table, "text.minhash"))


def line(first: int, last: int) -> str:
    return " ".join(WORDS[first:last])


def dealt(selector, data: MemoryRows, **params) -> list[int | None]:
    """The part of each row; None for rows in no part."""
    stretches = [selector(data, low=low, high=high, **params) for low, high in pairwise(CUTS)]
    kept = np.array([stretch.keep.to_pylist() for stretch in stretches])
    assert (kept.sum(axis=0) <= 1).all(), "a row is in two parts"
    return [int(np.flatnonzero(column)[0]) if column.any() else None for column in kept.T]


def test_whole_groups_are_dealt_about_as_the_line_is_cut() -> None:
    author = [f"a{i % 500}" for i in range(5000)] + [None] * 1000
    parts = dealt(by_group, rows(6000, author=author), group="author")
    for name in ("a0", "a7", "a499"):
        assert len({part for part, who in zip(parts, author, strict=True) if who == name}) == 1
    # Rows without an author are groups of one: about a half of them is in the first half.
    assert parts[5000:].count(0) / 1000 == pytest.approx(0.5, abs=0.08)
    assert None not in parts
    value = by_group(rows(3, author=["x", "y", "x"]), group="author").value.to_pylist()
    assert value[0] == value[2] != value[1]


def test_a_place_depends_on_the_group_and_the_seed_alone() -> None:
    author = [f"a{i}" for i in range(50)]
    one = dealt(by_group, rows(50, author=author), group="author")
    more = dealt(by_group, rows(80, author=[f"b{i}" for i in range(30)] + author), group="author")
    assert more[30:] == one
    assert dealt(by_group, rows(50, author=author), group="author", seed=1) != one


def test_near_duplicates_and_equal_texts_are_in_one_part() -> None:
    families = [
        [line(20 * i, 20 * i + 18), line(20 * i, 20 * i + 18), line(20 * i, 20 * i + 17)]
        for i in range(19)
    ]
    data = texts(*(text for family in families for text in family), None, None)
    parts = dealt(by_near_duplicates, data)
    for i in range(len(families)):
        assert len(set(parts[3 * i : 3 * i + 3])) == 1
    assert len(set(parts)) == 3


def chain(n: int) -> list[str]:
    """Texts of which each is a near duplicate of the next, and not of the one after that."""
    return [line(8 * i, 100 + 8 * i) for i in range(n)]


def test_a_text_that_links_several_parts_is_in_none() -> None:
    links = 0
    for start in range(6):
        left, bridge, right = (line(a + start, a + start + 100) for a in (0, 8, 16))
        parts = dealt(by_near_duplicates, texts(left, right, bridge))
        assert None not in parts[:2]
        if parts[0] == parts[1]:
            assert parts[2] == parts[0]
        else:
            assert parts[2] is None
            links += 1
            found = by_near_duplicates(texts(left, right, bridge), low=0.0, high=0.5)
            assert found.reason.to_pylist()[2] in (
                "near duplicate of rows in other parts",
                "belongs to another part",
            )
    assert links  # else nothing was tested


def test_rows_that_come_later_move_none_that_were_there() -> None:
    rng = np.random.default_rng(0)
    values = [line(at, at + 60) for at in rng.integers(0, 300, 120)]
    before = dealt(by_near_duplicates, texts(*values[:60]))
    after = dealt(by_near_duplicates, texts(*values))
    assert after[:60] == before


def test_no_two_near_duplicates_are_in_different_parts() -> None:
    rng = np.random.default_rng(1)
    values = [line(at, at + 60) for at in rng.integers(0, 300, 150)]
    parts = dealt(by_near_duplicates, texts(*values))
    grams = [set(zip(*(text.split()[i:] for i in range(5)), strict=False)) for text in values]
    leaks = [
        (i, j)
        for i in range(150)
        for j in range(i)
        if parts[i] is not None and parts[j] is not None and parts[i] != parts[j]
        if len(grams[i] & grams[j]) >= 0.8 * len(grams[i] | grams[j])
    ]
    assert leaks == []
    assert len({part for part in parts if part is not None}) == 3


def test_time_is_cut_where_it_says_and_rows_without_one_are_in_no_part() -> None:
    days = [datetime(2026, 1, d, tzinfo=UTC) for d in (1, 2, 3)] + [None]
    for column in (
        pa.array(days),
        pa.array([d and d.isoformat() for d in days]),
        pa.array([d and d.date() for d in days]),
    ):
        data = rows(4, day=column)
        old = by_time(data, time="day", high="2026-01-02")
        new = by_time(data, time="day", low="2026-01-02T00:00:00+00:00")
        assert (old.keep.to_pylist(), new.keep.to_pylist()) == (
            [True, False, False, False],
            [False, True, True, False],
        )
        assert new.reason.to_pylist() == ["belongs to another part", None, None, "has no time"]
    years = by_time(rows(3, year=[1999, 2000, 2001]), time="year", low=2000, high=2001)
    assert years.keep.to_pylist() == [False, True, False]


def authored(texts: list[str | None], authors: list[str]) -> MemoryRows:
    content = [NO_CONTENT if text is None else text for text in texts]
    n = len(texts)
    return MemoryRows(
        pa.table({"id": [f"r{i}" for i in range(n)], "content_id": content, "author": authors})
    )


def test_a_content_of_several_groups_is_in_the_part_of_its_first_row_alone() -> None:
    alone = dealt(by_group, rows(40, author=[f"a{i}" for i in range(40)]), group="author")
    data = authored(["same"] * 40, [f"a{i}" for i in range(40)])
    parts = dealt(by_group, data, group="author")
    assert parts == [part if part == alone[0] else None for part in alone]
    assert {*parts} == {alone[0], None}
    assert dealt(by_group, data, group="author", repeats="keep") == alone
    reason = by_group(data, group="author", low=0.0, high=1.0).reason.null_count
    assert reason == 40  # one part takes all: nothing is repeated in another


def test_rows_without_content_repeat_nothing() -> None:
    data = authored([None] * 40, [f"a{i}" for i in range(40)])
    assert None not in dealt(by_group, data, group="author")


def test_a_content_that_comes_back_later_is_in_no_part_and_says_why() -> None:
    table = pa.table(
        {
            "id": ["r0", "r1", "r2", "r3"],
            "content_id": ["same", "same", "other", "same"],
            "year": [None, 1999, 2001, 2002],
        }
    )
    new = by_time(MemoryRows(table), time="year", low=2000)
    assert new.keep.to_pylist() == [False, False, True, False]
    assert new.reason.to_pylist() == [
        "has no time", "belongs to another part", None, "repeats a row in another part",
    ]  # fmt: skip
    old = by_time(MemoryRows(table), time="year", high=2000)
    assert old.keep.to_pylist() == [False, True, False, False]
    kept = by_time(MemoryRows(table), time="year", low=2000, repeats="keep")
    assert kept.keep.to_pylist() == [False, False, True, True]
    with pytest.raises(UsageError, match=r"cannot be 'maybe'.*drop, near, keep"):
        by_time(MemoryRows(table), time="year", repeats="maybe")


def test_a_repeat_that_comes_later_moves_no_row_that_was_there() -> None:
    before = authored(["x", "y", "z"], ["a1", "a2", "a3"])
    after = authored(["x", "y", "z", "x", "z"], ["a1", "a2", "a3", "a4", "a0"])
    assert dealt(by_group, after, group="author")[:3] == dealt(by_group, before, group="author")


def test_near_repeats_leak_in_no_way_and_move_for_no_row_that_comes_later() -> None:
    rng = np.random.default_rng(2)
    values = [line(at, at + 60) for at in rng.integers(0, 300, 150)]
    authors = [f"a{x}" for x in rng.integers(0, 40, 150)]

    def parts(n: int) -> list[int | None]:
        ids, said = [f"r{i}" for i in range(n)], pa.array(values[:n])
        table = pa.table(
            {"id": ids, "content_id": said, "text": said, "author": pa.array(authors[:n])}
        )
        data = MemoryRows(with_signals(table, "text.minhash"))
        return dealt(by_group, data, group="author", repeats="near")

    found = parts(150)
    assert found[:70] == parts(70)
    grams = [set(zip(*(text.split()[i:] for i in range(5)), strict=False)) for text in values]
    assert not [
        (i, j)
        for i in range(150)
        for j in range(i)
        if found[i] is not None and found[j] is not None and found[i] != found[j]
        if len(grams[i] & grams[j]) >= 0.8 * len(grams[i] | grams[j])
    ]
    assert {None, 0, 1} <= {*found}
    assert None not in dealt(by_group, rows(150, author=authors), group="author")


@pytest.mark.parametrize("selector", [by_group, by_near_duplicates])
def test_no_rows_make_no_parts(selector) -> None:
    assert dealt(selector, MemoryRows(texts("a").schema.empty_table())) == []


@pytest.mark.parametrize(
    ("low", "high"), [(0.5, 0.5), (0.6, 0.2), (-0.1, 0.5), (0.0, 1.1), ("a", 1.0), (None, 1.0)]
)
def test_a_part_is_a_stretch_of_the_line(low, high) -> None:
    with pytest.raises(UsageError, match="cannot go from"):
        by_group(rows(1, content_id=["x"]), low=low, high=high)


@pytest.mark.parametrize(
    ("params", "says"),
    [({}, "needs 'time'"), ({"time": "kind"}, "cannot be split by 'kind'"),
     (     {"time": "year", "low": "soon"}, "no time")],
)  # fmt: skip
def test_what_is_no_time_is_said(params, says) -> None:
    with pytest.raises(UsageError, match=says):
        by_time(rows(1, kind=[[1]], year=[1]), **params)


def test_a_recipe_knows_what_groups_are_made_of() -> None:
    named = [
        {"select": "split.group", "group": "meta.author"},
        {"select": "split.time", "time": "day"},
    ]
    assert [rule.names for rule in compile_rules(named)] == [("meta.author",), ("day",)]
