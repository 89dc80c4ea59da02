"""How well gaps, out-of-scope rows and label errors are found where the answer is known.

    python benchmarks/bench_gaps.py [--seeds 4] [--cells 200] [--models lsa minilm] [--intents 150]

Needs the shared data, the extras `embed` and `insight`; cleanlab, of the dependency group `bench`,
is the oracle of label errors where it is installed. Gaps: of CLINC150, ten intents are cut to three
examples in the train split, which is the pool; the val split is the target. A row's score is right
if rows of the ten come before others (AUROC); of the first 15 gaps, those count as found whose rows
are mostly of one of the ten. Beside ours, in the same vectors and in cells of a plain k-means over
the target: a kNN density ratio (k = 10), distance to the pool (mean of 10), and a logistic
regression of the side, cross-validated. No label is read but to count. Out of scope: val and
out-of-scope val rows against the train split. Label errors: CIFAR-10 test labels, given class
probabilities, five reviewers' votes on 275 rows. Writes benchmarks/results/gaps.json.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import zstandard
from measuring import SHARED, conditions, record
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import cross_val_predict

from assay.insight.gaps.find import compare
from assay.insight.labels.confident import calibrated_margin, from_matrix, wrong_labels
from assay.insight.novelty import novelty
from assay.models import embedder, lsa
from assay.ops.match.cells import kmeans
from assay.ops.match.neighbors import knn, nearest

FIRST, CUT, LEFT = 15, 10, 3


def clinc(intents: int) -> dict[str, np.ndarray]:
    """Texts, intents and splits; of so many intents, and those out of scope."""
    path = SHARED / "topics" / "clinc150.jsonl.zst"
    with zstandard.open(path, "rb") as file:
        rows = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    named = sorted({row["intent"] for row in rows if row["split"] == "train"})[:intents]
    rows = [row for row in rows if row["intent"] in named or row["split"].startswith("oos")]
    return {name: np.array([row[name] for row in rows]) for name in ("text", "intent", "split")}


def cut_pool(data: Mapping[str, np.ndarray], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The intents that are cut, and the rows of the pool."""
    rng = np.random.default_rng(seed)
    train = np.flatnonzero(data["split"] == "train")
    names = np.unique(data["intent"][train])
    cut = rng.choice(names, CUT, replace=False)
    kept = []
    for name in names:
        rows = train[data["intent"][train] == name]
        kept.append(rng.choice(rows, LEFT, replace=False) if name in cut else rows)
    return cut, np.sort(np.concatenate(kept))


def found_among_first(
    order: Sequence[int], label: np.ndarray, intent: np.ndarray, cut: Any
) -> float:
    """Share of the cut intents that most rows of one of the first cells have."""
    said = set()
    for cell in order[:FIRST]:
        names, counts = np.unique(intent[label == cell], return_counts=True)
        if len(names):
            said.add(names[counts.argmax()])
    return len(said & set(cut)) / CUT


