"""Commands that are told to people: pasted as they stand, they run on the same project."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assay.cli.hints import command, pasteable, program

PROGRAM = Path(sys.executable).with_name("assay")


def told(shown: str, label: str = "Next") -> str:
    """The command that a line of the output suggests."""
    return next(line for line in shown.splitlines() if line.startswith(label)).partition(": ")[2]


def test_a_hint_names_the_project_that_was_given(assay, lines) -> None:
    done = assay("add", "docs", lines("a.jsonl", [{"text": "x"}, {"text": "x"}]))
    assert done.code == 0
    assay("check", "docs", "duplicates.exact")
    shown = assay("findings", "docs")
    key = assay("findings", "docs", "--json").json["findings"][0]["id"]
    folder = Path("p").resolve()
    assert told(shown.stdout) == f"assay --project {folder} findings docs {key[:8]}"


def test_a_hint_names_no_project_where_it_is_found_without(assay, tmp_path, monkeypatch) -> None:
    assert told(assay("init", "p", project=None).stdout) == "assay --project p add NAME FILE..."
    monkeypatch.setenv("ASSAY_PROJECT", str(tmp_path / "p"))
    assert told(assay("ls", project=None).stdout) == "assay add NAME FILE..."
    monkeypatch.chdir(tmp_path / "p")
    assert told(assay("ls", "--project", ".", project=None).stdout) == "assay add NAME FILE..."


def test_a_remedy_can_be_pasted_too(assay, lines, tmp_path) -> None:
    assay("add", "docs", lines("a.jsonl", [{"text": "x"}]), project=tmp_path / "my data")
    done = assay("search", "docs", "x", "--where", "stats.words > 1", project=tmp_path / "my data")
    start = f"assay --project '{tmp_path}/my data'"
    assert f"To fix: {start} compute docs text.stats" in done.stderr


def test_what_was_pasted_runs(tmp_path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "ASSAY_PROJECT"}
    env["PATH"] = "/usr/bin:/bin"
    first = subprocess.run(
        [str(PROGRAM), "init", "my data"], capture_output=True, text=True, cwd=tmp_path, env=env
    )
    line = told(first.stdout)
    assert line.startswith(f"{shlex.quote(str(PROGRAM))} --project 'my data' add")
    (tmp_path / "a.txt").write_text("some text")
    pasted = line.replace("NAME FILE...", "docs a.txt")
    done = subprocess.run(pasted, shell=True, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.stdout == "Added 1 row to docs.\n", done.stderr


def test_the_program_is_named_as_it_was_called_unless_path_leads_to_it(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(PROGRAM), "ls"])
    monkeypatch.setenv("PATH", str(PROGRAM.parent))
    assert program() == "assay"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == shlex.quote(str(PROGRAM))
    monkeypatch.setattr(sys, "argv", ["-c", "ls"])
    assert program() == "assay"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run `assay check docs`", "run `assay --project p check docs`"),
        ("assay check D, or assay ls", "assay --project p check D, or assay --project p ls"),
        ("assay is a tool", "assay is a tool"),
        ("my-assay check", "my-assay check"),
    ],
)
def test_only_commands_are_rewritten_in_prose(assay, lines, text: str, expected: str) -> None:
    assay("init", "p", project=None)
    assay("ls", "--project", "p", project=None)
    assert pasteable(text, ["check", "ls"]) == expected


def test_words_are_quoted_for_the_shell(assay) -> None:
    assay("init", ".", project=None)
    assert command("tag", "docs", "a b; rm x") == "assay tag docs 'a b; rm x'"
