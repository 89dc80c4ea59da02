"""text.pii finds what is personal, with check digits and context, and leaves look-alikes alone."""

from __future__ import annotations

import io
import json
from collections import Counter

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.ops.text import _pii_scan
from assay.ops.text._pii_checks import luhn, mod97
from assay.ops.text._pii_tables import IBAN_LENGTHS
from assay.ops.text.pii import pii


def found(text: str, **params) -> list[tuple[str, str]]:
    [row] = pii(pa.record_batch([[text]], names=["text"]), **params).to_pylist()
    assert row["count"] == len(row["spans"])
    return [(s["label"], text[s["start"] : s["end"]]) for s in row["spans"]]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("mailto:a.b+c@d.co.uk, thanks", "email", "a.b+c@d.co.uk"),
        ("请联系foo@bar.com谢谢", "email", "foo@bar.com"),
        ("user=jo_doe@mail.org&x=1", "email", "jo_doe@mail.org"),
        ("call (212) 555-0187 ext. 12 now", "phone", "(212) 555-0187 ext. 12"),
        ("+44 20 7946 0958", "phone", "+44 20 7946 0958"),
        ("ring +49 (0)30 123456-78.", "phone", "+49 (0)30 123456-78"),
        ("tel:+1-212-555-0187", "phone", "+1-212-555-0187"),
        ("WhatsApp +55 11 91234-5678;", "phone", "+55 11 91234-5678"),
        ("India: +91 98765 43210", "phone", "+91 98765 43210"),
        ("+33612345678", "phone", "+33612345678"),
        ("aus dem Ausland 0043 1 234567", "phone", "0043 1 234567"),
        ("a 541-714-1388 b", "phone", "541-714-1388"),
        ("01 23 45 67 89", "phone", "01 23 45 67 89"),
        ("(030) 1234567", "phone", "(030) 1234567"),
        ("Phone:\n467 3395", "phone", "467 3395"),
        ("电话：13812345678", "phone", "13812345678"),
        ("28-64-66-98 office", "phone", "28-64-66-98"),
        ("from 93.184.216.34:8080", "ip", "93.184.216.34"),
        ("at 2001:4860:4860::8888.", "ip", "2001:4860:4860::8888"),
        ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("amex 3782-822463-10005", "card", "3782-822463-10005"),
        ("card 5555555555554444,", "card", "5555555555554444"),
        ("DE89 3704 0044 0532 0130 00 and more", "iban", "DE89 3704 0044 0532 0130 00"),
        ("gb29nwbk60161331926819", "iban", "gb29nwbk60161331926819"),
        ("ssn 078-05-1120", "us_ssn", "078-05-1120"),
        ("AKIA" + "QYLPMN5HHHFPZ3QW", "key", "AKIA" + "QYLPMN5HHHFPZ3QW"),
        ("api_key = 'a8F3kd92LmQ0zXv71PqR'", "key", "a8F3kd92LmQ0zXv71PqR"),
        ("postgres://bob:s3cr3tPw@db.host.com/x", "key", "s3cr3tPw"),
    ],
)
def test_a_span_is_found_exactly(text, label, value):
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "prefix", ["ghp_", "gho_", "github_pat_", "xoxb-", "sk_live_", "sk-proj-", "npm_", "glpat-"]
)
def test_tokens_with_the_prefix_of_their_issuer_are_keys(prefix):
    token = prefix + "1a2B3c4D5e6F7g8H9i0Jk1L2m3N4o5P6q7R8"
    assert found(f"export T={token}\n") == [("key", token)]


def test_a_private_key_is_one_span_from_begin_to_end():
    key = "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: A-B\nMIIEow==\n-----END RSA PRIVATE KEY-----"
    assert found(f"a {key} b") == [("key", key)]


