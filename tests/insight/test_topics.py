"""Topics of a map in two levels, each named by words that set it apart."""

from __future__ import annotations

import numpy as np
import pytest

from assay.insight.map.naming import name_topics, names_of
from assay.insight.map.topics import subtopics, topics

pytest.importorskip("sklearn", reason="the extra insight is not installed")


def places(*middles: tuple[float, float, int], wide: float = 0.01) -> np.ndarray:
    """Places around middles `(x, y, how many)`, in that order."""
    rng = np.random.default_rng(0)
    return np.vstack([rng.normal((x, y), wide, (n, 2)) for x, y, n in middles]).clip(0, 1)


def test_a_topic_of_several_parts_is_divided_and_one_of_one_piece_is_not() -> None:
    here = places((0.2, 0.2, 90), (0.2, 0.3, 60), (0.8, 0.8, 300))
    pieces = np.array([0] * 150 + [1] * 300)
    parts = subtopics(here, pieces)
    assert parts[:90].tolist() == [0] * 90
    assert parts[90:150].tolist() == [1] * 60
    assert (parts[150:] == -1).all()


def test_every_place_of_a_divided_topic_is_in_a_part_and_no_other_is() -> None:
    here = places((0.2, 0.2, 3000), (0.3, 0.2, 2000), (0.8, 0.8, 1000), wide=0.02)
    labels = np.repeat(np.int32([0, -1]), [5000, 1000])
    parts = subtopics(here, labels)
    assert parts[:5000].min() == 0 and (parts[5000:] == -1).all()
    assert np.bincount(parts[:5000]).tolist() == pytest.approx([3000, 2000], abs=100)


def test_few_places_are_one_topic() -> None:
    assert topics(places((0.5, 0.5, 4))).tolist() == [0] * 4
    assert topics(np.empty((0, 2))).tolist() == []


SHIPS = ["the captain sails a ship to the harbor", "a captain mends the ship in the harbor"] * 3
MASTS = ["the captain climbs a ship mast", "the ship has a mast for the captain"] * 3
BREAD = ["the baker bakes bread of rye", "bakers sell rye and bread"] * 6


def test_a_name_has_no_word_twice_in_different_forms() -> None:
    named = name_topics([BREAD, SHIPS])
    assert {"bread", "rye"} < set(named[0])
    assert not {"baker", "bakers"} <= set(named[0]) and "the" not in named[0]


def test_a_word_that_few_of_its_texts_have_names_no_topic() -> None:
    mixed = [f"thing{a}{b} matter{b}{a}" for a in "abcdef" for b in "ghijklmno"]
    mixed += ["address changed"] * 2
    assert name_topics([mixed, SHIPS])[0] == []
    assert name_topics([mixed[:20] + mixed[-2:], SHIPS])[0] == []  # a tenth of the rows, but two
    assert name_topics([mixed[2:] + ["address changed"] * 4, SHIPS])[0] == ["address", "changed"]


def test_a_part_is_named_by_what_its_topic_and_its_siblings_lack() -> None:
    above = [["captain", "ship"], ["bread", "rye", "baker"]]
    named = name_topics([SHIPS, MASTS], parents=[0, 0], above=above)
    assert named[0][0] == "harbor" and named[1][0] == "mast"
    assert not {"captain", "ship", "ships"} & {word for each in named for word in each}


def test_topics_of_the_same_words_and_of_none_still_have_a_name_of_their_own() -> None:
    named = names_of([["a", "b"], ["a", "b"], [], []], ["topic 1", "topic 2", "topic 3", "topic 3"])
    assert named == ["a, b", "a, b (2)", "topic 3", "topic 3 (2)"]
    assert name_topics([[], ["only one"]]) == [[], []]
