"""Completion and checking of expressions as they are typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assay import registry
from assay.errors import UsageError
from assay.project import tags
from assay.project.view.snapshot import Snapshot
from assay.search.expression import parse
from assay.search.kinds import NUMBER, TEXT, TIME, TRUTH, item_path, item_type, kind_of, type_below
from assay.search.syntax import FUNCTIONS, OBJECTS, RowSet, quote, quote_name

if TYPE_CHECKING:
    from assay.project.dataset import Dataset

MOST = 40
_WORD = re.compile(r"[\w.@:/-]*\Z")
# Inside of obj(...): the column, if it is named, and what is written since.
_OBJECT = re.compile(r"\bobj\(\s*(?:(?P<column>`[^`]+`|[\w.@]+)\s*,)?[^()]*\Z", re.IGNORECASE)
_VALUE_OF = re.compile(
    r"(?P<name>`[^`]+`|[\w.@]+)\s*(?:==|!=|=|(?:not\s+)?in\s*\((?:[^()]*,)?)\s*"
    r"(?P<open>[\"']?)(?P<part>[^\"',()]*)\Z"
)
_AFTER_NAME = re.compile(r"(?:`[^`]+`|[\w.@]+)\s+\w*\Z")
_OPERATORS = {
    "number": ("==", "!=", "<", "<=", ">", ">=", "between", "is null", "is not null"),
    "text": ("contains", "icontains", "starts with", "ends with", "matches", "is null"),
    "category": ("==", "!=", "in", "not in", "contains", "starts with", "is null"),
    "boolean": ("is null", "is not null"),
    "date": ("==", "<", "<=", ">", ">=", "between", "is null"),
}


_KINDS = {NUMBER: "number", TEXT: "category", TRUTH: "boolean", TIME: "date"}


def complete(dataset: Dataset, snapshot: Snapshot, text: str, at: int) -> dict[str, Any]:
    """What may stand at position `at` of an expression."""
    at = max(0, min(at, len(text)))
    before = text[:at]
    inside = _OBJECT.search(before)
    if inside is not None:
        fields = _fields(snapshot, (inside["column"] or OBJECTS).strip("`"), before)
        if fields is not None:
            return {**fields, "to": at}
    value = _VALUE_OF.search(before)
    if value is not None:
        start = at - len(value["part"]) - len(value["open"])
        options = _values(snapshot, value["name"].strip("`"), value["part"])
        if options:
            return {"from": start, "to": at, "options": options}
    word = _WORD.search(before)
    part = word[0] if word else ""
    start = at - len(part)
    if ":" in part or not before.strip():
        sets = _sets(dataset, part)
        if ":" in part:
            return {"from": start, "to": at, "options": sets[:MOST]}
    named = _AFTER_NAME.search(before)
    if named is not None and part != before.strip():
        found = _operators(snapshot, named[0].split()[0].strip("`"), part)
        if found:
            return {"from": start, "to": at, "options": found}
    labels = _labels(snapshot, part)
    options = [*_columns(snapshot, part), *labels, *_functions(part), *_sets(dataset, part)]
    return {"from": start, "to": at, "options": options[:MOST]}


def check_expression(dataset: Dataset, snapshot: Snapshot, text: str) -> dict[str, Any]:
    """Whether `text` is a condition or a row set here.

    Raises:
        UsageError: It is neither; the error says where and why.
    """
    expression = parse(text)
    snapshot.check(text)
    return {"ok": True, "canonical": expression.describe(), "names": list(expression.names)}


def _columns(snapshot: Snapshot, part: str) -> list[dict[str, str]]:
    needle = part.casefold()
    found = []
    for column in snapshot.columns:
        if column.kind in ("vector", "other"):
            continue
        name, label = column.name.casefold(), column.label.casefold()
        if needle in name or needle in label:
            first = not (name.startswith(needle) or name.rpartition(".")[2].startswith(needle))
            found.append((first, column))
    found.sort(key=lambda pair: pair[0])
    return [
        {"text": quote_name(c.name), "kind": "column", "detail": f"{c.label}, {c.kind}"}
        for _, c in found
    ]


def _labels(snapshot: Snapshot, part: str) -> list[dict[str, str]]:
    """`text.pii.email` and its like, for spans that are stored."""
    found = []
    for column in snapshot.columns:
        op = registry.ops().get(column.op or "")
        if column.kind != "spans" or op is None or not part:
            continue
        names = [f"{column.group}.{label}" for label in op.labels]
        found += [
            {"text": name, "kind": "column", "detail": "how many"}
            for name in names
            if part.casefold() in name.casefold()
        ]
    return found


def _fields(snapshot: Snapshot, name: str, before: str) -> dict[str, Any] | None:
    """Fields, or the operators after a field, of the objects in a list column."""
    try:
        inside = item_type(snapshot.column(name).type)
    except UsageError:
        return None
    if inside is None:
        return None
    after = _AFTER_NAME.search(before)
    path = item_path(inside, after[0].split()[0].strip("`")) if after else None
    part = (_WORD.search(before) or [""])[0]
    start = len(before) - len(part)
    if path is not None:
        kind = _KINDS.get(kind_of(type_below(inside, path)), "")
        return {"from": start, "options": _known_operators(kind, part)}
    options = [
        {"text": quote_name(f.name), "kind": "column", "detail": f"of {name}, {kind_of(f.type)}"}
        for f in inside
        if part.casefold() in f.name.casefold()
    ]
    return {"from": start, "options": options[:MOST]}


def _functions(part: str) -> list[dict[str, str]]:
    return [
        {"text": f"{name}(", "kind": "function", "detail": summary}
        for name, (_, _, summary) in FUNCTIONS.items()
        if part and name.startswith(part.lower())
    ]


def _operators(snapshot: Snapshot, name: str, part: str) -> list[dict[str, str]]:
    try:
        kind = snapshot.column(name).kind
    except UsageError:
        return []
    return _known_operators(kind, part)


def _known_operators(kind: str, part: str) -> list[dict[str, str]]:
    known = _OPERATORS.get(kind, ("is null", "is not null"))
    return [
        {"text": operator, "kind": "operator", "detail": ""}
        for operator in known
        if operator.startswith(part.lower())
    ]


def _values(snapshot: Snapshot, name: str, part: str) -> list[dict[str, str]]:
    try:
        column = snapshot.column(name)
    except UsageError:
        return []
    if column.kind != "category":
        return []
    coded, needle = snapshot.coded(column.name), part.casefold()
    found = [str(v) for v in coded.values if needle in str(v).casefold()]
    return [{"text": quote(v), "kind": "value", "detail": ""} for v in found[:MOST]]


def _sets(dataset: Dataset, part: str) -> list[dict[str, str]]:
    known = [
        (str(RowSet("tag", tag["name"])), f"{tag['rows']:,} rows") for tag in tags.names(dataset)
    ]
    known += [(str(RowSet("view", v["name"])), "saved view") for v in tags.saved_views(dataset)]
    for version in dataset.project.versions.list(dataset.name):
        name = version.name
        known.append((str(RowSet("version", name)), f"{version.rows:,} rows kept"))
        known.append((str(RowSet("dropped", name)), f"{version.rows_in - version.rows:,} rows"))
        known += [
            (str(RowSet("dropped", f"{name}/{rule}")), f"{rows:,} rows")
            for rule, rows in version.dropped.items()
            if rows
        ]
    return [
        {"text": text, "kind": "set", "detail": detail}
        for text, detail in known
        if part.casefold() in text.casefold()
    ]
