"""Personal data and secrets in texts: where they are, of which kind, how sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.ops.text import _pii_scan
from assay.ops.text._pii_scan import KINDS, Span
from assay.registry import op

SPANS = pa.list_(
    pa.struct(
        [
            pa.field("start", pa.int32()),
            pa.field("end", pa.int32()),
            pa.field("label", pa.string()),
            pa.field("score", pa.float32()),
        ]
    )
)


@op(
    "text.pii",
    version="2",
    outputs=pa.schema([pa.field("count", pa.int32()), pa.field("spans", SPANS)]),
    main="count",
    presets={"strict": {"min_score": 0.75}, "all": {"min_score": 0.0}},
    warmup=lambda: _pii_scan.compile_rules(),
    labels=KINDS,
)
def pii(
    batch: pa.RecordBatch, *, kinds: Sequence[str] = KINDS, min_score: float = 0.5
) -> pa.RecordBatch:
    """Personal data in a text: email, phone, ip, card, iban, us_ssn, and secrets (key).

    RE2 patterns on bytes, confirmed by check digits (Luhn, ISO 7064 mod 97-10), issuer ranges,
    numbering plans, entropy and context. Names and addresses are not found.

    Args:
        batch: Column `text`: string, n values.
        kinds: Which kinds to look for.
        min_score: In [0, 1]: spans that are less certain are left out. The default leaves out
            addresses that are no person's (private and documentation networks, domain.com); 0 keeps
            them. Mail at example.com, which stands in for people in synthetic data, has 0.5.

    Returns:
        `count`: int32, n values, number of spans; null where the text is null.
        `spans`: list, n values, of {start, end: int32, label: string, score: float32}, in order and
        without overlap. `text[start:end]` in Python is the span: offsets count Unicode code points,
        end exclusive. `score` in (0, 1], higher is surer: a fixed value for each rule, no
        probability. Null where the text is null.

    Raises:
        UsageError: A kind is unknown.
    """
    wanted = frozenset(kinds)
    if unknown := sorted(wanted - set(KINDS)):
        raise UsageError(
            f"text.pii knows no kind '{unknown[0]}'.",
            allowed=", ".join(KINDS),
            remedy="check `kinds`",
        )
    found = [
        None if text is None else _located(text, wanted, min_score)
        for text in batch.column("text").cast(pa.large_binary()).to_pylist()
    ]
    counts = pa.array([None if spans is None else len(spans) for spans in found], pa.int32())
    return pa.record_batch([counts, pa.array(found, SPANS)], names=["count", "spans"])


def _located(text: bytes, kinds: frozenset[str], min_score: float) -> list[dict[str, object]]:
    spans = _pii_scan.scan(text, kinds=kinds, min_score=min_score)
    if not spans:
        return []
    starts = _code_points(text, [s.start for s in spans])
    ends = _code_points(text, [s.end for s in spans])
    return [
        {"start": start, "end": end, "label": span.kind, "score": span.score}
        for span, start, end in zip(spans, starts, ends, strict=True)
    ]


def _code_points(text: bytes, offsets: Sequence[int]) -> Iterable[int]:
    """Byte offsets as code-point offsets: bytes that continue a character do not count."""
    if text.isascii():
        return offsets
    leading = np.cumsum((np.frombuffer(text, np.uint8) & 0xC0) != 0x80)
    return [int(leading[offset - 1]) if offset else 0 for offset in offsets]


__all__ = ["KINDS", "SPANS", "Span", "pii"]