def test_a_json_web_token_must_decode():
    head, body = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0"
    token = f"{head}.{body}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    assert found(token) == [("key", token)]
    assert found(token.replace("eyJhbGci", "eyJhbGcj")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Released 2021-03-04 12:30:45, 03/04/2021 and 12.05.2020.",
        "2019-12-31T23:59:59.000Z",
        "version 1.2.3.4, v10.0.19041.1, release 93.184.216.34",
        "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, 978-0-306-40615-7",
        "$1,234,567.89 or 1 000 000 000 EUR",
        "id 1700000000 and 12345678901234567890",
        "pi = 3.14159265358979, 0.1234567890",
        "550e8400-e29b-41d4-a716-446655440000",
        "10.1038/s41586-020-2649-2",
        "mac 00:1A:2B:3C:4D:5E at 12:30:45",
        "std::vector<a::b> Face::add(1)",
        "14.3.4.1. Auditing\n2.3.1.36. Tuning",
        "192.168.0.1, 127.0.0.1, 10.1.2.3, ::1, fe80::1, 203.0.113.9",
        "icon@2x.png git@github.com:foo/bar.git jo@yourdomain.com a@b",
        "4111 1111 1111 1112 and 1234567812345670",
        "GB29NWBK60161331926818 and XX29NWBK60161331926819",
        "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000",
        "0000000 02 07 00 00 00 21 a1 00 4f\n00 30 00 00 00 00 07 00",
        "Boston, MA 02110-1301, USA",
        "AKIAIOSFODNN7EXAMPLE ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "password: correcthorsebatterystaple token=config.settings.token_value",
        "api_key = 'your_api_key_goes_here_123'",
        "postgres://user:password@host/db",
    ],
)
def test_look_alikes_are_left_alone(text):
    assert found(text) == []


def test_a_lower_bound_lets_in_what_is_no_persons():
    text = "192.168.0.1 and jo@domain.com"
    assert found(text, min_score=0.0) == [("ip", "192.168.0.1"), ("email", "jo@domain.com")]


def test_mail_at_example_com_stands_in_for_people_and_is_the_least_certain():
    text = "write to jo@example.com, kim@mail.example.org or lee@site.example"
    assert [span for _, span in found(text)] == [
        "jo@example.com",
        "kim@mail.example.org",
        "lee@site.example",
    ]
    assert found(text, min_score=0.75) == []
    assert found("email@example.com, your.name@example.org") == []


def test_offsets_count_code_points():
    text = "Ünïcödé 👩‍👩‍👧 jo.doe@mail.org 漢字 +44 20 7946 0958"
    assert found(text) == [("email", "jo.doe@mail.org"), ("phone", "+44 20 7946 0958")]


def test_neighbors_separated_by_one_character_are_both_found():
    text = "a@b.com,c@d.com;e@f.com"
    assert [v for _, v in found(text)] == ["a@b.com", "c@d.com", "e@f.com"]


def test_one_place_has_one_label():
    assert found("5417141388@mail.org") == [("email", "5417141388@mail.org")]
    assert found("phone GB29 NWBK 6016 1331 9268 19") == [("iban", "GB29 NWBK 6016 1331 9268 19")]


def test_only_the_kinds_asked_for_are_found():
    assert found("a@b.com 541-714-1388", kinds=["email"]) == [("email", "a@b.com")]


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=r"no kind 'name'.*email, phone, ip"):
        found("x", kinds=["name"])


def test_nulls_stay_null_and_an_empty_text_has_none():
    result = pii(pa.record_batch([pa.array([None, ""])], names=["text"]))
    assert result.to_pylist() == [{"count": None, "spans": None}, {"count": 0, "spans": []}]


# Measured 2026 on 1,021 synthetic sentences, exact spans. The patterns were developed with this
# set in sight, so that precision and recall on other texts will be lower. The card numbers missed
# begin with 3502 to 3519 or 3590 to 3598, which no network has been given.
BARS = {
    "EMAIL_ADDRESS": ("email", 1.0, 1.0),
    "PHONE_NUMBER": ("phone", 0.98, 0.98),
    "CREDIT_CARD": ("card", 0.93, 1.0),
    "IBAN_CODE": ("iban", 1.0, 1.0),
    "US_SSN": ("us_ssn", 1.0, 1.0),
}


