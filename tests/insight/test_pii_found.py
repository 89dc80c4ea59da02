"""pii.found: one finding a kind, and no secret in its evidence."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from assay.insight.pii import mask


def test_each_kind_is_a_finding_whose_fix_drops_its_rows(
    texts_of, dataset, find, kept_by_fix
) -> None:
    data = texts_of("pii/spans.jsonl.zst")
    rows = dataset(data["text"].to_pylist(), "text.pii")
    found = {finding.subject: finding for finding in find("pii.found", rows)}
    assert {"card", "email", "iban", "phone", "us_ssn"} <= set(found)
    everything = set(rows.table("id")["id"].to_pylist())
    for finding in found.values():
        assert kept_by_fix(finding, rows) == everything - set(finding.row_ids)
    # 22 IBANs are annotated; those found are shown by their ends only.
    assert found["iban"].title == "21 bank account numbers (IBAN) in 21 rows of 1,021 (2.1 %)"
    assert found["card"].score > found["phone"].score


def test_evidence_never_repeats_a_secret_of_any_kind(texts_of, dataset, find) -> None:
    data = texts_of("pii/spans.jsonl.zst")
    texts = data["text"].to_pylist()
    rows = dataset(texts, "text.pii")
    spans = rows.table("text.pii.spans").column(0).to_pylist()
    secrets = {
        text[s["start"] : s["end"]] for text, found in zip(texts, spans, strict=True) for s in found
    }
    assert len(secrets) > 100
    evidence = json.dumps([f.evidence for f in find("pii.found", rows)], ensure_ascii=False)
    assert [secret for secret in secrets if secret in evidence] == []


def test_the_value_in_evidence_is_where_the_masked_text_has_it(dataset, find) -> None:
    rows = dataset(
        ["Write to émile.dupont@gmail.com or 4111 1111 1111 1111", None, "nothing"], "text.pii"
    )
    card, email = find("pii.found", rows)
    assert card.subject == "card" and email.subject == "email"
    assert email.title == "1 email address in 1 row of 3 (33.3 %)"
    example = email.evidence["examples"][0]
    assert example["value"].endswith("*om") and "dupont" not in example["value"]
    assert example["value"] in example["text"]
    assert card.evidence["examples"][0]["value"] in example["text"]


@given(st.text(min_size=1, max_size=200))
def test_a_mask_shows_at_most_a_quarter_and_five_characters(value: str) -> None:
    masked = mask(value)
    shown = min(5, len(value) // 4)
    assert sum(c.isalnum() for c in masked) <= shown
