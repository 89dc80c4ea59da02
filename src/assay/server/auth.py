"""Who may ask: one token, loopback names, same origin. One function decides.

A browser sends cookies to this server from any page it shows, and any name on the internet may be
made to point at 127.0.0.1. So a request has to name this host, come from this very origin, and
carry the token: as a cookie set by the first visit, or as a bearer header.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  (a comparison, nothing binds here)


@dataclass(frozen=True)
class Access:
    """What a request has to show.

    Attributes:
        token: The secret.
        port: Port of this server, part of the cookie's name: two servers, two cookies.
        host: What the server was bound to.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    port: int = 0
    host: str = "127.0.0.1"

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token."""
        return f"assay_{self.port}"

    def knows(self, token: str) -> bool:
        """Whether that is the token; takes equally long whatever is wrong with it."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    what: str
    remedy: str


def authorize(
    access: Access, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]
) -> Refusal | None:
    """Decide about one request.

    Args:
        access: What it has to show.
        path: Path below the base.
        headers: With lower-case names.
        cookies: By name.

    Returns:
        None if it may pass.
    """
    host = headers.get("host", "")
    if not _own_name(access, host):
        return Refusal(
            403,
            f"This server does not answer to the name '{host[:100]}'.",
            "open the URL that `assay serve` printed",
        )
    if not needs_token(path):
        return None
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return Refusal(403, f"Another site asks: '{origin[:100]}'.", "ask from the app itself")
    if site not in (None, "same-origin", "none"):
        return Refusal(403, "Another site asks.", "ask from the app itself")
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else cookies.get(access.cookie, "")
    if not access.knows(given):
        return Refusal(
            401,
            "The token is wrong." if given else "There is no token.",
            "open the URL that `assay serve` printed, or send Authorization: Bearer TOKEN",
        )
    return None


def needs_token(path: str) -> bool:
    """Whether a path gives or takes data; the page itself holds none."""
    return path == "/openapi.json" or path == "/api" or path.startswith("/api/")


def _own_name(access: Access, host: str) -> bool:
    name = _without_port(host)
    if name in LOOPBACK or (access.host and name == access.host.lower()):
        return True
    if access.host in ANY_ADDRESS:
        # Bound to every address: an address is this machine, a name could be anybody's.
        try:
            ipaddress.ip_address(name)
            return True
        except ValueError:
            return False
    return False


def _without_port(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
