"""embed.text: vectors of a declared width, null where there is nothing to embed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assay import registry
from assay.errors import InputError, UsageError
from assay.ops.embed.column import embed_column
from assay.ops.embed.text import embed

WIDTH = {"minilm": 384, "lsa": 128}
TEXTS = ["the cat sat on the mat", None, "", " \n", "a dog lay on the rug", "???"]


def batch(texts) -> pa.RecordBatch:
    return pa.record_batch([pa.array(texts, pa.string())], names=["text"])


def vectors(texts, model: str) -> pa.Array:
    state = registry.ops()["embed.text"].fit([batch(texts)], model=model)
    return embed(batch(texts), model=model, state=state)["vector"]


@pytest.mark.parametrize("model", WIDTH)
def test_the_width_is_declared_before_anything_is_computed(model):
    declared = registry.ops()["embed.text"].schema({"model": model})
    assert declared.field("vector").type == pa.list_(pa.float32(), WIDTH[model])
    assert vectors(TEXTS, model).type == declared.field("vector").type


@pytest.mark.parametrize("model", WIDTH)
def test_a_vector_has_length_one_and_a_blank_text_has_none(model):
    column = vectors(TEXTS, model)
    assert column.is_valid().to_pylist()[:5] == [True, False, False, False, True]
    rows = np.array([v for v in column.to_pylist() if v is not None], np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_text_without_any_known_word_has_no_lsa_vector():
    assert vectors(TEXTS, "lsa").to_pylist()[5] is None


def test_only_lsa_is_fitted():
    fit = registry.ops()["embed.text"].fit
    assert fit([batch(TEXTS)], model="minilm") == b""
    assert len(fit([batch(TEXTS)], model="lsa")) > 1000


def test_lsa_without_a_state_says_that_it_was_not_fitted():
    with pytest.raises(UsageError, match="has not been fitted"):
        embed(batch(TEXTS), model="lsa")


def lists(values, kind=None) -> pa.RecordBatch:
    return pa.record_batch([pa.array(values, kind or pa.list_(pa.float64()))], names=["vector"])


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float64()), pa.large_list(pa.float32()), pa.list_(pa.int64())]
)
def test_lists_that_rows_came_with_are_vectors_as_they_are(kind) -> None:
    column = embed_column(lists([[1, -2, 3], None, [0, 0, 0]], kind), dimensions=3)["vector"]
    assert column.type == pa.list_(pa.float32(), 3)
    assert column.to_pylist() == [[1.0, -2.0, 3.0], None, [0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("vector", "said"),
    [([1.0, 2.0], "has length 2, not 3"), ([1.0, None, 2.0], "missing or not finite")],
)
def test_a_list_that_is_no_such_vector_is_the_rows_own_fault(vector, said: str) -> None:
    with pytest.raises(InputError, match=said):
        embed_column(lists([[1.0, 2.0, 3.0], vector]), dimensions=3)


def test_a_wrong_length_for_all_rows_is_told_with_the_right_one() -> None:
    with pytest.raises(UsageError) as told:
        embed_column(lists([[1.0, 2.0]] * 300), dimensions=3)
    assert told.value.remedy == "-p dimensions=2"
    with pytest.raises(UsageError, match="holds no vectors"):
        embed_column(lists(["a"], pa.string()), dimensions=3)
