"""What a report says, apart from how it looks: sections of sentences, figures, bars and advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Number:
    """A number with the view behind it.

    Attributes:
        value: The number.
        text: As printed.
        filters: Filters of the view that it is measured on; all must hold.
        measure: What is measured there: `rows`, `tokens`, `median:COLUMN` or `distinct:COLUMN`.
        dataset: Whose view it is; that of the report if None.
    """

    value: float
    text: str
    filters: tuple[str, ...] = ()
    measure: str = "rows"
    dataset: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "value": self.value,
            "text": self.text,
            "measure": self.measure,
            "view": {"dataset": self.dataset, "filters": list(self.filters)},
        }


Inline = str | Number
"""A sentence is a sequence of these."""


@dataclass(frozen=True)
class Figure:
    """A number that stands by itself: a label above, a note below."""

    label: str
    number: Number
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"label": self.label, **self.number.to_dict(), "note": self.note}


@dataclass(frozen=True)
class Bar:
    """A part of a whole.

    Attributes:
        label: What it is called.
        number: How much it is.
        share: Of the whole, in [0, 1].
        note: What else to know of it.
    """

    label: str
    number: Number
    share: float
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "label": self.label,
            **self.number.to_dict(),
            "share": round(self.share, 6),
            "note": self.note,
        }


@dataclass(frozen=True)
class Bars:
    """Parts of a whole, largest or most serious first.

    Attributes:
        title: What is divided.
        bars: The parts.
        scale: Share that is drawn in full width; the largest share if None.
    """

    title: str
    bars: tuple[Bar, ...]
    scale: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": "bars",
            "title": self.title,
            "scale": self.scale,
            "bars": [bar.to_dict() for bar in self.bars],
        }


@dataclass(frozen=True)
class Histogram:
    """How a number is spread over the rows.

    Attributes:
        title: What is counted.
        edges: n + 1 numbers, ascending.
        counts: n counts of rows.
        scale: `linear` or `log`: how the edges are spaced.
        median: The middle value, if there is any.
    """

    title: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    scale: str = "linear"
    median: Number | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": "histogram",
            "title": self.title,
            "edges": list(self.edges),
            "counts": list(self.counts),
            "scale": self.scale,
            "median": self.median.to_dict() if self.median else None,
        }


Block = Bars | Histogram


@dataclass(frozen=True)
class Section:
    """A part of a report: its conclusion first, then what shows it."""

    id: str
    title: str
    lead: tuple[Inline, ...] = ()
    figures: tuple[Figure, ...] = ()
    blocks: tuple[Block, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "title": self.title,
            "text": sentence(self.lead),
            "lead": _plain(self.lead),
            "figures": [figure.to_dict() for figure in self.figures],
            "blocks": [block.to_dict() for block in self.blocks],
        }


@dataclass(frozen=True)
class Advice:
    """What to do about a finding or a gap, and what it is expected to bring.

    Attributes:
        title: What is wrong.
        action: What to do, in words.
        command: The command that does it.
        effect: What then happens: sentences with numbers.
        reason: Finding or gap that it answers, by id.
    """

    title: str
    action: str
    command: str
    effect: tuple[Inline, ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "title": self.title,
            "action": self.action,
            "command": self.command,
            "effect": sentence(self.effect),
            "parts": _plain(self.effect),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Report:
    """A dataset or version described for people who decide and for those who check.

    Attributes:
        dataset: `name` or `name@version`.
        project: Folder name of the project.
        time: When it was written; ISO 8601.
        table_version: Version of the stored table that was read.
        lead: The conclusion, in a sentence or two.
        figures: The numbers to remember.
        sections: The parts.
        advice: What to do, most useful first.
        sources: How each signal was made: op, version, run.
    """

    dataset: str
    project: str
    time: str
    table_version: int
    lead: tuple[Inline, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    advice: tuple[Advice, ...] = ()
    sources: tuple[tuple[str, str], ...] = field(default=())

    def numbers(self) -> Iterator[Number]:
        """Every number that is printed, in the order of the page."""
        yield from _numbers(self.lead)
        yield from (figure.number for figure in self.figures)
        for advice in self.advice:
            yield from _numbers(advice.effect)
        for section in self.sections:
            yield from _numbers(section.lead)
            yield from (figure.number for figure in section.figures)
            for block in section.blocks:
                if isinstance(block, Bars):
                    yield from (bar.number for bar in block.bars)
                elif block.median:
                    yield block.median

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "dataset": self.dataset,
            "project": self.project,
            "time": self.time,
            "table_version": self.table_version,
            "summary": sentence(self.lead),
            "lead": _plain(self.lead),
            "figures": [figure.to_dict() for figure in self.figures],
            "sections": [section.to_dict() for section in self.sections],
            "recommendations": [advice.to_dict() for advice in self.advice],
            "sources": [{"signal": name, "made_by": by} for name, by in self.sources],
        }


def sentence(parts: Sequence[Inline]) -> str:
    """The words alone."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _plain(parts: Sequence[Inline]) -> list[Any]:
    return [part if isinstance(part, str) else part.to_dict() for part in parts]


def _numbers(parts: Sequence[Inline]) -> Iterator[Number]:
    return (part for part in parts if isinstance(part, Number))