def plain_cells(score: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Cells by their mean score, where three rows or more are in them."""
    counts = np.bincount(label)
    mean = np.bincount(label, score) / np.maximum(counts, 1)
    return np.argsort(-np.where(counts >= 3, mean, -np.inf))


def gaps(data: Mapping[str, np.ndarray], minilm: np.ndarray | None, seeds: int, cells: int) -> Any:
    val = np.flatnonzero(data["split"] == "val")
    intent = data["intent"][val]
    result: dict[str, dict[str, dict[str, list[float]]]] = {}
    for seed in range(seeds):
        cut, pool = cut_pool(data, seed)
        texts = data["text"][pool].tolist(), data["text"][val].tolist()
        fitted = lsa.load(lsa.fit([*texts[0], *texts[1]]))
        spaces = {"lsa": (fitted.embed(texts[0]), fitted.embed(texts[1]))}
        if minilm is not None:
            spaces["minilm"] = minilm[pool], minilm[val]
        missing = np.isin(intent, cut)
        for name, (own, wanted) in spaces.items():
            ours = compare(own, wanted, texts=texts if name == "lsa" else None, cells=cells)
            to_pool, among = nearest(own, wanted, 10)[1], knn(wanted, 10)[1]
            sides = np.repeat([0, 1], [len(own), len(wanted)])
            model = LogisticRegression(max_iter=300, class_weight="balanced")
            logits = cross_val_predict(
                model, np.concatenate([own, wanted]), sides, cv=5, method="decision_function"
            )
            scores = {
                "density_ratio": np.log((1.001 - to_pool[:, 9]) / (1.001 - among[:, 9])),
                "distance": 1 - to_pool.mean(axis=1),
                "classifier": logits[len(own) :],
            }
            label = kmeans(wanted, cells)[0]
            rows = {
                "assay": (ours.score, ours.cells.order, ours.cells.label),
                **{how: (s, plain_cells(s, label), label) for how, s in scores.items()},
            }
            for how, (score, order, where) in rows.items():
                kept = result.setdefault(name, {}).setdefault(how, {"auroc": [], "found": []})
                kept["auroc"].append(float(roc_auc_score(missing, score)))
                kept["found"].append(found_among_first(order, where, intent, cut))
            test = result[name].setdefault("two_sample_test", {"auroc": [], "p_value": []})
            test["auroc"].append(ours.auroc)
            test["p_value"].append(ours.p_value)
    return {
        name: {
            how: {key: round(float(np.mean(values)), 4) for key, values in each.items()}
            for how, each in by.items()
        }
        for name, by in result.items()
    }


def out_of_scope(data: Mapping[str, np.ndarray], minilm: np.ndarray | None) -> dict[str, Any]:
    train = np.flatnonzero(data["split"] == "train")
    asked = np.flatnonzero(np.isin(data["split"], ["val", "oos_val"]))
    new = data["split"][asked] == "oos_val"
    labels = np.unique(data["intent"][train], return_inverse=True)[1]
    texts = data["text"][train].tolist(), data["text"][asked].tolist()
    fitted = lsa.load(lsa.fit([*texts[0], *texts[1]]))
    spaces = {"lsa": (fitted.embed(texts[0]), fitted.embed(texts[1]))}
    if minilm is not None:
        spaces["minilm"] = minilm[train], minilm[asked]
    return {
        name: {
            "without_labels": round(float(roc_auc_score(new, novelty(known, rows))), 4),
            "with_labels": round(float(roc_auc_score(new, novelty(known, rows, labels))), 4),
        }
        for name, (known, rows) in spaces.items()
    }


def label_errors() -> dict[str, Any]:
    names = ["label", "pyx", "reviewed", "votes_given", "votes_guessed"]
    table = pq.read_table(SHARED / "label_errors" / "cifar10_test.parquet", columns=names)
    label, given = np.array(table["label"]), np.array(table["pyx"].to_pylist())
    reviewed = np.array(table["reviewed"])
    votes = {n: np.array(table[n].fill_null(0)) for n in names[3:]}
    judged = from_matrix(given, label)
    ours = wrong_labels(judged, label, given.shape[1])
    scores = {"assay": calibrated_margin(judged, label)}
    flags = {"assay": int(ours.sum())}
    if find_spec("cleanlab"):
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores

        theirs = find_label_issues(label, given)
        flags["cleanlab"] = int(theirs.sum())
        flags["of_one_alone"] = int((ours ^ theirs).sum())
        for name, method in (("", "self_confidence"), ("_margin", "normalized_margin")):
            quality = get_label_quality_scores(label, given, method=method)
            scores[f"cleanlab{name}"] = 1 - quality
    wrong = {
        "most_do_not_see_the_given": votes["votes_given"] < 3,
        "more_see_the_guessed": votes["votes_guessed"] > votes["votes_given"],
    }
    return {
        "rows": len(label),
        "flags": flags,
        "flags_differ_by": round(flags.get("of_one_alone", 0) / flags.get("cleanlab", 1), 4),
        "reviewed": int(reviewed.sum()),
        "average_precision": {
            what: {
                name: round(float(average_precision_score(truth[reviewed], score[reviewed])), 4)
                for name, score in scores.items()
            }
            for what, truth in wrong.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--intents", type=int, default=150)
    parser.add_argument("--models", nargs="+", default=["lsa", "minilm"])
    options = parser.parse_args()
    data = clinc(options.intents)
    wanted = "minilm" in options.models
    minilm = embedder("minilm").embed(data["text"].tolist()) if wanted else None
    result = {
        **conditions(["scikit-learn", *(["cleanlab"] if find_spec("cleanlab") else [])]),
        "clinc150": gaps(data, minilm, options.seeds, options.cells),
        "out_of_scope_auroc": out_of_scope(data, minilm),
        "label_errors": label_errors(),
    }
    record("gaps", result)


if __name__ == "__main__":
    main()
