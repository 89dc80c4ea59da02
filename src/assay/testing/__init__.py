"""Contract tests for plug-ins, to be called from their own test suites."""

from __future__ import annotations

from assay.testing.finders import check_finder
from assay.testing.ops import awkward_texts, check_op

__all__ = ["awkward_texts", "check_finder", "check_op"]
