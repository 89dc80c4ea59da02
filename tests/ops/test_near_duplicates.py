"""Near duplicates: every pair exact, groups with a radius, nothing lost to large buckets."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from near_reference import jaccard, shingles

from assay.errors import UsageError
from assay.ops.kernels.lsh import candidate_pairs
from assay.ops.kernels.unionfind import block_starts, components
from assay.ops.match.near import NearDuplicates, bands_for, exact_jaccard, near_duplicates
from assay.ops.text.minhash import PERMUTATIONS, text_minhash

WORDS = st.sampled_from(["a", "b", "c", "the", "dog", "1", "22", "中", "文", "É", "e", "...", "-"])
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


def grouped(texts: Sequence[str | None], *, threshold: float = 0.8) -> NearDuplicates:
    column = pa.array(texts, pa.string())
    signatures = text_minhash(pa.record_batch({"text": column})).column(0)
    return near_duplicates(
        signatures, lambda rows: column.take(pa.array(rows)), threshold=threshold
    )


def partition(found: NearDuplicates) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(found.group == g).tolist()) for g in range(len(found.size))}


def prose(seed: int, words: int = 200) -> list[str]:
    rng = np.random.default_rng(seed)
    return [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in rng.integers(0, 676, words)]


@pytest.fixture(scope="module")
def revisions(shared_data: Callable[[str], Path]) -> list[dict[str, str]]:
    with zstandard.open(shared_data("near_duplicates/doc_revisions.jsonl.zst"), "rb") as file:
        return [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]


def test_revisions_of_a_document_are_found(revisions: list[dict[str, str]]) -> None:
    texts = [r[side] for side in ("text_a", "text_b") for r in revisions]
    n = len(revisions)
    found = grouped(texts)
    exact = np.array([jaccard(r["text_a"], r["text_b"]) for r in revisions])
    together = (found.group[:n] == found.group[n:]) & (found.group[:n] >= 0)
    assert (exact >= 0.8).sum() > 100
    assert together[exact >= 0.8].mean() >= 0.98
    assert found.jaccard.min() >= 0.8
    for a, b, similarity in zip(found.left, found.right, found.jaccard, strict=True):
        assert similarity == pytest.approx(jaccard(texts[a], texts[b]), abs=1e-12)


def test_all_similar_pairs_of_a_corpus_are_connected(revisions: list[dict[str, str]]) -> None:
    """Against all pairs of 240 texts, compared one by one."""
    texts = [r[side] for r in revisions[:120] for side in ("text_a", "text_b")]
    sets = [shingles(t) for t in texts]
    similar = [
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if len(sets[a] & sets[b]) >= 0.8 * len(sets[a] | sets[b]) > 0
    ]
    found = grouped(texts)
    connected = [found.group[a] == found.group[b] >= 0 for a, b in similar]
    assert len(similar) > 40
    assert np.mean(connected) >= 0.98
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) <= set(similar)


def test_groups_do_not_depend_on_row_order_chunks_or_block_size(
    revisions: list[dict[str, str]],
) -> None:
    texts = [r[side] for r in revisions for side in ("text_a", "text_b")]
    found = grouped(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    shuffled = grouped([texts[i] for i in order])
    assert {frozenset(order[list(g)].tolist()) for g in partition(shuffled)} == partition(found)

    column = pa.array(texts)
    signatures = text_minhash(pa.record_batch({"text": column})).column(0)
    padded = pa.concat_arrays([signatures[:3], signatures]).slice(3)
    chunks = pa.chunked_array([padded[:100], padded[100:100], padded[100:]])
    fetched: list[int] = []

    def take(rows: np.ndarray) -> pa.Array:
        fetched.append(len(rows))
        return column.take(pa.array(rows))

    again = near_duplicates(chunks, take, block_rows=2)
    assert max(fetched) == 2
    for name in ("group", "similarity", "representative", "size", "radius", "left", "jaccard"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))


def test_a_group_says_how_far_its_rows_are_apart() -> None:
    """A chain: neighbors are alike, its ends are not."""
    base = prose(1, 400)
    middle = base[:360] + prose(2, 30)
    end = middle[40:]
    texts = [" ".join(w) for w in (end, base, middle)]
    found = grouped(texts)
    assert found.group.tolist() == [0, 0, 0]
    assert found.representative.tolist() == [2]
    assert found.size.tolist() == [3]
    assert list(zip(found.left, found.right, strict=True)) == [(0, 2), (1, 2)]
    assert found.similarity[2] == 1.0
    assert found.similarity[0] == jaccard(texts[0], texts[2])
    assert found.radius[0] == 1.0 - found.similarity.min()
    assert jaccard(texts[0], texts[1]) < 0.8


def test_chained_rows_are_compared_with_the_representative() -> None:
    words = prose(3, 600)
    texts = [" ".join(words[20 * i : 20 * i + 400]) for i in range(8)]
    found = grouped(texts, threshold=0.85)
    assert found.group.tolist() == [0] * 8
    chosen = int(found.representative[0])
    exact = [jaccard(t, texts[chosen]) for t in texts]
    assert found.similarity.tolist() == pytest.approx(exact, abs=1e-12)
    assert found.radius[0] == pytest.approx(1.0 - min(exact))
    assert found.radius[0] > 0.15


def test_rows_without_a_text_or_a_twin_belong_to_no_group() -> None:
    found = grouped([None, "", "!!", " ".join(prose(4)), None, " ".join(prose(5)), ""])
    assert found.group.tolist() == [-1] * 7
    assert np.isnan(found.similarity).all()
    assert (len(found.size), len(found.left), found.candidates) == (0, 0, 0)


@pytest.mark.parametrize("texts", [[], [None], ["one two three four five six"]])
def test_too_few_rows_give_no_group(texts: list[str | None]) -> None:
    assert len(grouped(texts).size) == 0


def test_short_texts_are_duplicates_only_when_their_words_are_equal() -> None:
    found = grouped(["Yes, sir!", "no sir", "yes sir", "yes", "YES?"])
    assert found.group.tolist() == [0, -1, 0, 1, 1]
    assert found.jaccard.tolist() == [1.0, 1.0]


def test_thousands_of_copies_cost_one_pair_each() -> None:
    page, other = " ".join(prose(6)), " ".join(prose(7))
    found = grouped([page, other] * 3000)
    assert found.size.tolist() == [3000, 3000]
    assert found.radius.tolist() == [0.0, 0.0]
    assert found.candidates == 2 * 2999


def families(count: int, copies: int, shared: int, seed: int = 0) -> np.ndarray:
    """Signatures of `count` families whose members differ in one place, interleaved.

    All agree in the first `shared` places, so that they share every band there.
    """
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 2**32, (count, PERMUTATIONS), dtype=np.uint32)
    base[:, :shared] = base[0, :shared]
    rows = np.tile(base, (copies, 1))
    rows[np.arange(len(rows)), rng.integers(90, PERMUTATIONS, len(rows))] += np.arange(
        1, len(rows) + 1, dtype=np.uint32
    )
    return rows


@pytest.mark.parametrize(("count", "copies"), [(2, 20), (2, 500), (50, 10)])
def test_a_crowded_bucket_loses_no_group(count: int, copies: int) -> None:
    """One band of six places is all that LSH sees here."""
    rows = families(count, copies, shared=6)
    pairs = candidate_pairs(rows, np.arange(len(rows)), bands=1, height=6, near=72, alike=90)
    root = components(len(rows), pairs[:, 0].copy(), pairs[:, 1].copy())
    np.testing.assert_array_equal(root, np.arange(len(rows)) % count)
    assert len(pairs) <= max(8 * len(rows), count * copies * copies)


def test_more_families_than_a_bucket_holds_meet_in_other_bands() -> None:
    rows = families(400, 3, shared=6)
    pairs = candidate_pairs(rows, np.arange(len(rows)), bands=18, height=6, near=72, alike=90)
    root = components(len(rows), pairs[:, 0].copy(), pairs[:, 1].copy())
    np.testing.assert_array_equal(root, np.arange(len(rows)) % 400)


def test_candidates_are_sorted_unique_and_only_among_given_rows() -> None:
    rows = families(30, 4, shared=12)
    given_rows = np.arange(0, 120, 3)
    pairs = candidate_pairs(rows, given_rows, bands=18, height=6, near=0, alike=0)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert set(pairs.ravel().tolist()) <= set(given_rows.tolist())
    assert pairs.tolist() == sorted(map(list, {tuple(p) for p in pairs.tolist()}))


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_exact_jaccard_is_that_of_python_sets(texts: list[str]) -> None:
    column = pa.array(texts)
    pairs = np.array([(a, b) for a in range(len(texts)) for b in range(len(texts))])
    got = exact_jaccard(pairs, lambda rows: column.take(pa.array(rows)), block_rows=3)
    assert got.tolist() == [jaccard(texts[a], texts[b]) for a, b in pairs]


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40),
        )
    )
)
def test_components_are_those_of_a_naive_union(graph: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = graph
    sets = [{i} for i in range(n)]
    for a, b in pairs:
        merged = sets[a] | sets[b]
        for i in merged:
            sets[i] = merged
    ends = np.array(pairs, np.int64).reshape(-1, 2).T.copy()
    assert components(n, ends[0], ends[1]).tolist() == [min(s) for s in sets]


def test_bands_find_pairs_at_the_threshold() -> None:
    assert bands_for(0.8) == (18, 6)
    for threshold in (0.5, 0.7, 0.8, 0.9, 0.95, 1.0):
        bands, height = bands_for(threshold)
        assert bands * height <= PERMUTATIONS
        assert 1 - (1 - threshold**height) ** bands >= 0.995
    assert bands_for(0.8, recall=0.9) == (14, 8)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5, 0.01])
def test_a_threshold_that_cannot_be_met_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError):
        bands_for(threshold)


def test_what_is_no_signature_is_refused() -> None:
    with pytest.raises(UsageError, match=r"text\.minhash"):
        near_duplicates(pa.array([[1, 2]]), lambda rows: pa.array([]))


def test_a_fetcher_that_gives_too_few_texts_is_named() -> None:
    with pytest.raises(UsageError, match="gave 1 texts for 2 rows"):
        exact_jaccard(np.array([[0, 1]]), lambda rows: pa.array(["a"]))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40), st.integers(2, 8))
def test_blocks_of_pairs_are_as_long_as_their_rows_allow(
    pairs: list[tuple[int, int]], limit: int
) -> None:
    expected, rows = [], set()
    for i, pair in enumerate(pairs):
        if i == 0 or len(rows | set(pair)) > limit:
            expected.append(i)
            rows = set()
        rows |= set(pair)
    ends = np.array(pairs, np.int64).reshape(-1, 2).T.copy()
    assert block_starts(ends[0], ends[1], 10, limit).tolist() == expected
