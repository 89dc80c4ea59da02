"""The command that opens the web app: serve."""

from __future__ import annotations

import json
import sys
import webbrowser
from typing import Any

import click

from assay.cli.main import opened, project_option
from assay.cli.output import err
from assay.errors import MissingExtra


@click.command()
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    help="Port; else the first free from 8420.",
)
@click.option("--root-path", default="", metavar="PATH", help="Prefix behind a reverse proxy.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print {url, token} as the first line.")
@project_option
def serve(
    host: str,
    port: int | None,
    root_path: str,
    open_browser: bool,
    as_json: bool,
    project: str | None,
) -> None:
    """Show the project in a web browser. The URL holds a token: who has it can see the data."""
    show(opened(project), host, port, root_path, open_browser=open_browser, as_json=as_json)


def show(
    project: Any,
    host: str = "127.0.0.1",
    port: int | None = None,
    root_path: str = "",
    *,
    open_browser: bool = True,
    as_json: bool = False,
) -> None:
    """Serve a project until Ctrl+C; see the options of `serve`.

    Raises:
        MissingExtra: The extra `server` is not installed.
    """
    try:
        from assay.server.running import Place
        from assay.server.running import serve as run
    except ModuleNotFoundError as error:
        if error.name in ("fastapi", "uvicorn", "starlette", "pydantic"):
            raise MissingExtra("`assay serve`", "server") from error
        raise

    def ready(place: Place) -> None:
        line = json.dumps({"url": place.url, "token": place.token}) if as_json else place.url
        click.echo(line)
        sys.stdout.flush()
        err().print("[dim]Stop with Ctrl+C.[/]")
        if open_browser:
            webbrowser.open(place.url)

    run(project, host=host, port=port, base=root_path, ready=ready)
