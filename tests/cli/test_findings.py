"""Findings as people read them: the list, one with its evidence, and what came in since."""

from __future__ import annotations

import pytest

TEXTS = ["What are my options?", "What are my options?", "My IBAN is GB33BUKB20201555555555"]


@pytest.fixture
def checked(assay, lines):
    """A project whose dataset `docs` has an exact duplicate and a bank account number."""
    assay("add", "docs", lines("a.jsonl", [{"text": text} for text in TEXTS]))
    done = assay("check", "docs", "duplicates.exact", "pii.found")
    assert done.code == 0, done
    found = assay("findings", "docs", "--json").json["findings"]
    return {finding["check"]: finding for finding in found}


def test_the_list_names_each_finding_by_what_starts_its_id(assay, checked) -> None:
    shown = assay("findings", "docs").stdout
    assert shown.startswith("2 findings, most serious first:\n\n")
    for finding in checked.values():
        line = f"{finding['score']:.2f}  {finding['id'][:8]}  {finding['title']}"
        assert f"{line}  {finding['check']}\n" in shown


def test_one_finding_is_shown_with_evidence_and_the_fix_as_in_a_recipe(assay, checked) -> None:
    finding = checked["pii.found"]
    shown = assay("findings", "docs", finding["id"][:6]).stdout
    example = finding["evidence"]["examples"][0]
    assert shown.splitlines()[0] == finding["title"]
    assert "\nkind           iban\n" in shown
    assert f"\n  {example['id'][:12]}  value {example['value']}  score 0.99\n" in shown
    assert f"\n    {example['text']}\n" in shown
    assert '\n  - keep: not has(text.pii.spans, "iban")\n' in shown
    assert f" findings docs --apply {finding['id'][:8]}\n" in shown
    assert "GB33BUKB20201555555555" not in shown
    told = assay("findings", "docs", finding["id"][:6], "--json").json
    assert told == {"findings": [finding]}


def test_a_long_list_of_examples_is_cut_and_all_shows_it(assay, lines) -> None:
    pairs = [{"text": f"Sentence number {n}, twice."} for n in range(5) for _ in range(2)]
    assay("add", "docs", lines("a.jsonl", pairs))
    assay("check", "docs", "duplicates.exact")
    key = assay("findings", "docs", "--json").json["findings"][0]["id"]
    shown = assay("findings", "docs", key).stdout
    assert "\nexamples (3 of 5)\n" in shown
    assert f" findings docs {key[:8]} --all\n" in shown
    everything = assay("findings", "docs", key, "--all").stdout
    assert "\nexamples (5)\n" in everything
    assert "--all" not in everything
    assert all(f"Sentence number {n}, twice." in everything for n in range(5))


def test_texts_of_the_evidence_cannot_write_to_the_terminal(assay, lines) -> None:
    hostile = "[red]bold[/] \x1b[2J\u202e twice, and some more words"
    assay("add", "docs", lines("a.jsonl", [{"text": hostile}, {"text": hostile}]))
    assay("check", "docs", "duplicates.exact")
    key = assay("findings", "docs", "--json").json["findings"][0]["id"]
    shown = assay("findings", "docs", key).stdout
    assert "[red]bold[/] �[2J� twice" in shown
    assert "\x1b[2J" not in shown


def test_rows_that_came_in_after_the_check_are_told(assay, checked, lines) -> None:
    assert "since the check" not in assay("findings", "docs").stderr
    assay("add", "docs", lines("b.jsonl", [{"text": "new"}, {"text": "newer"}]))
    done = assay("findings", "docs")
    assert "2 rows came in since the check of " in done.stderr
    assay("check", "docs", "duplicates.exact")
    # The other check has not looked at them.
    assert "2 rows came in" in assay("findings", "docs").stderr
    assay("check", "docs", "pii.found")
    assert "came in" not in assay("findings", "docs").stderr


def test_what_was_decided_on_is_counted_where_it_is_not_listed(assay, checked) -> None:
    assay("findings", "docs", "--snooze", checked["duplicates.exact"]["id"])
    both = assay("check", "docs", "duplicates.exact", "pii.found", "--json").json
    assert [each["check"] for each in both["findings"]] == ["pii.found"]
    assert both["states"] == {"open": 1, "snoozed": 1, "applied": 0, "wontfix": 0}
    again = assay("check", "docs", "duplicates.exact", "--json").json
    assert again == {"findings": [], "states": {**both["states"], "open": 0}}
    assert assay("findings", "docs", "--json").json["states"] == both["states"]
    one = assay("findings", "docs", "--check", "pii.found", "--json").json
    assert one["states"] == {**both["states"], "snoozed": 0}
    shown = assay("check", "docs", "duplicates.exact").stdout
    assert shown.startswith("No open findings. Not listed: 1 snoozed.\n")
    assert "\nNot listed: 1 snoozed. --all lists them.\n" in assay("findings", "docs").stdout
    assert "Not listed" not in assay("findings", "docs", "--all").stdout


def test_what_was_never_checked_says_so(assay, lines) -> None:
    assay("add", "docs", lines("a.jsonl", [{"text": "x"}]))
    shown = assay("findings", "docs").stdout
    assert shown.startswith("docs was not checked yet.\nNext: ")
    assay("check", "docs", "duplicates.exact")
    assert assay("findings", "docs").stdout == "No open findings.\n"
    assert assay("findings", "nope").code == 2


