"""A compressed copy of vectors too many to be compared one by one: it names the rows that are worth an exact look.

Each pair of numbers becomes four bits (product quantisation), and faiss passes over all of them with table look-ups in
registers. Two files: ``dense.pq`` says how numbers become bits, a faiss index without rows; ``dense.codes`` holds the
bits as faiss reads them, 32 rows a block, memory-mapped, so that several processes hold one copy.

A generation that differs little from the one before keeps its ``dense.pq`` and the bits of the rows that stay; what was
deleted is in neither file. Equal vectors, made anew, give equal files.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

QUANTISER = "dense.pq"
CODES = "dense.codes"
FILES = (QUANTISER, CODES)
EXACT_ROWS = 200_000
"""Up to here every row is compared: about 10 ms on one thread. Measured, see ``docs/experiments.md``."""

_BITS = 4
_SAMPLE = 65_536
_SEED = 1
_BLOCK = 65_536
_ROWS = 32
_NO_TABLE = (0, 0)
_PLACES = np.array([0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15])
"""Which row's bits lie in each byte of half a block: the low four are that row's, the high four the row's 16 below."""
_BYTES = np.argsort(_PLACES)
_FAISS: Any = faiss  # its type stubs know neither parameters by keyword nor what an index holds
Codes = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Rows that are those of the generation before: ``count`` from ``start`` on, there from ``before`` on."""

    start: int
    before: int
    count: int


class Approximate:
    """Finds candidate rows; any number of threads may ask.

    Args:
        quantiser: a faiss index without rows; the object takes it over.
        codes: of the rows, in blocks.
        count: how many rows.

    Attributes:
        mapped: whether faiss reads ``codes`` where they lie, or a copy.
    """

    def __init__(self, quantiser: Any, codes: Codes, count: int) -> None:
        self._codes = codes
        self._index = quantiser
        self.mapped = _put(quantiser, codes)
        quantiser.ntotal, quantiser.ntotal2 = count, -(-count // _ROWS) * _ROWS

    def rows(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """Rows that are probably among the nearest, ascending.

        Args:
            query: shape (1, dimension).
            count: how many at most.
        """
        _, found = self._index.search(query, count)
        rows: NDArray[np.int64] = np.sort(found[0][found[0] >= 0])
        return rows

    def codes(self, rows: NDArray[np.int64]) -> Codes:
        """The bits of some rows, shape (n, bytes a row)."""
        size = self._index.pq.code_size
        block, lane = np.divmod(rows, _ROWS)
        picked = self._codes.reshape(-1, size, 2, _ROWS // 2)[block, :, :, _BYTES[lane % 16]]
        halves = (picked >> (lane // 16 * 4).astype(np.uint8)[:, None, None]) & 15
        codes: Codes = np.bitwise_or(halves[:, :, 0], halves[:, :, 1] << 4, dtype=np.uint8)
        return codes


def write(
    folder: Path, vectors: NDArray[np.float16], before: Approximate | None = None, runs: Sequence[Run] = ()
) -> None:
    """Writes the files of a compressed copy into a generation's folder.

    Args:
        folder: of the generation.
        vectors: all of them.
        before: the copy of the generation before, whose way of making bits is kept; None: one is found anew.
        runs: rows that are the same there.
    """
    (folder / QUANTISER).unlink(missing_ok=True)
    quantiser = _trained(vectors) if before is None else _emptied(before)
    faiss.write_index(quantiser, str(folder / QUANTISER))
    origins = np.full(len(vectors), -1)
    for run in runs if before is not None else ():
        origins[run.start : run.start + run.count] = np.arange(run.before, run.before + run.count)
    with (folder / CODES).open("wb") as file:
        for first in range(0, len(vectors), _BLOCK):
            some, origin = vectors[first : first + _BLOCK], origins[first : first + _BLOCK]
            codes, fresh = np.empty((len(some), quantiser.pq.code_size), np.uint8), origin < 0
            if fresh.any():
                codes[fresh] = quantiser.pq.compute_codes(some[fresh].astype(np.float32))
            if before is not None and not fresh.all():
                codes[~fresh] = before.codes(origin[~fresh])
            file.write(_packed(codes).tobytes())


def opened(folder: Path, count: int) -> Approximate | None:
    """The compressed copy of a generation of ``count`` rows, None where there is none."""
    path = folder / CODES
    if not count or not path.exists():
        return None
    # Copy-on-write rather than read-only: faiss takes no pointer to read-only memory. Nothing ever writes to it.
    return Approximate(faiss.read_index(str(folder / QUANTISER)), np.memmap(path, np.uint8, "c"), count)


def _trained(vectors: NDArray[np.float16]) -> Any:
    count, dimension = vectors.shape
    parts = dimension // 2 if dimension % 2 == 0 else dimension
    index = _FAISS.IndexPQFastScan(dimension, parts, _BITS, faiss.METRIC_INNER_PRODUCT)
    chosen = np.sort(np.random.default_rng(_SEED).choice(count, min(count, _SAMPLE), replace=False))
    index.train(vectors[chosen].astype(np.float32))
    return index


def _emptied(before: Approximate) -> Any:
    old = before._index
    index = _FAISS.IndexPQFastScan(old.d, old.pq.M, _BITS, faiss.METRIC_INNER_PRODUCT)
    index.pq, index.is_trained = old.pq, True
    return index


def _packed(codes: Codes) -> Codes:
    """Rows of bits -> blocks as faiss reads them; the last block is filled up with zeros."""
    count, size = codes.shape
    padded = np.zeros((-(-count // _ROWS) * _ROWS, size), np.uint8)
    padded[:count] = codes
    columns = padded.reshape(-1, _ROWS, size).transpose(0, 2, 1)
    halves = np.stack([columns & 15, columns >> 4], axis=2)
    packed: Codes = halves[..., _PLACES] | halves[..., _PLACES + 16] << 4
    return packed


def _put(index: Any, codes: Codes) -> bool:
    """Makes ``codes`` those of an empty faiss index, where they lie if its memory is laid out as is known."""
    if not index.codes.size():
        table = (ctypes.c_size_t * 2).from_address(int(index.codes.tab))  # a pointer, and how many bytes
        if tuple(table) == _NO_TABLE:
            table[0] = codes.ctypes.data
            if int(index.codes.data()) == codes.ctypes.data:
                table[1] = codes.nbytes
                index.thisown = False  # else it would free, in the end, what is not its own; a few kilobytes are lost
                return True
            table[0] = 0
    index.codes.resize(codes.nbytes)
    faiss.copy_array_to_AlignedTable(codes.reshape(-1), index.codes)
    return False
