"""Groups of people that texts hardly name, or name with other labels than the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.errors import UsageError
from assay.insight._identity_terms import TERMS
from assay.insight.coding import shown_value
from assay.insight.labels.columns import Labels, read_labels
from assay.insight.reading import blocks, ids, snippets, tagging
from assay.insight.severity import UNNAMED_GROUP, severity
from assay.insight.wording import MAX_EXAMPLES, count, percent, wilson
from assay.registry import finder
from assay.schema import Finding, Rows

LEAST_ROWS = 30
"""An axis that fewer rows name is not what the dataset is about."""
_JUDGED = 20  # rows with and without a group from which label rates are compared
_CLASSES = 20
_APART = 0.1  # difference of label rates below which it is small
_SURE = 0.01  # after correction for the number of rates compared
_UNSURE = 0.5  # score of a language below which the text may as well be in another one

Terms = Mapping[str, Mapping[str, Sequence[str]]]


@finder("groups.identity", version="1", needs=("text.language",), columns=("text",))
def identity_groups(
    rows: Rows,
    *,
    terms: Terms | None = None,
    language: str = "en",
    least: float = 0.2,
    label: str | None = None,
) -> Iterator[Finding]:
    """Groups of people that texts hardly name beside others, or name with other labels.

    Whole words and phrases are looked for, in the rows of one language: English ones for gender,
    gender identity, religion, ethnicity and origin, age, disability and sexual orientation.
    Counted is in how many rows a text names a group: that is neither how many people it is about,
    nor what it says of them, and words leave out who is meant but not named. Read the rows.

    Where there are labels, the share of each class among the rows that name a group is held against
    its share among the others: a classifier that learns such a difference judges by the name
    (Dixon et al. 2018, Measuring and mitigating unintended bias in text classification).

    Args:
        rows: The dataset.
        terms: Words by group by axis, instead of the English ones.
        language: Code of the language they are of; rows in another one are not judged.
        least: Part of the rows that name the most named group of an axis below which another one is
            found; the upper end of the 95 % interval of the ratio has to be below. An axis that
            fewer than 30 rows name is left out.
        label: Column of labels; by default the one called label, class, category, intent or so.

    Yields:
        For each axis with a group that is hardly named one finding, `subject` the axis; its rows
        name such a group, the least named first. Score: `severity` of these groups among those of
        the axis. For each axis with a class whose share differs by 10 points or more (chance
        excluded, with correction for the number of groups and classes) another one, `subject` the
        axis and the label; its rows name the group and are of the class that is more frequent with
        it. The fix tags the rows: dropping any helps nobody; the evidence says what to collect.

    Raises:
        UsageError: The terms are not words by group by axis.
    """
    lexicon = _checked(terms) if terms is not None else TERMS
    named, judged = _mentions(rows, lexicon, language)
    n = int(judged.sum())
    axes = list(_axes(lexicon, named))
    for axis in axes:
        if axis.total >= LEAST_ROWS and (rare := axis.rare(least)):
            yield _hardly_named(rows, axis, rare, least, n)
    found = read_labels(rows, label)
    if found is None:
        return
    rated = [rate for axis in axes for rate in _rates(axis, found, judged)]
    for axis in axes:
        of_axis = [rate for rate in rated if rate.axis is axis and rate.found(len(rated))]
        if of_axis:
            yield _other_labels(rows, axis, of_axis, found)


@dataclass(frozen=True)
class _Axis:
    """Groups that are held against each other; `mentions[i]` is the ascending rows of group i."""

    name: str
    groups: list[str]
    mentions: list[np.ndarray]

    @property
    def counts(self) -> list[int]:
        return [len(rows) for rows in self.mentions]

    @property
    def total(self) -> int:
        """Rows that name any group."""
        return len(np.unique(np.concatenate(self.mentions))) if self.mentions else 0

    def ratio(self, i: int) -> tuple[float, float, float]:
        """Rows of a group over those of the most named one, with the 95 % interval (log normal)."""
        mine, most = self.counts[i], max(self.counts)
        if mine == most:
            return 1.0, 1.0, 1.0
        middle = (mine + 0.5) / (most + 0.5)
        wide = math.exp(1.96 * math.sqrt(1 / (mine + 0.5) + 1 / (most + 0.5)))
        return mine / most, middle / wide, middle * wide

    def rare(self, least: float) -> list[int]:
        """Groups that are hardly named, the least named first."""
        found = [i for i in range(len(self.groups)) if self.ratio(i)[2] < least]
        return sorted(found, key=lambda i: (self.counts[i], i))


def _checked(terms: Terms) -> Terms:
    right = isinstance(terms, Mapping) and all(
        isinstance(groups, Mapping)
        and all(
            isinstance(words, list | tuple) and words and all(isinstance(w, str) for w in words)
            for words in groups.values()
        )
        for groups in terms.values()
    )
    if not right:
        raise UsageError(
            "The terms are not words by group by axis.",
            allowed='{"trade": {"bakers": ["baker", "bakers"], "smiths": ["smith", "smiths"]}}',
        )
    return terms


def _mentions(rows: Rows, lexicon: Terms, language: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Rows that name each group, in the order of the lexicon, and which rows were judged."""
    import re2

    options = re2.Options()
    options.max_mem = 128 << 20
    options.log_errors = False
    options.case_sensitive = False
    wanted = re2.Set.SearchSet(options)
    for groups in lexicon.values():
        for words in groups.values():
            wanted.Add(_pattern(words))
    patterns = sum(len(groups) for groups in lexicon.values())
    found: list[list[int]] = [[] for _ in range(patterns)]
    judged = np.zeros(rows.num_rows, bool)
    if patterns == 0:
        return [], judged
    wanted.Compile()
    columns = ("text", "text.language.code", "text.language.score")
    for first, table in blocks(rows, *columns):
        texts, codes, scores = (column.to_pylist() for column in table.columns)
        for at, (text, code, score) in enumerate(zip(texts, codes, scores, strict=True), first):
            if not text or (code != language and (score or 0.0) >= _UNSURE):
                continue
            judged[at] = True
            for group in wanted.Match(text) or ():
                found[group].append(at)
    return [np.array(each, np.int64) for each in found], judged


