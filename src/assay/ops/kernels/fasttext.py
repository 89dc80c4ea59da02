"""Inference with a quantized fastText classifier over a batch of texts.

The library holds the GIL while it predicts; this does what it does, on the file it reads, without.
The model is fastText's (Joulin et al. 2016, arXiv:1607.01759, sections 2.1 and 2.2; compressed by
product quantization, arXiv:1612.03651, section 3.2): a text is the mean of the vectors of its words
and of their character n-grams, a Huffman tree of logistic choices gives the probability of a label.
Sums are taken in the library's order and precision, so that its probabilities come out.
"""

from __future__ import annotations

import functools
import math
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from assay.ops.kernels.buffers import text_buffers
from assay.ops.kernels.jit import njit
from assay.ops.kernels.raw import at, put

_FNV_START, _FNV_STEP = np.uint32(2166136261), np.uint32(16777619)
_CONTINUED, _TOP_BITS = np.uint8(0x80), np.uint8(0xC0)
_ABSENT = np.uint16(0xFFFF)
_OPEN, _CLOSE, _SPACE = np.uint8(ord("<")), np.uint8(ord(">")), np.uint8(ord(" "))
_LABEL = np.frombuffer(b"__label__", np.uint8)  # a word that begins so is no text to fastText
_END_OF_TEXT = 0  # the vector that ends every text
_HIERARCHICAL_SOFTMAX, _SUPERVISED = 1, 3


class Model(NamedTuple):
    """A classifier; w words, v vectors of d values, k labels.

    Attributes:
        labels: The k labels, without fastText's prefix.
        spelled: uint8: UTF-8 of all words, one after the other.
        bounds: int64, shape (w + 1,): where each word begins in `spelled`.
        table: int32, power of two long: word by hash, open addressing, -1 where free.
        grams: uint16, one for each hash of an n-gram: its vector, or 0xFFFF.
        lengths: Least and greatest n of the n-grams, in code points.
        vectors: float32, shape (v, d): of the words, then of the n-grams.
        choices: float32, shape (k - 1, d): weights of the inner nodes of the tree.
        tree: int32, shape (2 k - 1, 2): left and right child of a node; the first k are the labels.
    """

    labels: tuple[str, ...]
    spelled: np.ndarray
    bounds: np.ndarray
    table: np.ndarray
    grams: np.ndarray
    lengths: tuple[int, int]
    vectors: np.ndarray
    choices: np.ndarray
    tree: np.ndarray


