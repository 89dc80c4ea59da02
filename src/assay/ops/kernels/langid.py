"""py3langid's classifier over a batch of texts: byte n-grams by an automaton, then naive Bayes.

The model and the decision are py3langid's (Lui and Baldwin 2012, section 3; an automaton of
Aho-Corasick finds the features, log(1 + count) weighs them); only the arithmetic is ours. Sums are
float64 over weights held exactly, where py3langid adds float32 in an order that its BLAS chooses:
its probabilities carry an error of up to 1e-5 that depends on the machine, ours do not.
"""

from __future__ import annotations

import functools
import io
import lzma
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at, put

_UNIT = 512  # float16 from -16 to -2 is a multiple of 1/512, so int16 holds every weight exactly
_INEXACT = np.int16(-(1 << 15))


class Model(NamedTuple):
    """py3langid's arrays; s states, r distinct rows, f features, c classes.

    Attributes:
        labels: ISO 639 codes of the classes; a code may occur twice, for two scripts.
        moves: uint32, shape (r * 256,): the state after a byte, by row.
        states: int32, shape (s, 2): where the row of a state begins in `moves`, and the feature
            that is found on arriving there, or -1.
        weights: int16, shape (f, c): log-probability of a feature in a class, in units of 1/512.
        priors: float64, shape (c,): log-probability of a class.
        first: int64, shape (c,): the first class with the same code.
    """

    labels: tuple[str, ...]
    moves: np.ndarray
    states: np.ndarray
    weights: np.ndarray
    priors: np.ndarray
    first: np.ndarray


def _exact() -> np.ndarray:
    """int16 in units of 1/512 for each of the 65,536 float16 values, by their bits."""
    with np.errstate(invalid="ignore"):  # some of the bits are no number
        values = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float64) * _UNIT
    held = (values == np.rint(values)) & (np.abs(values) < 1 << 15)
    return np.where(held, values, _INEXACT).astype(np.int16)


@functools.cache
def load_model(path: Path) -> Model:
    """Read a model of py3langid; the one it ships takes 70 MB, and half a second to unpack.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file holds weights of another precision than this kernel was made for.
    """
    unpacked = io.BytesIO(lzma.decompress(path.read_bytes()))
    with np.load(unpacked, allow_pickle=False) as data:
        labels = tuple(data["classes"].tolist())
        weights = _exact().take(data["ptc"].view(np.uint16))
        moves = data["nextmove"].astype(np.uint32)
        states = np.stack([data["nextmove_row"].astype(np.int32) << 8, data["out_feat"]], axis=1)
        priors = data["pc"].astype(np.float64)
    if (weights == _INEXACT).any():
        raise ValueError(f"the weights in {path} are not multiples of 1/512 above -64")
    first = np.array([labels.index(label) for label in labels])
    return Model(labels, moves, states.astype(np.int32), weights, priors, first)


@njit
def _count(data, start, end, moves, states, counts, seen):
    """Count the features of data[start:end] in `counts`; list them in `seen`; how many."""
    state = np.uint32(0)
    distinct = 0
    for i in range(start, end):
        state = at(moves, states[state, 0] + np.int64(at(data, i)))
        feature = states[state, 1]
        if feature >= 0:
            if at(counts, feature) == 0:
                put(seen, distinct, feature)
                distinct += 1
            put(counts, feature, at(counts, feature) + np.int32(1))
    return distinct


@njit
def _decide(scores, temperature, first):
    """The best class and its probability, for log-probabilities `scores` (which are overwritten)."""
    top = scores.max()
    total = 0.0
    for c in range(len(scores)):
        scores[c] = math.exp((scores[c] - top) / temperature)
        total += scores[c]
    best = 0
    for c in range(len(scores)):
        if first[c] != c:
            scores[first[c]] += scores[c]
            scores[c] = 0.0
    for c in range(len(scores)):
        if scores[c] > scores[best]:
            best = c
    return best, scores[best] / total


@njit
def _classify(data, offsets, moves, states, weights, priors, first, logs, best, probability):
    n_classes = len(priors)
    counts = np.zeros(len(weights), np.int32)
    seen = np.empty(len(logs), np.int32)
    scores = np.empty(n_classes, np.float64)
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        distinct = _count(data, start, end, moves, states, counts, seen)
        scores[:] = 0.0
        for k in range(distinct):
            feature = seen[k]
            log = logs[counts[feature]]
            counts[feature] = 0
            weight = weights[feature]
            for c in range(n_classes):
                scores[c] += log * weight[c]
        if distinct > 0:  # without a feature all classes are equal, whatever the priors
            for c in range(n_classes):
                scores[c] = scores[c] / _UNIT + priors[c]
        temperature = math.sqrt(max(end - start, 1))
        best[row], probability[row] = _decide(scores, temperature, first)


def classify(column: pa.Array | pa.ChunkedArray, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """The language of each of n texts, as `py3langid`'s `classify` with `norm_probs` names it.

    Args:
        column: n texts as `text_buffers` takes them, in NFC, and in lower case where all is upper
            (what py3langid does first); a null reads as an empty text.
        model: From `load_model`; c classes.

    Returns:
        `(best, probability)`: int64 index into `model.labels`, and float64 in (0, 1], each of shape
        (n,). A text does not change what others get.
    """
    data, offsets = text_buffers(column)
    n = len(offsets) - 1
    best, probability = np.empty(n, np.int64), np.empty(n, np.float64)
    # In float32, as py3langid takes them.
    longest = int(np.diff(offsets).max(initial=0))
    logs = np.log1p(np.arange(longest + 1, dtype=np.float32)).astype(np.float64)
    _classify(data, offsets, *model[1:], logs, best, probability)
    return best, probability
