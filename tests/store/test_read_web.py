"""HTML and web archives: extraction out of process, damage confined to its page or record."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter

import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assay.schema import BadRow
from assay.store.read import read
from assay.store.read._extraction import Extractor, Page
from assay.store.read._html_worker import extract
from assay.store.read._http import Response, Undecodable, decoded_body, parse


def load(path, **options):
    rows, bad = {}, {}
    for item in read(path, **options):
        if isinstance(item, BadRow):
            bad[item.position] = item.error
        else:
            rows.update(zip(item.positions.tolist(), item.batch.to_pylist(), strict=True))
    return rows, bad


def test_a_page_becomes_title_and_text(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        "<!doctype html><title>The title</title><nav><a href=/>Home</a></nav>"
        "<article><h1>Head</h1><p>Körper &amp; Geist</p></article><script>alert(1)</script>"
    )
    rows, bad = load(path, url="https://example.org/a")
    assert bad == {}
    assert rows[0]["url"] == "https://example.org/a" and rows[0]["title"] == "The title"
    assert "Körper & Geist" in rows[0]["text"] and "alert" not in rows[0]["text"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-2", "shift_jis", "koi8-r", "utf-16"])
def test_a_declared_encoding_is_used(tmp_path, encoding):
    text = {"iso-8859-2": "Příliš žluťoučký", "shift_jis": "日本語のページ"}.get(
        encoding, "Привет, мир"
    )
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{text}</p></body></html>'
    (tmp_path / "a.html").write_bytes(page.encode(encoding))
    rows, _ = load(tmp_path / "a.html", format="html")
    assert rows[0]["text"] == text


def test_extraction_in_the_worker_equals_extraction_here(shared_data):
    pages = pq.read_table(shared_data("text_corpus/html.parquet"))["html"].to_pylist()[:60]
    extractor = Extractor()
    got = [page for _, page in extractor.extract((None, Page(html.encode())) for html in pages)]
    extractor.close()
    assert [(p.title, p.text) for p in got] == [
        extract(html.encode(), "", main_content=True) for html in pages
    ]


def test_main_content_agrees_with_gold_article_bodies(shared_data):
    with zstandard.open(
        shared_data("web_extraction/articles.jsonl.zst"), "rt", encoding="utf-8"
    ) as file:
        articles = [json.loads(line) for line in file][:40]
    scores = []
    for article in articles:
        _, text = extract(article["html"].encode(), "", main_content=True)
        got, gold = Counter(text.split()), Counter(article["gold_text"].split())
        scores.append(2 * (got & gold).total() / (got.total() + gold.total()))
    assert sum(scores) / len(scores) > 0.85


def test_hostile_pages_cost_themselves_alone():
    pages = [
        b"<p>first",
        b"<div>" * 1_000_000,  # quadratic work: runs into the time limit
        b"<p>second",
        b"a" * (3 << 20),  # over the limit set here
        b"<table>" * 50_000,
        b"\x00" * 100_000,
        b"<p>last",
    ]
    extractor = Extractor(timeout=2.0, max_page=(5 << 20))
    got = list(extractor.extract((i, Page(html)) for i, html in enumerate(pages)))
    extractor.close()
    assert [tag for tag, _ in got] == list(range(len(pages)))
    assert [got[i][1].text for i in (0, 2, 6)] == ["first", "second", "last"]
    assert got[1][1].error == "extraction took longer than 2 s"


def test_a_page_over_the_limit_is_not_sent():
    extractor = Extractor(max_page=100)
    ((_, page),) = extractor.extract([(0, Page(b"x" * 101))])
    assert "101 bytes" in page.error and extractor._process is None


def test_a_dead_worker_is_replaced_and_leaving_early_leaves_nothing_behind():
    extractor = Extractor()
    for _, page in extractor.extract((i, Page(b"<p>%d" % i)) for i in range(200)):
        assert page.text == "0"
        break
    (_, page), *_ = extractor.extract([(0, Page(b"<p>again"))])
    assert page.text == "again"
    extractor._process.kill()
    extractor._process.wait()
    got = [page for _, page in extractor.extract([(0, Page(b"<p>x")), (1, Page(b"<p>y"))])]
    extractor.close()
    assert "crashed" in got[0].error and got[1].text == "y"


EXPECTED = {
    # file: ({record: (url, status, start of the text)}, {bad record: part of the error})
    "bad.arc": ({2: ("http://example.com/", None, "")}, {0: "'-1'", 1: "'-1'", 3: "'abc'"}),
    "example-bad-non-chunked.warc.gz": ({2: ("http://example.com/", 200, "Example Domain")}, {}),
    "example-bad.warc.gz.bad": (
        {
            1: ("http://example.com?example=1", 200, "Example Domain"),
            5: ("http://www.iana.org/domains/example", 302, "Found"),
        },
        {},
    ),
    "example-digest.warc": ({}, {}),
    "example-iana.org-chunked.warc": ({1: ("http://www.iana.org/", 200, "Internet Assigned")}, {}),
    "example-resource.warc.gz": ({2: ("http://example.com/", None, "Example Domain")}, {}),
    "example-space-in-target-uri.warc.gz": ({}, {}),
    "example-space-in-url.arc": ({}, {1: "1,591 bytes, but the file ends after 1,579"}),
    "example-trunc.warc": (
        {2: ("http://example.com/", 200, "Example Domain")},
        {3: "does not start"},
    ),
    "example-wget-bad-target-uri.warc.gz": (
        {
            2: ("http://example.com/", 200, "Example Domain"),
            4: ("metadata://gnu.org/software/wget/warc/wget_arguments.txt", None, '"--warc-file'),
            5: ("metadata://gnu.org/software/wget/warc/wget.log", None, "Opening WARC"),
        },
        {},
    ),
    "example-wrong-chunks.warc.gz": ({0: ("http://example.com/", 200, "Example Domain")}, {}),
    "example.arc": ({1: ("http://example.com/", 200, "Example Domain")}, {}),
    "example.arc.gz": ({1: ("http://example.com/", 200, "Example Domain")}, {}),
    "example.warc": ({2: ("http://example.com/", 200, "Example Domain")}, {}),
    "example.warc.gz": ({2: ("http://example.com/", 200, "Example Domain")}, {}),
    "post-test.warc.gz": ({}, {}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_real_archives_sound_and_damaged(name, shared_data):
    rows, bad = load(shared_data(f"warc/{name}"))
    expected_rows, expected_bad = EXPECTED[name]
    assert {k: (row["url"], row["http_status"]) for k, row in rows.items()} == {
        k: value[:2] for k, value in expected_rows.items()
    }
    assert all(rows[k]["text"].startswith(value[2]) for k, value in expected_rows.items())
    assert bad.keys() == expected_bad.keys()
    assert all(part in bad[k] for k, part in expected_bad.items())


def record(kind, uri, block, more=""):
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\n"
            "WARC-Date: 2024-05-01T00:00:00Z\r\n"
            f"{more}Content-Length: {len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


def response(body, headers=""):
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body


def test_reading_goes_on_after_damage_in_the_middle(tmp_path):
    good = [record("response", f"http://x/{i}", response(b"<p>page %d" % i)) for i in range(4)]
    path = tmp_path / "x.warc"
    header = good[2][: good[2].index(b"WARC-Date")]
    path.write_bytes(good[0] + b"garbage\nmore\n" + good[1] + header + good[3])
    rows, bad = load(path)
    assert {k: (row["url"], row["text"]) for k, row in rows.items()} == {
        0: ("http://x/0", "page 0"),
        2: ("http://x/1", "page 1"),
        4: ("http://x/3", "page 3"),
    }
    assert "does not start" in bad[1] and "broken off" in bad[3]


def test_a_cut_archive_keeps_the_records_before_the_cut(tmp_path):
    data = b"".join(
        gzip.compress(record("response", f"http://x/{i}", response(b"<p>page %d" % i)))
        for i in range(9)
    )
    path = tmp_path / "x.warc.gz"
    path.write_bytes(data[: int(len(data) * 0.7)])
    rows, bad = load(path)
    assert [row["text"] for row in rows.values()] == [f"page {i}" for i in range(6)]
    assert "cut off" in " ".join(bad.values())


@pytest.mark.parametrize(
    ("headers", "packed"),
    [
        ("Content-Encoding: gzip\r\n", gzip.compress(b"<p>hello", mtime=0)),
        ("Content-Encoding: deflate\r\n", zlib.compress(b"<p>hello")),
        ("Content-Encoding: deflate\r\n", zlib.compress(b"<p>hello", wbits=-15)),
        ("Content-Encoding: zstd\r\n", zstandard.ZstdCompressor().compress(b"<p>hello")),
        ("Content-Encoding: br\r\n", b"\x8b\x03\x80<p>hello\x03"),
        ("Content-Encoding: gzip\r\n", b"<p>hello"),
        ("Transfer-Encoding: chunked\r\n", b"3\r\n<p>\r\n5;x=y\r\nhello\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", b"<p>hello"),
    ],
)
def test_bodies_are_freed_of_their_encodings(headers, packed, tmp_path):
    path = tmp_path / "x.warc"
    path.write_bytes(record("response", "http://x/", response(packed, headers)))
    rows, bad = load(path)
    assert (bad, rows[0]["text"]) == ({}, "hello")


def test_a_compressed_body_that_explodes_is_a_bad_row(tmp_path):
    bomb = gzip.compress(b"<p>" + b"x" * (20 << 20))
    path = tmp_path / "x.warc"
    good = record("response", "http://x/good", response(b"<p>fine"))
    path.write_bytes(
        record("response", "http://x/", response(bomb, "Content-Encoding: gzip\r\n")) + good
    )
    rows, bad = load(path, max_bytes=1 << 20)
    assert [row["text"] for row in rows.values()] == ["fine"]
    assert "when decoded" in bad[0]


def test_a_record_over_the_limit_is_passed_over(tmp_path):
    path = tmp_path / "x.warc"
    big = record("response", "http://x/big", response(b"<p>" + b"x" * 5000))
    path.write_bytes(big + record("response", "http://x/", response(b"<p>fine")))
    rows, bad = load(path, max_bytes=4000)
    assert [row["text"] for row in rows.values()] == ["fine"] and "over the limit" in bad[0]


@given(
    block=st.binary(max_size=120),
    prefix=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 x"]),
)
def test_no_stored_response_raises(block, prefix):
    found = parse(prefix + block)
    assert isinstance(found.body, bytes)


@given(
    st.binary(max_size=80),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, deflate", "x"]),
    st.sampled_from(["", "chunked"]),
)
def test_no_body_raises_anything_but_undecodable(body, encoding, transfer):
    headers = {"content-encoding": encoding, "transfer-encoding": transfer}
    try:
        assert isinstance(decoded_body(Response(200, headers, body), 1000), bytes)
    except Undecodable as error:
        assert str(error)
