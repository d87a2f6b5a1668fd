"""Query -> candidates: what is named exactly, what shares words, what is near in meaning; united.

Every candidate has both scores: those that one source did not find are scored by it afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.backend import Backend
from index.search import LexicalQuery, Scored
from qa.kernels import of_maximum
from qa.query import Query, lexical_query

Keys = NDArray[np.int64]
Floats = NDArray[np.float32]
PER_SOURCE = 100
"""Clauses taken from each source. On held-out documents 98 of 100 answers are among them."""
CLOSER = 64
"""Of these so many are compared with the question word by word; that takes longer than finding them."""
_DENSE_WEIGHT = np.float32(1.2)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pool:
    """Candidates by ascending key; arrays are parallel.

    Attributes:
        keys: int64, (n,), each once.
        lexical: BM25 score, 0 where no word is shared.
        dense: inner product, between -1 and 1; 0 where there is no embedder.
        lexical_rank: place in the lexical ranking of the pool, from 0.
        dense_rank: place in the dense ranking of the pool, from 0.
    """

    keys: Keys
    lexical: Floats
    dense: Floats
    lexical_rank: NDArray[np.int64]
    dense_rank: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def sum(self) -> Floats:
        """Both scores, each divided by its greatest; the vectors' counts 1.2 times (see ``docs/experiments.md``)."""
        return of_maximum(self.lexical) + _DENSE_WEIGHT * of_maximum(np.maximum(self.dense, 0))

    def best(self, named: Keys | None = None, count: int = CLOSER) -> "Pool":
        """The ``count`` best by their :attr:`sum`, and all those ``named``; ranks and scores stay what they are."""
        if len(self) <= count:
            return self
        chosen = np.zeros(len(self), np.bool_)
        chosen[np.argsort(-self.sum, kind="stable")[:count]] = True
        if named is not None:
            chosen |= np.isin(self.keys, named)
        return self._only(chosen)

    def without(self, keys: Keys) -> "Pool":
        """The others; ranks and scores stay what they are."""
        return self._only(~np.isin(self.keys, keys))

    def _only(self, chosen: NDArray[np.bool_]) -> "Pool":
        return Pool(
            keys=self.keys[chosen],
            lexical=self.lexical[chosen],
            dense=self.dense[chosen],
            lexical_rank=self.lexical_rank[chosen],
            dense_rank=self.dense_rank[chosen],
        )


def candidates(
    query: Query, backend: Backend, within: Keys | None = None, named: Keys | None = None, limit: int = PER_SOURCE
) -> Pool:
    """The clauses worth a closer look.

    Args:
        query: the question taken apart.
        backend: the index.
        within: sorted keys that count, None for all.
        named: keys that the question names by document or address; always taken in, as far as they count.
        limit: how many to take from each source.
    """
    words = lexical_query(query)
    lexical = backend.lexical(words, limit, within)
    dense = backend.dense(query.vector, limit, within) if len(query.vector) else None
    parts = [lexical.keys] + ([dense.keys] if dense is not None else [])
    if named is not None and len(named):
        parts.append(named if within is None else np.intersect1d(named, within))
    keys = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    by_words = _spread(keys, lexical, _lexical_rest(keys, lexical, words, backend))
    by_meaning = np.zeros(len(keys), np.float32)
    if dense is not None:
        rest = np.setdiff1d(keys, dense.keys)
        more = backend.dense(query.vector, len(rest), rest) if len(rest) else None
        by_meaning = _spread(keys, dense, more)
    return Pool(
        keys=keys,
        lexical=by_words,
        dense=by_meaning,
        lexical_rank=ranks(by_words),
        dense_rank=ranks(by_meaning),
    )


def ranks(scores: Floats) -> NDArray[np.int64]:
    """Place of each score in descending order, from 0; equal scores by position."""
    places = np.empty(len(scores), np.int64)
    places[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return places


def _lexical_rest(keys: Keys, found: Scored, words: LexicalQuery, backend: Backend) -> Scored | None:
    rest = np.setdiff1d(keys, found.keys)
    return backend.lexical(words, len(rest), rest) if len(rest) else None


def _spread(keys: Keys, first: Scored, second: Scored | None) -> Floats:
    scores = np.zeros(len(keys), np.float32)
    for part in (first, second):
        if part is not None and len(part.keys):
            scores[np.searchsorted(keys, part.keys)] = part.scores
    return scores
