"""The search side on Milvus: texts, words and vectors come from the server, the catalog is fetched when opening.

The catalog (documents, filters, references, validity; no texts) is the same SQLite file that a local index has, fetched
into a temporary folder: so filters, numbers and keys mean the same on both. Rows in Milvus are named by document,
edition and ordinal; keys are counted here, from the catalog, and rows of documents that it does not name do not count.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from index.catalog import FILE, Catalog
from index.errors import IndexDamagedError, IndexMissingError
from index.generation import FORMAT, Generation, Manifest, Settings
from index.links import Links
from index.milvus_server import MOST_ROWS, Blobs, Server, Where, any_of
from index.records import Clause, Document, Filters
from index.rows import Record
from index.search import Keys, LexicalQuery, Scored, Scores, exact_top, nothing
from index.sparse import Frequencies
from index.tokens import IDENTITY as TOKENIZER

CLAUSE = TypeAdapter(Clause)
RECORD = TypeAdapter(Record)
_AGAIN = "请运行 `qa index <文件或文件夹>` 重新建立索引。"
_SPARE = 16
_FETCH_AT_ONCE = 500
_DECIMALS = 4


def row_name(document: Document) -> str:
    """What a document's rows are named after: id and edition, so that two editions never share a row."""
    return f"{document.id}{document.sha256[:8]}"


def open_milvus(where: Where) -> "MilvusBackend":
    """Opens the generation that counts.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: it is of another format or tokenizer.
        IndexUnreachableError: the server does not answer.
    """
    server = Server(where)
    try:
        return MilvusBackend(server, current_name(server))
    except BaseException:
        server.close()
        raise


def current_name(server: Server) -> str:
    """Name of the generation that counts.

    Raises:
        IndexMissingError: there is no index.
        IndexUnreachableError: the server does not answer.
    """
    name = server.pointed()
    if name is None:
        where = f"Milvus（{server.where.uri}）中还没有索引 {server.where.name}"
        raise IndexMissingError(f"{where}，请先建立索引。")
    return name


