"""Whether an approximate index finds what an exact scan finds, measured with questions cut from the clauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import approximate
from index.catalog import Catalog
from index.dense import Dense
from index.embed import Embedder
from index.generation import Proof

LEAST = 0.99
"""Recall of the best :data:`DEPTH` clauses below which the approximate index is not used."""

DEPTH = 100
QUESTIONS = 100
_LENGTH = 24
_STALE = 0.1
"""Share of the vectors that may come or go before the approximate index is made anew and measured again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """The vectors of the generation before.

    Attributes:
        dense: they themselves.
        proof: what was measured.
        runs: those that are in the draft too.
    """

    dense: Dense
    proof: Proof
    runs: Sequence[approximate.Run]


def settle(draft: Path, embedder: Embedder, clauses: int, before: Before | None = None) -> Proof:
    """Adds an approximate index to a draft where its vectors are many and the index proves itself.

    Where little has changed, that of the generation before goes on with what was measured then.

    Args:
        draft: with catalog and vectors closed.
        embedder: of the vectors.
        clauses: number of clauses.
        before: the vectors of the generation before, if they are of the same model.

    Returns:
        Recall of the best 100 clauses against the exact scan, 0–1; None where the scan is fast enough. Below
        :data:`LEAST` no file was written, and searches stay exact.
    """
    dense = Dense(draft, embedder.dimension, clauses)
    if dense.count <= approximate.EXACT_ROWS:
        return Proof()
    vectors = dense.rows(0, clauses)[1]
    if before is not None:
        proof = _carried(before, dense.count)
        if proof is not None:
            if before.dense.approximate is not None:
                approximate.write(draft, vectors, before.dense.approximate, before.runs)
            return proof
    approximate.write(draft, vectors)
    dense.approximate = approximate.opened(draft, dense.count)
    with Catalog(draft) as catalog:
        recall = measured(dense, questions(catalog, embedder, clauses))
    if recall < LEAST:
        for name in approximate.FILES:
            (draft / name).unlink()
    return Proof(recall=recall)


def _carried(before: Before, count: int) -> Proof | None:
    """What was measured for the generation before and still holds, None where it has to be measured again."""
    stayed, recall = sum(run.count for run in before.runs), before.proof.recall
    moved = before.proof.moved + (count - stayed) + (before.dense.count - stayed)
    if recall is None or moved > _STALE * count or (before.dense.approximate is None) == (recall >= LEAST):
        return None
    return Proof(recall=recall, moved=moved)


def measured(dense: Dense, queries: NDArray[np.float32]) -> float:
    """Recall of the best 100 clauses, 0–1, of an open index against its own exact scan."""
    right = [dense.search(query, DEPTH, exact=True).keys for query in queries]
    found = [np.isin(keys, dense.search(query, DEPTH).keys) for query, keys in zip(queries, right, strict=True)]
    return float(np.concatenate(found).mean())


def questions(catalog: Catalog, embedder: Embedder, clauses: int) -> NDArray[np.float32]:
    """Vectors of pieces of clauses taken evenly from the whole index, as short as questions are."""
    keys = np.unique(np.linspace(0, clauses - 1, min(QUESTIONS, clauses)).astype(np.int64))
    texts = [clause.text for _, clause in catalog.fetch(keys)]
    places = [max(0, (len(text) - _LENGTH) // 2) for text in texts]
    return embedder.queries([text[place : place + _LENGTH] for text, place in zip(texts, places, strict=True)])
