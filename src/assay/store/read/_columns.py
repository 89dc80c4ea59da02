"""Rows of JSON values into Arrow columns whose types are decided once and then hold."""

from __future__ import annotations

import json
import math
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from assay.errors import UsageError
from assay.schema import BadRow, ReadBatch
from assay.store.identity import canonical

JSON = pa.json_()
"""Marks a column (or nested field) kept as JSON text; it is stored as a string."""
MAX_COLUMNS = 2000
MAX_FIELDS = 256  # a dict with more keys than that is a map with data in its keys, not a struct
MAX_DEPTH = 64
Row = dict[str, Any]
_COLUMN = "\0"  # stands for the column's name, which what is inside does not know
_HUGE = 2**1023  # from here on a double may round to infinity
_SURROGATE = "has a lone surrogate (such as \\ud800), which is not Unicode text"
_TITLES = {
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_ARROW_TITLES = (
    (pa.string(), "a string"),
    (pa.bool_(), "true or false"),
    (pa.int64(), "an integer"),
    (pa.float64(), "a number"),
)
_NAMED = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "json": JSON,
}


def named_types(types: Mapping[str, str] | None) -> dict[str, pa.DataType]:
    """The option `types`: column name to string, int, float, bool or json.

    Raises:
        UsageError: Another type is named.
    """
    for column, name in (types or {}).items():
        if name not in _NAMED:
            raise UsageError(
                f"'{name}' is no type for the column '{column}'.", allowed=", ".join(_NAMED)
            )
    return {column: _NAMED[name] for column, name in (types or {}).items()}


