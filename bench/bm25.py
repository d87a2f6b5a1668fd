"""The yardstick: BM25 as anyone would set it up, over words and pairs of characters of title, headings and text.

Apart from the program's own lexical search, so that a change there does not move what it is measured against.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from index.backend import Backend
from index.tokens import bigrams, terms

Keys = npt.NDArray[np.int64]
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009)


def units(text: str) -> Counter[str]:
    """Words of two characters or more and character pairs; single characters only add noise."""
    return Counter([unit for unit in (*terms(text), *bigrams(text)) if len(unit) > 1])


class Yardstick:
    """BM25 over all clauses of an index.

    Args:
        backend: the index.
    """

    def __init__(self, backend: Backend) -> None:
        self._columns: dict[str, int] = {}
        places: list[int] = []
        counts: list[int] = []
        ends = [0]
        for text in _texts(backend):
            found = units(text)
            places += [self._columns.setdefault(unit, len(self._columns)) for unit in found]
            counts += found.values()
            ends.append(len(places))
        shape = (len(ends) - 1, len(self._columns))
        matrix = sp.csr_matrix((np.array(counts, np.float32), np.array(places, np.int32), np.array(ends)), shape=shape)
        self._weights = _weighted(matrix).tocsc()

    def search(self, question: str, depth: int) -> Keys:
        """Keys of the best clauses that share anything with the question; equal scores by key."""
        asked = units(question)
        known = [(self._columns[unit], count) for unit, count in asked.items() if unit in self._columns]
        scores = np.zeros(self._weights.shape[0], np.float32)
        for column, count in known:
            begin, end = self._weights.indptr[column : column + 2]
            scores[self._weights.indices[begin:end]] += count * self._weights.data[begin:end]
        keys = np.flatnonzero(scores).astype(np.int64)
        return keys[np.lexsort((keys, -scores[keys]))][:depth]


def _weighted(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Counts -> what each unit adds to the score of each clause that holds it."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = np.log(1 + (matrix.shape[0] - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    lengths = np.asarray(matrix.sum(axis=1)).ravel()
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / max(float(lengths.mean()), 1.0))
    spread = np.repeat(norm, np.diff(matrix.indptr))
    weighted = matrix.copy()
    weighted.data = (matrix.data * (_SATURATION + 1) / (matrix.data + spread) * rarity[matrix.indices]).astype(
        np.float32
    )
    return weighted


def _texts(backend: Backend) -> Iterator[str]:
    """Title, headings and text of each clause, by key."""
    for document in backend.documents():
        title = document.metadata.title or ""
        for clause in backend.clauses(document.id):
            yield "\n".join((title, *clause.headings, clause.text))
