"""Confident learning: which labels are wrong, by out-of-sample probabilities of the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TIE = 1e-6
_ROUNDS = 5
_SMALLEST = 5
"""Classes with no more rows than this are not judged: their threshold would be a guess."""


@dataclass(frozen=True)
class Votes:
    """Probabilities of a row's most likely classes; all others have none.

    Attributes:
        classes: int64, shape (n, m): each class at most once a row; -1 where there are fewer.
        probabilities: float64, shape (n, m), in [0, 1].
        given: float64, shape (n,): probability of the label that the row has.
    """

    classes: np.ndarray
    probabilities: np.ndarray
    given: np.ndarray

    def of(self, rows: np.ndarray) -> Votes:
        """Those of some rows, by number."""
        return Votes(self.classes[rows], self.probabilities[rows], self.given[rows])

    def best_other(self, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The most likely class that is not the label, and its probability; -1 and 0 if none."""
        other = (self.classes >= 0) & (self.classes != label[:, None])
        value = np.where(other, self.probabilities, -1.0)
        at = value.argmax(axis=1)
        rows = np.arange(len(label))
        there = value[rows, at] >= 0
        return np.where(there, self.classes[rows, at], -1), np.maximum(value[rows, at], 0.0)


def from_matrix(probabilities: np.ndarray, label: np.ndarray) -> Votes:
    """Votes of all classes: float64, shape (n, classes)."""
    n, k = probabilities.shape
    classes = np.broadcast_to(np.arange(k), (n, k))
    return Votes(classes, probabilities, probabilities[np.arange(n), label])


def from_neighbors(
    near: np.ndarray, alike: np.ndarray, label: np.ndarray, doubted: np.ndarray | None = None
) -> Votes:
    """Votes of the nearest rows, each weighing as much as it is similar.

    Args:
        near: int, shape (n, k): nearest other rows, -1 where there is none.
        alike: float, shape (n, k): their similarities.
        label: int64, shape (n,): -1 where a row has none, and then no vote.
        doubted: bool, shape (n,): rows that do not vote, though they have a label.
    """
    voting = label if doubted is None else np.where(doubted, -1, label)
    theirs = np.where(near >= 0, voting[near], -1)
    weight = np.where(theirs >= 0, np.maximum(np.nan_to_num(alike), 1e-6), 0.0)
    n, k = near.shape
    classes = np.full((n, k), -1, np.int64)
    probabilities = np.zeros((n, k))
    for j in range(k):  # each class gathers its votes where it stands first
        first = theirs[:, j] >= 0
        for i in range(j):
            first &= theirs[:, i] != theirs[:, j]
        votes = np.where(theirs == theirs[:, j : j + 1], weight, 0.0).sum(axis=1)
        classes[first, j] = theirs[first, j]
        probabilities[first, j] = votes[first]
    probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
    given = np.where(classes == label[:, None], probabilities, 0.0).sum(axis=1)
    return Votes(classes, probabilities, given)


def doubted_in_rounds(
    near: np.ndarray, alike: np.ndarray, label: np.ndarray, classes: int
) -> tuple[Votes, np.ndarray]:
    """Judge labels by neighbors again and again, each time without the votes of wrong labels.

    Wrong labels that lie close together vouch for each other; without the first of them the others
    come out. Ends when no round finds another.

    Args:
        near: As of `from_neighbors`.
        alike: As of `from_neighbors`.
        label: As of `from_neighbors`.
        classes: How many there are.

    Returns:
        The votes of the last round, and which labels are wrong: bool, shape (n,).
    """
    known = np.flatnonzero(label >= 0)
    wrong = np.zeros(len(label), bool)
    votes = from_neighbors(near, alike, label)
    for _ in range(_ROUNDS):
        found = known[wrong_labels(votes.of(known), label[known], classes)]
        if wrong[found].all():
            break
        wrong[found] = True
        votes = from_neighbors(near, alike, label, wrong)
    return votes, wrong


