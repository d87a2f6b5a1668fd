"""Questions and an index -> what the embedding is to learn: right passages, and wrong ones that seem right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.adapt import Lessons, bags_of, encode
from index.static import StaticTensors
from qa.tune.questions import Asked
from qa.tune.trial import Corpus

Keys = NDArray[np.int64]
_RIGHT = 2
"""Passages of a right place that a question is to find: those of its pieces that the model so far finds nearest."""
_FIRST, _LAST = 2, 40
"""Ranks among the wrong clauses that are learned from; the very first are too often right ones nobody marked."""
_OTHERS = 8_000


class _Numbers:
    """Rows of the corpus, numbered in order of arrival."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def of(self, rows: Sequence[int] | Keys) -> list[int]:
        return [self._numbers.setdefault(int(row), len(self._numbers)) for row in rows]

    def rows(self) -> Keys:
        return np.array(list(self._numbers), np.int64)


def lessons(
    asked: Sequence[Asked],
    corpus: Corpus,
    model: tuple[StaticTensors, NDArray[np.float32]],
    lexical: Sequence[Keys],
    seed: int,
) -> Lessons:
    """What is to be learned from some questions.

    Args:
        asked: the questions.
        corpus: the texts of the index.
        model: the model so far, and its vectors of the corpus.
        lexical: for each question the clauses that share most words with it, best first.
        seed: of the passages drawn at random.
    """
    tensors, vectors = model
    questions = bags_of([one.text for one in asked], tensors.keys)
    asking = encode(questions, tensors, queries=True)
    clauses, starts = np.unique(corpus.keys, return_index=True)
    ends = np.append(starts[1:], len(corpus.keys))
    numbers = _Numbers()
    pairs: list[tuple[int, int]] = []
    right: dict[int, Keys] = {}
    hard: dict[int, Keys] = {}
    for question, one in enumerate(asked):
        scores = vectors @ asking[question]
        own: list[int] = []
        for gold in one.gold:
            rows = np.concatenate([corpus.rows_of(int(key)) for key in gold])
            rows = rows[np.argsort(-scores[rows], kind="stable")]
            pairs.extend((question, number) for number in numbers.of(rows[:_RIGHT]))
            own.extend(numbers.of(rows))
        right[question] = np.array(own, np.int64)
        nearest = clauses[np.argsort(-np.maximum.reduceat(scores, starts), kind="stable")[: _LAST + len(one.keys)]]
        wrong = _wrong(nearest, one) + _wrong(lexical[question], one)
        places = np.searchsorted(clauses, list(dict.fromkeys(wrong)))
        best = [starts[place] + int(np.argmax(scores[starts[place] : ends[place]])) for place in places]
        hard[question] = np.array(numbers.of(best), np.int64)
    drawn = np.random.default_rng(seed).choice(len(corpus.keys), size=min(_OTHERS, len(corpus.keys)), replace=False)
    every = np.unique(np.concatenate([one.keys for one in asked]))
    others = numbers.of(drawn[~np.isin(corpus.keys[drawn], every)])
    return Lessons(
        questions=questions,
        passages=corpus.bags.take(numbers.rows()),
        pairs=np.array(pairs, np.int64).reshape(-1, 2),
        right=right,
        hard=hard,
        others=np.array(others, np.int64),
    )


def _wrong(keys: Keys, one: Asked) -> list[int]:
    return [int(key) for key in keys[~np.isin(keys, one.keys)]][_FIRST:_LAST]


def pairing(asked: Sequence[Asked], corpus: Corpus, model: tuple[StaticTensors, NDArray[np.float32]]) -> float:
    """How much nearer questions are to their own answers than to one another's, in standard errors of the mean.

    Answers that were mixed up give about 0; true ones more than 5 already for a dozen questions, as the shipped model
    alone finds most of them.
    """
    tensors, vectors = model
    asking = encode(bags_of([one.text for one in asked], tensors.keys), tensors, queries=True)
    rows = [np.concatenate([corpus.rows_of(int(key)) for key in one.gold[0]]) for one in asked]
    near = np.array([[float((vectors[own] @ ask).max()) for own in (rows[i], rows[i - 1])]
                     for i, ask in enumerate(asking)])  # fmt: skip
    gaps = near[:, 0] - near[:, 1]
    return float(gaps.mean() / max(gaps.std() / np.sqrt(len(gaps)), 1e-9))
