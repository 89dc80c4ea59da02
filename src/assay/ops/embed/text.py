"""Vectors of texts: what search, maps, clusters and semantic duplicates are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.models import dimension, embedder, pin
from assay.registry import op


def _outputs(*, model: str, **_: Any) -> pa.Schema:
    return pa.schema([pa.field("vector", pa.list_(pa.float32(), dimension(model)))])


def _fit(batches: Iterable[pa.RecordBatch], *, model: str = "minilm", **_: Any) -> bytes:
    if model != "lsa":
        return pin(model)
    from assay.models import lsa

    return lsa.fit(t for batch in batches for t in batch.column("text").to_pylist() if t)


@op(
    "embed.text",
    version="2",
    outputs=_outputs,
    main="vector",
    presets={"minilm": {"model": "minilm"}, "lsa": {"model": "lsa"}},
    fit=_fit,
)
def embed(
    batch: pa.RecordBatch, *, model: str = "minilm", windows: int = 4, state: bytes = b""
) -> pa.RecordBatch:
    """Vector of a text; the dot product of two vectors is the similarity of their texts.

    A text's vector does not depend on the texts it is computed with. One core does about 250 short
    texts/s with `minilm`, some thousands with `lsa`.

    Args:
        batch: Column `text`: string, n values.
        model: `minilm` (meaning; English; extra `embed`), `lsa` (words in common, any language, fit
            on this dataset, no weights), `file:FOLDER` with model.onnx and tokenizer.json, or
            `hub:OWNER/NAME[@REVISION]`, which is downloaded once and pinned to its commit.
        windows: A text longer than the model reads at once (128 word pieces for `minilm`) is read
            in windows, and its vector is their mean; of a text with more than so many, so many are
            read, spread evenly. `lsa` reads all of any text.
        state: What fitting returned: the model of `lsa`, what pins the files of `file:` and `hub:`.

    Returns:
        `vector`: fixed-size list of float32 (384 for `minilm`, 128 for `lsa`), n values, of length
        1; null where the text is null, empty or blank, or holds nothing the model knows.

    Raises:
        UsageError: There is no such model, `windows` is below 1, or `lsa` was not fitted.
        MissingExtra: The model needs the extra `embed`.
    """
    text = batch.column("text").cast(pa.large_string())
    filled = pc.fill_null(text, "")
    present = np.flatnonzero(np.asarray(pc.not_equal(pc.utf8_trim_whitespace(filled), "")))
    loaded = embedder(model, state=state)
    vectors = np.zeros((len(text), loaded.dim), np.float32)
    vectors[present] = loaded.embed(filled.take(pa.array(present)).to_pylist(), windows=windows)
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(vectors.ravel()), loaded.dim, mask=pa.array(~vectors.any(axis=1))
    )
    return pa.record_batch([column], names=["vector"])
