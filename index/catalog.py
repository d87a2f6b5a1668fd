"""Documents, clauses, duties and source texts of one generation, in one SQLite file that is written once.

``documents.position`` counts documents by source, ``clauses.key`` counts clauses by document and ordinal; both from 0
without gaps, so that the clauses of a document are one run of keys.
"""

import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from index.errors import IndexDamagedError
from index.filters import condition, containing, is_open, same
from index.generation import REBUILD
from index.links import Links
from index.records import Clause, Document, Filters
from index.rows import CLAUSE, DOCUMENT, DOCUMENTS, KNOWN, Known, clause_of, document_of
from index.search import Keys

FILE = "catalog.sqlite"

_FETCH_AT_ONCE = 500


class Catalog:
    """A finished catalog, open read-only; any number of threads may read at once.

    Args:
        folder: the generation's folder.
    """

    def __init__(self, folder: Path) -> None:
        # Immutable: SQLite then takes no locks, looks for no journal, and works on read-only media. One connection for
        # all threads, opened once: a reader keeps its generation even when its folder is removed.
        uri = f"{(folder / FILE).resolve().as_uri()}?mode=ro&immutable=1"
        self._lock = threading.Lock()
        self._document_at = lru_cache(maxsize=4096)(self._load_document)
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._connection.execute("PRAGMA query_only=1")
            self._connection.create_function("same", 2, same, deterministic=True)
            self.clauses_count: int = self._one("SELECT coalesce(max(last_key), 0) FROM documents")[0]
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(f"索引目录 {folder} 的 {FILE} 无法读取（{error}），{REBUILD}") from error

    @property
    def links(self) -> Links:
        """References, backlinks and validity."""
        return Links(self._all)

    def __enter__(self) -> "Catalog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; nothing may be read afterwards."""
        with self._lock:
            self._connection.close()

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """The documents that meet the filters, by source; with ``duty``, those with at least one such clause."""
        filters = filters or Filters()
        where, values = condition(filters)
        if filters.duty is not None:
            where += (
                " AND EXISTS (SELECT 1 FROM duty_units WHERE unit LIKE ? ESCAPE '\\'"
                " AND key >= first_key AND key < last_key)"
            )
            values.append(containing(filters.duty))
        rows = self._all(f"SELECT {DOCUMENT} FROM {DOCUMENTS} WHERE {where} ORDER BY documents.position", values)
        return [document_of(row) for row in rows]

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            KeyError: there is none with this id.
        """
        return self._document_at(self._place(document_id)[0])

    def known(self) -> list[Known]:
        """What an update has to know of each document, in index order."""
        return [Known(*row) for row in self._all(f"SELECT {KNOWN} FROM documents ORDER BY position")]

    def path(self, document_id: str) -> str:
        """The file that a document was read from, absolute.

        Raises:
            KeyError: there is none with this id.
        """
        place = self._place(document_id)[0]
        return os.fsdecode(self._one("SELECT path FROM documents WHERE position = ?", [place])[0])

    def faults(self) -> list[str]:
        """What is wrong inside the file, for :mod:`index.check`; empty where all is well."""
        return [str(row[0]) for row in self._all("PRAGMA integrity_check") if row[0] != "ok"]

    def source_text(self, document_id: str) -> str:
        """The text that all offsets of a document refer to.

        Raises:
            KeyError: there is none with this id.
        """
        (packed,) = self._one("SELECT text FROM sources WHERE position = ?", [self._place(document_id)[0]])
        return zlib.decompress(packed).decode()

    def clauses(self, document_id: str) -> list[Clause]:
        """The clauses of a document in reading order.

        Raises:
            KeyError: there is none with this id.
        """
        _, first, last = self._place(document_id)
        rows = self._all(f"SELECT {CLAUSE} FROM clauses WHERE key >= ? AND key < ? ORDER BY key", [first, last])
        return [clause_of(row, document_id) for row in rows]

    def keys(self, document_id: str) -> range:
        """The keys of a document's clauses.

        Raises:
            KeyError: there is none with this id.
        """
        _, first, last = self._place(document_id)
        return range(first, last)

    def fetch(self, keys: Sequence[int] | Keys) -> list[tuple[Document, Clause]]:
        """Clauses with their documents, in the order of ``keys``.

        Raises:
            KeyError: a key is not in the index.
        """
        wanted = [int(key) for key in keys]
        found: dict[int, tuple[Document, Clause]] = {}
        for first in range(0, len(wanted), _FETCH_AT_ONCE):
            some = wanted[first : first + _FETCH_AT_ONCE]
            for row in self._all(f"SELECT {CLAUSE} FROM clauses WHERE key IN ({_marks(len(some))})", some):
                document = self._document_at(row[1])
                found[row[0]] = (document, clause_of(row, document.id))
        return [found[key] for key in wanted]

    def key_of(self, clause_id: str) -> int:
        """The key of a clause.

        Raises:
            KeyError: there is none with this id.
        """
        document_id, _, ordinal = clause_id.rpartition("-")
        _, first, last = self._place(document_id)
        if not (ordinal.isascii() and ordinal.isdecimal()) or first + int(ordinal) >= last:
            raise KeyError(clause_id)
        return first + int(ordinal)

    def select(self, filters: Filters) -> Keys | None:
        """The keys of all clauses that meet the filters, sorted; None where nothing is restricted.

        ``duty`` selects the clauses that name such a unit and everything below them.

        Raises:
            ValueError: a date is not ISO.
        """
        if is_open(filters):
            return None
        where, values = condition(filters)
        runs = self._all(f"SELECT first_key, last_key FROM documents WHERE {where} ORDER BY position", values)
        keys = np.concatenate([np.empty(0, np.int64), *(np.arange(first, last) for first, last in runs)])
        if filters.duty is None:
            return keys
        rows = self._all(
            "SELECT DISTINCT key FROM duty_units WHERE unit LIKE ? ESCAPE '\\'", [containing(filters.duty)]
        )
        return np.intersect1d(keys, np.array([row[0] for row in rows], np.int64), assume_unique=True)

    def _place(self, document_id: str) -> tuple[int, int, int]:
        row = self._one("SELECT position, first_key, last_key FROM documents WHERE id = ?", [document_id])
        if row is None:
            raise KeyError(document_id)
        return row[0], row[1], row[2]

    def _load_document(self, position: int) -> Document:
        return document_of(self._one(f"SELECT {DOCUMENT} FROM {DOCUMENTS} WHERE documents.position = ?", [position]))

    def _all(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def _one(self, sql: str, values: Iterable[Any] = ()) -> Any:
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchone()


def _marks(count: int) -> str:
    return ", ".join("?" * count)
