"""Documentation pages as a web crawl would have them: HTML in a WARC file, cut off at the end."""

from __future__ import annotations

import base64
import gzip
import html
import itertools
import re
import uuid
from collections.abc import Sequence
from hashlib import sha1

# The time of the export, in every row of every file: a column that says nothing.
DATE = "2026-03-14T09:26:53Z"
_MENU = ("Features", "Learn", "Tutorial - User Guide", "Reference", "Resources", "Release Notes")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def archive(pages: Sequence[tuple[str, str, str]]) -> tuple[bytes, int]:
    """A WARC/1.1 file, one gzip member a record, that breaks off inside its last record.

    Args:
        pages: URL, revision and Markdown text of each.

    Returns:
        The bytes, and how many pages are whole.
    """
    about = b"software: assay demo data\r\nformat: WARC File Format 1.1\r\nlicense: MIT\r\n"
    members = [_record("warcinfo", "", "application/warc-fields", about)]
    members += [_response(url, revision, text) for url, revision, text in pages]
    last = members.pop()
    return b"".join(members) + last[: len(last) // 2], len(pages) - 1


def title(text: str) -> str:
    """The first heading of a Markdown or reStructuredText page, or its first line of text."""
    lines = [line.strip() for line in text.split("\n")]
    heading = next((line for line in lines if re.match(r"#+ \S", line)), "")
    if not heading:
        rule = re.compile(r"[=*~-]{4,}$")
        two = itertools.pairwise(lines)
        heading = next((line for line, under in two if line and rule.match(under)), "")
    heading = heading or next((line for line in lines if re.match(r"\w", line)), "")
    return heading.lstrip("# ").replace("`", "")[:120]


def page(text: str) -> str:
    """A page of a documentation site: the text rendered between a menu and a footer."""
    name = html.escape(title(text))
    menu = "".join(f'<li><a href="#">{entry}</a></li>' for entry in _MENU)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{name} - Typer</title></head>\n"
        f"<body><header><nav><ul>{menu}</ul></nav></header>\n<main><article>\n"
        f"{_rendered(text)}\n</article></main>\n"
        "<footer><p>Made with Material for MkDocs</p></footer></body></html>\n"
    )


def _rendered(text: str) -> str:
    """Headings, lists, code and paragraphs; the little of Markdown that these pages need."""
    blocks: list[str] = []

    fence = ""
    code: list[str] = []
    open_: list[str] = []

    def close() -> None:
        if open_:
            blocks.append(f"<p>{_inline(' '.join(open_))}</p>")
            open_.clear()

    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                blocks.append(f"<pre><code>{html.escape(chr(10).join(code))}</code></pre>")
                fence, code = "", []
            else:
                code.append(line)
            continue
        heading = re.match(r"(#{1,6}) +(.*)", line)
        if mark or heading or not line.strip() or line.startswith("<"):
            close()
        if mark:
            fence = mark[1]
        elif heading:
            level = len(heading[1])
            blocks.append(f"<h{level}>{_inline(heading[2])}</h{level}>")
        elif re.match(r"\s*[*+-] ", line):
            close()
            blocks.append(f"<ul><li>{_inline(line.strip()[2:])}</li></ul>")
        elif line.strip() and not line.startswith("<"):
            open_.append(line.strip())
    close()
    return "\n".join(blocks)


def _inline(text: str) -> str:
    safe = html.escape(text, quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)(\{[^}]*\})?", r'<a href="\2">\1</a>', safe)


def _response(url: str, revision: str, text: str) -> bytes:
    body = page(text).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f'ETag: "{revision}"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    payload = base64.b32encode(sha1(body, usedforsecurity=False).digest()).decode()
    return _record(
        "response",
        f"WARC-Target-URI: {url}\r\nWARC-Payload-Digest: sha1:{payload}\r\n",
        "application/http; msgtype=response",
        head.encode() + body,
    )


def _record(kind: str, fields: str, content: str, block: bytes) -> bytes:
    name = uuid.uuid5(uuid.NAMESPACE_URL, kind + fields)
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\n"
        f"WARC-Date: {DATE}\r\n{fields}Content-Type: {content}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=9, mtime=0)
