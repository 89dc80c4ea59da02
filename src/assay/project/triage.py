"""Decisions about findings: events, each of which can be taken back."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assay.errors import UsageError
from assay.project import tags
from assay.project.check import ACTIONS, StoredFinding, find_one, findings

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


def triage(dataset: Dataset, finding: str, action: str, *, note: str = "") -> StoredFinding:
    """Record that a finding is snoozed, applied, or neither any more.

    A fix that is a rule waits for the next curation; one that is a tag is put on the rows at once,
    and taken off as far as it was put on when the finding is no longer applied.

    Args:
        dataset: Whose finding.
        finding: Its id, or the start of it where that is enough to tell it apart.
        action: `snooze`, `apply`, `wontfix` or `undo`.
        note: Why, for the record.

    Raises:
        UsageError: No such finding or action, or a finding without a fix is to be applied.
    """
    if action not in ACTIONS:
        raise UsageError(f"There is no action '{action}'.", allowed=", ".join(ACTIONS))
    found = find_one(dataset, finding)
    if action == "apply" and found.fix is None:
        raise UsageError(
            f"The finding '{found.id}' has no fix to apply: {found.title}.",
            remedy=f"look at the rows, then: assay findings {dataset.name} --snooze {found.id}",
        )
    key = uuid.uuid4().hex  # every decision counts, also one made twice
    record = {
        "key": key,
        "dataset": dataset.name,
        "finding": found.id,
        "action": action,
        "note": note,
    }
    before = _applied_by(dataset, found)
    dataset.project.events.append("triage", [record])
    if found.fix is not None and "tag" in found.fix:
        if before is not None:
            with contextlib.suppress(UsageError):  # the tagging itself was undone before
                tags.untag(dataset, before)
        if action == "apply":
            tags.tag(dataset, found.fix["tag"], found.row_ids, event=key)
    return replace(found, state=ACTIONS[action])


def applied_rules(dataset: Dataset) -> list[Mapping[str, Any]]:
    """The fixes of applied findings that are rules, as entries for a recipe's `rules`."""
    applied = findings(dataset, state="applied", shown=0)
    return [found.rule for found in applied if found.rule is not None]


def _applied_by(dataset: Dataset, found: StoredFinding) -> str | None:
    """The key of the decision by which a finding is applied; None where it is not."""
    if found.state != "applied":
        return None
    decided = dataset.project.events.read("triage", dataset=dataset.name, finding=found.id)
    keys = [each["key"] for each in decided.to_pylist() if each["action"] == "apply"]
    return keys[-1] if keys else None
