"""Write the generated parts of docs/: tables from the registry, the command line and the API.

    python scripts/make_docs.py          # renew the pages
    python scripts/make_docs.py --check  # exit 1 where a page is stale

A generated part stands between `<!-- generated: KIND NAME -->` and `<!-- end -->`; all else in a
page is written by hand and kept. `tests/test_docs.py` fails where a part is stale or a registered
name has none.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from assay import registry

DOCS = Path(__file__).resolve().parents[1] / "docs"
COMMAND = "python scripts/make_docs.py"
_PART = re.compile(r"(<!-- generated: (\w+)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)
_SECTIONS = ("Args", "Returns", "Yields", "Raises", "Attributes")
# What every command has in common is said once, at the top of the page.
_COMMON = ("help", "project", "as_json")


def renew(text: str) -> str:
    """A page with its generated parts made anew."""

    def part(match: re.Match[str]) -> str:
        kind, name = match[2], match[3]
        make = _KINDS[kind]
        return f"{match[1]}\n{make(name) if name else make()}\n\n{match[4]}"

    return _PART.sub(part, text)


def parts(text: str) -> list[tuple[str, str | None]]:
    """Kind and name of each generated part of a page."""
    return [(match[2], match[3]) for match in _PART.finditer(text)]


def builtin(things: Mapping[str, Any]) -> dict[str, Any]:
    """Only what comes with the package, by name: a plug-in brings documentation of its own."""
    own = {name: t for name, t in things.items() if t.fn.__module__.startswith("assay.")}
    return dict(sorted(own.items()))


def ops() -> str:
    """Every op with what it reads, returns and takes."""
    return "\n\n".join(_op(op) for op in builtin(registry.ops()).values())


def checks() -> str:
    """Every finder with what it needs and what it finds."""
    return "\n\n".join(_check(f) for f in builtin(registry.finders()).values())


def selectors() -> str:
    """Every selector with its parameters and what its verdict means."""
    return "\n\n".join(_selector(s) for s in builtin(registry.selectors()).values())


def readers() -> str:
    """Every reader with the endings it claims and its options."""
    found = builtin(registry.readers()).values()
    return "\n\n".join(_format(r, "Endings, also with .gz or .zst") for r in found)


def exporters() -> str:
    """Every writer with the endings it claims and its options."""
    found = builtin(registry.exporters()).values()
    return "\n\n".join(_format(e, "Endings") for e in found)


def rules() -> str:
    """Every family of published rules with its expressions."""
    from assay.select.families import FAMILIES

    sections = []
    for family in FAMILIES.values():
        names = ", ".join(f"`{family.name}@{d}`" for d in family.definitions)
        rows = [(f"`{rule.name}`", f"`{rule.keep}`") for rule in family.definitions["assay"]]
        sections.append(
            _lines(
                f"### {family.name}",
                family.description,
                f"Definitions: {names}. Source: {family.source}, <{family.url}>.",
                _table(("rule", "keeps a row where"), rows),
            )
        )
    return "\n\n".join(sections)


def command(name: str) -> str:
    """Usage, summary, arguments and options of a command."""
    found = commands()[name]
    context = click.Context(found, info_name=f"assay {name}")
    usage = found.get_usage(context).removeprefix("Usage: ")
    usage = " ".join(usage.split())  # click wraps it to the width of a terminal
    rows = [
        (f"`{_spelled(p)}`", _option_help(p))
        for p in found.params
        if isinstance(p, click.Option) and p.name not in _COMMON
    ]
    common = [f"`{_spelled(p)}`" for p in found.params if p.name in _COMMON]
    return _lines(
        f"`{usage}`",
        inspect.cleandoc(found.help or ""),
        _table(("option", "meaning"), rows) if rows else "",
        f"Also {' and '.join(common)}." if common else "",
    )


def commands() -> dict[str, click.Command]:
    """All commands of the command line, in its order."""
    from assay.cli.main import cli

    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def methods(owner: str) -> str:
    """Public methods and properties of `Project` or `Dataset`."""
    from assay.project.dataset import Dataset
    from assay.project.project import Project

    rows = []
    kind = {"Project": Project, "Dataset": Dataset}[owner]
    for name in dict.fromkeys(name for each in reversed(kind.mro()) for name in vars(each)):
        member = inspect.getattr_static(kind, name)
        if name.startswith("_") or not (callable(member) or isinstance(member, property)):
            continue
        shown = name
        if not isinstance(member, property):
            shown += f"({_signature(member)})"
        rows.append((f"`{shown}`", (inspect.getdoc(member) or "").partition("\n")[0]))
    return _table(("method or property", "what it gives"), rows)


_KINDS: dict[str, Callable[..., str]] = {
    "ops": ops,
    "checks": checks,
    "selectors": selectors,
    "readers": readers,
    "exporters": exporters,
    "rules": rules,
    "command": command,
    "methods": methods,
}


def _op(op: registry.Op) -> str:
    doc = _parsed(op.fn)
    presets = ", ".join(
        f"`{op.name}@{name}` ({', '.join(f'{k}: {v}' for k, v in params.items())})"
        for name, params in op.presets.items()
    )
    facts = [f"Reads {_names(op.inputs)}."]
    if op.main:
        facts.append(f"In an expression, `{op.name}` alone means `{op.name}.{op.main}`.")
    outputs = [
        (f"`{f.name}`", _type(f.type), (f.metadata or {}).get(b"summary", b"").decode())
        for f in op.schema()
    ]
    if not any(row[2] for row in outputs):
        outputs = [row[:2] for row in outputs]
    return _lines(
        f"### {op.name}",
        doc["summary"],
        " ".join(facts),
        doc["text"],
        _parameters(op.defaults, doc),
        f"Presets: {presets}." if presets else "",
        _table(("output", "type", "meaning")[: len(outputs[0])], outputs),
        # Several outputs, each described in its own entry, read better as a list.
        re.sub(r"^(?=`\w+`: )", "- ", doc["Returns"], flags=re.MULTILINE),
    )


def _check(finder: registry.Finder) -> str:
    doc = _parsed(finder.fn)
    needs = f"Computes first, where missing: {_names(finder.needs)}." if finder.needs else ""
    columns = f" Applies where there is a column {_names(finder.columns)}."
    return _lines(
        f"### {finder.name}",
        doc["summary"],
        (needs + (columns if finder.columns else "")).strip(),
        doc["text"],
        f"Findings: {doc['Yields'][:1].lower()}{doc['Yields'][1:]}" if doc["Yields"] else "",
        _parameters(finder.defaults, doc),
    )


def _selector(selector: registry.Selector) -> str:
    doc = _parsed(selector.fn)
    needs = f"Computes first, where missing: {_names(selector.needs)}." if selector.needs else ""
    return _lines(
        f"### {selector.name}",
        doc["summary"],
        needs,
        doc["text"],
        _parameters(selector.defaults, doc),
        f"Verdict: {doc['Returns']}" if doc["Returns"] else "",
    )


def _format(thing: registry.Reader | registry.Exporter, endings: str) -> str:
    doc = _parsed(thing.fn)
    defaults = registry._keyword_defaults(thing.fn)
    return _lines(
        f"### {thing.name}",
        doc["summary"],
        f"{endings}: {_names(thing.suffixes)}.",
        doc["text"],
        _parameters(defaults, doc, "option"),
    )


def _parameters(
    defaults: Mapping[str, Any], doc: Mapping[str, str], word: str = "parameter"
) -> str:
    if not defaults:
        return ""
    meanings = _entries(doc["Args"])
    rows = [(f"`{name}`", _value(v), meanings.get(name, "")) for name, v in defaults.items()]
    return _table((word, "default", "meaning"), rows)


def _parsed(fn: Callable[..., Any]) -> dict[str, str]:
    """A docstring by section; what stands before the first is `summary` and `text`."""
    found = dict.fromkeys(("summary", "text", *_SECTIONS), "")
    lines: dict[str, list[str]] = {"text": []}
    section = "text"
    summary, _, rest = (inspect.getdoc(fn) or "").partition("\n")
    for line in rest.splitlines():
        if line.rstrip(":") in _SECTIONS and line.endswith(":"):
            section = line.rstrip(":")
            lines[section] = []
        else:
            if line and not line.startswith(" ") and section != "text":
                section = "text"  # a note below the sections, such as the source
                lines["text"].append("")
            lines[section].append(line)
    for name, content in lines.items():
        found[name] = inspect.cleandoc("\n".join(content)).strip()
    found["summary"] = summary
    found["text"] = re.sub(r"\n{3,}", "\n\n", found["text"])
    return found


def _entries(section: str) -> dict[str, str]:
    """`name: text` entries of a section, continuation lines joined."""
    entries: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        match = re.match(r"\*{0,2}(\w+): (.*)", line)
        if match:
            name = match[1]
            entries[name] = match[2]
        elif name:
            entries[name] += f" {line.strip()}"
    return entries


def _spelled(option: click.Parameter) -> str:
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    if isinstance(option, click.Option) and not option.is_flag:
        names += f" {option.make_metavar(click.Context(click.Command('assay')))}"
    return re.sub(r" (INTEGER) RANGE$", r" \1", names)


def _option_help(option: click.Option) -> str:
    told = option.help or ""
    notes = ["may be given several times"] if option.multiple else []
    if option.show_default and not option.is_flag:
        notes.append(f"default {option.default}")
    return f"{told} ({'; '.join(notes)})" if notes else told


def _signature(member: Callable[..., Any]) -> str:
    shown, star = [], False
    for parameter in list(inspect.signature(member).parameters.values())[1:]:
        name = parameter.name
        if parameter.kind is parameter.VAR_POSITIONAL:
            name, star = f"*{name}", True
        elif parameter.kind is parameter.VAR_KEYWORD:
            name = f"**{name}"
        elif parameter.kind is parameter.KEYWORD_ONLY and not star:
            shown.append("*")
            star = True
        if parameter.default is not parameter.empty:
            name += f"={parameter.default!r}"
        shown.append(name)
    return ", ".join(shown)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_fixed_size_list(kind):
        return f"{kind.list_size} x {kind.value_type}"
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        return f"list of {{{', '.join(f.name for f in kind.value_type)}}}"
    return str(kind)


def _value(value: Any) -> str:
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, tuple | list):
        return _names(tuple(str(item) for item in value))
    return f"`{value}`"


def _table(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    shown = [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}"]
    for row in rows:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in row)
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)


def _lines(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block)


def main() -> int:
    """Renew the pages, or with --check only say which are stale."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="change nothing")
    check = options.parse_args().check
    stale = []
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text("utf-8")
        if (made := renew(text)) != text:
            stale.append(page.relative_to(DOCS))
            if not check:
                page.write_text(made, "utf-8")
    for page in stale:
        print(f"{page}: {'stale' if check else 'renewed'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
