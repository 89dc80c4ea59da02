"""The process that parses HTML, run as a script: it must import nothing of Assay.

Pages come from strangers, and a parser written for speed may hang, run out of memory or crash on
them. Here that costs one page. Frames on stdin and stdout: for a page, `<IBB` (bytes of HTML, bytes
of the charset name, 1 for main content only), the charset, the HTML; for an answer, `<BII` (0 if it
went well, bytes of the title, bytes of the text), the title, the text.
"""

from __future__ import annotations

import struct
import sys
from typing import Any

PAGE = struct.Struct("<IBB")
ANSWER = struct.Struct("<BII")


def main() -> None:
    """Answer frames until stdin ends. The one argument is the memory limit in MiB, 0 for none."""
    _limit_memory(int(sys.argv[1]) << 20)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(header := source.read(PAGE.size)) == PAGE.size:
        size, charset_size, main_content = PAGE.unpack(header)
        charset = source.read(charset_size).decode("ascii", "replace")
        html = source.read(size)
        try:
            status, title, text = 0, *extract(html, charset, main_content=bool(main_content))
        except Exception as error:
            status, title, text = 1, "", f"{type(error).__name__}: {error}"
        raw_title, raw_text = title.encode("utf-8", "replace"), text.encode("utf-8", "replace")
        sink.write(ANSWER.pack(status, len(raw_title), len(raw_text)) + raw_title + raw_text)
        sink.flush()


def extract(html: bytes, charset: str, *, main_content: bool) -> tuple[str, str]:
    """Title and text of a page; the whole visible text where no main content is found."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree: Any = HTMLTree.parse(decoded(html, charset))
    text: str = extract_plain_text(tree, preserve_formatting=True, main_content=main_content)
    if main_content and not text.strip():
        text = extract_plain_text(tree, preserve_formatting=True, main_content=False)
    return (tree.title or "").strip(), text.strip()


def decoded(html: bytes, charset: str) -> str:
    """The page as text: by the charset of its transport, else as it declares, else by its bytes."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    try:
        return html.decode("utf-8-sig" if charset.lower() in ("", "utf-8", "utf8") else charset)
    except (UnicodeError, LookupError):
        encoding = detect_encoding(html, from_html_meta=True) or "utf-8"
        return bytes_to_str(html, encoding, "replace")


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system: the time limit still holds
        return
    if limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