def test_a_check_says_which_model_it_embeds_with(assay, lines) -> None:
    rows = [{"text": f"Sentence {n} about the river and its {n} banks."} for n in range(12)]
    assay("add", "docs", lines("a.jsonl", rows))
    assay("compute", "docs", "embed.text", "-p", "model=lsa")
    done = assay("check", "docs", "outliers.embedding")
    assert "'embed.text' uses the model 'lsa'." in done.stderr


def test_a_finding_and_a_decision_are_not_asked_at_once(assay, checked) -> None:
    key = checked["pii.found"]["id"]
    assert assay("findings", "docs", key, "--snooze", key).code == 2


def test_the_findings_of_a_check_row_by_row_come_worst_first(assay, lines) -> None:
    label = [i % 3 for i in range(90)]
    rows = [
        {"label": given, "pyx": [0.9 if c == given else 0.05 for c in range(3)]} for given in label
    ]
    rows[10]["label"] = 2
    rows[40]["label"], rows[40]["pyx"] = 0, [0.01, 0.97, 0.02]
    assert assay("add", "images", lines("a.jsonl", rows)).code == 0
    assert assay("check", "images", "label_errors").code == 0
    (one,) = assay("findings", "images", "--check", "label_errors", "--json").json["findings"]
    assert one["rows"] == 2
    done = assay("findings", "images", "--check", "label_errors", "--all", "--json")
    worst, other = done.json["findings"]
    assert [worst["row_ids"][0], other["row_ids"][0]] == one["row_ids"]
    assert worst["score"] > other["score"] and worst["evidence"]["suggested"] == 1
    # A record is the row's: its id, its score, what is said of it; the finding stands apart.
    assert [worst["id"], other["id"]] == one["row_ids"]
    assert worst["evidence"] == {"given": 0, "suggested": 1, "text": ""}
    assert "title" not in worst and "fix" not in worst
    parts = ("id", "title", "score", "rows", "fix")
    assert worst["finding"] == other["finding"] == {part: one[part] for part in parts}
    shown = assay("findings", "images", "--check", "label_errors", "--all").stdout
    assert shown.startswith(f"{one['id'][:8]}  {one['title']}\n\n2 rows, worst first:\n")
    line = next(each for each in shown.splitlines() if worst["id"][:12] in each)
    assert line.split()[0] == f"{worst['score']:.2f}" and "given 0  suggested 1" in line
    assert f" explain images {worst['id']}\n" in shown
    assert assay("findings", "images", "--check", "nothing").code == 2
    refused = assay("check", "images", "leak.splits")
    assert refused.code == 2 and "text" in refused.stderr


def test_a_fix_that_is_a_tag_is_put_on_the_rows_and_taken_off_again(assay, lines) -> None:
    for word in ("sail", "oven"):
        rows = [{"text": f"{word} {i}", "kind": word} for i in range(40)]
        assay("add", "docs", lines(f"{word}.jsonl", rows))
    assay("check", "docs", "drift.versions")
    (found,) = assay("findings", "docs", "--json").json["findings"]
    assert found["fix"] == {"tag": "drifted"}
    assert "Fix tag these rows 'drifted'" in assay("findings", "docs", found["id"]).stdout
    applied = assay("findings", "docs", "--apply", found["id"]).stdout
    assert f"{found['rows']} rows can be found by tag:drifted now." in applied
    assert assay("tag", "docs", "--json").json["tags"][0]["rows"] == found["rows"]
    assert assay("curate", "docs").code == 2
    assay("findings", "docs", "--undo", found["id"])
    assert assay("tag", "docs", "--json").json["tags"] == []
    # The same of a version, whose findings are its own.
    assay("split", "docs", "--parts", "most=3,rest=1", "--by", "content")
    assay("check", "docs@most", "drift.versions")
    (part,) = assay("findings", "docs@most", "--json").json["findings"]
    assert part["id"] != found["id"]
    assay("findings", "docs@most", "--apply", part["id"])
    (tag,) = assay("tag", "docs", "--json").json["tags"]
    assert (tag["name"], tag["rows"]) == ("drifted", part["rows"])


def test_rows_of_a_check_that_scores_no_rows_have_the_score_of_their_finding(
    assay, checked
) -> None:
    listed = assay("findings", "docs", "--check", "duplicates.exact", "--all", "--json").json
    whole = checked["duplicates.exact"]
    assert [each["id"] for each in listed["findings"]] == whole["row_ids"]
    assert [(each["score"], each["evidence"]) for each in listed["findings"]] == [
        (whole["score"], {})
    ]
    shown = assay("findings", "docs", "--check", "duplicates.exact", "--all").stdout
    assert f"{whole['row_ids'][0][:12]}  What are my options?\n" in shown


def test_a_check_takes_parameters_in_the_type_of_their_defaults(assay, lines) -> None:
    words = [{"text": f"{name} {i}", "kind": name} for name in ("sail", "oven") for i in range(40)]
    assay("add", "docs", lines("k.jsonl", [*words, {"text": "goal", "kind": "goal"}]))
    named = assay(
        "check", "docs", "labels.imbalance", "-p", "label=kind", "-p", "least=0.5", "--json"
    )
    assert [each["evidence"]["rare"] for each in named.json["findings"]] == [1]
    wrong = assay("check", "docs", "labels.imbalance", "-p", "colour=red")
    assert wrong.code == 2 and "has no parameter 'colour'" in wrong.stderr
    assert "least" in wrong.stderr  # what is allowed
    assert assay("check", "docs", "labels.imbalance", "-p", "least=much").code == 2
    assert assay("check", "docs", "labels.imbalance", "-p", "least").code == 2
    assert assay("check", "docs", "-p", "least=0.5").code == 2
