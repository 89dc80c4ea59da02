"""What every test may use: the shared data, a scripted chat model, and a warm kernel cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripted import Model, answering

# Real data lives beside the checkout, or where ASSAY_SHARED_DATA says.
_SHARED = Path(
    os.environ.get("ASSAY_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Path of a file of the shared data; skips the test where the file is missing."""

    def locate(relative: str) -> Path:
        path = _SHARED / relative
        if not path.exists():
            pytest.skip(
                f"shared data is not here: {relative} (set ASSAY_SHARED_DATA to its folder)"
            )
        return path

    return locate


@pytest.fixture
def model() -> Iterator[Model]:
    """A chat model that says what the test has it say."""
    with answering() as scripted:
        yield scripted
