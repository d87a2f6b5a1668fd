"""Words -> vectors of the static embedding, each word embedded once, to see which words mean nearly the same."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.static import StaticEmbedder

Rows = NDArray[np.int32]
_GROWTH = 4096


class Words:
    """A growing table of word vectors; safe to use from several threads.

    Only a static embedding is cheap enough to embed thousands of single words for a question.

    Args:
        embedder: the model.
    """

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._rows: dict[str, int] = {}
        self._table = np.zeros((_GROWTH, embedder.dimension), np.float32)
        self._lock = Lock()

    def rows(self, words: Sequence[str]) -> Rows:
        """The row of each word; words not met before are embedded."""
        known = self._rows
        if not all(word in known for word in words):
            self._add(list(dict.fromkeys(word for word in words if word not in known)))
        return np.array([self._rows[word] for word in words], np.int32)

    def nearness(self, asked: Rows, found: Rows) -> NDArray[np.float32]:
        """Cosines of every asked word with every found one, negative ones as 0: shape (asked, found)."""
        table = self._table
        return np.asarray(np.maximum(table[asked] @ table[found].T, 0), np.float32)

    def _add(self, words: Sequence[str]) -> None:
        vectors = self._embedder.passages(words)
        with self._lock:
            fresh = [place for place, word in enumerate(words) if word not in self._rows]
            first, needed = len(self._rows), len(self._rows) + len(fresh)
            if needed > len(self._table):
                size = max(needed, 2 * len(self._table))
                table = np.zeros((size, self._table.shape[1]), np.float32)
                table[:first] = self._table[:first]
                self._table = table
            self._table[first:needed] = vectors[fresh]
            # the rows are published only once their vectors stand in the table
            self._rows.update({words[place]: first + offset for offset, place in enumerate(fresh)})