class _Reader:
    """Takes values one after the other from fastText's little-endian binary format, version 12."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return values

    def array(self, dtype: Any, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype, count, self.place)
        self.place += values.nbytes
        return values

    def word(self) -> bytes:
        end = self.data.index(b"\0", self.place)
        word, self.place = self.data[self.place : end], end + 1
        return word


@functools.cache
def load_model(path: Path) -> Model:
    """Read a quantized, supervised fastText model with hierarchical softmax (`.ftz`).

    Raises:
        OSError: The file cannot be read.
        ValueError: It is another kind of fastText model, or none.
    """
    read = _Reader(path.read_bytes())
    header = read.take("14i")
    read.take("d")
    dim, n_grams, loss, kind, buckets, low, high = (header[i] for i in (2, 7, 8, 9, 10, 11, 12))
    _, n_words, n_labels = read.take("3i")
    _, kept = read.take("2q")
    if (header[0] != 793712314 or header[1] != 12 or kind != _SUPERVISED or n_grams != 1
            or loss != _HIERARCHICAL_SOFTMAX or n_words + kept >= _ABSENT or low < 1):  # fmt: skip
        raise ValueError(f"{path} is not a fastText model of the kind this kernel reads")
    entries = [(read.word(), *read.take("qb")) for _ in range(n_words + n_labels)]
    pruned = read.array(np.int32, 2 * kept).reshape(kept, 2)
    grams = np.full(buckets, _ABSENT)
    grams[pruned[:, 0]] = n_words + pruned[:, 1]
    read.take("?")
    vectors = _dequantize(read, dim)
    read.take("?")
    read.take("2q")
    choices = read.array(np.float32, n_labels * dim).reshape(n_labels, dim)[:-1].copy()
    words = [word for word, _, _ in entries[:n_words]]
    spelled = np.frombuffer(b"".join(words), np.uint8)
    bounds = np.cumsum([0, *map(len, words)], dtype=np.int64)
    table = np.full(1 << (2 * n_words).bit_length(), -1, np.int32)
    _fill(spelled, bounds, table)
    labels = tuple(
        word.decode().removeprefix(_LABEL.tobytes().decode()) for word, _, _ in entries[n_words:]
    )
    tree = _tree([count for _, count, _ in entries[n_words:]])
    return Model(labels, spelled, bounds, table, grams, (low, high), vectors, choices, tree)


def _dequantize(read: _Reader, dim: int) -> np.ndarray:
    """All vectors of a product-quantized matrix whose norms are quantized as well."""
    has_norm, rows, columns, n_codes = read.take("?2qi")
    codes = read.array(np.uint8, n_codes).reshape(rows, -1)
    _, parts, width, last = read.take("4i")
    centroids = read.array(np.float32, 256 * dim).reshape(parts, 256, width)
    if not has_norm or columns != dim or width != last:
        raise ValueError("the vectors are not quantized the way this kernel reads them")
    norm_codes = read.array(np.uint8, rows)
    read.take("4i")
    norms = read.array(np.float32, 256)[norm_codes]
    found = centroids[np.arange(parts), codes].reshape(rows, dim)
    return np.ascontiguousarray(found * norms[:, None])


def _tree(counts: list[int]) -> np.ndarray:
    """Children of the nodes of fastText's Huffman tree; `counts` fall from label to label."""
    n = len(counts)
    weight = np.array([*counts, *[10**15] * (n - 1)])
    children = np.full((2 * n - 1, 2), -1, np.int32)
    leaf, node = n - 1, n
    for parent in range(n, 2 * n - 1):
        for side in range(2):
            if leaf >= 0 and weight[leaf] < weight[node]:
                children[parent, side] = leaf
                leaf -= 1
            else:
                children[parent, side] = node
                node += 1
        weight[parent] = weight[children[parent]].sum()
    return children


@njit(inline=True)
def _step(h, byte):
    # fastText extends the sign of a byte; Numba widens a product to 64 bits.
    return np.uint32((h ^ np.uint32(np.int32(np.int8(byte)))) * _FNV_STEP)


@njit
def _fill(spelled, bounds, table):
    mask = np.uint32(len(table) - 1)
    for word in range(len(bounds) - 1):
        h = _FNV_START
        for i in range(bounds[word], bounds[word + 1]):
            h = _step(h, spelled[i])
        slot = h & mask
        while table[slot] >= 0:
            slot = (slot + np.uint32(1)) & mask
        table[slot] = word


@njit
def _find_word(data, start, end, spelled, bounds, table):
    """The word spelled data[start:end], or -1."""
    h = _FNV_START
    for i in range(start, end):
        h = _step(h, at(data, i))
    mask = np.uint32(len(table) - 1)
    slot = h & mask
    while table[slot] >= 0:
        word = table[slot]
        first = bounds[word]
        if bounds[word + 1] - first == end - start:
            same = True
            for i in range(end - start):
                same &= at(spelled, first + i) == at(data, start + i)
            if same:
                return word
        slot = (slot + np.uint32(1)) & mask
    return -1


@njit
def _is_label(data, start, end):
    same = end - start >= len(_LABEL)
    i = 0
    while same and i < len(_LABEL):
        same = at(data, start + i) == _LABEL[i]
        i += 1
    return same


@njit
def _find_grams(word, n, grams, low, high, found, count):
    """Append the vectors of the n-grams of word[:n] to `found`; how many it holds now."""
    buckets = np.uint32(len(grams))
    for i in range(n):
        if at(word, i) & _TOP_BITS == _CONTINUED:
            continue
        h = _FNV_START
        j = i
        for length in range(1, high + 1):
            if j >= n:
                break
            h = _step(h, at(word, j))
            j += 1
            while j < n and at(word, j) & _TOP_BITS == _CONTINUED:
                h = _step(h, at(word, j))
                j += 1
            if length >= low and not (length == 1 and (i == 0 or j == n)):
                vector = at(grams, h % buckets)
                if vector != _ABSENT:
                    put(found, count, np.int32(vector))
                    count += 1
    return count