class MilvusBackend:
    """A generation in Milvus; see :class:`index.backend.Backend` for what the methods promise.

    A ranking holds at most :data:`MOST_ROWS` rows: Milvus gives no more.

    Args:
        server: to be closed with this.
        name: of the generation.
    """

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        server.call("load_collection", name)
        blobs = Blobs(server, name)
        manifest = manifest_of(blobs)
        self.generation = Generation(path=Path(name), name=name, manifest=manifest)
        store = server.where.store(manifest.settings)
        self._clauses, self._vectors = f"{store}_clauses", f"{store}_vectors"
        for collection in (self._clauses, self._vectors, f"{store}_documents"):
            server.call("load_collection", collection)
        self._documents = Blobs(server, f"{store}_documents")
        self._frequencies = Frequencies.from_bytes(blobs.get("frequencies"))
        self._folder = TemporaryDirectory(prefix="qa-milvus-")
        (Path(self._folder.name) / FILE).write_bytes(blobs.get("catalog"))
        self._catalog = Catalog(Path(self._folder.name))
        documents = self._catalog.documents()
        runs = [self._catalog.keys(document.id) for document in documents]
        self._names = [row_name(document) for document in documents]
        self._firsts = np.array([run.start for run in runs], np.int64)
        self._lengths = np.array([len(run) for run in runs], np.int64)
        self._first_of = dict(zip(self._names, self._firsts.tolist(), strict=True))
        self._record = lru_cache(maxsize=64)(self._load_record)

    @property
    def manifest(self) -> Manifest:
        """See :class:`index.backend.Backend`."""
        return self.generation.manifest

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """See :class:`index.backend.Backend`."""
        return self._catalog.documents(filters)

    def document(self, document_id: str) -> Document:
        """See :class:`index.backend.Backend`."""
        return self._catalog.document(document_id)

    def source_text(self, document_id: str) -> str:
        """See :class:`index.backend.Backend`."""
        return self.record(document_id).text

    def clauses(self, document_id: str) -> list[Clause]:
        """See :class:`index.backend.Backend`."""
        return list(self.record(document_id).clauses)

    def record(self, document_id: str) -> Record:
        """A document with all that is kept of it. Raises KeyError where there is none."""
        return self._record(row_name(self._catalog.document(document_id)))

    def path(self, document_id: str) -> str:
        """See :class:`index.backend.Backend`."""
        return self._catalog.path(document_id)

    def keys(self, document_id: str) -> range:
        """See :class:`index.backend.Backend`."""
        return self._catalog.keys(document_id)

    def key_of(self, clause_id: str) -> int:
        """See :class:`index.backend.Backend`."""
        return self._catalog.key_of(clause_id)

    def fetch(self, keys: Sequence[int] | Keys) -> list[tuple[Document, Clause]]:
        """See :class:`index.backend.Backend`."""
        wanted = {int(key): self._row(int(key)) for key in keys}
        texts: dict[str, str] = {}
        rows = list(wanted.values())
        for first in range(0, len(rows), _FETCH_AT_ONCE):
            some = rows[first : first + _FETCH_AT_ONCE]
            found = self._server.call("get", self._clauses, ids=some, output_fields=["clause", "record"])
            texts.update({row["clause"]: row["record"] for row in found})
        read = {key: self._clause(row, texts[row]) for key, row in wanted.items()}
        return [(self._catalog.document(read[int(key)].document_id), read[int(key)]) for key in keys]

    def select(self, filters: Filters) -> Keys | None:
        """See :class:`index.backend.Backend`."""
        return self._catalog.select(filters)

    def lexical(self, query: LexicalQuery, limit: int, within: Keys | None = None) -> Scored:
        """See :class:`index.backend.Backend`."""
        return self._search(self._clauses, "words", self._frequencies.question_vector(query), limit, within)

    def dense(self, vector: NDArray[np.float32], limit: int, within: Keys | None = None) -> Scored:
        """See :class:`index.backend.Backend`."""
        return self._search(self._vectors, "vector", vector.astype(np.float32).tolist(), limit, within)

    def idf(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """See :class:`index.backend.Backend`."""
        return self._frequencies.idf("body", terms)

    @property
    def links(self) -> Links:
        """See :class:`index.backend.Backend`."""
        return self._catalog.links

    def close(self) -> None:
        """See :class:`index.backend.Backend`."""
        self._catalog.close()
        self._folder.cleanup()
        self._server.close()

    def _search(
        self, collection: str, field: str, vector: dict[int, float] | list[float], limit: int, within: Keys | None
    ) -> Scored:
        if limit < 1 or not vector or (within is not None and not len(within)):
            return nothing()
        condition = "" if within is None else self._condition(within)

        def fetch(count: int) -> tuple[Keys, Scores, float]:
            count = min(count, MOST_ROWS)
            hits = self._server.call(
                "search", collection, data=[vector], anns_field=field, limit=count, filter=condition,
                output_fields=["clause"], search_params={"metric_type": "IP"},
            )[0]  # fmt: skip
            scores: Scores = np.array([hit["distance"] for hit in hits], np.float32).round(_DECIMALS)
            keys = np.array([self._key(hit["entity"]["clause"]) for hit in hits], np.int64)
            ended = len(hits) < count or count == MOST_ROWS
            return keys[keys >= 0], scores[keys >= 0], -np.inf if ended else float(scores[-1])

        return exact_top(fetch, limit, 2 * limit + _SPARE)

    def _condition(self, within: Keys) -> str:
        """The shortest way to tell the server which clauses count: documents that do, that do not, single clauses."""
        at = np.searchsorted(self._firsts, within, side="right") - 1
        counts = np.bincount(at, minlength=len(self._firsts))
        whole = counts == self._lengths
        if whole.all():
            return ""
        if not counts[~whole].any() and whole.sum() * 2 > len(whole):
            return any_of("document", [self._names[place] for place in np.flatnonzero(~whole)], negated=True)
        parts = []
        if whole.any():
            parts.append(any_of("document", [self._names[place] for place in np.flatnonzero(whole)]))
        rest = within[~whole[at]]
        if len(rest):
            parts.append(any_of("clause", [self._row(int(key)) for key in rest]))
        return " or ".join(parts)

    def _row(self, key: int) -> str:
        if not 0 <= key < self.manifest.clauses:
            raise KeyError(key)
        place = int(np.searchsorted(self._firsts, key, side="right")) - 1
        return f"{self._names[place]}-{key - int(self._firsts[place])}"

    def _key(self, row: str) -> int:
        """Key of a row, -1 where its document does not count in this generation."""
        name, _, ordinal = row.rpartition("-")
        first = self._first_of.get(name)
        return -1 if first is None else int(first) + int(ordinal)

    def _clause(self, row: str, text: str) -> Clause:
        if text:
            return CLAUSE.validate_json(text)
        name, _, ordinal = row.rpartition("-")  # longer than a field may be: it stands in its document
        return self._record(name).clauses[int(ordinal)]

    def _load_record(self, name: str) -> Record:
        return RECORD.validate_json(self._documents.get(name))


def manifest_of(generation: Blobs) -> Manifest:
    """What a generation holds and what it was made with. Raises IndexDamagedError for one of another format."""
    values: dict[str, Any] = json.loads(generation.get("manifest"))
    settings, name = values["settings"], generation.collection
    if settings["format"] != FORMAT:
        raise IndexDamagedError(f"索引 {name} 的格式是第 {settings['format']} 版，本程序用第 {FORMAT} 版，{_AGAIN}")
    if settings["tokenizer"] != TOKENIZER:
        raise IndexDamagedError(f"索引 {name} 用的是另一种分词（{settings['tokenizer']}），{_AGAIN}")
    return Manifest(**{**values, "settings": Settings(**settings)})
