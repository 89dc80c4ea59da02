"""`Dataset.gaps`: from files of texts to named gaps, scores, and what to get."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import assay
from assay.cli.main import cli
from assay.errors import UsageError
from assay.project.gaps import kept
from assay.project.gaps.counts import needs
from assay.project.gaps.shopping import shopping_list
from assay.project.gaps.space import embed_alike, obstacle
from assay.project.project import Project
from assay.project.tags import selection_key
from assay.search.spaces import words_alone

SUBJECTS = {
    "alarm": ["set an alarm for {}", "wake me up with an alarm at {}", "alarm clock {} please"],
    "table": ["book a table for {}", "reserve a table at {}", "a restaurant table for {} people"],
    "weather": ["weather forecast for {}", "will it rain {}", "how cold is the weather {}"],
    "music": ["play the song {}", "put on some music by {}", "turn the music {} up"],
}
WORDS = ("noon", "six", "seven", "monday", "today", "tomorrow", "evening", "london", "two", "now")


def texts(subject: str, count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    shapes = SUBJECTS[subject]
    return [
        f"{shapes[i % 3].format(rng.choice(WORDS))} {rng.choice(WORDS)} {rng.choice(WORDS)}"
        for i in range(count)
    ]


def add(project: Project, name: str, path: Path, subjects: list[str], each: int, seed: int) -> None:
    file = path / f"{name}.jsonl"
    with file.open("w") as out:
        for subject in subjects:
            for text in texts(subject, each, seed):
                row = {"text": text, "room": "kitchen" if subject == "alarm" else "hall"}
                out.write(json.dumps(row) + "\n")
    project.dataset(name).add(file)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    path = tmp_path_factory.mktemp("gaps")
    made = assay.open(path / "project")
    add(made, "pool", path, ["table", "weather", "music"], 60, seed=1)
    add(made, "target", path, list(SUBJECTS), 40, seed=2)
    add(made, "unlabeled", path, ["alarm", "music"], 30, seed=3)
    made.dataset("pool").compute({"op": "embed.text", "model": "lsa"})
    return made


def test_a_missing_subject_is_the_first_gap_with_all_that_is_needed_to_fill_it(
    project: Project,
) -> None:
    found = project.dataset("pool").gaps("target", sources=["unlabeled"], cells=4)
    assert found.p_value < 0.05 and found.rows == {"pool": 180, "target": 160}
    gap = found.gaps[0]
    assert "alarm" in gap.name
    assert gap.target_share == pytest.approx(0.25, abs=0.05) and gap.own_rows <= 5
    assert gap.ratio > 5 and gap.ci[0] > 3 and gap.ci[0] < gap.ratio < gap.ci[1]
    assert gap.rules[0]["rule"] == 'room == "kitchen"'
    assert all("alarm" in example["text"] for example in gap.examples)
    assert all("alarm" not in near["text"] for e in gap.examples for near in e["nearest"])
    # 0.25 of the whole once x rows are added: x / (180 + x) = 0.25.
    assert gap.next["need"] == pytest.approx(60, abs=12)
    (search,) = gap.next["search"]
    assert search["dataset"] == "unlabeled" and search["rows"] >= 15
    assert all("alarm" in hit["text"] for hit in search["hits"])
    assert gap.next["brief"].startswith(f"Get {gap.next['need']} more rows about")
    json.dumps(found.to_dict(), allow_nan=False)


def test_scores_are_high_for_what_is_missing_and_come_one_a_row(
    project: Project, tmp_path: Path
) -> None:
    found = project.dataset("pool").gaps(project.dataset("target"), cells=4)
    assert found.write_scores(tmp_path / "scores.parquet") == 160
    table = pq.read_table(tmp_path / "scores.parquet")
    assert table.column_names == ["id", "score"]
    target = project.dataset("target").to_table(["id", "text"])
    assert table["id"].to_pylist() == target["id"].to_pylist()
    alarm = np.array(["alarm" in text for text in target["text"].to_pylist()])
    scores = np.array(table["score"])
    assert scores[alarm].min() > np.median(scores[~alarm])


def test_a_filter_makes_the_pool_and_a_dataset_lacks_nothing_beside_itself(
    project: Project,
) -> None:
    pool = project.dataset("pool")
    same = pool.gaps("pool", cells=4)
    assert same.p_value > 0.05 and not any(gap.ci[0] > 1 for gap in same.gaps)
    without = pool.where('not (text contains "table")').gaps(pool, cells=3)
    assert "table" in without.gaps[0].name and without.gaps[0].own_rows == 0


def test_the_counts_of_the_list_are_solved_together(project: Project) -> None:
    found = project.dataset("pool").gaps("target", cells=4)
    gap = replace(found.gaps[0], target_share=0.3, own_share=0.1, ci=(1.5, 4.0))
    two = [replace(gap, id="a"), replace(gap, id="b", target_share=0.2, own_share=0.0)]
    small = replace(found, gaps=two, pool_rows=100)
    both = shopping_list(small)
    # (10 + x) / (100 + x + y) = 0.3 and y / (100 + x + y) = 0.2.
    assert [item.rows for item in both.items] == [44, 36] and both.closes == 1
    assert [item.share for item in both.items] == [0.3, 0.2]
    one = shopping_list(small, {"b": 20})
    assert one.rows == 20 and one.items[0].share == pytest.approx(20 / 120, abs=1e-6)
    # Of 0.2 + 0.2 that is missing: b has 0.0333 left, and a, diluted, 0.3 - 10 / 120.
    assert one.closes == pytest.approx(1 - (0.2 - 20 / 120 + 0.3 - 10 / 120) / 0.4, abs=1e-3)
    assert shopping_list(small, {}).to_dict()["items"] == []
    whole = replace(small, gaps=[replace(gap, id="a", target_share=1.0)])
    assert 0 < shopping_list(whole).rows <= 1_000_000_000


def test_sure_gaps_come_first_and_need_what_the_list_says(project: Project) -> None:
    found = project.dataset("pool").gaps("target", cells=40)
    sure = [gap.sure for gap in found.gaps]
    assert sure == sorted(sure, reverse=True) and {*sure} == {True, False}
    listed = {item.gap: item.rows for item in shopping_list(found).items}
    assert listed == {gap.id: gap.next["need"] for gap in found.gaps if gap.sure}
    maybe = next(gap for gap in found.gaps if not gap.sure)
    chosen = dict.fromkeys([*listed, maybe.id])
    more = {item.gap: item.rows for item in shopping_list(found, chosen).items}
    assert more[maybe.id] == maybe.next["need"]
    assert all(gap.next["brief"].startswith(f"Get {gap.next['need']} ") for gap in found.gaps)


def test_counts_of_several_sure_gaps_are_larger_than_those_of_each_alone() -> None:
    pool, shares = 100, [(0.3, 0.1), (0.2, 0.0), (0.1, 0.05)]
    # (10 + x) / (100 + x + y) = 0.3 and y / (100 + x + y) = 0.2: as on the list.
    assert needs(pool, shares, [True, True, False])[:2] == [44, 36]
    assert needs(pool, shares, [True, False, False])[0] == 29  # (10 + x) / (100 + x) = 0.3
    # The third on the list too: (5 + z) / (100 + x + y + z) = 0.1, the others at their shares.
    assert needs(pool, shares, [True, True, False])[2] == 17
    assert needs(pool, [], []) == []


def test_what_was_found_is_kept_and_read_again(project: Project) -> None:
    pool, target = project.dataset("pool"), project.dataset("target")
    found = pool.gaps("target", cells=4)
    made = kept.newest(pool)
    assert made is not None and made.target == "target"
    assert kept.read(pool, made) == found and made.state == kept.state_of(pool, target)
    own = project.dataset("pool").view(
        filters=[f"selection:{selection_key(found.gaps[0].own_row_ids)}"]
    )
    assert own.count == found.gaps[0].own_rows
    pool.where("text != ''").gaps("target", cells=3)
    again = kept.newest(pool, "target")
    assert again is not None and again.key == made.key
    assert kept.newest(pool, "unlabeled") is None


@pytest.mark.parametrize("rows", [["the same words"] * 30, ["one row"], ["", " "]])
def test_equal_single_and_empty_texts_are_compared_or_refused(
    project: Project, tmp_path: Path, rows: list[str]
) -> None:
    name = f"odd{len(rows)}"
    file = tmp_path / "odd.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows))
    project.dataset(name).add(file)
    if not any(text.strip() for text in rows):
        with pytest.raises(UsageError, match="no row with a vector"):
            project.dataset("pool").gaps(name)
        return
    found = project.dataset("pool").gaps(name)
    assert found.rows["target"] == len(rows)
    json.dumps(found.to_dict(), allow_nan=False)


def test_vectors_that_are_not_finite_are_left_out(project: Project, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("left", "right"):
        vectors = rng.normal(size=(30, 4)).astype(np.float32)
        vectors[::3, 1] = np.nan
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 4)
        pq.write_table(pa.table({"v": column}), tmp_path / f"{name}.parquet")
        project.dataset(name).add(tmp_path / f"{name}.parquet")
    found = project.dataset("left").gaps("right")
    assert found.rows == {"pool": 20, "target": 20}
    assert found.scores is not None and found.scores["score"].null_count == 10


def test_a_model_that_is_pinned_to_its_files_is_not_taken_for_one_that_knows_words_alone() -> None:
    def embedded(model: str) -> pa.Field:
        kept = {"assay.params": json.dumps([{"model": model}, {"text": "text"}])}
        vector = pa.list_(pa.float32(), 4)
        return pa.field("v", vector, metadata={**kept, "assay.state": "sha256-of-its-files"})

    assert words_alone(embedded("lsa"))
    assert not words_alone(embedded("file:/models/mine"))
    assert not words_alone(pa.field("v", pa.list_(pa.float32(), 4)))


def test_embeddings_of_two_models_stay_and_one_more_makes_them_comparable(
    tmp_path: Path,
) -> None:
    project = assay.open(tmp_path / "models")
    for name, model in (("words", "lsa"), ("meaning", "minilm")):
        add(project, name, tmp_path, ["alarm", "music"], 10, seed=1)
        project.dataset(name).compute({"op": "embed.text", "model": model})
    pool, target = project.dataset("meaning"), project.dataset("words")
    blocked = obstacle(pool, target)
    assert blocked is not None and blocked.embeddable
    assert blocked.remedy == "assay compute words embed.text -p model=minilm --as embed.meaning"
    before = target.to_table(["embed.text.vector"])
    embed_alike(pool, target)
    assert obstacle(pool, target) is None and pool.gaps(target).embedding == "embed.text"
    assert target.to_table(["embed.text.vector"]) == before
    # A space of words is made for both anew, so the other way round nothing is missing.
    assert obstacle(target, pool) is None


def test_the_run_is_recorded(project: Project) -> None:
    project.dataset("pool").gaps("target", cells=4)
    run = project.runs("pool")[-1]
    assert run["kind"] == "gaps" and run["inputs"]["target"] == "target"


def test_without_an_embedding_in_common_the_error_says_what_to_run(
    project: Project, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no embedding in common") as error:
        project.dataset("target").gaps("unlabeled")
    assert "assay compute target embed.text" in str(error.value)
    with pytest.raises(UsageError, match="no dataset called 'nothing'"):
        project.dataset("pool").gaps("nothing")
    (tmp_path / "numbers.jsonl").write_text('{"text": 1}\n{"text": 2}\n')
    project.dataset("numbers").add(tmp_path / "numbers.jsonl")
    for a, b in (("pool", "numbers"), ("numbers", "pool")):
        with pytest.raises(UsageError, match="numbers has no text to embed") as error:
            project.dataset(a).gaps(b)
        assert error.value.remedy == "assay add numbers FILE --text COLUMN"
    with pytest.raises(UsageError, match="no row with a vector"):
        project.dataset("pool").where("id == 'x'").gaps("target")


def test_novelty_is_highest_for_a_subject_that_the_pool_does_not_know(project: Project) -> None:
    pool = project.dataset("pool")
    target = project.dataset("target").to_table(["id", "text"])
    alarm = np.array(["alarm" in text for text in target["text"].to_pylist()])
    scores = pool.novelty("target")
    assert scores["id"].to_pylist() == target["id"].to_pylist()
    values = np.array(scores["score"])
    assert np.median(values[alarm]) > np.quantile(values[~alarm], 0.9)
    with pytest.raises(UsageError, match="'shoe size'"):
        pool.novelty("target", label="shoe size")


def both(tmp_path: Path, pool: list[str], target: list[str]) -> tuple[Project, Path]:
    """A pool and a target of some subjects, with columns of noise beside the text."""
    made = assay.open(tmp_path / "project")
    rng = np.random.default_rng(0)
    for name, subjects, seed in (("pool", pool, 1), ("target", target, 2)):
        file = tmp_path / f"{name}.jsonl"
        lines = [text for subject in subjects for text in texts(subject, 90, seed)]
        noise = [{"age": int(rng.integers(18, 90)), "luck": float(rng.random())} for _ in lines]
        rows = [{"text": text, **each} for text, each in zip(lines, noise, strict=True)]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        made.dataset(name).add(file)
        made.dataset(name).compute({"op": "embed.text", "model": "lsa"})
    return made, tmp_path


def test_a_target_that_the_pool_knows_nothing_of_has_no_own_rows(tmp_path: Path) -> None:
    made, _ = both(tmp_path, ["weather", "music"], ["alarm", "table"])
    found = made.dataset("pool").gaps("target")
    assert found.told_apart and found.auroc > 0.95
    sure = [gap for gap in found.gaps if gap.sure]
    assert sum(gap.own_rows for gap in found.gaps) < 0.25 * sum(gap.rows for gap in found.gaps)
    assert sum(gap.target_share for gap in sure) > 0.2
    # Ages and luck are the same everywhere, so that no description speaks of them.
    described = " ".join(rule["rule"] for gap in found.gaps for rule in gap.rules)
    assert "age" not in described and "luck" not in described


def test_a_pool_that_is_part_of_its_target_is_told_from_it(tmp_path: Path) -> None:
    made, path = both(tmp_path, ["weather", "music"], ["alarm"])
    made.dataset("target").add(path / "pool.jsonl")
    made.dataset("target").compute("embed.text")
    found = made.dataset("pool").gaps("target")
    assert found.told_apart
    assert found.gaps[0].sure and found.gaps[0].own_rows == 0
    assert all("alarm" in example["text"] for example in found.gaps[0].examples)
    same = made.dataset("pool").gaps(made.dataset("pool"))
    assert not same.told_apart and not any(gap.sure for gap in same.gaps)


def test_where_one_side_has_vectors_the_commands_that_are_named_make_them_comparable(
    tmp_path: Path,
) -> None:
    made, path = both(tmp_path, ["weather"], ["weather", "alarm"])
    made.dataset("bare").add(path / "pool.jsonl")
    with pytest.raises(UsageError, match="have no embedding in common") as caught:
        made.dataset("bare").gaps("target")
    for command in caught.value.remedy.split(" && "):
        program, *words = shlex.split(command)
        assert program == "assay"
        called = CliRunner().invoke(cli, ["--project", str(tmp_path / "project"), *words])
        assert called.exit_code == 0, called.output
    assert made.dataset("bare").gaps("target").told_apart


def test_one_subject_is_one_gap_however_many_cells_it_fills(tmp_path: Path) -> None:
    made = assay.open(tmp_path / "project")
    add(made, "pool", tmp_path, ["table", "weather", "music"], 60, seed=1)
    add(made, "target", tmp_path, list(SUBJECTS), 160, seed=5)
    made.dataset("pool").compute({"op": "embed.text", "model": "lsa"})
    found = made.dataset("pool").gaps("target")
    sure = [gap for gap in found.gaps if gap.sure]
    # An alarm is asked for in three wordings, and the pool has none of them.
    assert len(sure) == 3 and sum(gap.rows for gap in sure) == 160
    assert all("alarm" in example["text"] for gap in sure for example in gap.examples)
    assert sum(gap.target_share for gap in sure) == pytest.approx(0.25, abs=1e-5)
    need = sum(gap.next["need"] for gap in sure)
    assert need == pytest.approx(60, abs=2)  # to be a quarter of 180 and themselves
