"""Whether an approximate index finds what an exact scan finds, measured with questions cut from the clauses."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import approximate
from index.catalog import Catalog
from index.dense import Dense
from index.embed import Embedder
from index.search import Keys

LEAST = 0.99
"""Recall of the best :data:`DEPTH` clauses below which the approximate index is not used."""

DEPTH = 100
QUESTIONS = 100
_LENGTH = 24


def settle(draft: Path, embedder: Embedder, clauses: int) -> float | None:
    """Adds an approximate index to a draft where its vectors are many and the index proves itself.

    Args:
        draft: with catalog and vectors closed.
        embedder: of the vectors.
        clauses: number of clauses.

    Returns:
        Recall of the best 100 clauses against the exact scan, 0–1; None where the scan is fast enough. Below
        :data:`LEAST` no file was written, and searches stay exact.
    """
    (draft / approximate.FILE).unlink(missing_ok=True)
    dense = Dense(draft, embedder.dimension, clauses)
    if dense.count <= approximate.EXACT_ROWS:
        return None
    with Catalog(draft) as catalog:
        queries = questions(catalog, embedder, clauses)
    right = [dense.search(query, DEPTH).keys for query in queries]
    dense.approximate = approximate.made(dense.rows(0, clauses)[1])
    recall = _recall(dense, queries, right)
    if recall >= LEAST:
        dense.approximate.write(draft)
    return recall


def measured(dense: Dense, queries: NDArray[np.float32]) -> float:
    """Recall of the best 100 clauses, 0–1, of an open index against its own exact scan."""
    return _recall(dense, queries, [dense.search(query, DEPTH, exact=True).keys for query in queries])


def questions(catalog: Catalog, embedder: Embedder, clauses: int) -> NDArray[np.float32]:
    """Vectors of pieces of clauses taken evenly from the whole index, as short as questions are."""
    keys = np.unique(np.linspace(0, clauses - 1, min(QUESTIONS, clauses)).astype(np.int64))
    texts = [clause.text for _, clause in catalog.fetch(keys)]
    places = [max(0, (len(text) - _LENGTH) // 2) for text in texts]
    return embedder.queries([text[place : place + _LENGTH] for text, place in zip(texts, places, strict=True)])


def _recall(dense: Dense, queries: NDArray[np.float32], right: list[Keys]) -> float:
    found = [np.isin(keys, dense.search(query, DEPTH).keys) for query, keys in zip(queries, right, strict=True)]
    return float(np.concatenate(found).mean())
