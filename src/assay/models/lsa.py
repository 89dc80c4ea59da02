"""Latent semantic analysis: an embedder fitted on the user's own texts, without any weights.

Deerwester et al. 1990, "Indexing by Latent Semantic Analysis": a truncated singular value
decomposition of the term-document matrix. Terms are words and character n-grams, hashed; the
decomposition is randomized with a fixed seed (Halko, Martinsson and Tropp 2011, algorithm 4.4).
"""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assay import stopping
from assay.errors import UsageError
from assay.models._terms import Counts, concat, count_terms

DIM = 128
_MAX_TERMS = 1 << 15
_MAX_TEXTS = 20_000
_BLOCK = 256  # texts whose terms are counted at once
_OVERSAMPLE = 16
_PASSES = 3


@dataclass(frozen=True)
class Lsa:
    """A fitted model; see `Embedder` for the contract.

    Attributes:
        terms: uint32, shape (t,), sorted: hashes of the terms known.
        idf: float32, shape (t,): smoothed inverse document frequency.
        components: float32, shape (t, DIM): what a term adds to a vector.
    """

    terms: np.ndarray
    idf: np.ndarray
    components: np.ndarray
    name: str = "lsa"
    dim: int = DIM

    def embed(self, texts: Sequence[str], *, windows: int = 1) -> np.ndarray:
        """Vectors of `texts`: float32, shape (len(texts), DIM); zero where no term is known."""
        vectors = np.zeros((len(texts), DIM), np.float32)
        for start in range(0, len(texts), _BLOCK):
            counts = _known(count_terms(texts[start : start + _BLOCK]), self.terms)
            weights = _tfidf(counts, self.idf)
            vectors[start : start + _BLOCK] = _times(counts, weights, self.components)
        norms = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
        vectors[norms[:, 0] <= 1e-6] = 0
        return np.asarray(vectors / np.where(norms > 1e-6, norms, np.float32(1)))

    def to_bytes(self) -> bytes:
        """All of the model, as a NumPy archive without pickles."""
        buffer = io.BytesIO()
        np.savez(buffer, terms=self.terms, idf=self.idf, components=self.components)
        return buffer.getvalue()


def fit(texts: Iterable[str]) -> bytes:
    """Fit on `texts` (at most 20,000, taken evenly over all of them) and return the model's state.

    The same texts in the same order give the same state on one machine. 1,400 abstracts, or 20,000
    texts of a sentence, take about 3 seconds of one core.

    Raises:
        UsageError: No text holds a term.
    """
    counts = concat([count_terms(block) for block in _blocks(_sample(texts))])
    if len(counts.terms) == 0:
        raise UsageError(
            "There is nothing to fit the embedding model 'lsa' on.",
            allowed="at least one text with a letter or digit",
            remedy="check the column `text`",
        )
    terms, idf = _vocabulary(counts)
    known = _known(counts, terms)
    components = _decompose(known, _tfidf(known, idf), len(terms))
    return Lsa(terms, idf, components).to_bytes()


@functools.lru_cache(maxsize=4)
def load(state: bytes) -> Lsa:
    """The model that `fit` returned as bytes.

    Raises:
        UsageError: `state` is empty or is no such model.
    """
    try:
        with np.load(io.BytesIO(state), allow_pickle=False) as arrays:
            return Lsa(arrays["terms"], arrays["idf"], arrays["components"])
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise UsageError(
            "The embedding model 'lsa' has not been fitted.",
            remedy="compute embed.text over the dataset with model=lsa, which fits it first",
        ) from error


def _sample(texts: Iterable[str]) -> list[str]:
    """Every 2^k-th text, k as small as keeps them within the limit: one pass, no randomness."""
    kept: list[str] = []
    stride = 1
    for position, text in enumerate(texts):
        if position % stride == 0:
            kept.append(text)
            if len(kept) > _MAX_TEXTS:
                kept = kept[::2]
                stride *= 2
    return kept


def _blocks(texts: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(texts), _BLOCK):
        stopping.check()
        yield texts[start : start + _BLOCK]


