"""What a search hands in and gets back, and the one way to cut a ranking off without splitting ties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
"""Clause keys: integers 0..n-1 in index order (documents by source, then clauses by ordinal)."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class LexicalQuery:
    """Weighted units as :mod:`index.tokens` cuts them; a weight scales what the unit adds to the score.

    Attributes:
        terms: words, looked up in body, heading and title.
        bigrams: character pairs, looked up in the body's pairs.
    """

    terms: Mapping[str, float]
    bigrams: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scored:
    """Clauses by descending score; equal scores by ascending key.

    Attributes:
        keys: int64, shape (n,), no key twice.
        scores: float32, shape (n,).
    """

    keys: Keys
    scores: Scores

    def __len__(self) -> int:
        return len(self.keys)


def nothing() -> Scored:
    """An empty ranking."""
    return Scored(keys=np.empty(0, np.int64), scores=np.empty(0, np.float32))


Fetch = Callable[[int], tuple[Keys, Scores, float]]


def exact_top(fetch: Fetch, limit: int, first: int) -> Scored:
    """The best ``limit`` keys, with ties resolved by key even where the engine below cuts a tie apart.

    Args:
        fetch: gives for a count the keys and scores among the engine's best ``count`` entries, and the floor: the
            score of the last of those entries, or minus infinity when the engine has no more. A key may come twice
            (a clause with several vectors); its best score counts.
        limit: how many keys are wanted, at least 1.
        first: count to begin with; it grows until everything above the floor suffices.

    Returns:
        At most ``limit`` keys, fewer only where there are no more.
    """
    count = first
    while True:
        keys, scores, floor = fetch(count)
        order = np.lexsort((keys, -scores))
        keys, scores = keys[order], scores[order]
        _, firsts = np.unique(keys, return_index=True)
        firsts.sort()
        keys, scores = keys[firsts], scores[firsts]
        certain = int(np.count_nonzero(scores > floor))
        if certain >= limit or floor == -np.inf:
            return Scored(keys=keys[:limit], scores=scores[:limit])
        count *= 4