def test_recall_and_precision_on_labelled_sentences(shared_data):
    with zstandard.open(shared_data("pii/spans.jsonl.zst"), "rb") as file:
        rows = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    result = pii(pa.record_batch([[r["text"] for r in rows]], names=["text"]))
    gold, hits, both = Counter(), Counter(), Counter()
    for row, spans in zip(rows, result["spans"].to_pylist(), strict=True):
        labels = {k: v[0] for k, v in BARS.items()}
        wanted = {
            (s["start"], s["end"], labels[s["type"]]) for s in row["spans"] if s["type"] in labels
        }
        got = {(s["start"], s["end"], s["label"]) for s in spans}
        gold.update(label for *_, label in wanted)
        hits.update(label for *_, label in got)
        both.update(label for *_, label in wanted & got)
    for label, recall, precision in BARS.values():
        assert both[label] / gold[label] >= recall, label
        assert both[label] / hits[label] >= precision, label
    assert sum(hits.values()) == sum(hits[label] for label, *_ in BARS.values())


def test_hardly_a_phone_or_address_is_seen_in_manuals(shared_data):
    import pyarrow.parquet as pq

    table = pq.read_table(shared_data("text_corpus/docs.parquet"), columns=["text"])
    batch = table.slice(0, 3000).combine_chunks().to_batches()[0]
    seen = Counter()
    for spans in pii(batch)["spans"].to_pylist():
        seen.update(s["label"] for s in spans)
    megabytes = sum(len(t.as_py()) for t in batch["text"]) / 1e6
    assert seen["phone"] / megabytes < 3
    assert seen["card"] + seen["iban"] + seen["us_ssn"] <= 2


@given(
    st.text(alphabet="0123456789", min_size=11, max_size=18), st.integers(0, 18), st.integers(1, 9)
)
def test_luhn_accepts_the_right_check_digit_and_no_single_error(body, place, shift):
    [number] = [body + d for d in "0123456789" if luhn(body + d)]
    place %= len(number)
    wrong = str((int(number[place]) + shift) % 10)
    assert not luhn(number[:place] + wrong + number[place + 1 :])


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.data())
def test_mod97_accepts_the_right_check_digits_and_no_single_error(country, data):
    size = IBAN_LENGTHS[country] - 4
    body = data.draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=size, max_size=size))
    digits = "".join(str(int(c, 36)) for c in f"{body}{country}00")
    code = f"{country}{98 - int(digits) % 97:02d}{body}"
    assert mod97(code)
    assert found(f"pay {code} now", kinds=["iban"]) == [("iban", code)]
    place = data.draw(st.integers(4, len(code) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda c: c != code[place]))
    if code[place].isdigit():
        assert not mod97(code[:place] + other + code[place + 1 :])


PIECES = st.sampled_from(
    ["+44", " ", "20 7946 0958", "a@b.com", "@", ".", "-", "12", "192.0.2.1", "::", "key=", "é",
     "漢", "4111111111111111", "GB29NWBK60161331926819", "phone", "fax", "(0)", "x12",
     "/", ":", "👍"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_ordered_apart_and_inside_the_text(text):
    [spans] = pii(pa.record_batch([[text]], names=["text"]), min_score=0.0)["spans"].to_pylist()
    edges = [e for s in spans for e in (s["start"], s["end"])]
    assert edges == sorted(edges)
    assert all(0 <= s["start"] < s["end"] <= len(text) and 0 < s["score"] <= 1 for s in spans)


@given(st.lists(PIECES, max_size=200).map("".join))
def test_no_gate_closes_on_a_text_in_which_its_rule_has_a_hit(text):
    gates, locators = _pii_scan._compiled()
    raw = text.encode()
    opened = set(gates.Match(raw) or ())
    for index, rule in enumerate(_pii_scan.RULES):
        if list(_pii_scan._hits(raw, locators[index], rule)):
            assert index in opened, rule


@pytest.mark.parametrize("unit", ["1 ", "00 ", ":", "ab:", "+44 (0)", "4111 ", "token=", "a@b."])
def test_hostile_repetition_ends(unit):
    # Quadratic work on 200 kB would take minutes.
    found(unit * (200_000 // len(unit)))
