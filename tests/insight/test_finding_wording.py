"""Titles and evidence: numbers with the digits that mean something, bounded snippets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay.insight.severity import EXACT_DUPLICATE, LEAK, QUALITY, Harm, severity
from assay.insight.wording import chance, count, percent, snippet


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 10, "0.0 %"),
        (10, 10, "100.0 %"),
        (1, 1_000_000, "< 0.1 %"),
        (999_999, 1_000_000, "> 99.9 %"),
        (9_980, 10_000, "99.8 %"),
        (1, 8, "12.5 %"),
        (49, 400, "12.3 %"),
        (31, 1000, "3.1 %"),
        (0.072, 1, "7.2 %"),
        (0, 0, "–"),
    ],
)
def test_a_share_reads_as_in_the_web_app(part: float, whole: float, expected: str) -> None:
    assert percent(part, whole) == expected


def test_a_chance_is_never_certain_where_it_is_not() -> None:
    shown = [chance(p) for p in (0, 0.001, 0.412, 0.999, 1)]
    assert shown == ["0 %", "1 %", "41 %", "99 %", "100 %"]


def test_no_percentage_is_written_another_way() -> None:
    """Python's own "%" format has no space, and rounds by its own rule."""
    home = Path(assay.__file__).parent
    for file in home.rglob("*.py"):
        assert not re.search(r"\{[^{}]*:\.\d%\}", file.read_text("utf-8")), file


def test_counts_have_thousands_separators_and_agree_with_their_noun() -> None:
    assert count(1, "row") == "1 row"
    assert count(12_345, "row") == "12,345 rows"
    assert count(2, "email address", "email addresses") == "2 email addresses"


def test_a_snippet_shows_the_place_asked_for() -> None:
    text = "a " * 500 + "SECRET" + " b" * 500
    shown = snippet(text, 1000, 1006)
    assert "SECRET" in shown
    assert shown.startswith("…") and shown.endswith("…")
    assert snippet("short\n\ttext") == "short text"
    assert snippet(None) == ""


@given(st.text(max_size=700), st.integers(0, 700), st.integers(0, 300), st.integers(20, 200))
def test_a_snippet_is_one_bounded_line(text: str, start: int, length: int, limit: int) -> None:
    shown = snippet(text, min(start, len(text)), min(start + length, len(text)), limit=limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1


def test_severity_puts_a_few_leaked_rows_before_many_mediocre_ones() -> None:
    assert severity(LEAK, 3, 100_000) > severity(QUALITY, 90_000, 100_000)
    assert severity(EXACT_DUPLICATE, 1_000, 100_000) == 0.06  # a tenth of the whole at 1%
    assert severity(LEAK, 0, 100) == 0.0


@given(st.integers(1, 1000), st.integers(1, 1000), st.floats(0, 1), st.floats(0, 1))
def test_severity_is_a_share_and_grows_with_what_is_affected(
    affected: int, more: int, whole: float, single: float
) -> None:
    harm = Harm(whole, single)
    low, high = severity(harm, affected, 2000), severity(harm, affected + more, 2000)
    assert 0.0 <= low <= high <= 1.0
