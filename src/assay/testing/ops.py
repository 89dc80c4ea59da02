"""What every op promises, as one check that names the promise that was broken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from assay import registry
from assay.registry import Op

Compute = Callable[[pa.RecordBatch], pa.RecordBatch]

# What an image, a sound or a conversation looks like differs by op, so only texts come ready-made.
_TEXT_COLUMNS = ("text", "a", "b", "prompt", "response", "question", "answer")


def awkward_texts() -> pa.RecordBatch:
    """A batch with a column `text` (string, with nulls) of what breaks careless ops.

    Emoji with joiners, scripts without spaces, right-to-left text, combining marks, control
    characters, every kind of line end, digits, and one line of a megabyte.
    """
    texts: list[str | None] = [
        "The quick brown fox jumps over the lazy dog. It does so every day, in all weathers.",
        None,
        "",
        " \t\r\n\v\f\u00a0\u2003\u2028",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ok 🇩🇪",
        "今天天气很好，我们去公园散步。日本語の文章もあります。한국어 문장도.",
        "مرحبا بالعالم، كيف حالك؟ שלום עולם \u202eabc\u202c",
        "ภาษาไทยไม่มีช่องว่าง नमस्ते दुनिया",
        "e\u0301 vs é, ﬁ vs fi, İstanbul ıI, ß, \u1e9e, Ǆ",
        "\x00\x01\x02\x07\x1b[31mred\x1b[0m\x7f\x85",
        "line one\nline two\r\nline three\rline four\u2029end\n\n\n",
        "mail jo.doe@mail.org or +44 20 7946 0958, 192.0.2.1 on 2021-03-04: $1,234.56 (100%)",
        None,
        "\U0010ffff\ufffe\ufeff\ufffd\u200b\u200d",
        "a",
        "def f(x):\n\treturn {k: v for k, v in x.items() if v != 0}  # comment\n" * 20,
        "<p>x</p> <|endoftext|> [CLS] {{ template }} %s \\n \\x00 '; DROP TABLE --",
        "word " * 200_000 + "tail",
        "x" * 5000,
        "The quick brown fox jumps over the lazy dog. It does so every day, in all weathers.",
    ]
    return pa.record_batch([pa.array(texts, pa.string())], names=["text"])


def check_op(
    op: Op | str,
    *,
    batch: pa.RecordBatch | None = None,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Check that an op keeps the contract of `assay.registry.Op`.

    Checked: the declared schema and length on a full, an empty and an all-null batch; nulls, slices
    with an offset and chunks change nothing about the other rows; string, large_string and
    dictionary inputs give equal values; the input is not touched; two runs, and runs in several
    threads at once, agree to the bit. An op with `fit` is fitted on the batch first.

    Args:
        op: The op, or the name of a registered one.
        batch: Rows to try, 2 or more, with the op's input columns; by default awkward texts, where
            the op reads nothing but texts.
        params: Parameters other than the defaults.

    Raises:
        AssertionError: A promise is broken; the message names the op, the promise and the row.
        UsageError: The op is not registered.
    """
    checked: Op = registry.get("op", op) if isinstance(op, str) else op
    rows = _rows(checked, batch)
    compute = _bound(checked, rows, dict(params or {}))
    schema = checked.schema(params)
    _check_main(checked, schema)
    whole = _run(checked, compute, rows, "a full batch")
    _check_shape(checked, whole, rows, schema, "a full batch")
    for offered, what in (
        (rows.slice(0, 0), "an empty batch"),
        (_all_null(rows), "a batch of nulls only"),
        (rows.slice(1, 1), "a batch of one row"),
    ):
        _check_shape(checked, _run(checked, compute, offered, what), offered, schema, what)
    _check_purity(checked, compute, rows, whole)
    _check_independence(checked, compute, rows, whole)
    _check_encodings(checked, compute, rows, whole)
    _check_threads(checked, compute, rows, whole)


def _rows(op: Op, batch: pa.RecordBatch | None) -> pa.RecordBatch:
    if batch is not None:
        missing = [name for name in op.inputs if name not in batch.schema.names]
        assert not missing, f"{op.name}: the batch given lacks the op's input column {missing}"
        assert batch.num_rows >= 2, f"{op.name}: give a batch of 2 rows or more"
        return batch.select(list(op.inputs))
    other = [name for name in op.inputs if name not in _TEXT_COLUMNS]
    assert not other, f"{op.name} reads {other}: give check_op a `batch` with such a column"
    texts = awkward_texts()["text"]
    return pa.record_batch([texts] * len(op.inputs), names=list(op.inputs))


def _bound(op: Op, rows: pa.RecordBatch, params: dict[str, Any]) -> Compute:
    if op.fit is None:
        return lambda offered: op.fn(offered, **params)
    full = {**op.defaults, **params}
    state = op.fit([rows], **full)
    assert isinstance(state, bytes), f"{op.name}: fit returned {type(state).__name__}, not bytes"
    assert op.fit([rows], **full) == state, f"{op.name}: fit on the same rows gave another state"
    return lambda offered: op.fn(offered, **params, state=state)


