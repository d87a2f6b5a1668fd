"""Inner-product search over unit vectors, memory-mapped, so that several processes hold one copy.

Two files: ``dense.f16`` holds the vectors row after row as little-endian half floats, ``dense.keys`` the clause key of
each row (int64). A clause longer than the model's window has several rows. Half floats cost 0.0005 of relative
precision and half the memory of floats.

Every row that counts is compared, but where :mod:`index.approximate` found a place in the generation: then it names the
rows that are compared, with a filter as many that meet it as there are without one.
"""

import os
from pathlib import Path
from typing import IO, Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.approximate import Approximate, opened
from index.search import Keys, Scored, Scores, exact_top, nothing

VECTORS = "dense.f16"
KEYS = "dense.keys"
_SPARE = 16
_DECIMALS = 6
_BLOCK = 65_536
_FEW = 0.02
_CANDIDATES = 16
"""Rows compared for each clause wanted, where an approximate index names them."""
_MANY = 0.1
"""Share of the clauses that a filter must leave for rows to be named; with less, to compare all of them is faster."""
_MOST = 0.2
"""Share of the rows above which to have them named takes longer than to compare all."""
_MARGIN = 1.25
_VIEW_FIELDS = ("is_owned", "view_data", "view_size", "c_ptr", "c_size")
_FAISS: Any = faiss  # its type stubs know neither selectors by keyword nor views


