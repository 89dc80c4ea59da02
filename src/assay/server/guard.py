"""What stands before every route: access, size, kind of body, and headers of every answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from assay.server.auth import Access, authorize, needs_token

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 64 * 2**20
BODY_TYPES = ("application/json", "application/octet-stream")
_HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Guard:
    """An ASGI application around another one.

    Args:
        app: What answers requests that may pass.
        access: What they have to show.
        base: Path prefix the app is reached under, without a slash at its end.
    """

    def __init__(self, app: App, access: Access, base: str = "") -> None:
        self._app = app
        self._access = access
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if self._base and (path == self._base or path.startswith(self._base + "/")):
            path = path[len(self._base) :] or "/"  # a proxy may or may not take it off
        scope = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        sender = _with_headers(send, api=needs_token(path))
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        cookies = _cookies(headers.get("cookie", ""))
        refusal = authorize(self._access, path, headers, cookies)
        if refusal is not None:
            await _answer(sender, refusal.status, "NotAllowed", refusal.what, refusal.remedy)
            return
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        if scope["method"] == "GET" and not needs_token(path) and "token" in dict(query):
            await self._enter(sender, path, query)
            return
        problem = _body_problem(scope["method"], headers)
        if problem is not None:
            await _answer(sender, problem[0], "UsageError", problem[1], problem[2])
            return
        await self._app(scope, _limited(receive), sender)

    async def _enter(self, send: Send, path: str, query: list[tuple[str, str]]) -> None:
        """The first visit: exchange the token in the URL for a cookie."""
        if not self._access.knows(dict(query)["token"]):
            await _answer(
                send,
                401,
                "NotAllowed",
                "The token in this URL is wrong; the server was probably started anew.",
                "open the URL that `assay serve` printed last",
            )
            return
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        # One slash only: "//host" would lead to another site.
        place = f"{self._base}/{path.lstrip('/').replace(chr(92), '')}"
        place = urlencode_path(place) + (f"?{rest}" if rest else "")
        cookie = (
            f"{self._access.cookie}={self._access.token}; Path={self._base or '/'}; "
            "HttpOnly; SameSite=Strict"
        )
        headers = [(b"location", place.encode("ascii")), (b"set-cookie", cookie.encode("latin-1"))]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def urlencode_path(path: str) -> str:
    """A path as it may stand in a header."""
    from urllib.parse import quote

    return quote(path, safe="/@:+,;=-._~")


def _body_problem(method: str, headers: dict[str, str]) -> tuple[int, str, str] | None:
    if method not in ("POST", "PUT", "PATCH"):
        return None
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_BODY:
        return 413, f"The body has {int(length):,} bytes.", f"send at most {MAX_BODY:,}"
    empty = length in ("", "0") and "transfer-encoding" not in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not empty and kind not in BODY_TYPES:
        return 415, f"A body of the kind '{kind[:80]}' is not read.", "send application/json"
    return None


def _limited(receive: Receive) -> Receive:
    """`receive` that ends the request where a body of unsaid length grows too large."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > MAX_BODY else message

    return limited


def _with_headers(send: Send, *, api: bool) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            wanted = {**_HEADERS, **({"cache-control": "no-store"} if api else {})}
            headers += [
                (name.encode(), value.encode())
                for name, value in wanted.items()
                if name.encode() not in present
            ]
            message = {**message, "headers": headers}
        await send(message)

    return sender


def _cookies(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in header.split(";"):
        try:
            found.update({k: m.value for k, m in SimpleCookie(part.strip()).items()})
        except CookieError:
            continue  # one bad cookie of another program on this host must not hide ours
    return found


async def _answer(send: Send, status: int, error: str, what: str, remedy: str) -> None:
    fields = {"error": error, "what": what, "where": None, "allowed": None, "remedy": remedy}
    body = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
