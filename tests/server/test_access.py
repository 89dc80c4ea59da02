"""Every route is refused without the token, with a wrong one, and from another origin."""

from __future__ import annotations

import re

import pytest
from server_client import Client

from assay.project.project import open_project
from assay.server.app import make_api
from assay.server.auth import Access, authorize

FILLED = {"dataset": "demo", "row_id": "x", "name": "n", "finding": "f", "job": "j"}


@pytest.fixture(scope="module")
def every_route(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    project = open_project(tmp_path_factory.mktemp("none"))
    paths = make_api(project).openapi()["paths"]
    found = [
        (method.upper(), re.sub(r"{(\w+)}", lambda m: FILLED[m[1]], path))
        for path, methods in paths.items()
        for method in methods
    ]
    return [*found, ("GET", "/openapi.json"), ("GET", "/api/nothing")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic {token}"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Cookie": "assay_{port}=wrong"}, 401),
        ({"Cookie": "assay_1={token}"}, 401),
        ({"Authorization": "Bearer {token}", "Origin": "https://evil.example"}, 403),
        ({"Authorization": "Bearer {token}", "Origin": "null"}, 403),
        ({"Authorization": "Bearer {token}", "Origin": "http://127.0.0.1:1"}, 403),
        ({"Cookie": "assay_{port}={token}", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Cookie": "assay_{port}={token}", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Authorization": "Bearer {token}", "Host": "evil.example"}, 403),
        ({"Authorization": "Bearer {token}", "Host": "127.0.0.1.evil.example:80"}, 403),
    ],
)
def test_no_route_answers_without_all_it_asks_for(
    client: Client,
    every_route: list[tuple[str, str]],
    headers: dict[str, str],
    status: int,
) -> None:
    given = {k: v.format(token=client.token, port=client.port) for k, v in headers.items()}
    assert len(every_route) > 40
    for method, path in every_route:
        answer = client.send(method, path, None if method == "GET" else {}, given)
        assert (answer.status, answer.json()["error"]) == (status, "NotAllowed"), (method, path)


def test_with_the_token_every_route_lets_in(
    client: Client, every_route: list[tuple[str, str]]
) -> None:
    for method, path in every_route:
        if not path.endswith("/events"):
            answer = client.ask(method, path, None if method == "GET" else {"x": 1})
            assert answer.status not in (401, 403, 500), (method, path, answer.body[:300])


def test_the_first_visit_sets_a_strict_cookie_and_cleans_the_url(client: Client) -> None:
    answer = client.send("GET", f"/explore?token={client.token}&d=demo")
    assert (answer.status, answer.headers["location"]) == (303, "/explore?d=demo")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    same = cookie.partition(";")[0]
    headers = {"Cookie": f"other={{x; {same}", "Origin": f"http://{client.host}:{client.port}"}
    assert client.send("GET", "/api/project", headers=headers).status == 200


def test_the_first_visit_with_a_wrong_token_sets_nothing(client: Client) -> None:
    answer = client.send("GET", "/?token=wrong")
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert "assay serve" in answer.json()["remedy"]


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example", "/%0d%0aX:1", "/a%2f..%2fb"]
)
def test_the_first_visit_leads_nowhere_else(client: Client, path: str) -> None:
    answer = client.send("GET", f"{path}?token={client.token}")
    assert answer.status == 303
    place = answer.headers["location"]
    assert place.startswith("/") and not place.startswith(("//", "/\\"))
    assert "x" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/..%2f..%2fetc/passwd",
        "/assets/../../auth.py",
        "/assets/%2e%2e/%2e%2e/auth.py",
        "/assets//etc/passwd",
        "/static/../auth.py",
        "/api/datasets/..%2f..%2fevents",
        "/api/datasets/../project",
        "/api/datasets/%2e%2e",
    ],
)
def test_no_path_climbs(client: Client, path: str) -> None:
    answer = client.ask("GET", path)
    assert answer.status in (400, 404, 503) or b"<!doctype html>" in answer.body.lower()
    for secret in (b"root:", b"hatchling", b"def authorize"):
        assert secret not in answer.body


def test_every_answer_carries_the_headers(client: Client) -> None:
    for path, status in (("/", None), ("/api/project", 200), ("/api/datasets/none", 404)):
        answer = client.ask("GET", path)
        assert status in (None, answer.status)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.ask("GET", "/api/project").headers["cache-control"] == "no-store"


def test_bodies_of_other_kinds_and_sizes_are_refused(client: Client) -> None:
    path = "/api/datasets/demo/view"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.ask("POST", path, b"a=1", **form).status == 415
    token = {"Authorization": f"Bearer {client.token}"}
    huge = {**token, "Content-Length": str(2**30), "Content-Type": "application/json"}
    assert client.send("POST", path, b"", huge).status == 413
    answer = client.ask("POST", path, b"{", **{"Content-Type": "application/json"})
    assert answer.status == 422


@pytest.mark.parametrize(
    ("bound", "host", "allowed"),
    [
        ("127.0.0.1", "localhost:80", True),
        ("127.0.0.1", "[::1]:80", True),
        ("127.0.0.1", "192.168.0.5", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "[::1", False),
        ("box.local", "BOX.local:80", True),
        ("0.0.0.0", "192.168.0.5:80", True),
        ("0.0.0.0", "rebound.example", False),
    ],
)
def test_only_own_names_are_answered_to(bound: str, host: str, allowed: bool) -> None:
    access = Access("t", 80, bound)
    refusal = authorize(access, "/", {"host": host}, {})
    assert (refusal is None) == allowed