@njit
def _find_vectors(data, start, end, spelled, bounds, table, grams, low, high, word, found):
    """List the vectors that make up the line data[start:end] in `found`; how many."""
    count = 0
    i = start
    while i < end:
        while i < end and at(data, i) == _SPACE:
            i += 1
        first = i
        put(word, 0, _OPEN)
        while i < end and at(data, i) != _SPACE:
            put(word, i - first + 1, at(data, i))
            i += 1
        if i == first:
            break
        known = _find_word(data, first, i, spelled, bounds, table)
        if known == _END_OF_TEXT:
            break
        if known > 0:
            put(found, count, np.int32(known))
            count += 1
        elif _is_label(data, first, i):
            continue
        put(word, i - first + 1, _CLOSE)
        count = _find_grams(word, i - first + 2, grams, low, high, found, count)
    put(found, count, np.int32(_END_OF_TEXT))
    return count + 1


@njit
def _descend(hidden, choices, tree, nodes, scores):
    """The likeliest label and the logarithm of its probability."""
    n = len(choices) + 1
    best, most = -1, np.float32(-np.inf)
    nodes[0], scores[0] = 2 * n - 2, np.float32(0.0)
    depth = 1
    while depth > 0:
        depth -= 1
        node, score = nodes[depth], scores[depth]
        if score < most:
            continue
        if node < n:
            if score > most:
                best, most = node, score
            continue
        dot = np.float32(0.0)
        for d in range(len(hidden)):
            dot += choices[node - n, d] * hidden[d]
        f = np.float32(1.0 / np.float64(np.float32(1.0) + math.exp(-dot)))
        right = math.log(np.float64(f) + 1e-5)
        left = math.log(np.float64(np.float32(1.0 - np.float64(f))) + 1e-5)
        nodes[depth], scores[depth] = tree[node, 1], score + np.float32(right)
        nodes[depth + 1], scores[depth + 1] = tree[node, 0], score + np.float32(left)
        depth += 2
    return best, most


@njit
def _predict(data, offsets, spelled, bounds, table, grams, lengths, vectors, choices, tree,
             longest, best, probability):  # fmt: skip
    word = np.empty(longest + 2, np.uint8)
    found = np.empty((longest + 2) * (2 + lengths[1]) + 1, np.int32)
    hidden = np.empty(vectors.shape[1], np.float32)
    nodes, scores = np.empty(len(tree), np.int32), np.empty(len(tree), np.float32)
    for row in range(len(offsets) - 1):
        count = _find_vectors(data, offsets[row], offsets[row + 1], spelled, bounds, table, grams,
                              lengths[0], lengths[1], word, found)  # fmt: skip
        hidden[:] = np.float32(0.0)
        for k in range(count):
            vector = vectors[found[k]]
            for d in range(len(hidden)):
                hidden[d] += vector[d]
        share = np.float32(1.0 / count)
        for d in range(len(hidden)):
            hidden[d] *= share
        best[row], score = _descend(hidden, choices, tree, nodes, scores)
        probability[row] = min(math.exp(score), np.float32(1.0))


def predict(column: pa.Array | pa.ChunkedArray, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest label of each of n texts.

    Args:
        column: n texts as `text_buffers` takes them, each one line of words with spaces between; a
            null reads as an empty text.
        model: From `load_model`; k labels.

    Returns:
        `(best, probability)`: int64 index into `model.labels`, and float32 in (0, 1], each of shape
        (n,). A text does not change what others get.
    """
    data, offsets = text_buffers(column)
    n = len(offsets) - 1
    best, probability = np.empty(n, np.int64), np.empty(n, np.float32)
    longest = int(np.diff(offsets).max(initial=0))
    _predict(data, offsets, *model[1:], longest, best, probability)
    return best, probability
