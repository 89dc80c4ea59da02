"""Published rule families as data: what a rule set is called, says, and where it comes from.

A rule keeps a row where its expression is true. Expressions follow the published comparison and its
denominator; where a denominator can be zero the published code drops the text by an earlier rule,
and so does the family, because a ratio without a value keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from assay.errors import UsageError
from assay.schema import Fix

DEFAULT_DEFINITION = "assay"


@dataclass(frozen=True)
class Rule:
    """One rule: rows where `keep` is true stay.

    Attributes:
        name: Unique among all families; the reason a dropped row carries.
        keep: An expression over signals.
    """

    name: str
    keep: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the form an entry of a recipe's `rules:` takes."""
        return {"name": self.name, **Fix(rule=self.keep).to_dict()}


@dataclass(frozen=True)
class RuleFamily:
    """A published rule set in the versions that are in use.

    Attributes:
        name: Dotted, `<source>.<what it judges>`.
        description: One sentence for a person who chooses.
        source: Paper with section, or code with version, and where to find it.
        definitions: Ordered rules by definition. `assay` counts words as Assay does; any other is
            named after the implementation whose verdicts it reproduces.
    """

    name: str
    description: str
    source: str
    url: str
    definitions: Mapping[str, tuple[Rule, ...]]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, rules included."""
        return {
            "name": self.name,
            "description": self.description,
            "source": self.source,
            "url": self.url,
            "definitions": {
                definition: [rule.to_dict() for rule in rules]
                for definition, rules in self.definitions.items()
            },
        }


# "{s}" is the signal whose definition of a word the family's definition uses.
_SIGNALS = {"assay": "text.stats", "datatrove": "text.stats@datatrove"}

_GOPHER_QUALITY = {
    "gopher_word_count": "{s}.non_symbol_words between 50 and 100000",
    "gopher_mean_word_length": "{s}.non_symbol_chars / {s}.non_symbol_words between 3 and 10",
    "gopher_hashes": "{s}.hashes / {s}.words <= 0.1",
    "gopher_ellipses": "{s}.ellipses / {s}.words <= 0.1",
    "gopher_bullet_lines": "{s}.bullet_lines / {s}.lines <= 0.9",
    "gopher_ellipsis_lines": "{s}.ellipsis_lines / {s}.lines <= 0.3",
    "gopher_alphabetic_words": "{s}.alpha_words / {s}.words >= 0.8",
    "gopher_stop_words": "{s}.stop_words >= 2",
}
_GOPHER_REPETITION = {
    "gopher_not_empty": "{s}.chars > 0",
    "gopher_duplicate_paragraphs": "{s}.duplicate_paragraphs / {s}.paragraphs <= 0.3",
    "gopher_duplicate_paragraph_chars": "{s}.duplicate_paragraph_chars / {s}.chars <= 0.2",
    "gopher_duplicate_lines": "{s}.duplicate_lines / {s}.newline_lines <= 0.3",
    "gopher_duplicate_line_chars": "{s}.duplicate_line_chars / {s}.chars <= 0.2",
    **{
        f"gopher_top_{n}gram_chars": f"{{s}}.top_{n}gram_chars / {{s}}.chars <= {limit}"
        for n, limit in ((2, 0.2), (3, 0.18), (4, 0.16))
    },
    **{
        f"gopher_duplicate_{n}gram_chars": (
            f"{{s}}.duplicate_{n}gram_chars / {{s}}.chars <= {limit}"
        )
        for n, limit in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1))
    },
}
_C4_QUALITY = {
    "c4_lorem_ipsum": "{s}.c4_lorem_ipsum_lines == 0",
    "c4_curly_brackets": "{s}.c4_curly_bracket_lines == 0",
    "c4_sentences": "{s}.c4_sentences >= 5",
}
_FINEWEB_QUALITY = {
    "fineweb_not_blank": "{s}.nonblank_lines > 0",
    "fineweb_terminal_punctuation": "{s}.terminal_punctuation_lines / {s}.nonblank_lines >= 0.12",
    "fineweb_short_lines": "{s}.short_lines / {s}.nonblank_lines <= 0.67",
    "fineweb_duplicate_line_chars": (
        "{s}.duplicate_nonblank_line_chars / ({s}.chars - {s}.newlines) <= 0.01"
    ),
    "fineweb_newlines": "{s}.newlines / {s}.words <= 0.3",
}


def _rules(templates: Mapping[str, str], definition: str) -> tuple[Rule, ...]:
    signal = _SIGNALS[definition]
    return tuple(Rule(name, keep.format(s=signal)) for name, keep in templates.items())


def _both(
    templates: Mapping[str, str], own: Mapping[str, str] | None = None
) -> Mapping[str, tuple[Rule, ...]]:
    """Both definitions; `own` replaces rules that make no sense over Assay's words."""
    return MappingProxyType(
        {
            "assay": _rules({**templates, **(own or {})}, "assay"),
            "datatrove": _rules(templates, "datatrove"),
        }
    )


