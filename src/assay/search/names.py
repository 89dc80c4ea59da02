"""From a name in an expression to the stored column that is meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from assay.errors import UsageError
from assay.registry import Op
from assay.schema import signal_column
from assay.search.kinds import item_type
from assay.search.syntax import OBJECTS, is_row_set, quote_name

NAME, OP = b"assay.name", b"assay.op"
"""Field metadata of a computed column: its dotted name, and the op without preset or alias."""


@dataclass(frozen=True)
class Resolved:
    """What a name means.

    Attributes:
        column: Name of the stored column.
        op: The op, preset included (`text.stats@datatrove`), or alias that makes the column; None
            for an input column.
        output: The op's output; None for an input column.
        present: Whether the column is stored. If not, compute `op` first.
        path: Fields below the column, for `meta.url` on a struct column `meta`; the label below
            spans, for `pii.email`, which is how many there are.
    """

    column: str
    op: str | None = None
    output: str | None = None
    present: bool = True
    path: tuple[str, ...] = ()

    @property
    def stored(self) -> str:
        """Column and path as one name, unique per value."""
        return ".".join((self.column, *self.path))

    @property
    def signal(self) -> str:
        """The full dotted name, as in `text.stats.words`."""
        if not self.op:
            return self.stored
        return ".".join((self.op, *(self.path or (self.output or "",))))


@dataclass(frozen=True)
class _Signal:
    dotted: str
    resolved: Resolved
    main: bool
    named: bool  # made by a preset or under an alias, which an expression has to name


def resolver(schema: pa.Schema, ops: Mapping[str, Op]) -> Callable[[str], Resolved]:
    """`resolve` for many names against one schema: the signals are listed once."""
    signals = _signals(schema, ops)
    found: dict[str, Resolved] = {}

    def lookup(name: str) -> Resolved:
        if name not in found:
            found[name] = _resolve(name, schema, signals)
        return found[name]

    return lookup


def resolve(name: str, schema: pa.Schema, ops: Mapping[str, Op]) -> Resolved:
    """The column meant by `name`.

    In this order: a column of exactly that name; a field of a struct column (`meta.url`); a signal
    by its full name (`text.stats.words`, `text.stats@datatrove.words`); a signal by the end of its
    name (`stats.words`, `words`); an op by its name or the end of it (`language`), meaning its main
    output. Signals made by a preset or under an alias are found by an end only where nothing else
    fits, so that computing one more variant never changes what an expression means. Among the
    others, stored ones come before those that an op could compute.

    Args:
        name: As written in an expression, without backquotes.
        schema: The stored columns.
        ops: The registered ops by name.

    Raises:
        UsageError: Nothing fits (with close names), or several things do (with all of them).
    """
    return resolver(schema, ops)(name)


def _resolve(name: str, schema: pa.Schema, signals: list[_Signal]) -> Resolved:
    if is_row_set(name) and name not in schema.names:
        return Resolved(name)
    if name in schema.names:
        known = [s.resolved for s in signals if s.resolved.column == name and s.resolved.present]
        return known[0] if known else Resolved(name)
    if field := _struct_field(name, schema):
        return field
    if name == OBJECTS:
        return _objects(schema)
    for outputs in (True, False):
        fits = [s for s in signals if _fits(name, s, outputs)]
        if fits:
            return _best(name, fits)
    raise _unknown(name, schema, signals)


def _struct_field(name: str, schema: pa.Schema) -> Resolved | None:
    """The longest column name that is a struct and has the rest of `name` as fields."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        column, path = ".".join(parts[:cut]), tuple(parts[cut:])
        if schema.names.count(column) != 1:
            continue
        kind = schema.field(column).type
        for step in path:
            if not pa.types.is_struct(kind) or kind.get_field_index(step) < 0:
                break
            kind = kind.field(step).type
        else:
            return Resolved(column, path=path)
    return None


def _objects(schema: pa.Schema) -> Resolved:
    """The one column with lists of structs, which obj(...) means where it names none."""
    found = [f.name for f in schema if "__" not in f.name and item_type(f.type) is not None]
    if len(found) == 1:
        return Resolved(found[0])
    raise UsageError(
        "No column holds lists of objects."
        if not found
        else "Several columns hold lists of objects.",
        allowed=", ".join(found) or None,
        remedy=f"name the column: obj({found[0]}, ...)" if found else None,
        candidates=found,
    )


