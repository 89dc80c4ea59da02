"""Where the tests find things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"


@dataclass(frozen=True)
class Served:
    """A running server: `url` holds the token, `base` does not."""

    url: str
    base: str
    folder: Path
