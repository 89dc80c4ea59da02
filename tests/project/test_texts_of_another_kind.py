"""A column called `text` that holds no texts is a column like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import assay
from assay.cli.main import cli
from assay.errors import UsageError
from assay.project import summary
from assay.project.dataset import Dataset
from assay.project.view.engine import Engine
from assay.project.view.inspect import snippets, whole_text

VALUES: dict[str, list[Any]] = {
    "numbers": [n % 10 for n in range(50)],
    "lists": [["a", str(n % 10)] for n in range(50)],
    "records": [{"a": n % 10} for n in range(50)],
}


@pytest.fixture(params=VALUES)
def docs(tmp_path: Path, request: pytest.FixtureRequest) -> Dataset:
    file = tmp_path / "a.jsonl"
    rows = [{"text": value, "kind": "ab"[i % 2]} for i, value in enumerate(VALUES[request.param])]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    return dataset


def test_checks_of_texts_are_left_out_and_the_others_run(docs) -> None:
    (found,) = docs.check()
    assert (found.check, found.rows) == ("duplicates.exact", 40)
    assert [group["text"] for group in found.evidence["examples"]] == [""] * 10
    with pytest.raises(UsageError, match=r"needs the column 'text' with texts in it") as error:
        docs.check("pii.found")
    assert "text," not in str(error.value.allowed)
    assert docs.report().advice[0].reason == found.id


def test_commands_and_screens_show_its_rows_without_a_text(docs) -> None:
    (found,) = docs.check("duplicates.exact")
    where = ["--project", str(docs.project.root)]
    listed = CliRunner().invoke(cli, [*where, "findings", "docs", "--check", found.check, "--all"])
    assert listed.exit_code == 0 and f"  {found.row_ids[0][:12]}\n" in listed.stdout
    docs.split({"a": 1, "b": 1})
    explained = CliRunner().invoke(cli, [*where, "explain", "docs", found.row_ids[0]])
    assert explained.exit_code == 0, explained.output
    view = Engine(docs.project).view(docs, {})
    assert summary.detail(docs, view)["has_text"] is False
    assert {each["snippet"] for each in snippets(view.snapshot, view.order)} == {""}
    with pytest.raises(UsageError, match="has no text"):
        whole_text(docs, found.row_ids[0])


def test_ops_of_texts_say_what_the_column_holds(docs) -> None:
    with pytest.raises(UsageError, match="reads texts"):
        docs.compute("text.language")
    assert docs.project.quarantine("docs") == []
