"""YAML read together with the line of every value, so that errors can point at it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from assay.errors import UsageError

Place = tuple[str | int, ...]
MAX_BYTES = 1 << 20
MAX_NODES = 100_000


@dataclass(frozen=True)
class Lines:
    """Where values stand: line numbers (from 1) by place, such as ("rules", 0, "keep")."""

    where: str = ""
    of: Mapping[Place, int] = field(default_factory=dict)

    def error(
        self,
        place: Place,
        what: str,
        *,
        allowed: str | None = None,
        remedy: str | None = None,
        close: str | None = None,
    ) -> UsageError:
        """An error about the value at `place`; with `close`, the nearest allowed word is shown."""
        if close is not None and allowed:
            near = difflib.get_close_matches(close, allowed.split(", "), 1)
            remedy = f"write '{near[0]}'" if near else remedy
        line = self.line(place)
        where = self.where
        if line is not None:
            where = f"{where}, line {line}" if where else f"line {line}"
        elif place and not self.of:
            where = ".".join(str(step) for step in place)
        return UsageError(what, where=where or None, allowed=allowed, remedy=remedy, line=line)

    def line(self, place: Place) -> int | None:
        """The line of the value at `place`, or of the nearest thing around it."""
        while place and place not in self.of:
            place = place[:-1]
        return self.of.get(place)


def read_yaml(text: str, where: str) -> tuple[Any, Lines]:
    """The value written in `text`, with its lines.

    Raises:
        UsageError: It is not YAML, uses tags beyond plain values, gives a key twice, or is too big.
    """
    if len(text) > MAX_BYTES:
        raise UsageError(
            "The YAML is too long.", where=where, allowed=f"at most {MAX_BYTES:,} characters"
        )
    lines: dict[Place, int] = {}
    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None, Lines(where, {(): 1})
            _collect(node, (), lines, where)
            return loader.construct_document(node), Lines(where, lines)
        finally:
            loader.dispose()
    except RecursionError:
        raise UsageError("The YAML is nested too deeply.", where=where) from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError(
            f"This is not YAML: {getattr(error, 'problem', None) or error}.",
            where=f"{where}, line {mark.line + 1}" if mark else where,
            remedy="put quotes around an expression that has ': ', '#' or starts with a quote",
            line=mark.line + 1 if mark else None,
        ) from None


def _collect(node: yaml.Node, place: Place, lines: dict[Place, int], where: str) -> None:
    """Note the line of `node` and all below it."""
    lines[place] = node.start_mark.line + 1
    # Aliases may repeat a part again and again; a recipe never needs that many values.
    if len(lines) > MAX_NODES:
        raise UsageError("The YAML has too many values.", where=where)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect(item, (*place, index), lines, where)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if (*place, name) in lines:
                raise UsageError(
                    f"The key '{name}' is given twice.",
                    where=f"{where}, line {key.start_mark.line + 1}",
                    remedy="keep one of the two",
                )
            _collect(value, (*place, name), lines, where)
            lines[(*place, name)] = key.start_mark.line + 1
