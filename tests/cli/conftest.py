"""The command line as people and scripts run it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assay.cli.main import main

MAIN = "from assay.cli.main import main; main()"


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


Assay = Callable[..., Done]


@pytest.fixture
def assay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Assay:
    """Runs `assay ARGUMENTS` in this process, in the project `p` of the test's folder.

    An error that is not turned into a message and an exit code fails the test.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSAY_PROJECT", raising=False)
    monkeypatch.setenv("ASSAY_DEBUG", "1")

    def run(*arguments: object, project: Path | None = tmp_path / "p") -> Done:
        where = ["--project", str(project)] if project else []
        monkeypatch.setattr(sys, "argv", ["assay", *where, *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Assay:
    """Runs `assay ARGUMENTS` as a process of its own; it never ends with a traceback."""

    def run(
        *arguments: object,
        project: Path | None = tmp_path / "p",
        driver: str = MAIN,
        under: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        **options: Any,
    ) -> Done:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("ASSAY_PROJECT")}
        where = ["--project", str(project)] if project else []
        done = subprocess.run(
            [*under, sys.executable, "-c", driver, *where, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**inherited, **(env or {})},
            timeout=300,
            **{"cwd": tmp_path, **options},
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert "unexpected" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[str, list[object]], Path]:
    """Writes rows as a JSONL file of the test's folder."""

    def write(name: str, rows: list[object]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write
