"""Ranks of right answers -> figures a question, and intervals for their differences."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FIGURES = ("hit@1", "hit@5", "path@1", "MRR@10", "nDCG@10", "R@100")
DEPTH = 100
"""Results looked at; a rank of 0 means that the answer is not among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Where one system found the answers of one question.

    Attributes:
        ranks: of each right answer, from 1 to :data:`DEPTH`, 0 where it was not found. Clauses that are equally right
            (a text that stands in the corpus twice) are one answer.
        path: the first result is right and bears the right path; None where the set names no paths.
    """

    ranks: tuple[int, ...]
    path: bool | None = None

    @property
    def first(self) -> int:
        """Rank of the first right result, 0 where there is none."""
        return min((rank for rank in self.ranks if rank), default=0)


def figures(found: Sequence[Found]) -> Floats:
    """Each figure of each question, shape (questions, :data:`FIGURES`); not a number where it is not defined.

    nDCG and MRR are ranx's.
    """
    graded = _by_ranx(found)
    rows = []
    for number, one in enumerate(found):
        hits = [float(0 < one.first <= depth) for depth in (1, 5)]
        path = float("nan") if one.path is None else float(one.path)
        rows.append([*hits, path, *graded[number]])
    return np.array(rows, np.float64).reshape(len(found), len(FIGURES))


def _by_ranx(found: Sequence[Found]) -> Floats:
    """MRR@10, nDCG@10 and R@100 of each question. Only the places of answers matter: the others hold strangers."""
    from ranx import Qrels, Run, evaluate

    names = ("mrr@10", "ndcg@10", f"recall@{DEPTH}")
    wanted: dict[str, dict[str, int]] = {}
    given: dict[str, dict[str, float]] = {}
    for number, one in enumerate(found):
        wanted[str(number)] = {f"answer {answer}": 1 for answer in range(len(one.ranks))}
        places = {rank: f"answer {answer}" for answer, rank in enumerate(one.ranks) if rank}
        last = max(places, default=1)
        given[str(number)] = {places.get(rank, f"other {rank}"): 1 / rank for rank in range(1, last + 1)}
    if not wanted:
        return np.zeros((0, len(names)))
    run = Run(given)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*unsafe cast")  # numba's, inside ranx; the numbers are small
        evaluate(Qrels(wanted), run, list(names), return_mean=False, save_results_in_run=True)
    return np.array([[run.scores[name][str(number)] for name in names] for number in range(len(found))], np.float64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean with the 95 % interval of the bootstrap."""

    mean: float
    low: float
    high: float


def bootstrap(
    values: Floats, groups: Sequence[str], *, resamples: int = 2000, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Mean and 95 % interval of each column, by drawing whole groups with replacement.

    Questions on one document stand or fall together; drawing single questions would make intervals too narrow.
    For the difference of two systems hand in the differences question by question: that pairs them.

    Args:
        values: shape (questions, columns).
        groups: for each question what it is drawn with; where all differ, this is the usual bootstrap.
        resamples: how often is drawn.
        seed: of the draws.

    Returns:
        Shape (columns, 3): mean, 2.5th and 97.5th percentile.
    """
    _, member = np.unique(np.array(groups), return_inverse=True)
    count = int(member.max()) + 1
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, member, values)
    sizes = np.bincount(member, minlength=count)
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    means = (draws @ sums) / (draws @ sizes)[:, None]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return np.stack([values.mean(axis=0), low, high], axis=1)


def intervals(values: Floats, groups: Sequence[str], *, resamples: int = 2000, seed: int = 0) -> list[Interval]:
    """:func:`bootstrap` as records."""
    table = bootstrap(values, groups, resamples=resamples, seed=seed)
    return [Interval(mean=float(mean), low=float(low), high=float(high)) for mean, low, high in table]
