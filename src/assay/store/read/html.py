"""HTML files: one page, one row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assay.registry import reader
from assay.schema import BadRow, ReadBatch
from assay.store.read._extraction import MAX_PAGE, Page, shared
from assay.store.read._stream import Stream, lenient
from assay.store.read.text import single

_START = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,4096}?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)


def _sniff(head: bytes) -> bool:
    return _START.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


@reader("html", suffixes=(".html", ".htm", ".xhtml"), sniff=_sniff)
def read_html(
    path: Path,
    *,
    url: str | None = None,
    main_content: bool = True,
    timeout: float = 10.0,
    max_bytes: int = MAX_PAGE,
) -> Iterator[ReadBatch | BadRow]:
    """An HTML file as one row: `title` and `text`, extracted by resiliparse; `url` if it is given.

    The page is parsed in a worker process; nothing it refers to is fetched.

    Args:
        path: The file.
        url: Where the page came from.
        main_content: Leave out navigation, footers and the like.
        timeout: Seconds after which the page is a bad row.
        max_bytes: A larger page, decompressed, is a bad row.

    Raises:
        InputError: The file cannot be opened.
    """
    with Stream(path) as stream:
        data = stream.read(max_bytes + 1)
        if stream.damage:
            yield BadRow(0, f"The file cannot be read: {stream.damage}.", lenient(data))
            return
    worker = shared(timeout=timeout, max_page=max_bytes, main_content=main_content)
    for _, page in worker.extract([(None, Page(data))]):
        assert page is not None
        if page.error:
            yield BadRow(0, f"The page was not read: {page.error}.", lenient(data))
        else:
            given = {"url": url} if url is not None else {}
            yield single(**given, title=page.title, text=page.text)
