"""A recipe: what makes a version of a dataset, as YAML or in Python.

name: clean                 # the version it makes: docs@clean
input: docs                 # a dataset, or a version of one: docs@deduped
signals: [text.stats, {op: text.tokens, vocabulary: cl100k, as: tokens_cl100k}]
rules:
  - keep: language == "en" and stats.words between 50 and 100000
  - use: gopher.quality
  - name: no secrets
    drop: has(text.pii.spans, "key")
  - select: decontaminate
    against: evals/gsm8k_test.jsonl     # relative to the recipe's file
seed: 0

Rules are kept as they are written: what they mean is for `assay.select`, which stands above.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from assay.errors import InputError, UsageError
from assay.run._lines import MAX_BYTES, Lines, read_yaml

KEYS = ("name", "input", "description", "signals", "rules", "seed")
FORMS = ("keep", "drop", "use", "select")
PATH_PARAMS = ("against",)
"""Parameters of selectors that are paths; relative ones start at the recipe's folder."""

_NAME = re.compile(r"(?!.*(\.\.|\.lock\Z|\.\Z))[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
"""Names that can also be names of files, and tags, on any system."""
_INPUT = re.compile(r"[A-Za-z0-9][\w.-]*(?:@[A-Za-z0-9][\w.-]*)?\Z")


@dataclass(frozen=True)
class Recipe:
    """What makes a version. Made from YAML by `from_yaml` and `from_file`, or with these arguments.

    Attributes:
        name: The version it makes: letters, digits, "_", "-" and ".".
        input: A dataset, or `dataset@version`.
        signals: Requests for ops, each a name (`text.stats`, `text.stats@datatrove`) or a mapping
            with `op`, parameters, and `as` for an alias. Signals that rules name need no mention.
        rules: Mappings with `keep`, `drop`, `use` or `select`, in order; a bare string is a keep.
        seed: What everything random in it starts from.
        description: For people.

    Raises:
        UsageError: A value has the wrong form.
    """

    name: str
    input: str
    signals: tuple[str | Mapping[str, Any], ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    seed: int = 0
    description: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        given: Iterable[Any] = self.rules
        rules = [{"keep": rule} if isinstance(rule, str | bool) else rule for rule in given]
        object.__setattr__(self, "signals", tuple(self.signals))
        object.__setattr__(self, "rules", tuple(rules))
        _check(self.to_mapping(), Lines())

    @classmethod
    def from_mapping(cls, fields: Mapping[str, Any], *, folder: Path | None = None) -> Recipe:
        """The recipe with these fields; `folder` is where relative paths start.

        Raises:
            UsageError: A field is missing, unknown or of the wrong form.
        """
        return _recipe(fields, Lines(), folder)

    @classmethod
    def from_yaml(cls, text: str, *, folder: Path | None = None, where: str = "recipe") -> Recipe:
        """The recipe written in `text`; `folder` is where relative paths start.

        Raises:
            UsageError: It is not YAML, or no recipe; the error names the line.
        """
        fields, lines = read_yaml(text, where)
        if not isinstance(fields, Mapping):
            raise lines.error(
                (),
                f"A recipe is a mapping, not {type(fields).__name__}.",
                allowed=f"the keys {', '.join(KEYS)}",
            )
        return _recipe(fields, lines, folder)

    @classmethod
    def from_file(cls, path: str | Path) -> Recipe:
        """The recipe in a YAML file; paths in it are relative to its folder and have to exist.

        Raises:
            UsageError: It is no recipe (with the line), or names a file that is not there.
            InputError: The file cannot be read.
        """
        path = Path(path)
        try:
            with path.open(encoding="utf-8") as file:
                text = file.read(MAX_BYTES + 1)  # one more than is allowed, whatever its size
        except FileNotFoundError:
            raise UsageError(
                f"There is no recipe file '{path}'.", remedy="check the path of the YAML file"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The recipe cannot be read: {error}", where=str(path)) from error
        return cls.from_yaml(text, folder=path.parent.absolute(), where=str(path))

    def to_mapping(self) -> dict[str, Any]:
        """The fields as plain values, without the empty ones."""
        fields = {
            "name": self.name,
            "input": self.input,
            "description": self.description,
            "signals": [_plain(signal) for signal in self.signals],
            "rules": [_plain(rule) for rule in self.rules],
            "seed": self.seed,
        }
        return {key: value for key, value in fields.items() if value not in ("", [], 0)}

    def to_yaml(self) -> str:
        """The recipe as YAML; reading that gives an equal recipe with the same YAML."""
        fields = self.to_mapping()
        return str(yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100))

    @property
    def hash(self) -> str:
        """16 hex digits: equal for recipes that do the same to the same input.

        Name and description do not count, nor does the folder that files are in.
        """
        fields = self.to_mapping()
        rules = [
            {key: _file_names(v) if key in PATH_PARAMS else v for key, v in rule.items()}
            for rule in fields.get("rules", [])
        ]
        described = [fields["input"], fields.get("signals", []), rules, self.seed]
        text = json.dumps(described, sort_keys=True, ensure_ascii=False, default=str)
        return blake2b(text.encode(), digest_size=8).hexdigest()


def _recipe(fields: Mapping[str, Any], lines: Lines, folder: Path | None) -> Recipe:
    _check(fields, lines)
    rules = [
        _with_paths(rule, lines, number, folder) if isinstance(rule, Mapping) else rule
        for number, rule in enumerate(fields.get("rules") or ())
    ]
    return Recipe(
        name=fields["name"],
        input=fields["input"],
        signals=tuple(fields.get("signals") or ()),
        rules=tuple(rules),
        seed=fields.get("seed") or 0,
        description=fields.get("description") or "",
    )


def _check(fields: Mapping[str, Any], lines: Lines) -> None:
    """Refuse anything that is not a recipe, at the line where it stands."""
    for key in fields:
        if key not in KEYS:
            raise lines.error(
                (key,), f"A recipe has no field '{key}'.", allowed=", ".join(KEYS), close=key
            )
    for key, pattern, example in (
        ("name", _NAME, "clean (at most 100 letters, digits, _, - and single .)"),
        ("input", _INPUT, "docs, or docs@version"),
    ):
        value = fields.get(key)
        if value is None:
            raise lines.error((), f"The recipe has no '{key}'.", remedy=f"add {key}: {example}")
        if not isinstance(value, str) or not pattern.match(value):
            raise lines.error((key,), f"'{key}' cannot be {value!r}.", allowed=example)
    for key, kind, example in (
        ("signals", list | tuple, "a list, such as [text.stats, text.language]"),
        ("rules", list | tuple, 'a list, such as [{keep: language == "en"}]'),
        ("seed", int, "a whole number"),
        ("description", str, "a text"),
    ):
        value = fields.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise lines.error((key,), f"'{key}' cannot be {value!r}.", allowed=example)
    for number, signal in enumerate(fields.get("signals") or ()):
        _check_signal(signal, number, lines)
    for number, rule in enumerate(fields.get("rules") or ()):
        _check_rule(rule, number, lines)


def _check_signal(signal: object, number: int, lines: Lines) -> None:
    called = signal.get("op") if isinstance(signal, Mapping) else signal
    if not isinstance(called, str) or not called:
        raise lines.error(
            ("signals", number),
            f"A signal cannot be {signal!r}.",
            allowed="text.stats, or {op: text.tokens, vocabulary: cl100k, as: tokens_cl100k}",
        )


def _check_rule(rule: object, number: int, lines: Lines) -> None:
    place = ("rules", number)
    if isinstance(rule, str | bool):
        return
    if not isinstance(rule, Mapping):
        raise lines.error(
            place, f"A rule cannot be {rule!r}.", allowed="an expression, or a mapping"
        )
    # `keep` is also a parameter that a selector may have.
    forms = [f for f in FORMS if f in rule and not (f == "keep" and "select" in rule)]
    if len(forms) != 1:
        problem = f"has both {' and '.join(forms)}" if forms else f"has none of {', '.join(FORMS)}"
        raise lines.error(
            place, f"The rule {problem}.", allowed="one of keep, drop, use and select"
        )
    form = forms[0]
    if form != "select":
        for key in rule:
            if key not in ("name", form):
                raise lines.error(
                    (*place, key),
                    f"A rule with '{form}' has no field '{key}'.",
                    allowed=f"name, {form}",
                )
    if not isinstance(rule[form], str | bool) or rule[form] == "":
        raise lines.error(
            (*place, form), f"'{form}' cannot be {rule[form]!r}.", allowed="a text on one line"
        )
    if not isinstance(rule.get("name", ""), str):
        raise lines.error((*place, "name"), f"'name' cannot be {rule['name']!r}.", allowed="a text")


def _with_paths(
    rule: Mapping[str, Any], lines: Lines, number: int, folder: Path | None
) -> dict[str, Any]:
    """The rule with its relative paths made absolute, where a folder is known."""
    result = dict(rule)
    if "select" not in rule or folder is None:
        return result
    for key in PATH_PARAMS:
        given = rule.get(key)
        if given is None:
            continue
        paths = [given] if isinstance(given, str) else given
        if not isinstance(paths, Iterable) or not all(isinstance(p, str) for p in paths):
            raise lines.error(
                ("rules", number, key), f"'{key}' cannot be {given!r}.", allowed="a path or a list"
            )
        found = [folder / Path(path).expanduser() for path in paths]
        for path in found:
            if not path.exists():
                raise lines.error(
                    ("rules", number, key),
                    f"There is no file '{path}'.",
                    remedy=f"paths are relative to the recipe's folder, {folder}",
                )
        absolute = [str(path) for path in found]
        result[key] = absolute[0] if isinstance(given, str) else absolute
    return result


def _plain(value: Any) -> Any:
    """Mappings and sequences as the plain dicts and lists that YAML and JSON write."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _file_names(value: str | list[str]) -> list[str]:
    return [Path(path).name for path in ([value] if isinstance(value, str) else value)]
