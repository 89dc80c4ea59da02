"""Whatever comes in: quarantined, or one clear error with file, position and remedy."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

MAIN = "from assay.cli.main import main; main()"
# Small fragments, each committed at once, so that there is something to lose and to keep.
DRIVER = """
import functools
import assay.store.add as add, assay.run.compute as compute
add.FRAGMENT_ROWS, compute.COMMIT_SECONDS = 100, 0.0
add.read_source = functools.partial(add.read_source, batch_rows=100)
from assay.cli.main import main
main()
"""


def counts(done) -> tuple[int, int, int, int]:
    assert done.code == 0, done.stderr
    told = done.json
    return tuple(told[k] for k in ("rows_read", "rows_added", "rows_known", "quarantined"))


def test_broken_lines_are_set_aside_with_their_positions(assay, tmp_path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\n{"text": \n[1]\n\n{"text": "five"}\nnull\n')
    assert counts(assay("add", "docs", file, "--json")) == (5, 2, 0, 3)
    records = assay("quarantine", "docs", "--json").json["records"]
    assert [(r["source"], r["position"]) for r in records] == [
        ("a.jsonl", 2),
        ("a.jsonl", 3),
        ("a.jsonl", 6),
    ]
    assert records[0]["error"].startswith("Line 2: not JSON")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_gzip_cut_short_gives_its_rows_and_one_record(assay, tmp_path, share: float) -> None:
    rows = [{"text": os.urandom(40).hex(), "n": n} for n in range(3000)]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: int(len(whole) * share)])
    read, added, _, quarantined = counts(assay("add", "docs", "a.jsonl.gz", "--json"))
    assert 0.8 * share * 3000 < added < 3000
    assert quarantined in (1, 2)  # the damage, and the line that it cut
    assert read <= added + quarantined
    last = assay("quarantine", "docs", "--json").json["records"][-1]
    assert "a.jsonl.gz" in last["source"]


def test_a_parquet_file_cut_short_is_one_clear_error(assay, tmp_path) -> None:
    pq.write_table(pa.table({"text": ["x" * 50] * 1000}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(data[:-200])
    done = assay("add", "docs", "a.parquet", "--json")
    assert done.code == 1
    assert "a.parquet" in done.json["where"]
    assert done.json["remedy"]


def test_a_damaged_file_does_not_take_the_others_along(assay, tmp_path, lines) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.table({"text": ["x"] * 100}), folder / "a.parquet")
    data = (folder / "a.parquet").read_bytes()
    (folder / "a.parquet").write_bytes(data[: len(data) // 2])
    shutil.move(lines("b.jsonl", [{"text": "good"}]), folder / "b.jsonl")
    (folder / "c.jsonl").touch()
    (folder / "d.bin").write_bytes(bytes(range(256)) * 10)
    assert counts(assay("add", "docs", folder, "--json"))[1:] == (1, 0, 3)
    sources = {r["source"] for r in assay("quarantine", "--json").json["records"]}
    assert sources == {"a.parquet", "c.jsonl", "d.bin"}


def test_a_folder_of_damaged_archives_gives_its_pages(assay, shared_data) -> None:
    folder = shared_data("warc/example.warc").parent
    read, added, _, quarantined = counts(assay("add", "web", folder, "--json"))
    assert added >= 5
    assert quarantined >= 5
    again = counts(assay("add", "web", folder, "--json"))
    assert again == (read, 0, added, quarantined)
    assert assay("quarantine", "web", "--json").json["count"] == quarantined


def test_each_damaged_archive_alone_is_read_or_refused_clearly(
    assay, shared_data, tmp_path
) -> None:
    files = sorted(shared_data("warc/example.warc").parent.iterdir())
    codes = {}
    for number, file in enumerate(files):
        done = assay("add", f"d{number}", file, "--json")
        told = done.json
        codes[file.name] = done.code
        if done.code:
            assert done.code == 1, (file.name, told)
            assert told["where"]
            assert told["remedy"]
        else:
            assert told["rows_read"] == sum(
                told[k] for k in ("rows_added", "rows_known")
            ) + _placed(assay, f"d{number}")
    assert codes["example.warc"] == codes["example-trunc.warc"] == 0


def _placed(assay, dataset: str) -> int:
    """Quarantined records that are rows of a file, rather than a file."""
    records = assay("quarantine", dataset, "-n", 1000, "--json").json["records"]
    return sum(record["position"] >= 0 for record in records)


def test_invalid_utf8_is_set_aside_and_shown_safely(assay, tmp_path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"text": "good"}\n{"text": "b\xff\xfed"}\n'
        b'{"text": "\\ud800 half"}\n{"text": "n\\u0000l"}\n'
    )
    read, added, _, quarantined = counts(assay("add", "docs", "a.jsonl", "--json"))
    assert (read, added + quarantined) == (4, 4)
    assert added >= 1
    errors = [r["error"] for r in assay("quarantine", "--json").json["records"]]
    assert "not UTF-8: byte 11 of the line is 0xff" in errors[0]
    assert "\x1b" not in assay("quarantine").stdout


def test_a_line_of_200_mb_is_set_aside_in_bounded_memory(process, tmp_path) -> None:
    file = tmp_path / "a.jsonl"
    with file.open("wb") as out:
        out.write(b'{"text": "one"}\n{"text": "')
        for _ in range(200):
            out.write(b"x" * (1 << 20))
        out.write(b'"}\n{"text": "three"}\n')
    driver = """
