"""Counts of a text from which the published quality rules are derived."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.ops.text._stat_columns import COLUMNS
from assay.registry import op

_OUTPUTS = pa.schema(
    [pa.field(name, pa.int32(), metadata={"summary": text}) for name, text in COLUMNS.items()]
)
_DEFINITIONS = ("assay", "whitespace")


def _warmup() -> None:
    text_stats(pa.record_batch({"text": pa.array(["Compile the kernels."])}))


@op(
    "text.stats",
    version="1",
    outputs=_OUTPUTS,
    main="words",
    presets={"datatrove": {"words": "whitespace"}},
    warmup=_warmup,
)
def text_stats(batch: pa.RecordBatch, *, words: str = "assay") -> pa.RecordBatch:
    """Words, lines, paragraphs and what repeats: the counts behind Gopher, C4 and FineWeb rules.

    All counts come from one pass over the words; ratios are left to expressions
    (`stats.hashes / stats.words`). Counts say what is there: no end of their range is good.

    Args:
        batch: n rows with the column `text`.
        words: What a word is. "assay": what white space separates, and each letter (with its marks)
            of a script written without spaces, such as Han, Kana or Thai. "whitespace": what white
            space separates, as `str.split` does and as most published rules were tuned.

    Returns:
        n rows of int32 counts, one column for each entry of the output schema, whose metadata says
        what it counts. Null where the text is null.

    Raises:
        UsageError: `words` is something else.
        InputError: A text is longer than 256 MiB.

    Source: Rae et al. 2021 (arXiv:2112.11446), section A.1.1 and table A1; Raffel et al. 2020
    (https://jmlr.org/papers/v21/20-074.html), section 2.2; Penedo et al. 2024 (arXiv:2406.17557),
    section 3.6. Definitions follow datatrove 0.10.1 where the papers leave room, except that the
    words of an n-gram stay apart.
    """
    if words not in _DEFINITIONS:
        raise UsageError(
            f"text.stats knows no words '{words}'.", allowed=", ".join(_DEFINITIONS), words=words
        )
    from assay.ops.kernels.stats import text_stats as count

    column = batch.column("text")
    counts = count(column, whitespace=words == "whitespace")
    missing = np.asarray(column.is_null()) if column.null_count else None
    return pa.RecordBatch.from_arrays(
        [pa.array(values, pa.int32(), mask=missing) for values in counts], schema=_OUTPUTS
    )
