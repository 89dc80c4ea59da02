"""Expressions over columns and signals: parse, check against a schema, evaluate.

Three-valued logic as in SQL: a comparison with a missing value is unknown (null), `false and null`
is false, `true or null` is true. NaN is a missing value. Arithmetic is done in float64 (exact for
integers up to 2**53), so 7 / 2 is 3.5; division by zero gives null; `%` takes the sign of the left
side and is exact between integers. The grammar is described in `assay.search.parser`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pyarrow as pa

from assay import registry
from assay.errors import AssayError, UsageError
from assay.search import names, syntax
from assay.search.evaluation import Evaluator, below
from assay.search.kinds import check, type_below
from assay.search.names import Resolved
from assay.search.parser import parse_node

Resolve = Callable[[str], Resolved]
RENAMED = b"assay.renamed"
"""Metadata of a column: JSON from values it once had to what these are called now. An expression
that still compares with the former means the latter."""


@dataclass(frozen=True)
class Binding:
    """A name of an expression, the column it stands for and that column's type."""

    name: str
    column: str
    path: tuple[str, ...]
    type: pa.DataType


@dataclass(frozen=True)
class Expression:
    """A parsed expression. Equal when the meaning is written the same way, whatever the spacing.

    Attributes:
        text: As it was written.
        root: The syntax tree.
        bindings: What its names stand for, after `bind`.
    """

    text: str = field(compare=False)
    root: syntax.Node
    bindings: tuple[Binding, ...] = field(default=(), compare=False)

    @cached_property
    def row_sets(self) -> tuple[syntax.RowSet, ...]:
        """Rows it names (`tag:good`), each once, in order of appearance."""
        found = [n for n in syntax.walk(self.root) if isinstance(n, syntax.RowSet)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Columns, signals and row sets it reads, each once, in order of appearance."""
        return _names(self.root)

    def conjuncts(self) -> tuple[Expression, ...]:
        """The conditions that all have to hold: the parts of a top-level `and`, or itself."""
        root = self.root
        if not (isinstance(root, syntax.Logic) and root.op == "and"):
            return (self,)
        parts = []
        for node in root.operands:
            used = _names(node)
            bindings = tuple([b for b in self.bindings if b.name in used])
            # Positions of the nodes point into the whole text, so that is what errors must show.
            parts.append(Expression(self.text, node, bindings))
        return tuple(parts)

    def describe(self) -> str:
        """The expression in its canonical spelling; parsing that gives an equal expression."""
        return syntax.describe(self.root)

    def __str__(self) -> str:
        return self.describe()


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Read an expression.

    Args:
        text: At most 10,000 characters, nested at most 200 deep.

    Raises:
        UsageError: It is not an expression; the error has a caret under the place and says what
            was expected there.
    """
    return Expression(text, parse_node(text))


def bind(
    expression: Expression,
    schema: pa.Schema,
    *,
    resolve: Resolve | None = None,
    truth: bool = False,
) -> Expression:
    """The expression with its names looked up and its kinds checked.

    Args:
        expression: What `parse` gave.
        schema: Columns of the tables it will be evaluated on.
        resolve: From a name to the column meant; the default knows `schema` and all registered ops.
        truth: Whether it has to be a condition, as rules and filters have to.

    Raises:
        UsageError: A name means nothing or several things, is not computed yet, or kinds do not fit
            (text compared with a number).
    """
    resolve = resolve or default_resolve(schema)
    bound: dict[str, Binding] = {}
    sets = {str(named) for named in expression.row_sets}

    def column_type(node: syntax.Name) -> pa.DataType:
        if node.name not in bound:
            try:
                if node.name in sets:
                    bound[node.name] = Binding(node.name, node.name, (), pa.bool_())
                else:
                    bound[node.name] = _binding(node.name, resolve(node.name), schema)
            except UsageError as error:
                place = {"allowed": error.allowed, "remedy": error.remedy, **error.facts}
                raise syntax.mistake(expression.text, node.pos, error.what, **place) from None
        return bound[node.name].type

    check(expression.root, column_type, expression.text, truth=truth)
    root = expression.root
    if former := {b.name: f for b in bound.values() if (f := _former(schema, b.column))}:
        root = syntax.translated(root, former)
    return Expression(expression.text, root, tuple(bound.values()))


def _former(schema: pa.Schema, column: str) -> dict[str, str]:
    """Values of a column that were renamed, and what they are called now."""
    if column not in schema.names:
        return {}
    written = (schema.field(column).metadata or {}).get(RENAMED)
    return json.loads(written) if written else {}


def default_resolve(schema: pa.Schema) -> Resolve:
    """Names as they stand in `schema`; only for others are the registered ops loaded."""
    plain = names.resolver(schema, {})
    full: list[Resolve] = []

    def lookup(name: str) -> Resolved:
        if name in schema.names or "__" in name:
            return plain(name)
        if not full:
            full.append(names.resolver(schema, registry.ops()))
        return full[0](name)

    return lookup


def evaluate(
    expression: Expression, table: pa.Table | pa.RecordBatch, *, resolve: Resolve | None = None
) -> pa.Array:
    """The value of the expression on every row.

    Args:
        expression: What `parse` or `bind` gave.
        table: Rows, in any chunking.
        resolve: As for `bind`.

    Returns:
        Shape (table.num_rows,): bool for a condition (null where it is unknown), else values.

    Raises:
        UsageError: As for `bind`.
    """
    bound = bind(expression, table.schema, resolve=resolve)
    return values(bound, table)


def values(bound: Expression, table: pa.Table | pa.RecordBatch) -> pa.Array:
    """`evaluate` for an expression already bound to the schema of `table`."""
    columns = list(dict.fromkeys(binding.column for binding in bound.bindings))
    for named in bound.row_sets:
        if str(named) not in table.schema.names:
            raise UsageError(
                f"No rows are called '{named}' here.",
                remedy="rows are known by name where a dataset is filtered: where, views, recipes",
            )
    found = [evaluator(batch, bound.bindings)(bound) for batch in batches(table, columns)]
    return found[0] if len(found) == 1 else pa.concat_arrays(found)


def evaluator(
    batch: pa.RecordBatch, bindings: Iterable[Binding], *, share: Iterable[Expression] = ()
) -> Callable[[Expression], pa.Array]:
    """What computes expressions over `batch`: columns are decoded once, and so is what is shared.

    Args:
        batch: The rows.
        bindings: Of all expressions to come.
        share: Parts (the same nodes) that several of the expressions have.
    """
    where = {binding.name: binding for binding in bindings}
    shared = Evaluator(
        batch.num_rows,
        lambda name: below(batch.column(where[name].column), where[name].path),
        share=[expression.root for expression in share],
    )

    def compute(expression: Expression) -> pa.Array:
        try:
            return shared.values(expression.root)
        except pa.ArrowException as error:
            raise AssayError(
                f"The expression cannot be computed on these values: {error}",
                where=expression.describe(),
                remedy="look at the values of " + ", ".join(expression.names),
            ) from error

    return compute


def batches(table: pa.Table | pa.RecordBatch, columns: list[str]) -> list[pa.RecordBatch]:
    """`table` as at least one batch; long texts are not copied, many small chunks are joined."""
    if isinstance(table, pa.RecordBatch):
        return [table]
    if not columns:
        return [_rows_only(table.num_rows)]
    table = table.select(columns)
    found = [b for b in table.to_batches() if b.num_rows]
    if len(found) > 1 and table.num_rows < 4096 * len(found):
        found = table.combine_chunks().to_batches()
    return found or [pa.RecordBatch.from_pylist([], schema=table.schema)]


def _rows_only(n: int) -> pa.RecordBatch:
    return pa.record_batch([pa.nulls(n)], names=[""])


def _names(root: syntax.Node) -> tuple[str, ...]:
    found = [
        str(n) if isinstance(n, syntax.RowSet) else n.name
        for n in syntax.walk(root)
        if isinstance(n, syntax.Name | syntax.RowSet)
    ]
    return tuple(dict.fromkeys(found))


def _binding(name: str, found: Resolved, schema: pa.Schema) -> Binding:
    if not found.present or found.column not in schema.names:
        raise UsageError(
            f"'{name}' is not computed yet.",
            where=found.signal,
            remedy=f"assay compute D {found.op}",
            name=name,
            op=found.op,
        )
    kind = type_below(schema.field(found.column).type, found.path)
    return Binding(name, found.column, found.path, kind)
