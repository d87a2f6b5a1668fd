"""Words -> vectors of the static embedding, each word embedded once, to see which words mean nearly the same."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.static import StaticEmbedder, normalise

Rows = NDArray[np.int32]
Floats = NDArray[np.float32]
_GROWTH = 4096


class Words:
    """A growing table of word vectors; safe to use from several threads.

    Only a static embedding is cheap enough to embed thousands of single words for a question.

    Args:
        embedder: the model.

    Attributes:
        dimension: of the vectors.
    """

    def __init__(self, embedder: StaticEmbedder) -> None:
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._rows: dict[str, int] = {}
        # directions and lengths are one object, so that a reader never sees one grown and the other not
        self._table = (np.zeros((_GROWTH, embedder.dimension), np.float32), np.zeros(_GROWTH, np.float32))
        self._lock = Lock()

    def rows(self, words: Sequence[str]) -> Rows:
        """The row of each word; words not met before are embedded."""
        known = self._rows
        if not all(word in known for word in words):
            self._add(list(dict.fromkeys(word for word in words if word not in known)))
        return np.array([self._rows[word] for word in words], np.int32)

    def different(self, rows: Rows) -> tuple[Rows, Rows]:
        """The different ones of ``rows``, ascending, and for each of ``rows`` its place among them."""
        present = np.zeros(len(self._table[1]), np.bool_)
        present[rows] = True
        found = np.flatnonzero(present).astype(np.int32)
        places = np.zeros(len(present), np.int32)
        places[found] = np.arange(len(found), dtype=np.int32)
        return found, places[rows]

    def sums(self, rows: Rows) -> Floats:
        """The vectors of words as they add up to those of sentences, shape (rows, dimension)."""
        directions, lengths = self._table
        return np.asarray(directions[rows] * lengths[rows, None], np.float32)

    def likeness(self, asked: Rows, vector: Floats, found: Rows) -> tuple[Floats, Floats]:
        """How words that are asked, and a vector, compare with words that are found.

        Returns:
            Cosines of every asked word with every found one, negative ones as 0, shape (asked, found); and the inner
            products of ``vector`` with :meth:`sums` of the found ones, shape (found,), 0 where it is empty.
        """
        directions, lengths = self._table
        whole = vector if len(vector) else np.zeros(self.dimension, np.float32)
        # one product, because fetching the rows of the table costs more than multiplying them
        values = np.concatenate((directions[asked], whole[None])) @ directions[found].T
        return np.asarray(np.maximum(values[:-1], 0), np.float32), np.asarray(values[-1] * lengths[found], np.float32)

    def _add(self, words: Sequence[str]) -> None:
        vectors = self._embedder.sums(words)
        sizes = np.linalg.norm(vectors, axis=1)
        with self._lock:
            fresh = [place for place, word in enumerate(words) if word not in self._rows]
            first, needed = len(self._rows), len(self._rows) + len(fresh)
            directions, lengths = self._table
            if needed > len(lengths):
                size = max(needed, 2 * len(lengths))
                directions = np.concatenate((directions[:first], np.zeros((size - first, self.dimension), np.float32)))
                lengths = np.concatenate((lengths[:first], np.zeros(size - first, np.float32)))
                self._table = (directions, lengths)
            directions[first:needed] = normalise(vectors[fresh])
            lengths[first:needed] = sizes[fresh]
            # the rows are published only once their vectors stand in the table
            self._rows.update({words[place]: first + offset for offset, place in enumerate(fresh)})
