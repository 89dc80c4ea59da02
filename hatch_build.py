"""Build the web app into a wheel: `pip install` of the wheel then needs no node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/assay/server/static")
NO_NODE = """The web app is not built, and there is no node to build it with.
Install Node 20 or newer and run again, or take the released wheel, which brings the app along:
pip install assay-engine. An editable install (make install) does without; make web builds later."""


class WebAppHook(BuildHookInterface[Any]):
    """Runs the front-end build for wheels. Editable installs serve what `make web` built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless it was built already (an sdist brings the built app along)."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / STATIC / "index.html").is_file():
            npm = shutil.which("npm")
            if npm is None:
                raise RuntimeError(NO_NODE)
            for command in (["ci", "--no-fund", "--no-audit"], ["run", "build"]):
                subprocess.run([npm, *command], cwd=root / "web", check=True)  # noqa: S603
        build_data["artifacts"].append(f"{STATIC.as_posix()}/**")
