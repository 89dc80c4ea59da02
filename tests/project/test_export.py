"""Exports go where their path leads: through links, into pipes and devices, to standard output."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import assay
from assay.errors import InputError, UsageError


@pytest.fixture
def docs(tmp_path: Path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\n{"text": "two"}\n')
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def texts(data: bytes) -> list[str]:
    return [json.loads(line)["text"] for line in data.splitlines()]


def test_a_link_stays_and_the_file_it_leads_to_is_replaced(docs, tmp_path) -> None:
    real = tmp_path / "real" / "data.jsonl"
    real.parent.mkdir()
    real.write_text("older")
    link = tmp_path / "out.jsonl"
    link.symlink_to("real/data.jsonl")
    assert docs.export(link) == 2
    assert link.is_symlink() and texts(real.read_bytes()) == ["one", "two"]
    with pytest.raises(UsageError):
        docs.export(link, columns=["nope"])
    assert texts(real.read_bytes()) == ["one", "two"]
    assert [path.name for path in real.parent.iterdir()] == ["data.jsonl"]


def test_a_link_that_leads_nowhere_yet_gets_its_file_and_the_link_says_how(docs, tmp_path) -> None:
    link = tmp_path / "out.jsonl.gz"
    link.symlink_to(tmp_path / "blob")
    docs.export(link)
    assert link.is_symlink()
    assert texts(gzip.decompress((tmp_path / "blob").read_bytes())) == ["one", "two"]
    lost = tmp_path / "lost.jsonl"
    lost.symlink_to(tmp_path / "missing" / "x.jsonl")
    with pytest.raises(InputError):
        docs.export(lost)


def test_a_pipe_is_written_into(docs, tmp_path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert docs.export(pipe) == 2
    reader.join()
    assert texts(read[0]) == ["one", "two"] and pipe.is_fifo()


def test_a_device_stays_a_device(docs) -> None:
    before = Path("/dev/null").stat()
    assert docs.export("/dev/null", format="jsonl") == 2
    assert Path("/dev/null").stat().st_rdev == before.st_rdev
    with pytest.raises(InputError, match="No space left"):
        docs.export("/dev/full", format="jsonl")


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output_gets_the_rows_alone(docs, tmp_path, name) -> None:
    command = [sys.executable, "-c", "from assay.cli.main import main; main()"]
    where = ["--project", str(docs.project.root), "export", "docs", name]
    done = subprocess.run([*command, *where, "--format", "jsonl"], capture_output=True)
    assert (done.returncode, texts(done.stdout)) == (0, ["one", "two"])
    assert b"2 rows" in done.stderr
    with (tmp_path / "out.parquet").open("wb") as out:
        subprocess.run([*command, *where, "--format", "parquet"], stdout=out, check=True)
    assert pq.read_table(tmp_path / "out.parquet").column("text").to_pylist() == ["one", "two"]
    for wrong in ([], ["--format", "jsonl", "--json"]):
        refused = subprocess.run([*command, *where, *wrong], capture_output=True)
        assert refused.returncode == 2
