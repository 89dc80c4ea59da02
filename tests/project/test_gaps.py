"""`Dataset.gaps`: from files of texts to named gaps, scores, and what to get."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import UsageError
from assay.project.project import Project

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
