"""check_op passes every registered op and names what a broken one broke."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assay import registry
from assay.errors import UsageError
from assay.registry import Op
from assay.testing import awkward_texts, check_op

COUNT = pa.schema([pa.field("count", pa.int32())])
TEXT_OPS = sorted(n for n, op in registry.ops().items() if op.inputs == ("text",))


def lengths(batch: pa.RecordBatch) -> pa.RecordBatch:
    text = batch.column("text").cast(pa.string())
    return pa.record_batch([pc.utf8_length(text)], names=["count"])


def broken(fn, **more) -> Op:
    return Op("text.broken", "1", fn, ("text",), more.pop("outputs", COUNT), **more)


@pytest.mark.parametrize("name", TEXT_OPS)
def test_a_registered_op_keeps_its_promises(name):
    check_op(name)


@pytest.mark.parametrize(
    ("name", "preset"),
    [(n, p) for n in TEXT_OPS for p in registry.ops()[n].presets if n != "embed.text"],
)
def test_a_preset_keeps_its_promises(name, preset):
    check_op(name, params=registry.ops()[name].presets[preset])


def test_an_op_that_is_fitted_keeps_its_promises():
    check_op("embed.text", params={"model": "lsa"})


def test_a_correct_op_passes():
    check_op(broken(lengths))


def test_an_op_that_drops_nulls_is_caught():
    def drops(batch):
        return lengths(batch.filter(batch.column("text").is_valid()))

    with pytest.raises(AssertionError, match=r"returned 18 rows for 20 on a full batch"):
        check_op(broken(drops))


def test_an_op_that_fails_on_nulls_is_caught():
    def fails(batch):
        return pa.record_batch([pa.array([len(t) for t in batch["text"].to_pylist()])], ["count"])

    with pytest.raises(AssertionError, match=r"raised on a full batch: TypeError"):
        check_op(broken(fails))


def test_an_op_that_declares_another_type_is_caught():
    other = pa.schema([pa.field("count", pa.int64())])
    with pytest.raises(AssertionError, match=r"declares\ncount: int64\nbut returned"):
        check_op(broken(lengths, outputs=other))


def test_an_op_whose_main_output_does_not_exist_is_caught():
    with pytest.raises(AssertionError, match=r"main is 'words', which is none of its outputs"):
        check_op(broken(lengths, main="words"))


def test_an_op_that_writes_into_its_input_is_caught():
    owned = np.frombuffer(b"some text, some more" * 10, np.uint8).copy()
    offsets = pa.py_buffer(np.arange(0, 201, 20, dtype=np.int32))
    text = pa.StringArray.from_buffers(10, offsets, pa.py_buffer(owned))
    batch = pa.record_batch([text], names=["text"])

    def writes(batch):
        owned[0] ^= 1
        return pa.record_batch([pa.nulls(batch.num_rows, pa.int32())], names=["count"])

    with pytest.raises(AssertionError, match=r"changed its input in place"):
        check_op(broken(writes), batch=batch)


def test_an_op_that_gives_other_values_each_time_is_caught():
    calls = itertools.count()

    def counts_calls(batch):
        return pa.record_batch([pa.array([next(calls)] * batch.num_rows, pa.int32())], ["count"])

    with pytest.raises(AssertionError, match=r"not deterministic.*row 0"):
        check_op(broken(counts_calls))


def test_an_op_that_looks_at_the_rest_of_the_batch_is_caught():
    def longest(batch):
        most = pc.max(pc.utf8_length(batch.column("text").cast(pa.string()))).as_py()
        return pa.record_batch([pa.array([most] * batch.num_rows, pa.int32())], ["count"])

    with pytest.raises(AssertionError, match=r"gives another 'count' given"):
        check_op(broken(longest))


def test_an_op_that_forgets_the_offset_of_a_slice_is_caught():
    def forgets(batch):
        text = batch.column("text").cast(pa.string())
        raw = np.frombuffer(text.buffers()[1], np.int32)[: len(text) + 1]
        return pa.record_batch([pa.array(np.diff(raw))], names=["count"])

    with pytest.raises(AssertionError, match=r"slice with an offset"):
        batch = pa.record_batch([pa.array(["a", "bbb", "cc", "dddd"])], names=["text"])
        # The all-null and one-row batches agree by chance only for one of the lengths.
        check_op(broken(forgets), batch=batch)


def test_an_op_that_needs_plain_strings_is_caught():
    def plain_only(batch):
        assert batch.column("text").type == pa.string()
        return lengths(batch)

    with pytest.raises(AssertionError, match=r"raised on a large_string column"):
        check_op(broken(plain_only))


def test_an_op_that_shares_state_between_threads_is_caught():
    main = threading.get_ident()

    def by_thread(batch):
        off = 0 if threading.get_ident() == main else 1
        return pa.record_batch([pa.array([off] * batch.num_rows, pa.int32())], ["count"])

    with pytest.raises(AssertionError, match=r"in several threads at once"):
        check_op(broken(by_thread))


def test_an_op_whose_fit_is_not_repeatable_is_caught():
    calls = itertools.count()
    op = broken(lambda batch, *, state=b"": lengths(batch), fit=lambda b: bytes([next(calls)]))
    with pytest.raises(AssertionError, match=r"fit on the same rows gave another state"):
        check_op(op)


def test_an_op_that_reads_something_else_asks_for_a_batch():
    op = Op("image.size", "1", lengths, ("image",), COUNT)
    with pytest.raises(AssertionError, match=r"reads \['image'\]: give check_op a `batch`"):
        check_op(op)


def test_a_name_that_is_not_registered_lists_those_that_are():
    with pytest.raises(UsageError, match=r"no op called 'text.nothing'.*text\.tokens"):
        check_op("text.nothing")


def test_awkward_texts_hold_what_they_promise():
    texts = awkward_texts()["text"].to_pylist()
    assert None in texts
    assert "" in texts
    assert max(len(t) for t in texts if t) > 1_000_000
    assert any("\x00" in t for t in texts if t)
    assert any("\u202e" in t for t in texts if t)
