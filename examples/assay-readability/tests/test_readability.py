# ruff: noqa: D103  (the name of a test says what it checks)
"""Easy texts score higher than hard ones, and the op keeps Assay's contract."""

from __future__ import annotations

import pyarrow as pa
import pytest
from assay_readability import readability, syllables

from assay.testing import check_op


def ease(text: str | None) -> float | None:
    batch = pa.record_batch([pa.array([text], pa.string())], names=["text"])
    return readability(batch)["ease"][0].as_py()


def test_it_keeps_the_contract_of_an_op():
    check_op("text.readability")


def test_the_formula_by_hand():
    # 6 words, 1 sentence, 6 syllables.
    assert ease("The cat sat on the mat.") == pytest.approx(206.835 - 1.015 * 6 - 84.6, abs=1e-3)


def test_a_hard_text_scores_lower():
    hard = "Notwithstanding considerable institutional ambiguity, implementation necessitates it."
    assert ease(hard) < 0 < ease("I like my dog. He is big and red. We run a lot.")


def test_a_text_without_words_has_no_score():
    assert [ease(None), ease(""), ease("12 + 3")] == [None, None, None]


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("make", 1), ("little", 2), ("jumped", 1), ("readability", 5), ("the", 1)],
)
def test_syllables_of_common_words(word, count):
    assert syllables(word) == count