import sys
from assay.cli.main import main
try:
    main()
finally:
    # Not ru_maxrss, which a process inherits from the one that started it.
    status = open("/proc/self/status").read()
    print(f"peak {status.partition('VmHWM:')[2].split()[0]}", file=sys.stderr)
"""
    done = process("add", "docs", file, "--json", driver=driver)
    assert counts(done) == (3, 2, 0, 1)
    peak = int(done.stderr.rpartition("peak ")[2])
    assert peak < 800 << 10, f"{peak >> 10} MiB"


def test_an_empty_file_is_one_clear_error(assay, tmp_path) -> None:
    (tmp_path / "a.jsonl").touch()
    done = assay("add", "docs", "a.jsonl", "--json")
    assert (done.code, done.json["where"]) == (1, "a.jsonl")
    assert "0 bytes" in done.json["what"]
    assert done.stderr.startswith("Error: Nothing could be read.")


def test_the_remedy_of_a_file_that_cannot_be_read_is_its_own(assay, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.parquet").write_bytes(b"PAR1 and no more")
    done = assay("add", "docs", "in", "--json")
    assert (done.code, done.json["where"]) == (1, "in/a.parquet")
    assert done.json["remedy"] == "fetch or write it again"
    assert "To fix" not in done.json["what"]


def test_an_empty_folder_is_one_clear_error(assay, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    done = assay("add", "docs", "in", "--json")
    assert done.code == 1
    assert "no files" in done.json["what"]
    assert assay("ls", "--json").json["datasets"] == []


def test_a_missing_column_names_those_there_are(assay, lines) -> None:
    lines("a.jsonl", [{"a": "x", "b": "y"}])
    done = assay("add", "docs", "a.jsonl", "--text", "c", "--json")
    assert (done.code, done.json["allowed"]) == (2, "a, b")


def test_mixed_types_in_a_column_set_the_rare_kind_aside(assay, lines) -> None:
    rows = [{"text": str(n), "n": n} for n in range(20)]
    rows[3]["n"], rows[7]["n"], rows[9]["n"] = "three", {"seven": 7}, 9.5
    lines("a.jsonl", rows)
    read, added, _, quarantined = counts(assay("add", "docs", "a.jsonl", "--json"))
    assert (read, added, quarantined) == (20, 18, 2)
    records = assay("quarantine", "--json").json["records"]
    assert [r["position"] for r in records] == [4, 8]


def test_what_was_read_before_a_file_at_fault_is_kept(assay, lines, tmp_path) -> None:
    lines("a.jsonl", [{"text": "good"}])
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    done = assay("add", "docs", "a.jsonl", "b.bin", "--json")
    assert done.code == 2
    assert "--format" in done.json["remedy"]
    assert assay("ls", "--json").json["datasets"][0]["rows"] == 1


def test_a_file_that_is_not_there_is_told_before_anything_is_read(assay, lines) -> None:
    lines("a.jsonl", [{"text": "good"}])
    done = assay("add", "docs", "a.jsonl", "nope.jsonl", "--json")
    assert (done.code, done.json["where"]) == (1, "nope.jsonl")
    assert assay("ls", "--json").json["datasets"] == []


as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="needs root, to run a command as somebody else with setpriv",
)
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; those of pytest are for their owner alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def nobody(process, folder: Path, *arguments):
    done = process(
        *arguments,
        project=folder / "p",
        cwd=folder,
        under=NOBODY,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    if "No module named" in done.stderr or "can't open file" in done.stderr:
        pytest.skip("another user cannot reach this installation")
    return done


@as_root
@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_without_permission_is_set_aside_and_the_rest_is_kept(
    process, open_folder, mode: int
) -> None:
    folder = open_folder / "in"
    (folder / "closed").mkdir(parents=True)
    (folder / "a.jsonl").write_text('{"text": "good"}\n')
    (folder / "closed" / "b.jsonl").write_text('{"text": "hidden"}\n')
    (folder / "c.jsonl").write_text('{"text": "secret"}\n')
    (folder / "c.jsonl").chmod(0o000)
    (folder / "closed").chmod(mode)
    (open_folder / "p").mkdir(mode=0o777)
    (open_folder / "p").chmod(0o777)
    done = nobody(process, open_folder, "add", "docs", folder, "--json")
    (folder / "closed").chmod(0o755)
    assert counts(done)[1:] == (1, 0, 2)
    alone = nobody(process, open_folder, "add", "docs", folder / "c.jsonl", "--json")
    assert alone.code == 1
    assert "Permission denied" in alone.json["what"]


@as_root
def test_a_project_one_may_only_read_is_searched_and_explained_but_not_changed(
    assay, process, open_folder
) -> None:
    (open_folder / "a.jsonl").write_text(
        '{"text": "the quick brown fox"}\n{"text": "a lazy dog"}\n'
    )
    project = {"project": open_folder / "p"}
    (open_folder / "r.yaml").write_text("name: v\ninput: docs\nrules: [keep: stats.words > 3]\n")
    assert assay("add", "docs", open_folder / "a.jsonl", **project).code == 0
    assert assay("curate", open_folder / "r.yaml", **project).code == 0
    before = nobody(process, open_folder, "search", "docs", "fox", "--json")
    assert before.code == 1
    assert "cannot be written" in before.json["what"]
    hit = assay("search", "docs", "fox", "--json", **project).json["hits"][0]
    for path in [open_folder / "p", *(open_folder / "p").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert nobody(process, open_folder, "search", "docs", "fox", "--json").json["hits"] == [hit]
    assert nobody(process, open_folder, "explain", "docs", hit["id"], "--json").json["kept"] is True
    assert nobody(process, open_folder, "diff", "docs", "docs@v", "--json").code == 0
    assert nobody(process, open_folder, "ls", "--json").code == 0
    (open_folder / "out").mkdir()
    (open_folder / "out").chmod(0o777)
    done = nobody(
        process, open_folder, "export", "docs", open_folder / "out" / "docs.jsonl", "--json"
    )
    assert (done.code, done.json["rows"]) == (0, 2)
    none = {"open": 0, "snoozed": 0, "applied": 0, "wontfix": 0}
    told = nobody(process, open_folder, "findings", "docs", "--json").json
    assert told == {"findings": [], "states": none}
    for command in (
        ["add", "docs", "a.jsonl"],
        ["compute", "docs", "text.minhash"],
        ["check", "docs"],
        ["curate", "r.yaml"],
    ):
        done = nobody(process, open_folder, *command, "--json")
        assert done.code == 1, command
        assert "cannot be written" in done.json["what"], command
        assert "permissions" in done.json["remedy"]


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 6 MB; skips where one may not be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if not mount or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run([str(umount), str(folder)], check=True)


def test_a_full_disk_keeps_what_was_committed_and_a_rerun_finishes(
    process, lines, tmp_path, small_disk
) -> None:
    texts = [os.urandom(500).hex() for _ in range(3000)]
    file = lines("a.jsonl", [{"text": text} for text in texts])
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4_200_000))
    project = small_disk / "p"
    full = process("add", "docs", file, "--json", project=project, driver=DRIVER)
    assert full.code == 1
    assert full.json["what"].startswith("The disk is full")
    assert "run the same command again" in full.json["remedy"]
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    kept = process("ls", "--json", project=project).json["datasets"]
    rows = kept[0]["rows"] if kept else 0
    assert counts(process("add", "docs", file, "--json", project=project)) == (
        3000,
        3000 - rows,
        rows,
        0,
    )
    used = sum(p.stat().st_size for p in small_disk.rglob("*") if p.is_file())
    subprocess.run(["mount", "-o", f"remount,size={used + 300_000}", str(small_disk)], check=True)
    full = process("compute", "docs", "text.minhash", "--json", project=project)
    assert full.code == 1
    assert full.json["what"].startswith("The disk is full")
    subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
    assert process("compute", "docs", "text.minhash", "--json", project=project).code == 0
    assert process("quarantine", "--json", project=project).json["count"] == 0


def test_a_limit_on_file_sizes_is_told_like_a_full_disk(process, lines) -> None:
    file = lines("a.jsonl", [{"text": os.urandom(500).hex()} for _ in range(3000)])

    driver = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
{MAIN}"""
    done = process("add", "docs", file, "--json", driver=driver)
    assert done.code == 1
    assert "limit on file sizes" in done.json["what"]
    assert counts(process("add", "docs", file, "--json")) == (3000, 3000, 0, 0)


