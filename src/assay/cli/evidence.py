"""A finding for people: what it is, what shows it, and its fix as it stands in a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import yaml
from rich.text import Text

from assay.cli.output import (
    clean,
    grid,
    number,
    out,
    paragraph,
    plural,
    short_id,
    suggest,
    visible,
)
from assay.insight.wording import percent
from assay.project.inbox import fix_text

if TYPE_CHECKING:
    from assay.project.check import StoredFinding

# Examples that are shown unless all are asked for: of the finding, and of what an example holds.
_SHOWN, _SHOWN_INSIDE, _SHOWN_IN_TABLE = 3, 1, 10
_LONG = 48  # characters from which a value is a text with lines of its own
_ROW_ID = re.compile("[0-9a-f]{32}")


def show_finding(dataset: str, found: StoredFinding, *, everything: bool = False) -> None:
    """Print a finding with its evidence and its fix.

    Args:
        dataset: The name it goes by in commands.
        found: The finding.
        everything: Show all examples that the evidence holds.
    """
    paragraph(Text(visible(found.title), "bold"))
    out().print(
        f"[dim]{clean(found.check)}  {found.id}  score {found.score:.2f}  {found.state}  "
        f"{plural(found.rows, 'row')}[/]\n"
    )
    cut = _show(found.evidence, 0, everything)
    if found.fix and found.rule is None:
        out().print(f"\n[bold]Fix[/] {clean(fix_text(found.fix))}")
    if found.rule:
        out().print("\n[bold]Fix[/] [dim]as a rule of a recipe[/]")
        shown = yaml.safe_dump(
            [dict(found.rule)], sort_keys=False, allow_unicode=True, width=10_000
        )
        for line in shown.splitlines():
            out().print(f"  {clean(line)}")
    out().print()
    if cut:
        suggest("findings", dataset, found.id[:8], "--all", label="More")
    if found.fix and found.state == "open":
        suggest("findings", dataset, "--apply", found.id[:8])
    elif found.rows and found.state == "open":
        # No rule mends it: a person looks at the rows, and a tag keeps them together meanwhile.
        suggest("tag", dataset, "look-at", "--where", f"finding:{found.id}")


def _show(values: Mapping[str, Any], indent: int, everything: bool) -> bool:
    """Print one level of evidence, its numbers first; returns whether anything was left out."""
    plain = {key: value for key, value in values.items() if not _holds_more(value)}
    if plain:
        lead = " " * indent
        grid(["", ""], [(lead + _words(key), _value(key, v)) for key, v in plain.items()])
    return _show_inside(values, indent, everything)


def _show_inside(values: Mapping[str, Any], indent: int, everything: bool) -> bool:
    cut = False
    for key, value in values.items():
        if isinstance(value, Mapping):
            out().print(f"{' ' * indent}[bold]{clean(_words(key))}[/]")
            cut |= _show(value, indent + 2, everything)
        elif _holds_more(value):
            cut |= _show_list(key, value, indent, everything)
    return cut


def _show_list(key: str, items: Sequence[Mapping[str, Any]], indent: int, everything: bool) -> bool:
    table = not any(_holds_more(v) or _is_text(k, v) for item in items for k, v in item.items())
    limit = _SHOWN_IN_TABLE if table else _SHOWN_INSIDE if indent else _SHOWN
    shown = items if everything else items[:limit]
    cut = len(shown) < len(items)
    count = f"{len(shown)} of {len(items)}" if cut else str(len(items))
    gap = "" if indent else "\n"
    out().print(f"{gap}{' ' * indent}[bold]{clean(_words(key))}[/] [dim]({count})[/]")
    if table:
        _show_table(shown, " " * (indent + 2))
        return cut
    for item in shown:
        cut |= _show_item(item, indent + 2, everything)
    return cut


def _show_table(items: Sequence[Mapping[str, Any]], lead: str) -> None:
    names = list(dict.fromkeys(key for item in items for key in item))
    rows = [[_value(key, item.get(key)) for key in names] for item in items]
    numeric = [all(isinstance(item.get(k), int | float) for item in items) for k in names]
    heads = [_words(name) for name in names]
    grid(
        [lead + heads[0], *heads[1:]],
        [[lead + row[0], *row[1:]] for row in rows],
        right=[index for index, is_number in enumerate(numeric) if is_number and index],
    )


def _show_item(item: Mapping[str, Any], indent: int, everything: bool) -> bool:
    """One example: its id and numbers on a line, its texts below, then what it holds itself."""
    facts: list[str] = []
    texts: list[tuple[str, str]] = []
    for key, value in item.items():
        if value in (None, "") or _holds_more(value):
            continue
        if _is_text(key, value):
            if value not in (text for _, text in texts):
                texts.append((key, value))
        elif key in ("id", "rule"):
            facts.append(f"[bold]{clean(_value(key, value))}[/]")
        else:
            facts.append(f"[dim]{clean(_words(key))}[/] {clean(_value(key, value))}")
    if facts:
        out().print(f"{' ' * indent}{'  '.join(facts)}")
    for key, text in texts:
        label = f"{_words(key)}: " if len(texts) > 1 and key != "text" else ""
        paragraph(label + _one_line(text), indent + 2)
    return _show_inside(item, indent + 2, everything)


def _holds_more(value: Any) -> bool:
    """Whether a value is a level of its own."""
    if isinstance(value, list):
        return any(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _is_text(key: str, value: Any) -> bool:
    return isinstance(value, str) and (key == "keep" or key.endswith("text") or len(value) > _LONG)


def _value(key: str, value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    if isinstance(value, int | float):
        return percent(value, 1) if key == "share" else number(value)
    if isinstance(value, list):
        more = f" and {len(value) - 10:,} more" if len(value) > 10 else ""
        return ", ".join(_value(key, item) for item in value[:10]) + more
    if key == "characters":  # those named are what cannot be seen
        return ", ".join(f"U+{ord(character):04X}" for character in value)
    text = _one_line(value)
    return short_id(text) if _ROW_ID.fullmatch(text) else text


def _words(key: str) -> str:
    return key.replace("_", " ")


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())