def wrong_labels(votes: Votes, label: np.ndarray, classes: int) -> np.ndarray:
    """The rows whose label is wrong: bool, shape (n,).

    Northcutt, Jiang and Chuang 2021 (arXiv:1911.00068), sections 3.1 and 3.3, prune by noise rate:
    a row counts as truly of a class if its probability reaches the mean of the rows labelled so;
    from each pair of given and true class as many rows go as were counted, scaled to the size of
    the class, those with the largest margin first, and only where another class is more likely.

    Args:
        votes: Out-of-sample probabilities.
        label: int64, shape (n,), in [0, classes).
        classes: How many there are.
    """
    counts = np.bincount(label, minlength=classes)
    threshold = np.bincount(label, votes.given, classes) / np.maximum(counts, 1)
    true = _confident_class(votes, threshold)
    sure = true >= 0
    pair = label[sure] * classes + true[sure]
    pairs, seen = np.unique(pair, return_counts=True)
    given, actual = np.divmod(pairs, classes)
    missing = np.setdiff1d(np.arange(classes) * (classes + 1), pairs)  # at least one is right
    sure_of = np.bincount(given, seen, classes) + np.bincount(missing // classes, minlength=classes)
    expected = np.rint(seen * counts[given] / np.maximum(sure_of[given], 1)).astype(np.int64)
    wanted = dict(zip(pairs[given != actual].tolist(), expected[given != actual], strict=True))
    row, column = np.nonzero(
        (votes.classes >= 0)
        & (votes.probabilities > votes.given[:, None])
        & (counts[label] > _SMALLEST)[:, None]
    )
    key = label[row] * classes + votes.classes[row, column]
    margin = votes.probabilities[row, column] - votes.given[row]
    order = np.lexsort((row, -margin, key))
    row, key = row[order], key[order]
    firsts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, int)
    rank = np.arange(len(key)) - np.repeat(firsts, np.diff(np.r_[firsts, len(key)]))
    wrong = np.zeros(len(label), bool)
    wrong[row[rank < np.array([wanted.get(k, 0) for k in key.tolist()], np.int64)]] = True
    return wrong


def calibrated_margin(votes: Votes, label: np.ndarray) -> np.ndarray:
    """How much more likely the best other class is than the given one: float64, in [-1, 1].

    Probabilities are first made honest by one temperature (Guo et al. 2017, section 4.2), which
    parts rows that an overconfident model holds for equally certain.
    """
    logs = np.where(votes.classes >= 0, np.log(votes.probabilities + 1e-12), -np.inf)
    own = np.log(votes.given + 1e-12)
    if logs.shape[1] == 0:
        return np.zeros(len(label))
    best, warmest = np.inf, 1.0
    for temperature in np.geomspace(0.5, 8.0, 33):
        top = logs.max(axis=1, keepdims=True)
        total = np.exp((logs - top) / temperature).sum(axis=1)
        loss = float(np.mean(np.log(total) - (own - top[:, 0]) / temperature))
        if loss < best:
            best, warmest = loss, temperature
    top = logs.max(axis=1, keepdims=True)
    soft = np.exp((logs - top) / warmest)
    total = soft.sum(axis=1, keepdims=True)
    given = np.exp((own - top[:, 0]) / warmest) / total[:, 0]
    other = Votes(votes.classes, soft / total, given).best_other(label)[1]
    return np.asarray(np.clip(other - given, -1.0, 1.0))


def _confident_class(votes: Votes, threshold: np.ndarray) -> np.ndarray:
    """The most likely of the classes whose threshold a row reaches; -1 where it reaches none."""
    reached = (votes.classes >= 0) & (
        votes.probabilities >= threshold[np.maximum(votes.classes, 0)] - _TIE
    )
    value = np.where(reached, votes.probabilities, -1.0)
    at = value.argmax(axis=1)
    rows = np.arange(len(value))
    found: np.ndarray = np.where(reached[rows, at], votes.classes[rows, at], -1)
    return found
