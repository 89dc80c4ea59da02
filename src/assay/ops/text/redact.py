"""Texts with their personal data taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from assay.errors import UsageError
from assay.ops.text.pii import KINDS, pii
from assay.registry import op

ACTIONS = ("tag", "mask", "replace", "drop")

# Of the right shape and certainly nobody's: reserved names, ranges and check digits that fail.
_STAND_INS = {
    "email": "name@example.com",
    "phone": "000-000-0000",
    "ip": "192.0.2.1",
    "card": "0000 0000 0000 0000",
    "iban": "XX00 0000 0000 0000",
    "key": "REDACTED",
    "us_ssn": "000-00-0000",
}


@op(
    "text.redact",
    version="2",
    outputs=pa.schema([pa.field("text", pa.string())]),
    main="text",
    presets={action: {"action": action} for action in ACTIONS},
)
def redact_text(
    batch: pa.RecordBatch,
    *,
    action: str = "tag",
    kinds: Sequence[str] = KINDS,
    min_score: float = 0.5,
) -> pa.RecordBatch:
    """A text without the personal data that `text.pii` finds in it.

    Args:
        batch: Column `text`: string, n values.
        action: What a span becomes: `tag` (`<EMAIL>`), `mask` (as many `*`), `replace` (a fixed
            stand-in of the same shape), or `drop` (nothing).
        kinds: As for `text.pii`.
        min_score: As for `text.pii`.

    Returns:
        `text`: string, n values; null where the text is null.

    Raises:
        UsageError: An action or a kind is unknown.
    """
    spans = pii(batch, kinds=kinds, min_score=min_score)["spans"].to_pylist()
    texts = redact(batch.column("text").to_pylist(), spans, action=action)
    return pa.record_batch([pa.array(texts, pa.string())], names=["text"])


def redact(
    texts: Iterable[str | None],
    spans: Iterable[Sequence[Mapping[str, Any]] | None],
    *,
    action: str = "tag",
) -> list[str | None]:
    """`texts` with `spans` taken out, as `text.pii` or a person marked them.

    Args:
        texts: n texts.
        spans: n lists of {start, end, label}: code points, end exclusive. Where two overlap, the
            later one covers what the earlier left.
        action: One of `ACTIONS`. A label without a stand-in is replaced by its tag.

    Raises:
        UsageError: The action is unknown.
    """
    if action not in ACTIONS:
        raise UsageError(
            f"There is no way to redact called '{action}'.",
            allowed=", ".join(ACTIONS),
            remedy="check the spelling",
        )
    return [
        None if text is None else _without(text, found or (), action)
        for text, found in zip(texts, spans, strict=True)
    ]


def _without(text: str, spans: Sequence[Mapping[str, Any]], action: str) -> str:
    parts: list[str] = []
    done = 0
    for span in sorted(spans, key=lambda s: (s["start"], s["end"])):
        start, end = max(done, span["start"]), span["end"]
        if start < end:
            parts += [text[done:start], _instead(span["label"], end - start, action)]
            done = end
    return "".join([*parts, text[done:]])


def _instead(label: str, length: int, action: str) -> str:
    if action == "drop":
        return ""
    if action == "mask":
        return "*" * length
    tag = f"<{label.upper()}>"
    return _STAND_INS.get(label, tag) if action == "replace" else tag
