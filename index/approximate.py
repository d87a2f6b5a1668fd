"""A compressed copy of vectors too many to be compared one by one: it names the rows that are worth an exact look.

Each pair of numbers becomes four bits (product quantisation), and faiss passes over all of them with table look-ups in
registers. The file ``dense.pq`` is made anew for each generation from that generation's vectors alone: what was
deleted is not in it, and equal vectors give equal files.
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FILE = "dense.pq"
EXACT_ROWS = 200_000
"""Up to here every row is compared: about 10 ms on one thread. Measured, see ``docs/experiments.md``."""

_BITS = 4
_SAMPLE = 65_536
_SEED = 1
_BLOCK = 65_536
_FAISS: Any = faiss  # its type stubs know neither parameters by keyword nor what an index holds


class Approximate:
    """Finds candidate rows; any number of threads may ask.

    Args:
        index: a faiss index.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    def rows(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """Rows that are probably among the nearest, ascending.

        Args:
            query: shape (1, dimension).
            count: how many at most.
        """
        _, found = self._index.search(query, count)
        rows: NDArray[np.int64] = np.sort(found[0][found[0] >= 0])
        return rows

    def write(self, folder: Path) -> None:
        """Writes the file into a generation's folder."""
        faiss.write_index(self._index, str(folder / FILE))


def made(vectors: NDArray[np.float16]) -> Approximate:
    """A compressed copy of ``vectors``, held in memory; the same vectors give the same copy."""
    count, dimension = vectors.shape
    parts = dimension // 2 if dimension % 2 == 0 else dimension
    index: Any = _FAISS.IndexPQFastScan(dimension, parts, _BITS, faiss.METRIC_INNER_PRODUCT)
    chosen = np.sort(np.random.default_rng(_SEED).choice(count, min(count, _SAMPLE), replace=False))
    index.train(vectors[chosen].astype(np.float32))
    for first in range(0, count, _BLOCK):
        index.add(vectors[first : first + _BLOCK].astype(np.float32))
    return Approximate(index)


def opened(folder: Path) -> Approximate | None:
    """The compressed copy of a generation, None where there is none."""
    path = folder / FILE
    return Approximate(faiss.read_index(str(path))) if path.exists() else None
