"""Starting the server: a socket first, so that the printed URL is true, then uvicorn on it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from assay.errors import UsageError
from assay.project.project import Project
from assay.server.app import make_app
from assay.server.auth import ANY_ADDRESS, Access

DEFAULT_PORT = 8420
_TRIES = 50


@dataclass(frozen=True)
class Place:
    """Where a server is reached.

    Attributes:
        url: With the token, for a browser.
        token: The token alone.
        base_url: Without the token.
    """

    url: str
    token: str
    base_url: str


def serve(
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    base: str = "",
    token: str | None = None,
    ready: Callable[[Place], None],
) -> None:
    """Serve a project until it is interrupted.

    Args:
        project: What to show.
        host: Address to bind to.
        port: A port; the first free one from 8420 if None, any free one if 0.
        base: Path prefix, for a reverse proxy.
        token: A token to use instead of a random one.
        ready: Told where, once the socket is bound.

    Raises:
        UsageError: The address or the port cannot be used.
    """
    bound = _bind(host, port)
    number = int(bound.getsockname()[1])
    access = Access(port=number, host=host) if token is None else Access(token, number, host)
    base = "/" + base.strip("/") if base.strip("/") else ""
    shown = "127.0.0.1" if host in ANY_ADDRESS else host
    shown = f"[{shown}]" if ":" in shown else shown
    url = f"http://{shown}:{number}{base}/"
    config = uvicorn.Config(
        make_app(project, access, base=base),
        log_level="warning",
        access_log=False,  # URLs hold the token on the first visit
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
        proxy_headers=False,
    )
    ready(Place(f"{url}?token={access.token}", access.token, url))
    uvicorn.Server(config).run(sockets=[bound])


def _bind(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    candidates = range(DEFAULT_PORT, DEFAULT_PORT + _TRIES) if port is None else [port]
    problem: OSError | None = None
    for candidate in candidates:
        # The protocol is named because asyncio turns Nagle's algorithm off only where it is: an
        # answer's head and body are two writes, and the second would wait 40 ms.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if port is not None:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, candidate))
            bound.listen(128)
            return bound
        except (OSError, OverflowError) as error:
            bound.close()
            problem = error if isinstance(error, OSError) else OSError(str(error))
    raise UsageError(
        f"The server cannot listen on {host}, port {port if port is not None else DEFAULT_PORT}: "
        f"{problem}",
        remedy="name another with --port, or --port 0 for any free one",
    )