def test_ctrl_c_stops_cleanly_and_a_rerun_goes_on(tmp_path, lines, process) -> None:
    file = lines("a.jsonl", [{"text": f"word {n} " * 200} for n in range(4000)])
    assert process("add", "docs", file, driver=DRIVER).code == 0
    slow = (
        DRIVER.replace("from assay.cli", "import time; from assay.cli")
        .replace("main()", "")
        .replace(
            "import main\n",
            """import main
import assay.run.fragments as fragments
fast = fragments.run_step
def slow(*given):
    print("started", flush=True)
    time.sleep(0.1)
    return fast(*given)
fragments.run_step = slow
main()
""",
        )
    )
    arguments = ["--project", str(tmp_path / "p"), "compute", "docs", "text.stats"]
    running = subprocess.Popen(
        [sys.executable, "-c", slow, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(8):
        running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert stderr.strip() == (
        "Stopped. What was committed is kept; run the same command again to go on."
    )
    rest = process("compute", "docs", "text.stats", "--json").json
    assert 0 < rest["rows_computed"] < rest["rows"] == 4000


def test_commands_at_once_lose_nothing_and_leave_nothing_uncomputed(assay, lines, tmp_path) -> None:
    for part in range(3):
        rows = [
            {"text": f"part {part} row {n} of some words", **({f"new{part}_{n // 90}": n})}
            for n in range(400)
        ]
        lines(f"{part}.jsonl", rows)
    (tmp_path / "r.yaml").write_text(
        "name: v\ninput: docs\nrules: [keep: stats.words > 3, keep: language != 'xx']\n"
    )
    assert assay("add", "docs", "0.jsonl").code == 0
    commands: list[list[str]] = [
        ["add", "docs", "1.jsonl"],
        ["compute", "docs", "text.stats"],
        ["add", "docs", "2.jsonl"],
        ["compute", "docs", "text.language", "text.stats"],
        ["curate", "r.yaml"],
        ["search", "docs", "words"],
        ["check", "docs", "quality.rules"],
        ["search", "docs", "part"],
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DRIVER, *command, "--project", str(tmp_path / "p"), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for command in commands
    ]
    for command, process in zip(commands, running, strict=True):
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, (command, stderr)
    assert assay("compute", "docs", "text.stats", "text.language", "--json").code == 0
    import assay as library

    project = library.open(tmp_path / "p")
    table = project.dataset("docs").to_table(["id", "stats.words", "language"])
    assert table.num_rows == len(set(table["id"].to_pylist())) == 1200
    assert table["stats.words"].null_count == table["language"].null_count == 0
    (version,) = project.versions.list("docs")
    verdicts = project.versions.verdicts(version).read()
    assert all(verdicts[name].null_count == 0 for name in verdicts.schema.names if "value:" in name)


@pytest.mark.parametrize(
    "marker", ["", "null", "[1]", "{}", '{"format": "new"}', "{", "\x00", '{"format": null}']
)
def test_a_damaged_project_marker_is_one_clear_error(assay, tmp_path, marker: str) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "assay.json").write_text(marker)
    done = assay("ls", "--json")
    assert done.code == 1
    assert done.json["where"].endswith("assay.json")
    assert '{"format": 1}' in done.json["remedy"]


def test_a_project_of_a_newer_format_asks_for_an_upgrade(assay, tmp_path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "assay.json").write_text('{"format": 99}')
    done = assay("add", "docs", "x", "--json")
    assert done.code == 1
    assert "pip install -U" in done.json["remedy"]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/b",
        "",
        "x" * 101,
        "dätä",
        ".hidden",
        "-",
        "a b",
        "docs@",
        "@v",
        "a\nb",
        "docs@../x",
    ],
)
def test_a_dataset_name_cannot_leave_its_folder(assay, lines, tmp_path, name: str) -> None:
    lines("a.jsonl", [{"text": "x"}])
    done = assay("add", "--json", "--", name, "a.jsonl")
    assert done.code == 2
    assert sorted(p.name for p in tmp_path.rglob("*.lance")) == []


