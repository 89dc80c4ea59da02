"""Starting the server, small and odd datasets, and the documents that describe the API."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from server_client import Client, Serving

import assay

ROOT = Path(__file__).resolve().parents[2]
ODD = [
    {"text": "x", "n": float("nan"), "c": "a", "when": "2026-01-01", "tags": ["p", "q"]},
    {"text": "é" * 200_000, "n": None, "c": "b", "when": None, "tags": []},
    {"text": "مرحبا بالعالم", "n": 3.5, "c": None, "when": "", "tags": None},
    {"text": "<svg onload=alert(1)>", "n": -1e308, "c": "a,b", "when": "x", "tags": ["p"]},
    {"text": "", "n": 1.7e308, "c": "a", "when": "y", "tags": ["p"]},
]


def project_of(folder: Path, rows: list[dict[str, Any]]) -> Path:
    source = folder / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(folder / "project").dataset("odd")
    dataset.add(source, nan=True)
    return folder / "project"


@pytest.mark.parametrize("rows", [ODD[:1], ODD], ids=["one row", "odd values"])
def test_small_and_odd_datasets_have_every_screen(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    with Serving(project_of(tmp_path, rows)) as client:
        base = "/api/datasets/odd"
        detail = client.get(base)
        assert detail["rows"] == len(rows)
        assert {f["column"] for f in client.get(f"{base}/facets")["facets"]} >= {"c"}
        view = client.post(f"{base}/view", {"filters": ["n > 5 and n < 6"]})
        assert view["count"] == 0
        empty = client.get(f"{base}/facets?view={view['view_key']}")
        assert all(sum(facet["view"] or []) == 0 for facet in empty["facets"])
        assert client.ask("GET", f"{base}/rows?view={view['view_key']}").table().num_rows == 0
        table = client.ask("GET", f"{base}/rows").table()
        assert table.num_rows == len(rows)
        for row_id in table.column("id").to_pylist():
            assert client.get(f"{base}/row/{row_id}")["id"] == row_id
        assert client.get(f"{base}/map")["state"] == "none"
        assert client.ask("POST", f"{base}/map", {}).status == 200
        assert client.get(f"{base}/findings")["findings"] == []
        recipe = {"name": "r", "input": "odd", "rules": [{"keep": "n > 0"}]}
        found = client.post(f"{base}/curate/preview", {"recipe": recipe})
        assert found["rows_in"] == len(rows)
        for name in ("lineage", "versions", "runs", "recipe", "tags", "views"):
            assert client.ask("GET", f"{base}/{name}").status == 200


def test_an_empty_project_is_served(tmp_path: Path) -> None:
    assay.open(tmp_path / "empty")
    with Serving(tmp_path / "empty") as client:
        assert client.get("/api/project")["datasets"] == []
        assert client.ask("GET", "/api/datasets/none").status == 404
        page = client.send("GET", "/findings")
        assert page.headers["content-type"].startswith("text/html")


def test_it_works_under_a_prefix(project_folder: Path) -> None:
    with Serving(project_folder, "--root-path", "/lab/assay/") as client:
        answer = client.send("GET", f"/lab/assay/?token={client.token}")
        assert answer.headers["location"] == "/lab/assay/"
        assert "Path=/lab/assay" in answer.headers["set-cookie"]
        assert client.get("/lab/assay/api/project")["name"] == "project"
        assert client.send("GET", "/lab/assay/api/project").status == 401
        assert client.send("GET", "/api/project").status == 401


def test_the_openapi_document_is_the_one_kept(client: Client) -> None:
    program = runpy.run_path(str(ROOT / "scripts" / "export_openapi.py"))
    kept = (ROOT / "web" / "openapi.json").read_text("utf-8")
    assert kept == program["document"](), "run scripts/export_openapi.py > web/openapi.json"
    assert client.get("/openapi.json") == json.loads(kept)


def test_every_route_stands_in_the_design(client: Client) -> None:
    design = (ROOT / "design" / "002-web-api.md").read_text("utf-8")
    for path in client.get("/openapi.json")["paths"]:
        tail = re.sub(r"{(\w+)}", "", path.replace("/api/datasets/{dataset}", ""))
        last = tail.rstrip("/").rpartition("/")[2] or "datasets"
        assert last in design, path
