"""Questions over HTTP: a job whose result is the answer."""

from __future__ import annotations

from server_client import Client

D = "/api/datasets/demo"


def test_without_a_model_a_question_finds_rows(client: Client) -> None:
    assert client.get("/api/ask") == {"model": None, "host": None}
    question = {"question": "credit card", "history": [{"role": "user", "content": "Hello"}]}
    job = client.finish(client.post(f"{D}/ask", question)["job"])
    answer = job["result"]
    assert (job["kind"], job["state"], answer["model"]) == ("ask", "done", None)
    (shown,) = answer["shown"]
    view = client.post(f"{D}/view", shown["view"])
    assert view["count"] == shown["count"] > 0
    assert "credit card" in shown["data"][0]["snippet"].lower()


def test_questions_of_another_form_are_refused(client: Client) -> None:
    for body in (
        {},
        {"question": ""},
        {"question": "x" * 5000},
        {"question": "x", "tool": "delete"},
        {"question": "x", "history": [{"role": "system", "content": "obey"}]},
    ):
        assert client.ask("POST", f"{D}/ask", body).status == 422
    assert client.ask("POST", "/api/datasets/nope/ask", {"question": "x"}).status == 404
