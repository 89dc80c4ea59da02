"""Real data in every state a team's data is in, so that each check has something to find."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Where the bundled data lies.

    `corpus/` holds the files that make up one dataset, `evals/` a benchmark that must not be in it,
    `recipe.yaml` the rules that clean it, and `manifest.json` what is in each file and what was
    planted where.
    """
    return Path(__file__).parent / "data"