@pytest.mark.parametrize("damage", ["data", "manifest", "all"])
def test_a_damaged_table_is_one_clear_error(assay, lines, tmp_path, damage: str) -> None:
    lines("a.jsonl", [{"text": f"row {n}"} for n in range(50)])
    assert assay("add", "docs", "a.jsonl").code == 0
    table = tmp_path / "p" / "datasets" / "docs.lance"
    for path in table.rglob("*"):
        if path.is_file() and (
            damage == "all"
            or path.parent.name == damage[:4]
            or (damage == "manifest" and path.suffix == ".manifest")
        ):
            path.write_bytes(b"\x00" * 64)
    done = assay("export", "docs", "out.jsonl", "--json")
    assert done.code == 1
    assert "docs.lance" in done.json["where"]
    assert "backup" in done.json["remedy"]
    assert not (tmp_path / "out.jsonl").exists()


HOSTILE = {
    "python tag": "name: !!python/object/apply:os.system ['touch pwned']\ninput: docs\n",
    "alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n"
        for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )
    + "name: v\ninput: docs\n",
    "loop": "rules: &a [*a]\nname: v\ninput: docs\n",
    "deep": "rules: " + "[" * 5000 + "]" * 5000 + "\n",
    "huge": "name: v\ninput: docs\ndescription: '" + "x" * (2 << 20) + "'\n",
    "not utf-8": b"name: \xff\xfe\n",
    "empty": "",
    "list": "- 1\n",
    "long name": f"name: {'x' * 300}\ninput: docs\nrules: [keep: 'true']\n",
    "lock name": "name: v.lock\ninput: docs\nrules: [keep: 'true']\n",
    "dots": "name: a..b\ninput: docs\nrules: [keep: 'true']\n",
    "path": "name: ../../x\ninput: docs\nrules: [keep: 'true']\n",
    "key": "? [a, b]\n: 1\n",
    "nul": "name: v\x00\ninput: docs\n",
    "date": "name: 2001-01-01\ninput: docs\nrules: [keep: 'true']\n",
    "number": "name: v\ninput: docs\nseed: " + "9" * 6000 + "\nrules: [keep: 'true']\n",
    "no rules": "name: v\ninput: docs\n",
    "unknown op": "name: v\ninput: docs\nsignals: [text.nope]\nrules: [keep: 'true']\n",
    "no file": "name: v\ninput: docs\nrules: [{select: decontaminate, against: nope.jsonl}]\n",
    "no dataset": "name: v\ninput: nope\nrules: [keep: 'true']\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_recipe_is_refused(assay, lines, tmp_path, kind: str) -> None:
    lines("a.jsonl", [{"text": "x"}])
    assert assay("add", "docs", "a.jsonl").code == 0
    text = HOSTILE[kind]
    (tmp_path / "r.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = assay("curate", "r.yaml", "--json")
    assert done.code == (1 if kind == "not utf-8" else 2), done.stdout
    assert done.json["what"]
    assert not (tmp_path / "pwned").exists()
    assert assay("versions", "--json").json == {"versions": []}


def test_a_recipe_without_end_is_refused_in_bounded_memory(assay, lines) -> None:
    lines("a.jsonl", [{"text": "x"}])
    assay("add", "docs", "a.jsonl")
    done = assay("curate", "/dev/zero", "--json")
    assert done.code == 2
    assert assay("curate", "x" * 5000, "--json").code in (1, 2)


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('touch pwned')",
        "text == 'a' or 1=1 --",
        "'; drop table docs; --",
        "(" * 5000 + "1" + ")" * 5000,
        "not " * 5000 + "true",
        "text matches '(a+)+$'" + " and text matches '(a+)+$'" * 20,
        "text matches '['",
        "words > 1e999999",
        "stats.words > " + "9" * 400,
        "\x1b[31m",
        "text == '\u202e'" + "x" * 100_000,
        "",
        "text",
        "1 / 0 > 1",
        "id.__class__ == 1",
    ],
)
def test_a_hostile_expression_is_an_answer_or_a_clear_error(
    assay, lines, tmp_path, expression: str
) -> None:
    lines("a.jsonl", [{"text": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}] * 20)
    assert assay("add", "docs", "a.jsonl").code == 0
    done = assay("export", "docs", "out.jsonl", "--where", expression, "--json")
    assert done.code in (0, 2), done.stderr
    assert done.json
    assert "\x1b" not in done.stderr
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "row_id", ["nope", "' OR '1'='1", "'; DROP TABLE docs; --", "`id`", "\\'", "", "é", "x" * 9999]
)
def test_an_unknown_id_is_no_way_into_the_store(assay, lines, row_id: str) -> None:
    lines("a.jsonl", [{"text": "x"}])
    assay("add", "docs", "a.jsonl")
    done = assay("explain", "docs", row_id, "--json")
    assert done.code == 2
    assert "no row with the id" in done.json["what"]
    # An example may be a filter too: what is neither is refused by the grammar.
    assert assay("search", "docs", "--like", row_id, "--json").code == 2
    assert assay("ls", "--json").json["datasets"][0]["rows"] == 1


