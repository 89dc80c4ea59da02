"""Gaps of a pool: where a target has rows and the pool lacks them, and what to get next."""

from assay.project.gaps import kept
from assay.project.gaps.find import LIMIT, find, gaps
from assay.project.gaps.model import Gap, Gaps

__all__ = ["LIMIT", "Gap", "Gaps", "find", "gaps", "kept"]
