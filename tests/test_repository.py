"""Habits that the repository keeps by test: small files, light imports, a reviewed public API."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import assay

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src" / "assay").rglob("*.py"))
HEAVY = ("numba", "torch", "ray", "sqlalchemy", "fastapi", "duckdb", "lance", "onnxruntime")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_a_source_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_test_files_have_names_of_their_own() -> None:
    """Two of one name cannot be imported side by side, and one of them would not run."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_importing_assay_loads_no_heavy_library() -> None:
    code = "import sys, json, assay; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.check_output([sys.executable, "-c", code]))
    assert [name for name in HEAVY if name in loaded] == []


def test_listing_ops_loads_no_kernel_compiler() -> None:
    code = "import sys, assay.registry as r; r.ops(); r.readers(); print('numba' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"False"


def test_the_public_api_is_the_reviewed_one() -> None:
    """A change of the public surface shows up in review; renew the snapshot as told below."""
    snapshot = ROOT / "tests" / "public_api.txt"
    assert "\n".join(public_api()) + "\n" == snapshot.read_text(), (
        "the public API changed; if that is meant, run: python tests/test_repository.py"
    )


def test_the_package_exports_at_most_twelve_names() -> None:
    assert len(assay.__all__) <= 12
    for name in assay.__all__:
        assert getattr(assay, name) is not None


def public_api() -> list[str]:
    """Every public name of `assay`, with signatures, and the methods of what `open` returns."""
    from assay.project.dataset import Dataset
    from assay.project.project import Project

    lines = []
    for name in sorted(assay.__all__):
        value = getattr(assay, name)
        shown = f"assay.{name}"
        if callable(value) and not isinstance(value, type):
            shown += str(inspect.signature(value))
        lines.append(shown)
    for owner in (Project, Dataset):
        for name, member in inspect.getmembers_static(owner):
            if name.startswith("_"):
                continue
            if isinstance(member, property):
                lines.append(f"{owner.__name__}.{name} (property)")
            elif callable(member):
                lines.append(f"{owner.__name__}.{name}{inspect.signature(member)}")
    return lines


if __name__ == "__main__":
    (ROOT / "tests" / "public_api.txt").write_text("\n".join(public_api()) + "\n")
