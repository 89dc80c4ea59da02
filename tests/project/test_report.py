"""A report: every number has a view that gives it again, and nothing in it runs or loads."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

import assay
from assay import demo
from assay.errors import AssayError, UsageError
from assay.insight.report.model import Bar, Bars, Number, Report, Section
from assay.insight.report.page import page
from assay.project.dataset import Dataset
from assay.project.describe.advice import REBALANCING
from assay.project.describe.measure import evaluate, short


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The demo's data, computed, checked and curated; one finding is applied, one snoozed."""
    project = assay.open(tmp_path_factory.mktemp("report") / "p")
    dataset = project.dataset("demo")
    dataset.add(demo.folder() / "corpus")
    dataset.compute("text.stats", "text.language", "text.pii", "text.tokens", "text.minhash")
    dataset.compute({"op": "embed.text", "model": "lsa"})
    dataset.check(against=[demo.folder() / "evals" / "gsm8k_test.jsonl"])
    first, second = [f for f in dataset.findings() if f.check == "pii.found"][:2]
    dataset.triage(first.id, "apply")
    dataset.triage(second.id, "snooze")
    rules = [{"name": "English", "keep": 'text.language.code == "en"'}, {"select": "dedup.exact"}]
    project.curate({"name": "clean", "input": "demo", "rules": rules})
    return dataset


@pytest.fixture(scope="module")
def made(documents: Dataset) -> Report:
    return documents.report()


def measured(dataset: Dataset, filters: list[str], measure: str) -> float:
    """The number that a reader gets who follows the link, by plain means."""
    kind, _, column = measure.partition(":")
    if kind == "rows":
        return len(dataset.view(filters=filters))
    column = column or "text.tokens.count"
    values = dataset.view(filters=filters).to_table([column]).column(0).drop_null().to_pylist()
    if kind == "tokens":
        return sum(values)
    return float(np.median(values)) if kind == "median" else len(set(values))


