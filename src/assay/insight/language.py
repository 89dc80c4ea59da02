"""Which languages a dataset is in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow.compute as pc

from assay.insight._language_names import language_name
from assay.insight.coding import effective_number
from assay.insight.reading import ids, snippets
from assay.insight.severity import LANGUAGE, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Fix, Rows

MAJORITY = 0.5
SHORT, SURE = 60, 0.9
"""A text of fewer characters is held to be in a rare language only at this certainty: most of what
identification calls foreign among short texts of one language is a slip, at less."""


@finder("language.mix", version="3", needs=("text.language",), columns=("text",))
def language_mix(rows: Rows, *, unsure: float = 0.5) -> Iterator[Finding]:
    """Rows in another language than most, and rows whose language is not clear.

    Where one language has the majority, the rows of the finding are those identified as another
    one, surest first, and the fix drops just them. No evidence of another language are scores below
    `unsure`, and below 0.9 for texts of fewer than 60 characters: such rows stay, and are counted
    as `untold`. Where no language has the majority, the mix is taken as meant: the rows are those
    whose language is unsure, least sure first, and the fix tags them.
    How many languages there are in effect is the exponential of the entropy of their shares.
    Identification errs on short texts and between close kin, so read the examples before dropping.

    Args:
        rows: The dataset.
        unsure: In [0, 1]: a row identified with a lower score counts as unsure.

    Yields:
        At most one finding. Score: `severity` of the share of its rows.
    """
    columns = rows.table("text.language.code", "text.language.score", "text")
    encoded = columns.column(0).combine_chunks().dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1), np.int64)
    identified = codes >= 0
    n = int(identified.sum())
    if n == 0:
        return
    scores = np.asarray(columns.column(1).fill_null(0.0), np.float64)
    names = encoded.dictionary.to_pylist()
    counts = np.bincount(codes[identified], minlength=len(names))
    order = sorted(range(len(names)), key=lambda i: (-counts[i], names[i]))
    main = order[0]
    doubtful = identified & (scores < unsure)
    majority = counts[main] > MAJORITY * n
    untold = np.zeros(len(codes), bool)
    if majority:
        length = np.asarray(pc.utf8_length(columns.column(2)).fill_null(0))
        other = identified & (codes != main)
        untold = other & (doubtful | ((scores < SURE) & (length < SHORT)))
        counts = np.bincount(codes[identified & ~untold], minlength=len(names))
        order = [i for i in sorted(order, key=lambda i: (-counts[i], names[i])) if counts[i]]
    chosen = np.flatnonzero(other & ~untold) if majority else np.flatnonzero(doubtful)
    if len(chosen) == 0 and (majority or len(names) == 1):
        return
    rank = -scores[chosen] if majority else scores[chosen]
    chosen = chosen[np.lexsort((chosen, rank))]
    yield Finding(
        check="language.mix",
        title=_title(names, counts, order, n, majority=majority, untold=int(untold.sum())),
        row_ids=ids(rows, chosen),
        score=severity(LANGUAGE, len(chosen), n),
        evidence={
            "rows": rows.num_rows,
            "identified": n,
            "unsure": int(doubtful.sum()),
            "unsure_below": unsure,
            "untold": int(untold.sum()),
            "effective_languages": round(effective_number(counts), 2),
            "languages": [_share(names[i], int(counts[i]), n) for i in order[:MAX_EXAMPLES]],
            "other_languages": max(0, len(order) - MAX_EXAMPLES),
            "examples": _examples(rows, chosen[:MAX_EXAMPLES], names, codes, scores),
        },
        fix=Fix(rule=_keeping(names[main], unsure)) if majority else Fix(tag="unsure language"),
    )


def _title(
    names: list[str], counts: np.ndarray, order: list[int], n: int, *, majority: bool, untold: int
) -> str:
    main = order[0]
    languages = count(len(order), "language")
    if majority:
        share = percent(int(counts.sum() - counts[main]), n)
        more = f"; {untold:,} more are too short or unsure to tell" if untold else ""
        told = f"{share} of {count(n, 'row')} are not {language_name(names[main])}"
        return f"{languages}; {told}{more}"
    common = percent(int(counts[main]), n)
    return (
        f"{languages} in {count(n, 'row')}, none in the majority; "
        f"the most common, {language_name(names[main])}, has {common}"
    )


def _keeping(code: str, unsure: float) -> str:
    """The rule that keeps a language, what may be in it, and texts in none, such as empty ones."""
    score = "text.language.score"
    short = f"({score} < {SURE:g} and len(text) < {SHORT})"
    kept = f'text.language.code is null or text.language.code == "{code}"'
    return f"{kept} or {score} < {unsure:g} or {short}"


def _share(code: str, rows: int, n: int) -> dict[str, Any]:
    return {
        "code": code,
        "name": language_name(code),
        "rows": rows,
        "share": round(rows / n, 6),
        "share_interval": [round(end, 6) for end in wilson(rows, n)],
    }


def _examples(
    rows: Rows, shown: np.ndarray, names: list[str], codes: np.ndarray, scores: np.ndarray
) -> list[dict[str, Any]]:
    return [
        {"id": row_id, "code": names[code], "score": round(float(score), 4), "text": text}
        for row_id, code, score, text in zip(
            ids(rows, shown), codes[shown], scores[shown], snippets(rows, shown), strict=True
        )
    ]
