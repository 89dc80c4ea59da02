"""Reading the documentation: its fenced blocks, and running them as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from assay.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").glob("*/README.md")),
]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"# file: (\S+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, the line it starts at, and its text."""

    language: str
    line: int
    text: str

    @property
    def file(self) -> str | None:
        """Name of the file that the block is meant to be, if it says so in its first line."""
        match = _FILE.match(self.text)
        return match[1] if match else None


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[Block]:
    text = page.read_text("utf-8")
    found = [Block(m[1], text[: m.start()].count("\n") + 2, m[2]) for m in _FENCE.finditer(text)]
    return [block for block in found if block.language in languages]


def run_python(page: Path, folder: Path) -> None:
    """Run the Python blocks of a page in order, in one namespace; files among them are written."""
    namespace: dict[str, object] = {"__name__": "reader"}
    for block in blocks(page, "python"):
        if block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")
            continue
        # Blank lines first, so that a traceback shows the line of the page.
        code = "\n" * (block.line - 1) + block.text
        exec(compile(code, str(page), "exec"), namespace)


def run_console(page: Path, folder: Path) -> None:
    """Run what a reader types, line by line, and compare what the page says is printed."""
    for block in blocks(page, "console", "yaml"):
        if block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")
        elif block.language == "console":
            for command, printed in _typed(block.text):
                found = _run(command, folder)
                assert _alike(printed, found), (
                    f"{page_id(page)}, block at line {block.line}: `{command}` prints\n{found}"
                )


def _typed(text: str) -> list[tuple[str, str]]:
    """Commands with what they print; lines for the shell stay together, for they share names."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.startswith("$ "):
            command, printed = found[-1]
            found[-1] = (command, f"{printed}{line}\n")
        elif found and not line.startswith("$ assay ") and not found[-1][0].startswith("assay "):
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
        else:
            found.append((line[2:], ""))
    return found


def _run(command: str, folder: Path) -> str:
    if command.startswith("assay "):
        return run_assay(*arguments(command))
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def run_assay(*given: str) -> str:
    """What the command line prints, in this process; fails where the command does."""
    result = CliRunner().invoke(cli, list(given), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def arguments(command: str) -> list[str]:
    import shlex

    return shlex.split(command, comments=True)[1:]


def _alike(printed: str, found: str) -> bool:
    """Whether the output is as printed, where white space counts little and … is anything."""
    if not printed.strip():
        return True
    parts = [re.escape(" ".join(part.split())) for part in printed.split("…")]
    return re.fullmatch(r"\s*.*?\s*".join(parts), " ".join(found.split())) is not None