FAMILIES: dict[str, RuleFamily] = {
    family.name: family
    for family in (
        RuleFamily(
            name="gopher.quality",
            description="English prose: enough words of ordinary length, few symbols, stop words.",
            source="Rae et al. 2021, section A.1.1; datatrove 0.10.1, GopherQualityFilter",
            url="https://arxiv.org/abs/2112.11446",
            definitions=_both(
                _GOPHER_QUALITY,
                # A letter of an unspaced script is one character long, whatever the text is like.
                {
                    "gopher_mean_word_length": (
                        "{s}.unspaced_words > 0.5 * {s}.words or "
                        "{s}.non_symbol_chars / {s}.non_symbol_words between 3 and 10"
                    )
                },
            ),
        ),
        RuleFamily(
            name="gopher.repetition",
            description="Little repetition of lines, paragraphs and word n-grams.",
            source="Rae et al. 2021, table A1; datatrove 0.10.1, GopherRepetitionFilter",
            url="https://arxiv.org/abs/2112.11446",
            definitions=_both(_GOPHER_REPETITION),
        ),
        RuleFamily(
            name="c4.quality",
            description="At least five sentences in lines of prose, no placeholder text, no code.",
            source="Raffel et al. 2020, section 2.2; datatrove 0.10.1, C4QualityFilter",
            url="https://jmlr.org/papers/v21/20-074.html",
            definitions=_both(_C4_QUALITY),
        ),
        RuleFamily(
            name="fineweb.quality",
            description="Lines that end sentences, are not all short, and rarely repeat.",
            source="Penedo et al. 2024, section 3.6; datatrove 0.10.1, FineWebQualityFilter",
            url="https://arxiv.org/abs/2406.17557",
            definitions=_both(_FINEWEB_QUALITY),
        ),
    )
}


def families() -> tuple[str, ...]:
    """Every name that `expand` takes: each family, and each family with each definition."""
    return tuple(
        name
        for family in FAMILIES.values()
        for name in (family.name, *(f"{family.name}@{d}" for d in family.definitions))
    )


def family(name: str) -> RuleFamily:
    """The family of that name, a definition after "@" aside.

    Raises:
        UsageError: There is no such family, or it has no such definition.
    """
    base, at, definition = name.partition("@")
    found = FAMILIES.get(base)
    if found is None:
        raise UsageError(
            f"There is no rule family called '{base}'.",
            allowed=", ".join(FAMILIES),
            remedy="check the spelling, or write the rule as an expression",
            name=name,
        )
    if at and definition not in found.definitions:
        raise UsageError(
            f"The rule family '{base}' has no definition '{definition}'.",
            allowed=", ".join(f"{base}@{known}" for known in found.definitions),
            remedy=f"leave the definition out for {base}@{DEFAULT_DEFINITION}",
            name=name,
        )
    return found


def expand(name: str) -> tuple[Rule, ...]:
    """The rules of a family: `gopher.quality`, or one definition of it: `gopher.quality@datatrove`.

    Raises:
        UsageError: There is no such family, or it has no such definition.
    """
    definition = name.partition("@")[2] or DEFAULT_DEFINITION
    return family(name).definitions[definition]
