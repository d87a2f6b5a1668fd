"""A backend in memory over hand-made documents, for tests of ``qa``: small, plain, and exact."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from index.links import Links
from index.records import Clause, Document, Filters
from index.tokens import bigrams, terms


@dataclass(frozen=True)
class Scored:
    keys: NDArray[np.int64]
    scores: NDArray[np.float32]


@dataclass
class Posting:
    keys: NDArray[np.int64]
    weights: NDArray[np.float32]


class Field:
    """BM25 over one field."""

    def __init__(self, rows: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.75) -> None:
        lengths = np.array([len(row) for row in rows], dtype=np.float32)
        mean = max(float(lengths.mean()), 1.0) if len(rows) else 1.0
        found: dict[str, list[tuple[int, int]]] = {}
        for key, row in enumerate(rows):
            for unit, count in Counter(row).items():
                found.setdefault(unit, []).append((key, count))
        self.postings: dict[str, Posting] = {}
        self.frequency: dict[str, int] = {}
        for unit, pairs in found.items():
            keys = np.array([p[0] for p in pairs], dtype=np.int64)
            counts = np.array([p[1] for p in pairs], dtype=np.float32)
            idf = log(1 + (len(rows) - len(pairs) + 0.5) / (len(pairs) + 0.5))
            norm = counts + k1 * (1 - b + b * lengths[keys] / mean)
            self.postings[unit] = Posting(keys, (idf * counts * (k1 + 1) / norm).astype(np.float32))
            self.frequency[unit] = len(pairs)

    def add(self, scores: NDArray[np.float32], units: Mapping[str, float], boost: float) -> None:
        for unit, weight in units.items():
            posting = self.postings.get(unit)
            if posting is not None:
                scores[posting.keys] += boost * weight * posting.weights


class MemoryBackend:
    """Holds documents with their clauses; ``vectors`` (rows in key order) may be left out."""

    links = Links(lambda sql, values: [])

    def __init__(
        self,
        entries: Sequence[tuple[Document, str, Sequence[Clause]]],
        vectors: NDArray[np.float32] | None = None,
    ) -> None:
        self.entries = {document.id: (document, text, list(found)) for document, text, found in entries}
        self.rows = [(document, clause) for document, _, found in entries for clause in found]
        self.by_id = {clause.id: key for key, (_, clause) in enumerate(self.rows)}
        self.vectors = vectors
        self.fields = {
            "body": (Field([terms(c.text) for _, c in self.rows]), 1.0),
            "bigrams": (Field([bigrams(c.text) for _, c in self.rows]), 0.5),
            "heading": (Field([terms(" ".join(c.headings)) for _, c in self.rows]), 0.5),
            "title": (Field([terms(d.metadata.title or "") for d, _ in self.rows]), 0.5),
        }

    def documents(self, filters: Filters) -> list[Document]:
        return [entry[0] for entry in self.entries.values()]

    def document(self, document_id: str) -> Document:
        return self.entries[document_id][0]

    def source_text(self, document_id: str) -> str:
        return self.entries[document_id][1]

    def clauses(self, document_id: str) -> list[Clause]:
        return self.entries[document_id][2]

    def fetch(self, keys: Sequence[int] | NDArray[np.int64]) -> list[tuple[Document, Clause]]:
        return [self.rows[int(key)] for key in keys]

    def keys(self, document_id: str) -> range:
        found = [key for key, (document, _) in enumerate(self.rows) if document.id == document_id]
        return range(found[0], found[-1] + 1)

    def key_of(self, clause_id: str) -> int:
        return self.by_id[clause_id]

    def select(self, filters: Filters) -> NDArray[np.int64] | None:
        if filters == Filters():
            return None
        keep = [
            key
            for key, (document, _) in enumerate(self.rows)
            if filters.issuer is None or filters.issuer in (document.metadata.issuer or "")
        ]
        return np.array(keep, dtype=np.int64)

    def idf(self, units: Sequence[str]) -> NDArray[np.float32]:
        total = len(self.rows)
        found = self.fields["body"][0].frequency
        return np.array(
            [log(1 + (total - found.get(u, 0) + 0.5) / (found.get(u, 0) + 0.5)) for u in units], dtype=np.float32
        )

    def lexical(self, query: object, limit: int, within: NDArray[np.int64] | None = None) -> Scored:
        scores = np.zeros(len(self.rows), dtype=np.float32)
        for name, (field, boost) in self.fields.items():
            field.add(scores, query.bigrams if name == "bigrams" else query.terms, boost)  # type: ignore[attr-defined]
        return self._best(scores, limit, within, floor=0.0)

    def dense(self, vector: NDArray[np.float32], limit: int, within: NDArray[np.int64] | None = None) -> Scored:
        if self.vectors is None:
            return Scored(np.zeros(0, np.int64), np.zeros(0, np.float32))
        return self._best(self.vectors @ vector, limit, within, floor=-2.0)

    def _best(self, scores: NDArray[np.float32], limit: int, within: NDArray[np.int64] | None, floor: float) -> Scored:
        keys = np.arange(len(self.rows)) if within is None else within
        keys = keys[scores[keys] > floor]
        order = np.lexsort((keys, -scores[keys]))[:limit]
        return Scored(keys[order].astype(np.int64), scores[keys[order]].astype(np.float32))
