"""A Pratt parser for the expression language. Nothing is ever evaluated as Python.

    words > 50 and language in ("en", "fr")      stats.words between 50 and 100_000
    3 <= words / lines <= 10                     not has(text.pii.spans, "email")
    obj(class == "car" and size == "large")      tag:good and not view:"seen before"
    meta.url matches "^https://" or meta is null text contains "lorem ipsum"

From loose to tight: or; and; not; comparisons (== = != <> < <= > >=, between, in, is null,
contains, icontains, starts with, ends with, matches); + -; * / %; unary -. Keywords in any case.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from assay.errors import UsageError
from assay.schema import ROW_SETS
from assay.search import syntax as s
from assay.search.tokens import Token, fitting, tokenize

MAX_DEPTH = 200
"""How deep an expression may be nested."""
MAX_PATTERN = 1_000
"""Characters in one regular expression."""

_ORDERS = ("==", "!=", "<", "<=", ">", ">=")
_BINDING = {"or": s.OR, "and": s.AND} | dict.fromkeys(_ORDERS, s.COMPARISON)
_BINDING |= {"+": s.SUM, "-": s.SUM, "*": s.PRODUCT, "/": s.PRODUCT, "%": s.PRODUCT}
# Words that compare where an operator may stand; elsewhere all but the reserved ones are names.
_COMPARING = ("in", "not", "is", "between", "contains", "icontains", "starts", "ends", "matches")
_BINDING |= dict.fromkeys(_COMPARING, s.COMPARISON)
# Rows alone may be named without quotes, spaces and all: `tag:to be seen`.
_ALONE = re.compile(rf"\s*(not\s+)?({'|'.join(ROW_SETS)}):([^\"'()]+?)\s*")
_JOINS = re.compile(r"\b(and|or|not)\b", re.IGNORECASE)
_OPERATORS = (
    "and, or, a comparison (== != < <= > >= in between contains matches is null), + - * / %"
)


def parse_node(text: str) -> s.Node:
    """The syntax tree of `text`.

    Raises:
        UsageError: Not an expression; the error shows the place and what was expected there.
    """
    alone = _ALONE.fullmatch(text) if isinstance(text, str) else None
    if alone and " " in alone[3] and not _JOINS.search(alone[3]):
        rows = s.RowSet(alone[2], alone[3], alone.start(2))
        return s.Not(rows, alone.start(1)) if alone[1] else rows
    parser = _Parser(text)
    if parser.next.kind == "end":
        raise UsageError("The expression is empty.", remedy="write one, such as stats.words > 50")
    node = parser.expression(0)
    if parser.next.kind != "end":
        raise parser.expected("an operator or the end", allowed=_OPERATORS)
    # Chains such as 1 + 1 + 1 grow a deep tree without deep recursion in the parser, but whatever
    # reads the tree recurses.
    level = [node]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _parts(parent)]
    if level:
        raise parser.too_deep(level[0].pos)
    return node


def _parts(node: s.Node) -> tuple[s.Node, ...]:
    return (node.column, node.condition) if isinstance(node, s.Some) else s.children(node)


class _Parser:
    """Tokens and a position in them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def advance(self) -> Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def expected(self, what: str, *, allowed: str | None = None) -> UsageError:
        return s.mistake(
            self.text,
            self.next.pos,
            f"Expected {what}, found {self.next}, in the expression:",
            allowed=allowed,
        )

    def take(self, symbol: str, why: str) -> None:
        if self.next.kind != "symbol" or self.next.value != symbol:
            raise self.expected(f"'{symbol}' {why}")
        self.advance()

    def too_deep(self, pos: int) -> UsageError:
        return s.mistake(
            self.text,
            pos,
            "The expression is nested too deeply here.",
            allowed=f"{MAX_DEPTH} levels",
            remedy="split it into several rules",
        )

    def expression(self, tighter_than: int) -> s.Node:
        """The longest expression from here whose operators bind tighter than `tighter_than`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep(self.next.pos)
        left = self.prefix()
        while (bind := self.binding()) > tighter_than:
            if bind == s.COMPARISON:
                left = self.comparison(left)
                if self.binding() == s.COMPARISON:
                    raise self.expected("'and' or 'or' after a comparison")
            elif bind in (s.AND, s.OR):
                left = self.logic(left, bind)
            else:
                token = self.advance()
                left = s.Arithmetic(str(token.value), left, self.expression(bind), token.pos)
        self.depth -= 1
        return left

    def binding(self) -> int:
        token = self.next
        key = token.word if token.kind == "name" else str(token.value)
        if token.kind not in ("name", "symbol") or key not in _BINDING:
            return -1
        if key == "not" and self.peek() not in ("in", "between", *_PATTERNS):
            return -1
        if key in ("starts", "ends") and self.peek() != "with":
            return -1
        return _BINDING[key]

    def peek(self) -> str:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)].word

    def logic(self, left: s.Node, bind: int) -> s.Node:
        op = "or" if bind == s.OR else "and"
        operands = [left]
        while self.next.word == op:
            self.advance()
            operands.append(self.expression(bind))
        flat: list[s.Node] = []
        for operand in operands:
            same = isinstance(operand, s.Logic) and operand.op == op
            flat.extend(operand.operands if same and isinstance(operand, s.Logic) else (operand,))
        return s.Logic(op, tuple(flat), left.pos)

    def prefix(self) -> s.Node:
        token = self.next
        if token.kind in ("number", "string"):
            return s.Literal(self.advance().value, token.pos)
        if token.kind == "rows":
            self.advance()
            return s.RowSet(token.of, str(token.value), token.pos)
        if token.kind == "symbol" and token.value == "(":
            self.advance()
            inner = self.expression(0)
            self.take(")", "to close the parenthesis")
            return inner
        if token.kind == "symbol" and token.value == "-":
            self.advance()
            return self.negative(self.expression(s.SIGN), token.pos)
        if token.word == "not":
            self.advance()
            return s.Not(self.expression(s.NOT - 1), token.pos)
        if token.word in ("true", "false", "null"):
            self.advance()
            return s.Literal({"true": True, "false": False, "null": None}[token.word], token.pos)
        if token.kind == "name" and token.word not in s.RESERVED_WORDS:
            self.advance()
            if self.next.kind == "symbol" and self.next.value == "(" and not token.quoted:
                return self.call(token)
            return s.Name(str(token.value), token.pos)
        raise self.expected("a value", allowed="a name, a number, a 'string', true, false, null, (")

    def negative(self, operand: s.Node, pos: int) -> s.Node:
        value = operand.value if isinstance(operand, s.Literal) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return s.Literal(fitting(-value, self.text, pos), pos)
        return s.Negative(operand, pos)

    def call(self, token: Token) -> s.Node:
        function = str(token.value).lower()
        if function == "obj":
            return self.some(token.pos)
        if function not in s.FUNCTIONS:
            close = difflib.get_close_matches(function, known := [*s.FUNCTIONS, "obj"], 1)
            raise s.mistake(
                self.text,
                token.pos,
                f"There is no function '{token.value}'.",
                allowed=", ".join(known),
                remedy=f"write {close[0]}(...)" if close else None,
            )
        self.advance()
        arguments: list[s.Node] = []
        while not (self.next.kind == "symbol" and self.next.value == ")"):
            if arguments:
                self.take(",", f"or ')' in {function}(...)")
            arguments.append(self.expression(0))
        self.take(")", f"to close {function}(...)")
        fewest, most, gives = s.FUNCTIONS[function]
        if not fewest <= len(arguments) <= most:
            number = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise s.mistake(
                self.text,
                token.pos,
                f"{function}() has {len(arguments)} arguments.",
                allowed=f"{number}; it gives {gives}",
            )
        if function in ("has", "count"):
            for argument in arguments[1:]:
                if not (isinstance(argument, s.Literal) and isinstance(argument.value, str)):
                    raise s.mistake(
                        self.text, argument.pos, f"{function}() takes labels in quotes here."
                    )
        return s.Call(function, tuple(arguments), token.pos)

    def some(self, pos: int) -> s.Node:
        """`obj(condition)` or `obj(column, condition)`."""
        self.advance()
        condition = self.expression(0)
        column = s.Name(s.OBJECTS, pos)
        if self.next.kind == "symbol" and self.next.value == ",":
            if not isinstance(condition, s.Name):
                raise s.mistake(
                    self.text,
                    condition.pos,
                    "Before the comma of obj(...) stands the column.",
                    allowed='obj(class == "car"), or obj(boxes, class == "car")',
                )
            self.advance()
            column, condition = condition, self.expression(0)
        self.take(")", "to close obj(...)")
        return s.Some(column, condition, pos)

    def comparison(self, left: s.Node) -> s.Node:
        """What follows `left` where a comparison stands."""
        token = self.next
        if token.kind == "symbol":
            return self.ordering(left)
        self.advance()
        if token.word == "is":
            negated = self.word("not")
            if not self.word("null"):
                raise self.expected("'null' or 'not null' after 'is'")
            node: s.Node = s.IsNull(left, token.pos)
            return s.Not(node, token.pos) if negated else node
        negated = token.word == "not"
        word = self.advance().word if negated else token.word
        node = _COMPARISONS[word](self, left, word, token.pos)
        return s.Not(node, token.pos) if negated else node

    def word(self, word: str) -> bool:
        found = self.next.word == word
        self.at += found
        return found

    def ordering(self, left: s.Node) -> s.Node:
        """`a < b`, and chains `a < b <= c`, which mean `a < b and b <= c`."""
        operands, tokens = [left], []
        while self.next.kind == "symbol" and self.next.value in _ORDERS:
            tokens.append(self.advance())
            operands.append(self.expression(s.COMPARISON))
        if [t.value for t in tokens] == ["<=", "<="]:
            return s.Between(operands[1], operands[0], operands[2], tokens[0].pos)
        if [t.value for t in tokens] == [">=", ">="]:
            return s.Between(operands[1], operands[2], operands[0], tokens[0].pos)
        parts = tuple(
            [
                s.Compare(str(t.value), a, b, t.pos)
                for t, a, b in zip(tokens, operands, operands[1:], strict=False)
            ]
        )
        return parts[0] if len(parts) == 1 else s.Logic("and", parts, left.pos)

    def between(self, left: s.Node, word: str, pos: int) -> s.Node:
        low = self.expression(s.COMPARISON)
        if not self.word("and"):
            raise self.expected("'and' and the upper end after 'between'")
        return s.Between(left, low, self.expression(s.COMPARISON), pos)

    def membership(self, left: s.Node, word: str, pos: int) -> s.Node:
        if self.next.kind == "symbol" and self.next.value in ("(", "["):
            return s.In(left, self.listed(), pos)
        container = self.prefix()
        if not isinstance(container, s.Name):
            raise s.mistake(
                self.text,
                container.pos,
                "'in' takes a list or a list column.",
                allowed='("a", "b")',
            )
        return self.member(left, container, pos)

    def member(self, item: s.Node, container: s.Node, pos: int) -> s.Node:
        if not isinstance(item, s.Literal):
            raise s.mistake(
                self.text,
                item.pos,
                "Only a literal can be looked up in a list column.",
                allowed='"math" in topics, or language in ("en", "fr")',
            )
        return s.Member(item, container, pos)

    def listed(self) -> tuple[s.Literal, ...]:
        close = ")" if self.advance().value == "(" else "]"
        items: list[s.Literal] = []
        while not (self.next.kind == "symbol" and self.next.value == close):
            if items:
                self.take(",", f"or '{close}' in the list")
                if self.next.kind == "symbol" and self.next.value == close:
                    break
            item = self.expression(s.COMPARISON)
            if not isinstance(item, s.Literal):
                raise s.mistake(self.text, item.pos, "A list holds numbers and strings only.")
            items.append(item)
        if not items:
            raise self.expected("at least one value in the list")
        self.take(close, "to close the list")
        return tuple(items)

    def pattern(self, left: s.Node, word: str, pos: int) -> s.Node:
        if word in ("starts", "ends"):
            if not self.word("with"):
                raise self.expected(f"'with' after '{word}'")
            word = f"{word} with"
        literal = self.expression(s.COMPARISON)
        is_text = isinstance(literal, s.Literal) and isinstance(literal.value, str)
        if word == "contains" and isinstance(literal, s.Literal) and not is_text:
            return self.member(literal, left, pos)
        if not (isinstance(literal, s.Literal) and isinstance(literal.value, str)):
            raise s.mistake(self.text, literal.pos, f"'{word}' takes a string in quotes.")
        if word == "matches":
            self.check_regex(literal.value, literal.pos)
        return s.Match(word, left, literal.value, pos)

    def check_regex(self, pattern: str, pos: int) -> None:
        if len(pattern) > MAX_PATTERN:
            raise s.mistake(
                self.text, pos, "The pattern is too long.", allowed=f"{MAX_PATTERN:,} characters"
            )
        try:
            pc.match_substring_regex(pa.array([""]), pattern)
        except pa.ArrowException as error:
            reason = str(error).partition(": ")[2] or str(error)
            raise s.mistake(
                self.text,
                pos,
                f"The pattern cannot be used: {reason}.",
                allowed="RE2 syntax (no look-around, no back-references)",
            ) from None


_PATTERNS = ("contains", "icontains", "starts", "ends", "matches")
_Rule = Callable[[_Parser, s.Node, str, int], s.Node]
_COMPARISONS: dict[str, _Rule] = {"in": _Parser.membership, "between": _Parser.between}
_COMPARISONS |= dict.fromkeys(_PATTERNS, _Parser.pattern)
