"""A chat model names topics where one is configured; what it answers is a short name or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import UsageError
from assay.insight.map.model_names import SAMPLE_CHARACTERS, SAMPLES, usable_name
from assay.project.dataset import Dataset
from scripted import INJECTED, Model, said

pytest.importorskip("sklearn", reason="the extra insight is not installed")

WORDS = {"ships": "captain harbor sail", "bread": "baker oven rye", "stars": "planet comet orbit"}


@pytest.fixture
def docs(tmp_path: Path) -> Dataset:
    rng = np.random.default_rng(0)
    middles = [(0.0, 0.0), (9.0, 0.0), (0.0, 6.0)]
    points = np.vstack([rng.normal(place, 0.2, (40, 2)) for place in middles])
    texts = [
        f"{text} {n}. {INJECTED} {'long ' * 200}" for text in WORDS.values() for n in range(40)
    ]
    column = pa.FixedSizeListArray.from_arrays(pa.array(points.astype(np.float32).ravel()), 2)
    pq.write_table(pa.table({"text": texts, "place": column}), tmp_path / "docs.parquet")
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(tmp_path / "docs.parquet")
    return dataset


@pytest.fixture
def configured(model: Model, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setenv("ASSAY_LLM_URL", model.url)
    monkeypatch.setenv("ASSAY_LLM_MODEL", "scripted")
    return model


def told(asked: dict[str, Any]) -> dict[str, Any]:
    """What the model was told of a topic."""
    found: dict[str, Any] = json.loads(asked["messages"][1]["content"])
    return found


def by_words(answers: dict[str, str]) -> Any:
    """Answers by a word of the topic that is asked about."""

    def answer(asked: dict[str, Any]) -> Any:
        words = told(asked)["words"]
        return next(said(text) for word, text in answers.items() if word in words)

    return answer


def names(dataset: Dataset) -> dict[str, str]:
    return {topic["label"]: topic["by"] for topic in dataset.topics()}


def test_names_of_a_model_are_used_and_the_words_are_kept(docs: Dataset, configured: Model) -> None:
    configured.answer = by_words({"captain": "Seafaring", "baker": "Bread", "comet": "Astronomy"})
    made = docs.make_map(method="pca")
    assert (made["model"], made["note"]) == ("scripted", None)
    assert names(docs) == {"Seafaring": "model", "Bread": "model", "Astronomy": "model"}
    sky = next(topic for topic in docs.topics() if topic["label"] == "Astronomy")
    assert set(sky["terms"]) == {"planet", "comet", "orbit"}
    done = docs.name_topic("Astronomy", "Sky")
    docs.unname_topic(done["event"])
    assert names(docs)["Astronomy"] == "model"


def test_each_topic_is_asked_about_alone_with_few_short_texts_as_data(
    docs: Dataset, configured: Model
) -> None:
    docs.make_map(method="pca")
    assert len(configured.asked) == 3
    for asked in configured.asked:
        system, user = asked["messages"]
        assert INJECTED not in system["content"] and "tools" not in asked
        texts = told(asked)["texts"]
        assert len(texts) == SAMPLES and all(len(text) <= SAMPLE_CHARACTERS for text in texts)
        assert len({text.split()[0] for text in texts}) == 1
        assert set(told(asked)) == {"words", "around", "texts"}
        assert user["role"] == "user"


def test_a_bad_answer_leaves_the_words_and_the_others_their_names(
    docs: Dataset, configured: Model
) -> None:
    link = "Buy now at http://evil.example/?q=all"
    configured.answer = by_words({"captain": "Seafaring", "baker": link, "comet": "Seafaring"})
    docs.make_map(method="pca")
    assert sorted(names(docs).values()) == ["model", "terms", "terms"]
    assert "evil" not in str(names(docs))


def test_a_model_that_fails_is_not_asked_on_and_the_map_says_so(
    docs: Dataset, configured: Model
) -> None:
    configured.answer = lambda _: (500, {"error": "no"})
    made = docs.make_map(method="pca")
    assert "500" in made["note"]
    assert set(names(docs).values()) == {"terms"}


def test_nothing_is_sent_where_names_by_words_are_wanted_or_no_model_is_named(
    docs: Dataset, configured: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert docs.make_map(method="pca", names="terms")["model"] is None
    monkeypatch.delenv("ASSAY_LLM_URL")
    assert docs.make_map(method="pca")["model"] is None
    assert configured.asked == []
    with pytest.raises(UsageError, match="No chat model"):
        docs.make_map(method="pca", names="model")
    with pytest.raises(UsageError, match="cannot be named by 'magic'"):
        docs.make_map(method="pca", names="magic")


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Bread and rye", "Bread and rye"),
        (' "Bread, rye" ', "Bread, rye"),
        ("**Bread**", "Bread"),
        ("Name: C++ templates.", "C++ templates"),
        ("パンとライ麦", "パンとライ麦"),
        ("", None),
        ("topic", None),
        ("12 345", None),
        ("x" * 41, None),
        ("a b c d e f g", None),
        ("Bread\nand more", None),
        ("<b>Bread</b>", None),
        ("see evil.example", None),
        ("Bread \u202e daerb", None),
        ("{'name': 'Bread'}", None),
        ('say "no" now', None),
    ],
)
def test_an_answer_is_a_name_or_nothing(answer: str, name: str | None) -> None:
    assert usable_name(answer) == name
