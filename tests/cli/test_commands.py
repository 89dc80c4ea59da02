"""What each command answers: one JSON document, an exit code, and lines for people."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from assay.cli.main import COMMANDS

RECIPE = """
name: clean
input: docs
rules:
  - name: long enough
    keep: stats.words between 3 and 100000
  - keep: language == "en"
"""
TEXTS = [
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "Das ist ein deutscher Satz über einen schnellen braunen Fuchs.",
    "Too short",
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "Write to jane.doe@example.com about the new house in the old town.",
]


@pytest.fixture
def docs(assay, lines, tmp_path) -> Path:
    """A project with five rows, one of them broken, and a recipe."""
    file = lines("a.jsonl", [{"text": text, "n": n} for n, text in enumerate(TEXTS)])
    with file.open("a") as out:
        out.write("{broken\n")
    (tmp_path / "r.yaml").write_text(RECIPE)
    assert assay("add", "docs", "a.jsonl").code == 0
    return tmp_path


def test_init_makes_a_project_and_may_be_repeated(assay, tmp_path) -> None:
    for _ in range(2):
        done = assay("init", "new", "--json", project=None)
        assert (done.code, done.json) == (
            0,
            {"project": str(tmp_path / "new"), "datasets": []},
        )


def test_add_counts_what_it_read(assay, lines) -> None:
    file = lines("a.jsonl", [{"text": "x"}, {"text": "y"}])
    first = assay("add", "docs", file, "--json").json
    assert first.pop("version") >= 1
    assert first == {"rows_read": 2, "rows_added": 2, "rows_known": 0, "quarantined": 0}
    again = assay("add", "docs", file, "--json").json
    assert (again["rows_added"], again["rows_known"]) == (0, 2)


def test_add_prints_its_guesses_on_stderr(assay, lines) -> None:
    done = assay("add", "docs", lines("a.jsonl", [{"body": "x"}]), "--json")
    assert "'body' is stored as 'text' (guessed)" in done.stderr
    assert done.json["rows_added"] == 1


def test_add_reads_columns_in_the_types_that_were_named(assay, docs) -> None:
    (docs / "p.csv").write_text("text,price,a=b\nx,1.50,1\ny,2.00,2\n")
    done = assay(
        "add", "prices", "p.csv", "--types", "price=string", "--types", "a=b=float", "--json"
    )
    assert done.json["rows_added"] == 2
    assay("export", "prices", "out.jsonl", "--columns", "price,a=b")
    rows = [json.loads(line) for line in (docs / "out.jsonl").read_text().splitlines()]
    assert rows == [{"price": "1.50", "a=b": 1.0}, {"price": "2.00", "a=b": 2.0}]
    for wrong in ("price", "=int", "price=money"):
        assert assay("add", "more", "p.csv", "--types", wrong, "--json").code == 2


def test_add_sets_lines_aside_that_are_longer_than_was_asked(assay, lines) -> None:
    file = lines("a.jsonl", [{"text": "x"}, {"text": "y" * 100}])
    done = assay("add", "docs", file, "--max-line", 50, "--json").json
    assert (done["rows_added"], done["quarantined"]) == (1, 1)


@pytest.mark.parametrize("alias", ["a b", "", "a__b", "1st", "a..b", "text.language", "x" * 101])
def test_a_signal_gets_no_name_that_expressions_cannot_tell(assay, docs, alias: str) -> None:
    done = assay("compute", "docs", "text.stats", "--as", alias, "--json")
    assert done.code == 2, done
    assert assay("ls", "--json").json["datasets"][0]["signals"] == []


def test_compute_counts_rows_and_names_signals(assay, docs) -> None:
    done = assay("compute", "docs", "text.stats", "text.language", "--json").json
    assert set(done) == {"rows", "rows_computed", "signals", "quarantined", "seconds"}
    assert (done["rows"], done["rows_computed"], done["quarantined"]) == (5, 5, 0)
    assert {"text.stats.words", "text.language.code"} <= set(done["signals"])
    again = assay("compute", "docs", "text.stats", "text.language", "--json").json
    assert again["rows_computed"] == 0


def test_compute_on_a_version_says_that_it_computes_all_rows(assay, docs) -> None:
    assay("curate", "r.yaml")
    done = assay("compute", "docs@clean", "text.tokens", "--json")
    assert done.json["rows_computed"] == 5
    assert "all 5 rows of docs, not of the 3 of docs@clean alone" in done.stderr
    assert "all 5 rows" not in assay("compute", "docs", "text.minhash", "--json").stderr


def test_curate_counts_what_each_rule_dropped(assay, docs) -> None:
    done = assay("curate", "r.yaml", "--json").json
    assert {"input", "output", "dropped", "run"} <= set(done)
    assert done["input"] == {"name": "docs", "rows": 5}
    assert done["output"] == {"name": "docs@clean", "rows": 3}
    assert done["dropped"] == {"long enough": 1, 'language == "en"': 1}
    runs = assay("lineage", "docs", "--json").json["runs"]
    assert [run["kind"] for run in runs] == ["add", "compute", "curate"]
    assert runs[-1]["key"] == done["run"]


def test_explain_gives_every_rule_with_value_threshold_and_reason(assay, docs) -> None:
    assay("curate", "r.yaml")
    rows = assay("search", "docs", "short", "--json").json["hits"]
    told = assay("explain", "docs", rows[0]["id"], "--json").json
    assert {"id", "version", "kept", "rules", "lineage"} <= set(told)
    assert (told["id"], told["version"], told["kept"]) == (rows[0]["id"], "docs@clean", False)
    first = told["rules"][0]
    assert set(first) == {"rule", "value", "threshold", "verdict", "reason"}
    assert (first["rule"], first["value"], first["threshold"], first["verdict"]) == (
        "long enough",
        2,
        [3, 100000],
        "drop",
    )
    assert told["lineage"][0]["version"] == "docs@clean"
    assert (told["lineage"][-1]["source"], told["lineage"][-1]["position"]) == ("a.jsonl", 3)


def test_explain_shows_the_text_and_marks_the_rules_that_were_not_asked(assay, docs) -> None:
    recipe = RECIPE + "  - select: dedup.exact\n"
    (docs / "r.yaml").write_text(recipe)
    assay("curate", "r.yaml")
    row = assay("search", "docs", "short", "--json").json["hits"][0]["id"]
    shown = assay("explain", "docs", row[:9]).stdout.splitlines()
    assert shown[:4] == [f"{row} is dropped in docs@clean", "", "  Too short", ""]
    assert shown[4].startswith("drop  long enough ")
    assert shown[4].endswith(" stats.words is 2, below 3")
    assert shown[6].split()[:2] == ["-", "dedup.exact"]
    assert "not asked: an earlier rule drops the row" in shown[6]
    assert shown[-1].startswith("added     source a.jsonl, position 3, ")
    told = assay("explain", "docs", row[:9], "--json").json
    assert told == assay("explain", "docs", row, "--json").json
    assert told["rules"][2]["verdict"] == "keep"  # in JSON, a rule that was not asked drops nothing


def test_the_start_of_an_id_stands_for_the_row_where_it_is_one_alone(assay, lines) -> None:
    assay("add", "docs", lines("a.jsonl", [{"text": f"river {n}"} for n in range(40)]))
    ids = [hit["id"] for hit in assay("search", "docs", "river", "-k", 40, "--json").json["hits"]]
    assert len(ids) == 40
    (first, count), *_ = Counter(row[0] for row in ids).most_common(1)
    several = assay("explain", "docs", first, "--json")
    assert several.code == 2
    assert "more than one id" in several.json["what"]
    assert set(several.json["allowed"].removesuffix(", ...").split(", ")) <= {
        row for row in ids if row[0] == first
    }
    assert count > 1
    for wrong in ("zz", "'", "", ids[0][:-1] + "z"):
        assert assay("explain", "docs", wrong, "--json").code == 2, wrong
    assert assay("search", "docs", "--like", ids[0][:12], "--json").code == 0
    assert assay("tag", "docs", "t", "--ids", ids[0][:12], "--json").json["changed"] == 1
    assert (
        assay("search", "docs", "river", "--where", "tag:t", "--json").json["hits"][0]["id"]
        == ids[0]
    )


def test_search_gives_hits_best_first(assay, docs) -> None:
    hits = assay("search", "docs", "river bank", "-k", 1, "--json").json["hits"]
    assert len(hits) == 1
    assert {"id", "score", "text"} <= set(hits[0])
    assert hits[0]["text"] == TEXTS[0]
    like = assay("search", "docs", "--like", hits[0]["id"], "--json").json["hits"]
    assert like[0]["text"] == TEXTS[3]
    assert hits[0]["id"] not in [hit["id"] for hit in like]


def test_check_and_findings_give_ranked_findings_with_evidence(assay, docs) -> None:
    found = assay("check", "docs", "--json").json["findings"]
    assert assay("findings", "docs", "--json").json["findings"] == found
    by_check = {finding["check"]: finding for finding in found}
    exact = by_check["duplicates.exact"]
    assert {"id", "check", "rows", "row_ids", "score", "title", "evidence", "fix"} <= set(exact)
    assert exact["rows"] == len(exact["row_ids"])
    scores = [finding["score"] for finding in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_finding_is_snoozed_applied_and_taken_back(assay, docs) -> None:
    found = assay("check", "docs", "--json").json["findings"]
    key = next(f["id"] for f in found if f["check"] == "duplicates.exact")
    assert assay("findings", "docs", "--snooze", key[:8], "--json").json["state"] == "snoozed"
    assert key not in [f["id"] for f in assay("findings", "docs", "--json").json["findings"]]
    everything = assay("findings", "docs", "--all", "--json").json["findings"]
    assert key in [f["id"] for f in everything]
    assert assay("findings", "docs", "--undo", key, "--json").json["state"] == "open"
    assert assay("findings", "docs", "--apply", key, "--json").json["state"] == "applied"
    made = assay("curate", "docs", "--json").json
    assert made["output"] == {"name": "docs@applied", "rows": 4}
    assert assay("findings", "docs", "--snooze", "zz", "--json").code == 2
    assert assay("findings", "docs", "--snooze", key, "--undo", key, "--json").code == 2


def test_curate_by_a_dataset_does_not_mistake_a_folder_for_a_recipe(assay, docs) -> None:
    (docs / "docs").mkdir()
    done = assay("curate", "docs", "--json")
    assert done.code == 2
    assert "No finding of 'docs' is applied" in done.json["what"]


def test_diff_says_which_rows_left_and_why(assay, docs) -> None:
    assay("curate", "r.yaml")
    told = assay("diff", "docs", "docs@clean", "--json").json
    assert told["only_a"]["reasons"] == {"long enough": 1, 'language == "en"': 1}
    assert (told["a"]["rows"], told["b"]["rows"], told["common"]) == (5, 3, 3)
    words = told["statistics"]["text.stats.words"]
    assert words["a"]["n"] == 5
    assert words["b"]["mean"] > words["a"]["mean"]


def test_diff_shows_what_differs_most_and_all_when_asked(assay, docs) -> None:
    assay("curate", "r.yaml")
    statistics = assay("diff", "docs", "docs@clean", "--json").json["statistics"]
    measured = {k: v["distance"] for k, v in statistics.items() if v["distance"] is not None}
    shown = assay("diff", "docs", "docs@clean").stdout
    assert f"The 10 of {len(measured)} columns that differ most." in shown
    assert " diff docs docs@clean --all\n" in shown
    table = shown.partition("by chance")[2].splitlines()[1:11]
    distances = [measured[line.split()[0]] for line in table]
    assert distances == sorted(measured.values(), reverse=True)[:10]
    everything = assay("diff", "docs", "docs@clean", "--all").stdout
    assert all(f"\n{name} " in everything for name in measured)


def test_diff_compares_datasets_that_have_nothing_to_do_with_each_other(assay, docs, lines) -> None:
    assay("add", "notes", lines("n.jsonl", [{"text": TEXTS[0], "n": "one"}, {"text": "other"}]))
    told = assay("diff", "docs", "notes", "--json").json
    assert told["schema"]["changed"] == [{"name": "n", "a": "int64", "b": "string"}]
    assert told["overlap"]["exact"] == {"a": 2, "b": 1, "contents": 1}
    done = assay("diff", "docs", "notes")
    assert "n  int64 -> string" in done.stdout
    assert "compute notes text.minhash" in done.stderr
    assert assay("diff", "docs", "nothing", "--json").code == 2


def test_subset_chooses_rows_and_tells_what_changed_when_rows_came(assay, docs, lines) -> None:
    made = assay("subset", "docs", "-k", "2", "--by", "balance:n", "--json").json
    assert (made["output"], made["previous"]) == ({"name": "docs@subset", "rows": 2}, None)
    assert [row["rank"] for row in made["rows"]] == [1, 2]
    again = assay("subset", "docs", "-k", "2", "--by", "balance:n").stdout
    assert "Chose 2 of 5 rows as docs@subset, by balance:n" in again
    assert "Nothing changed" in again
    assay("add", "docs", lines("b.jsonl", [{"text": "new", "n": 9}]))
    grown = assay("subset", "docs", "-k", "3", "--by", "balance:n")
    assert "Against docs@subset: 1 entered, 0 left." in grown.stdout
    for wrong in (["-k", "2"], ["-k", "0", "--for", "eval"], ["-k", "2", "--by", "variety"]):
        assert assay("subset", "docs", *wrong, "--json").code == 2


def test_subset_of_no_rows_is_refused_with_the_condition_and_the_rows_there_are(
    assay, docs
) -> None:
    refused = assay("subset", "docs", "-k", 2, "--by", "balance:n", "--where", "n > 99", "--json")
    assert refused.code == 2
    assert refused.json["what"] == "None of the 5 rows of docs fits 'n > 99'."
    assert refused.json["allowed"] == "n is 0 to 4"
    assert refused.json["conditions"] == [{"condition": "n > 99", "rows": 0}]


def test_split_deals_rows_into_versions_and_says_when_none_moved(assay, docs) -> None:
    made = assay("split", "docs", "--parts", "a=1,b=1", "--by", "group:n", "--json").json
    assert [part["version"] for part in made["parts"]] == ["docs@a", "docs@b"]
    # Two of the five texts are equal and in groups of their own: one of them is left out.
    assert ([part["rows"] for part in made["parts"]], made["left_out"]) == ([1, 3], 1)
    again = assay("split", "docs", "--parts", "a=1,b=1", "--by", "group:n").stdout
    assert "Split 5 rows by group:n:" in again
    assert "no row moved" in again
    for wrong in ("a", "a=", "a=1,a=2", "a=0,b=1", "a=1", "a=x,b=1"):
        assert assay("split", "docs", "--parts", wrong, "--json").code == 2


def test_split_says_what_is_in_no_part_and_what_is_in_several(assay, docs, lines) -> None:
    assay("add", "docs", lines("b.jsonl", [{"text": "again", "n": n} for n in range(20, 30)]))
    made = assay("split", "docs", "--parts", "a=1,b=1", "--by", "group:n", "--json").json
    assert made["across"] == {"exact": {"rows": 0, "groups": 0}, "near": None}
    assert made["why_left_out"] == {"repeats": made["left_out"], "linking": 0, "no_time": 0}
    assert made["left_out"] > 0
    shown = assay("split", "docs", "--parts", "a=1,b=1", "--by", "group:n").stdout
    assert f"In no part: {made['left_out']} row" in shown
    assert "that repeat a row in another part" in shown
    keeping = ("split", "docs", "--parts", "c=1,d=1", "--by", "group:n", "--repeats", "keep")
    leaking = " ".join(assay(*keeping).stdout.split())
    assert "12 rows of 2 equal contents are in several parts" in leaking
    wrong = assay("split", "docs", "--repeats", "keep", "--by", "content", "--json")
    assert (wrong.code, "leaves no repeats" in wrong.json["what"]) == (2, True)


def test_lineage_names_what_went_in_and_what_came_out(assay, docs) -> None:
    assay("curate", "r.yaml")
    shown = assay("lineage", "docs").stdout.splitlines()
    assert "paths a.jsonl, version 0 → version " in shown[1]
    assert shown[1].endswith(", rows 5")
    assert shown[-1].endswith("version docs, recipe clean → version docs@clean, rows 3")


def test_quarantine_is_in_the_order_of_the_input(assay, lines) -> None:
    for name in ("b", "a"):
        file = lines(f"{name}.jsonl", [])
        file.write_text('{"text": "x"}\n{broken\n{"text": "y"}\n{again\n')
        assay("add", "docs", file)
    records = assay("quarantine", "docs", "--json").json["records"]
    found = [(record["source"], record["position"]) for record in records]
    assert found == [("a.jsonl", 2), ("a.jsonl", 4), ("b.jsonl", 2), ("b.jsonl", 4)]
    assert "The first 3 of 4; more with -n." in assay("quarantine", "-n", 3).stdout


def test_export_writes_a_version(assay, docs) -> None:
    assay("curate", "r.yaml")
    done = assay("export", "docs@clean", "out.jsonl", "--columns", "n,stats.words", "--json")
    assert done.json == {"rows": 3, "file": "out.jsonl"}
    rows = [json.loads(line) for line in (docs / "out.jsonl").read_text().splitlines()]
    assert [row["n"] for row in rows] == [0, 3, 4]


def test_ls_versions_and_quarantine_list_what_is_there(assay, docs) -> None:
    assay("curate", "r.yaml")
    (listed,) = assay("ls", "--json").json["datasets"]
    assert (listed["name"], listed["rows"], listed["versions"]) == ("docs", 5, ["clean"])
    (version,) = assay("versions", "docs", "--json").json["versions"]
    assert (version["name"], version["parent"], version["rows"]) == ("docs@clean", "docs", 3)
    bad = assay("quarantine", "docs", "--json").json
    assert (bad["count"], bad["records"][0]["position"]) == (1, 6)


def test_ops_lists_everything_registered(assay) -> None:
    told = assay("ops", "--json", project=None).json
    assert {"ops", "checks", "selectors", "readers", "writers"} <= set(told)
    assert "text.stats" in [op["name"] for op in told["ops"]]


def test_doctor_works_with_and_without_a_project(assay, docs) -> None:
    assert assay("doctor", "--json").json["datasets"] == 1
    told = assay("doctor", "--json", project=None).json
    assert told["project"] == "none here"


def test_every_command_has_help_and_prints_lines_for_people(assay, docs) -> None:
    for command in COMMANDS:
        # `mcp` speaks JSON-RPC and nothing else.
        assert ("--json" in assay(command, "--help").stdout) == (command != "mcp")
    assay("curate", "r.yaml")
    row = assay("search", "docs", "short", "--json").json["hits"][0]["id"]
    for command, shown in (
        (["ls"], "docs"),
        (["check", "docs"], "findings, most serious first:"),
        (["findings", "docs"], "findings, most serious first:"),
        (["compute", "docs", "text.stats"], "Nothing to do: all 5 rows have these signals."),
        (["curate", "r.yaml"], "Kept 3 of 5 rows as docs@clean"),
        (["explain", "docs", row], "is dropped in docs@clean"),
        (["diff", "docs", "docs@clean"], "2 rows only in docs"),
        (["search", "docs", "x", "--where", "n > 99"], "Nothing found."),
        (["versions"], "docs@clean"),
        (["quarantine"], "a.jsonl"),
        (["lineage"], "curate"),
        (["doctor"], "python"),
        (["export", "docs", "out.csv"], "Wrote 5 rows to out.csv."),
        (["add", "docs", "a.jsonl"], "Added 0 rows to docs, 5 rows known already."),
    ):
        done = assay(*command)
        assert (done.code, shown in done.stdout) == (0, True), (command, done)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["nope"], 2),
        (["add"], 2),
        (["search", "docs", "x", "-k", "0"], 2),
        (["search", "docs", "x", "--nope"], 2),
        (["search", "docs"], 2),
        (["search", "docs", "x", "--like", "y"], 2),
        (["search", "nope", "x"], 2),
        (["compute", "docs", "text.nope"], 2),
        (["compute", "docs", "text.stats", "-p", "x"], 2),
        (["check", "docs", "nope"], 2),
        (["check", "docs", "--against", "missing.jsonl"], 2),
        (["diff", "docs", "docs@nope"], 2),
        (["explain", "docs@nope", "x"], 2),
        (["export", "docs", "out.nope"], 2),
        (["export", "docs", "out.jsonl", "--columns", "nope"], 2),
        (["export", "docs", "out.jsonl", "--where", "stats.words > 1"], 2),
        (["curate", "nope.yaml"], 2),
        (["add", "docs", "nope.jsonl"], 1),
        (["add", "docs", "a.jsonl", "--format", "nope"], 2),
        (["add", "docs@clean", "a.jsonl"], 2),
    ],
)
def test_wrong_use_exits_2_and_failure_1_with_one_json_document(
    assay, docs, command: list[str], code: int
) -> None:
    done = assay(*command, "--json")
    assert done.code == code, done
    assert set(done.json) >= {"error", "what", "remedy"}
    assert done.json["what"]
    plain = assay(*command)
    assert plain.code == code
    assert plain.stdout == ""
    assert plain.stderr.strip()


def test_the_project_is_named_before_or_after_the_command_by_variable_or_by_folder(
    assay, docs, monkeypatch, tmp_path
) -> None:
    listed = assay("ls", "--json").json["datasets"]
    assert listed
    after = assay("ls", "--json", "--project", docs / "p", project=None)
    assert after.json["datasets"] == listed
    monkeypatch.chdir(docs / "p")
    assert assay("ls", "--json", project=None).json["datasets"] == listed
    monkeypatch.chdir(tmp_path)
    nowhere = assay("ls", "--json", project=None)
    assert (nowhere.code, nowhere.json["where"]) == (2, str(tmp_path))
    monkeypatch.setenv("ASSAY_PROJECT", str(docs / "p"))
    assert assay("ls", "--json", project=None).json["datasets"] == listed
    # An option is nearer than the variable, and one after the command nearer than one before.
    other = assay("ls", "--json", project=tmp_path / "none")
    assert other.code == 2
    assert assay("ls", "--project", docs / "p", "--json", project=tmp_path / "none").code == 0


def test_the_installed_command_runs_as_a_process(docs) -> None:
    command = [str(Path(sys.executable).with_name("assay")), "--project", "p", "ls", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=docs)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["datasets"][0]["rows"] == 5


def test_a_reader_that_closes_the_pipe_gets_no_traceback(docs) -> None:
    assay = Path(sys.executable).with_name("assay")
    done = subprocess.run(
        f"'{assay}' --project p ops | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=docs,
    )
    assert "Traceback" not in done.stderr


def test_an_option_out_of_range_is_an_error_of_use_in_json_too(assay, docs) -> None:
    done = assay("search", "docs", "x", "-k", "0", "--json")
    assert (done.code, done.json["error"]) == (2, "UsageError")
    assert done.json["remedy"].endswith("search --help")
