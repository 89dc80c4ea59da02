"""Views over HTTP: what is counted, sent and drawn agrees with what the project says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest
from server_client import Client

D = "/api/datasets/demo"
WORDS = {"column": "text.stats.words", "op": "between", "value": [50, 200]}


OF_WORDS = "text.stats.words between 50 and 200"


def key(client: Client, **view: Any) -> str:
    found: str = client.post(f"{D}/view", view)["view_key"]
    return found


@pytest.mark.parametrize(
    ("filters", "expression"),
    [
        ([], None),
        (["text.stats.words > 50"], "text.stats.words > 50"),
        ([WORDS], "text.stats.words between 50 and 200"),
        ([{**WORDS, "right": "open"}], "text.stats.words >= 50 and text.stats.words < 200"),
        (
            [{"column": "title", "op": "in", "value": ["FAQ", None]}],
            'title is null or title == "FAQ"',
        ),
        ([{"column": "title", "op": "not in", "value": []}], None),
        ([{"column": "title", "op": "in", "value": []}], "1 > 2"),
        (
            [{"column": "text.pii.spans", "op": "has", "value": "email"}],
            'has(text.pii.spans, "email")',
        ),
        ([{"column": "text", "op": "contains", "value": '"\\'}], 'text contains "\\"\\\\"'),
        (
            ["text.stats.words > 50", {"column": "url", "op": "is null"}],
            "words > 50 and url is null",
        ),
        (["version:clean"], None),
        (["not version:clean", "not dropped:clean"], "1 > 2"),
    ],
)
def test_a_view_counts_what_the_expression_says(
    client: Client, filters: list[Any], expression: str | None
) -> None:
    dataset = client.project.dataset("demo")
    if filters and filters[0] == "version:clean":
        expected = client.project.dataset("demo@clean").num_rows
    else:
        expected = dataset.where(expression).num_rows if expression else dataset.num_rows
    answer = client.post(f"{D}/view", {"filters": filters})
    assert (answer["count"], answer["total"]) == (expected, dataset.num_rows)
    again = client.post(f"{D}/view", answer["normalized"])
    assert again["view_key"] == answer["view_key"]
    mask = client.ask("GET", f"{D}/mask?view={answer['view_key']}").body
    bits = np.unpackbits(np.frombuffer(mask, np.uint8), bitorder="little")
    assert (bits.sum(), len(mask)) == (expected, (dataset.num_rows + 7) // 8)


@pytest.mark.parametrize(
    "view",
    [
        {"filters": ["text.stats.words > 100"]},
        {"filters": [WORDS, "version:clean"], "sort": [{"column": "text.stats.words"}]},
        {"sort": [{"column": "title", "desc": True}, {"column": "text.stats.words"}]},
        {"search": {"query": "optional arguments"}},
        {"filters": ["text.stats.words > 20"], "search": {"query": "polars"}},
    ],
)
def test_rows_and_python_give_the_same_rows_in_the_same_order(
    client: Client, view: dict[str, Any]
) -> None:
    name = key(client, **view)
    path = f"{D}/rows?view={name}&limit=700&offset="
    pages = [client.ask("GET", f"{path}{offset}").table() for offset in range(0, 3000, 700)]
    shown = pa.concat_tables(pages)
    space: dict[str, Any] = {}
    exec(client.get(f"{D}/python?view={name}")["code"], space)
    assert shown.column("id").to_pylist() == space["rows"].column("id").to_pylist()
    assert shown.num_rows > 10
    ids = client.project.dataset("demo").to_table(["id"]).column("id")
    assert shown.column("id").to_pylist() == ids.take(shown.column("_row")).to_pylist()


def test_rows_come_in_types_that_browsers_read(client: Client) -> None:
    names = [c["name"] for c in client.get(D)["columns"] if c["kind"] != "vector"]
    path = f"{D}/rows?limit=50&cut=20&columns={quote(json.dumps(names))}"
    table = client.ask("GET", path).table()
    plain = {pa.int32(), pa.uint32(), pa.float32(), pa.float64(), pa.bool_(), pa.string()}
    assert {field.type for field in table.schema} <= plain
    assert max(len(t) for t in table.column("text").to_pylist() if t) == 20
    assert table.schema.metadata[b"count"] == str(client.get(D)["rows"]).encode()
    some = client.ask("POST", f"{D}/rows", {"rows": [7, 3, 7], "columns": ["text"]}).table()
    assert some.column("_row").to_pylist() == [7, 3, 7]


def test_facets_add_up(client: Client) -> None:
    answer = client.get(f"{D}/facets?view={key(client, filters=[OF_WORDS])}")
    facets = {facet["column"]: facet for facet in answer["facets"]}
    for facet in facets.values():
        for side, rows in (("all", answer["total"]), ("view", answer["count"])):
            if facet.get("edges"):
                assert sum(facet[side]) + facet["nulls"][side] == rows, facet["column"]
                assert len(facet["edges"]) == len(facet[side]) + 1
            elif facet["kind"] not in ("spans", "list"):
                listed = sum(value[side] for value in facet["values"])
                assert listed + facet["other"][side] + facet["nulls"][side] == rows
    words = facets["text.stats.words"]
    assert words["stats"]["min"] >= 50 - 50 and words["relevance"] > 0
    inside = [n for n, low in zip(words["view"], words["edges"], strict=False) if low > 200]
    assert sum(inside) == 0
    language = facets["text.language.code"]["values"]
    assert language[0]["value"] == "en"
    assert client.get(f"{D}/values?column=text.language.code&q=E")["values"][0] == {
        **language[0],
        "view": language[0]["all"],
    }


def test_a_facet_shows_what_else_could_be_chosen_on_its_column(client: Client) -> None:
    english = {"column": "text.language.code", "op": "in", "value": ["en"]}

    def facet(column: str, **view: Any) -> dict[str, Any]:
        path = f"{D}/facets?view={key(client, **view)}&columns={column}"
        found: dict[str, Any] = client.get(path)["facets"][0]
        return found

    for search in (None, {"query": "optional arguments"}):
        both = {"filters": [WORDS, english], "search": search}
        shown = facet("text.language.code", **both)
        assert shown == facet("text.language.code", filters=[WORDS], search=search)
        words = facet("text.stats.words", **both)
        assert words["view"] == facet("text.stats.words", filters=[english], search=search)["view"]
        code = "text.language.code"
        asked = client.get(f"{D}/values?column={code}&view={key(client, **both)}")["values"]
        assert asked[:20] == shown["values"]
        in_view = client.post(f"{D}/view", both)["count"]
        source = facet("source", **both)
        assert sum(value["view"] for value in source["values"]) == in_view > 0
        stats = facet("text.stats.words", filters=[OF_WORDS, english], search=search)["stats"]
        assert words["stats"] == stats
    # An expression was not chosen in a facet: it holds there as well.
    written = facet("text.language.code", filters=['text.language.code == "en"', english])
    assert {v["value"] for v in written["values"] if v["view"]} == {"en"}
    alone = facet("text.language.code", filters=[english])
    assert all(value["view"] == value["all"] for value in alone["values"])


def test_a_named_version_is_a_mask_over_the_same_rows(client: Client) -> None:
    clean = "/api/datasets/demo%40clean"
    detail = client.get(clean)
    kept = client.project.dataset("demo@clean").num_rows
    assert (detail["rows"], detail["source_rows"]) == (kept, client.get(D)["rows"])
    mask = np.frombuffer(client.ask("GET", f"{clean}/mask").body, np.uint8)
    assert np.unpackbits(mask).sum() == kept
    facet = client.get(f"{clean}/facets?columns=text.language.code")["facets"][0]
    assert {value["value"] for value in facet["values"]} <= {"en", "de"}
    assert facet["other"]["distinct"] == 0


def test_one_row_says_everything(client: Client) -> None:
    dataset = client.project.dataset("demo")
    dropped = dataset.where("dropped:clean").to_table(["id"]).column("id")[0].as_py()
    row = client.get(f"{D}/row/{dropped}")
    assert not row["verdicts"]["kept"]
    failed = [rule for rule in row["verdicts"]["rules"] if rule["verdict"] == "drop"]
    assert failed and all(rule["reason"] for rule in failed)
    outputs = {o["column"]: o for group in row["signals"] for o in group["outputs"]}
    words = outputs["text.stats.words"]
    values = dataset.to_table(["text.stats.words"]).column(0).drop_null().to_numpy()
    below, same = (values < words["value"]).sum(), (values == words["value"]).sum()
    assert words["percentile"] == pytest.approx(100 * (below + same / 2) / len(values), abs=0.01)
    assert len(row["neighbors"]) == 8
    assert row["neighbors"] == sorted(row["neighbors"], key=lambda n: -n["similarity"])
    assert [step["step"] for step in row["lineage"]][-1] == "add"
    text = client.ask("GET", f"{D}/row/{dropped}/text")
    assert text.headers["content-disposition"].startswith("attachment")
    assert text.body.decode() == (row["values"]["text"] or "")


def test_rows_before_and_after_follow_the_view(client: Client) -> None:
    name = key(client, filters=[WORDS], sort=[{"column": "text.stats.words", "desc": True}])
    table = client.ask("GET", f"{D}/rows?view={name}&limit=3").table()
    first, second, third = table.column("id").to_pylist()
    row = client.get(f"{D}/row/{second}?view={name}")
    assert (row["previous"], row["next"]) == (first, third)
    place = client.get(f"{D}/position?view={name}&row={row['row']}")
    assert place == {"offset": 1}


def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    path = f"{D}/mask?view={key(client, filters=[WORDS])}"
    first = client.ask("GET", path)
    again = client.ask("GET", path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert "max-age" in first.headers["cache-control"]


def test_an_unknown_view_key_is_gone(client: Client) -> None:
    answer = client.ask("GET", f"{D}/facets?view=0123456789abcdef")
    assert (answer.status, answer.json()["error"]) == (410, "ViewExpired")


@pytest.mark.parametrize(
    "view",
    [
        {"filters": ["words >"]},
        {"filters": ["__import__('os')"]},
        {"filters": ["nothing > 5"]},
        {"filters": ["tag:never"]},
        {"filters": ["finding:zz"]},
        {"filters": ["dropped:clean/never"]},
        {"filters": [{"column": "text.stats.words", "op": ">", "value": "many"}]},
        {"filters": [{"column": "title", "op": "matches", "value": "("}]},
        {"filters": [{"column": "title", "op": "in", "value": {"a": 1}}]},
        {"filters": ["x"] * 51},
        {"search": {"like": ["no such row"]}},
        {"search": {"unlike": ["tag:never"]}},
        {"sort": [{"column": "embed.text.vector"}]},
        {"sort": [{"column": "text' or 1"}]},
    ],
)
def test_a_broken_or_hostile_view_is_refused_with_a_reason(
    client: Client, view: dict[str, Any]
) -> None:
    answer = client.ask("POST", f"{D}/view", view)
    assert answer.status == 400, answer.body
    assert answer.json()["what"]
    assert client.get("/api/project")["name"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wor", "text.stats.words"),
        ('text.language.code == "d', '"de"'),
        ("text.stats.words b", "between"),
        ("tag", "tag:"),
        ("version:", "version:clean"),
        ("", "text.stats.words"),
    ],
)
def test_completion_offers_what_fits(client: Client, text: str, expected: str) -> None:
    if text == "tag":
        rows = {"tag": "offered", "rows": [0]}
        client.post(f"{D}/tags", rows)
        expected = "tag:offered"
    found = client.get(f"{D}/complete?text={quote(text)}")
    offered = [option["text"] for option in found["options"]]
    assert expected in offered if text else offered
    assert text[: found["from"]] + expected  # what is replaced lies within the text


def test_a_selection_of_a_mask_is_the_same_everywhere(client: Client) -> None:
    rows = client.get(D)["source_rows"]
    mask = np.zeros(rows, bool)
    mask[[1, 5, 700]] = True
    body = np.packbits(mask, bitorder="little").tobytes()
    kept = client.ask("POST", f"{D}/selections", body).json()
    assert kept["count"] == 3
    listed = client.ask("POST", f"{D}/selections", {"rows": [700, 5, 1]}).json()
    assert listed == kept
    assert kept["view"] is None
    table = client.ask("GET", f"{D}/rows?view={key(client, filters=[kept['filter']])}").table()
    assert table.column("_row").to_pylist() == [1, 5, 700]
    assert client.project.dataset("demo").where(kept["filter"]).num_rows == 3
    outside = client.post(f"{D}/view", {"filters": [f"not {kept['filter']}"]})
    assert outside["count"] == rows - 3


def test_a_selection_made_in_a_view_comes_with_what_of_the_view_is_selected(client: Client) -> None:
    inside = client.post(f"{D}/view", {"filters": [WORDS]})
    bits = client.ask("GET", f"{D}/mask?view={inside['view_key']}").body
    seen = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little").astype(bool)
    mask = np.zeros(inside["total"], bool)
    mask[[*np.flatnonzero(seen)[:5], np.flatnonzero(~seen)[0]]] = True
    body = np.packbits(mask, bitorder="little").tobytes()
    kept = client.ask("POST", f"{D}/selections?view={inside['view_key']}", body).json()
    asked = client.post(f"{D}/view", {"filters": [WORDS, kept["filter"]]})
    assert kept["view"] == asked
    assert (kept["count"], kept["view"]["count"]) == (6, 5)
    refused = client.ask("POST", f"{D}/selections?view=0123456789abcdef", body)
    assert (refused.status, refused.json()["error"]) == (410, "ViewExpired")


def test_tags_are_rows_that_python_sees_and_undo_takes_back(client: Client) -> None:
    dataset = client.project.dataset("demo")
    first = client.post(f"{D}/tags", {"tag": "good one", "rows": [1, 2, 3]})
    assert (first["changed"], first["rows"]) == (3, 3)
    more = client.post(f"{D}/tags", {"tag": "good one", "view": key(client, filters=[WORDS])})
    assert dataset.where("tag:good one").num_rows == more["rows"]
    less = client.post(f"{D}/tags", {"tag": "good one", "action": "remove", "rows": [1]})
    assert less["changed"] == 1
    assert client.post(f"{D}/tags/undo", {"event": less["undo"]})["rows"] == more["rows"]
    assert client.post(f"{D}/tags/undo", {"event": more["undo"]})["rows"] == 3
    assert client.ask("POST", f"{D}/tags/undo", {"event": more["undo"]}).status == 404
    listed = {tag["name"]: tag["rows"] for tag in client.get(f"{D}/tags")["tags"]}
    assert listed["good one"] == 3
    for name in ("", "a/b", "x" * 61, "<b>\n", "a:b", ' "'):
        answer = client.ask("POST", f"{D}/tags", {"tag": name, "rows": [1]})
        assert answer.status == 400, name


def test_views_are_saved_by_name_with_all_that_is_in_them(client: Client) -> None:
    view = {"filters": [WORDS], "camera": {"x": 0.5, "zoom": 3}, "<script>": "kept as data"}
    path = f"{D}/views/{quote('my view ü')}"
    assert client.ask("PUT", path, view).json()["name"] == "my view ü"
    saved = {v["name"]: v["view"] for v in client.get(f"{D}/views")["views"]}
    assert saved["my view ü"] == view
    assert client.ask("DELETE", path).status == 200
    assert "my view ü" not in {v["name"] for v in client.get(f"{D}/views")["views"]}


def test_a_thumb_makes_rows_likely_and_the_most_likely_a_selection(client: Client) -> None:
    search = {"query": "order"}
    view = client.post(f"{D}/view", {"search": search})
    key = view["view_key"]
    ids = client.ask("GET", f"{D}/rows?view={key}&limit=2000").table()["id"].to_pylist()
    first, last = ids[0], ids[-1]
    asked = {"search": search, "row": first, "view": key}
    before = client.post(f"{D}/search/standing", asked)
    assert before == {"yes": 0, "no": 0, "answer": None, "likely": None}
    client.post(f"{D}/search/thumb", {"search": search, "row": last, "answer": False})
    after = client.post(f"{D}/search/thumb", {**asked, "answer": True})
    assert (after["yes"], after["no"], after["answer"]) == (1, 1, True)
    likely = after["likely"]
    assert 0.5 < likely["value"] < 1 and likely["low"] < likely["value"] < likely["high"]
    stored = client.post(f"{D}/search/most-likely", {"search": search, "n": 3, "view": key})
    assert client.post(f"{D}/view", {"filters": [stored["filter"]]})["count"] == 3
    assert 0 <= stored["low"] <= stored["expected"] <= stored["high"] <= 3
    taken_back = client.post(f"{D}/search/thumb", {**asked, "answer": None})
    assert (taken_back["yes"], taken_back["answer"]) == (0, None)
    # As `judge` in Python, by the start of an id.
    by_start = client.post(f"{D}/search/thumb", {**asked, "row": first[:12], "answer": True})
    assert by_start["answer"] is True and by_start["likely"] == likely


def test_a_thumb_that_is_refused_is_not_kept(client: Client) -> None:
    search = {"query": "order refused"}
    key = client.post(f"{D}/view", {"search": search})["view_key"]
    (row,) = client.get(f"{D}/search/likely?view={key}&limit=1")["rows"]
    body = {"search": search, "row": row["id"], "answer": True, "view": "0" * 16}
    assert client.ask("POST", f"{D}/search/thumb", body).status == 410
    assert client.get(f"{D}/search/likely?view={key}&limit=1")["yes"] == 0


def test_each_row_of_a_search_says_how_likely_it_is_meant(client: Client) -> None:
    """The order of a search is that of its probabilities, whatever the table is sorted by."""
    search = {"query": "order shipping", "mode": "text"}
    view = client.post(f"{D}/view", {"search": search})
    key, count = view["view_key"], view["count"]
    likely = f"{D}/search/likely?view={key}&limit=5000"
    before = client.get(likely)
    assert (before["yes"], before["no"]) == (0, 0)
    ids = client.ask("GET", f"{D}/rows?view={key}&limit=2000").table()["id"].to_pylist()
    assert before["rows"] == [{"id": row, "answer": None, "likely": None} for row in ids]
    asked = {"search": search, "view": key}
    for row, answer in ((ids[0], True), (ids[1], True), (ids[-1], False)):
        told = client.post(f"{D}/search/thumb", {**asked, "row": row, "answer": answer})
    rows = client.get(likely)["rows"]
    assert [row["answer"] for row in rows] == [True, True, *[None] * (count - 3), False]
    values = [row["likely"]["value"] for row in rows]
    assert values == sorted(values, reverse=True) and values[0] > values[-1]
    assert rows[-1]["likely"] == told["likely"]
    assert client.get(f"{likely}&offset=1")["rows"] == rows[1:]
    other = client.post(f"{D}/view", {"search": search, "sort": [{"column": "id"}]})["view_key"]
    by_id = client.get(f"{D}/search/likely?view={other}&limit=5000")["rows"]
    chance = dict(zip(ids, values, strict=True))
    assert [row["likely"]["value"] for row in by_id] == [chance[row] for row in sorted(ids)]
    stored = client.post(f"{D}/search/most-likely", {**asked, "n": 2})
    chosen = client.post(f"{D}/view", {"filters": [stored["filter"]]})["view_key"]
    kept = client.ask("GET", f"{D}/rows?view={chosen}").table()["id"].to_pylist()
    assert sorted(kept) == sorted(ids[:2])
    # Where a filter hides what was judged, nothing is known of the others.
    hidden = [{"column": "id", "op": "not in", "value": [ids[0], ids[1], ids[-1]]}]
    rest = client.post(f"{D}/view", {"search": search, "filters": hidden})["view_key"]
    unknown = client.get(f"{D}/search/likely?view={rest}")
    assert (unknown["yes"], unknown["no"]) == (2, 1)
    assert all(row["answer"] is row["likely"] is None for row in unknown["rows"])
    plain = client.post(f"{D}/view", {})["view_key"]
    assert client.ask("GET", f"{D}/search/likely?view={plain}").status == 400


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("search/thumb", {"search": {}, "row": "x", "answer": True}, 400),
        ("search/thumb", {"search": {"query": "a"}, "row": "0" * 32, "answer": True}, 400),
        ("search/thumb", {"search": {"query": "a"}, "row": "x", "answer": "yes?"}, 422),
        ("search/most-likely", {"search": {"query": "a"}, "n": 0}, 422),
        ("search/most-likely", {"search": {"like": ["tag:never"]}, "n": 5}, 400),
        ("search/standing", {"search": {"query": "a"}, "row": "x", "view": "f" * 16}, 410),
        ("concepts", {"name": "A b", "search": {"query": "a"}}, 400),
        ("concepts", {"name": "fine", "search": {"unlike": ["text:a"]}}, 400),
    ],
)
def test_what_cannot_be_answered_or_taught_says_so(
    client: Client, path: str, body: dict[str, Any], status: int
) -> None:
    answer = client.ask("POST", f"{D}/{path}", body)
    assert answer.status == status, answer.body
    assert b"Traceback" not in answer.body
