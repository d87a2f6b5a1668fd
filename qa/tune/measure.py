"""Figures of a search over questions whose right clauses are known."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from qa.pipeline import Pipeline
from qa.question import interpret
from qa.rank import Ranking
from qa.tune.questions import Asked

DEPTH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Figures over questions, each between 0 and 1.

    Attributes:
        hit_1: share of the questions of which a right clause comes first.
        hit_5: of which one is among the first five.
        recall_100: mean share of the right places that are among the first hundred.
        mrr: mean of 1 / rank of the first right clause, 0 where it is not among the first hundred.
    """

    hit_1: float
    hit_5: float
    recall_100: float
    mrr: float


def rankings(pipeline: Pipeline, asked: Sequence[Asked], tell: Callable[[], None]) -> list[Ranking | None]:
    """What is found for each question."""
    found = []
    for one in asked:
        found.append(pipeline.search(interpret(one.text)).ranking)
        tell()
    return found


def figures(asked: Sequence[Asked], found: Sequence[Ranking | None]) -> Figures:
    """Means of :func:`by_question`."""
    values = by_question(asked, found).mean(axis=0).tolist()
    return Figures(hit_1=values[0], hit_5=values[1], recall_100=values[2], mrr=values[3])


def by_question(asked: Sequence[Asked], found: Sequence[Ranking | None]) -> NDArray[np.float64]:
    """The four figures of each question, shape ``(questions, 4)``, in the order of :class:`Figures`."""
    rows = []
    for one, ranking in zip(asked, found, strict=True):
        keys = [passage.key for passage in ranking.passages[:DEPTH]] if ranking is not None else []
        right = np.isin(keys, one.keys)
        rank = int(np.argmax(right)) + 1 if right.any() else 0
        places = np.mean([bool(np.isin(gold, keys).any()) for gold in one.gold])
        rows.append((rank == 1, 0 < rank <= 5, places, 1 / rank if rank else 0.0))
    return np.array(rows, np.float64)


def fallen(before: Figures, after: Figures) -> list[str]:
    """Names of the figures that are lower afterwards."""
    names = Figures.__dataclass_fields__
    return [name for name, a, b in zip(names, astuple(before), astuple(after), strict=True) if b < a - 1e-9]
