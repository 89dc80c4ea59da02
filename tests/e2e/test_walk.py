"""The whole walk on real data: from the worst finding to a version, to why a row is out, back."""

from __future__ import annotations

import re

from e2e_places import Served, Visit
from playwright.sync_api import expect

import assay

WORST = "26 payment card numbers in 26 rows of 1,753 (1.5 %)"
CARD = 'not has(text.pii.spans, "card")'
ROW = "My credit card 4377877189635137 has been lost, Can I request you to block it."


def test_from_the_worst_finding_to_a_version_and_back(visit: Visit, corpus: Served) -> None:
    dataset = assay.open(corpus.folder).dataset("demo")
    page = visit(corpus)
    banner = page.get_by_role("banner")
    open_ones = page.get_by_role("button", name=re.compile("^Open "))

    # Open the worst finding: it comes first, and Enter shows exactly its rows.
    worst = page.get_by_role("article").first
    expect(worst).to_have_accessible_name(WORST)
    expect(worst).to_contain_text("The fix removes 1.5 % of rows")
    expect(open_ones).to_have_text("Open 13")
    page.keyboard.press("Enter")
    expect(banner).to_contain_text("26 of 1,753")
    rows = page.get_by_role("grid", name="Rows in view")
    expect(rows).to_have_attribute("aria-rowcount", "27")
    expect(rows.get_by_role("gridcell", name=ROW)).to_be_visible()

    # Apply its fix: the finding leaves the open ones, the rule is in the recipe that Curate opens.
    page.go_back()
    page.get_by_role("article", name=WORST).get_by_role("button", name="Apply fix").click()
    expect(page.get_by_role("article", name=WORST)).to_have_count(0)
    expect(open_ones).to_have_text("Open 12")
    page.get_by_role("link", name="Curate").click()
    kept = page.get_by_text(re.compile(r"^keeps [\d,]+ of 1,753 rows"))
    expect(kept).to_contain_text("keeps 1,222 of")
    rules = page.get_by_role("list", name="Rules", exact=True).get_by_role("listitem")
    expect(rules.filter(has_text=CARD)).to_contain_text("27 fail it, 1 by this rule alone")

    # Move a threshold by key: the counts and the samples follow, nothing is computed again.
    threshold = page.get_by_role("slider", name="too short: text.stats.words >=")
    expect(threshold).to_have_attribute("aria-valuenow", "20")
    threshold.focus()
    page.keyboard.press("ArrowLeft")
    expect(threshold).to_have_attribute("aria-valuenow", "10")
    expect(kept).to_contain_text("keeps 1,343 of")
    expect(rules.filter(has_text=CARD)).to_contain_text("27 fail it, 18 by this rule alone")
    language = 'text.language.code in ("en", "de")'
    assert dataset.where(f"{language} and text.stats.words >= 10 and {CARD}").num_rows == 1343

    # Make a version of it: what it will hold is said first.
    page.get_by_role("button", name="Make version").click()
    dialog = page.get_by_role("dialog", name="Make demo@clean")
    expect(dialog).to_contain_text("demo@clean stays as it is")
    dialog.get_by_role("button", name="Keep 1,343 rows").click()
    made = page.get_by_role("status").filter(has_text="demo@clean-2 is made: 1,343 rows")
    made.get_by_role("button", name="Open Versions").click()
    expect(page.get_by_role("heading", name="@clean-2 1,343 of 1,753 rows")).to_be_visible()
    assert dataset.project.dataset("demo@clean-2").num_rows == 1343

    # The same again makes nothing, and says so.
    page.go_back()
    page.get_by_role("button", name="Make version").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep 1,343 rows").click()
    told = page.get_by_role("status").filter(has_text="demo@clean-2 is that already: 1,343 rows")
    told.get_by_role("button", name="Open Versions").click()
    expect(page.get_by_role("heading", name="@clean-2 1,343 of 1,753 rows")).to_be_visible()

    # Find a row that it dropped, and read why.
    page.get_by_role("button", name="410 only in demo").click()
    expect(banner).to_contain_text("410 of 1,753")
    page.keyboard.press("/")
    page.keyboard.type("credit card lost")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=credit"))
    expect(banner).not_to_contain_text("410 of 1,753")
    rows.get_by_role("gridcell", name=ROW).click()
    inspect = page.get_by_role("region", name="Inspect")
    expect(inspect).to_contain_text(f"Dropped from demo@clean-2 by {CARD}.")
    failed = inspect.get_by_role("list", name="Rules it fails").get_by_role("listitem")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text('text.pii.spans has 1 span labelled "card"')
    expect(inspect.get_by_role("button", name="2 rules that keep it")).to_be_visible()
    expect(page.get_by_role("button", name="Work done")).to_be_visible()

    # Undo the decision: the finding is open again, the version stays what it was.
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.get_by_role("button", name=re.compile("^Fix applied 1")).click()
    page.keyboard.press("u")
    expect(open_ones).to_have_text("Open 13")
    open_ones.click()
    expect(page.get_by_role("article").first).to_have_accessible_name(WORST)
    found = {finding.title: finding.state for finding in dataset.findings(state=None)}
    assert found[WORST] == "open"
    assert dataset.project.dataset("demo@clean-2").num_rows == 1343
