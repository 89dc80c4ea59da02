"""One small tree of errors. Each says what, where, what is allowed and what to do."""

from __future__ import annotations

from typing import Any


class Stopped(Exception):
    """A person stopped the work: nothing is wrong, and what was finished stays."""


class AssayError(Exception):
    """Something failed for a reason that a person can act on.

    Args:
        what: One sentence: what went wrong, with the offending value.
        where: The file, row, field or dataset, if there is one.
        allowed: What would have been accepted, if that can be listed.
        remedy: What to do next, ideally the exact command.
        facts: Further values for machines; returned as JSON next to the above.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        allowed: str | None = None,
        remedy: str | None = None,
        **facts: Any,
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.remedy = remedy
        self.facts = facts
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"Where: {self.where}.")
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}.")
        if self.remedy:
            parts.append(f"To fix: {self.remedy}.")
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON-ready values."""
        return {
            "error": type(self).__name__,
            "what": self.what,
            "where": self.where,
            "allowed": self.allowed,
            "remedy": self.remedy,
            **self.facts,
        }


class UsageError(AssayError):
    """The request itself is wrong: an unknown name, a bad option, a bad expression."""

    exit_code = 2


class InputError(AssayError):
    """A file or folder cannot be read as asked."""


class StoreError(AssayError):
    """The project's own files cannot be read or written."""


class MissingExtra(AssayError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the extra '{extra}', which is not installed.",
            remedy=f"pip install 'assay-engine[{extra}]'",
            feature=feature,
            extra=extra,
        )