def _pattern(words: Sequence[str]) -> str:
    """Any of the words as a whole word; between the words of a phrase stands space or a hyphen."""
    parts = (r"[\s\-]+".join(re.escape(part) for part in word.split()) for word in words)
    either = "|".join(part for part in parts if part)
    return rf"(?:^|[^\pL\pN_])(?:{either})(?:$|[^\pL\pN_])"


def _axes(lexicon: Terms, named: list[np.ndarray]) -> Iterator[_Axis]:
    first = 0
    for name, groups in lexicon.items():
        yield _Axis(name, list(groups), named[first : first + len(groups)])
        first += len(groups)


def _hardly_named(rows: Rows, axis: _Axis, rare: list[int], least: float, n: int) -> Finding:
    counts = axis.counts
    most = int(np.argmax(counts))
    naming = np.concatenate([axis.mentions[i] for i in rare])
    _, first = np.unique(naming, return_index=True)
    concerned = naming[np.sort(first)]
    fewest = count(counts[rare[0]], "row") if counts[rare[0]] else "no row"
    return tagging(
        Finding(
            check="groups.identity",
            title=f"{_capital(axis.name)}: {axis.groups[rare[0]]} named in {fewest}, "
            f"{axis.groups[most]} in {counts[most]:,}"
            + (f"; {count(len(rare) - 1, 'other group')} hardly named" if len(rare) > 1 else ""),
            row_ids=ids(rows, concerned),
            score=severity(UNNAMED_GROUP, len(rare), len(axis.groups)),
            subject=axis.name,
            evidence={
                "axis": axis.name,
                "counted": "rows whose text names a group",
                "judged": n,
                "naming": axis.total,
                "least": least,
                "groups": [
                    _group(axis, i, least, i in rare)
                    for i in sorted(range(len(counts)), key=lambda i: (-counts[i], i))
                ],
                "examples": _examples(rows, concerned[:MAX_EXAMPLES]),
            },
        ),
        "hardly named",
    )


def _group(axis: _Axis, i: int, least: float, rare: bool) -> dict[str, Any]:
    mine, most = axis.counts[i], max(axis.counts)
    ratio, low, high = axis.ratio(i)
    return {
        "group": axis.groups[i],
        "rows": mine,
        "share": round(mine / axis.total, 6),
        "share_interval": [round(end, 6) for end in wilson(mine, axis.total)],
        "ratio": round(ratio, 4),
        "ratio_interval": [round(low, 4), round(high, 4)],
        "hardly_named": rare,
        "to_collect": max(0, math.ceil(least * most) - mine) if rare else 0,
    }


