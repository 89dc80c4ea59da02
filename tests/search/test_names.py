"""How names in expressions find their columns."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assay.errors import UsageError
from assay.registry import Op
from assay.search.expression import evaluate, parse
from assay.search.names import Resolved, resolve, resolver


def _op(name: str, *outputs: str, main: str | None = None, presets: tuple[str, ...] = ()) -> Op:
    schema = pa.schema([(output, pa.int64()) for output in outputs])
    return Op(name, "1", lambda batch: batch, ("text",), schema, main, {p: {} for p in presets})


OPS = {
    op.name: op
    for op in (
        _op("text.stats", "words", "lines", presets=("datatrove",)),
        _op("text.language", "label", "score", main="label"),
        _op("image.quality", "score"),
        _op("chat.stats", "words", "turns"),
    )
}


def schema(*columns: str) -> pa.Schema:
    return pa.schema([(column, pa.int64()) for column in columns])


def test_a_column_of_that_name_comes_first():
    assert resolve("words", schema("words", "text_stats__words"), OPS) == Resolved("words")


def test_a_stored_name_and_a_full_name_mean_the_same():
    expected = Resolved("text_stats__words", "text.stats", "words", True)
    for name in ("text_stats__words", "text.stats.words"):
        assert resolve(name, schema("text_stats__words"), OPS) == expected


def test_the_end_of_a_name_is_enough_where_it_is_unambiguous():
    assert resolve("lines", schema(), OPS).column == "text_stats__lines"
    assert resolve("turns", schema(), OPS).signal == "chat.stats.turns"


def test_a_signal_to_compute_is_known_but_not_present():
    found = resolve("text.stats@datatrove.words", schema("text"), OPS)
    assert found == Resolved("text_stats_datatrove__words", "text.stats@datatrove", "words", False)


def test_a_stored_signal_comes_before_one_that_could_be_computed():
    assert resolve("words", schema("chat_stats__words"), OPS).op == "chat.stats"


def test_several_candidates_are_all_named():
    with pytest.raises(UsageError) as caught:
        resolve("stats.words", schema(), OPS)
    assert caught.value.facts["candidates"] == ["chat.stats.words", "text.stats.words"]


def test_a_computed_variant_does_not_change_what_an_end_means():
    stored = schema("text_stats_datatrove__lines", "tokens_small__lines")
    assert resolve("lines", stored, OPS).op == "text.stats"
    assert resolve("stats@datatrove.lines", stored, OPS).present


def test_an_alias_is_named_by_itself():
    stored = schema("tokens_small__tokens")
    assert resolve("tokens_small.tokens", stored, OPS).column == "tokens_small__tokens"
    assert resolve("tokens_small", stored, OPS).column == "tokens_small__tokens"
    assert resolve("tokens", stored, OPS).column == "tokens_small__tokens"


def test_the_stores_metadata_says_how_a_column_is_written():
    described = {"assay.op": "text.gone", "assay.name": "text.gone.half_life"}
    stored = pa.schema([pa.field("text_gone__half_life", pa.int64(), metadata=described)])
    found = resolve("gone.half_life", stored, OPS)
    assert (found.column, found.op, found.output) == (
        "text_gone__half_life",
        "text.gone",
        "half_life",
    )


def test_an_op_alone_means_its_main_output():
    assert resolve("language", schema(), OPS) == Resolved(
        "text_language__label", "text.language", "label", False
    )
    assert resolve("text.language", schema("text_language__label"), OPS).present


def test_fields_of_struct_columns():
    stored = pa.schema([("meta", pa.struct([("http", pa.struct([("url", pa.string())]))]))])
    found = resolve("meta.http.url", stored, OPS)
    assert (found.column, found.path, found.stored) == ("meta", ("http", "url"), "meta.http.url")


def test_an_unknown_name_gets_close_ones_and_the_command():
    with pytest.raises(UsageError) as caught:
        resolve("stats.line", schema("text"), OPS)
    assert "text.stats.lines" in str(caught.value)
    assert "assay compute D text.stats" in str(caught.value)


def test_an_expression_on_a_missing_signal_says_how_to_compute_it():
    table = pa.table({"text": ["a"]})
    with pytest.raises(
        UsageError, match=r"(?s)not computed yet.*assay compute D text\.stats"
    ) as caught:
        evaluate(parse("1 < lines"), table, resolve=resolver(table.schema, OPS))
    assert caught.value.facts["op"] == "text.stats"
