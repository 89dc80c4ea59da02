"""The findings of one check, and each of their rows by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay import registry
from assay.insight.reading import snippets
from assay.project.check import StoredFinding

if TYPE_CHECKING:
    from assay.project.dataset import Dataset


@dataclass(frozen=True)
class FoundRow:
    """One row of a finding.

    Attributes:
        id: Of the row.
        score: In [0, 1]; 1 is the worst. That of the finding where the check scores no rows.
        evidence: What the check says of this row, such as `given` and `suggested`; empty where it
            says nothing of single rows.
        finding: What the row belongs to.
    """

    id: str
    score: float
    evidence: Mapping[str, Any]
    finding: StoredFinding

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `finding` has what is said of all its rows together."""
        whole = self.finding
        return {
            "id": self.id,
            "check": whole.check,
            "rows": 1,
            "row_ids": [self.id],
            "score": self.score,
            "evidence": dict(self.evidence),
            "state": whole.state,
            "finding": {
                "id": whole.id,
                "title": whole.title,
                "score": whole.score,
                "rows": whole.rows,
                "fix": dict(whole.fix) if whole.fix else None,
            },
        }


def of_check(found: Sequence[StoredFinding], name: str) -> list[StoredFinding]:
    """Those of one check.

    Raises:
        UsageError: There is no such check.
    """
    registry.get("finder", name)
    return [each for each in found if each.check == name]


def row_by_row(found: Sequence[StoredFinding]) -> list[FoundRow]:
    """Every row of some findings, worst first.

    What is said of a row is its record in the evidence's `ranked`, where the check gives one.
    """
    rows = []
    for each in found:
        records = {record["id"]: record for record in each.evidence.get("ranked", ())}
        for row_id in each.row_ids:
            record = dict(records.get(row_id, {}))
            score = float(record.pop("score", each.score))
            record.pop("id", None)
            rows.append(FoundRow(row_id, score, record, each))
    return sorted(rows, key=lambda one: -one.score)


def beginnings(dataset: Dataset, found: Sequence[FoundRow]) -> list[str]:
    """The beginning of each row's text; empty where it has none, or is not there any more."""
    rows = dataset.rows()
    ids = rows.table("id").column(0).combine_chunks()
    place = pc.index_in(pa.array([each.id for each in found], pa.string()), value_set=ids)
    at = np.asarray(place.fill_null(-1), np.int64)
    said = dict(zip(at[at >= 0].tolist(), snippets(rows, at[at >= 0]), strict=True))
    return [said.get(each, "") for each in at.tolist()]
