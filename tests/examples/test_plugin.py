"""The example plug-in installs with pip and is found through its entry point."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "assay-readability"


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> dict[str, str]:
    """Environment of a process that sees the plug-in as an installed distribution."""
    target = tmp_path_factory.mktemp("site")
    if find_spec("pip") and find_spec("hatchling"):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
        command += ["--no-build-isolation", "--disable-pip-version-check"]
        # From a copy: a build may leave files beside its sources.
        source = shutil.copytree(EXAMPLE, target / "source")
        subprocess.run([*command, "--target", str(target), str(source)], check=True)
    else:
        lay_out(target)
    return {**os.environ, "PYTHONPATH": str(target)}


def lay_out(target: Path) -> None:
    """What a wheel of the example holds, for an environment without its build backend."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"], project["version"]
    folder = name.replace("-", "_")
    shutil.copytree(EXAMPLE / "src" / folder, target / folder)
    info = target / f"{folder}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))


def python(code: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_op_of_the_plug_in_is_registered(installed):
    code = "from assay import registry; op = registry.ops()['text.readability']; print(op.summary)"
    assert python(code, installed).startswith("Flesch reading ease of an English text")


def test_without_the_plug_in_there_is_no_such_op():
    code = "from assay import registry; print('text.readability' in registry.ops())"
    assert python(code, dict(os.environ)) == "False"


def test_the_tests_of_the_plug_in_pass(installed):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir"]
    command += [str(EXAMPLE), "-c", "/dev/null", str(EXAMPLE / "tests")]
    done = subprocess.run(command, env=installed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout
