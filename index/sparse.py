"""BM25 as the inner product of two sparse vectors, for engines that know nothing of words.

A clause's vector holds, for each unit of each field, how much the unit says about this clause; a question's vector
holds weight times rarity of its units. Their product is BM25 over the fields of :mod:`index.lexical`, with one
difference: lengths are compared with typical lengths instead of those of the index, so that a clause's vector depends
on the clause alone and adding or removing documents changes no other row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.lexical import BIGRAMS, BODY, HEADING, TITLE, Entry
from index.search import LexicalQuery

_K1, _B = 1.2, 0.75
_DIMENSIONS = 2**32 - 1
TYPICAL = {"body": 60.0, "bigrams": 85.0, "heading": 13.0, "title": 15.0}
"""Units of a clause in each field, between laws (44, 60, 16, 10) and policy documents (78, 110, 13, 20)."""


def dimension(field: str, unit: str) -> int:
    """Where a unit stands in the vectors: 32 bits of a hash; of 10 million units about one in 430 shares its place."""
    return crc32(f"{field}:{unit}".encode()) % _DIMENSIONS


def clause_vector(entry: Entry) -> dict[int, float]:
    """A clause's vector; empty where it has no unit."""
    vector: dict[int, float] = {}
    for field, typical in TYPICAL.items():
        units = getattr(entry, field)
        norm = _K1 * (1 - _B + _B * len(units) / typical)
        for unit, count in Counter(units).items():
            place = dimension(field, unit)
            vector[place] = vector.get(place, 0.0) + count * (_K1 + 1) / (count + norm)
    return vector


class Frequencies:
    """In how many clauses each place is filled, kept as two parallel arrays.

    Args:
        places: ascending, uint32.
        counts: int64, of the same length.
        clauses: how many clauses there are.
    """

    def __init__(self, places: NDArray[np.uint32], counts: NDArray[np.int64], clauses: int) -> None:
        self._places = places
        self._counts = counts
        self._clauses = clauses

    @classmethod
    def of(cls, counts: Mapping[int, int], clauses: int) -> "Frequencies":
        """From a count by place."""
        places = np.array(sorted(counts), np.uint32)
        return cls(places, np.array([counts[int(place)] for place in places], np.int64), clauses)

    def to_bytes(self) -> bytes:
        """All of it, for :meth:`from_bytes`."""
        head = np.array([self._clauses, len(self._places)], "<i8")
        return head.tobytes() + self._places.astype("<u4").tobytes() + self._counts.astype("<i8").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frequencies":
        """What :meth:`to_bytes` wrote."""
        clauses, count = (int(value) for value in np.frombuffer(data, "<i8", 2))
        places = np.frombuffer(data, "<u4", count, 16)
        return cls(places, np.frombuffer(data, "<i8", count, 16 + 4 * count), clauses)

    def idf(self, field: str, units: Sequence[str]) -> NDArray[np.float32]:
        """How rare each unit is: ``ln(1 + (n - df + 0.5) / (df + 0.5))``."""
        wanted = np.array([dimension(field, unit) for unit in units], np.uint32)
        found = np.zeros(len(wanted), np.int64)
        if len(self._places):
            at = np.minimum(np.searchsorted(self._places, wanted), len(self._places) - 1)
            found = np.where(self._places[at] == wanted, self._counts[at], 0)
        return np.log1p((self._clauses - found + 0.5) / (found + 0.5)).astype(np.float32)

    def question_vector(self, query: LexicalQuery) -> dict[int, float]:
        """A question's vector; units of weight 0 or less, and such as no clause holds, are left out."""
        vector: dict[int, float] = {}
        fields = [("body", BODY, query.terms), ("heading", HEADING, query.terms), ("title", TITLE, query.terms)]
        for field, boost, weights in (*fields, ("bigrams", BIGRAMS, query.bigrams)):
            chosen = [unit for unit, weight in weights.items() if weight > 0]
            for unit, rarity in zip(chosen, self.idf(field, chosen), strict=True):
                place = dimension(field, unit)
                if self._holds(place):
                    vector[place] = vector.get(place, 0.0) + boost * weights[unit] * float(rarity)
        return vector

    def _holds(self, place: int) -> bool:
        at = int(np.searchsorted(self._places, np.uint32(place)))
        return at < len(self._places) and int(self._places[at]) == place
