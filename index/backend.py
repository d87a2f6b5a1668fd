"""The search side of an index: what retrieval may ask of any backend, and the local one.

index = open_index(Path("var/index"), embedder=model.identity)
within = index.select(Filters(issuer="贵阳市"))
best = index.lexical(LexicalQuery(terms={"开发区": 1.0}), 100, within)
for document, clause in index.fetch(best.keys): ...
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog
from index.dense import Dense
from index.errors import IndexDamagedError
from index.generation import REBUILD, Generation, Manifest, current_name, open_generation
from index.lexical import Lexical
from index.links import Links
from index.records import Clause, Document, Filters
from index.search import Keys, LexicalQuery, Scored

__all__ = ["Backend", "Keys", "LexicalQuery", "LocalBackend", "Scored", "open_index"]


class Backend(Protocol):
    """One generation of an index, open for searching by any number of threads.

    Clauses are named by keys, integers 0..n-1 in index order: documents by source, then clauses by ordinal.
    Rankings are by descending score, equal scores by ascending key. ``within`` restricts a search to sorted keys
    before ranking.
    """

    @property
    def manifest(self) -> Manifest:
        """What the generation holds and what it was made with."""
        ...

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """Documents that meet the filters, by source. Raises ValueError for a date that is not ISO."""
        ...

    def document(self, document_id: str) -> Document:
        """One document. Raises KeyError where there is none."""
        ...

    def source_text(self, document_id: str) -> str:
        """The text that the offsets of a document refer to. Raises KeyError where there is none."""
        ...

    def path(self, document_id: str) -> str | None:
        """The file that a document was read from, None where that is not known. Raises KeyError where there is none."""
        ...

    def clauses(self, document_id: str) -> list[Clause]:
        """All clauses of a document in reading order. Raises KeyError where there is none."""
        ...

    def keys(self, document_id: str) -> range:
        """The keys of those clauses, which are one run. Raises KeyError where there is none."""
        ...

    def key_of(self, clause_id: str) -> int:
        """The key of a clause. Raises KeyError where there is none."""
        ...

    def fetch(self, keys: Sequence[int] | Keys) -> list[tuple[Document, Clause]]:
        """Clauses with their documents, in the order of the keys. Raises KeyError for a key out of range."""
        ...

    def select(self, filters: Filters) -> Keys | None:
        """Sorted keys of the clauses that meet the filters, None where nothing is restricted."""
        ...

    def lexical(self, query: LexicalQuery, limit: int, within: Keys | None = None) -> Scored:
        """The best clauses by weighted BM25; only such as share a unit with the query."""
        ...

    def dense(self, vector: NDArray[np.float32], limit: int, within: Keys | None = None) -> Scored:
        """The nearest clauses by inner product, scores in [-1, 1] for vectors of length one."""
        ...

    def idf(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """How rare each word is among the clauses' texts: ``ln(1 + (n - df + 0.5) / (df + 0.5))``, float32."""
        ...

    @property
    def links(self) -> Links:
        """References between documents, backlinks, and validity with its proof."""
        ...

    def close(self) -> None:
        """Lets go of the files."""
        ...


class LocalBackend:
    """A generation on this machine's disk; see :class:`Backend` for what the methods promise.

    Args:
        generation: from :func:`index.generation.open_generation`.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        manifest = generation.manifest
        self._catalog = Catalog(generation.path)
        self._lexical = Lexical(generation.path / "lexical")
        self._dense = Dense(generation.path, manifest.settings.dimension, manifest.clauses)
        found = (self._catalog.clauses_count, self._lexical.count, self._dense.count)
        if found != (manifest.clauses, manifest.clauses, manifest.vectors):
            self.close()
            raise IndexDamagedError(f"索引 {generation.path} 的条款、词条和向量数目不符（{found}），{REBUILD}")

    def __enter__(self) -> "LocalBackend":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def manifest(self) -> Manifest:
        """See :class:`Backend`."""
        return self.generation.manifest

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """See :class:`Backend`."""
        return self._catalog.documents(filters)

    def document(self, document_id: str) -> Document:
        """See :class:`Backend`."""
        return self._catalog.document(document_id)

    def source_text(self, document_id: str) -> str:
        """See :class:`Backend`."""
        return self._catalog.source_text(document_id)

    def path(self, document_id: str) -> str | None:
        """See :class:`Backend`."""
        return self._catalog.path(document_id)

    def clauses(self, document_id: str) -> list[Clause]:
        """See :class:`Backend`."""
        return self._catalog.clauses(document_id)

    def keys(self, document_id: str) -> range:
        """See :class:`Backend`."""
        return self._catalog.keys(document_id)

    def key_of(self, clause_id: str) -> int:
        """See :class:`Backend`."""
        return self._catalog.key_of(clause_id)

    def fetch(self, keys: Sequence[int] | Keys) -> list[tuple[Document, Clause]]:
        """See :class:`Backend`."""
        return self._catalog.fetch(keys)

    def select(self, filters: Filters) -> Keys | None:
        """See :class:`Backend`."""
        return self._catalog.select(filters)

    def lexical(self, query: LexicalQuery, limit: int, within: Keys | None = None) -> Scored:
        """See :class:`Backend`."""
        return self._lexical.search(query, limit, within)

    def dense(self, vector: NDArray[np.float32], limit: int, within: Keys | None = None) -> Scored:
        """See :class:`Backend`."""
        return self._dense.search(vector, limit, within)

    def idf(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """See :class:`Backend`."""
        frequencies = self._lexical.document_frequencies(terms)
        return np.log1p((self._lexical.count - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)

    @property
    def links(self) -> Links:
        """See :class:`Backend`."""
        return self._catalog.links

    def close(self) -> None:
        """See :class:`Backend`."""
        self._catalog.close()


def open_index(folder: Path, *, embedder: str | None = None) -> LocalBackend:
    """Opens the generation that counts.

    Args:
        folder: the index folder, e.g. ``var/index``.
        embedder: identity of the model that questions will be embedded with; None: not checked.

    Raises:
        IndexMissingError: there is no index; the message names the command that makes one.
        IndexDamagedError: it is incomplete, or of another format, tokenizer or model.
    """
    while True:
        name = current_name(folder)
        try:
            return LocalBackend(open_generation(folder, embedder))
        except (IndexDamagedError, OSError):
            # Between reading the pointer and opening the files a writer may have published, and cleared away, others.
            if current_name(folder) == name:
                raise
