"""The built web app: a fixed list of files, so that no request ever becomes a path."""

from __future__ import annotations

import mimetypes
from hashlib import blake2b
from html import escape
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

FOLDER = Path(__file__).parent / "static"
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Assay: the web app is not built</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1rem;
color-scheme:light dark}code{font-family:ui-monospace,monospace}</style>
<h1>The web app is not built</h1>
<p>This is a source checkout, and its front end was not built yet. With Node 20 or newer:</p>
<pre><code>make web</code></pre>
<p>then start <code>assay serve</code> again. A wheel from the package index brings it along.
The API works either way: <code>openapi.json</code> lists it.</p></html>
"""


class WebApp:
    """Answers every path outside the API.

    Args:
        folder: Where the app was built to.
        base: Path prefix it is reached under, without a slash at its end.
    """

    def __init__(self, folder: Path = FOLDER, base: str = "") -> None:
        self._base = base
        self._folder = folder
        self._files = {
            "/" + path.relative_to(folder).as_posix(): path
            for path in (sorted(folder.rglob("*")) if folder.is_dir() else [])
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
        }

    def answer(self, request: Request) -> Response:
        """A file of the app, or its page for every other path."""
        path = request.url.path
        found = self._files.get(path)
        if found is None or path == "/index.html":
            if path.startswith("/assets/"):
                return Response("There is no such file.", 404, media_type="text/plain")
            return self._page(request)
        body = found.read_bytes()
        kind = _KINDS.get(found.suffix) or mimetypes.guess_type(found.name)[0]
        hashed = path.startswith("/assets/")
        keep = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return _with_etag(request, body, kind or "application/octet-stream", keep)

    def _page(self, request: Request) -> Response:
        index = self._files.get("/index.html")
        if index is None:
            return HTMLResponse(_NOT_BUILT, 503 if request.url.path == "/" else 404)
        page = index.read_text("utf-8")
        if "<base " not in page:
            base = f'<base href="{escape(self._base, quote=True)}/">'
            page = page.replace("<head>", f"<head>{base}", 1)
        return _with_etag(request, page.encode(), "text/html; charset=utf-8", "no-cache")


def _with_etag(request: Request, body: bytes, kind: str, keep: str) -> Response:
    headers = {"ETag": f'"{blake2b(body, digest_size=10).hexdigest()}"', "Cache-Control": keep}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