@dataclass(frozen=True)
class _Rate:
    """The share of a class among the rows that name a group, and among the others."""

    axis: _Axis
    group: int
    label: int
    part: int
    whole: int
    other_part: int
    other_whole: int

    @property
    def difference(self) -> float:
        return self.part / self.whole - self.other_part / self.other_whole

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the difference (Newcombe 1998, method 10)."""
        p, q = self.part / self.whole, self.other_part / self.other_whole
        (low, high), (low_q, high_q) = (
            wilson(self.part, self.whole),
            wilson(self.other_part, self.other_whole),
        )
        return (
            p - q - math.hypot(p - low, high_q - q),
            p - q + math.hypot(high - p, q - low_q),
        )

    def found(self, tests: int) -> bool:
        """Whether the class is more frequent with the group, by more than a little and chance."""
        n, m = self.whole, self.other_whole
        pooled = (self.part + self.other_part) / (n + m)
        spread = math.sqrt(max(pooled * (1 - pooled) * (1 / n + 1 / m), 1e-300))
        p_value = math.erfc(abs(self.difference) / spread / math.sqrt(2))
        return self.difference >= _APART and p_value * tests < _SURE


def _rates(axis: _Axis, found: Labels, judged: np.ndarray) -> Iterator[_Rate]:
    """Rates of the most common classes with each group that enough labeled rows name."""
    known = judged & (found.codes >= 0)
    classes = len(found.values)
    everywhere = np.bincount(found.codes[known], minlength=classes)
    common = np.lexsort((np.arange(classes), -everywhere))[:_CLASSES]
    for i, mentioning in enumerate(axis.mentions):
        codes = found.codes[mentioning]
        with_group = np.bincount(codes[codes >= 0], minlength=classes)
        whole, others = int(with_group.sum()), int((everywhere - with_group).sum())
        if min(whole, others) < _JUDGED:
            continue
        for c in common:
            part, rest = int(with_group[c]), int(everywhere[c] - with_group[c])
            yield _Rate(axis, i, int(c), part, whole, rest, others)


def _other_labels(rows: Rows, axis: _Axis, rates: list[_Rate], found: Labels) -> Finding:
    rates = sorted(rates, key=lambda rate: (-rate.difference, rate.group, rate.label))
    worst = rates[0]
    naming = np.concatenate(
        [axis.mentions[r.group][found.codes[axis.mentions[r.group]] == r.label] for r in rates]
    )
    _, first = np.unique(naming, return_index=True)
    concerned = naming[np.sort(first)]
    share = percent(worst.part, worst.whole)
    return tagging(
        Finding(
            check="groups.identity",
            title=f"{share} of {count(worst.whole, 'row')} that name {axis.groups[worst.group]} "
            f"are '{shown_value(found.values[worst.label])}', of the others "
            f"{percent(worst.other_part, worst.other_whole)}",
            row_ids=ids(rows, concerned),
            score=severity(UNNAMED_GROUP, round(worst.difference * 1000), 1000),
            subject=f"{axis.name}, {found.column}",
            evidence={
                "axis": axis.name,
                "label": found.column,
                "counted": "rows whose text names a group",
                "rates": [
                    {
                        "group": axis.groups[rate.group],
                        "class": shown_value(found.values[rate.label]),
                        "rows": rate.whole,
                        "of_class": rate.part,
                        "share": round(rate.part / rate.whole, 6),
                        "share_interval": [round(end, 6) for end in wilson(rate.part, rate.whole)],
                        "other_rows": rate.other_whole,
                        "other_share": round(rate.other_part / rate.other_whole, 6),
                        "difference": round(rate.difference, 6),
                        "difference_interval": [round(end, 6) for end in rate.interval],
                    }
                    for rate in rates[:MAX_EXAMPLES]
                ],
                "examples": _examples(rows, concerned[:MAX_EXAMPLES]),
            },
        ),
        "group and label",
    )


def _examples(rows: Rows, shown: np.ndarray) -> list[dict[str, Any]]:
    return [
        {"id": row_id, "text": text}
        for row_id, text in zip(ids(rows, shown), snippets(rows, shown), strict=True)
    ]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