def _fits(name: str, signal: _Signal, outputs: bool) -> bool:
    if not outputs and not signal.main:
        return False
    if signal.resolved.path and "." not in name:
        return False  # a label alone, such as `key`, says too little
    dotted = signal.dotted if outputs else signal.dotted.rpartition(".")[0]
    if dotted == name or dotted.endswith(f".{name}"):
        return True
    # The dots of an op that is not registered here are lost in the stored name: compare that.
    left, _, output = dotted.rpartition(".") if outputs else (dotted, "", "")
    head, _, tail = name.rpartition(".") if outputs else (name, "", "")
    mangled = re.sub(r"[.@]", "_", head)
    unknown = signal.resolved.op is not None and "." not in signal.resolved.op
    return bool(unknown and head and output == tail and f"_{left}".endswith(f"_{mangled}"))


def _best(name: str, fits: list[_Signal]) -> Resolved:
    full = [s for s in fits if name in (s.dotted, s.dotted.rpartition(".")[0])]

    def rank(signal: _Signal) -> tuple[bool, bool]:
        return (signal.named, not signal.resolved.present)

    fits = full or fits
    first = min(map(rank, fits))
    best = {s.resolved.stored: s for s in fits if rank(s) == first}
    if len(best) > 1:
        candidates = sorted(s.dotted for s in best.values())
        raise UsageError(
            f"'{name}' could mean several signals.",
            allowed=", ".join(candidates),
            remedy=f"write the full name, such as {candidates[0]}",
            name=name,
            candidates=candidates,
        )
    return next(iter(best.values())).resolved


def _signals(schema: pa.Schema, ops: Mapping[str, Op]) -> list[_Signal]:
    """All signals: those ops declare, then stored ones that no registered op explains."""
    stored, seen, signals = set(schema.names), set(), []
    for op in ops.values():
        for preset, params in {"": {}, **op.presets}.items():
            full = f"{op.name}@{preset}" if preset else op.name
            for output in op.schema(params).names:
                column = signal_column(full, output)
                seen.add(column)
                found = Resolved(column, full, output, column in stored)
                signals.append(_Signal(f"{full}.{output}", found, output == op.main, bool(preset)))
                signals += _labels(op, full, found, bool(preset))
    rest = [c for c in schema.names if "__" in c.strip("_") and c not in seen]
    outputs = [c.rpartition("__")[0] for c in rest]
    for column in rest:
        metadata = schema.field(column).metadata or {}
        made_by = metadata.get(OP, b"").decode()
        owner, _, output = column.rpartition("__")
        dotted = metadata.get(NAME, f"{owner}.{output}".encode()).decode()
        full, _, output = dotted.rpartition(".")
        main = outputs.count(owner) == 1 or (made_by in ops and ops[made_by].main == output)
        named = full != made_by if made_by else bool(ops)
        resolved = Resolved(column, full, output)
        signals.append(_Signal(dotted, resolved, main, named))
        if made_by in ops:
            signals += _labels(ops[made_by], full, resolved, named)
    return signals


def _labels(op: Op, full: str, spans: Resolved, named: bool) -> list[_Signal]:
    """`pii.email` and its like: how many spans there are of each label that an op declares."""
    if spans.output != "spans":
        return []
    return [
        _Signal(f"{full}.{label}", replace(spans, path=(label,)), False, named)
        for label in op.labels
    ]


def _unknown(name: str, schema: pa.Schema, signals: list[_Signal]) -> UsageError:
    known = {column: column for column in schema.names if "__" not in column}
    for signal in signals:
        dotted = signal.dotted
        known |= {dotted: dotted, dotted.partition(".")[2]: dotted, signal.resolved.output: dotted}
    close = difflib.get_close_matches(name, [k for k in known if k], 5, 0.6)
    meant = list(dict.fromkeys(known[k] for k in close))
    by_name = {s.dotted: s.resolved for s in signals}
    hint = f"write {quote_name(meant[0])}" if meant else "see `assay ops` for what can be computed"
    if meant and meant[0] in by_name and not by_name[meant[0]].present:
        hint += f" (computed by `assay compute D {by_name[meant[0]].op}`)"
    columns = [c for c in schema.names if "__" not in c]
    head, _, rest = name.partition(".")
    if rest and head in schema.names and item_type(schema.field(head).type) is not None:
        column = "" if head == OBJECTS else f"{head}, "
        hint = f"look into a list with obj({column}{rest} == ...)"
    return UsageError(
        f"There is no column or signal called '{name}'.",
        allowed=", ".join(meant or columns[:20]) or None,
        remedy=hint,
        name=name,
        close=meant,
    )
