"""One grammar over columns, spans, objects in lists, and rows by name."""

from __future__ import annotations

import json

import pytest

import assay
from assay.errors import UsageError
from assay.project import tags

TEXTS = [
    "write to jane@firm.de or joe@firm.de",
    "call 030 123456",
    "nothing to see",
    "mail ann@firm.de today",
]


@pytest.fixture(scope="module")
def photos(shared_data, tmp_path_factory):
    """33 photos with the objects seen in them."""
    data = assay.open(tmp_path_factory.mktemp("photos") / "p").dataset("photos")
    data.add(shared_data("coco_objects/objects.jsonl"))
    return data


@pytest.fixture(scope="module")
def truth(shared_data) -> list[dict]:
    lines = shared_data("coco_objects/objects.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def docs(tmp_path):
    file = tmp_path / "a.jsonl"
    rows = [{"text": text, "n": n} for n, text in enumerate(TEXTS)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    data = assay.open(tmp_path / "p").dataset("docs")
    data.add(file)
    data.compute("text.pii")
    return data


def numbers(data, *filters: str) -> list[int]:
    for text in filters:
        data = data.where(text)
    return data.to_table(["n"])["n"].to_pylist()


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        (
            'obj(class == "car" and size == "small")',
            lambda o: any(x["category"] == "car" and x["size"] == "small" for x in o),
        ),
        ("count(obj(area > 5000)) >= 3", lambda o: sum(x["area"] > 5000 for x in o) >= 3),
        (
            'obj(objects, category in ("dog", "cat") and not touches_edge)',
            lambda o: any(x["category"] in ("dog", "cat") and not x["touches_edge"] for x in o),
        ),
        (
            'obj(supercategory starts with "veh") and not obj(class == "person")',
            lambda o: (
                any(x["supercategory"].startswith("veh") for x in o)
                and not any(x["category"] == "person" for x in o)
            ),
        ),
        ("count(objects) == 1 or obj(len(bbox_xywh) != 4)", lambda o: len(o) == 1),
        # Two conditions on one object are not one condition on each of two.
        (
            'obj(class == "person") and obj(size == "small")',
            lambda o: (
                any(x["category"] == "person" for x in o) and any(x["size"] == "small" for x in o)
            ),
        ),
    ],
)
def test_objects_in_a_list_are_asked_one_by_one(photos, truth, expression, meant) -> None:
    expected = [row["file"] for row in truth if meant(row["objects"])]
    assert 0 < len(expected) < len(truth)
    assert photos.where(expression).to_table(["file"])["file"].to_pylist() == expected
    view = photos.view(filters=[expression])
    assert view.to_table(["file"])["file"].to_pylist() == expected


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('obj(clas == "car")', r"(?s)no field 'clas'.*write class"),
        ('obj(area == "car")', "Cannot compare"),
        ("obj(area)", "condition on one object"),
        ('obj(file, class == "car")', "lists of structs"),
        ("count(obj(area > 1), 'x') > 1", "takes nothing else"),
        ("objects.area > 5", r"obj\(area == ...\)"),
        ("obj(tag:x)", "no field 'tag:x'"),
    ],
)
def test_what_cannot_be_asked_of_objects_says_what_can(photos, expression: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        photos.view(filters=[expression])
    with pytest.raises(UsageError, match=says):
        _ = photos.where(expression).num_rows


def test_the_list_of_objects_may_have_any_name_as_long_as_there_is_one(tmp_path) -> None:
    file = tmp_path / "a.jsonl"
    boxes = [[{"label": "car", "w": 3}], [], None, [{"label": "dog", "w": 1}, None]]
    file.write_text("".join(json.dumps({"n": n, "boxes": b}) + "\n" for n, b in enumerate(boxes)))
    data = assay.open(tmp_path / "p").dataset("d")
    data.add(file)
    assert numbers(data, 'obj(class == "car")') == [0]
    assert numbers(data, "not obj(w > 2)") == [1, 3]
    (tmp_path / "b.jsonl").write_text('{"n": 4, "lines": [{"w": 1}], "boxes": []}\n')
    data.add(tmp_path / "b.jsonl")
    with pytest.raises(UsageError, match=r"Several columns.*boxes, lines|Several.*lines, boxes"):
        numbers(data, "obj(w == 1)")
    assert numbers(data, "obj(lines, w == 1)") == [4]


def test_a_label_of_spans_is_their_number(docs) -> None:
    assert numbers(docs, "pii.email > 0") == [0, 3]
    assert numbers(docs, "text.pii.email == 2 or n == 2") == [0, 2]
    assert docs.to_table(["pii.email"])["pii.email"].to_pylist() == [2, 0, 0, 1]
    view = docs.view(filters=["pii.email > 0"], sort=[{"column": "pii.email", "desc": False}])
    assert view.to_table(["n", "pii.email"]).to_pydict() == {
        "n": [3, 0],
        "text.pii.email": [1, 2],
    }
    with pytest.raises(UsageError, match=r"text\.pii\.email"):
        numbers(docs, "pii.emial > 0")
    assert numbers(docs, 'obj(text.pii.spans, label == "email" and start > 20)') == [0]


def test_layered_filters_must_all_hold(docs) -> None:
    assert numbers(docs, "pii.email > 0", "n > 0", "not n == 1") == [3]


def test_rows_by_name_are_joined_like_any_condition(docs) -> None:
    ids = docs.to_table(["id"])["id"].to_pylist()
    docs.tag("good", [ids[0], ids[1]])
    docs.tag("to be seen", [ids[1], ids[2]])
    key = tags.select(docs, [ids[3]])
    assert numbers(docs, "tag:good and n > 0") == [1]
    assert numbers(docs, "tag:good or tag:to be seen".replace("to be seen", '"to be seen"')) == [
        0,
        1,
        2,
    ]
    assert numbers(docs, f"not (tag:good or selection:{key})") == [2]
    assert numbers(docs, "tag:to be seen") == [1, 2]
    view = docs.view(filters=["tag:good and n > 0", 'not tag:"to be seen" or n == 1'])
    assert [row["n"] for row in view.to_table(["n"]).to_pylist()] == [1]


def test_a_view_is_what_its_tags_are_now(docs) -> None:
    ids = docs.to_table(["id"])["id"].to_pylist()
    docs.tag("good", [ids[0]])
    first = docs.view(filters=["tag:good and n < 3"])
    docs.tag("good", [ids[2]])
    second = docs.view(filters=["tag:good and n < 3"])
    assert (first.count, second.count) == (1, 2)
    assert first.key != second.key


def test_saved_views_are_sets_of_rows(docs) -> None:
    mails = {"filters": ["pii.email > 0"], "search": None, "sort": []}
    late = {"filters": [{"column": "n", "op": ">=", "value": 1}], "search": None, "sort": []}
    tags.save_view(docs, "mails", mails)
    tags.save_view(docs, "the late ones", late)
    assert numbers(docs, "view:mails") == [0, 3]
    assert numbers(docs, 'view:mails and view:"the late ones"') == [3]
    assert numbers(docs, 'not view:mails and view:"the late ones"') == [1, 2]
    tags.save_view(docs, "both", {"filters": ["view:mails or n == 2"]})
    assert numbers(docs, "view:both and n > 0") == [2, 3]
    assert docs.view(filters=["view:both and n > 0"]).count == 2
    tags.save_view(docs, "found", {"filters": [], "search": {"query": "nothing"}})
    assert numbers(docs, "view:found") == [2]


def test_a_view_that_names_itself_or_is_not_there_is_refused(docs) -> None:
    tags.save_view(docs, "a", {"filters": ["view:b"]})
    tags.save_view(docs, "b", {"filters": ["not view:a"]})
    with pytest.raises(UsageError, match="names itself"):
        numbers(docs, "view:a")
    with pytest.raises(UsageError, match=r"no saved view 'c'.*a, b"):
        numbers(docs, "view:c")
    tags.save_view(docs, "b", None)
    with pytest.raises(UsageError, match="no saved view 'b'"):
        docs.view(filters=["view:a"])


def test_rules_may_name_rows_and_verdicts_say_so(docs) -> None:
    ids = docs.to_table(["id"])["id"].to_pylist()
    docs.tag("bad", [ids[0], ids[2]])
    made = docs.where("n < 3").curate(name="clean", rules=["not tag:bad", "pii.email < 1"])
    assert made.output["rows"] == 1
    clean = docs.project.dataset("docs@clean")
    assert clean.to_table(["n"])["n"].to_pylist() == [1]
    verdicts = clean.explain(ids[2])["rules"]
    assert [(rule["rule"], rule["verdict"]) for rule in verdicts][1] == ("not tag:bad", "drop")
    # A version does not change when a tag is taken off.
    docs.tag("bad", [ids[2]], action="remove")
    assert clean.explain(ids[2])["rules"][1]["verdict"] == "drop"


def test_rows_by_name_mean_nothing_outside_of_a_dataset() -> None:
    import pyarrow as pa

    from assay.search.expression import evaluate, parse

    with pytest.raises(UsageError, match="No rows are called 'tag:good' here"):
        evaluate(parse("tag:good and n > 1"), pa.table({"n": [1, 2]}))


def completed(data, text: str) -> list[str]:
    from assay.project.view.complete import complete
    from assay.project.view.engine import Engine

    found = complete(data, Engine(data.project).snapshot(data), text, len(text))
    return [text[: found["from"]] + option["text"] for option in found["options"]]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("obj(cat", ["obj(category", "obj(supercategory"]),
        ("obj(objects, to", ["obj(objects, touches_edge"]),
        ("width > 5 and obj(area b", ["width > 5 and obj(area between"]),
        ("obj(crowd i", ["obj(crowd is null", "obj(crowd is not null"]),
        ('obj(class == "car") and wid', ['obj(class == "car") and width']),
    ],
)
def test_completion_knows_the_fields_of_objects(photos, text: str, offered: list[str]) -> None:
    assert completed(photos, text) == offered


def test_completion_knows_labels_and_rows_by_name(docs) -> None:
    docs.tag("to be seen", docs.to_table(["id"])["id"].to_pylist()[:1])
    tags.save_view(docs, "mails", {"filters": ["pii.email > 0"]})
    assert completed(docs, "n > 1 and pii.em") == ["n > 1 and text.pii.email"]
    assert completed(docs, "not tag:") == ['not tag:"to be seen"']
    assert completed(docs, "view:m") == ["view:mails"]
    for offer in ['tag:"to be seen"', "view:mails", "text.pii.email > 0"]:
        docs.view(filters=[offer])
