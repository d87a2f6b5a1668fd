"""Hard wrong answers: clauses that the model so far ranks high for a question they do not answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from index.static import normalise
from index.units import Int64

FIRST, LAST = 3, 50
"""Ranks that are drawn from; the very first are too often right answers that nobody marked."""

_BATCH = 512

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Questions and the clauses among which their wrong answers are looked for, as numbers of texts."""

    questions: Int64
    passages: Int64


def encode(counts: sp.csr_matrix, vectors: Float32, factors: Float32 | None = None) -> Float32:
    """Vectors of bags, length one; with ``factors``: of questions."""
    return normalise(np.asarray(counts @ (vectors if factors is None else vectors * factors[:, None])))


def mine(
    counts: sp.csr_matrix, table: tuple[Float32, Float32], pools: Sequence[Pool], known: sp.csr_matrix
) -> dict[int, Int64]:
    """Hard wrong answers of each question of the pools.

    Args:
        counts: bags of all texts.
        table: unit vectors, and their factors in questions.
        pools: what to search, and for what.
        known: which texts (columns) are right for which (rows).

    Returns:
        By number of the question's text the numbers of wrong ones, best first; a pool too small gives none.
    """
    found: dict[int, Int64] = {}
    for pool in pools:
        passages, questions = np.unique(pool.passages), np.unique(pool.questions)
        if len(passages) <= 2 * LAST:
            continue
        searched = encode(counts[passages], table[0]).T
        for first in range(0, len(questions), _BATCH):
            asked = questions[first : first + _BATCH]
            scores = encode(counts[asked], *table) @ searched
            right = known[asked][:, passages].tocoo()
            scores[right.row, right.col] = -np.inf
            top = np.argpartition(scores, -LAST, axis=1)[:, -LAST:]
            order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
            best = np.take_along_axis(top, order, axis=1)[:, FIRST:]
            found.update(zip(asked.tolist(), passages[best], strict=True))
    return found
