"""The command `assay`: a thin skin on `assay.open`. Commands load when they are called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assay._version import __version__
from assay.cli import hints, output
from assay.cli.output import clean, err
from assay.errors import AssayError, UsageError

# Command -> module that holds it; loaded on use, so that `assay --help` stays instant.
COMMANDS = {
    "demo": "demo",
    "init": "project",
    "add": "project",
    "ls": "project",
    "quarantine": "project",
    "compute": "run",
    "search": "search",
    "concept": "concept",
    "map": "map",
    "check": "insight",
    "findings": "insight",
    "curate": "select",
    "gaps": "gaps",
    "subset": "subset",
    "split": "subset",
    "explain": "select",
    "diff": "diff",
    "versions": "select",
    "report": "report",
    "ask": "ask",
    "mcp": "ask",
    "export": "project",
    "lineage": "project",
    "tag": "tag",
    "label": "label",
    "serve": "serve",
    "ops": "run",
    "doctor": "run",
    "warmup": "run",
}


class Commands(click.Group):
    """Finds each command in its room's file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"assay.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assay")
@click.option("--project", metavar="DIR", help="Project folder; else ASSAY_PROJECT, else here.")
@click.pass_context
def cli(ctx: click.Context, project: str | None) -> None:
    """Know your data: ingest, understand, curate, and say why for every row."""
    ctx.obj = {"project": project}


def main() -> None:
    """Run the command line; errors become one clear message and an exit code."""
    as_json = "--json" in sys.argv
    hints.remember(None)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        err().print("Stopped. What was committed is kept; run the same command again to go on.")
        sys.exit(130)
    except click.UsageError as error:
        if as_json:
            remedy = f"{error.ctx.command_path} --help" if error.ctx else None
            print_error(UsageError(error.format_message(), remedy=remedy), True)
        else:
            error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AssayError as error:
        print_error(error, as_json)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except BaseException as error:
        # Lance is written in Rust: a panic there is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if os.environ.get("ASSAY_DEBUG"):
            raise
        unexpected = AssayError(
            f"Something unexpected failed: {type(error).__name__}: {error}",
            remedy="run the command again with ASSAY_DEBUG=1 and report the traceback; "
            "what was committed is kept",
        )
        print_error(unexpected, as_json)
        sys.exit(1)


def project_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--project DIR` on a command, as well as before it."""
    return click.option(
        "--project", metavar="DIR", help="Project folder; else ASSAY_PROJECT, else here."
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json` on a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(
        function
    )


def pairs(params: tuple[str, ...], example: str) -> dict[str, str]:
    """What was given as NAME=VALUE, by name."""
    given = {}
    for pair in params:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"'{pair}' is not NAME=VALUE.", remedy=f"write {example}")
        given[name] = value
    return given


def opened(project: str | None, *, create: bool = False) -> Any:
    """The project that the options, the environment or the current folder name."""
    from assay.project.project import open_project

    context = click.get_current_context().find_root().obj or {}
    given = project or context.get("project")
    home = open_project(given or os.environ.get("ASSAY_PROJECT") or ".", create=create)
    hints.remember(given if given and home.root != Path.cwd() else None)
    return home


def note(text: str) -> None:
    """A remark on stderr, with the commands in it as they can be pasted."""
    err().print(f"[dim]Note:[/] {clean(hints.pasteable(text, COMMANDS))}")


def print_error(error: AssayError, as_json: bool) -> None:
    """An error as the reader wants it."""
    if error.remedy:
        error.remedy = hints.pasteable(error.remedy, COMMANDS)
    output.print_error(error, as_json)
