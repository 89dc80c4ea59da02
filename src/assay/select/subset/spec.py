"""Criteria as people write them: `diversity`, `balance:language=0.5`, `coverage:evals`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.errors import UsageError

ARGUMENTS: Mapping[str, str | None] = {
    "diversity": None,
    "representative": None,
    "typicality": None,
    "balance": "COLUMN",
    "coverage": "DATASET",
}
"""Criteria, and what they are told after the colon."""
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "label": ("diversity", "typicality=0.5"),
    "train": ("representative", "diversity=0.5"),
    "eval": ("representative",),
}
"""What rows are chosen by for a purpose; criteria named beside it come on top."""
ALLOWED = ", ".join(name if told is None else f"{name}:{told}" for name, told in ARGUMENTS.items())
# An expression may end in `== 3` too, so a weight stands after a single sign.
_WEIGHT = re.compile(r"(?<![=<>!])=\s*(\d+(?:\.\d*)?|\.\d+)\s*\Z")


@dataclass(frozen=True)
class Part:
    """One criterion of a choice.

    Attributes:
        name: One of `ARGUMENTS`.
        argument: Column or expression, or dataset; "" where none is taken.
        weight: > 0.
    """

    name: str
    argument: str = ""
    weight: float = 1.0

    @property
    def label(self) -> str:
        """The criterion without its weight."""
        return f"{self.name}:{self.argument}" if self.argument else self.name

    @property
    def spatial(self) -> bool:
        """Whether it reads the embedding."""
        return self.name != "balance"


def parse_parts(texts: Sequence[str] | str) -> list[Part]:
    """Criteria with their weights.

    Raises:
        UsageError: One is not known, lacks its argument or has one too many, or is given twice.
    """
    if isinstance(texts, str):
        texts = [texts]
    parts: dict[str, Part] = {}
    for text in texts:
        part = _part(text)
        if part.label in parts:
            raise UsageError(
                f"The criterion '{part.label}' is given twice.",
                remedy=f"give it once, with a weight: {part.label}=2",
            )
        parts[part.label] = part
    if not parts:
        raise UsageError("A subset needs a criterion.", allowed=ALLOWED)
    return list(parts.values())


def parts_for(purpose: str | None, named: Sequence[str] | str) -> list[Part]:
    """The criteria of a purpose, then those named; one that both have has the weight named.

    Raises:
        UsageError: As of `parse_parts`.
    """
    own = parse_parts(PURPOSES[purpose]) if purpose is not None else []
    further = parse_parts(named) if named or not own else []
    return list({part.label: part for part in (*own, *further)}.values())


def named_columns(criteria: object) -> list[str]:
    """Expressions over columns that well-formed criteria name."""
    texts = [criteria] if isinstance(criteria, str) else criteria
    if not isinstance(texts, Sequence):
        return []
    found = [_part(text) for text in texts if isinstance(text, str)]
    return [part.argument for part in found if part.name == "balance"]


def _part(text: object) -> Part:
    if not isinstance(text, str):
        raise UsageError(f"A criterion cannot be {text!r}.", allowed=ALLOWED)
    match = _WEIGHT.search(text)
    weight = float(match[1]) if match else 1.0
    body = text[: match.start()] if match else text
    name, _, argument = (part.strip() for part in body.partition(":"))
    if name not in ARGUMENTS:
        raise UsageError(
            f"There is no criterion '{text}'.",
            allowed=ALLOWED,
            remedy="a weight stands after a sign: diversity=0.5",
        )
    if bool(argument) != (ARGUMENTS[name] is not None):
        wanted = ARGUMENTS[name]
        raise UsageError(
            f"'{name}' takes nothing after it." if wanted is None else f"'{name}' of what?",
            allowed=name if wanted is None else f"{name}:{wanted}",
        )
    if weight <= 0:
        raise UsageError(f"The weight in '{text}' has to be above 0.", remedy="leave it out")
    return Part(name, argument, weight)
