"""One writer at a time; a process that dies leaves no lock behind."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assay.errors import StoreError
from assay.store.locks import exclusive


def test_holders_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter(_: int) -> None:
        for _ in range(20):
            with exclusive(tmp_path / "a.lock"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(4)))
    assert max(most) == 1
    assert len(most) == 80


def test_waiting_ends_with_what_to_do(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "a.lock"),
        pytest.raises(StoreError, match=r"Another process.*a\.lock.*goes with its process"),
        exclusive(tmp_path / "a.lock", wait=0.05),
    ):
        pass


def test_a_lock_is_given_up_on_an_error_and_with_its_process(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "a.lock"):
        _ = 1 / 0
    script = (
        "import os, sys; from pathlib import Path; from assay.store.locks import exclusive\n"
        "exclusive(Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "a.lock"
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode != 0
    with exclusive(path, wait=0):
        pass


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught, exclusive(tmp_path / "file" / "a.lock"):
        pass
    assert caught.value.remedy