class DenseWriter:
    """Appends vectors to the two files of a new generation.

    Args:
        folder: the generation's folder.
        dimension: length of each vector.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self._last = 0
        self._vectors: IO[bytes] = (folder / VECTORS).open("wb")
        self._keys: IO[bytes] = (folder / KEYS).open("wb")

    def add(self, keys: Keys, vectors: NDArray[np.floating]) -> None:
        """Appends rows.

        Args:
            keys: clause key of each row, ascending over all calls, shape (n,).
            vectors: L2-normalised, shape (n, dimension).

        Raises:
            ValueError: shapes do not fit, keys do not ascend, or a number is not finite.
        """
        if vectors.shape != (len(keys), self.dimension):
            raise ValueError(f"vectors have shape {vectors.shape}, expected {(len(keys), self.dimension)}")
        if len(keys) and (keys[0] < self._last or (np.diff(keys) < 0).any()):
            raise ValueError("keys must ascend")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector holds a number that is not finite")
        self._vectors.write(np.ascontiguousarray(vectors, dtype="<f2").tobytes())
        self._keys.write(np.ascontiguousarray(keys, dtype="<i8").tobytes())
        self.count += len(keys)
        self._last = int(keys[-1]) if len(keys) else self._last

    def sync(self) -> None:
        """Brings to disk what was added so far."""
        for stream in (self._vectors, self._keys):
            stream.flush()
            os.fsync(stream.fileno())

    def close(self) -> None:
        """Writes out what is buffered."""
        self._vectors.close()
        self._keys.close()


class Dense:
    """Finished vectors, open for reading by any number of threads.

    Args:
        folder: the generation's folder.
        dimension: length of each vector.
        clauses: number of clauses in the index, for filters.

    Attributes:
        approximate: names candidate rows, None where all rows are compared.
    """

    def __init__(self, folder: Path, dimension: int, clauses: int) -> None:
        self._clauses = clauses
        self._keys: Keys = _read_only(folder / KEYS)
        self._vectors = _mapped(folder / VECTORS, (len(self._keys), dimension))
        self._index = _index(self._vectors)
        self.approximate: Approximate | None = opened(folder, len(self._keys))

    @property
    def count(self) -> int:
        """Rows, at least as many as clauses."""
        return len(self._keys)

    def search(
        self, vector: NDArray[np.float32], limit: int, within: Keys | None = None, *, exact: bool = False
    ) -> Scored:
        """The clauses whose best row has the greatest inner product with ``vector``.

        Args:
            vector: shape (dimension,), L2-normalised for scores in [-1, 1].
            limit: how many at most.
            within: sorted keys that count, None for all.
            exact: whether to compare every row that counts, however many they are.
        """
        if limit < 1 or not self.count or (within is not None and not len(within)):
            return nothing()
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        share = len(within) / self._clauses if within is not None else 1.0
        if within is not None and share < _FEW:
            # Few keys: their rows are copied out, which costs less than passing over all the others.
            return self._among(self._rows(within), query, limit)
        mask = None
        if within is not None:
            mask = np.zeros(self._clauses, bool)
            mask[within] = True
        if self.approximate is not None and not exact and share >= _MANY:
            found = self._among(self._named(self.approximate, query, limit, mask, share), query, limit)
            if len(found) == limit:  # else so many are asked for that all must be seen
                return found
        parameters: Any = None
        if mask is not None:
            bitmap = np.packbits(mask[self._keys], bitorder="little")
            parameters = _FAISS.SearchParameters(sel=_FAISS.IDSelectorBitmap(bitmap))
        # A clause may have several rows; a second pass for want of clauses costs more than a longer first one.
        first = 2 * limit + _SPARE
        return exact_top(lambda count: _fetch(self._index, self._keys, query, count, parameters), limit, first)

    def places(self, first: int, last: int) -> range:
        """Which rows are those of the clauses with ``first <= key < last``."""
        start, stop = np.searchsorted(self._keys, [first, last]).tolist()
        return range(start, stop)

    def rows(self, first: int, last: int) -> tuple[Keys, NDArray[np.float16]]:
        """Keys and vectors of the clauses with ``first <= key < last``."""
        places = self.places(first, last)
        return self._keys[places.start : places.stop], self._vectors[places.start : places.stop]

    def _named(
        self,
        approximate: Approximate,
        query: NDArray[np.float32],
        limit: int,
        mask: NDArray[np.bool_] | None,
        share: float,
    ) -> NDArray[np.int64]:
        """Rows that are worth an exact look, ascending, all within the mask; none where naming them takes too long."""
        wanted = _CANDIDATES * limit + _SPARE
        if mask is None:
            return approximate.rows(query, wanted)
        count = int(wanted / share * _MARGIN)
        while count <= _MOST * self.count:
            rows = approximate.rows(query, count)
            rows = rows[mask[self._keys[rows]]]
            if len(rows) >= wanted:
                return rows
            count *= 4
        return np.empty(0, np.int64)

    def _among(self, rows: NDArray[np.int64], query: NDArray[np.float32], limit: int) -> Scored:
        """The best clauses among ascending rows, all compared."""
        own, keys = self._vectors[rows], self._keys[rows]  # faiss reads the array in place: it must outlive the search
        few = _index(own)
        return exact_top(lambda count: _fetch(few, keys, query, count, None), limit, len(rows) + 1)

    def _rows(self, keys: Keys) -> NDArray[np.int64]:
        """Rows of sorted keys, ascending; keys ascend over the rows."""
        starts, stops = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, side="right")
        counts = stops - starts
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows: NDArray[np.int64] = np.repeat(starts, counts) + offsets
        return rows


def _fetch(
    index: faiss.IndexScalarQuantizer, row_keys: Keys, query: NDArray[np.float32], count: int, parameters: Any
) -> tuple[Keys, Scores, float]:
    """Keys and scores of the best rows, and the score of the last of them."""
    count = min(count, len(row_keys) + 1)
    scores, rows = index.search(query, count, params=parameters)
    found = rows[0] >= 0
    keys = row_keys[rows[0][found]]
    best: Scores = np.round(scores[0][found], _DECIMALS)
    return keys, best, -np.inf if len(keys) < count else float(best[-1])


def _mapped(path: Path, shape: tuple[int, int]) -> NDArray[np.float16]:
    if not shape[0]:
        return np.empty(shape, "<f2")
    # Copy-on-write rather than read-only: faiss takes no pointer to read-only memory. Nothing ever writes to it.
    return np.memmap(path, dtype="<f2", mode="c", shape=shape)


def _read_only(path: Path) -> Keys:
    return np.memmap(path, dtype="<i8", mode="r") if path.stat().st_size else np.empty(0, np.int64)


def _index(vectors: NDArray[np.float16]) -> faiss.IndexScalarQuantizer:
    """A faiss index over ``vectors``; it reads the mapped file where faiss can, else it holds a copy."""
    # Questions come one by one: a team of threads for each costs more than it saves, most of all on a busy machine.
    faiss.omp_set_num_threads(1)
    count, dimension = vectors.shape
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    codes: Any = index.codes
    if count and all(hasattr(codes, name) for name in _VIEW_FIELDS):
        pointer = faiss.swig_ptr(vectors.view(np.uint8))
        codes.is_owned = False
        codes.view_data = codes.c_ptr = pointer
        codes.view_size = codes.c_size = vectors.nbytes
        index.ntotal = count
        return index
    for first in range(0, count, _BLOCK):
        index.add(vectors[first : first + _BLOCK].astype(np.float32))
    return index
