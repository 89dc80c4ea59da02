"""Print the OpenAPI document of the web API; kept as web/openapi.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from assay.project.project import open_project
from assay.server.app import make_api


def document() -> str:
    """The document, the same for every project and machine."""
    with tempfile.TemporaryDirectory() as folder:
        api = make_api(open_project(folder), static=Path(folder) / "none")
        return json.dumps(api.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(document(), end="")
