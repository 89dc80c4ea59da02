"""text.tokens counts as the tokenizers of the models do."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from assay.errors import MissingExtra, UsageError
from assay.ops.text.tokens import tokens


def counts(*texts: str | None, **params) -> list[int | None]:
    batch = pa.record_batch([pa.array(texts, pa.string())], names=["text"])
    return tokens(batch, **params)["count"].to_pylist()


def word_level(path, vocabulary: dict[str, int], **more) -> str:
    path.write_text(
        json.dumps(
            {
                "version": "1.0",
                "truncation": None,
                "padding": None,
                "added_tokens": [],
                "normalizer": None,
                "pre_tokenizer": {"type": "Whitespace"},
                "post_processor": None,
                "decoder": None,
                "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "?"},
                **more,
            }
        )
    )
    return str(path)


# Published counts: the OpenAI cookbook's "How to count tokens with tiktoken".
@pytest.mark.parametrize(
    ("text", "cl100k", "o200k"),
    [("antidisestablishmentarianism", 6, 6), ("2 + 2 = 4", 7, 7), ("お誕生日おめでとう", 9, 8)],
)
def test_counts_are_those_of_the_published_tokenizers(text, cl100k, o200k):
    assert counts(text, vocabulary="cl100k") == [cl100k]
    assert counts(text, vocabulary="o200k") == [o200k]


def test_each_shipped_vocabulary_counts_in_its_own_way():
    text = "Die Donaudampfschifffahrtsgesellschaft 12345 今天天气很好 नमस्ते"
    by_name = {v: counts(text, vocabulary=v)[0] for v in ("cl100k", "o200k", "llama3", "qwen3")}
    assert by_name["o200k"] < by_name["cl100k"]
    assert len(set(by_name.values())) >= 3


def test_special_tokens_spelled_out_are_ordinary_text():
    assert counts("<|endoftext|>", vocabulary="cl100k") == [7]


def test_null_is_null_and_empty_is_zero():
    assert counts(None, "", "a") == [None, 0, 1]


def test_the_tokenizer_of_a_model_can_be_given_as_a_file(tmp_path):
    path = word_level(tmp_path / "tokenizer.json", {"?": 0, "hello": 1, "world": 2})
    assert counts("hello world hello", None, "", vocabulary=path) == [3, None, 0]


def test_truncation_written_in_the_file_does_not_shorten_counts(tmp_path):
    cut = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    path = word_level(tmp_path / "tokenizer.json", {"?": 0, "a": 1}, truncation=cut)
    assert counts("a a a a a", vocabulary=path) == [5]


def test_an_unknown_vocabulary_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"'gpt9' is neither.*cl100k, o200k, llama3, qwen3"):
        counts("a", vocabulary="gpt9")


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(UsageError, match="not a tokenizer that can be read"):
        counts("a", vocabulary=str(path))


def test_without_the_extra_a_file_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tokenizers", None)
    path = word_level(tmp_path / "other.json", {"?": 0})
    with pytest.raises(MissingExtra, match=r"assay-engine\[embed\]"):
        counts("a", vocabulary=path)
