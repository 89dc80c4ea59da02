"""Names of topics that people give: events, kept when the map is made anew, taken back at will."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import UsageError
from assay.project.dataset import Dataset
from assay.project.topic_names import _same, sketched

pytest.importorskip("sklearn", reason="the extra insight is not installed")

WORDS = {"ships": "captain harbor sail", "bread": "baker oven rye", "stars": "planet comet orbit"}


def rows(first: int, each: int) -> pa.Table:
    """Texts of three subjects, with a vector each that says where a map by `pca` puts them."""
    rng = np.random.default_rng(first)
    middles = {"ships": (0.0, 0.0), "bread": (9.0, 0.0), "stars": (0.0, 6.0)}
    points = [rng.normal(middles[kind], 0.2, (each, 2)) for kind in WORDS]
    texts = [f"{text} {n}" for text in WORDS.values() for n in range(first, first + each)]
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(np.vstack(points).astype(np.float32).ravel()), 2
    )
    kinds = [kind for kind in WORDS for _ in range(each)]
    return pa.table({"text": texts, "kind": kinds, "place": column})


def added(dataset: Dataset, table: pa.Table, name: str) -> Dataset:
    file = dataset.project.root.parent / f"{name}.parquet"
    pq.write_table(table, file)
    dataset.add(file)
    return dataset


@pytest.fixture
def docs(tmp_path: Path) -> Dataset:
    dataset = added(assay.open(tmp_path / "p").dataset("docs"), rows(0, 40), "first")
    dataset.make_map(method="pca")
    return dataset


def labels(dataset: Dataset) -> dict[str, int]:
    return {str(topic["label"]): topic["count"] for topic in dataset.topics()}


def of(dataset: Dataset, kind: str) -> str:
    """What the topic of most rows of a kind is called."""
    table = dataset.where(f'kind == "{kind}"').to_table(["map.topic"])
    values = table.column(0).drop_null().to_pylist()
    return str(max(set(values), key=values.count))


def kinds(dataset: Dataset, where: str) -> set[str]:
    return set(dataset.where(where).to_table(["kind"]).column(0).to_pylist())


def test_topics_are_named_by_their_words(docs: Dataset) -> None:
    assert len(labels(docs)) == 3
    assert set(of(docs, "bread").split(", ")) == {"baker", "oven", "rye"}
    assert [topic["by"] for topic in docs.topics()] == ["terms"] * 3


def test_a_name_is_the_value_of_the_column_and_the_former_one_still_means_it(
    docs: Dataset,
) -> None:
    was = of(docs, "ships")
    done = docs.name_topic(was, "  Seafaring ")
    assert (done["was"], done["name"], done["level"]) == (was, "Seafaring", "topic")
    assert of(docs, "ships") == "Seafaring"
    for name in ("Seafaring", was):
        for where in (f'map.topic == "{name}"', f'map.topic in ("{name}", "nothing")'):
            assert kinds(docs, where) == {"ships"}
            assert docs.view(filters=[where]).count == done["rows"]
        assert kinds(docs, f'not (map.topic != "{name}")') == {"ships"}
        chosen = docs.view(filters=[{"column": "map.topic", "op": "in", "value": [name]}])
        assert chosen.count == done["rows"]
    docs.curate(name="ashore", rules=[{"drop": f'map.topic == "{was}"'}])
    assert docs.at("ashore").num_rows == docs.num_rows - done["rows"]
    assert next(t for t in docs.topics() if t["label"] == "Seafaring")["by"] == "person"


def test_a_name_taken_back_leaves_the_one_before(docs: Dataset) -> None:
    was = of(docs, "stars")
    first = docs.name_topic(was, "Sky")
    second = docs.name_topic("Sky", "Space")
    docs.unname_topic(second["event"])
    assert of(docs, "stars") == "Sky" and kinds(docs, 'map.topic == "Space"') == {"stars"}
    docs.unname_topic(first["event"])
    assert of(docs, "stars") == was
    with pytest.raises(UsageError, match="can be undone"):
        docs.unname_topic(first["event"])


def test_a_name_stays_when_the_map_is_made_anew_with_more_rows(docs: Dataset) -> None:
    was = of(docs, "ships")
    docs.name_topic(was, "Seafaring")
    added(docs, rows(40, 30), "more")
    docs.make_map(method="pca")
    assert of(docs, "ships") == "Seafaring"
    assert labels(docs)["Seafaring"] > 60
    assert kinds(docs, f'map.topic == "{was}"') == {"ships"}


def test_a_name_is_not_given_to_other_rows(docs: Dataset) -> None:
    docs.name_topic(of(docs, "ships"), "Seafaring")
    added(docs, rows(100, 300), "others")  # most ships are others than those that were named
    docs.make_map(method="pca")
    assert "Seafaring" not in labels(docs)


def test_names_of_an_earlier_map_mean_the_same_rows(docs: Dataset) -> None:
    was = of(docs, "bread")
    more = rows(60, 38).set_column(
        0, "text", pa.array([f"wheat flour crumb {n}" for n in range(3 * 38)])
    )
    added(docs, more, "renamed")
    docs.make_map(method="pca")
    now = of(docs, "bread")
    assert kinds(docs, f'map.topic == "{was}"') == {"bread"}, (was, now)


@pytest.mark.parametrize(
    "bad", ["", " ", "x" * 61, 'say "no"', "a\nb", "a\\b", "\x1b[31m", "a\u202eb"]
)
def test_a_name_that_cannot_be_used_is_refused(docs: Dataset, bad: str) -> None:
    before = labels(docs)
    with pytest.raises(UsageError, match="cannot be called"):
        docs.name_topic(of(docs, "ships"), bad)
    assert labels(docs) == before


def test_what_is_not_there_and_what_is_taken_is_said(docs: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no topic 'nothing'") as refused:
        docs.name_topic("nothing", "x")
    assert of(docs, "bread") in str(refused.value.allowed)
    with pytest.raises(UsageError, match="called"):
        docs.name_topic(of(docs, "bread"), of(docs, "ships"))
    with pytest.raises(UsageError, match="no level 'region'"):
        docs.name_topic("nothing", "x", level="region")
    bare = added(assay.open(tmp_path / "q").dataset("bare"), rows(0, 5), "bare")
    with pytest.raises(UsageError, match="no map yet") as missing:
        bare.name_topic("a", "b")
    assert missing.value.remedy == "assay map bare"


def test_two_samples_by_hash_tell_how_many_rows_are_common() -> None:
    rng = np.random.default_rng(0)
    ids = pa.chunked_array(
        [[bytes(rng.integers(256, size=16, dtype=np.uint8)).hex() for _ in range(9000)]]
    )
    codes = np.repeat([0, 1, -1], 3000)
    told = sketched(ids, codes, 2)
    assert [len(one) for one in told] == [512, 512]
    assert told[0].tolist() == sorted(ids.slice(0, 3000).to_pylist())[:512]
    for shift, same in ((300, 0), (1400, None)):
        moved = np.full(9000, -1)
        moved[shift : 3000 + shift] = 0
        assert _same(told[0], 3000, sketched(ids, moved, 1), moved) == same
