"""language.mix: rows in another language than most."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from assay.insight._language_names import language_name
from assay.ops.text import language
from assay.testing.finders import MemoryRows


def test_rows_in_another_language_than_most_are_found(texts_of, dataset, find, kept_by_fix) -> None:
    data = texts_of("language_id/sentences.jsonl.zst")
    german = data.filter(pc.equal(data["lang"], "de"))["text"].to_pylist()
    arabic = data.filter(pc.equal(data["lang"], "ar"))["text"].to_pylist()
    rows = dataset([*german, *arabic[:5], None, " "], "text.language")
    (found,) = find("language.mix", rows)
    assert found.title == "2 languages; 7.7 % of 65 rows are not German"
    assert set(found.row_ids) == {f"r{i}" for i in range(60, 65)}
    assert found.evidence["languages"][0] == {
        "code": "de", "name": "German", "rows": 60, "share": 0.923077,
        "share_interval": [0.832239, 0.966697],
    }  # fmt: skip
    assert found.evidence["effective_languages"] == 1.31
    # Empty texts are in no language: they are for `text.lengths` to find.
    assert kept_by_fix(found, rows) == {f"r{i}" for i in (*range(60), 65, 66)}


def test_a_meant_mix_asks_about_unsure_rows_only(texts_of, dataset, find) -> None:
    texts = texts_of("language_id/sentences.jsonl.zst")["text"].to_pylist()
    rows = dataset(texts, "text.language")
    (found,) = find("language.mix", rows)
    assert "none in the majority" in found.title
    assert found.fix.to_dict() == {"tag": "unsure language"}
    score = rows.table("text.language.score").column(0)
    assert len(found.row_ids) == pc.sum(pc.less(score, 0.5)).as_py()


def test_one_language_and_no_language_are_no_mix(dataset, find) -> None:
    english = ["The weather is nice in the mountains today."] * 3
    assert find("language.mix", dataset(english, "text.language")) == []
    assert find("language.mix", dataset([None, "", " "], "text.language")) == []


def identified(texts: list[str], codes: list[str], scores: list[float]) -> MemoryRows:
    return MemoryRows(
        pa.table(
            {
                "id": [f"r{i}" for i in range(len(texts))],
                "text": texts,
                "text_language__code": codes,
                "text_language__score": pa.array(scores, pa.float32()),
            }
        )
    )


def test_rows_too_short_or_unsure_to_tell_are_no_other_language(find, kept_by_fix) -> None:
    short, long = "um talk to a human right now", "talk to a human right now " * 3
    rows = identified(
        [long, short, long, short, short, long, short],
        ["en", "en", "en", "en", "pt", "pcm", "pt"],
        [0.9, 0.4, 0.9, 0.9, 0.64, 0.49, 0.89],
    )
    assert find("language.mix", rows) == []
    rows = identified(
        [long, short, long, short, short, long, short, short, long],
        ["en", "en", "en", "en", "en", "pt", "pt", "pcm", "pcm"],
        [0.9, 0.4, 0.9, 0.9, 0.9, 0.51, 0.91, 0.64, 0.3],
    )
    (found,) = find("language.mix", rows)
    assert found.row_ids == ["r6", "r5"]
    assert found.title == (
        "2 languages; 22.2 % of 9 rows are not English; 2 more are too short or unsure to tell"
    )
    assert found.evidence["untold"] == 2
    assert [each["code"] for each in found.evidence["languages"]] == ["en", "pt"]
    assert kept_by_fix(found, rows) == {f"r{i}" for i in (0, 1, 2, 3, 4, 7, 8)}


def test_codes_without_a_name_are_shown_as_they_are(find) -> None:
    rows = MemoryRows(
        pa.table(
            {
                "id": ["a", "b", "c"],
                "text": ["x", "y", "z " * 30],
                "text_language__code": ["xx1", "xx1", "xx2"],
                "text_language__score": pa.array([0.9, 0.8, 0.7], pa.float32()),
            }
        )
    )
    (found,) = find("language.mix", rows)
    assert found.title == "2 languages; 33.3 % of 3 rows are not xx1"
    assert found.row_ids == ["c"]


def test_every_language_that_is_told_apart_has_a_name() -> None:
    known = {*language._langid().labels, *language._fasttext().labels, language.NO_LANGUAGE}
    assert {code for code in known if language_name(code) == code} == set()