def _run(op: Op, compute: Compute, rows: pa.RecordBatch, what: str) -> pa.RecordBatch:
    try:
        result = compute(rows)
    except Exception as error:
        raise AssertionError(f"{op.name} raised on {what}: {error!r}") from error
    assert isinstance(result, pa.RecordBatch), (
        f"{op.name} returned {type(result).__name__} on {what}, not a RecordBatch"
    )
    return result


def _check_main(op: Op, schema: pa.Schema) -> None:
    assert op.main is None or op.main in schema.names, (
        f"{op.name}: main is '{op.main}', which is none of its outputs {schema.names}"
    )


def _check_shape(
    op: Op, result: pa.RecordBatch, rows: pa.RecordBatch, schema: pa.Schema, what: str
) -> None:
    assert result.num_rows == rows.num_rows, (
        f"{op.name} returned {result.num_rows} rows for {rows.num_rows} on {what}"
    )
    assert result.schema.equals(schema), (
        f"{op.name} declares\n{schema}\nbut returned on {what}\n{result.schema}"
    )
    result.validate(full=True)


def _check_purity(op: Op, compute: Compute, rows: pa.RecordBatch, whole: pa.RecordBatch) -> None:
    before = _digest(rows)
    _check_same(op, compute(rows), whole, "run twice on one batch (it is not deterministic)")
    assert _digest(rows) == before, f"{op.name} changed its input in place"


def _check_independence(
    op: Op, compute: Compute, rows: pa.RecordBatch, whole: pa.RecordBatch
) -> None:
    n = rows.num_rows
    _check_same(op, compute(rows.slice(1)), whole.slice(1), "given a slice with an offset", first=1)
    for size in (1, 3):
        parts = [compute(rows.slice(i, size)) for i in range(0, n, size)]
        joined = pa.Table.from_batches(parts).combine_chunks().to_batches()
        _check_same(op, joined[0], whole, f"given {size} row(s) at a time (neighbors matter)")
    backwards = pa.array(range(n - 1, -1, -1))
    _check_same(
        op, compute(rows.take(backwards)).take(backwards), whole, "given the rows backwards"
    )
    # A null must not shift or change the rows around it.
    holes = pa.array([i if i % 2 else None for i in range(n)], pa.int64())
    punched = compute(rows.take(holes))
    odd = pa.array(range(1, n, 2))
    _check_same(op, punched.take(odd), whole.take(odd), "given nulls in every other row")


def _check_encodings(op: Op, compute: Compute, rows: pa.RecordBatch, whole: pa.RecordBatch) -> None:
    for what in ("large_string", "dictionary"):
        columns = [_encoded(column, what) for column in rows.columns]
        other = pa.record_batch(columns, names=rows.schema.names)
        result = _run(op, compute, other, f"a {what} column")
        _check_same(op, result, whole, f"given a {what} column instead of {rows.schema.types}")


def _encoded(column: pa.Array, what: str) -> pa.Array:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return column.dictionary_encode() if what == "dictionary" else column.cast(pa.large_string())


def _check_threads(op: Op, compute: Compute, rows: pa.RecordBatch, whole: pa.RecordBatch) -> None:
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(compute, [rows] * 4):
            _check_same(op, result, whole, "run in several threads at once")


def _check_same(
    op: Op, found: pa.RecordBatch, expected: pa.RecordBatch, how: str, *, first: int = 0
) -> None:
    assert found.num_rows == expected.num_rows, (
        f"{op.name} returned {found.num_rows} rows, not {expected.num_rows}, {how}"
    )
    for name in expected.schema.names:
        new, old = found[name], expected[name]
        if new.equals(old):
            continue
        for row, (a, b) in enumerate(zip(new, old, strict=True)):
            # repr, for NaN equals nothing, itself included.
            assert a.equals(b) or repr(a.as_py()) == repr(b.as_py()), (
                f"{op.name} gives another '{name}' {how}: row {row + first} is "
                f"{_short(a)}, not {_short(b)}"
            )


def _all_null(rows: pa.RecordBatch) -> pa.RecordBatch:
    columns = [pa.nulls(3, column.type) for column in rows.columns]
    return pa.record_batch(columns, names=rows.schema.names)


def _digest(rows: pa.RecordBatch) -> str:
    digest = hashlib.blake2b()
    for column in rows.columns:
        for buffer in column.buffers():
            digest.update(memoryview(buffer) if buffer is not None else b"-")
    return digest.hexdigest()


def _short(value: pa.Scalar) -> str:
    text = repr(value.as_py())
    return text if len(text) <= 80 else f"{text[:77]}..."
