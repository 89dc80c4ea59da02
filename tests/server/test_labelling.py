"""Labels over HTTP: what the browser sends, and what its views show after."""

from __future__ import annotations

from server_client import Client

D = "/api/datasets/demo"


def view(client: Client, *filters: str) -> dict:
    return client.post(f"{D}/view", {"filters": list(filters)})


def facet(client: Client, column: str) -> dict[str, int]:
    (found,) = client.get(f"{D}/facets?columns={column}")["facets"]
    return {each["value"]: each["all"] for each in found["values"]}


def test_rows_of_a_view_are_labelled_shown_and_undone(client: Client) -> None:
    source = next(iter(facet(client, "source")))
    some = view(client, f'source == "{source}"')
    before = view(client)["view_key"]
    body = {"field": "kind of text", "value": "prose", "view": some["view_key"]}
    done = client.post(f"{D}/labels", body)
    assert (done["column"], done["changed"]) == ("labels.kind of text", some["count"])
    assert view(client)["view_key"] != before
    assert facet(client, "labels.kind%20of%20text") == {"prose": some["count"]}
    assert view(client, '`labels.kind of text` == "prose"')["count"] == some["count"]
    undone = client.post(f"{D}/labels/undo", {"event": done["undo"]})
    assert undone == {"field": "kind of text", "rows": 0}
    assert view(client)["view_key"] == before
    again = client.ask("POST", f"{D}/labels/undo", {"event": done["undo"]})
    assert again.status == 404


def test_the_row_tells_its_answers_and_the_fields_their_values(client: Client) -> None:
    ids = client.project.dataset("demo").to_table(["id"]).column("id").to_pylist()[:2]
    first = client.post(f"{D}/labels", {"field": "licence check", "value": True, "ids": ids})
    detail = client.get(f"{D}/row/{ids[0]}")
    (answer,) = detail["labels"]
    assert (answer["field"], answer["value"]) == ("licence check", "true")
    (field,) = [f for f in client.get(f"{D}/labels")["fields"] if f["field"] == "licence check"]
    assert (field["rows"], field["values"]) == (2, ["true"])
    taken = client.post(f"{D}/labels", {"field": "licence check", "value": None, "ids": ids})
    assert (taken["changed"], taken["rows"]) == (2, 0)
    client.post(f"{D}/labels/undo", {"event": taken["undo"]})
    client.post(f"{D}/labels/undo", {"event": first["undo"]})
    assert client.get(f"{D}/row/{ids[0]}")["labels"] == []


def test_what_is_no_answer_is_refused(client: Client) -> None:
    for body in (
        {"field": "text", "value": "x", "rows": [0]},
        {"field": "new", "value": "", "rows": [0]},
        {"field": "new", "value": "x"},
        {"field": "new", "value": "x", "rows": [10**9]},
        {"field": "a__b", "value": "x", "rows": [0]},
    ):
        answer = client.ask("POST", f"{D}/labels", body)
        assert (answer.status, "what" in answer.json()) == (400, True), body
