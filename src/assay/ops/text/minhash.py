"""Signatures by which near-duplicate texts find each other."""

from __future__ import annotations

import pyarrow as pa

from assay.registry import op

PERMUTATIONS = 112
SHINGLE = 5

_SIGNATURE = pa.list_(pa.uint32(), PERMUTATIONS)
_OUTPUTS = pa.schema(
    [
        pa.field(
            "signature",
            _SIGNATURE,
            metadata={
                "summary": "smallest hash of the word 5-grams under each of 112 permutations"
            },
        )
    ]
)


def _warmup() -> None:
    """Compile the kernel, and those that read the signatures."""
    from assay.ops.match.near import near_duplicates

    texts = pa.array(["Compile the kernels for texts."] * 2)
    signatures = text_minhash(pa.record_batch({"text": texts})).column(0)
    near_duplicates(signatures, lambda rows: texts.take(pa.array(rows)))


@op("text.minhash", version="1", outputs=_OUTPUTS, warmup=_warmup)
def text_minhash(batch: pa.RecordBatch) -> pa.RecordBatch:
    """MinHash signature of the word 5-grams, for finding near duplicates.

    The share of equal places in two signatures estimates the Jaccard similarity of the sets of word
    5-grams (standard error 0.038 at 0.8). Words are lowered, lose combining marks, punctuation and
    the value of their digits (each run counts as 0); a letter of a script without spaces is a word.

    Args:
        batch: n rows with the column `text`.

    Returns:
        n rows with the column `signature`: fixed-size list of 112 uint32. Fewer than five words
        count as one shingle. Null where the text is null or has no word.

    Source: Broder 1997 (On the resemblance and containment of documents), sections 2 and 3;
    permutations and shingles as in Penedo et al. 2024 (arXiv:2406.17557), section 3.5.
    """
    from assay.ops.kernels.minhash import signatures

    values, signed = signatures(batch.column("text"))
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(values.reshape(-1)), type=_SIGNATURE, mask=pa.array(~signed)
    )
    return pa.RecordBatch.from_arrays([column], schema=_OUTPUTS)