class Columns:
    """Decides the type of each column at its first values, and builds batches of these types.

    The type is the one that most values of the deciding batch have; ints and floats together make
    floats. A column without a value yet is left out until it has one, so the schema only grows at
    its end. Lists and dicts become lists and structs, which grow in the same way; a dict that is
    always empty, or has over 256 different keys, becomes JSON text.

    Attributes:
        types: The types decided so far, in column order.
    """

    def __init__(self, types: Mapping[str, pa.DataType] | None = None) -> None:
        self.types: dict[str, pa.DataType] = {}
        self._given = dict(types or {})

    def build(
        self, rows: list[Row], positions: list[int], *, unit: str = "Line"
    ) -> Iterable[ReadBatch | BadRow]:
        """The rows that fit as one batch (if there are any), and a BadRow for each other row."""
        self._decide(rows)
        self._grow(rows)
        problems = self._problems(rows)
        try:
            arrays = self._arrays(rows, problems)
        except UnicodeEncodeError:  # a lone surrogate somewhere: look at every string
            problems = self._problems(rows, strict=True)
            arrays = self._arrays(rows, problems)
        for i, problem in problems.items():
            text = json_text(rows[i])[:4096]
            error = f"{unit} {positions[i]}: {problem}."
            yield BadRow(positions[i], error, text, _alone(rows[i]))
        if len(problems) < len(rows):
            kept = [i for i in range(len(rows)) if i not in problems]
            batch = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
            written = None if self.plain else self._written([rows[i] for i in kept], batch)
            yield ReadBatch(batch, np.array([positions[i] for i in kept], np.int64), written)

    def _written(self, rows: list[Row], batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with values as they stand in the file where a column keeps JSON text of them.

        Whether a column does may change with the option `types` or the first rows of a file.
        """
        arrays = [
            _as_written([row.get(name) for row in rows]) if _has_json(kind) else column
            for (name, kind), column in zip(self.types.items(), batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)

    @property
    def schema(self) -> pa.Schema:
        """The schema of the next batch."""
        return pa.schema([(name, stored(kind)) for name, kind in self.types.items()])

    @property
    def plain(self) -> bool:
        """Whether no column is kept as JSON text."""
        return not any(map(_has_json, self.types.values()))

    def _decide(self, rows: list[Row]) -> None:
        for name in dict.fromkeys(chain.from_iterable(rows)):
            if name in self.types or len(self.types) >= MAX_COLUMNS or not _is_utf8(name):
                continue
            kind = self._given.get(name) or decide(row.get(name) for row in rows)
            if kind is not None:
                self.types[name] = kind

    def _grow(self, rows: list[Row]) -> None:
        for name, kind in self.types.items():
            if pa.types.is_nested(kind) and name not in self._given:
                values = [row.get(name) for row in rows]
                if not fits(values, kind):
                    self.types[name] = _grown(kind, values)

    def _problems(self, rows: list[Row], *, strict: bool = False) -> dict[int, str]:
        """Why rows do not fit, by row; `strict` looks for lone surrogates too."""
        found: dict[int, str] = {}
        for name, kind in self.types.items():
            if strict or not fits([row.get(name) for row in rows], kind):
                for i, row in enumerate(rows):
                    if problem := misfit(row.get(name), kind, name):
                        found.setdefault(i, problem.replace(_COLUMN, shlex.quote(name)))
        undecided = set(chain.from_iterable(rows)) - self.types.keys()
        for i, row in enumerate(rows):
            if not row:
                found[i] = "the object is empty; at least one field is needed"
            elif undecided and any(row.get(name) is not None for name in undecided):
                name = next(name for name in undecided if row.get(name) is not None)
                reason = (
                    f"is over the limit of {MAX_COLUMNS:,} columns"
                    if _is_utf8(name)
                    else _SURROGATE
                )
                found.setdefault(i, f"the field {name[:80]!a} {reason}")
        return found

    def _arrays(self, rows: list[Row], problems: dict[int, str]) -> list[pa.Array]:
        if problems:
            rows = [row for i, row in enumerate(rows) if i not in problems]
        return [array([row.get(name) for row in rows], kind) for name, kind in self.types.items()]


def decide(values: Iterable[Any]) -> pa.DataType | None:
    """The type most of the values have; None where all are None."""
    known = [value for value in values if value is not None]
    counts = Counter(map(type, known))
    if not counts:
        return None
    groups = {
        str: counts[str],
        list: counts[list],
        dict: counts[dict],
        float: counts[int] + counts[float],
        bool: counts[bool],
    }
    winner = max(groups, key=lambda group: groups[group])
    if winner is list:
        return pa.list_(
            decide(chain.from_iterable(v for v in known if type(v) is list)) or pa.string()
        )
    if winner is dict:
        return _struct([value for value in known if type(value) is dict])
    if winner is float:
        return pa.float64() if counts[float] else pa.int64()
    return pa.string() if winner is str else pa.bool_()


def _struct(rows: list[Row]) -> pa.DataType:
    keys = [key for key in dict.fromkeys(chain.from_iterable(rows)) if _is_utf8(key)]
    if not 0 < len(keys) <= MAX_FIELDS:
        return JSON
    types = {key: decide(row.get(key) for row in rows) for key in keys}
    known = [(key, kind) for key, kind in types.items() if kind is not None]
    return pa.struct(known or [(key, pa.string()) for key in keys])


def _grown(kind: pa.DataType, values: Iterable[Any]) -> pa.DataType:
    """The type with the fields inside structs that some value has and it lacks."""
    known = [value for value in values if value is not None]
    if pa.types.is_list(kind):
        items = chain.from_iterable(value for value in known if type(value) is list)
        return pa.list_(_grown(kind.value_type, items))
    if not pa.types.is_struct(kind):
        return kind
    dicts = [value for value in known if type(value) is dict]
    fields = [(f.name, _grown(f.type, [value.get(f.name) for value in dicts])) for f in kind]
    names = {name for name, _ in fields}
    for key in dict.fromkeys(chain.from_iterable(dicts)):
        if key not in names and len(fields) < MAX_FIELDS and _is_utf8(key):
            fresh = decide(value.get(key) for value in dicts)
            fields += [] if fresh is None else [(key, fresh)]
    return pa.struct(fields)


def fits(values: list[Any], kind: pa.DataType) -> bool:
    """Whether all values can be stored under the type; False where each must be looked at.

    Lone surrogates in strings are not looked for: building the array finds them at no cost.
    """
    known = [value for value in values if value is not None]
    found = set(map(type, known))
    if not found or kind == JSON:
        return True
    if pa.types.is_list(kind):
        return found == {list} and fits(list(chain.from_iterable(known)), kind.value_type)
    if pa.types.is_struct(kind):
        return (
            found == {dict}
            and not _unknown(known, kind)
            and all(fits([value.get(f.name) for value in known], f.type) for f in kind)
        )
    if pa.types.is_floating(kind):
        return (found == {float} and not {math.inf, -math.inf}.intersection(known)) or (
            found <= {int, float} and all(abs(value) < _HUGE or value != value for value in known)
        )
    if pa.types.is_integer(kind):
        return found == {int} and min(known) >= -(2**63) and max(known) < 2**63
    return found == {str if pa.types.is_string(kind) else bool}


def misfit(value: Any, kind: pa.DataType, path: str) -> str | None:
    """Why one value cannot be stored under the type, naming the field; None if it can."""
    if value is None or kind == JSON:
        return None
    if pa.types.is_list(kind) and type(value) is list:
        problems = (misfit(v, kind.value_type, f"{path}[{i}]") for i, v in enumerate(value))
        return next(filter(None, problems), None)
    if pa.types.is_struct(kind) and type(value) is dict:
        if extra := _unknown([value], kind):
            return (
                f"'{path}' has the field {min(extra)[:80]!a}, which is over the limit of "
                f"{MAX_FIELDS} fields or not Unicode text; {_remedy('json')}"
            )
        problems = (misfit(value.get(f.name), f.type, f"{path}.{f.name}") for f in kind)
        return next(filter(None, problems), None)
    if type(value) is str and pa.types.is_string(kind):
        return None if _is_utf8(value) else f"'{path}' {_SURROGATE}"
    if type(value) in (int, float) and pa.types.is_floating(kind):
        ok = abs(value) < _HUGE or value != value
        return None if ok else f"'{path}' is beyond the range of a double; write it as a string"
    if type(value) in (int, float) and pa.types.is_integer(kind) and _whole(value):
        ok = -(2**63) <= value < 2**63
        return None if ok else f"'{path}' is an integer beyond 64 bits; write it as a string"
    if type(value) is bool and pa.types.is_boolean(kind):
        return None
    number = pa.types.is_integer(kind) and "[" not in path and "." not in path
    return (
        f"'{path}' should be {_title(kind)}, as decided by most of the first rows, but is "
        f"{_TITLES[type(value)]} ({json_text(value)[:60]}); "
        f"{_remedy('float' if number and type(value) is float else 'json')}"
    )


def _remedy(kind: str) -> str:
    return f"to keep it, add the file as a new dataset with --types {_COLUMN}={kind}"


def _unknown(dicts: list[Row], kind: pa.DataType) -> set[str]:
    """Fields with a value that the struct has no place for."""
    extra = set(chain.from_iterable(dicts)) - {field.name for field in kind}
    return {key for key in extra if any(value.get(key) is not None for value in dicts)}


def array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values that fit, as an array of the stored type.

    Raises:
        UnicodeEncodeError: A string holds a lone surrogate.
    """
    if not _has_json(kind):
        try:
            return pa.array(values, kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass  # ints above 2**53 in a float column, 1.0 in an int column: say what is meant
    return pa.array([_coerced(value, kind) for value in values], stored(kind))


def _alone(row: Row) -> pa.RecordBatch | None:
    """The row as it stands in the file; None where it is no row at all."""
    known = {name: value for name, value in row.items() if value is not None}
    try:
        arrays = [_as_written([value]) for value in known.values()]
        return pa.RecordBatch.from_arrays(arrays, names=list(known)) if known else None
    except UnicodeEncodeError:  # a lone surrogate
        return None


def _as_written(values: list[Any]) -> pa.Array:
    """Values in the bytes by which a row is known again, whatever type their column is read as."""
    return pa.array([v if v is None else canonical(v) for v in values], pa.binary())


def _coerced(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if kind == JSON:
        return json_text(value)
    if pa.types.is_list(kind):
        return [_coerced(inner, kind.value_type) for inner in value]
    if pa.types.is_struct(kind):
        return {field.name: _coerced(value.get(field.name), field.type) for field in kind}
    if pa.types.is_floating(kind):
        return float(value)
    return int(value) if pa.types.is_integer(kind) else value


def stored(kind: pa.DataType) -> pa.DataType:
    """The Arrow type of a decided type: the same, with JSON text as string."""
    if kind == JSON:
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(stored(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, stored(field.type)) for field in kind])
    return kind


def json_text(value: Any) -> str:
    """The value as JSON; lone surrogates stay escaped, so that the text is valid UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    return text if _is_utf8(text) else json.dumps(value)


def _has_json(kind: pa.DataType) -> bool:
    return bool(stored(kind) != kind)


def _whole(value: float) -> bool:
    return type(value) is int or (math.isfinite(value) and value == int(value))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _title(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "a list"
    if pa.types.is_struct(kind):
        return "an object"
    return next(title for name, title in _ARROW_TITLES if kind == name)
