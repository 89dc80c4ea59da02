"""Who does what is recorded as an event."""

from __future__ import annotations

import getpass


def who() -> str:
    """The account that runs this; `local` where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such account, as in some containers
        return "local"
