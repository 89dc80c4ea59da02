"""Embedding with a transformer in an ONNX file, so that a vector depends on its text alone."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assay import stopping
from assay.errors import MissingExtra, UsageError

# Texts are padded to a multiple of this: a width that follows from the text itself, never from its
# neighbors, for the width decides how a processor groups its sums.
_STEP = 8
_TOKENS_A_RUN = 4096
# More than a token has in nearly all texts, so that so many fill a window.
_CHARACTERS = 8
_MODELS = ("model.onnx", "onnx/model.onnx")
_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "last",
}


def session(path: Path) -> Any:
    """An onnxruntime session of one thread: texts are spread over threads, not one text."""
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtra("Embedding with an ONNX model", "embed") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class OnnxText:
    """A text embedder around an ONNX session; see `Embedder` for the contract.

    Args:
        name: As in the parameter `model`.
        session: Inputs among `input_ids`, `attention_mask`, `token_type_ids`, `position_ids`:
            int64, shape (rows, width). First output: float32, (rows, width, dim), or (rows, dim)
            where the graph pools itself.
        tokenizer: From `tokenizers`.
        max_length: Width of a window, in tokens, special ones included.
        pooling: `mean`, `cls`, `max` or `last`, over the tokens of a window.
    """

    def __init__(
        self, name: str, session: Any, tokenizer: Any, *, max_length: int, pooling: str
    ) -> None:
        self.name = name
        self._session = session
        self._tokenizer = tokenizer
        self._pooling = pooling
        self._inputs = {i.name for i in session.get_inputs()}
        self._output = session.get_outputs()[0].name
        self._max_length = max_length
        tokenizer.enable_truncation(max_length=max_length)
        tokenizer.no_padding()
        self.dim = int(self._run([self._tokens("probe")]).shape[1])
        self._rows = self._rows_a_run()

    def embed(self, texts: Sequence[str], *, windows: int = 1) -> np.ndarray:
        """Vectors of `texts`: float32, shape (len(texts), dim), rows of length 1."""
        read = [self._windows(text, windows) for text in texts]
        tokens = [ids for each in read for ids in each]
        owner = np.repeat(np.arange(len(texts)), [len(each) for each in read])
        # A window counts by its length: a last one of few words says less than the others.
        weights = np.array([len(ids) for ids in tokens], np.float32)[:, None]
        pooled = np.zeros((len(texts), self.dim), np.float32)
        np.add.at(pooled, owner, self._embed(tokens) * weights)
        return _unit(pooled)

    def _embed(self, tokens: list[list[int]]) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(tokens), self.dim), np.float32)
        widths = np.array([_width(len(ids)) for ids in tokens], np.int64)
        for width in np.unique(widths):
            members = np.flatnonzero(widths == width)
            step = max(1, min(self._rows, _TOKENS_A_RUN // int(width)))
            for start in range(0, len(members), step):
                stopping.check()
                rows = members[start : start + step]
                vectors[rows] = self._run([tokens[i] for i in rows])
        return vectors

    def _windows(self, text: str, most: int) -> list[list[int]]:
        """Tokens of the windows of a text: all that it has, or `most` of them, evenly spread."""
        size = self._max_length * _CHARACTERS
        if len(text) <= size * most:
            encoding = self._tokenizer.encode(text)
            found = [encoding, *encoding.overflowing]
            found = [found[i] for i in _spread(len(found) - 1, min(most, len(found)))]
        else:  # a book is not tokenized to its end for a few windows
            starts = _spread(len(text) - size, most)
            found = [self._tokenizer.encode(_from_word(text, at, size)) for at in starts]
        # An empty text has at least its special tokens; a tokenizer without any gets one padding.
        return [list(each.ids) or [0] for each in found]

    def _tokens(self, text: str) -> list[int]:
        return self._windows(text, 1)[0]

    def _run(self, tokens: list[list[int]]) -> npt.NDArray[np.float32]:
        width = _width(max(len(ids) for ids in tokens))
        ids = np.zeros((len(tokens), width), np.int64)
        mask = np.zeros_like(ids)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        feeds = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
            "position_ids": np.broadcast_to(np.arange(width), ids.shape).copy(),
        }
        wanted = {name: value for name, value in feeds.items() if name in self._inputs}
        hidden = self._session.run([self._output], wanted)[0].astype(np.float32)
        pooled = hidden if hidden.ndim == 2 else _pool(hidden, mask, self._pooling)
        return _unit(pooled)

    def _rows_a_run(self) -> int:
        """32, or 1 where this model on this processor lets neighbors change a vector.

        Dynamic quantization does: it takes its scale from the whole batch.
        """
        vocabulary = self._tokenizer.get_vocab_size(with_added_tokens=False)
        random = np.random.default_rng(0)
        for text in ("a", "A card payment was declined.", "0 1 2 3 4 5 6 7 8 9 " * 4):
            ids = self._tokens(text)
            peers = random.integers(0, vocabulary, (13, len(ids))).tolist()
            alone = self._run([ids])[0]
            together = self._run([*peers[:6], ids, *peers[6:], ids])
            if not (np.array_equal(alone, together[6]) and np.array_equal(alone, together[-1])):
                return 1
        return 32


def load_folder(folder: Path) -> OnnxText:
    """The embedder of a folder with `model.onnx` (or `onnx/model.onnx`) and `tokenizer.json`.

    `1_Pooling/config.json` and `sentence_bert_config.json`, as sentence-transformers writes them,
    are followed where they are there; else pooling is the mean and a window has 256 tokens.

    Raises:
        UsageError: A file is missing.
        MissingExtra: The extra `embed` is not installed.
    """
    return _load_folder(folder.resolve(), digest(folder))


def digest(folder: Path) -> bytes:
    """Hash of all files of a folder that decide what its model computes."""
    files = [name for model in _MODELS for name in (model, f"{model}_data")]
    files += ["tokenizer.json", "1_Pooling/config.json", "sentence_bert_config.json"]
    stats = [_stat(folder / name) for name in files]
    return _digest(folder.resolve(), tuple(zip(files, stats, strict=True)))


def _stat(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_size, path.stat().st_mtime_ns) if path.is_file() else None


@functools.cache
def _digest(folder: Path, files: tuple[tuple[str, tuple[int, int] | None], ...]) -> bytes:
    """Read anew where a size or time differs from what was hashed."""
    total = hashlib.sha256()
    for name, stat in files:
        if stat is not None:
            with (folder / name).open("rb") as file:
                total.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}".encode())
    return total.hexdigest().encode()


@functools.cache
def _load_folder(folder: Path, files: bytes) -> OnnxText:
    models = [p for p in (folder / file for file in _MODELS) if p.is_file()]
    tokenizer_file = folder / "tokenizer.json"
    if not models or not tokenizer_file.is_file():
        raise UsageError(
            f"The folder '{folder}' lacks {'tokenizer.json' if models else 'model.onnx'}.",
            where=str(folder),
            allowed="a folder with model.onnx (or onnx/model.onnx) and tokenizer.json",
            remedy="export the model to ONNX and copy both files there",
        )
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra("Embedding with an ONNX model", "embed") from error
    return OnnxText(
        f"file:{folder}",
        session(models[0]),
        Tokenizer.from_file(str(tokenizer_file)),
        max_length=int(_config(folder / "sentence_bert_config.json").get("max_seq_length") or 256),
        pooling=_pooling(_config(folder / "1_Pooling" / "config.json")),
    )


def _config(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def _pooling(config: dict[str, Any]) -> str:
    return next((name for key, name in _POOLINGS.items() if config.get(key)), "mean")


def _unit(vectors: np.ndarray) -> npt.NDArray[np.float32]:
    norms = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def _spread(last: int, count: int) -> list[int]:
    """`count` places from 0 to `last`, evenly."""
    return [int(place) for place in np.linspace(0, last, count)]


def _from_word(text: str, at: int, size: int) -> str:
    """`size` characters from `at`, less the rest of a word that began before."""
    rest = len(text[at : at + 40].partition(" ")[0]) if at else 0
    return text[at + (rest if rest < 40 else 0) : at + size]


def _width(length: int) -> int:
    return -(-length // _STEP) * _STEP


def _pool(hidden: np.ndarray, mask: np.ndarray, pooling: str) -> np.ndarray:
    if pooling == "cls":
        return np.array(hidden[:, 0])
    if pooling == "last":
        return np.asarray(hidden[np.arange(len(hidden)), mask.sum(axis=1) - 1])
    weights = mask[:, :, None].astype(np.float32)
    if pooling == "max":
        return np.asarray(np.where(weights > 0, hidden, np.float32(-np.inf)).max(axis=1))
    return np.asarray((hidden * weights).sum(axis=1) / weights.sum(axis=1))