class Links(HTMLParser):
    """Numbers with their anchors, anchors with their addresses, and what a page may not have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.numbers: list[dict[str, str]] = []
        self.views: dict[str, str] = {}
        self.loading: list[str] = []
        self.anchor = ""
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchor = found.get("id", self.anchor)
        if tag == "a" and found.get("class") == "n":
            self.numbers.append(found)
        elif tag == "a":
            self.views[self.anchor] = found["href"]
        if tag in ("script", "img", "iframe", "link", "object") or "src" in found:
            self.loading.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_number_of_the_page_is_what_its_link_gives(documents: Dataset, made: Report) -> None:
    links = Links(page(made))
    assert len(links.numbers) == len(list(made.numbers())) > 60
    for number in links.numbers:
        address = urlsplit(links.views[number["href"].removeprefix("#")])
        parts = parse_qsl(address.query)
        assert (address.netloc, address.path) == ("127.0.0.1:8420", "/explore")
        assert parts[0] == ("data", "demo")
        filters = [value for name, value in parts if name == "where"]
        shown = measured(documents, filters, number["data-measure"])
        assert shown == float(number["data-value"]), (filters, number)


def test_numbers_are_counted_on_all_kinds_of_views(documents: Dataset, made: Report) -> None:
    written = {" ".join(number.filters).partition(":")[0] for number in made.numbers()}
    assert {"", "finding", "dropped", "version", "selection"} <= written
    assert {number.measure.partition(":")[0] for number in made.numbers()} == {
        "rows",
        "tokens",
        "median",
        "distinct",
    }
    for number in made.numbers():
        assert number.dataset is None
        assert evaluate(documents, number.filters, number.measure) == number.value
    with pytest.raises(UsageError, match="no measure"):
        evaluate(documents, [], "mean:text.stats.words")


def test_advice_tells_what_each_fix_really_removes(documents: Dataset, made: Report) -> None:
    findings = {f.id: f for f in documents.findings(state=None)}
    assert [a.reason for a in made.advice] == sorted(
        (a.reason for a in made.advice), key=lambda key: -findings[key].score
    )
    assert not any(findings[a.reason].state == "snoozed" for a in made.advice)
    tried = next(a for a in made.advice if findings[a.reason].check == "duplicates.exact")
    number = next(part for part in tried.effect if isinstance(part, Number))
    result = documents.curate(name="tried", rules=[findings[tried.reason].fix])
    assert result.input["rows"] - result.output["rows"] == number.value > 0
    assert tried.command == f"assay findings demo --apply {tried.reason}"
    applied = next(a for a in made.advice if findings[a.reason].state == "applied")
    assert applied.command == "assay curate demo"


def test_a_fix_that_drops_the_rows_of_its_finding_is_tried_as_well(
    documents: Dataset, made: Report
) -> None:
    findings = {f.id: f for f in documents.findings(state=None)}
    advice = next(a for a in made.advice if findings[a.reason].check == "sources.imbalance")
    found = findings[advice.reason]
    assert found.fix["keep"] == f"not finding:{found.id}"
    number = next(part for part in advice.effect if isinstance(part, Number))
    assert number.value == found.rows > 0
    assert number.filters == (f"finding:{found.id}",)


def test_what_the_fixes_leave_is_what_curating_by_them_leaves(
    documents: Dataset, made: Report
) -> None:
    findings = {f.id: f for f in documents.findings(state=None)}
    tried = [findings[advice.reason] for advice in made.advice]
    fixes = [found.fix for found in tried if found.check not in REBALANCING]
    assert 0 < len(fixes) < len(tried)
    assert "but those that rebalance" in "".join(p for p in made.lead if isinstance(p, str))
    # Rows that any fix drops by itself: selectors are asked about all rows, as in the report.
    dropped: set[str] = set()
    every = set(documents.to_table(["id"]).column("id").to_pylist())
    for place, fix in enumerate(fixes):
        documents.curate(name=f"fix-{place}", rules=[fix])
        kept = documents.at(f"fix-{place}").to_table(["id"]).column("id").to_pylist()
        dropped |= every - set(kept)
    remaining = next(part for part in made.lead[4:] if isinstance(part, Number))
    assert remaining.value == len(every) - len(dropped)


def test_a_version_is_described_by_its_own_rows(documents: Dataset) -> None:
    clean = documents.at("clean")
    made = clean.report()
    assert made.dataset == "demo@clean"
    assert made.figures[0].number.value == len(clean)
    titles = {bar.label for block in bars(made) for bar in block.bars}
    assert "English" in titles and "German" not in titles
    for number in made.numbers():
        assert measured(clean, list(number.filters), number.measure) == number.value


def bars(made: Report) -> Iterator[Bars]:
    return (
        block for section in made.sections for block in section.blocks if isinstance(block, Bars)
    )


def test_beside_a_target_it_tells_what_is_missing_and_what_to_get(tmp_path: Path) -> None:
    lines = (demo.folder() / "corpus" / "support.jsonl").read_text("utf-8").splitlines()
    project = assay.open(tmp_path / "p")
    pool, target = project.dataset("pool"), project.dataset("target")
    cards = [line for line in lines if "card" in line]
    (tmp_path / "pool.jsonl").write_text("\n".join(line for line in lines if "card" not in line))
    (tmp_path / "target.jsonl").write_text("\n".join(lines + 3 * cards))
    pool.add(tmp_path / "pool.jsonl")
    target.add(tmp_path / "target.jsonl")
    for dataset in (pool, target):
        dataset.compute({"op": "embed.text", "model": "lsa"}, "text.language", "text.pii")
    pool.check("duplicates.exact")
    made = pool.report(target="target")
    (section,) = [each for each in made.sections if each.id == "gaps"]
    (block,) = section.blocks
    assert isinstance(block, Bars) and block.bars
    rows = {row for bar in block.bars for row in target.view(filters=bar.number.filters).ids()}
    texts = target.view(filters=[]).to_table(["id", "text"]).to_pylist()
    missing = [row["text"] for row in texts if row["id"] in rows]
    assert sum("card" in text for text in missing) > len(missing) / 2
    assert len(missing) <= 6 * len(cards)
    wanted = [advice for advice in made.advice if advice.title.startswith("pool lacks: ")]
    assert wanted and all(advice.action.startswith("get ") for advice in wanted)
    for number in made.numbers():
        owner = target if number.dataset == "target" else pool
        assert measured(owner, list(number.filters), number.measure) == number.value
    links = Links(page(made))
    assert any("data=target" in address for address in links.views.values())


def test_parts_of_a_whole_add_up(made: Report) -> None:
    whole = made.figures[0].number.value
    for title in ("Source", "Language"):
        block = next(each for each in bars(made) if each.title == title)
        assert sum(bar.number.value for bar in block.bars) == whole
    funnel = next(each for each in bars(made) if each.title == "demo@clean")
    assert sum(bar.number.value for bar in funnel.bars) == whole


def test_a_report_runs_the_checks_that_never_ran(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": "Please charge my card 4539 1488 0343 6467."}) + "\n")
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    made = dataset.report()
    assert any(finding.check == "pii.found" for finding in dataset.findings())
    assert any("card" in advice.title for advice in made.advice)


def test_a_dataset_without_rows_has_a_report(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\n')
    dataset = assay.open(tmp_path / "p").dataset("docs")
    dataset.add(file)
    assert "row comes from" in page(dataset.report())  # of one, in the singular
    empty = dataset.curate(name="none", rules=[{"drop": "true"}])
    made = dataset.at("none").report()
    assert (empty.output["rows"], made.figures[0].number.value) == (0, 0)
    assert "has no rows yet" in page(made)


def test_constants_of_every_kind_lead_to_their_rows(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    row = {"flag": False, "n": 3, "x": 1.5, "day": "2026-01-01", "name": "v" * 200}
    file.write_text("".join(json.dumps({"text": f"row {i}", **row}) + "\n" for i in range(30)))
    dataset = assay.open(tmp_path / "p").dataset("rows")
    dataset.add(file)
    dataset.check("columns.broken")
    assert len(dataset.findings()) == 5
    shown = [
        part for block in bars(dataset.report()) for part in block.bars if " is " in part.label
    ]
    assert [part.number.value for part in shown] == [30] * 5


def test_a_hostile_text_stays_a_text(tmp_path: Path) -> None:
    hostile = '</style><script src=x>1</script>"\x00\x08 \ud83d'
    part = Bar(hostile, Number(1, hostile, (hostile,)), 1.0, hostile)
    section = Section("a", hostile, (hostile,), blocks=(Bars(hostile, (part,)),))
    made = Report(hostile, hostile, "2026-01-01T00:00:00+00:00", 1, (hostile,), (), (section,))
    html = page(made)
    links = Links(html)
    assert links.loading == []
    assert "<script src=x>1</script>" in links.text
    assert "default-src 'none'" in html
    html.encode("utf-8")
    address = links.views["view-1"]
    assert urlsplit(address).netloc == "127.0.0.1:8420"


def test_a_report_is_written_whole_in_the_form_that_its_name_asks_for(
    documents: Dataset, tmp_path: Path
) -> None:
    made = documents.report(tmp_path / "r.json")
    written: dict[str, Any] = json.loads((tmp_path / "r.json").read_text())
    assert written["recommendations"] == made.to_dict()["recommendations"]
    documents.report(tmp_path / "r.html", app="https://assay.example/base/")
    assert "https://assay.example/base/explore?data=demo" in (tmp_path / "r.html").read_text()
    with pytest.raises(UsageError, match=r"cannot be written as 'r\.docx'"):
        documents.report(tmp_path / "r.docx")
    with pytest.raises(AssayError):
        documents.report(tmp_path / "missing" / "r.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.json"]


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
def test_a_report_is_printed_as_pdf(documents: Dataset, tmp_path: Path) -> None:
    documents.report(tmp_path / "r.pdf")
    data = (tmp_path / "r.pdf").read_bytes()
    assert data.startswith(b"%PDF-") and len(data) > 20_000


def test_without_a_browser_a_pdf_says_what_to_do(
    documents: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ASSAY_CHROMIUM", raising=False)
    with pytest.raises(AssayError, match="Chromium") as raised:
        documents.report(tmp_path / "r.pdf")
    assert "write .html" in str(raised.value)
    monkeypatch.setenv("ASSAY_CHROMIUM", "/bin/false")
    with pytest.raises(AssayError, match="did not print"):
        documents.report(tmp_path / "r.pdf")


def test_large_numbers_are_said_shortly() -> None:
    said = {0: "0", 9_999: "9,999", 12_345: "12.3k", 999_499: "999k", 999_999: "1M"}
    said |= {3_140_000: "3.14M", 999_999_999: "1B"}
    assert {n: short(n) for n in said} == said
    assert short(2_500_000_000) == "2.5B"


def test_the_drawing_is_valid(made: Report) -> None:
    html = page(made).split("<body>")[1].split("</body>")[0]
    ET.fromstring(f"<body>{html}</body>")
    assert html.count("<rect") > 5
