"""Seconds of the demo by step; and of `make demo` in a fresh clone.

    python benchmarks/bench_demo.py [--clone]

The demo runs in a new folder with the kernels cached on disk. With --clone, this checkout's last
commit is cloned, installed by `make install` into an environment of its own (from pip's cache, as
far as it is warm) and its demo run, with an empty kernel cache: what a newcomer waits for.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, conditions, record, spend

ASSAY = Path(sys.executable).parent / "assay"


def fresh_clone(work: Path) -> dict[str, object]:
    clone = work / "clone"
    cold = {"ASSAY_CACHE_DIR": str(work / "kernels")}
    spend(["git", "clone", "--quiet", ROOT, clone])
    install = spend(["make", "install"], cwd=clone, **cold)
    demo = spend([".venv/bin/assay", "demo", "--no-serve", "--json"], cwd=clone, **cold)
    return {
        "seconds": round(install.wall + demo.wall, 1),
        "install_seconds": round(install.wall, 1),
        "demo_seconds": round(demo.wall, 1),
        "demo_seconds_by_step": demo.document()["seconds"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clone", action="store_true")
    options = parser.parse_args()
    result = conditions()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        spent = [
            spend([ASSAY, "demo", "--no-serve", "--json", "--dir", work / f"demo{i}"])
            for i in range(2)
        ]
        told = spent[1].document()
        result["warm"] = {
            "rows": told["rows"],
            "wall_seconds": round(spent[1].wall, 2),
            "cpu_seconds": round(spent[1].cpu, 2),
            "seconds_by_step": told["seconds"],
        }
        if options.clone:
            result["fresh_clone"] = fresh_clone(work)
    record("demo", result)


if __name__ == "__main__":
    main()
