"""CPU cost of choosing rows beside apricot and submodlib, and whether the choice is as good.

    python benchmarks/bench_subset.py [--rows 5000] [-k 200] [--rounds 3]
        [--subset-peer-python VENV/bin/python]

The peers need: pip install --requirement benchmarks/peer_subset.txt
Rows are texts of CLINC150 (`topics/clinc150.jsonl.zst`), embedded by `lsa`. Each side gets the same
float32 vectors of length 1 and ends with k row numbers; making similarities is counted on both.
apricot: facility location over cosine similarities, lazy greedy. submodlib: facility location,
dense, cosine, lazy greedy; and its disparity-min function, whose greedy choice is farthest-first as
ours is. Values are computed here, alike for all. Small rounds of all sides interleave; medians of
process CPU time are compared. `sampled` says what is lost where there are too many rows for all to
be candidates and customers. Writes benchmarks/results/subset.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

# --- the peers' half: runs under their interpreter, so it imports nothing of ours ---


def cpu_seconds(work: Callable[[], object]) -> tuple[float, object]:
    """User and system time of all threads."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    started = spent()
    answer = work()
    return spent() - started, answer


def apricot_facility(unit: np.ndarray, k: int) -> list[int]:
    from apricot import FacilityLocationSelection

    likes = np.maximum(unit @ unit.T, 0)
    chosen = FacilityLocationSelection(k, metric="precomputed", optimizer="lazy")
    return [int(i) for i in chosen.fit(likes).ranking]


def submodlib_facility(unit: np.ndarray, k: int) -> list[int]:
    from submodlib import FacilityLocationFunction

    function = FacilityLocationFunction(n=len(unit), mode="dense", data=unit, metric="cosine")
    return [i for i, _ in function.maximize(budget=k, optimizer="LazyGreedy")]


def submodlib_farthest(unit: np.ndarray, k: int) -> list[int]:
    from submodlib import DisparityMinFunction

    function = DisparityMinFunction(n=len(unit), mode="dense", data=unit, metric="cosine")
    return [i for i, _ in function.maximize(budget=k, optimizer="NaiveGreedy")]


PEERS = {
    "apricot_facility": apricot_facility,
    "submodlib_facility": submodlib_facility,
    "submodlib_farthest": submodlib_farthest,
}


def peers(path: str, k: int, rounds: int) -> None:
    unit = np.load(path)
    told = {}
    for name, choose in PEERS.items():
        choose(unit[:200], 5)  # compiles what it compiles
        spent = [cpu_seconds(lambda choose=choose: choose(unit, k)) for _ in range(rounds)]
        told[name] = {"cpu": statistics.median(cpu for cpu, _ in spent), "rows": spent[0][1]}
    print(json.dumps(told))


# --- ours ---


def vectors(rows: int) -> np.ndarray:
    import zstandard
    from measuring import SHARED

    from assay.models import lsa

    packed = (SHARED / "topics" / "clinc150.jsonl.zst").read_bytes()
    raw = zstandard.ZstdDecompressor().stream_reader(packed).read().decode()
    texts = list(dict.fromkeys(json.loads(line)["text"] for line in raw.splitlines()))
    rng = np.random.default_rng(0)
    texts = [texts[i] for i in rng.permutation(len(texts))[:rows]]
    found = lsa.load(lsa.fit(texts)).embed(texts)
    lengths = np.linalg.norm(found, axis=1)
    return np.ascontiguousarray(found[lengths > 0] / lengths[lengths > 0, None])


def facility(unit: np.ndarray, k: int) -> list[int]:
    from assay.select.subset.criteria import Facility
    from assay.select.subset.greedy import choose

    made = Facility("representative", unit, unit)
    return choose([made], [1.0], k, len(unit)).candidates.tolist()


def farthest(unit: np.ndarray, k: int) -> list[int]:
    from assay.select.subset.criteria import Diversity
    from assay.select.subset.greedy import choose

    return choose([Diversity("diversity", unit)], [1.0], k, len(unit)).candidates.tolist()


def sampled(unit: np.ndarray, k: int, part: int) -> list[int]:
    """Facility location where only a `part` of the rows are candidates and customers."""
    from assay.select.subset.criteria import Facility
    from assay.select.subset.greedy import choose

    some = np.random.default_rng(1).permutation(len(unit))[:part]
    made = Facility("representative", unit[some], unit[some])
    return some[choose([made], [1.0], k, part).candidates].tolist()


def stands_for(unit: np.ndarray, rows: list[int]) -> float:
    """Mean similarity, at least 0, of all rows to the nearest chosen one."""
    return float(np.maximum(unit @ unit[rows].T, 0).max(axis=1).mean())


def radius(unit: np.ndarray, rows: list[int]) -> float:
    """Largest cosine distance of a row to the nearest chosen one."""
    return float(1 - (unit @ unit[rows].T).max(axis=1).min())


def main() -> None:
    from measuring import conditions, record

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("-k", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--subset-peer-python")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_peer:
        peers(options.as_peer, options.k, options.rounds)
        return
    unit, k = vectors(options.rows), options.k
    own = {"facility": facility, "farthest": farthest}
    cost, chosen = {}, {}
    for name, choose in own.items():
        choose(unit[:200], 5)  # compiles, or loads what was compiled
        spent = [cpu_seconds(lambda choose=choose: choose(unit, k)) for _ in range(options.rounds)]
        cost[name], chosen[name] = statistics.median(cpu for cpu, _ in spent), spent[0][1]
    if options.subset_peer_python:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "unit.npy"
            np.save(file, unit)
            command = [options.subset_peer_python, __file__, "--as-peer", str(file), "-k", str(k)]
            command += ["--rounds", str(options.rounds)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name, answer in json.loads(said.splitlines()[-1]).items():
            cost[name], chosen[name] = answer["cpu"], answer["rows"]
    value = {n: stands_for(unit, rows) for n, rows in chosen.items() if n.endswith("facility")}
    reach = {n: radius(unit, rows) for n, rows in chosen.items() if n.endswith("farthest")}
    exact = value["facility"]
    result = {
        **conditions(),
        "rows": len(unit),
        "dimensions": unit.shape[1],
        "k": k,
        "rounds": options.rounds,
        "cpu_seconds": {name: round(spent, 3) for name, spent in cost.items()},
        "mean_similarity_to_chosen": {name: round(v, 5) for name, v in value.items()},
        "largest_distance_to_chosen": {name: round(v, 5) for name, v in reach.items()},
        "sampled_share_of_exact_value": {
            f"{part} of {len(unit)} rows": round(
                stands_for(unit, sampled(unit, k, part)) / exact, 4
            )
            for part in (len(unit) // 4, len(unit) // 2)
        },
        "times_cheaper_than": {
            name: round(cost[name] / cost[name.partition("_")[2]], 1)
            for name in cost
            if "_" in name
        },
        "value_over": {
            name: round(exact / v, 5) for name, v in value.items() if name != "facility"
        },
    }
    record("subset", result)


if __name__ == "__main__":
    sys.exit(main())