def _vocabulary(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """The most frequent terms that are in two texts or more (in any, for a tiny corpus)."""
    terms, frequency = np.unique(counts.terms, return_counts=True)
    if (frequency >= 2).sum() >= DIM:
        terms, frequency = terms[frequency >= 2], frequency[frequency >= 2]
    best = np.sort(np.lexsort((terms, -frequency))[:_MAX_TERMS])
    rows = len(counts.starts) - 1
    idf = np.log((1 + rows) / (1 + frequency[best])) + 1
    return terms[best], idf.astype(np.float32)


def _known(counts: Counts, terms: np.ndarray) -> Counts:
    """`counts` with each term replaced by its place in `terms`, unknown ones left out."""
    place = np.searchsorted(terms, counts.terms)
    place[place == len(terms)] = 0
    known = terms[place] == counts.terms
    before = np.concatenate([[0], np.cumsum(known)])
    return Counts(before[counts.starts], place[known], counts.counts[known])


def _tfidf(counts: Counts, idf: np.ndarray) -> np.ndarray:
    """Weights (1 + log tf) idf, scaled to length 1 within each text."""
    weights = (1 + np.log(counts.counts.astype(np.float32))) * idf[counts.terms]
    rows = _rows(counts)
    norms = np.sqrt(np.bincount(rows, np.square(weights)))
    return np.asarray(weights / norms[rows], np.float32)


def _times(counts: Counts, weights: np.ndarray, dense: np.ndarray) -> np.ndarray:
    """The sparse matrix `counts`, with these weights, times `dense`; row by row.

    The products of one row fit the cache; those of many would be written to memory and read again.
    `einsum` adds them in one order, whatever rows stand around, where BLAS would not.
    """
    result = np.zeros((len(counts.starts) - 1, dense.shape[1]), np.float32)
    for row, (first, last) in enumerate(itertools.pairwise(counts.starts.tolist())):
        if first < last:
            used = dense[counts.terms[first:last]]
            np.einsum("i,ij->j", weights[first:last], used, out=result[row])
    return result


def _decompose(counts: Counts, weights: np.ndarray, terms: int) -> np.ndarray:
    """Right singular vectors, float32 (terms, DIM); columns beyond the rank are zero."""
    transposed, turned = _transpose(counts, weights, terms)
    rank = min(DIM + _OVERSAMPLE, terms, len(counts.starts) - 1)
    start = np.random.default_rng(0).standard_normal((terms, rank)).astype(np.float32)
    basis = _orthonormal(_times(counts, weights, start))
    for _ in range(_PASSES):
        stopping.check()
        # Only the side of the texts is made orthonormal: that of the terms is far longer.
        projected = _times(transposed, turned, basis)
        basis = _orthonormal(_times(counts, weights, projected))
    projected = _times(transposed, turned, basis)
    exact = projected.astype(np.float64)
    values, rotation = np.linalg.eigh(exact.T @ exact)
    keep = np.argsort(-values, kind="stable")[:DIM]
    keep = keep[values[keep] > values.max() * 1e-9]
    components = (exact @ rotation[:, keep] / np.sqrt(values[keep])).astype(np.float32)
    # A singular vector's sign is arbitrary: its largest entry is made positive.
    largest = np.abs(components).argmax(axis=0)
    components *= np.sign(components[largest, np.arange(components.shape[1])])
    result = np.zeros((terms, DIM), np.float32)
    result[:, : components.shape[1]] = components
    return result


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    """Orthonormal columns of the same span, float32; those that add nothing come out near zero.

    Shifted Cholesky QR (Fukaya et al. 2020, arXiv:1809.11085), three rounds: LAPACK's QR and
    eigenvalue routines take ten times as long where its threads share their cores with other work.
    """
    exact = columns.astype(np.float64)
    for _ in range(3):
        gram = exact.T @ exact
        shift = 1e-12 * max(float(np.trace(gram)), 1e-300)
        lower = np.linalg.cholesky(gram + shift * np.eye(len(gram)))
        exact = exact @ np.linalg.inv(lower).T
    return exact.astype(np.float32)


def _rows(counts: Counts) -> np.ndarray:
    """The row of each entry."""
    return np.repeat(np.arange(len(counts.starts) - 1), np.diff(counts.starts))


def _transpose(counts: Counts, weights: np.ndarray, terms: int) -> tuple[Counts, np.ndarray]:
    rows = _rows(counts)
    order = np.argsort(counts.terms, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(counts.terms, minlength=terms))])
    return Counts(starts, rows[order], counts.counts[order]), weights[order]
