"""CSV and TSV: quoting, types, and rows that are no rows."""

from __future__ import annotations

import csv
import gzip
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.schema import BadRow
from assay.store.read import read


def load(path, **options):
    rows, bad, schema = {}, [], None
    for item in read(path, **options):
        if isinstance(item, BadRow):
            bad.append(item)
        else:
            schema = item.batch.schema
            rows.update(zip(item.positions.tolist(), item.batch.to_pylist(), strict=True))
    return rows, bad, schema


@pytest.fixture
def file(tmp_path):
    def write(data, name="x.csv"):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


def test_types_are_inferred_only_where_nothing_is_lost(file):
    path = file("id,n,x,ok,zip,mixed\n007,1,1.5,true,02139,1\n8,-2,2,false,10001,b\n9,,,,,\n")
    rows, bad, schema = load(path)
    assert bad == []
    types = [pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.string(), pa.string()]
    assert schema.types == types
    assert rows[2] == {"id": "007", "n": 1, "x": 1.5, "ok": True, "zip": "02139", "mixed": "1"}
    assert rows[4] == {"id": "9", "n": None, "x": None, "ok": None, "zip": "", "mixed": ""}


def test_a_position_is_the_line_where_the_row_starts(file):
    rows, bad, _ = load(file('a,b\n1,"two\nlines ""quoted"""\n\n2,x\r\n'))
    assert rows == {2: {"a": 1, "b": 'two\nlines "quoted"'}, 5: {"a": 2, "b": "x"}}
    assert bad == []


def test_a_row_with_other_cells_than_the_header_is_named_by_line(file):
    rows, bad, _ = load(file("a,b\n1,2\n3\n4,5,6\n7,8\n"))
    assert list(rows) == [2, 5]
    assert [(b.position, b.error) for b in bad] == [
        (3, "Line 3 has 1 cell, the header has 2."),
        (4, "Line 4 has 3 cells, the header has 2."),
    ]


def test_a_quote_that_is_never_closed_costs_one_row(file):
    rows, bad, _ = load(file('a,b\n1,x\n2,"open\n3,y\n4,z\n'))
    assert {line: row["a"] for line, row in rows.items()} == {2: 1, 4: 3, 5: 4}
    assert [b.position for b in bad] == [3] and "quote" in bad[0].error


def test_invalid_utf8_costs_one_row_and_says_where(file):
    rows, bad, _ = load(file("a,b\n1,gr\u00fcn\n".encode() + b"2,gr\xfcn\n3,x\n"))
    assert rows == {2: {"a": 1, "b": "grün"}, 4: {"a": 3, "b": "x"}}
    assert [b.error for b in bad] == ["Line 3 is not UTF-8: byte 2 of 'b' is 0xfc."]


def test_a_cell_that_does_not_fit_the_decided_type_is_a_bad_row(file):
    path = file("n\n1\n2\nthree\n4\n")
    rows, bad, _schema = load(path, batch_rows=2)
    assert [row["n"] for row in rows.values()] == [1, 2, 4]
    assert "Line 4: 'n' should be an integer" in bad[0].error and "'three'" in bad[0].error
    rows, bad, _ = load(path, batch_rows=2, types={"n": "string"})
    assert [row["n"] for row in rows.values()] == ["1", "2", "three", "4"] and not bad


def test_known_types_bind_the_first_batch(file):
    path = file("n,code,x\nlow,1,2\n1.0,2,n/a\n")
    known = {"n": pa.int8(), "code": pa.string(), "x": pa.float32()}
    rows, bad, _ = load(path, known=known)
    assert [b.position for b in bad] == [2, 3] and rows == {}
    rows, bad, schema = load(path, known=known, types={"x": "string"})
    assert schema.types == [pa.int64(), pa.string(), pa.string()]
    assert rows == {3: {"n": 1, "code": "2", "x": "n/a"}}


def test_the_cells_as_written_are_the_identity_of_a_row(file):
    (batch,) = read(file("n,x,s\n01,1.50,\n2,3,a\n"))
    assert batch.identity.to_pylist() == [
        {"n": "01", "x": "1.50", "s": None},
        {"n": "2", "x": "3", "s": "a"},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(file, delimiter):
    rows, _, _ = load(file(f"a{delimiter}b\n1{delimiter}x\n"))
    assert rows == {2: {"a": 1, "b": "x"}}


def test_spreadsheet_files_in_utf16_and_compressed_files_are_read(file):
    expected = {2: {"a": "é", "b": 1}}
    assert load(file("a\tb\né\t1\n".encode("utf-16"), "x.tsv"))[0] == expected
    assert load(file(gzip.compress("a\tb\né\t1\n".encode()), "x.tsv.gz"))[0] == expected


def test_a_header_naming_a_column_twice_is_refused(file):
    with pytest.raises(InputError, match="'a' twice"):
        load(file("a,b,a\n1,2,3\n"))


def test_a_row_over_the_limit_is_given_up(file):
    path = file("a,b\n1,x\n2," + "y" * 5000 + '\n3,"' + "z\n" * 3000 + '"\n4,w\n')
    rows, bad, _ = load(path, max_line=1000)
    assert {row["a"] for row in rows.values()} >= {1, 4}
    reasons = {b.position: b.error for b in bad}
    assert "5,002 bytes" in reasons[3] and "quote" in reasons[4]


def test_nul_bytes_do_not_end_the_file(file):
    rows, _, _ = load(file(b"a,b\n1,x\x00y\n2,z\n"))
    assert [row["b"] for row in rows.values()] == ["x\0y", "z"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([("a", "b"), *rows])
    path.write_bytes(text.getvalue().encode())
    got, bad, _ = load(path, delimiter=",", types={"a": "string", "b": "string"})
    assert [tuple(row.values()) for row in got.values()] == rows
    assert bad == []


@settings(deadline=None)
@given(data=st.text('a,"\n\r;', max_size=60).map(str.encode) | st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_readable_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(data)
    try:
        load(path, format="csv")
    except InputError as error:
        assert error.remedy


def test_blank_lines_inside_a_quoted_cell_are_kept(file):
    path = file('text,n\r\n"one\n\n\ntwo\n",1\n\n"three",2\n')
    rows, bad, _ = load(path)
    assert [row["text"] for row in rows.values()] == ["one\n\n\ntwo\n", "three"]
    assert list(rows) == [2, 8]
    assert bad == []