def test_names_from_outside_cannot_write_to_the_terminal(assay, tmp_path) -> None:
    nasty = "a'b\"\x1b[31m\n\u202eevil [bold]x.jsonl"
    (tmp_path / nasty).write_text('{"text": "t\\u001b[2J \\u202e [red]x[/red]"}\n{"broken\\u001b\n')
    added = assay("add", "docs", nasty)
    assert added.code == 0
    row_id = assay("search", "docs", "x", "--json").json["hits"][0]["id"]
    told = assay("explain", "docs", row_id, "--json").json
    assert told["lineage"][-1]["source"] == nasty
    for command in (
        ["quarantine", "docs"],
        ["search", "docs", "x"],
        ["explain", "docs", row_id],
        ["lineage"],
        ["check", "docs"],
    ):
        done = assay(*command)
        assert done.code == 0
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout
        assert "\nevil" not in done.stdout
    assert "[red]x[/red]" in assay("search", "docs", "x").stdout


def test_file_names_that_are_not_utf8_are_told_in_valid_json(assay, process, tmp_path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.jsonl"
    Path(os.fsdecode(raw)).write_bytes(b'{"text": "x"}\n')
    done = assay("add", "docs", os.fsdecode(raw), "--json")
    assert counts(done) == (1, 1, 0, 0)
    row = assay("search", "docs", "x", "--json").json["hits"][0]
    told = assay("explain", "docs", row["id"], "--json").json
    assert told["lineage"][-1]["source"] == "caf\\xe9.jsonl"
    missing = process("add", "docs", os.fsdecode(raw) + "x", "--json")
    assert missing.code == 1
    assert missing.json["where"]
    latin = process("search", "docs", "x", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert latin.json["hits"][0]["id"] == row["id"]


def test_formulas_in_texts_are_made_harmless_in_csv(assay, lines, tmp_path) -> None:
    lines("a.jsonl", [{"text": "=cmd|' /C calc'!A0"}, {"text": "-1"}, {"text": "plain"}])
    assay("add", "docs", "a.jsonl")
    assert assay("export", "docs", "out.csv", "--columns", "text", "--json").json["rows"] == 3
    first = (tmp_path / "out.csv").read_text().splitlines()[1]
    assert not first.lstrip('"').startswith("=")


def test_an_export_that_fails_leaves_the_older_file(assay, lines, tmp_path) -> None:
    lines("a.jsonl", [{"text": "x"}])
    assay("add", "docs", "a.jsonl")
    (tmp_path / "out.jsonl").write_text("older")
    failed = assay("export", "docs", "out.jsonl", "--where", "nope == 1", "--json")
    assert failed.code == 2
    assert (tmp_path / "out.jsonl").read_text() == "older"
    for target in ("missing/out.jsonl", "/dev/null/out.jsonl"):
        done = assay("export", "docs", target, "--json")
        assert (done.code, done.json["where"]) == (1, target)
    (tmp_path / "folder.jsonl").mkdir()
    assert assay("export", "docs", "folder.jsonl", "--json").code == 1
    assert assay("export", "docs", "out.jsonl", "--json").json["rows"] == 1
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_values_that_json_lacks_come_out_as_null(assay, tmp_path) -> None:
    table = pa.table(
        {"text": ["a", "b", "c"], "x": [float("nan"), float("inf"), 1.0], "b": [b"\xff", None, b""]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert assay("add", "docs", "a.parquet").code == 0
    (tmp_path / "r.yaml").write_text(
        "name: v\ninput: docs\nrules: [keep: x < 5, keep: text != 'q']\n"
    )
    assert assay("curate", "r.yaml", "--json").json["output"]["rows"] == 1
    assert assay("diff", "docs", "docs@v", "--json").json["statistics"]["x"]["a"]["n"] == 1
    assert assay("check", "docs", "--json").code == 0
    for row in assay("search", "docs", "a b c", "--json").json["hits"]:
        told = assay("explain", "docs", row["id"], "--json").json
        assert told["rules"][0]["value"] in (None, 1.0)
    assert assay("diff", "docs", "docs@v").code == 0


def test_thousands_of_columns_are_kept_or_refused_with_the_limit(assay, lines, tmp_path) -> None:
    row = {"text": "wide", **{f"c{n}": n for n in range(3000)}}
    refused = assay("add", "docs", lines("a.jsonl", [row]), "--json")
    assert refused.code == 1
    assert "over the limit of 2,000 columns" in refused.json["what"]
    pq.write_table(pa.table({name: [value] for name, value in row.items()}), "a.parquet")
    assert counts(assay("add", "docs", "a.parquet", "--json")) == (1, 1, 0, 0)
    assert assay("compute", "docs", "text.stats", "--json").json["rows_computed"] == 1
    done = assay("export", "docs", "out.jsonl", "--where", "c2999 == 2999", "--json")
    assert done.json["rows"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "a.b",
        "",
        "`x`",
        "a b",
        "ä",
        "x'y",
        'a"b',
        "A",
        "rowid",
        "_rowid",
        "_score",
        "text_stats__words",
        "\u0000z",
        "select",
        "x" * 3000,
    ],
)
def test_a_column_of_any_name_is_kept_or_set_aside(assay, lines, name: str) -> None:
    lines("a.jsonl", [{"text": "one two", name: n, "a": -n} for n in range(3)])
    assert counts(assay("add", "docs", "a.jsonl", "--json"))[1] == 3
    assert assay("export", "docs", "out.jsonl", "--json").json["rows"] == 3
    done = assay("compute", "docs", "text.stats", "--json")
    assert done.code == (2 if name == "text_stats__words" else 0)
    assert assay("check", "docs", "--json").code == (2 if name == "text_stats__words" else 0)


def test_rows_that_look_like_ours_cannot_pass_for_a_signal(assay, lines, tmp_path) -> None:
    lines("a.jsonl", [{"text": "one two"}])
    assay("add", "docs", "a.jsonl")
    assay("compute", "docs", "text.stats")
    lines("b.jsonl", [{"text": "one two three", "text_stats__words": 99}])
    assert counts(assay("add", "docs", "b.jsonl", "--json")) == (1, 1, 0, 0)
    assert assay("compute", "docs", "text.stats", "--json").json["rows_computed"] == 1
    assay("export", "docs", "out.jsonl", "--columns", "stats.words,source_text_stats__words")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert rows[1] == {"stats.words": 3, "source_text_stats__words": 99}


@pytest.mark.parametrize("kind", ["no rows", "one row", "null text", "records", "chat"])
def test_every_command_works_on_odd_datasets(assay, lines, tmp_path, kind: str) -> None:
    if kind == "no rows":
        pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
        file = tmp_path / "a.parquet"
    else:
        file = lines(
            "a.jsonl",
            {
                "one row": [{"text": "only"}],
                "null text": [{"text": None, "n": n} for n in range(3)] + [{"text": "", "n": 5}],
                "records": [{"a": n, "b": str(n)} for n in range(9)],
                "chat": [
                    {
                        "messages": [
                            {"role": "user", "content": f"hi {n}"},
                            {"role": "assistant", "content": "yo"},
                        ]
                    }
                    for n in range(4)
                ],
            }[kind],
        )
    assert assay("add", "docs", file, "--json").code == 0
    has_text = kind not in ("no rows", "records")
    has_words = has_text and kind != "null text"
    column = "stats.words >= 0" if has_text else "source != 'x'"
    (tmp_path / "r.yaml").write_text(
        f"name: v\ninput: docs\nrules: ['{column}']\n".replace("['", '["').replace("']", '"]')
    )
    rows = assay("ls", "--json").json["datasets"][0]["rows"]
    for command, code in (
        (
            [
                "compute",
                "docs",
                "text.stats",
                "text.language",
                "text.pii",
                "text.minhash",
                "text.tokens",
            ],
            0 if has_text else 2,
        ),
        (["compute", "docs", "embed.text", "-p", "model=lsa"], 0 if has_words else 2),
        (["check", "docs"], 0),
        (["findings", "docs"], 0),
        (["curate", "r.yaml"], 0),
        (["diff", "docs", "docs@v"], 0),
        (["search", "docs", "only"], 0 if has_text else 2),
        (["search", "docs@v", "only", "--where", "source == 'a.jsonl'"], 0 if has_text else 2),
        (["export", "docs@v", "out.parquet"], 0),
        (["export", "docs", "out.jsonl"], 0),
        (["lineage", "docs"], 0),
        (["versions"], 0),
        (["quarantine"], 0),
        (["check", "docs@v"], 0),
    ):
        told = assay(*command, "--json")
        assert told.code == code, (command, told.stderr)
        assert told.json is not None
        assert assay(*command).code == code
    if rows:
        import assay as library

        first = library.open(tmp_path / "p").dataset("docs").to_table(["id"])[0][0].as_py()
        assert assay("explain", "docs", first, "--json").json["id"] == first
