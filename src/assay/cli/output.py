"""What commands print: one JSON document on stdout, or calm lines; progress and notes on stderr."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid
from rich.text import Text

from assay.cli.hints import command
from assay.errors import AssayError

# Data is shown in terminals: control characters in it could rewrite the screen.
# So could line breaks fake a line of ours, and marks of writing direction reorder it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def out() -> Console:
    """Results for people."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """Progress, notes and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def visible(text: object) -> str:
    """Text from data without the characters that a terminal would obey."""
    return _CONTROL.sub("�", str(text))


def clean(text: object) -> str:
    """Text from data, made safe to print as markup."""
    return escape(visible(text))


def snippet(text: str, width: int = 96) -> str:
    """The start of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def short_id(row_id: str) -> str:
    """The start of a row's id: enough to tell rows apart, and to name one in a command."""
    return row_id[:12]


def number(value: float) -> str:
    """A count or measure for people: thousands separated, no needless decimals."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def plural(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def print_json(document: Any) -> None:
    """One JSON document on stdout; numbers that JSON lacks become null."""
    text = json.dumps(_finite(document), ensure_ascii=False, default=str, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # names of files that are not UTF-8, or a terminal that is not
        text = json.dumps(json.loads(text), ensure_ascii=True)
    click.echo(text)


def print_error(error: AssayError, as_json: bool) -> None:
    """An error as the reader wants it."""
    if as_json:
        print_json(error.to_dict())
    console = err()
    # An expression is shown with a caret under the place: on lines of their own.
    first, *more = error.what.split("\n")
    console.print(f"[bold red]Error:[/] {clean(first)}")
    for line in more:
        console.print(f"  {clean(line)}")
    for label, value in (
        ("Where", error.where),
        ("Allowed", error.allowed),
        ("To fix", error.remedy),
    ):
        if value:
            console.print(f"  [dim]{label}:[/] {clean(value)}")


def grid(
    headers: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()
) -> None:
    """A borderless table; columns in `right` are aligned right, as numbers are.

    The last column takes the room that is left and wraps within it. Cells are made safe to print,
    but for those that are `Text`, which the caller made so.
    """
    table = Grid(
        box=None, pad_edge=False, show_header=any(headers), header_style="dim", padding=(0, 2, 0, 0)
    )
    for index, header in enumerate(headers):
        last = index == len(headers) - 1
        table.add_column(
            Text(visible(header)),
            justify="right" if index in right else "left",
            no_wrap=not last,
            overflow="ellipsis" if not last else "fold",
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row))
    _draw(table)


def paragraph(text: str | Text, indent: int = 0) -> None:
    """A text (made safe to print, unless it is `Text`) wrapped within the screen, indented."""
    shown = text if isinstance(text, Text) else Text(visible(text))
    _draw(Padding(shown, (0, 0, 0, indent)))


def _draw(what: Grid | Padding) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200  # piped into a file or a pager, nothing has to be cut to fit a screen
    with console.capture() as drawn:
        console.print(what)
    for line in drawn.get().splitlines():
        click.echo(line.rstrip())  # cells are padded, and what is copied should not be


def suggest(*words: object, label: str = "Next") -> None:
    """A command to run next, as a line that can be pasted."""
    out().print(f"[dim]{label}:[/] {clean(command(*words))}")


def moment(time: str) -> str:
    """A time of record (ISO 8601, UTC) for people: `2026-03-14 09:26 UTC`."""
    return f"{time[:16].replace('T', ' ')} UTC"


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while it is a terminal; yields a function told `(done, total)`."""
    console = err()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
