"""From paths to sources, from a file to its format, and from damage to one clear sentence."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard

from assay import registry
from assay.errors import InputError, UsageError
from assay.schema import BadRow
from assay.store.read import Source, read, read_source, sniff, sources
from assay.store.write import write


def test_folders_are_walked_in_order_and_hidden_files_left_out(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden/x.txt", "b/.x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [s.name for s in sources([tmp_path])] == ["a.txt", "b/1.txt", "b/2.txt"]
    assert [s.name for s in sources([tmp_path / "b" / "1.txt"])] == ["1.txt"]
    assert [s.name for s in sources([tmp_path / "b"], base=tmp_path)] == ["b/1.txt", "b/2.txt"]
    assert [s.direct for s in sources([tmp_path / "a.txt", tmp_path / "b"])] == [True, False, False]


def test_links_that_lead_in_circles_are_followed_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    found = {s.name: s.problem for s in sources([tmp_path])}
    assert found["a/x.txt"] is None
    assert "No such file" in found["dangling.txt"]
    assert len(found) == 2


def test_what_cannot_be_a_source_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(sources([tmp_path / "c"]))
    os.mkfifo(tmp_path / "pipe")
    (pipe,) = [s for s in sources([tmp_path]) if s.name == "pipe"]
    (bad,) = read_source(pipe)
    assert bad.position == -1 and "no regular file" in bad.error


def test_a_folder_without_permission_is_reported(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    listed = Path.iterdir

    def refuse(self):
        if self.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    (source,) = sources([tmp_path])
    (bad,) = read_source(source)
    assert (
        bad.error == "The folder cannot be read: Permission denied. To fix: check its permissions."
    )


CSV = b"a,b\n1,2\n3,4\n"
JSONL = b'{"a": 1}\n'
CHAT = b'{"messages": [{"role": "user", "content": "x"}]}\n'
HTML = b"\n<!-- saved -->\n<!DOCTYPE html><p>x"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("x", JSONL, "jsonl"),
        ("x.txt", JSONL, "jsonl"),
        ("x.dat", gzip.compress(JSONL, mtime=0), "jsonl"),
        ("x.bin", zstandard.ZstdCompressor().compress(CHAT), "chat"),
        ("x.jsonl", CHAT, "chat"),
        ("x.jsonl", b'{"messages": "three"}\n', "jsonl"),
        ("x.jsonl", b'{"text": "' + b"x" * 100_000 + b'"}\n', "jsonl"),
        ("x.jsonl", b'{"messages": [{"content": "' + b"x" * 100_000 + b'"}]}\n', "chat"),
        ("x.jsonl", b"broken", "jsonl"),
        ("x.json", b'[{"a": 1}]', "jsonl"),
        ("x", HTML, "html"),
        ("x.txt", b"<html lang=en><body>", "html"),
        ("x.md", b"<h1 align=center>Title</h1>\n", "markdown"),
        ("x", b"WARC/1.0\r\n", "warc"),
        (
            "x.gz",
            gzip.compress(b"filedesc://x 0.0.0.0 20140216050221 text/plain 75\n", mtime=0),
            "warc",
        ),
        ("x.csv", CSV, "csv"),
        ("x.csv.gz", gzip.compress(CSV, mtime=0), "csv"),
        ("x", CSV, "csv"),
        ("x.data", CSV.replace(b",", b"\t"), "tsv"),
        ("x.txt", CSV, "text"),
        ("x.TXT", b"Prose.", "text"),
    ],
)
def test_content_decides_before_the_name(tmp_path, name, data, expected):
    (tmp_path / name).write_bytes(data)
    assert sniff(tmp_path / name) == expected


def test_tables_are_known_by_their_magic(tmp_path):
    batch = pa.record_batch({"a": [1]})
    for format in ("parquet", "arrow"):
        write([batch], batch.schema, tmp_path / "x", format=format)
        assert sniff(tmp_path / "x") == format
    with pa.OSFile(str(tmp_path / "x"), "wb") as sink, pa.ipc.new_stream(sink, batch.schema) as out:
        out.write_batch(batch)
    assert sniff(tmp_path / "x") == "arrow"


def test_an_unknown_format_is_refused_alone_and_reported_in_a_folder(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(UsageError) as caught:
        read(path)
    assert "jsonl" in caught.value.allowed and "--format" in caught.value.remedy
    (bad,) = read_source(Source(path, "x.png", direct=False))
    assert bad.position == -1 and "parquet" in bad.error


@pytest.mark.parametrize("name", sorted(registry.readers()))
def test_an_empty_file_is_reported_by_every_reader(name, tmp_path):
    (tmp_path / "x").touch()
    (bad,) = read(tmp_path / "x", format=name)
    assert bad == BadRow(-1, "The file is empty (0 bytes), so it gave no rows.")


@pytest.mark.parametrize("name", sorted(registry.readers()))
@pytest.mark.parametrize(
    "data", [b"\xff\x00\xfe" * 999, b"\n" * 9, b"{", b"PAR1PAR1", b"WARC/1.0\r\n\r\n"]
)
def test_no_reader_breaks_on_bytes_meant_for_another(name, data, tmp_path):
    for variant in (
        data,
        gzip.compress(data),
        gzip.compress(data)[:-4],
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
    ):
        (tmp_path / "x").write_bytes(variant)
        try:
            items = list(read(tmp_path / "x", format=name))
        except InputError as error:
            assert error.remedy
        else:
            for item in items:
                if isinstance(item, BadRow):
                    assert item.error.endswith(".") and len(item.payload) <= 4096


def test_options_are_checked_by_name(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(JSONL)
    with pytest.raises(UsageError, match=r"no option 'max_lines'.*max_line"):
        read(tmp_path / "x.jsonl", max_lines=3)
    with pytest.raises(UsageError, match="jsonl"):
        read(tmp_path / "x.jsonl", format="json")


def test_text_files_are_one_row_and_say_where_they_are_not_utf8(tmp_path):
    (tmp_path / "a.txt").write_bytes("zwei\nZeilen ü\n".encode())
    (item,) = read(tmp_path / "a.txt")
    assert item.batch.to_pylist() == [{"text": "zwei\nZeilen ü\n"}] and item.positions.tolist() == [
        0
    ]
    (tmp_path / "b.md").write_bytes("# ü".encode("latin-1"))
    (bad,) = read(tmp_path / "b.md")
    assert "byte 2 is 0xfc" in bad.error and "iconv" in bad.error
    (bad,) = read(tmp_path / "a.txt", max_bytes=5)
    assert "more than 5 bytes" in bad.error
    (tmp_path / "c.txt").write_bytes("UTF-16".encode("utf-16"))
    (item,) = read(tmp_path / "c.txt")
    assert item.batch.to_pylist() == [{"text": "UTF-16"}]


def test_every_reader_and_exporter_says_what_it_is():
    for thing in (*registry.readers().values(), *registry.exporters().values()):
        assert thing.summary.endswith(".") and thing.suffixes


def test_a_project_does_not_read_its_own_store(tmp_path):
    (tmp_path / "assay.json").write_text("{}")
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "x.jsonl").write_text("{}")
    (tmp_path / "docs.jsonl").write_bytes(JSONL)
    assert [source.name for source in sources([tmp_path])] == ["docs.jsonl"]
