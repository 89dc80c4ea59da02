"""Commands told to people: lines that can be pasted as they stand, for the same project."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path

_folder: ContextVar[str | None] = ContextVar("folder", default=None)


def remember(folder: str | None) -> None:
    """Note the folder that `--project` named: commands told from here on name it too."""
    _folder.set(folder)


def command(*words: object, project: str | None = None) -> str:
    """A line for the shell that runs `assay WORDS` on the project that this command was given.

    Args:
        words: Command and arguments; each is quoted where the shell needs it.
        project: Folder to name; None takes the one that was given by `--project`, if any.
    """
    return f"{_start(project)} {' '.join(shlex.quote(str(word)) for word in words)}"


def pasteable(text: str, names: Iterable[str]) -> str:
    """`text` with each `assay NAME` in it written as `command` writes it.

    Errors from the rooms below say `assay compute docs embed.text`: they know neither how the
    program was called nor for which folder.
    """
    start = _start(None)
    pattern = rf"(?<![\w./-])assay (?=(?:{'|'.join(map(re.escape, names))})\b)"
    return re.sub(pattern, lambda _: f"{start} ", text)


def program() -> str:
    """How to call this program again: `assay`, or the path it was called by if PATH has another."""
    called = sys.argv[0]
    if Path(called).name != "assay" or os.sep not in called:
        return "assay"
    found = shutil.which("assay")
    try:
        return "assay" if found and Path(found).samefile(called) else shlex.quote(called)
    except OSError:  # one of them is gone by now
        return shlex.quote(called)


def _start(project: str | None) -> str:
    folder = project or _folder.get()
    return f"{program()} --project {shlex.quote(folder)}" if folder else program()
